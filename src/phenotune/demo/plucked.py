"""Plucked strings: a string by Karplus and Strong, on the bodies of a double bass, a guitar and a clavinet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from phenotune.demo.filters import convolved, highpass, lowpass
from phenotune.demo.oscillators import sine
from phenotune.demo.signals import Signal, faded, fit, peak_to, times_s


@dataclass(frozen=True, slots=True)
class String:
    """How a string rings and how it is plucked.

    Parameters
    ----------
    t60_s
        Time in which its fundamental falls by 60 dB.
    t60_high_s
        The same for a partial at ``high_hz``; what makes nylon dull and steel bright.
    high_hz
        See ``t60_high_s``.
    pluck_at
        Where it is plucked, as a part of its length; partials with a node there are missing.
    softness_hz
        Corner of the pluck itself: low for the flesh of a finger, high for a plectrum.
    """

    t60_s: float
    t60_high_s: float
    high_hz: float
    pluck_at: float
    softness_hz: float


GUT = String(t60_s=3.2, t60_high_s=0.4, high_hz=1000.0, pluck_at=0.21, softness_hz=420.0)
STEEL = String(t60_s=4.5, t60_high_s=0.55, high_hz=4000.0, pluck_at=0.13, softness_hz=5500.0)
NYLON = String(t60_s=2.8, t60_high_s=0.35, high_hz=2500.0, pluck_at=0.22, softness_hz=2800.0)
WIRE = String(t60_s=2.0, t60_high_s=0.6, high_hz=5000.0, pluck_at=0.08, softness_hz=8000.0)


def string(
    string: String, hz: float, duration_s: float, rate_hz: int, rng: np.random.Generator
) -> Signal:
    """One note of an ideal string.

    The loop of K. Karplus and A. Strong, "Digital synthesis of plucked-string and drum timbres", Computer Music J. 7
    (1983), with the pluck position and the tuning of D. Jaffe and J. Smith, "Extensions of the Karplus-Strong
    plucked-string algorithm", same issue. The loop filter here is a sampled Gaussian: its width is the damping of the
    high partials, and moving its centre by a part of a sample tunes the string. Since no sample depends on one less
    than a loop before it, a whole period is computed at a time.

    Parameters
    ----------
    string
        The string and the pluck.
    hz
        Its pitch.
    duration_s, rate_hz
        Length of the result, and its sampling rate.
    rng
        Draws the roughness of the pluck.
    """
    taps, delay = _loop(string, hz, rate_hz)
    history = len(taps) - 1
    n = round(duration_s * rate_hz)
    sound = np.zeros(delay + history + n)
    pluck = _pluck(string, hz, rate_hz, rng)[:n]
    sound[delay + history :][: len(pluck)] = pluck
    for start in range(delay + history, len(sound), delay):
        n_now = min(delay, len(sound) - start)
        past = sound[start - delay - history : start - delay + n_now]
        sound[start : start + n_now] += np.convolve(past, taps, mode="valid")
    return highpass(sound[delay + history :], 0.5 * hz, rate_hz)


def _loop(string: String, hz: float, rate_hz: int) -> tuple[Signal, int]:
    """Taps of the loop filter, and the whole samples of delay before its first tap."""
    period = rate_hz / hz
    kept = 3.0 * np.log(10.0) / hz
    omega = 2.0 * np.pi * string.high_hz / rate_hz
    extra = max(0.0, kept / string.t60_high_s - kept / string.t60_s)
    width = max(0.6, float(np.sqrt(2.0 * extra)) / omega)
    half = min(int(np.ceil(4.0 * width)), int(period) - 2)
    delay = int(period) - half
    taps = np.exp(-0.5 * ((np.arange(2 * half + 2) + delay - period) / width) ** 2)
    return taps / taps.sum() * np.exp(-kept / string.t60_s), delay


def _pluck(string: String, hz: float, rate_hz: int, rng: np.random.Generator) -> Signal:
    """One period of what sets the string in motion: a soft thrust, a rough half of noise, a comb for the place."""
    period = round(rate_hz / hz)
    thrust = np.zeros(period)
    thrust[0] = np.sqrt(period)
    rough = thrust + 0.7 * rng.standard_normal(period)
    soft = lowpass(fit(rough - rough.mean(), 2 * period), string.softness_hz, rate_hz)
    away = max(1, round(string.pluck_at * period))
    return peak_to(soft - np.concatenate((np.zeros(away), soft[:-away])))


def body(modes: tuple[tuple[float, float, float], ...], rate_hz: int) -> Signal:
    """Impulse response of a wooden body: ``(hz, t60_s, strength)`` of each of its modes, and the direct sound."""
    time_s = times_s(max(t60_s for _, t60_s, _ in modes), rate_hz)
    response = np.zeros_like(time_s)
    for hz, t60_s, strength in modes:
        ring = 2.0 * np.pi * hz / rate_hz * strength
        response += ring * 10.0 ** (-3.0 * time_s / t60_s) * sine(hz * time_s)
    response[0] += 1.0
    return faded(response, rate_hz, 0.0, 0.02)


BASS_BODY = (
    (61.0, 0.35, 0.3),
    (103.0, 0.30, 0.35),
    (172.0, 0.2, 0.3),
    (238.0, 0.16, 0.2),
    (410.0, 0.1, 0.12),
)
GUITAR_BODY = ((98.0, 0.30, 0.30), (204.0, 0.25, 0.35), (390.0, 0.12, 0.2), (580.0, 0.10, 0.15))


def bass_note(
    hz: float, length_s: float, velocity: float, rate_hz: int, rng: np.random.Generator
) -> Signal:
    """A double bass, plucked with a finger: string, body, the thump of the finger, and the hand that stops it."""
    release_s = 0.09
    note = string(GUT, hz, length_s + release_s, rate_hz, rng)
    time_s = times_s(length_s + release_s, rate_hz)
    thump = lowpass(rng.standard_normal(len(time_s)), 260.0, rate_hz) * np.exp(-time_s / 0.018)
    full = convolved(peak_to(note) + 0.5 * thump, body(BASS_BODY, rate_hz))[: len(time_s)]
    mellow = lowpass(full, 500.0 + 2000.0 * velocity, rate_hz, order=1)
    return velocity * faded(peak_to(mellow), rate_hz, 0.003, release_s)


def dead_note(velocity: float, rate_hz: int, rng: np.random.Generator) -> Signal:
    """A bass string struck while the left hand lies on it: almost only the thump."""
    time_s = times_s(0.12, rate_hz)
    thump = lowpass(rng.standard_normal(len(time_s)), 700.0, rate_hz) * np.exp(-time_s / 0.022)
    return velocity * faded(
        peak_to(convolved(thump, body(BASS_BODY, rate_hz))[: len(time_s)]), rate_hz, 0.002, 0.03
    )


def strum(
    pitches_hz: tuple[float, ...],
    duration_s: float,
    rate_hz: int,
    rng: np.random.Generator,
    *,
    kind: String = STEEL,
    spread_s: float = 0.045,
) -> Signal:
    """A guitar chord, string after string; a negative ``spread_s`` is a stroke upwards."""
    n = round(duration_s * rate_hz)
    chord = np.zeros(n)
    order = pitches_hz if spread_s >= 0.0 else pitches_hz[::-1]
    for i, pitch in enumerate(order):
        start = round(
            abs(spread_s) * (i + rng.uniform(-0.2, 0.2)) * rate_hz / len(order)
            + 0.2 * rate_hz / 1000
        )
        note = peak_to(string(kind, pitch, duration_s, rate_hz, rng)) * rng.uniform(0.75, 1.0)
        start = max(0, start)
        chord[start:] += note[: n - start]
    return peak_to(convolved(chord, body(GUITAR_BODY, rate_hz))[:n])
