"""Cutting sound into windowed frames, and lowering its rate before long windows."""

from __future__ import annotations

import numpy as np
from numba import njit, types

from phenotune.kernels.caching import CACHE

# Read-only too: the target is framed straight from the memory map that it is kept in.
_SOUND = types.Array(types.float32, 1, "C", readonly=True)
_ROW = types.float32[::1]
_ROWS = types.float32[:, ::1]
BLOCK = 2048
"""Samples that are filtered together, so that their sums stay in the nearest cache."""
_SPECTRA = types.complex64[:, ::1]
_PLACES = types.int64[::1]


@njit(types.void(_SOUND, types.int64, types.int64, _ROW, _ROWS), nogil=True, cache=CACHE)
def window_frames(samples, start, hop, window, out):
    """Write windowed frames into ``out`` (n_frames, n_window).

    Frame ``i`` begins at sample ``start + i * hop``; samples outside are zero.
    """
    n_samples = samples.shape[0]
    n_window = window.shape[0]
    for i in range(out.shape[0]):
        begin = start + i * hop
        first = min(max(0, -begin), n_window)
        last = max(first, min(n_window, n_samples - begin))
        out[i, :first] = np.float32(0.0)
        out[i, last:] = np.float32(0.0)
        # Slices, since an index that might be negative keeps the loop out of wide registers.
        sound = samples[begin + first : begin + last]
        weight = window[first:last]
        row = out[i, first:last]
        for k in range(row.shape[0]):
            row[k] = sound[k] * weight[k]


@njit(types.void(_SOUND, types.int64, types.int64, _ROW, _ROWS, _ROW), nogil=True, cache=CACHE)
def decimate(samples, start, factor, taps, phases, out):
    """Low-pass and keep every ``factor``-th sample.

    ``out[m] = sum_k taps[k] * samples[start + factor * m + k - n_taps // 2]``, zero outside the samples. The input is
    dealt into its phases first, so that each tap is one run through contiguous memory; taps are added four at a time,
    in their order.

    Parameters
    ----------
    phases
        Scratch, float32 (factor, at least n_out + n_taps // factor + 1).
    """
    n_samples = samples.shape[0]
    n_taps = taps.shape[0]
    n_out = out.shape[0]
    origin = start - n_taps // 2
    n_columns = n_out + (n_taps - 1) // factor + 1
    for phase in range(factor):
        row = phases[phase, :n_columns]
        first = min(n_columns, max(0, -((origin + phase) // factor)))
        last = max(first, min(n_columns, (n_samples - 1 - origin - phase) // factor + 1))
        row[:first] = np.float32(0.0)
        row[last:] = np.float32(0.0)
        # Unsigned, since every index that might be negative is looked at again.
        sound, step = samples[origin + phase + factor * first :], np.uint64(factor)
        known = row[first:last]
        for m in range(np.uint64(last - first)):
            known[m] = sound[step * m]
    for first in range(0, n_out, BLOCK):
        block = out[first : min(first + BLOCK, n_out)]
        block[:] = np.float32(0.0)
        n = block.shape[0]
        for k in range(0, n_taps - 3, 4):
            tap0, tap1, tap2, tap3 = taps[k], taps[k + 1], taps[k + 2], taps[k + 3]
            row0 = phases[k % factor, k // factor + first :][:n]
            row1 = phases[(k + 1) % factor, (k + 1) // factor + first :][:n]
            row2 = phases[(k + 2) % factor, (k + 2) // factor + first :][:n]
            row3 = phases[(k + 3) % factor, (k + 3) // factor + first :][:n]
            for m in range(n):
                block[m] += (tap0 * row0[m] + tap1 * row1[m]) + (tap2 * row2[m] + tap3 * row3[m])
        for k in range(n_taps - n_taps % 4, n_taps):
            tap0, row0 = taps[k], phases[k % factor, k // factor + first :][:n]
            for m in range(n):
                block[m] += tap0 * row0[m]


@njit(types.void(_SPECTRA, types.int64, _PLACES, _SPECTRA), nogil=True, cache=CACHE)
def deal(spectra, first_bin, places, out):
    """Put the bins from ``first_bin`` on where they belong: ``out[:, places[k]] = spectra[:, first_bin + k]``."""
    for i in range(out.shape[0]):
        for k in range(places.shape[0]):
            out[i, places[k]] = spectra[i, first_bin + k]


@njit(types.void(_PLACES, _SPECTRA), nogil=True, cache=CACHE)
def clear(places, out):
    """Set some places of every frame to zero."""
    for i in range(out.shape[0]):
        frame = out[i].view(np.int64)
        for k in range(places.shape[0]):
            frame[np.uint64(places[k])] = 0
