"""Voices by formants: singers, a choir, and a speaker who says nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from phenotune.demo.envelopes import drift, held, through, vibrato
from phenotune.demo.filters import BLOCK, bandpass, highpass, lowpass, moving, resonators
from phenotune.demo.oscillators import cycles
from phenotune.demo.signals import Signal, faded, peak_to, times_s

VOWELS = {
    "ah": (730.0, 1090.0, 2440.0),
    "ae": (660.0, 1720.0, 2410.0),
    "eh": (530.0, 1840.0, 2480.0),
    "ee": (270.0, 2290.0, 3010.0),
    "uh": (640.0, 1190.0, 2390.0),
    "oh": (570.0, 840.0, 2410.0),
    "oo": (300.0, 870.0, 2240.0),
    "mm": (250.0, 1100.0, 2100.0),
}
"""First three formants in hertz of men's vowels: G. E. Peterson and H. L. Barney, "Control methods used in a study of
the vowels", J. Acoust. Soc. Am. 24 (1952), table II; the hum is our own."""

HIGHER_HZ = (3400.0, 4500.0)
BANDWIDTHS_HZ = np.array([80.0, 95.0, 130.0, 180.0, 250.0])


def glottis(phase: Signal, open_part: float = 0.6) -> Signal:
    """Derivative of the flow through the glottis, which is what leaves the lips.

    Pulse shape B of A. E. Rosenberg, "Effect of glottal pulse shape on the quality of natural vowels", J. Acoust. Soc.
    Am. 49 (1971): the flow rises as 3x² - 2x³ over two thirds of the open time and falls as 1 - x².
    """
    at = phase % 1.0
    opening, closing = 0.67 * open_part, 0.33 * open_part
    rise = np.clip(at / opening, 0.0, 1.0)
    fall = np.clip((at - opening) / closing, 0.0, 1.0)
    slope = 6.0 * (rise - rise**2) / opening - 2.0 * fall / closing * (at < open_part)
    return np.asarray(slope - slope.mean())


def sung(
    pitch_hz: Signal,
    vowels: Sequence[tuple[float, str]],
    rate_hz: int,
    rng: np.random.Generator,
    *,
    throat: float = 1.0,
    breath: float = 0.04,
) -> Signal:
    """A voice on a pitch that moves, through vowels that glide into each other.

    Parameters
    ----------
    pitch_hz
        One value for each sample.
    vowels
        ``(time_s, name)`` in order of time, names of :data:`VOWELS`.
    rate_hz, rng
        Sampling rate; draws the wander of the pitch and the breath.
    throat
        Multiplies all formants: 1 a man, 1.17 a woman, 1.35 a child.
    breath
        Strength of the noise at the glottis.
    """
    time_s = np.arange(len(pitch_hz)) / rate_hz
    phase = cycles(pitch_hz * drift(rng, len(pitch_hz), rate_hz, 9.0), time_s)
    noise = highpass(rng.standard_normal(len(pitch_hz)), 800.0, rate_hz)
    source = lowpass(glottis(phase), 9000.0, rate_hz, order=1) * 0.2 + breath * noise
    return peak_to(moving(source, _tract(time_s[::BLOCK], vowels, throat, rate_hz)))


def _tract(
    block_s: Signal, vowels: Sequence[tuple[float, str]], throat: float, rate_hz: int
) -> Signal:
    """Sections of the vocal tract over time: three formants that move, two that stay."""
    tracks = [
        through(block_s, [(at_s, VOWELS[name][formant]) for at_s, name in vowels])
        for formant in range(3)
    ]
    tracks += [np.full(len(block_s), fixed_hz) for fixed_hz in HIGHER_HZ]
    frequencies = throat * np.stack(tracks, axis=-1)
    return resonators(frequencies, np.broadcast_to(BANDWIDTHS_HZ, frequencies.shape), rate_hz)


