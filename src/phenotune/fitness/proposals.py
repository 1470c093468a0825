"""Proposing onsets: where on the canvas something is missing that a phenotype has.

The proposal is one cross-correlation over all onsets at once: what the target's compressed bands have and the canvas
lacks, against the phenotype's compressed bands. It is blind to phase and serves only to choose; the onsets chosen are
scored exactly. Frames are pooled by two; bands are not, since neighbouring notes would fall together
(``docs/decisions/0008-proposals-hear-every-band.md``). A long canvas is looked at in stretches of fixed length, so that
a proposal costs the same for a song of any length.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock, local

import numpy as np
from numpy.typing import NDArray

from phenotune.canvas.canvas import Canvas
from phenotune.fitness.pitches import N_POOLED, PitchGrid, best_shift
from phenotune.kernels.correlation import PANEL, TILE, correlate, highest_peaks, pool_features

N_POOLED_FRAMES = 2
N_STRETCH = 768
"""Length of a stretch in pooled frames, 18 s at the usual hop."""
N_LONGEST = 256
"""Pooled frames of a phenotype that are looked at, 6 s at the usual hop."""
MAX_TABLES = 64
"""Stretches whose features are kept, 1.1 MB each; the one made longest ago goes first."""
ROOT_SHARE = 0.5
"""Weight of the square-root law beside the amplitude itself."""


class Proposer:
    """Finds promising onsets on a canvas.

    What is derived from the canvas is kept per stretch until the canvas changes there; it may be asked by several
    threads at once.
    """

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._scale, self._root_scale = _scales(canvas)
        self._grid = PitchGrid(canvas.target.layout)
        self._tables: dict[int, _Table] = {}
        self._lock = Lock()
        self._threads = local()

    @property
    def n_stretches(self) -> int:
        """Number of stretches, each half overlapping the next."""
        n_pooled = -(-self._canvas.target.n_frames // N_POOLED_FRAMES)
        return max(1, -(-(n_pooled - N_STRETCH // 2) // (N_STRETCH // 2)))

    def propose(
        self,
        powers: NDArray[np.float32],
        around_samples: int,
        n_onsets: int,
        weights: Callable[[NDArray[np.int64]], NDArray[np.float64]] | None = None,
        *,
        reach: tuple[int, int] | None = None,
    ) -> list[int]:
        """Onset frames at which the phenotype fills most of what is missing, best first.

        Parameters
        ----------
        powers
            Band powers of the phenotype's frames, float32 (n_frames, n_bands), whose frame 0 lies ``lead_frames``
            before the onset.
        around_samples
            The stretch that has this sample nearest its middle is looked at.
        n_onsets
            How many at most; they lie at least two pooled frames apart.
        weights
            What onsets in given frames, int64 (n,), are worth to the direction: from 0, never, to 1. The curve is
            multiplied by it before its peaks are picked, so every onset of the stretch has been weighed.
        reach
            The first sample that an onset may have and the one after the last; the curve is zero elsewhere. None: no
            limit but the stretch.
        """
        layout = self._canvas.target.layout
        stretch = self._stretch_of(around_samples)
        tiles, curve = self._scratch(powers.shape[0] // N_POOLED_FRAMES)
        pool_features(powers, self._scale, self._root_scale, tiles)
        correlate(self._tables_of(stretch).missing, tiles, curve)
        n_before = TILE * tiles.shape[0]
        lead = min(-(-layout.lead_frames // N_POOLED_FRAMES), n_before)
        n_pooled = -(-self._canvas.target.n_frames // N_POOLED_FRAMES)
        start = stretch * (N_STRETCH // 2)
        usable = min(N_STRETCH, n_pooled - start)
        # Lag d puts pooled frame 0 of the phenotype there, a lead before its onset; lag 0 stands at n_before.
        first = (start - lead) * N_POOLED_FRAMES + layout.lead_frames
        heights = curve[n_before - lead : n_before - lead + usable]
        if weights is not None:
            here = weights(first + N_POOLED_FRAMES * np.arange(usable))
            heights = np.asarray(np.maximum(heights, 0.0) * here, np.float32)
        if reach is not None:
            first_inside, end_inside = _inside(reach, layout.hop, first, usable)
            heights[:first_inside] = 0.0
            heights[end_inside:] = 0.0
        peaks = np.empty(n_onsets, np.int64)
        n_peaks = highest_peaks(heights, peaks)
        frames = first + N_POOLED_FRAMES * peaks[:n_peaks]
        return [int(frame) for frame in frames if 0 <= frame < self._canvas.target.n_frames]

    def propose_pitch(
        self,
        powers: NDArray[np.float32],
        around_samples: int,
        semitones: range,
        weight: Callable[[int], float] | None = None,
        *,
        reach: tuple[int, int] | None = None,
    ) -> int:
        """The shift in semitones at which the phenotype fills most of what is missing; see :mod:`.pitches`.

        ``weight`` tells what each shift is worth to the direction, from 0 to 1; ``reach`` limits onsets as in
        :meth:`propose`, to the nearest four frames.
        """
        amplitudes = np.sqrt(powers)
        pooled = self._pool(amplitudes, np.sqrt(amplitudes) * self._root_scale)
        rooted = pooled[self._scale.size :, :N_LONGEST]
        stretch = self._stretch_of(around_samples)
        lags = None if reach is None else self._lags(reach, stretch)
        panels = self._tables_of(stretch).by_pitch
        return best_shift(panels, self._grid.features(rooted), semitones, weight, lags=lags)

    def _lags(self, reach: tuple[int, int], stretch: int) -> tuple[int, int]:
        """Onsets within reach as frames of the pitch features at which a phenotype begins, a lead before its onset."""
        layout, step = self._canvas.target.layout, N_POOLED_FRAMES * N_POOLED
        first = stretch * (N_STRETCH // 2) * N_POOLED_FRAMES + layout.lead_frames
        lags = [round((sample / layout.hop - first) / step) for sample in reach]
        return lags[0], max(lags[1], lags[0] + 1)

    def _stretch_of(self, sample: int) -> int:
        pooled = sample // (self._canvas.target.layout.hop * N_POOLED_FRAMES)
        return min(max(0, round(pooled / (N_STRETCH // 2) - 1.0)), self.n_stretches - 1)

    def _tables_of(self, stretch: int) -> _Table:
        """What is missing in a stretch."""
        first = stretch * (N_STRETCH // 2) * N_POOLED_FRAMES
        last = min(first + N_STRETCH * N_POOLED_FRAMES, self._canvas.target.n_frames)
        version = self._canvas.version
        with self._lock:
            known = self._tables.get(stretch)
            if known is not None and known.version == version:
                return known
            distance = float(self._canvas.errors[0, first:last].sum())
            if known is not None and known.distance == distance:
                table = replace(known, version=version)
            else:
                missing = self._missing(first, last)
                by_pitch = self._grid.features(missing[self._scale.size :])
                table = _Table(
                    version,
                    distance,
                    _in_panels(missing, N_STRETCH),
                    _in_panels(by_pitch, N_STRETCH // 2),
                )
            self._tables.pop(stretch, None)
            self._tables[stretch] = table
            if len(self._tables) > MAX_TABLES:
                del self._tables[next(iter(self._tables))]
            return table

    def _missing(self, first: int, last: int) -> NDArray[np.float32]:
        target = self._canvas.target.amplitudes[0, first:last]
        canvas = np.sqrt(self._canvas.powers[0, first:last])
        plain = (target - canvas) * self._scale
        rooted = (np.sqrt(target) - np.sqrt(canvas)) * self._root_scale
        return self._pool(plain, rooted)

    def _scratch(self, n_pooled: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Memory of this thread for the features of a phenotype and for the curve."""
        known = getattr(self._threads, "scratch", None)
        if known is None:
            n_features, most = 2 * self._scale.size, N_LONGEST // TILE
            known = self._threads.scratch = (
                np.empty((most, n_features, TILE), np.float32),
                np.empty(TILE * most + PANEL * (N_STRETCH // PANEL), np.float32),
            )
        tiles, curve = known
        return tiles[: max(1, -(-min(n_pooled, N_LONGEST) // TILE))], curve

    @staticmethod
    def _pool(plain: NDArray[np.float32], rooted: NDArray[np.float32]) -> NDArray[np.float32]:
        """Pool frames by two: (n_frames, n_bands) twice to float32 (2 * n_bands, n_pooled)."""
        n_frames = plain.shape[0] // N_POOLED_FRAMES * N_POOLED_FRAMES
        both = [rows[:n_frames:2] + rows[1:n_frames:2] for rows in (plain, rooted)]
        return np.ascontiguousarray(np.concatenate(both, axis=1).T, dtype=np.float32)


@dataclass(frozen=True)
class _Table:
    """What is missing in a stretch, and the state of the canvas that it was derived from."""

    version: int
    distance: float
    missing: NDArray[np.float32]
    by_pitch: NDArray[np.float32]


def _scales(canvas: Canvas) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Factors for the plain and the rooted amplitudes of each band, such that layers weigh what they shall."""
    layout = canvas.target.layout
    layer_of_band = layout.layer_of_band()
    plain = np.empty(layout.n_bands, np.float32)
    rooted = np.empty(layout.n_bands, np.float32)
    for j, layer in enumerate(layout.layers):
        of_layer = layer_of_band == j
        amplitudes = canvas.target.amplitudes[0, :, of_layer].astype(np.float64)
        plain[of_layer] = np.sqrt(layer.weight / max(float(np.square(amplitudes).sum()), 1e-30))
        rooted[of_layer] = np.sqrt(ROOT_SHARE * layer.weight / max(float(amplitudes.sum()), 1e-30))
    return plain, rooted


def _inside(reach: tuple[int, int], hop: int, first: int, n_heights: int) -> tuple[int, int]:
    """The part of a curve, from an index to the one after its end, whose onsets lie within reach.

    Index i stands for the onset frame ``first + N_POOLED_FRAMES * i``.
    """
    step = N_POOLED_FRAMES * hop
    ends = (-(-(sample - first * hop) // step) for sample in reach)
    first_inside, end_inside = (min(max(0, end), n_heights) for end in ends)
    return first_inside, max(first_inside, end_inside)


def _in_panels(missing: NDArray[np.float32], n_frames: int) -> NDArray[np.float32]:
    """Lay out (n_features, n_pooled) as :mod:`phenotune.kernels.correlation` reads it; zero after the last frame."""
    n_features, n_pooled = missing.shape
    padded = np.zeros((n_features, n_frames), np.float32)
    padded[:, :n_pooled] = missing
    panels = padded.reshape(n_features, n_frames // PANEL, PANEL)
    return np.ascontiguousarray(panels.transpose(1, 0, 2))
