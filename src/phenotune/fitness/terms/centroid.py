"""The centroid term: whether frames are as bright as the target's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phenotune.canvas.canvas import Canvas
from phenotune.fitness.terms.gain_search import GainLimits
from phenotune.fitness.terms.term import FromSpectra, Touched, in_blocks
from phenotune.kernels.terms import centroids

FLOOR = 1e-3
"""Added to what a centroid is divided by, over the target's mean frame: frames as quiet as that have centroid 0."""


class Centroid(FromSpectra):
    """Squared difference of spectral centroids in the first layer, frames weighed by the target's amplitude.

    The second term of Johnson, "Sound resynthesis with a genetic algorithm" (2011). It says nothing of level, so it is
    of use beside another term. Silence has the centroid 0 everywhere, and so the distance 1.

    Parameters
    ----------
    magnitudes
        Of the target's middle, float32 (n_frames, n_places).
    canvas
        What is compared with it.
    limits
        What gains may be.
    """

    def __init__(self, magnitudes: NDArray[np.float32], canvas: Canvas, limits: GainLimits) -> None:
        super().__init__(canvas, limits)
        layer = self._layout.layers[0]
        self._bins = np.full(self._layout.n_bins, -1.0, np.float32)
        places = self._layout.places[: layer.n_bins]
        self._bins[places] = layer.first_bin + np.arange(layer.n_bins)
        amplitudes = magnitudes[:, places].sum(axis=1, dtype=np.float64)
        self._floor = FLOOR * max(float(amplitudes.mean()), 1e-30)
        blocks = in_blocks(magnitudes)
        self._target = np.concatenate(
            [self._centroids(block, block, Touched(0, 0, len(block)), 0.0) for block in blocks]
        )
        silence = float((amplitudes * np.square(self._target)).sum())
        self._weights = amplitudes / max(silence, 1e-30)

    def _errors_at(
        self, sound: NDArray[np.complex64], touched: Touched, gain: float
    ) -> NDArray[np.float64]:
        here = slice(touched.at, touched.at + touched.n_frames)
        found = self._centroids(self._canvas.spectra[0], sound, touched, gain)
        errors: NDArray[np.float64] = self._weights[here] * np.square(found - self._target[here])
        return errors

    def _centroids(
        self,
        canvas: NDArray[np.complex64],
        sound: NDArray[np.complex64],
        touched: Touched,
        gain: float,
    ) -> NDArray[np.float64]:
        """Centroid of each touched frame, in bins, float64 (n_frames,)."""
        found, row = np.empty(touched.n_frames), np.empty(self._bins.size, np.float32)
        centroids(
            canvas, touched.at, sound, touched.first, np.float32(gain), self._bins, self._floor, row, found
        )  # fmt: skip
        return found
