"""Proposing onsets: where on the canvas something is missing that a phenotype has.

The proposal is one cross-correlation over all onsets at once, by FFT: what the target's compressed bands have and the
canvas lacks, against the phenotype's compressed bands. It is blind to phase and serves only to choose; the onsets
chosen are scored exactly. Frames are pooled by two; bands are not, since neighbouring notes would fall together
(``docs/decisions/0008-proposals-hear-every-band.md``). A long canvas is looked at in stretches of fixed length, so that
a proposal costs the same for a song of any length.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from phenotune.arrays import Bands
from phenotune.canvas.canvas import Canvas

N_POOLED_FRAMES = 2
N_STRETCH = 768
"""Length of a stretch in pooled frames, 18 s at the usual hop."""
N_FFT = 1024
N_LONGEST = N_FFT - N_STRETCH
"""Pooled frames of a phenotype that are looked at, 6 s at the usual hop."""
MAX_TABLES = 64
"""Stretches that are kept transformed, 1.4 MB each; the one made longest ago goes first."""
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
        self._tables: dict[int, _Table] = {}
        self._lock = Lock()

    @property
    def n_stretches(self) -> int:
        """Number of stretches, each half overlapping the next."""
        n_pooled = -(-self._canvas.target.n_frames // N_POOLED_FRAMES)
        return max(1, -(-(n_pooled - N_STRETCH // 2) // (N_STRETCH // 2)))

    def propose(self, powers: Bands, around_samples: int, n_onsets: int) -> list[int]:
        """Onset frames at which the phenotype fills most of what is missing, best first.

        Parameters
        ----------
        powers
            Band powers of the phenotype's frames, whose frame 0 lies ``lead_frames`` before the onset.
        around_samples
            The stretch that has this sample nearest its middle is looked at.
        n_onsets
            How many at most; they lie at least two pooled frames apart.
        """
        layout = self._canvas.target.layout
        stretch = self._stretch_of(around_samples)
        features = self._features(powers.mean(axis=0))[:, :N_LONGEST]
        wanted = fft.rfft(features, N_FFT, axis=1)
        curve = fft.irfft((self._table(stretch) * np.conj(wanted)).sum(axis=0), N_FFT)
        lead = -(-layout.lead_frames // N_POOLED_FRAMES)
        n_pooled = -(-self._canvas.target.n_frames // N_POOLED_FRAMES)
        start = stretch * (N_STRETCH // 2)
        usable = min(N_STRETCH, n_pooled - start)
        # Lag d puts pooled frame 0 of the phenotype there, a lead before its onset; negative lags wrap round.
        lags = np.arange(-lead, usable - lead)
        peaks = _peaks(curve[lags], n_onsets)
        frames = (start + lags[peaks]) * N_POOLED_FRAMES + layout.lead_frames
        return [int(frame) for frame in frames if 0 <= frame < self._canvas.target.n_frames]

    def _stretch_of(self, sample: int) -> int:
        pooled = sample // (self._canvas.target.layout.hop * N_POOLED_FRAMES)
        return min(max(0, round(pooled / (N_STRETCH // 2) - 1.0)), self.n_stretches - 1)

    def _table(self, stretch: int) -> NDArray[np.complex64]:
        """Transform of what is missing in a stretch, complex64 (n_features, N_FFT // 2 + 1)."""
        first = stretch * (N_STRETCH // 2) * N_POOLED_FRAMES
        last = min(first + N_STRETCH * N_POOLED_FRAMES, self._canvas.target.n_frames)
        version = self._canvas.version
        with self._lock:
            known = self._tables.get(stretch)
            if known is not None and known.version == version:
                return known.missing
            distance = float(self._canvas.errors[:, first:last].sum())
            if known is not None and known.distance == distance:
                table = _Table(version, distance, known.missing)
            else:
                missing = fft.rfft(self._missing(first, last), N_FFT, axis=1)
                table = _Table(version, distance, missing)
            self._tables.pop(stretch, None)
            self._tables[stretch] = table
            if len(self._tables) > MAX_TABLES:
                del self._tables[next(iter(self._tables))]
            return table.missing

    def _missing(self, first: int, last: int) -> NDArray[np.float32]:
        target = self._canvas.target.amplitudes[:, first:last]
        canvas = np.sqrt(self._canvas.powers[:, first:last])
        plain = ((target - canvas) * self._scale).sum(axis=0)
        rooted = ((np.sqrt(target) - np.sqrt(canvas)) * self._root_scale).sum(axis=0)
        return self._pool(plain, rooted)

    def _features(self, powers: NDArray[np.float32]) -> NDArray[np.float32]:
        amplitudes = np.sqrt(powers)
        return self._pool(amplitudes * self._scale, np.sqrt(amplitudes) * self._root_scale)

    @staticmethod
    def _pool(plain: NDArray[np.float32], rooted: NDArray[np.float32]) -> NDArray[np.float32]:
        """Pool frames by two: (n_frames, n_bands) twice to float32 (2 * n_bands, n_pooled)."""
        n_frames = plain.shape[0] // N_POOLED_FRAMES * N_POOLED_FRAMES
        both = [rows[:n_frames:2] + rows[1:n_frames:2] for rows in (plain, rooted)]
        return np.ascontiguousarray(np.concatenate(both, axis=1).T, dtype=np.float32)


@dataclass(frozen=True)
class _Table:
    """What is missing in a stretch, transformed; and the state of the canvas that it was derived from."""

    version: int
    distance: float
    missing: NDArray[np.complex64]


def _scales(canvas: Canvas) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Factors for the plain and the rooted amplitudes of each band, such that layers weigh what they shall."""
    layout = canvas.target.layout
    layer_of_band = layout.layer_of_band()
    plain = np.empty(layout.n_bands, np.float32)
    rooted = np.empty(layout.n_bands, np.float32)
    for j, layer in enumerate(layout.layers):
        of_layer = layer_of_band == j
        amplitudes = canvas.target.amplitudes[:, :, of_layer].astype(np.float64)
        plain[of_layer] = np.sqrt(layer.weight / max(float(np.square(amplitudes).sum()), 1e-30))
        rooted[of_layer] = np.sqrt(ROOT_SHARE * layer.weight / max(float(amplitudes.sum()), 1e-30))
    return plain, rooted


def _peaks(curve: NDArray[np.float32], n_peaks: int) -> NDArray[np.int64]:
    """Indices of the highest local maxima above zero, highest first; ties go to the earlier."""
    padded = np.concatenate(([-np.inf], curve, [-np.inf]))
    is_peak = (curve > 0) & (curve >= padded[:-2]) & (curve > padded[2:])
    peaks = np.flatnonzero(is_peak)
    return peaks[np.argsort(-curve[peaks], kind="stable")[:n_peaks]]
