"""Proposing a pitch: cross-correlation in two dimensions, time and pitch.

On bands that are evenly spaced in log frequency a change of speed is nearly a shift. So the bands are interpolated to
quarter tones, and what the canvas lacks is correlated with the phenotype at each shift of whole semitones, over all
onsets at once. The best shift is proposed; the sound at that pitch is then rendered and scored like any other. That a
sound played faster is also shorter is left out here.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from phenotune.kernels.correlation import PANEL, TILE, correlate
from phenotune.spectra.layout import Layout

PER_SEMITONE = 2
"""Bands to a semitone."""
LOWEST_HZ = 180.0
"""Below, the bands of the long window are wider than a semitone."""
N_POOLED = 2
"""Pooled frames that are pooled once more: a pitch lasts longer than an attack."""


class PitchGrid:
    """Interpolates the bands of the finest layer to quarter tones.

    Parameters
    ----------
    layout
        Whose bands; the layer with the most of them is used.
    """

    def __init__(self, layout: Layout) -> None:
        middles = layout.middles_hz()
        layers = layout.layer_of_band()
        finest = int(np.argmax(np.bincount(layers)))
        self._bands = np.flatnonzero(layers == finest)
        # The lowest band may lie about 0 Hz.
        own_hz = np.maximum(middles[self._bands], 1.0)
        n_octaves = np.log2(own_hz[-1] / max(LOWEST_HZ, own_hz[0]))
        n_features = max(1, int(n_octaves * 12 * PER_SEMITONE))
        wanted_hz = own_hz[-1] * 2.0 ** (
            (np.arange(n_features) - n_features + 1) / (12.0 * PER_SEMITONE)
        )
        place = np.interp(np.log2(wanted_hz), np.log2(own_hz), np.arange(own_hz.size))
        below = np.minimum(place.astype(int), own_hz.size - 2)
        self._below = self._bands[below], (1.0 - (place - below)).astype(np.float32)[:, None]
        self._above = self._bands[below + 1], (place - below).astype(np.float32)[:, None]

    def features(self, rooted: NDArray[np.float32]) -> NDArray[np.float32]:
        """From features of all bands, float32 (n_bands, n_pooled), to (n_quarter_tones, n_pooled // 2)."""
        n_pooled = rooted.shape[1] // N_POOLED * N_POOLED
        pooled = rooted[:, :n_pooled:2] + rooted[:, 1:n_pooled:2]
        # No product of matrices: it would wake the threads of a BLAS, which promises no order of its sums either.
        (below, far), (above, near) = self._below, self._above
        found: NDArray[np.float32] = far * pooled[below] + near * pooled[above]
        return found


def best_shift(
    panels: NDArray[np.float32],
    wanted: NDArray[np.float32],
    semitones: range,
    weight: Callable[[int], float] | None = None,
    *,
    lags: tuple[int, int] | None = None,
) -> int:
    """The shift at which a phenotype fills most of what is missing, for its own size.

    Parameters
    ----------
    panels
        What is missing, float32 (n_panels, n_features, PANEL).
    wanted
        The phenotype's features, float32 (n_features, n_frames).
    semitones
        The shifts tried.
    weight
        What each of them is worth beside that, from 0 to 1.
    lags
        The first frame of what is missing that the phenotype's first may lie on, and the one after the last; below 0 it
        begins before. None: all.

    Returns
    -------
    int
        In semitones; 0 where nothing is missing at any shift.
    """
    n_features, n_frames = wanted.shape
    n_tiles = max(1, -(-n_frames // TILE))
    curve = np.empty(TILE * n_tiles + PANEL * panels.shape[0], np.float32)
    tiles = np.empty((n_tiles, n_features, TILE), np.float32)
    padded = np.zeros((n_features, n_tiles * TILE), np.float32)
    inside = slice(None)
    if lags is not None:
        inside = slice(*(max(0, TILE * n_tiles + lag) for lag in lags))
    best, best_worth = 0, 0.0
    for shift in sorted(semitones, key=abs):
        step = PER_SEMITONE * shift
        if abs(step) >= n_features:
            continue
        padded[:] = 0.0
        if step >= 0:
            padded[step:, :n_frames] = wanted[: n_features - step]
        else:
            padded[:step, :n_frames] = wanted[-step:]
        size = float(np.sqrt(np.square(padded).sum()))
        if size <= 0.0:
            continue
        tiles[:] = padded.reshape(n_features, n_tiles, TILE).transpose(1, 0, 2)
        correlate(panels, tiles, curve)
        worth = float(curve[inside].max(initial=-np.inf)) / size
        if weight is not None:
            worth *= weight(shift)
        if worth > best_worth:
            best, best_worth = shift, worth
    return best
