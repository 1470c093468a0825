"""What the search knows of the target: its bands after each law, and how much each cell counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phenotune.arrays import Bands, FrameErrors, Samples
from phenotune.errors import ParameterError, TargetError
from phenotune.kernels.scoring import (
    LAW_AMPLITUDE,
    LAW_FOURTH_ROOT,
    LAW_LOG,
    LAW_ROOT,
    compress,
    frame_errors,
)
from phenotune.spectra.analysis import analyse_bands
from phenotune.spectra.layout import Layout
from phenotune.spectra.settings import SpectraSettings

LAW_NUMBERS = {
    "amplitude": LAW_AMPLITUDE,
    "root": LAW_ROOT,
    "fourth_root": LAW_FOURTH_ROOT,
    "log": LAW_LOG,
}
LOUD_QUANTILE = 0.995
"""The level that floors refer to: cells louder than this one are one in two hundred."""


@dataclass(frozen=True)
class TargetSpectra:
    """The target as the distance sees it.

    Parameters
    ----------
    layout
        How its frames are laid out.
    n_samples
        Its length at the layout's rate.
    amplitudes
        Amplitude in each band, float32 (n_channels, n_frames, n_bands).
    compressed
        Bands after each law, with the floor added, float32 (n_laws, n_channels, n_frames, n_bands).
    laws
        Numbers of the laws, int64 (n_laws,).
    weights
        What a squared difference counts, float32 (n_laws, n_bands). They are such that each law and each layer
        contributes its weight to the distance of silence, and all of them together sum to 1.
    floors
        Power added before each law, float32 (n_bands,).
    """

    layout: Layout
    n_samples: int
    amplitudes: Bands
    compressed: NDArray[np.float32]
    laws: NDArray[np.int64]
    weights: NDArray[np.float32]
    floors: NDArray[np.float32]

    @property
    def n_channels(self) -> int:
        """Channels that are compared."""
        return int(self.amplitudes.shape[0])

    @property
    def n_frames(self) -> int:
        """Frames of the target."""
        return int(self.amplitudes.shape[1])

    def errors(self, powers: Bands, first: int = 0) -> FrameErrors:
        """Error of each frame of band powers (n_channels, n, n_bands) that begin at frame ``first`` of the target."""
        last = first + powers.shape[1]
        out = np.empty(powers.shape[:2], np.float64)
        rows = np.empty((2, self.layout.n_bands), np.float32)
        compressed = np.ascontiguousarray(self.compressed[:, :, first:last])
        frame_errors(powers, compressed, self.weights, self.laws, self.floors, rows, out)
        return out


def prepare_target(samples: Samples, layout: Layout, settings: SpectraSettings) -> TargetSpectra:
    """Analyse the target once.

    Parameters
    ----------
    samples
        The target, float32 (n_channels, n_samples) at ``layout.rate_hz``.

    Raises
    ------
    ParameterError
        If the settings name no law.
    TargetError
        If nothing in it is loud enough to be heard.
    """
    if not settings.laws:
        raise ParameterError("spectra.laws: expected at least one law, got none")
    n_frames = layout.n_frames(samples.shape[1])
    powers = analyse_bands(samples, n_frames, layout)
    floors = _floors(powers, layout, settings.floor_db)
    laws = np.array([LAW_NUMBERS[law.law] for law in settings.laws], np.int64)
    compressed = np.stack([_compressed(powers + floors, law) for law in laws])
    return TargetSpectra(
        layout=layout,
        n_samples=samples.shape[1],
        amplitudes=np.sqrt(powers),
        compressed=compressed,
        laws=laws,
        weights=_weights(compressed, floors, laws, layout, settings),
        floors=floors,
    )


def _floors(powers: Bands, layout: Layout, floor_db: float) -> NDArray[np.float32]:
    """Floor of each band: so many decibels under the loud cells of its layer."""
    layer_of_band = layout.layer_of_band()
    floors = np.empty(layout.n_bands, np.float32)
    for j in range(len(layout.layers)):
        cells = powers[:, :, layer_of_band == j]
        loud = max(float(np.quantile(cells, LOUD_QUANTILE)), float(cells.max()) * 1e-4)
        if loud <= 0.0:
            raise TargetError(
                "the target is silent where the search listens; choose a target with sound in it"
            )
        floors[layer_of_band == j] = loud * 10.0 ** (floor_db / 10.0)
    return floors


def _compressed(powers: Bands, law: int) -> NDArray[np.float32]:
    out = np.empty_like(powers)
    compress(powers.reshape(-1), law, out.reshape(-1))
    return out


def _weights(
    compressed: NDArray[np.float32],
    floors: NDArray[np.float32],
    laws: NDArray[np.int64],
    layout: Layout,
    settings: SpectraSettings,
) -> NDArray[np.float32]:
    """Weight of each law and band, such that silence has the distance 1 over all laws and layers."""
    layer_of_band = layout.layer_of_band()
    weights = np.empty((laws.size, layout.n_bands), np.float32)
    law_sum = sum(law.weight for law in settings.laws)
    layer_sum = sum(layer.weight for layer in layout.layers)
    silence = [_compressed(floors, int(law)) for law in laws]
    for i, law in enumerate(settings.laws):
        for j, layer in enumerate(layout.layers):
            of_layer = layer_of_band == j
            cells = compressed[i][:, :, of_layer].astype(np.float64) - silence[i][of_layer]
            share = law.weight / law_sum * layer.weight / layer_sum
            weights[i, of_layer] = share / max(float(np.square(cells).sum()), 1e-30)
    return weights
