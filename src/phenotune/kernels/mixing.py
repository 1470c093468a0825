"""Mixing in fixed point.

Sound is summed as 64-bit integers in units of 2**-40. Integer addition is exact and has no order, so taking a clip away
leaves precisely what was there before, and a mosaic rendered from its list equals the canvas that grew clip by clip.
The headroom is 2**23, 138 dB over full scale; the step lies 240 dB below it. What a single clip brings is held to
60 dB over full scale, so that some thousand of the loudest that anybody could write down do not turn the sign.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from phenotune.kernels.caching import CACHE

FIXED_ONE = 2.0**40
LOUDEST = 2.0**50
"""The most that a sample of one clip can bring, in units of the sum."""


@njit(
    "void(int64[:, ::1], float32[:, ::1], float64[::1], int64, int64)",
    nogil=True,
    cache=CACHE,
)
def add_fixed(sound, samples, gains, onset, sign):
    """Add ``sign * gains * samples`` to ``sound`` from ``onset`` on; what falls outside is left out.

    Parameters
    ----------
    sound
        int64 (n_channels, n_sound), changed in place.
    samples
        float32 (1 or n_channels, n_samples); a single channel goes to every channel of the sound.
    gains
        float64 (n_channels,).
    onset
        Where the first sample falls; may be negative.
    sign
        1 to add, -1 to take away.
    """
    first = max(0, -onset)
    last = min(samples.shape[1], sound.shape[1] - onset)
    for channel in range(sound.shape[0]):
        row = samples[min(channel, samples.shape[0] - 1)]
        scale = gains[channel] * FIXED_ONE
        if scale == 0.0:
            continue
        for i in range(first, last):
            step = min(max(np.rint(row[i] * scale), -LOUDEST), LOUDEST)
            sound[channel, onset + i] += sign * np.int64(step)


@njit("void(int64[:, ::1], int64, float32[:, ::1])", nogil=True, cache=CACHE)
def fixed_to_float(sound, start, out):
    """Write ``sound[:, start:start + n]`` as float32 into ``out`` (n_channels, n); zero outside the sound."""
    for channel in range(out.shape[0]):
        for i in range(out.shape[1]):
            k = start + i
            if 0 <= k < sound.shape[1]:
                out[channel, i] = np.float32(sound[channel, k] / FIXED_ONE)
            else:
                out[channel, i] = np.float32(0.0)
