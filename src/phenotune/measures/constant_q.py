"""Constant-Q transform: bins spaced like the notes of a scale, each with a window as many periods long.

The transform of one octave is a product of short-time spectra with the spectra of its filters. The octave below is the
same product on the sound at half the rate, so seven octaves need the filters of one.

References
----------
J. C. Brown and M. S. Puckette, "An efficient algorithm for the calculation of a constant Q transform", Journal of the
Acoustical Society of America 92(5), 1992 (filters as sparse spectra).
C. Schörkhuber and A. Klapuri, "Constant-Q transform toolbox for music processing", Sound and Music Computing 2010
(octave by octave at falling rates).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft, sparse

from phenotune.audio.resampling import resample
from phenotune.measures.short_time import Frames, Mono, frame_blocks, hann

RATE_HZ = 22_050
"""Rate of the top octave's transform."""

HOP_LENGTH = 256
"""At the top octave's rate; it has to halve once an octave."""

N_OCTAVES = 7
STEPS_PER_OCTAVE = 36
LOWEST_HZ = 440.0 * 2.0 ** (-45 / 12)
"""C1, 45 semitones under A4."""

LEFT_OUT = 0.01
"""Share of a filter's spectrum, its smallest values, that is set to zero."""


def quality() -> float:
    """Q, the ratio of a bin's frequency to its bandwidth, when neighbouring bins touch.

    The bandwidth reaches from the bin below to the bin above, halved: with r the ratio of the frequencies of two bins
    a step apart, ``Q = (r**2 + 1) / (r**2 - 1)``.
    """
    square: float = 2.0 ** (2.0 / STEPS_PER_OCTAVE)
    return (square + 1.0) / (square - 1.0)


def top_octave_hz(tuning_steps: float) -> NDArray[np.float64]:
    """Frequencies of the top octave's bins, for a sound that is tuned up by ``tuning_steps``."""
    steps = np.arange(STEPS_PER_OCTAVE) + (N_OCTAVES - 1) * STEPS_PER_OCTAVE + tuning_steps
    return LOWEST_HZ * 2.0 ** (steps / STEPS_PER_OCTAVE)


def filter_lengths(tuning_steps: float) -> NDArray[np.float64]:
    """Lengths in samples of an octave's filters at that octave's rate, the same for all octaves."""
    return quality() * RATE_HZ / top_octave_hz(tuning_steps)


@lru_cache(maxsize=16)
def octave_filters(tuning_steps: float) -> tuple[sparse.csr_array, int]:
    """Spectra of the filters of one octave.

    Each filter is a complex exponential under a Hann window with an absolute sum of 1, in the middle of a frame, times
    its length over that of the frame.

    Returns
    -------
    filters
        Complex, shape ``(STEPS_PER_OCTAVE, n_fft // 2 + 1)``.
    n_fft
        Samples in a frame: the power of two that holds the longest filter.
    """
    lengths = filter_lengths(tuning_steps)
    n_fft = int(2 ** np.ceil(np.log2(lengths.max())))
    kernels = np.zeros((STEPS_PER_OCTAVE, n_fft), dtype=np.complex128)
    for kernel, length, frequency_hz in zip(
        kernels, lengths, top_octave_hz(tuning_steps), strict=True
    ):
        times = np.arange(np.floor(-length / 2.0), np.floor(length / 2.0))
        window = hann(len(times))
        start = (n_fft - len(times)) // 2
        wave = np.exp(2j * np.pi * frequency_hz / RATE_HZ * times)
        kernel[start : start + len(times)] = window / window.sum() * wave * (length / n_fft)
    spectra = fft.fft(kernels, axis=1)[:, : n_fft // 2 + 1]
    return sparse.csr_array(_without_the_smallest(spectra)), n_fft


def _without_the_smallest(spectra: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Set to zero, in each row, the smallest values that add up to less than ``LEFT_OUT`` of it."""
    sizes = np.abs(spectra)
    ascending = np.sort(sizes, axis=1)
    shares = np.cumsum(ascending, axis=1) / ascending.sum(axis=1, keepdims=True)
    first_kept = np.argmax(shares >= LEFT_OUT, axis=1)
    least = np.take_along_axis(ascending, first_kept[:, np.newaxis], axis=1)
    return np.where(sizes >= least, spectra, 0.0)


def constant_q_octaves(sound: Mono, tuning_steps: float) -> Iterator[Frames]:
    """Magnitudes of the constant-Q transform, octave by octave from the top down.

    Scaled so that white noise fills all bins alike; a steady tone then counts by the square root of its filter's length
    in seconds.

    Parameters
    ----------
    sound
        At twice ``RATE_HZ``, 44.1 kHz; shape ``(n_samples,)``.
    tuning_steps
        How far the sound is tuned up, in bins (a third of a semitone).

    Yields
    ------
    Frames
        Shape ``(n_frames, STEPS_PER_OCTAVE)``, the lowest bin first, frames 512 samples of the sound apart. An octave
        further down may have one frame more at the end.
    """
    filters, n_fft = octave_filters(tuning_steps)
    loudness = 1.0 / np.sqrt(filter_lengths(tuning_steps))
    for octave in range(N_OCTAVES):
        sound = _halve(sound)
        yield _responses(sound, filters, n_fft, HOP_LENGTH >> octave) * loudness


def _responses(sound: Mono, filters: sparse.csr_array, n_fft: int, hop_length: int) -> Frames:
    """Magnitudes of all filters of an octave in each frame; the window is in the filters."""
    blocks = frame_blocks(sound, n_fft, hop_length)
    return np.concatenate([np.abs(filters @ fft.rfft(block, axis=-1).T).T for block in blocks])


def _halve(sound: Mono) -> Mono:
    """The sound at half the rate, and louder by the square root of two, so that noise keeps its level.

    An odd last sample is kept: the length is halved and rounded up.
    """
    even = np.pad(sound, (0, len(sound) % 2))
    halved = resample(even[np.newaxis], 2.0, 1.0)[0]
    louder: Mono = (halved * np.sqrt(2.0)).astype(np.float32)
    return louder
