"""Oscillators: sines, band-limited saws and pulses, sums of harmonics, frequency modulation, clouds of partials."""

from __future__ import annotations

import numpy as np

from phenotune.demo.signals import Signal


def cycles(frequency_hz: float | Signal, time_s: Signal, start: float = 0.0) -> Signal:
    """Phase in cycles at each time, for a frequency that stays or one that moves (times evenly spaced)."""
    if np.ndim(frequency_hz) == 0:
        return np.asarray(start + frequency_hz * time_s)
    step_s = time_s[1] - time_s[0]
    moved = np.concatenate(([0.0], np.cumsum(frequency_hz)[:-1]))
    return np.asarray(start + moved * step_s)


def sine(phase: Signal) -> Signal:
    """Sine of a phase in cycles."""
    return np.sin(2.0 * np.pi * phase)


def saw(phase: Signal) -> Signal:
    """Rising ramp with its steps rounded by a polynomial (PolyBLEP), which keeps most aliasing out.

    V. Välimäki, J. Pekonen, J. Nam, "Perceptually informed synthesis of bandlimited classical waveforms using
    integrated polynomial interpolation", J. Acoust. Soc. Am. 131 (2012), section II.
    """
    at = phase % 1.0
    step = np.gradient(phase)
    after, before = np.maximum(1.0 - at / step, 0.0), np.maximum(1.0 - (1.0 - at) / step, 0.0)
    return np.asarray(2.0 * at - 1.0 + after**2 - before**2)


def pulse(phase: Signal, width: float | Signal = 0.5) -> Signal:
    """Pulse wave without its mean, as the difference of two saws."""
    return saw(phase) - saw(phase + width)


def unison(
    frequency_hz: float | Signal, time_s: Signal, rng: np.random.Generator, *, n: int, cents: float
) -> Signal:
    """Several saws beside one pitch, each with its own phase, spread over the stereo picture: ``(2, n_samples)``."""
    result = np.zeros((2, len(time_s)))
    for i, offset in enumerate(np.linspace(-1.0, 1.0, n) if n > 1 else np.zeros(1)):
        ratio = 2.0 ** (cents * (offset + rng.normal(0.0, 0.1)) / 1200.0)
        voice = saw(cycles(frequency_hz * ratio, time_s, rng.uniform()))
        side = 0.5 + 0.4 * offset * (-1.0) ** i
        result += np.array([[np.cos(0.5 * np.pi * side)], [np.sin(0.5 * np.pi * side)]]) * voice
    return np.asarray(result / np.sqrt(n))


def harmonics(phase: Signal, amplitudes: Signal) -> Signal:
    """Sum of the harmonics of a phase, by the recurrence sin kx = 2 cos x sin (k-1)x - sin (k-2)x.

    Parameters
    ----------
    phase
        Phase of the fundamental in cycles, ``(n,)``.
    amplitudes
        One for each harmonic, ``(n_harmonics,)``, or moving, ``(n_harmonics, n)``.
    """
    twice_cosine = 2.0 * np.cos(2.0 * np.pi * phase)
    before, now = np.zeros_like(phase), sine(phase)
    result = np.zeros_like(phase)
    for amplitude in amplitudes:
        result += amplitude * now
        before, now = now, twice_cosine * now - before
    return result


def modulated(carrier: Signal, modulator: Signal, index: float | Signal) -> Signal:
    """Simple frequency modulation: a sine whose phase is moved by another; ``index`` is the deviation in radians.

    J. M. Chowning, "The synthesis of complex audio spectra by means of frequency modulation", J. Audio Eng. Soc. 21
    (1973), equation 1.
    """
    return np.sin(2.0 * np.pi * carrier + index * sine(modulator))


def partial_cloud(
    rng: np.random.Generator, n_samples: int, rate_hz: int, low_hz: float, high_hz: float, *, n: int
) -> Signal:
    """Many steady partials that fit no harmonic series, as of a cymbal, RMS 1.

    Summed by one inverse FFT: each partial is a line with random frequency, phase and strength.
    """
    lines = np.zeros(n_samples // 2 + 1, dtype=np.complex128)
    at_hz = np.exp(rng.uniform(np.log(low_hz), np.log(high_hz), n))
    bins = np.clip(np.round(at_hz * n_samples / rate_hz), 1, len(lines) - 2).astype(np.intp)
    np.add.at(lines, bins, rng.rayleigh(size=n) * np.exp(2j * np.pi * rng.uniform(size=n)))
    cloud = np.fft.irfft(lines, n_samples)
    return np.asarray(cloud / np.sqrt(np.mean(cloud**2)))