def held_note(
    hz: float,
    duration_s: float,
    vowels: Sequence[tuple[float, str]],
    rate_hz: int,
    rng: np.random.Generator,
    *,
    throat: float = 1.0,
) -> Signal:
    """One sung note with vibrato, a soft start and a soft end."""
    time_s = times_s(duration_s, rate_hz)
    pitch = (
        hz
        * vibrato(time_s, rng.uniform(4.9, 5.6), 28.0, 0.25)
        * (1.0 - 0.03 * np.exp(-time_s / 0.05))
    )
    level = held(time_s, 0.09, duration_s - 0.22, 0.2)
    return faded(level * sung(pitch, vowels, rate_hz, rng, throat=throat), rate_hz, 0.005, 0.02)


def choir(
    pitches_hz: Sequence[float],
    duration_s: float,
    vowels: Sequence[tuple[float, str]],
    rate_hz: int,
    rng: np.random.Generator,
) -> Signal:
    """Three singers to a part, spread over the picture, none of them quite in tune or in time: ``(2, n)``."""
    n = len(times_s(duration_s, rate_hz))
    result = np.zeros((2, n))
    for hz in pitches_hz:
        for singer in range(3):
            late = int(rng.integers(0, round(0.06 * rate_hz)))
            throat = (1.17 if hz > 230.0 else 1.0) * rng.uniform(0.95, 1.05)
            tuned = hz * 2.0 ** (rng.normal(0.0, 8.0) / 1200.0)
            voice = held_note(tuned, duration_s - 0.07, vowels, rate_hz, rng, throat=throat)
            side = (singer + rng.uniform()) / 3.0
            result[0, late : late + len(voice)] += np.cos(0.5 * np.pi * side) * voice
            result[1, late : late + len(voice)] += np.sin(0.5 * np.pi * side) * voice
    return peak_to(result)


def babble(
    n_syllables: int,
    hz: float,
    rate_hz: int,
    rng: np.random.Generator,
    *,
    throat: float = 1.0,
    syllable_s: float = 0.19,
) -> Signal:
    """Speech without words: syllables of a consonant and a vowel, under a melody that falls to the end."""
    lengths_s = syllable_s * rng.uniform(0.75, 1.3, n_syllables)
    lengths_s[-1] *= 1.7
    starts_s = np.concatenate(([0.0], np.cumsum(lengths_s)))
    time_s = times_s(float(starts_s[-1]) + 0.1, rate_hz)
    names = [
        str(name) for name in rng.choice([name for name in VOWELS if name != "mm"], n_syllables)
    ]
    middle_s = starts_s[:-1] + 0.45 * lengths_s
    stress = rng.uniform(-0.1, 0.22, n_syllables)
    fall = hz * (1.12 - 0.3 * middle_s / starts_s[-1]) * (1.0 + stress)
    pitch = through(time_s, list(zip(middle_s, fall, strict=True)))
    voice = sung(
        pitch, list(zip(middle_s, names, strict=True)), rate_hz, rng, throat=throat, breath=0.05
    )
    level = np.full(len(time_s), 0.0)
    for start_s, length_s in zip(starts_s[:-1], lengths_s, strict=True):
        level = np.maximum(level, held(time_s - start_s - 0.035, 0.03, length_s - 0.075, 0.05))
    spoken = voice * level + _consonants(time_s, starts_s[:-1], rate_hz, rng)
    return peak_to(faded(spoken, rate_hz, 0.005, 0.05))


def _consonants(time_s: Signal, starts_s: Signal, rate_hz: int, rng: np.random.Generator) -> Signal:
    """A hiss or a burst before each vowel, or none."""
    kinds = (
        (3800.0, 8000.0, 0.07, 0.16),
        (2000.0, 5000.0, 0.06, 0.14),
        (1200.0, 4500.0, 0.018, 0.4),
        (500.0, 1500.0, 0.012, 0.4),
    )
    sound = np.zeros(len(time_s))
    for start_s in starts_s:
        choice = int(rng.integers(0, len(kinds) + 2))
        if choice < len(kinds):
            low_hz, high_hz, length_s, level = kinds[choice]
            noise = bandpass(rng.standard_normal(round(0.1 * rate_hz)), low_hz, high_hz, rate_hz)
            burst = level * noise * held(np.arange(len(noise)) / rate_hz, 0.006, length_s, 0.02)
            start = round(start_s * rate_hz)
            sound[start : start + len(burst)] += burst[: len(sound) - start]
    return sound
