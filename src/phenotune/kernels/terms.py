"""Sums for the plain terms of fitness: products of waveforms, errors of magnitudes, centroids of frames."""

from __future__ import annotations

import numpy as np
from numba import njit, types

from phenotune.kernels.caching import CACHE

_SOUND = types.Array(types.float32, 1, "C", readonly=True)
N_LANES = 8
ZERO = np.float32(0.0)


@njit(types.void(_SOUND, _SOUND, types.float64[::1]), nogil=True, cache=CACHE)
def products(missing, sound, out):
    """Write ``sum(missing * sound)`` and ``sum(sound * sound)`` of two sounds of one length into ``out`` (2,).

    Eight sums each run beside one another, in a fixed order, so that none waits for the other.
    """
    cross, own = np.zeros(N_LANES), np.zeros(N_LANES)
    n = sound.shape[0] - sound.shape[0] % N_LANES
    for i in range(0, n, N_LANES):
        for lane in range(N_LANES):
            a, b = np.float64(missing[i + lane]), np.float64(sound[i + lane])
            cross[lane] += a * b
            own[lane] += b * b
    for i in range(n, sound.shape[0]):
        a, b = np.float64(missing[i]), np.float64(sound[i])
        cross[0] += a * b
        own[0] += b * b
    out[0], out[1] = 0.0, 0.0
    for lane in range(N_LANES):
        out[0] += cross[lane]
        out[1] += own[lane]


@njit("void(complex64[::1], complex64[::1], float32, float32[::1])", nogil=True, cache=CACHE)
def _magnitudes(canvas, sound, gain, out):
    """Write ``|canvas + gain * sound|`` into ``out``."""
    for k in range(np.uint64(out.shape[0])):
        real = canvas[k].real + gain * sound[k].real
        imaginary = canvas[k].imag + gain * sound[k].imag
        out[k] = np.sqrt(real * real + imaginary * imaginary)


@njit(
    "void(complex64[:, ::1], int64, complex64[:, ::1], int64, float32,"
    " float32[:, ::1], float32[::1], float32[::1], float64[::1])",
    nogil=True,
    cache=CACHE,
)
def magnitude_errors(canvas, at, sound, first, gain, target, weights, row, out):
    """Write ``sum(weights * (|canvas + gain * sound| - target)**2)`` of each frame into ``out``, float64 (n_frames,).

    Parameters
    ----------
    canvas, sound
        complex64 (n_frames, n_places), from the frames ``at`` and ``first`` on.
    target
        Magnitudes, float32 (n_frames, n_places), from the frame ``at`` on.
    weights
        float32 (n_places,), 0 where a place has no bin.
    row
        Scratch, float32 (n_places,).
    """
    for i in range(out.shape[0]):
        _magnitudes(canvas[at + i], sound[first + i], gain, row)
        aim = target[at + i]
        for k in range(np.uint64(row.shape[0])):
            difference = row[k] - aim[k]
            row[k] = weights[k] * difference * difference
        total = 0.0
        for k in range(row.shape[0]):
            total += np.float64(row[k])
        out[i] = total


@njit(
    "void(complex64[:, ::1], int64, complex64[:, ::1], int64, float32,"
    " float32[::1], float64, float32[::1], float64[::1])",
    nogil=True,
    cache=CACHE,
)
def centroids(canvas, at, sound, first, gain, bins, floor, row, out):
    """Write the spectral centroid of each frame of ``canvas + gain * sound`` into ``out``, float64 (n_frames,).

    ``sum(bins * magnitude) / (sum(magnitude) + floor)``, over the places whose ``bins`` are not negative; ``row`` is
    scratch, float32 (n_places,).
    """
    for i in range(out.shape[0]):
        _magnitudes(canvas[at + i], sound[first + i], gain, row)
        moment, total = 0.0, 0.0
        for k in range(row.shape[0]):
            if bins[k] >= ZERO:
                magnitude = np.float64(row[k])
                moment += np.float64(bins[k]) * magnitude
                total += magnitude
        out[i] = moment / (total + floor)
