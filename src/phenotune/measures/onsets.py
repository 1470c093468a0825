"""How strongly something begins, frame by frame.

References
----------
S. Dixon, "Onset detection revisited", DAFx 2006 (spectral flux: the sum of what rises).
D. Ellis, "Beat tracking by dynamic programming", Journal of New Music Research 36(1), 2007 (flux of mel bands in dB).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phenotune.measures.short_time import Frames

RANGE_DB = 80.0
"""Levels further than this under the loudest are lifted, so that the noise floor has no onsets."""

LEAST_POWER = 1e-10
"""Power under which everything counts as silence."""


def onset_strength(bands: Frames, n_fft: int, hop_length: int) -> NDArray[np.float64]:
    """Mean rise in dB of the mel bands from each frame to the next.

    A rise shows up as soon as an onset enters the frame, which is half a frame before it reaches the centre; the
    envelope is therefore shifted to later by ``n_fft / 2`` samples, in whole hops.

    Parameters
    ----------
    bands
        Mel power, shape ``(n_frames, n_bands)``.
    n_fft, hop_length
        With which the bands were made.

    Returns
    -------
    NDArray[np.float64]
        Shape ``(n_frames,)``, at least 0; the first ``1 + n_fft // (2 * hop_length)`` values are 0.
    """
    levels_db = 10.0 * np.log10(np.maximum(bands, LEAST_POWER))
    np.maximum(levels_db, levels_db.max() - RANGE_DB, out=levels_db)
    rises = np.maximum(np.diff(levels_db, axis=0), 0.0).mean(axis=1)
    n_late = 1 + n_fft // (2 * hop_length)
    return np.pad(rises, (n_late, 0))[: len(bands)]


def correlation(target: NDArray[np.float64], audio: NDArray[np.float64]) -> float:
    """Pearson's correlation of two envelopes; 0 where one of them never moves.

    >>> round(correlation(np.array([0.0, 1.0, 0.0]), np.array([1.0, 3.0, 1.0])), 6)
    1.0
    """
    still = 1e-9
    if len(target) < 2 or target.std() <= still or audio.std() <= still:
        return 0.0
    return float(np.corrcoef(target, audio)[0, 1])
