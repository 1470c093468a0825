"""Band powers, cross terms, and the error of frames for any gain.

Spectra are linear: with canvas ``C`` and phenotype ``X``, a band of ``C + g X`` has the power

    P(g) = A + 2 g B + g**2 D,   A = sum |C|**2,  B = sum Re(conj(C) X),  D = sum |X|**2,

so that once A, B and D are there a gain costs no transform. Bands are disjoint runs of bins, ``edges[b]`` to
``edges[b + 1]``. The error of a frame is a sum over bands and amplitude laws of ``w * (phi(P + floor) - t)**2``, with
``phi`` one of four laws, by number: 0 the logarithm, 1 the amplitude, 2 its square root, 4 its fourth root.

Sums over frames run in one float64 lane per band, in the order of the frames; so the compiler can use wide registers
without being allowed to reorder anything. Everything that calls one another stands in this one file, since numba's
cache does not notice edits in other files.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from phenotune.kernels.caching import CACHE

LAW_LOG = 0
LAW_AMPLITUDE = 1
LAW_ROOT = 2
LAW_FOURTH_ROOT = 4


@njit(
    "void(complex64[:, :, ::1], int64[::1], float32[::1], float32[:, :, ::1])",
    nogil=True,
    cache=CACHE,
)
def band_powers(spectra, edges, bins, out):
    """Write the power of each band into ``out`` (n_channels, n_frames, n_bands); ``bins`` is scratch (n_bins,)."""
    for channel in range(spectra.shape[0]):
        for i in range(spectra.shape[1]):
            frame = spectra[channel, i]
            for k in range(bins.shape[0]):
                bins[k] = frame[k].real * frame[k].real + frame[k].imag * frame[k].imag
            row = out[channel, i]
            for b in range(row.shape[0]):
                total = np.float32(0.0)
                for k in range(edges[b], edges[b + 1]):
                    total += bins[k]
                row[b] = total


@njit(
    "void(complex64[:, :, ::1], int64, complex64[:, :, ::1], int64, int64, int64[::1], float32[::1],"
    " float32[:, :, ::1])",
    nogil=True,
    cache=CACHE,
)
def cross_terms(canvas, canvas_first, spectra, first, n_frames, edges, bins, out):
    """Write the cross term B of each band into ``out`` (n_channels of the canvas, at least n_frames, n_bands).

    Row ``i`` of ``out`` belongs to frame ``canvas_first + i`` of the canvas and ``first + i`` of the phenotype, whose
    single channel, if it has but one, serves every channel of the canvas.
    """
    for channel in range(canvas.shape[0]):
        x_channel = min(channel, spectra.shape[0] - 1)
        for i in range(n_frames):
            c = canvas[channel, canvas_first + i]
            x = spectra[x_channel, first + i]
            for k in range(bins.shape[0]):
                bins[k] = c[k].real * x[k].real + c[k].imag * x[k].imag
            row = out[channel, i]
            for b in range(row.shape[0]):
                total = np.float32(0.0)
                for k in range(edges[b], edges[b + 1]):
                    total += bins[k]
                row[b] = total


@njit("void(float32[::1], int64, float32[::1])", nogil=True, cache=CACHE)
def compress(powers, law, out):
    """Write ``phi(powers)`` by the law of that number into ``out``; the powers must be above zero."""
    if law == LAW_LOG:
        for b in range(powers.shape[0]):
            out[b] = np.log(powers[b])
        return
    for b in range(powers.shape[0]):
        out[b] = np.sqrt(powers[b])
    if law >= LAW_ROOT:
        for b in range(powers.shape[0]):
            out[b] = np.sqrt(out[b])
    if law >= LAW_FOURTH_ROOT:
        for b in range(powers.shape[0]):
            out[b] = np.sqrt(out[b])


@njit(
    "void(float32[:, :, ::1], float32[:, :, :, ::1], float32[:, ::1], int64[::1], float32[::1],"
    " float32[:, ::1], float64[:, ::1])",
    nogil=True,
    cache=CACHE,
)
def frame_errors(powers, targets, weights, laws, floors, rows, out):
    """Write the error of each frame into ``out`` (n_channels, n_frames).

    Parameters
    ----------
    powers
        float32 (n_channels, n_frames, n_bands).
    targets
        The target after each law, float32 (n_laws, n_channels, n_frames, n_bands).
    weights
        float32 (n_laws, n_bands).
    rows
        Scratch, float32 (2, n_bands).
    """
    n_bands = powers.shape[2]
    for channel in range(powers.shape[0]):
        for i in range(powers.shape[1]):
            power = powers[channel, i]
            for b in range(n_bands):
                rows[0, b] = max(power[b], np.float32(0.0)) + floors[b]
            total = 0.0
            for j in range(laws.shape[0]):
                compress(rows[0], laws[j], rows[1])
                target = targets[j, channel, i]
                for b in range(n_bands):
                    d = rows[1, b] - target[b]
                    total += np.float64(weights[j, b] * d * d)
            out[channel, i] = total


@njit(
    "void(float32[:, :, ::1], float32[:, :, ::1], int64, float32[:, :, ::1], int64, int64,"
    " float64[:, ::1], float64[:, ::1])",
    nogil=True,
    cache=CACHE,
)
def level_sums(amplitudes, canvas, canvas_first, powers, first, n_frames, lanes, out):
    """Sums that give the gain which fits amplitudes best while phases are left out, into ``out`` (2, n_channels).

    ``sum sqrt(D) (t - sqrt(A))`` and ``sum D``, with the target's amplitude t in ``amplitudes``: their ratio minimises
    ``sum (t - sqrt(A) - g sqrt(D))**2``. ``lanes`` is scratch, float64 (2, n_bands).
    """
    n_bands = canvas.shape[2]
    for channel in range(canvas.shape[0]):
        x_channel = min(channel, powers.shape[0] - 1)
        lanes[:2] = 0.0
        missing, own = lanes[0], lanes[1]
        for i in range(n_frames):
            a = canvas[channel, canvas_first + i]
            t = amplitudes[channel, canvas_first + i]
            d = powers[x_channel, first + i]
            for b in range(n_bands):
                missing[b] += np.float64(np.sqrt(d[b]) * (t[b] - np.sqrt(a[b])))
                own[b] += np.float64(d[b])
        for j in range(2):
            total = 0.0
            for b in range(n_bands):
                total += lanes[j, b]
            out[j, channel] = total


@njit(
    "void(float32[:, :, ::1], int64, float32[:, :, ::1], float32[:, :, ::1], int64, int64,"
    " float32[:, :, :, ::1], float32[:, ::1], int64[::1], float32[::1], float64[:, ::1],"
    " float32[:, ::1], float64[:, ::1], float64[:, ::1])",
    nogil=True,
    cache=CACHE,
)
def errors_at_gains(
    canvas, canvas_first, cross, powers, first, n_frames,
    targets, weights, laws, floors, gains, rows, lanes, out,
):  # fmt: skip
    """Write the summed error of the touched frames, after placing at each gain, into ``out`` (n_gains, n_channels).

    Parameters
    ----------
    canvas
        Band powers A of the whole canvas, float32 (n_channels, n_canvas_frames, n_bands).
    cross
        Cross terms B of the touched frames, float32 (n_channels, at least n_frames, n_bands).
    powers
        Band powers D of the phenotype, float32 (1 or n_channels, n_phenotype_frames, n_bands).
    gains
        float64 (n_gains, n_channels).
    rows, lanes
        Scratch, float32 (2, n_bands) and float64 (at least 1, n_bands).
    """
    n_bands = canvas.shape[2]
    for g in range(gains.shape[0]):
        for channel in range(canvas.shape[0]):
            x_channel = min(channel, powers.shape[0] - 1)
            twice = np.float32(2.0 * gains[g, channel])
            square = np.float32(gains[g, channel] * gains[g, channel])
            lane = lanes[0]
            for b in range(n_bands):
                lane[b] = 0.0
            for i in range(n_frames):
                a = canvas[channel, canvas_first + i]
                c = cross[channel, i]
                d = powers[x_channel, first + i]
                for b in range(n_bands):
                    power = a[b] + twice * c[b] + square * d[b]
                    rows[0, b] = max(power, np.float32(0.0)) + floors[b]
                for j in range(laws.shape[0]):
                    compress(rows[0], laws[j], rows[1])
                    target = targets[j, channel, canvas_first + i]
                    weight = weights[j]
                    for b in range(n_bands):
                        difference = rows[1, b] - target[b]
                        lane[b] += np.float64(weight[b] * difference * difference)
            total = 0.0
            for b in range(n_bands):
                total += lane[b]
            out[g, channel] = total
