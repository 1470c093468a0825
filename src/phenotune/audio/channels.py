"""Channels: folding what has more than two of them to stereo.

Files with several channels are in the order of WAVE: left, right, centre, low frequencies (LFE), then the surrounds.
"""

from __future__ import annotations

import numpy as np

from phenotune.arrays import Samples

_AT_MINUS_3_DB = 0.5**0.5

# What a channel gives to the left and to the right: the two-channel downmix of ITU-R BS.775-3, annex 4, table 2.
_LEFT = (1.0, 0.0)
_RIGHT = (0.0, 1.0)
_CENTRE = (_AT_MINUS_3_DB, _AT_MINUS_3_DB)
_LEFT_SURROUND = (_AT_MINUS_3_DB, 0.0)
_RIGHT_SURROUND = (0.0, _AT_MINUS_3_DB)
_BACK_CENTRE = (0.5, 0.5)
_LFE = (0.0, 0.0)

_LAYOUTS = {
    3: (_LEFT, _RIGHT, _CENTRE),
    4: (_LEFT, _RIGHT, _LEFT_SURROUND, _RIGHT_SURROUND),
    5: (_LEFT, _RIGHT, _CENTRE, _LEFT_SURROUND, _RIGHT_SURROUND),
    6: (_LEFT, _RIGHT, _CENTRE, _LFE, _LEFT_SURROUND, _RIGHT_SURROUND),
    7: (_LEFT, _RIGHT, _CENTRE, _LFE, _BACK_CENTRE, _LEFT_SURROUND, _RIGHT_SURROUND),
    8: (
        *(_LEFT, _RIGHT, _CENTRE, _LFE),
        *(_LEFT_SURROUND, _RIGHT_SURROUND, _LEFT_SURROUND, _RIGHT_SURROUND),
    ),
}


def fold_to_stereo(samples: Samples) -> Samples:
    """Fold sound of any number of channels to at most two.

    One and two channels pass as they are. Three to eight are taken as L R C, L R Ls Rs, 5.0, 5.1, 6.1 and 7.1: centre
    and surrounds at -3 dB, the LFE dropped unless nothing else sounds (ITU-R BS.775-3). Of any other number, left and
    right are both the mean. Nothing is normalised: the sum may exceed 1.0, and nothing clips before it is written.

    Parameters
    ----------
    samples
        Sound, shape (n_channels, n_samples).

    Returns
    -------
    Samples
        Sound, shape (1 or 2, n_samples); the very same array where nothing had to be done.

    Examples
    --------
    >>> left_and_centre = np.array([[1.0], [0.0], [1.0]], dtype=np.float32)
    >>> fold_to_stereo(left_and_centre)
    array([[1.7071068 ],
           [0.70710677]], dtype=float32)
    """
    n_channels = samples.shape[0]
    if n_channels <= 2:
        return samples
    gains = _LAYOUTS.get(n_channels, ((1.0 / n_channels,) * 2,) * n_channels)
    if not any(samples[channel].any() for channel in _heard(gains)):
        gains = tuple(_CENTRE if gain == _LFE else gain for gain in gains)
    folded = np.zeros((2, samples.shape[1]), dtype=np.float32)
    # Sums written out, because a matrix product may round differently on another machine.
    for channel, sides in enumerate(gains):
        for side, gain in enumerate(sides):
            if gain:
                folded[side] += samples[channel] * np.float32(gain)
    return folded


def are_twins(samples: Samples) -> bool:
    """Whether sound is stereo in name only: two channels, the same in every sample.

    >>> are_twins(np.ones((2, 3), dtype=np.float32)), are_twins(np.ones((1, 3), dtype=np.float32))
    (True, False)
    """
    return samples.shape[0] == 2 and bool(np.array_equal(samples[0], samples[1]))


def _heard(gains: tuple[tuple[float, float], ...]) -> list[int]:
    return [channel for channel, sides in enumerate(gains) if sides != _LFE]
