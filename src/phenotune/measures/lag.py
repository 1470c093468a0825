"""By how much a sound comes late or early, and putting that right."""

from __future__ import annotations

import numpy as np

from phenotune.measures.mel import mel_power
from phenotune.measures.short_time import Frames, Mono, magnitude_blocks
from phenotune.measures.sums import inner_product

N_FFT = 1024
HOP_LENGTH = 128
N_BANDS = 40
LONGEST_S = 0.150
COMPRESSION = 0.25
"""Exponent on power, the square root of amplitude: without it the loudest moment alone would decide."""


def lag_bands(sound: Mono, rate_hz: int) -> Frames:
    """What is compared in the search for the lag: compressed mel bands without their mean.

    Returns
    -------
    Frames
        Shape ``(n_frames, 40)``, frames 128 samples apart.
    """
    blocks = magnitude_blocks(sound, N_FFT, HOP_LENGTH)
    power = np.concatenate([mel_power(block**2, rate_hz, N_BANDS) for block in blocks])
    bands: Frames = power**COMPRESSION
    bands -= bands.mean(axis=0)
    return bands


def find_lag_samples(target: Frames, audio: Frames, rate_hz: int) -> int:
    """The lag at which two sounds resemble each other most: the peak of their bands' summed cross-correlation.

    Parameters
    ----------
    target, audio
        Of :func:`lag_bands`; the longer is cut.
    rate_hz
        Sample rate.

    Returns
    -------
    int
        Samples by which the audio comes late (positive) or early (negative); a multiple of 128, within 150 ms. 0 for
        silence.
    """
    n_frames = min(len(target), len(audio))
    target, audio = target[:n_frames], audio[:n_frames]
    if not audio.any():
        return 0
    longest = min(int(LONGEST_S * rate_hz / HOP_LENGTH), n_frames - 1)
    lags = range(-longest, longest + 1)
    alike = [
        inner_product(
            target[max(0, -lag) : n_frames - max(0, lag)],
            audio[max(0, lag) : n_frames - max(0, -lag)],
        )
        for lag in lags
    ]
    return lags[int(np.argmax(alike))] * HOP_LENGTH


def fit_length(sound: Mono, n_samples: int) -> Mono:
    """The sound cut, or continued by zeros, to ``n_samples``.

    >>> fit_length(np.array([1, 2], np.float32), 3).tolist()
    [1.0, 2.0, 0.0]
    """
    return np.pad(sound[:n_samples], (0, max(0, n_samples - len(sound))))


def shift_earlier(sound: Mono, lag_samples: int) -> Mono:
    """The sound moved by its lag to where it belongs, its length kept.

    >>> shift_earlier(np.array([0, 1, 2], np.float32), 1).tolist()
    [1.0, 2.0, 0.0]
    >>> shift_earlier(np.array([1, 2, 3], np.float32), -1).tolist()
    [0.0, 1.0, 2.0]
    """
    if lag_samples >= 0:
        return fit_length(sound[lag_samples:], len(sound))
    return fit_length(np.pad(sound, (-lag_samples, 0)), len(sound))
