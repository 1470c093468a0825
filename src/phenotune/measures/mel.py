"""Mel bands after Slaney's Auditory Toolbox.

The scale is linear up to 1 kHz (15 mel to the kilohertz) and logarithmic above (27 mel from 1 to 6.4 kHz), and every
triangular band has the same area, so that white noise fills all bands alike.

References
----------
M. Slaney, "Auditory Toolbox, version 2", Interval Research technical report 1998-010, 1998 (``mfcc.m``).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from phenotune.measures.short_time import Frames

HZ_PER_MEL = 200.0 / 3.0
CORNER_HZ = 1000.0
CORNER_MEL = CORNER_HZ / HZ_PER_MEL
LOG_STEP = np.log(6.4) / 27.0


def hz_to_mel(frequencies_hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Place of frequencies on Slaney's mel scale.

    >>> hz_to_mel(np.array([500.0, 1000.0, 6400.0])).round(6).tolist()
    [7.5, 15.0, 42.0]
    """
    logarithmic = CORNER_MEL + np.log(np.maximum(frequencies_hz, CORNER_HZ) / CORNER_HZ) / LOG_STEP
    return np.where(frequencies_hz < CORNER_HZ, frequencies_hz / HZ_PER_MEL, logarithmic)


def mel_to_hz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Frequencies of places on Slaney's mel scale, the inverse of :func:`hz_to_mel`.

    >>> mel_to_hz(np.array([7.5, 15.0, 42.0])).round(6).tolist()
    [500.0, 1000.0, 6400.0]
    """
    logarithmic = CORNER_HZ * np.exp(LOG_STEP * (np.maximum(mels, CORNER_MEL) - CORNER_MEL))
    return np.where(mels < CORNER_MEL, mels * HZ_PER_MEL, logarithmic)


@lru_cache(maxsize=8)
def mel_filters(rate_hz: int, n_fft: int, n_bands: int) -> sparse.csr_array:
    """Triangular filters from 0 Hz to half the rate, of equal area (2 in units of 1/Hz).

    Parameters
    ----------
    rate_hz, n_fft
        Sample rate, and the FFT size whose bins are weighted.
    n_bands
        Number of bands; their ``n_bands + 2`` corners lie evenly on the mel scale.

    Returns
    -------
    sparse.csr_array
        Weights, shape ``(n_bands, n_fft // 2 + 1)``; sparse since a bin falls into two bands at most.
    """
    bins_hz = np.arange(n_fft // 2 + 1) * rate_hz / n_fft
    top_mel = hz_to_mel(np.array([rate_hz / 2.0]))[0]
    corners_hz = mel_to_hz(np.linspace(0.0, top_mel, n_bands + 2))
    low, centre, high = (corners_hz[i : n_bands + i, np.newaxis] for i in range(3))
    rising = (bins_hz - low) / (centre - low)
    falling = (high - bins_hz) / (high - centre)
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    return sparse.csr_array(triangles * (2.0 / (high - low)))


def mel_power(power: Frames, rate_hz: int, n_bands: int) -> Frames:
    """Power in mel bands.

    Parameters
    ----------
    power
        Squared magnitudes, shape ``(n_frames, n_fft // 2 + 1)``.
    rate_hz
        Sample rate.
    n_bands
        Number of bands.

    Returns
    -------
    Frames
        Shape ``(n_frames, n_bands)``.
    """
    n_fft = 2 * (power.shape[1] - 1)
    bands = mel_filters(rate_hz, n_fft, n_bands) @ power.T
    return np.ascontiguousarray(bands.T)
