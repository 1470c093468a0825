"""The spectral norm: mean squared error of plain magnitudes, over all bins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phenotune.canvas.canvas import Canvas
from phenotune.fitness.terms.gain_search import GainLimits
from phenotune.fitness.terms.term import FromSpectra, Touched
from phenotune.kernels.terms import magnitude_errors
from phenotune.spectra.layout import Layout


class SpectralNorm(FromSpectra):
    """Squared error of linear magnitudes over every bin of the layers, over that of silence.

    After Johnson, "Sound resynthesis with a genetic algorithm" (2011). Each layer contributes its weight to the
    distance of silence.

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
        self._target = magnitudes
        self._weights = _weights(magnitudes, self._layout)

    def _errors_at(
        self, sound: NDArray[np.complex64], touched: Touched, gain: float
    ) -> NDArray[np.float64]:
        errors, row = np.empty(touched.n_frames), np.empty(self._weights.size, np.float32)
        magnitude_errors(
            self._canvas.spectra[0], touched.at, sound, touched.first, np.float32(gain),
            self._target, self._weights, row, errors,
        )  # fmt: skip
        return errors


def _weights(magnitudes: NDArray[np.float32], layout: Layout) -> NDArray[np.float32]:
    """What a squared difference counts at each place, float32 (n_places,)."""
    weights = np.zeros(layout.n_bins, np.float32)
    all_layers = sum(layer.weight for layer in layout.layers)
    offset = 0
    for layer in layout.layers:
        places = layout.places[offset : offset + layer.n_bins]
        silence = float(np.square(magnitudes[:, places], dtype=np.float64).sum())
        weights[places] = layer.weight / all_layers / max(silence, 1e-30)
        offset += layer.n_bins
    return weights
