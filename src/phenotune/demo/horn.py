"""The lead: a soft muted trumpet that plays whole phrases in one breath."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from phenotune.demo.envelopes import drift, through
from phenotune.demo.filters import bandpass, smoothed
from phenotune.demo.oscillators import cycles, harmonics
from phenotune.demo.signals import Signal, faded, times_s

N_HARMONICS = 18
CONTROL = 64
"""Samples between two values of the harmonics' strengths."""


@dataclass(frozen=True, slots=True)
class Tone:
    """One note of a phrase; it is slurred to the one before unless a gap or ``is_tongued`` sets it off."""

    start_s: float
    end_s: float
    hz: float
    velocity: float
    is_tongued: bool = False


def phrase(tones: Sequence[Tone], rate_hz: int, rng: np.random.Generator) -> Signal:
    """A phrase in one breath, from the first tone's start to a little after the last one's end.

    Brass grows brighter as it grows louder, and its upper partials enter last: J.-C. Risset and M. V. Mathews,
    "Analysis of musical-instrument tones", Physics Today 22 (1969). Here the strengths of the harmonics follow the
    loudness, then pass a mute that favours what lies around 1 and 2.4 kHz.

    Parameters
    ----------
    tones
        In order of time, on the clock of the song.
    rate_hz
        Sampling rate.
    rng
        Draws the wander of the pitch and the breath.
    """
    time_s = tones[0].start_s + times_s(tones[-1].end_s - tones[0].start_s + 0.15, rate_hz)
    pitch_hz = _pitch(tones, time_s, rate_hz) * drift(rng, len(time_s), rate_hz, 5.0)
    loudness = _loudness(tones, time_s, rate_hz)
    sound = harmonics(cycles(pitch_hz, time_s), _strengths(pitch_hz, loudness))
    breath = bandpass(rng.standard_normal(len(time_s)), 900.0, 4500.0, rate_hz)
    chiff = np.maximum(np.gradient(loudness) * rate_hz, 0.0)
    air = breath * (0.010 * np.sqrt(loudness) + 0.0012 * smoothed(chiff, rate_hz, 0.012))
    return faded(sound * loudness**1.2 + air, rate_hz, 0.004, 0.05)


def _pitch(tones: Sequence[Tone], time_s: Signal, rate_hz: int) -> Signal:
    """Pitch in hertz: steps with a short glide, a scoop into the phrase, vibrato late in the long tones."""
    octaves = np.full(len(time_s), np.log2(tones[0].hz))
    for tone in tones[1:]:
        octaves[time_s >= tone.start_s] = np.log2(tone.hz)
    octaves = smoothed(smoothed(octaves, rate_hz, 0.005), rate_hz, 0.005)
    octaves -= 0.06 * np.exp(-(time_s - time_s[0]) / 0.035)
    for tone in tones:
        since_s = time_s - tone.start_s - 0.22
        grown = np.clip(since_s / 0.35, 0.0, 1.0) * np.clip((tone.end_s - time_s) / 0.06, 0.0, 1.0)
        octaves += 22.0 / 1200.0 * grown * np.sin(2.0 * np.pi * 5.1 * since_s)
    return np.asarray(2.0**octaves)


def _loudness(tones: Sequence[Tone], time_s: Signal, rate_hz: int) -> Signal:
    """Loudness 0 to 1: an accent at each tone, a swell in long ones, a dip where the tongue sets off."""
    points = [(tones[0].start_s, 0.0)]
    ends_s = [-np.inf, *(tone.end_s for tone in tones)]
    for tone, before_s in zip(tones, ends_s[:-1], strict=True):
        if tone.start_s - before_s > 0.12:
            points += [(before_s + 0.08, 0.0), (tone.start_s, 0.0)] if before_s > 0.0 else []
            dip = 0.02
        else:
            dip = 0.35 if tone.is_tongued else 0.75
        points += _shape(tone, dip)
    points += [(tones[-1].end_s + 0.09, 0.0)]
    return smoothed(through(time_s, points), rate_hz, 0.006)


def _shape(tone: Tone, dip: float) -> list[tuple[float, float]]:
    """Loudness of one tone as ``(time_s, level)``: from the dip to the accent, back, and on to its end."""
    length_s = tone.end_s - tone.start_s
    swell = 0.95 if length_s > 0.5 else 0.75
    shape = (
        (0.012, dip),
        (0.045, 1.0),
        (0.045 + 0.35 * (length_s - 0.1), 0.8),
        (length_s - 0.04, swell),
        (length_s, 0.7),
    )
    return [(tone.start_s + at_s, level * tone.velocity) for at_s, level in shape]


def _strengths(pitch_hz: Signal, loudness: Signal) -> Signal:
    """Strength of each harmonic over time, ``(N_HARMONICS, n)``, from the loudness and the mute."""
    number = np.arange(1, N_HARMONICS + 1)[:, None]
    at_hz = number * pitch_hz[None, ::CONTROL]
    slope = 3.1 - 1.9 * loudness[None, ::CONTROL]
    mute = 0.5 + 0.9 * _bump(at_hz, 1050.0, 0.45) + 1.1 * _bump(at_hz, 2400.0, 0.35)
    coarse = number**-slope * mute / (1.0 + (at_hz / 7000.0) ** 4)
    position = np.arange(len(pitch_hz))
    return np.stack([np.interp(position, position[::CONTROL], row) for row in coarse])


def _bump(at_hz: Signal, centre_hz: float, octaves: float) -> Signal:
    """A hill of height 1 on a logarithmic frequency axis."""
    return np.asarray(np.exp(-0.5 * (np.log2(at_hz / centre_hz) / octaves) ** 2))
