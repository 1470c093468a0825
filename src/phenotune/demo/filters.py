"""Filters, and the only place of the demo that knows scipy.

``scipy.signal`` takes a third of a second to import, so that it is imported when the first filter runs.
"""

from __future__ import annotations

import numpy as np

from phenotune.demo.signals import Signal

BLOCK = 128
"""Samples for which a moving filter stands still."""


def lowpass(
    signal: Signal, cutoff_hz: float, rate_hz: int, *, order: int = 2, settled: bool = False
) -> Signal:
    """Butterworth low-pass; ``settled`` starts it as if the first value had always been there."""
    return _butterworth(signal, "lowpass", (cutoff_hz,), rate_hz, order, settled=settled)


def highpass(signal: Signal, cutoff_hz: float, rate_hz: int, *, order: int = 2) -> Signal:
    """Butterworth high-pass."""
    return _butterworth(signal, "highpass", (cutoff_hz,), rate_hz, order)


def bandpass(signal: Signal, low_hz: float, high_hz: float, rate_hz: int) -> Signal:
    """Butterworth band-pass, 12 dB an octave on either side."""
    return _butterworth(signal, "bandpass", (low_hz, high_hz), rate_hz, 2)


def _butterworth(
    signal: Signal,
    kind: str,
    cutoffs_hz: tuple[float, ...],
    rate_hz: int,
    order: int,
    *,
    settled: bool = False,
) -> Signal:
    from scipy.signal import butter, sosfilt, sosfilt_zi

    if signal.shape[-1] == 0:
        return signal
    corner = np.minimum(cutoffs_hz, 0.49 * rate_hz)
    sections = butter(
        order, corner if len(corner) > 1 else corner[0], kind, fs=rate_hz, output="sos"
    )
    if not settled:
        return np.asarray(sosfilt(sections, signal, axis=-1))
    return np.asarray(sosfilt(sections, signal, zi=sosfilt_zi(sections) * signal[0])[0])


def smoothed(curve: Signal, rate_hz: int, time_s: float) -> Signal:
    """A curve ``(n,)`` through a one-pole low-pass with a time constant, started at its first value."""
    from scipy.signal import lfilter

    pole = float(np.exp(-1.0 / (time_s * rate_hz)))
    return np.asarray(lfilter([1.0 - pole], [1.0, -pole], curve, zi=[pole * curve[0]])[0])


def convolved(signal: Signal, response: Signal) -> Signal:
    """The signal through an impulse response, ``n + m - 1`` samples long, by FFT."""
    from scipy.signal import fftconvolve

    return np.asarray(fftconvolve(signal, response, axes=-1))


def moving(signal: Signal, sections: Signal) -> Signal:
    """A mono signal through second-order sections that change every :data:`BLOCK` samples.

    Parameters
    ----------
    signal
        Shape ``(n,)``.
    sections
        Coefficients as scipy orders them, shape ``(n_blocks, n_sections, 6)``; the last block is held. The state is
        carried over the seams (transposed direct form II), so that slow movement leaves no steps.
    """
    from scipy.signal import sosfilt

    state = np.zeros((sections.shape[1], 2))
    result = np.empty_like(signal)
    for block, start in enumerate(range(0, len(signal), BLOCK)):
        span = slice(start, start + BLOCK)
        now = sections[min(block, len(sections) - 1)]
        result[span], state = sosfilt(now, signal[span], zi=state)
    return result


def sweep(signal: Signal, cutoff_hz: Signal, resonance: float, rate_hz: int) -> Signal:
    """Resonant low-pass (24 dB an octave) of a mono or stereo signal, whose cutoff follows a curve.

    Two equal sections of Bristow-Johnson's "Cookbook formulae for audio equalizer biquad filter coefficients" (1998).

    Parameters
    ----------
    signal, cutoff_hz
        Sound, and one cutoff for each sample.
    resonance
        Q of each section; 0.7 is flat.
    rate_hz
        Sampling rate.
    """
    if signal.ndim == 2:
        return np.stack([sweep(channel, cutoff_hz, resonance, rate_hz) for channel in signal])
    corner = 2.0 * np.pi * np.clip(cutoff_hz[::BLOCK], 20.0, 0.45 * rate_hz) / rate_hz
    cosine, alpha = np.cos(corner), np.sin(corner) / (2.0 * resonance)
    one = np.ones_like(corner)
    low = 0.5 * (1.0 - cosine)
    columns = (low, 2.0 * low, low, 1.0 + alpha, -2.0 * cosine, 1.0 - alpha)
    section = np.stack([column / (1.0 + alpha) * one for column in columns], axis=-1)
    return moving(signal, np.stack([section, section], axis=1))


def resonators(frequencies_hz: Signal, bandwidths_hz: Signal, rate_hz: int) -> Signal:
    """Coefficients of a cascade of formant resonators, each with gain 1 at 0 Hz.

    D. H. Klatt, "Software for a cascade/parallel formant synthesizer", J. Acoust. Soc. Am. 67 (1980), equation 2.

    Parameters
    ----------
    frequencies_hz, bandwidths_hz
        Shape ``(n_blocks, n_formants)``.

    Returns
    -------
    Signal
        Sections for :func:`moving`, ``(n_blocks, n_formants, 6)``.
    """
    c = -np.exp(-2.0 * np.pi * bandwidths_hz / rate_hz)
    b = (
        2.0
        * np.exp(-np.pi * bandwidths_hz / rate_hz)
        * np.cos(2.0 * np.pi * frequencies_hz / rate_hz)
    )
    zero, one = np.zeros_like(b), np.ones_like(b)
    return np.stack([1.0 - b - c, zero, zero, one, -b, -c], axis=-1)
