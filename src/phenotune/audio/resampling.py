"""Changing the rate of sound; the only place that imports soxr."""

from __future__ import annotations

import math

import numpy as np
import soxr

from phenotune.arrays import Samples
from phenotune.errors import ParameterError

QUALITY = "HQ"
QUICK = "QQ"
"""Cubic interpolation, for looks that nobody hears."""


def resample(samples: Samples, from_hz: float, to_hz: float, *, quality: str = QUALITY) -> Samples:
    """Resample sound, as a whole and free of aliasing (soxr, quality HQ unless told otherwise).

    A pure function, the same for the same input on any thread; it releases the GIL. Rates need not be whole numbers:
    ``resample(samples, rate_hz * ratio, rate_hz)`` is a varispeed by ``ratio``.

    Parameters
    ----------
    samples
        Sound, float32 of shape (n_channels, n_samples); 0, 1 and 2 samples are fine.
    from_hz, to_hz
        The rate it has and the rate it shall have.
    quality
        The quality by soxr's name for it; :data:`QUICK` does not filter what would fold.

    Returns
    -------
    Samples
        Sound of ``round(n_samples * to_hz / from_hz)`` samples, contiguous; the very same array where the rates are
        equal.

    Raises
    ------
    ParameterError
        If a rate is not finite and above zero.

    Examples
    --------
    >>> resample(np.zeros((2, 441), dtype=np.float32), 44_100, 48_000).shape
    (2, 480)
    """
    for name, rate_hz in (("from_hz", from_hz), ("to_hz", to_hz)):
        if not (math.isfinite(rate_hz) and rate_hz > 0.0):
            raise ParameterError(f"{name}: expected a rate above 0 Hz, got {rate_hz!r}")
    if from_hz == to_hz:
        return samples
    n_samples = round(samples.shape[1] * to_hz / from_hz)
    if n_samples == 0 or samples.size == 0:
        return np.zeros((samples.shape[0], n_samples), dtype=np.float32)
    # soxr wants time first; the transposed view is a layout that it handles without a copy, but for a single sample,
    # whose strides it refuses with numpy before 2.4.
    time_first = samples.T if samples.shape[1] > 1 else samples.T.copy()
    return _fit(soxr.resample(time_first, from_hz, to_hz, quality=quality).T, n_samples)


def _fit(samples: Samples, n_samples: int) -> Samples:
    """Make the length exact: soxr may be a sample off where the ratio is not a whole one."""
    if samples.shape[1] < n_samples:
        samples = np.pad(samples, ((0, 0), (0, n_samples - samples.shape[1])))
    return np.ascontiguousarray(samples[:, :n_samples], dtype=np.float32)
