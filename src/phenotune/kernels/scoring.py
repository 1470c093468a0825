"""Cross terms, and the error of frames for any gain.

Spectra are linear: with canvas ``C`` and phenotype ``X``, a band of ``C + g X`` has the power

    P(g) = A + 2 g B + g**2 D,   A = sum |C|**2,  B = sum Re(conj(C) X),  D = sum |X|**2,

so that once A, B and D are there a gain costs no transform (:mod:`phenotune.kernels.bands` sums them). The error of a
frame is a sum over bands and amplitude laws of ``w * (phi(P + floor) - t)**2``, with ``phi`` one of four laws, by
number: 0 the logarithm, 1 the amplitude, 2 its square root, 4 its fourth root.

Everything here sees one channel at a time. Sums over frames run in one float64 lane per band, in the order of the
frames; so the compiler can use wide registers without being allowed to reorder anything. All that calls one another
stands in this one file, but for the sums over bins, since numba's cache does not notice edits in other files.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from phenotune.kernels.bands import band_products
from phenotune.kernels.caching import CACHE

LAW_LOG = 0
LAW_AMPLITUDE = 1
LAW_ROOT = 2
LAW_FOURTH_ROOT = 4


@njit("float64(float64[::1])", nogil=True, cache=CACHE)
def _sum(values):
    total = 0.0
    for i in range(values.shape[0]):
        total += values[i]
    return total


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


@njit("int64(float32[:, ::1], int64, int64)", nogil=True, cache=CACHE)
def _compress_on(rows, held, law):
    """Write ``phi(rows[0])`` into ``rows[1]``, going on from the root that it holds; return the law of what it holds.

    Roots are most of what a frame costs: that of the amplitude is taken once for both laws. ``held`` is LAW_LOG where
    it holds nothing to go on from.
    """
    powers, out = rows[0], rows[1]
    if law == LAW_LOG:
        compress(powers, law, out)
        return law
    if held == LAW_LOG or held > law:
        held = LAW_AMPLITUDE
        compress(powers, held, out)
    while held < law:
        held *= 2
        for b in range(out.shape[0]):
            out[b] = np.sqrt(out[b])
    return held


@njit(
    "void(float32[:, ::1], float32[:, :, ::1], int64, float32[:, ::1], int64[::1], float64[::1])",
    nogil=True,
    cache=CACHE,
)
def _add_bands(rows, targets, frame, weights, laws, lane):
    """Add the error of each band of a frame to ``lane``; row 0 holds its powers with the floors, row 1 is scratch."""
    held = LAW_LOG
    for j in range(laws.shape[0]):
        held = _compress_on(rows, held, laws[j])
        target = targets[j, frame]
        weight = weights[j]
        for b in range(target.shape[0]):
            difference = rows[1, b] - target[b]
            lane[b] += np.float64(weight[b] * difference * difference)


@njit("float64(float32[:, ::1], float32[::1], boolean)", nogil=True, cache=CACHE)
def _onset_strength(rows, mask, is_first):
    """Sum over bands of ``log((P + m) / (P' + m))`` where it is above zero; 0 for the first frame.

    Row 0 holds the powers P with the floors; row 2 those of the last frame, P', and afterwards those of this one. The
    mask m is what the last frame hides.
    """
    strength = 0.0
    for b in range(mask.shape[0]):
        now, before = rows[0, b] + mask[b], rows[2, b] + mask[b]
        rows[2, b] = rows[0, b]
        if now > before and not is_first:
            strength += np.float64(np.log(now / before))
    return strength


@njit(
    "void(float32[:, ::1], float32[::1], float32[:, ::1], float32[::1])",
    nogil=True,
    cache=CACHE,
)
def onset_strengths(powers, floors, masks, out):
    """Write the onset strength of each frame into ``out`` (n_frames,); see :func:`frame_errors`."""
    rows = np.zeros((3, powers.shape[1]), np.float32)
    for i in range(powers.shape[0]):
        for b in range(masks.shape[1]):
            rows[0, b] = powers[i, b] + floors[b]
        out[i] = np.float32(_onset_strength(rows, masks[i], i == 0))


@njit(
    "void(float32[:, ::1], int64, int64, float32[:, :, ::1], float32[::1], float32[:, ::1],"
    " float32[:, ::1], int64[::1], float32[::1], float64, float64[::1])",
    nogil=True,
    cache=CACHE,
)
def frame_errors(
    powers, first, last, targets, onsets, masks, weights, laws, floors, onset_weight, out
):  # fmt: skip
    """Write the errors of the frames from ``first`` to before ``last`` into ``out`` (last - first,).

    To the errors of its bands a frame adds ``onset_weight * (o - t)**2``, where t is the target's onset strength and o
    the sum over the first bands of ``log((P + m) / (P' + m))`` where that is above zero: their rise since the frame
    before, with its powers P', above what the target's frame before hides (m, in ``masks``).

    Parameters
    ----------
    powers
        Of all frames, float32 (n_frames, n_bands).
    targets
        The target after each law, float32 (n_laws, n_frames, n_bands).
    onsets
        Onset strengths of the target, float32 (n_frames,).
    masks
        Power that hides rises, float32 (n_frames, n_onset_bands): onsets are heard in so many of the first bands.
    weights
        float32 (n_laws, n_bands).
    """
    n_bands = powers.shape[1]
    rows = np.empty((3, n_bands), np.float32)
    lane = np.empty(n_bands, np.float64)
    begin = max(first - 1, 0)
    for i in range(begin, last):
        for b in range(n_bands):
            rows[0, b] = max(powers[i, b], np.float32(0.0)) + floors[b]
        off = 0.0
        if onset_weight > 0.0:
            off = _onset_strength(rows, masks[i], i == begin) - np.float64(onsets[i])
        if i >= first:
            lane[:] = 0.0
            _add_bands(rows, targets, i, weights, laws, lane)
            out[i - first] = _sum(lane) + onset_weight * off * off


@njit(
    "void(complex64[:, ::1], int64, complex64[:, ::1], int64, int64, int64[::1], float32[::1],"
    " float32[:, ::1])",
    nogil=True,
    cache=CACHE,
)
def cross_terms(canvas, canvas_first, spectra, first, n_frames, octets, bins, out):
    """Write the cross term B of each band into ``out`` (at least n_frames, n_bands).

    Row ``i`` belongs to frame ``canvas_first + i`` of the canvas and ``first + i`` of the phenotype.
    """
    for i in range(n_frames):
        band_products(canvas[canvas_first + i], spectra[first + i], octets, bins, out[i])


@njit(
    "float64(float32[:, ::1], int64, float32[:, ::1], float32[:, ::1], int64, int64, int64, int64,"
    " float32[:, :, ::1], float32[::1], float32[:, ::1], float32[:, ::1], int64[::1], float32[::1], float64,"
    " float64, float32[:, ::1], float64[::1])",
    nogil=True,
    cache=CACHE,
)
def _band_errors(
    canvas, canvas_first, cross, powers, first, n_frames, begin, end,
    targets, onsets, masks, weights, laws, floors, onset_weight, gain, rows, lane,
):  # fmt: skip
    """Error of each band, after placing at a gain, summed over a part of the touched frames, into ``lane``.

    The parts, from ``begin`` to before ``end``, come one after the other: row 2 of ``rows`` passes powers on. The
    frame after the touched ones, whose onset is another now, belongs to the last.

    Returns
    -------
    float
        The error of the onset strengths.
    """
    n_bands = canvas.shape[1]
    twice = np.float32(2.0 * gain)
    square = np.float32(gain * gain)
    lane[:] = 0.0
    hears_onsets = onset_weight > 0.0
    if hears_onsets and begin == 0 and canvas_first > 0:
        for b in range(masks.shape[1]):
            rows[2, b] = max(canvas[canvas_first - 1, b], np.float32(0.0)) + floors[b]
    total = 0.0
    is_last = end == n_frames and canvas_first + n_frames < canvas.shape[0]
    for i in range(begin, end + is_last):
        at = canvas_first + i
        a = canvas[at]
        if i < n_frames:
            c = cross[i]
            d = powers[first + i]
            for b in range(n_bands):
                power = a[b] + twice * c[b] + square * d[b]
                rows[0, b] = max(power, np.float32(0.0)) + floors[b]
        else:
            for b in range(n_bands):
                rows[0, b] = max(a[b], np.float32(0.0)) + floors[b]
        _add_bands(rows, targets, at, weights, laws, lane)
        if hears_onsets:
            off = _onset_strength(rows, masks[at], at == 0) - np.float64(onsets[at])
            total += off * off
    return onset_weight * total


@njit(
    "float64(float32[:, ::1], int64, float32[:, ::1], float32[:, ::1], int64, int64,"
    " float32[:, :, ::1], float32[::1], float32[:, ::1], float32[:, ::1], int64[::1], float32[::1], float64,"
    " float64, float32[:, ::1], float64[::1])",
    nogil=True,
    cache=CACHE,
)
def _error(
    canvas, canvas_first, cross, powers, first, n_frames,
    targets, onsets, masks, weights, laws, floors, onset_weight, gain, rows, lane,
):  # fmt: skip
    """Error of the touched frames, and of the one after them, after placing at a gain; ``lane`` is scratch."""
    of_onsets = _band_errors(
        canvas, canvas_first, cross, powers, first, n_frames, 0, n_frames,
        targets, onsets, masks, weights, laws, floors, onset_weight, gain, rows, lane,
    )  # fmt: skip
    return _sum(lane) + of_onsets


@njit(
    "void(float32[:, ::1], float32[:, ::1], int64, float32[:, ::1], int64, int64,"
    " float64[:, ::1], float64[::1])",
    nogil=True,
    cache=CACHE,
)
def level_sums(amplitudes, canvas, canvas_first, powers, first, n_frames, lanes, out):
    """Sums that give the gain which fits amplitudes best while phases are left out, into ``out`` (2,).

    ``sum sqrt(D) (t - sqrt(A))`` and ``sum D``, with the target's amplitude t in ``amplitudes``: their ratio minimises
    ``sum (t - sqrt(A) - g sqrt(D))**2``. ``lanes`` is scratch, float64 (2, n_bands).
    """
    n_bands = canvas.shape[1]
    lanes[:2] = 0.0
    missing, own = lanes[0], lanes[1]
    for i in range(n_frames):
        a = canvas[canvas_first + i]
        t = amplitudes[canvas_first + i]
        d = powers[first + i]
        for b in range(n_bands):
            missing[b] += np.float64(np.sqrt(d[b]) * (t[b] - np.sqrt(a[b])))
            own[b] += np.float64(d[b])
    for j in range(2):
        out[j] = _sum(lanes[j])


@njit(
    "void(float32[:, ::1], int64, float32[:, ::1], float32[:, ::1], int64, int64, int64[::1],"
    " float32[:, :, ::1], float32[::1], float32[:, ::1], float32[:, ::1], int64[::1], float32[::1], float64,"
    " float64[::1], float32[:, ::1], float64[:, ::1], int64[::1], float64[:, :, ::1])",
    nogil=True,
    cache=CACHE,
)
def errors_at_gains(
    canvas, canvas_first, cross, powers, first, n_frames, ends,
    targets, onsets, masks, weights, laws, floors, onset_weight,
    gains, rows, lanes, groups, out,
):  # fmt: skip
    """Write the error of the touched frames, after placing at each gain, into ``out``.

    ``out`` is float64 (n_gains, n_steps, n_groups + 1): frames are summed by step and bands by group, so that whoever
    wants another gain for each step or for each group of bands can choose among those tried at no further cost; the
    last column is the error of the onsets.

    Parameters
    ----------
    canvas
        Band powers A of the whole canvas, float32 (n_canvas_frames, n_bands).
    cross
        Cross terms B of the touched frames, float32 (at least n_frames, n_bands).
    powers
        Band powers D of the phenotype, float32 (n_phenotype_frames, n_bands).
    ends
        The touched frame before which each step ends, int64 (n_steps,); the last is ``n_frames``.
    gains
        float64 (n_gains,).
    rows, lanes
        Scratch, float32 (3, n_bands) and float64 (at least 1, n_bands).
    groups
        Group of each band, int64 (n_bands,).
    """
    for g in range(gains.shape[0]):
        begin = 0
        for step in range(ends.shape[0]):
            end = ends[step]
            of_onsets = _band_errors(
                canvas, canvas_first, cross, powers, first, n_frames, begin, end,
                targets, onsets, masks, weights, laws, floors, onset_weight,
                gains[g], rows, lanes[0],
            )  # fmt: skip
            begin = end
            found = out[g, step]
            found[:] = 0.0
            found[-1] = of_onsets
            for b in range(groups.shape[0]):
                found[groups[b]] += lanes[0, b]


@njit("float64(float64, float64, float64)", nogil=True, cache=CACHE)
def _vertex(low, middle, high):
    """Where the parabola through the values at -1, 0 and 1 is lowest, within -1.5 to 1.5."""
    slope = 0.5 * (high - low)
    bend = high - 2.0 * middle + low
    if bend > 1e-300:
        return min(max(-slope / bend, -1.5), 1.5)
    return -1.5 * np.sign(slope)


@njit("float64(float64, float64, float64)", nogil=True, cache=CACHE)
def _limited(gain, least, most):
    """The gain no larger than the most, and 0 where it is smaller than the least; its sign stays."""
    size = min(abs(gain), most)
    if size < least:
        size = 0.0
    return -size if gain < 0.0 else size


@njit(
    "float64(float32[:, ::1], complex64[:, ::1], float32[:, ::1], float64[::1],"
    " complex64[:, ::1], float32[:, ::1], int64, int64, int64, int64[::1],"
    " float32[:, :, ::1], float32[::1], float32[:, ::1], float32[:, ::1], int64[::1], float32[::1], float64,"
    " float64[::1], int64,"
    " float32[::1], float32[:, ::1], float64[:, ::1], float32[:, ::1], float64[::1])",
    nogil=True,
    cache=CACHE,
)
def fit_level(
    amplitudes, canvas_spectra, canvas, errors, spectra, powers, canvas_first, first, n_frames, octets,
    targets, onsets, masks, weights, laws, floors, onset_weight, limits, n_signs, bins, rows, lanes, cross, out,
):  # fmt: skip
    """Fit a gain by level, phases left out, in one or both polarities.

    The level is ``sum sqrt(D) (t - sqrt(A)) / sum D``, which minimises ``sum (t - sqrt(A) - g sqrt(D))**2``.

    Parameters
    ----------
    errors
        Error of each frame of the canvas, float64 (n_canvas_frames,).
    limits
        Least and most gain, float64 (2,).
    n_signs
        1 for the polarity as it is, 2 for both.
    cross
        Scratch that holds the cross terms afterwards, float32 (at least n_frames, n_bands).
    out
        float64 (2,): the gain found comes first; the other is scratch.

    Returns
    -------
    float
        Distance before minus distance after; minus infinity where nothing is missing that the phenotype has.
    """
    level_sums(amplitudes, canvas, canvas_first, powers, first, n_frames, lanes, out)
    level = out[0] / out[1] if out[1] > 0.0 else 0.0
    level = _limited(max(level, 0.0), limits[0], limits[1])
    out[0] = 0.0
    if level == 0.0:
        return -np.inf
    before = _sum(errors[canvas_first : canvas_first + n_frames + 1])
    cross_terms(canvas_spectra, canvas_first, spectra, first, n_frames, octets, bins, cross)
    best = -np.inf
    for sign in range(n_signs):
        gain = level - 2.0 * sign * level
        saved = before - _error(
            canvas, canvas_first, cross, powers, first, n_frames,
            targets, onsets, masks, weights, laws, floors, onset_weight, gain, rows, lanes[0],
        )  # fmt: skip
        if saved > best:
            best, out[0] = saved, gain
    return best


@njit(
    "float64(complex64[:, ::1], float32[:, ::1], float64[::1],"
    " complex64[:, ::1], float32[:, ::1], int64, int64, int64, int64[::1],"
    " float32[:, :, ::1], float32[::1], float32[:, ::1], float32[:, ::1], int64[::1], float32[::1], float64,"
    " float64[::1], int64, float64,"
    " float32[::1], float32[:, ::1], float64[:, ::1], float32[:, ::1], float64[::1])",
    nogil=True,
    cache=CACHE,
)
def refine_gain(
    canvas_spectra, canvas, errors, spectra, powers, canvas_first, first, n_frames, octets,
    targets, onsets, masks, weights, laws, floors, onset_weight, limits, n_rounds, ratio,
    bins, rows, lanes, cross, out,
):  # fmt: skip
    """Improve a gain by a parabola through three of them (in decibels): Newton's step for a curve without derivatives.

    Each round tries the gain divided and multiplied by ``ratio`` and the lowest point of the parabola, and keeps the
    best; it never comes out worse than silent. Where the lowest point lies inside, the next round looks nearer.

    Parameters
    ----------
    ratio
        Above 1.
    out
        float64 (at least 1,): the gain to begin with, and the one found.

    Returns
    -------
    float
        Distance before minus distance after.
    """
    cross_terms(canvas_spectra, canvas_first, spectra, first, n_frames, octets, bins, cross)
    before = _sum(errors[canvas_first : canvas_first + n_frames + 1])
    gain = out[0]
    kept = _error(
        canvas, canvas_first, cross, powers, first, n_frames,
        targets, onsets, masks, weights, laws, floors, onset_weight, gain, rows, lanes[0],
    )  # fmt: skip
    tried = np.empty(3)
    found = np.empty(3)
    for _ in range(n_rounds):
        middle = kept
        tried[0] = _limited(gain / ratio, limits[0], limits[1])
        tried[1] = _limited(gain * ratio, limits[0], limits[1])
        for k in range(3):
            if k == 2:
                step = _vertex(found[0], middle, found[1])
                tried[2] = _limited(out[0] * ratio**step, limits[0], limits[1])
            found[k] = _error(
                canvas, canvas_first, cross, powers, first, n_frames,
                targets, onsets, masks, weights, laws, floors, onset_weight, tried[k], rows, lanes[0],
            )  # fmt: skip
            if found[k] < kept:
                gain, kept = tried[k], found[k]
        out[0] = gain
        if abs(step) < 1.0:
            ratio = np.sqrt(ratio)
    if kept > before:
        out[0], kept = 0.0, before
    return before - kept
