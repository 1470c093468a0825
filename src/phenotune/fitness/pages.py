"""A long sound in pages whose spectra are kept, correlated with short ones at many lags.

    curve[d] = sum over k of short[k] * long[d + k]

by overlap-save, with both sounds in pieces (Stockham 1966; Kulp 1988 for the pieces of the short sound). A page of
``n_fft`` samples of the long sound, correlated with a part of ``n_fft - n_lags`` samples of the short one, is free of
what wraps around at ``n_lags`` lags. What all parts give for the same lags is added up before it is transformed back.
So a short sound is transformed once, pages are transformed once for all, and a few lags need few pages.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from phenotune.kernels.lags import CELL, hill_around, multiply_parts, product_at, strike_out

MAX_KEPT_BYTES = 256 * 2**20
"""Spectra that are kept for each plan, those of six minutes or more; of a longer sound they are computed as needed."""
N_ROWS = 4
"""Rows of the curve that are transformed back together: as many as wide registers hold."""
N_TOGETHER = 16
"""Pages that are always transformed together, so that no number depends on who asked first."""
_ENERGY_CELL = 4096


@dataclass(frozen=True)
class Plan:
    """Sizes of the transforms.

    Parameters
    ----------
    n_fft
        Samples of a page.
    n_lags
        Lags that a page serves, a row of the curve; a multiple of ``CELL``.
    """

    n_fft: int
    n_lags: int

    @property
    def n_part(self) -> int:
        """Samples of a part of the short sound."""
        return self.n_fft - self.n_lags

    @property
    def step(self) -> int:
        """Samples from one page to the next."""
        return math.gcd(self.n_lags, self.n_part)


NARROW, WIDE = Plan(2**15, 2**13), Plan(2**16, 2**15)
MOST_NARROW = 2**17
"""Lags up to which the small transforms are quicker."""


class Curve:
    """Heights of a correlation over some lags, from which peaks are taken one after the other.

    Parameters
    ----------
    heights
        float32, a multiple of ``CELL`` of them; changed by this object.
    tops
        The greatest height of each cell, float32.
    first_lag
        The lag of the first height.
    """

    def __init__(
        self, heights: NDArray[np.float32], tops: NDArray[np.float32], first_lag: int
    ) -> None:
        self._heights, self._tops, self._first_lag = heights, tops, first_lag

    def highest(self) -> float:
        """The greatest height that is left; minus infinity when there is none."""
        return float(self._tops.max())

    def at_least(self, height: float) -> list[tuple[int, float]]:
        """Lags at which what is left is at least so high, in their order, each with its height."""
        found: list[tuple[int, float]] = []
        for cell in np.flatnonzero(self._tops >= height):
            start = int(cell) * CELL
            heights = self._heights[start : start + CELL]
            places = np.flatnonzero(heights >= height)
            lags = (self._first_lag + start + places).tolist()
            found += zip(lags, heights[places].tolist(), strict=True)
        return found

    def keep(self, lags: range) -> None:
        """Strike out all other lags."""
        strike_out(self._heights, self._tops, 0, lags.start - self._first_lag)
        strike_out(self._heights, self._tops, lags.stop - self._first_lag, self._heights.size)

    def strike_hill(self, lag: int, reach: int) -> None:
        """Strike out the hill of a peak: ``reach`` lags to both sides, and on from there for as long as it falls."""
        first, last = hill_around(self._heights, lag - self._first_lag, reach)
        strike_out(self._heights, self._tops, first, last)


class PagedSound:
    """A long sound. Several threads may correlate with it at once, as long as nobody changes it.

    Parameters
    ----------
    samples
        float32 (n_samples,), at least one.
    """

    def __init__(self, samples: NDArray[np.float32]) -> None:
        self.n_samples = samples.size
        n_cells = -(-samples.size // _ENERGY_CELL)
        # Silence after the end, enough for every page that begins before it.
        self._padded = np.zeros(n_cells * _ENERGY_CELL + WIDE.n_fft, np.float32)
        self._energies = np.zeros(n_cells, np.float64)
        self._pages = {plan: _Pages(self._padded, samples.size, plan) for plan in (NARROW, WIDE)}
        self._scratch = _Scratch()
        self.change(0, samples)

    @property
    def samples(self) -> NDArray[np.float32]:
        """The sound itself, float32 (n_samples,)."""
        return self._padded[: self.n_samples]

    def change(self, first: int, samples: NDArray[np.float32]) -> None:
        """Put other samples in the place of those from ``first`` on."""
        last = first + samples.size
        self._padded[first:last] = samples
        for index in range(first // _ENERGY_CELL, -(-last // _ENERGY_CELL)):
            cell = self._padded[index * _ENERGY_CELL : (index + 1) * _ENERGY_CELL]
            self._energies[index] = product_at(cell, cell, 0)
        for pages in self._pages.values():
            pages.forget(first, last)

    def greatest_energy(self, lags: range, n_samples: int) -> float:
        """No stretch of ``n_samples`` that begins at one of the lags has more energy than this."""
        first, last = lags.start // _ENERGY_CELL, (lags.stop - 1) // _ENERGY_CELL
        n_cells = n_samples // _ENERGY_CELL + 2
        sums = np.concatenate([[0.0], np.cumsum(self._energies)])
        starts = np.arange(first, last + 1)
        return float((sums[np.minimum(starts + n_cells, sums.size - 1)] - sums[starts]).max())

    def correlate(self, sound: NDArray[np.float32], lags: range) -> Curve:
        """The correlation with a short sound, rounded as float32 transforms round.

        Parameters
        ----------
        sound
            float32 (n_sound,), at least one sample.
        lags
            At least one, within this sound.

        Returns
        -------
        Curve
            In memory of this thread, which its next call takes again.
        """
        plan = NARROW if len(lags) <= MOST_NARROW else WIDE
        parts = _spectra_of_parts(sound[: self.n_samples - lags.start], plan)
        rows = range(lags.start // plan.n_lags, -(-lags.stop // plan.n_lags))
        heights, tops = self._scratch.curve(len(rows) * plan.n_lags)
        products = self._scratch.products(plan)
        for k in range(0, len(rows), N_ROWS):
            here = rows[k : k + N_ROWS]
            self._pages[plan].multiply(here, parts, products)
            back = fft.irfft(products[: _filled(len(here))], plan.n_fft)
            back = back[: len(here), : plan.n_lags]
            first, last = k * plan.n_lags, (k + len(here)) * plan.n_lags
            heights[first:last].reshape(back.shape)[:] = back
            cells = heights[first:last].reshape(-1, CELL)
            np.max(cells, axis=1, out=tops[first // CELL : last // CELL])
        curve = Curve(heights, tops, rows.start * plan.n_lags)
        curve.keep(lags)
        return curve


class _Pages:
    """The pages of one plan."""

    def __init__(self, padded: NDArray[np.float32], n_samples: int, plan: Plan) -> None:
        self._plan = plan
        n_pages, n_bins = -(-n_samples // plan.step), plan.n_fft // 2 + 1
        views = np.lib.stride_tricks.sliding_window_view(padded, plan.n_fft)
        self._sounds = views[:: plan.step][:n_pages]
        is_kept = 8 * n_pages * n_bins <= MAX_KEPT_BYTES
        # Memory that nobody has written to yet is only promised: what is never asked for takes none.
        self._spectra = np.empty((n_pages if is_kept else 0, n_bins), np.complex64)
        self._is_known = np.zeros(-(-n_pages // N_TOGETHER), np.bool_)
        self._lock = threading.Lock()

    def forget(self, first: int, last: int) -> None:
        """What lies between these samples has changed."""
        step = self._plan.step
        first_page = max(0, first - self._plan.n_fft + 1) // step
        self._is_known[first_page // N_TOGETHER : -(-last // step) // N_TOGETHER + 1] = False

    def multiply(
        self, rows: range, parts: NDArray[np.complex64], products: NDArray[np.complex64]
    ) -> None:
        """Write the spectra of some rows of the curve into ``products`` (at least as many, n_bins)."""
        plan = self._plan
        firsts = np.arange(rows.start, rows.stop) * (plan.n_lags // plan.step)
        stride = plan.n_part // plan.step
        last = min(int(firsts[-1]) + (parts.shape[0] - 1) * stride + 1, len(self._sounds))
        first = int(firsts[0])
        multiply_parts(self._between(first, last), firsts - first, stride, parts, products)

    def _between(self, first: int, last: int) -> NDArray[np.complex64]:
        """Spectra of the pages from ``first`` to before ``last``."""
        if not self._spectra.size:
            spectra: NDArray[np.complex64] = fft.rfft(self._sounds[first:last])
            return spectra
        groups = range(first // N_TOGETHER, (last - 1) // N_TOGETHER + 1)
        if not self._is_known[groups.start : groups.stop].all():
            with self._lock:
                self._learn([group for group in groups if not self._is_known[group]])
        return self._spectra[first:last]

    def _learn(self, groups: Sequence[int]) -> None:
        for group in groups:
            own = slice(group * N_TOGETHER, (group + 1) * N_TOGETHER)
            self._spectra[own] = fft.rfft(self._sounds[own])
            self._is_known[group] = True


class _Scratch(threading.local):
    """Memory of a thread, which is not asked for anew at every call."""

    def __init__(self) -> None:
        self._heights = np.empty(0, np.float32)
        self._tops = np.empty(0, np.float32)
        self._products: dict[Plan, NDArray[np.complex64]] = {}

    def curve(self, n_lags: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Room for so many heights, and for the greatest of each cell."""
        if self._heights.size < n_lags:
            self._heights = np.empty(n_lags, np.float32)
            self._tops = np.empty(n_lags // CELL, np.float32)
        return self._heights[:n_lags], self._tops[: n_lags // CELL]

    def products(self, plan: Plan) -> NDArray[np.complex64]:
        """Room for the spectra of some rows."""
        if plan not in self._products:
            self._products[plan] = np.zeros((N_ROWS, plan.n_fft // 2 + 1), np.complex64)
        return self._products[plan]


def _spectra_of_parts(sound: NDArray[np.float32], plan: Plan) -> NDArray[np.complex64]:
    """Spectra of the parts of a short sound, complex64 (n_parts, n_bins)."""
    n_parts = -(-sound.size // plan.n_part)
    parts = np.zeros((_filled(n_parts), plan.n_fft), np.float32)
    for index in range(n_parts):
        part = sound[index * plan.n_part : (index + 1) * plan.n_part]
        parts[index, : part.size] = part
    spectra: NDArray[np.complex64] = fft.rfft(parts, overwrite_x=True)
    return spectra[:n_parts]


def _filled(n: int) -> int:
    """How many are best transformed together: a fourth, whatever is in it, costs less than three by themselves."""
    return n + 1 if n % N_ROWS == N_ROWS - 1 else n
