"""One second-order filter section, the only loop that the shelves need."""

from __future__ import annotations

import numpy as np
from numba import njit, types

from phenotune.kernels.caching import CACHE

# Any strides, and read-only too: a clip is filtered straight from the library's memory, forwards or reversed.
_SOUND = types.Array(types.float32, 2, "A", readonly=True)
_OUT = types.Array(types.float32, 2, "C")
_NUMBERS = (types.float64,) * 5


@njit(types.void(_SOUND, *_NUMBERS, _OUT), nogil=True, cache=CACHE)
def biquad(samples, b0, b1, b2, a1, a2, out):
    """Filter each channel by itself, from silence, in transposed direct form II with float64 state.

    ``y[n] = b0 x[n] + b1 x[n-1] + b2 x[n-2] - a1 y[n-1] - a2 y[n-2]`` (Smith, "Introduction to Digital Filters", 2007,
    section "Transposed Direct-Forms").

    Parameters
    ----------
    samples
        float32 (n_channels, n_samples), never written to.
    b0, b1, b2, a1, a2
        float64, the section's coefficients divided by a0.
    out
        float32 (n_channels, n_samples), contiguous; not the same memory as ``samples``.
    """
    for channel in range(samples.shape[0]):
        state1 = 0.0
        state2 = 0.0
        for i in range(samples.shape[1]):
            x = np.float64(samples[channel, i])
            y = b0 * x + state1
            state1 = b1 * x - a1 * y + state2
            state2 = b2 * x - a2 * y
            out[channel, i] = y
