"""What the search knows of the target: its bands after each law, and how much each cell counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phenotune.arrays import Bands, Samples
from phenotune.errors import ParameterError, TargetError
from phenotune.kernels.scoring import (
    LAW_AMPLITUDE,
    LAW_FOURTH_ROOT,
    LAW_LOG,
    LAW_ROOT,
    compress,
    frame_errors,
    onset_strengths,
)
from phenotune.spectra.analysis import analyse_bands
from phenotune.spectra.hearing import MIDDLE, heard
from phenotune.spectra.layout import Layout
from phenotune.spectra.settings import SpectraSettings

LAW_NUMBERS = {
    "amplitude": LAW_AMPLITUDE,
    "root": LAW_ROOT,
    "fourth_root": LAW_FOURTH_ROOT,
    "log": LAW_LOG,
}
TILT_HZ = 1000.0
LOWEST_TILTED_HZ, HIGHEST_TILTED_HZ = 31.25, 16_000.0
"""Five octaves down, four up: a tilt goes no further."""

LOUD_QUANTILE = 0.995
"""The level that floors refer to: cells louder than this one are one in two hundred."""
MIN_MIDDLE = 1e-3
"""Least power of the middle beside that of the louder speaker, -30 dB."""
IMPORTANCE = {1: (1.0,), 3: (0.5, 0.25, 0.25)}
"""What each channel contributes to the distance of silence."""
MASK = 0.1
"""Share of the target's power that hides a rise a frame later, -10 dB."""


@dataclass(frozen=True)
class TargetSpectra:
    """The target as the distance sees it: its middle, and of stereo left and right as well.

    Parameters
    ----------
    layout
        How its frames are laid out.
    n_samples
        Its length at the layout's rate.
    amplitudes
        Amplitude in each band, float32 (n_channels, n_frames, n_bands).
    compressed
        Bands after each law, with the floor added, float32 (n_channels, n_laws, n_frames, n_bands).
    laws
        Numbers of the laws, int64 (n_laws,).
    weights
        What a squared difference counts, float32 (n_channels, n_laws, n_bands). They are such that each channel, law
        and layer contributes its weight to the distance of silence, and all of them together sum to 1; onsets come on
        top.
    floors
        Power added before each law, float32 (n_bands,).
    onsets
        Onset strengths of the middle, float32 (n_frames,); see :func:`phenotune.kernels.scoring.frame_errors`.
    masks
        Power that hides rises in the middle, float32 (n_frames, bands of the first layer).
    onset_weight
        What squared differences of onset strengths count.
    """

    layout: Layout
    n_samples: int
    amplitudes: Bands
    compressed: NDArray[np.float32]
    laws: NDArray[np.int64]
    weights: NDArray[np.float32]
    floors: NDArray[np.float32]
    onsets: NDArray[np.float32]
    masks: NDArray[np.float32]
    onset_weight: float

    @property
    def n_channels(self) -> int:
        """Channels that are compared: the middle, and left and right of stereo."""
        return int(self.amplitudes.shape[0])

    @property
    def n_speakers(self) -> int:
        """Channels that sound: one, or two."""
        return 1 if self.n_channels == 1 else 2

    @property
    def n_frames(self) -> int:
        """Frames of the target."""
        return int(self.amplitudes.shape[1])

    def errors(
        self, index: int, powers: NDArray[np.float32], first: int, last: int
    ) -> NDArray[np.float64]:
        """Error of a channel's frames from ``first`` to before ``last``, given all its powers (n_frames, n_bands)."""
        out = np.empty(last - first, np.float64)
        onset_weight = self.onset_weight if index == MIDDLE else 0.0
        frame_errors(
            powers, first, last, self.compressed[index], self.onsets, self.masks, self.weights[index],
            self.laws, self.floors, onset_weight, out,
        )  # fmt: skip
        return out


