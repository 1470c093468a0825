"""Levels in decibels of the bins of frames, and their squared differences from a target's.

Levels are taken relative to the loudest cell of the whole spectrogram and held to a floor below it. So the kept levels
are absolute, and the reference is an argument: when it moves, nothing has to be transformed again.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from phenotune.kernels.caching import CACHE

FLOOR_DB = np.float32(-80.0)
"""The lowest level that is told apart, relative to the loudest cell."""

ROOT_HALF = np.int32(0x3F3504F3)
"""The bits of the square root of one half."""
PER_OCTAVE_DB = np.float32(10.0 * np.log10(2.0))
TWICE_PER_LOG = np.float32(2.0 / np.log(2.0))
THIRD, FIFTH, SEVENTH = np.float32(1.0 / 3.0), np.float32(0.2), np.float32(1.0 / 7.0)
ONE = np.float32(1.0)


@njit("void(float32[::1], int32[::1])", nogil=True, cache=CACHE)
def _to_decibels(powers, mantissas):
    """Turn powers into decibels in place, 0 into -382; right to about 1e-5 dB, and the same on every machine.

    The exponent is read off the bits; the logarithm of what is left, between the root of a half and the root of two, is
    the series of the area tangent to its seventh power. ``mantissas`` is scratch as long as the powers.
    """
    bits = powers.view(np.int32)
    parts = mantissas.view(np.float32)
    for k in range(np.uint64(powers.shape[0])):
        exponent = np.int32(np.int32(bits[k] - ROOT_HALF) >> np.int32(23))
        mantissas[k] = np.int32(bits[k] - np.int32(exponent << np.int32(23)))
        powers[k] = np.float32(exponent)
    for k in range(np.uint64(powers.shape[0])):
        s = (parts[k] - ONE) / (parts[k] + ONE)
        q = s * s
        log = TWICE_PER_LOG * s * (ONE + q * (THIRD + q * (FIFTH + q * SEVENTH)))
        powers[k] = PER_OCTAVE_DB * (powers[k] + log)


@njit(
    "void(complex64[:, ::1], int64, complex64[:, ::1], int64, float32, int32[::1], float32[:, ::1])",
    nogil=True,
    cache=CACHE,
)
def levels_at_gain(canvas, at, sound, first, gain, mantissas, out):
    """Write the levels of ``canvas[at + i] + gain * sound[first + i]`` into ``out`` (n_frames, n_places), in dB.

    Parameters
    ----------
    mantissas
        Scratch, int32 (n_frames * n_places,).
    """
    for i in range(out.shape[0]):
        row, c, x = out[i], canvas[at + i], sound[first + i]
        for k in range(np.uint64(row.shape[0])):
            real = c[k].real + gain * x[k].real
            imaginary = c[k].imag + gain * x[k].imag
            row[k] = real * real + imaginary * imaginary
    _to_decibels(out.reshape(-1), mantissas)


@njit("void(float32[:, ::1], float32[::1], float32[::1])", nogil=True, cache=CACHE)
def frame_peaks(levels, weights, out):
    """Write the loudest level of each frame, of the places that have a weight, into ``out`` (n_frames,)."""
    for i in range(levels.shape[0]):
        loudest = np.float32(-1000.0)
        for k in range(levels.shape[1]):
            if weights[k] > np.float32(0.0) and levels[i, k] > loudest:
                loudest = levels[i, k]
        out[i] = loudest


@njit("float32(float32[:, ::1], float32[::1], float32[::1])", nogil=True, cache=CACHE)
def peak_of(levels, weights, lanes):
    """The loudest level of all frames, of the places that have a weight; ``lanes`` is scratch (n_places,)."""
    lanes[:] = np.float32(-1000.0)
    for i in range(levels.shape[0]):
        row = levels[i]
        for k in range(np.uint64(row.shape[0])):
            lanes[k] = row[k] if row[k] > lanes[k] else lanes[k]
    loudest = np.float32(-1000.0)
    for k in range(lanes.shape[0]):
        if weights[k] > np.float32(0.0) and lanes[k] > loudest:
            loudest = lanes[k]
    return loudest


@njit(
    "float64(float32[:, ::1], float32, float32[:, ::1], float32[::1], float64[::1])",
    nogil=True,
    cache=CACHE,
)
def sum_of_errors(levels, reference, target, weights, lanes):
    """Weighted squared differences of all frames; ``lanes`` is scratch, float64 (n_places,).

    Parameters
    ----------
    levels
        float32 (n_frames, n_places), absolute.
    reference
        The level that they are relative to.
    target
        The target's levels relative to its own loudest, not below the floor, float32 (n_frames, n_places).
    weights
        What a squared difference counts at each place, float32 (n_places,).
    """
    lanes[:] = 0.0
    for i in range(levels.shape[0]):
        row, aim = levels[i], target[i]
        for k in range(np.uint64(row.shape[0])):
            level = row[k] - reference
            level = level if level > FLOOR_DB else FLOOR_DB
            difference = level - aim[k]
            lanes[k] += np.float64(weights[k] * difference * difference)
    total = 0.0
    for k in range(lanes.shape[0]):
        total += lanes[k]
    return total


@njit(
    "void(float32[:, ::1], float32, float32[:, ::1], float32[::1], float64[::1])",
    nogil=True,
    cache=CACHE,
)
def frame_errors(levels, reference, target, weights, out):
    """Write the same for each frame by itself into ``out``, float64 (n_frames,)."""
    for i in range(levels.shape[0]):
        total = 0.0
        for k in range(levels.shape[1]):
            level = levels[i, k] - reference
            level = level if level > FLOOR_DB else FLOOR_DB
            difference = level - target[i, k]
            total += np.float64(weights[k] * difference * difference)
        out[i] = total
