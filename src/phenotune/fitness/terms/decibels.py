"""The decibel term: spectrograms in decibels below their own loudest cell, with a floor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phenotune.canvas.canvas import Canvas
from phenotune.fitness.heard import Heard
from phenotune.fitness.terms.gain_search import GainLimits
from phenotune.fitness.terms.term import Searched, Touched, in_blocks
from phenotune.kernels.decibels import (
    FLOOR_DB,
    frame_errors,
    frame_peaks,
    levels_at_gain,
    peak_of,
    sum_of_errors,
)
from phenotune.spectra.layout import Layer

N_ROWS = 256
"""Rows of log frequency, from the first bin above 0 Hz to the last."""
SILENT_DB = -300.0
"""A spectrogram whose loudest cell is below this is silent: all of it lies at the floor."""
ABOVE_ALL_DB = 1000.0


class Decibels(Searched):
    """Squared difference of levels, each spectrogram relative to its own loudest cell and held to 80 dB below it.

    It looks at the first layer. Bins are weighed by how many of 256 rows of log frequency fall to them, so that an
    octave counts about as much as the next. Since levels are relative, it does not matter how loud the canvas is; and a
    silent one lies at the floor everywhere, which is the distance 1.

    The loudest cell ties all frames together: when a sound moves it, all of them are compared anew, by levels that have
    been kept; when not, only those that the sound touches. Either is exact.

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
        places = self._layout.places[: layer.n_bins]
        # The first layer's places, with as few of the other layers' as can be; those have no weight.
        self._width = int(places.max()) + 1
        rows = np.zeros(self._width, np.float32)
        rows[places] = rows_of_bins(layer)
        blocks = in_blocks(magnitudes)
        levels = np.concatenate(
            [self._levels_of(block, block, Touched(0, 0, len(block)), 0.0) for block in blocks]
        )
        self._target = np.maximum(levels - np.float32(_peaks(levels, rows).max()), FLOOR_DB)
        silence = float((np.square(self._target - FLOOR_DB, dtype=np.float64) * rows).sum())
        self._weights = np.asarray(rows / max(silence, 1e-30), np.float32)
        self._kept = np.full((self._n_frames, self._width), -ABOVE_ALL_DB, np.float32)
        self._peaks = np.full(self._n_frames, -ABOVE_ALL_DB, np.float32)
        self._before = self._behind = np.full(self._n_frames + 1, -ABOVE_ALL_DB, np.float32)
        self._reference = ABOVE_ALL_DB

    def fitness(self, heard: Heard, onset: int, gain: float) -> float:
        """Distance before minus distance after; see :meth:`phenotune.fitness.terms.term.Term.fitness`."""
        self._follow()
        found = self._under(heard, onset)
        if found is None:
            return 0.0
        sound, touched = found
        return self._fitness_of(
            self._levels_of(self._canvas.spectra[0], sound, touched, gain), touched
        )

    def _fitness_of(self, levels: NDArray[np.float32], touched: Touched) -> float:
        at, end = touched.at, touched.at + touched.n_frames
        lanes = np.empty(self._width, np.float32)
        peak = max(
            float(peak_of(levels, self._weights, lanes)),
            float(self._before[at]),
            float(self._behind[end]),
        )
        reference = _reference(peak)
        after = self._sum(levels, reference, at)
        if reference == self._reference:
            return float(self._errors[at:end].sum()) - after
        after += self._sum(self._kept[:at], reference, 0)
        after += self._sum(self._kept[end:], reference, end)
        return self._total - after

    def _refresh(self, first: int, last: int) -> None:
        spectra = self._canvas.spectra[0]
        touched = Touched(first, first, last - first)
        self._kept[first:last] = self._levels_of(spectra, spectra, touched, 0.0)
        self._peaks[first:last] = _peaks(self._kept[first:last], self._weights)
        nothing = np.float32(-ABOVE_ALL_DB)
        self._before = np.append(nothing, np.maximum.accumulate(self._peaks))
        self._behind = np.append(np.maximum.accumulate(self._peaks[::-1])[::-1], nothing)
        reference = _reference(float(self._peaks.max()))
        if reference != self._reference:
            first, last = 0, self._n_frames
        self._reference = reference
        frame_errors(
            self._kept[first:last], np.float32(reference), self._target[first:last],
            self._weights, self._errors[first:last],
        )  # fmt: skip

    def _sum(self, levels: NDArray[np.float32], reference: float, at: int) -> float:
        """Error of frames that begin at frame ``at``."""
        target, lanes = self._target[at : at + levels.shape[0]], np.empty(self._width)
        return float(sum_of_errors(levels, np.float32(reference), target, self._weights, lanes))

    def _levels_of(
        self,
        canvas: NDArray[np.complex64],
        sound: NDArray[np.complex64],
        touched: Touched,
        gain: float,
    ) -> NDArray[np.float32]:
        """Absolute levels of the touched frames with a sound on them, float32 (n_frames, n_places), in dB."""
        levels = np.empty((touched.n_frames, self._width), np.float32)
        scratch = np.empty(levels.size, np.int32)
        levels_at_gain(
            canvas, touched.at, sound, touched.first, np.float32(gain), scratch, levels
        )  # fmt: skip
        return levels


def rows_of_bins(layer: Layer, n_rows: int = N_ROWS) -> NDArray[np.float32]:
    """How many rows of log frequency are nearest to each bin of a layer, in fractions, float32 (n_bins,).

    The first row lies on the lowest bin above 0 Hz, the last on the highest.
    """
    lowest, highest = max(layer.first_bin, 1), max(layer.last_bin - 1, 1)
    edges = layer.first_bin - 0.5 + np.arange(layer.n_bins + 1)
    widths = np.diff(np.log(np.clip(edges, lowest, highest)))
    if widths.sum() == 0.0:
        return np.ones(layer.n_bins, np.float32)
    return np.asarray(n_rows * widths / widths.sum(), np.float32)


def _peaks(levels: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """The loudest level of each frame, float32 (n_frames,)."""
    peaks = np.empty(levels.shape[0], np.float32)
    frame_peaks(levels, weights, peaks)
    return peaks


def _reference(peak: float) -> float:
    """What levels are relative to: the loudest cell, or for silence a level that leaves all of it at the floor."""
    return peak if peak > SILENT_DB else ABOVE_ALL_DB
