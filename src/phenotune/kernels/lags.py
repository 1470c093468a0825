"""Correlating sound with sound: products of spectra, peaks of the curve they give, and single lags exactly."""

from __future__ import annotations

import numpy as np
from numba import njit, types

from phenotune.kernels.caching import CACHE

_SOUND = types.Array(types.float32, 1, "C", readonly=True)
CELL = 512
"""Lags whose greatest height is noted together."""
LANES = 128
NOTHING = np.float32(-np.inf)


@njit(
    "void(complex64[:, ::1], int64[::1], int64, complex64[:, ::1], complex64[:, ::1])",
    nogil=True,
    cache=CACHE,
)
def multiply_parts(pages, firsts, stride, parts, out):
    """Add up what the parts of a sound have in common with pages of another, as spectra.

    ``out[k] = sum over p of pages[firsts[k] + stride * p] * conj(parts[p])``

    Parameters
    ----------
    pages
        Spectra, complex64 (n_pages, n_bins); what would lie after the last of them is silent.
    firsts
        The page that belongs to the first part in each row of ``out``, int64 (n_rows,).
    stride
        Windows from one part to the next.
    parts
        Spectra of the parts, complex64 (n_parts, n_bins).
    out
        complex64 (at least n_rows, n_bins).
    """
    for k in range(firsts.size):
        row = out[k]
        row[:] = 0.0
        for p in range(parts.shape[0]):
            index = firsts[k] + p * stride
            if index >= pages.shape[0]:
                break
            page, part = pages[index], parts[p]
            for f in range(row.size):
                a, b, c, d = page[f].real, page[f].imag, part[f].real, part[f].imag
                row[f] += complex(a * c + b * d, b * c - a * d)


@njit("void(float32[::1], float32[::1], int64, int64)", nogil=True, cache=CACHE)
def strike_out(curve, tops, first, last):
    """Strike out heights from ``first`` to before ``last``, as minus infinity."""
    if first >= last:
        return
    for i in range(first, last):
        curve[i] = NOTHING
    for cell in range(first // CELL, (last - 1) // CELL + 1):
        top = NOTHING
        for i in range(cell * CELL, (cell + 1) * CELL):
            if curve[i] > top:
                top = curve[i]
        tops[cell] = top


@njit("UniTuple(int64, 2)(float32[::1], int64, int64)", nogil=True, cache=CACHE)
def hill_around(curve, index, reach):
    """How far the hill of a peak goes: ``reach`` to both sides, and on from there for as long as it goes down.

    Returns
    -------
    tuple
        The first of its lags, and the one after its last.
    """
    first = max(0, index - reach)
    while first > 0 and curve[first - 1] <= curve[first]:
        first -= 1
    last = min(curve.size - 1, index + reach)
    while last < curve.size - 1 and curve[last + 1] <= curve[last]:
        last += 1
    return first, last + 1


@njit(types.float64(_SOUND, _SOUND, types.int64), nogil=True, cache=CACHE)
def product_at(sound, other, onset):
    """The sum of ``sound[k] * other[onset + k]`` in float64, in an order that is always the same.

    What falls outside ``other``, before it or after it, counts nothing.
    """
    first, last = max(0, -onset), min(sound.size, other.size - onset)
    if first >= last:
        return 0.0
    one, two = sound[first:last], other[onset + first : onset + last]
    sums = np.zeros(LANES, np.float64)
    n_rounds = one.size // LANES
    for k in range(n_rounds):
        here, there = one[k * LANES : (k + 1) * LANES], two[k * LANES : (k + 1) * LANES]
        for lane in range(LANES):
            sums[lane] += np.float64(here[lane]) * np.float64(there[lane])
    total = 0.0
    for lane in range(LANES):
        total += sums[lane]
    for k in range(n_rounds * LANES, one.size):
        total += np.float64(one[k]) * np.float64(two[k])
    return total