def prepare_target(
    samples: Samples,
    layout: Layout,
    settings: SpectraSettings,
    *,
    tilt_db_per_octave: float = 0.0,
) -> TargetSpectra:
    """Analyse the target once.

    Parameters
    ----------
    samples
        The target, float32 (n_channels, n_samples) at ``layout.rate_hz``.
    tilt_db_per_octave
        The target is heard with this tilt about 1 kHz: above 0 brighter than it is, below 0 darker.

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
    powers = analyse_bands(heard(samples), n_frames, layout)
    _check_middle(powers)
    if tilt_db_per_octave:
        powers *= _tilt(layout, tilt_db_per_octave)
    floors = _floors(powers, layout, settings.floor_db)
    laws = np.array([LAW_NUMBERS[law.law] for law in settings.laws], np.int64)
    compressed = np.stack([_compressed(powers + floors, law) for law in laws], axis=1)
    masks = _masks(powers[MIDDLE], layout)
    onsets = np.empty(n_frames, np.float32)
    onset_strengths(powers[MIDDLE], floors, masks, onsets)
    return TargetSpectra(
        layout=layout,
        n_samples=samples.shape[1],
        amplitudes=np.sqrt(powers),
        compressed=compressed,
        laws=laws,
        weights=_weights(compressed, floors, laws, layout, settings),
        floors=floors,
        onsets=onsets,
        masks=masks,
        onset_weight=_onset_weight(onsets, settings.onset_weight),
    )


def _check_middle(powers: Bands) -> None:
    """Refuse stereo that is nearly silent in its middle, where clips are chosen."""
    loudest = max(float(channel.sum()) for channel in powers)
    if MIN_MIDDLE * loudest > float(powers[MIDDLE].sum()):
        raise TargetError(
            "the two channels of the target cancel one another, so that in mono hardly anything of it is left; "
            "turn the polarity of one of them first"
        )


def _masks(powers: NDArray[np.float32], layout: Layout) -> NDArray[np.float32]:
    """A share of the power of the frame before, in the bands of the first layer; nothing before the first frame."""
    n_bands = layout.layers[0].edges.size - 1
    masks = np.zeros((powers.shape[0], n_bands), np.float32)
    masks[1:] = np.float32(MASK) * powers[:-1, :n_bands]
    return masks


def _tilt(layout: Layout, db_per_octave: float) -> NDArray[np.float32]:
    """Factor of the power in each band, float32 (n_bands,); level beyond the first and the last audible octave."""
    middles_hz = np.clip(layout.middles_hz(), LOWEST_TILTED_HZ, HIGHEST_TILTED_HZ)
    levels_db = db_per_octave * np.log2(middles_hz / TILT_HZ)
    return np.asarray(10.0 ** (levels_db / 10.0), np.float32)


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


def _onset_weight(onsets: NDArray[np.float32], weight: float) -> float:
    """Such that to have none of the target's onsets costs the weight; 0 where it has none."""
    total = float(np.square(onsets, dtype=np.float64).sum())
    return weight / total if total > 0.0 else 0.0


def _weights(
    compressed: NDArray[np.float32],
    floors: NDArray[np.float32],
    laws: NDArray[np.int64],
    layout: Layout,
    settings: SpectraSettings,
) -> NDArray[np.float32]:
    """Weight of each channel, law and band, such that silence has the distance 1 over all of them.

    Left and right are weighed by what both have together, so that a speaker that is silent counts as one.
    """
    layer_of_band = layout.layer_of_band()
    n_channels = compressed.shape[0]
    weights = np.empty((n_channels, laws.size, layout.n_bands), np.float32)
    law_sum = sum(law.weight for law in settings.laws)
    layer_sum = sum(layer.weight for layer in layout.layers)
    for i, law in enumerate(settings.laws):
        silence = _compressed(floors, int(laws[i]))
        for j, layer in enumerate(layout.layers):
            of_layer = layer_of_band == j
            sums = [_squares(channel[i], silence, of_layer) for channel in compressed]
            sums[1:] = [sum(sums[1:]) / 2.0] * (n_channels - 1)
            share = law.weight / law_sum * layer.weight / layer_sum
            for k, importance in enumerate(IMPORTANCE[n_channels]):
                weights[k, i, of_layer] = importance * share / max(sums[k], 1e-30)
    return weights


def _squares(
    cells: NDArray[np.float32], silence: NDArray[np.float32], bands: NDArray[np.bool_]
) -> float:
    """Sum of the squares of how far some bands are above silence."""
    above = cells[:, bands].astype(np.float64) - silence[bands]
    return float(np.square(above).sum())
