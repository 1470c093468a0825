"""Band powers, cross terms, and the error of frames for any gain.

Spectra are linear: with canvas ``C`` and phenotype ``X``, a band of ``C + g X`` has the power

    P(g) = A + 2 g B + g**2 D,   A = sum |C|**2,  B = sum Re(conj(C) X),  D = sum |X|**2,

so that once A, B and D are there a gain costs no transform. Bands are disjoint runs of bins. They are stored eight at
a time, an octet: first the first bin of each, then the second of each, and so on; ``octets[k]`` tells how many bins the
bands of octet k have room for, and places without a bin hold zero. So eight bands are added at once, each in the order
of its bins. The error of a frame is a sum over bands and amplitude laws of ``w * (phi(P + floor) - t)**2``, with
``phi`` one of four laws, by number: 0 the logarithm, 1 the amplitude, 2 its square root, 4 its fourth root.

Sums over frames run in one float64 lane per band, in the order of the frames; so the compiler can use wide registers
without being allowed to reorder anything. Everything that calls one another stands in this one file, since numba's
cache does not notice edits in other files.
"""

from __future__ import annotations

import numpy as np
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from phenotune.kernels import wide
from phenotune.kernels.caching import CACHE

OCTET = 8
"""Bands that are added at once: their real and imaginary parts fill a wide register."""
LAW_LOG = 0
LAW_AMPLITUDE = 1
LAW_ROOT = 2
LAW_FOURTH_ROOT = 4


@intrinsic
def _octet_products(typing, c, x, place, n_bins, out, band):
    """Eight bands of two frames: ``out[band + l] = sum over j of Re(conj(c) x)[place + 8 j + l]``, j < n_bins."""
    n = types.intp
    signature = types.void(c, x, n, n, out, n)

    def generate(context, builder, signature, args):
        c, x, out = (wide.data_of(context, builder, signature.args[k], args[k]) for k in (0, 1, 4))
        c, x = (builder.bitcast(data, wide.FLOAT.as_pointer()) for data in (c, x))
        place, n_bins, band = args[2], args[3], args[5]
        two, width = place.type(2), place.type(wide.WIDTH)
        start = builder.mul(place, two)
        total = cgutils.alloca_once_value(builder, wide.ZERO)
        with cgutils.for_range(builder, n_bins) as bins:
            at = builder.add(start, builder.mul(bins.index, width))
            product = builder.fmul(wide.load(builder, c, at), wide.load(builder, x, at))
            builder.store(builder.fadd(builder.load(total), product), total)
        parts = builder.load(total)
        real = wide.pick(builder, parts, range(0, wide.WIDTH, 2))
        imaginary = wide.pick(builder, parts, range(1, wide.WIDTH, 2))
        wide.store(builder, builder.fadd(real, imaginary), out, band)
        return context.get_dummy_value()

    return signature, generate


@njit(
    "void(complex64[::1], complex64[::1], int64[::1], float32[::1], float32[::1])",
    nogil=True,
    cache=CACHE,
)
def _band_products(c, x, octets, bins, out):
    """Write ``sum Re(conj(c) x)`` of each band into ``out`` (n_bands,); ``bins`` is scratch (at least 8,)."""
    n_full = out.shape[0] // OCTET
    place = 0
    for k in range(n_full):
        _octet_products(c, x, place, octets[k], out, OCTET * k)
        place += OCTET * octets[k]
    if n_full < octets.shape[0]:
        _octet_products(c, x, place, octets[n_full], bins, 0)
        for b in range(OCTET * n_full, out.shape[0]):
            out[b] = bins[b - OCTET * n_full]


@njit(
    "void(complex64[:, :, ::1], int64[::1], float32[::1], float32[:, :, ::1])",
    nogil=True,
    cache=CACHE,
)
def band_powers(spectra, octets, bins, out):
    """Write the power of each band into ``out`` (n_channels, n_frames, n_bands); ``bins`` is scratch (at least 8,)."""
    for channel in range(spectra.shape[0]):
        for i in range(spectra.shape[1]):
            frame = spectra[channel, i]
            _band_products(frame, frame, octets, bins, out[channel, i])


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
    "void(complex64[:, ::1], int64, complex64[:, ::1], int64, int64, int64[::1], float32[::1],"
    " float32[:, ::1])",
    nogil=True,
    cache=CACHE,
)
def _cross_rows(canvas, canvas_first, spectra, first, n_frames, octets, bins, out):
    """Cross terms of one channel, a row for each touched frame."""
    for i in range(n_frames):
        _band_products(canvas[canvas_first + i], spectra[first + i], octets, bins, out[i])


@njit(
    "void(int64, float32[:, :, ::1], int64, float32[:, :, ::1], float32[:, :, ::1], int64, int64,"
    " float32[:, :, :, ::1], float32[:, ::1], int64[::1], float32[::1], float64, float32[:, ::1],"
    " float64[::1])",
    nogil=True,
    cache=CACHE,
)
def _band_errors(
    channel, canvas, canvas_first, cross, powers, first, n_frames,
    targets, weights, laws, floors, gain, rows, lane,
):  # fmt: skip
    """Error of each band of one channel, summed over the touched frames after placing at a gain, into ``lane``."""
    n_bands = canvas.shape[2]
    own_channel = min(channel, powers.shape[0] - 1)
    twice = np.float32(2.0 * gain)
    square = np.float32(gain * gain)
    lane[:] = 0.0
    for i in range(n_frames):
        a = canvas[channel, canvas_first + i]
        c = cross[channel, i]
        d = powers[own_channel, first + i]
        for b in range(n_bands):
            power = a[b] + twice * c[b] + square * d[b]
            rows[0, b] = max(power, np.float32(0.0)) + floors[b]
        held = LAW_LOG
        for j in range(laws.shape[0]):
            held = _compress_on(rows, held, laws[j])
            target = targets[j, channel, canvas_first + i]
            weight = weights[j]
            for b in range(n_bands):
                difference = rows[1, b] - target[b]
                lane[b] += np.float64(weight[b] * difference * difference)


@njit("float64(float64[::1])", nogil=True, cache=CACHE)
def _sum(values):
    total = 0.0
    for i in range(values.shape[0]):
        total += values[i]
    return total


@njit(
    "void(complex64[:, :, ::1], int64, complex64[:, :, ::1], int64, int64, int64[::1], float32[::1],"
    " float32[:, :, ::1])",
    nogil=True,
    cache=CACHE,
)
def cross_terms(canvas, canvas_first, spectra, first, n_frames, octets, bins, out):
    """Write the cross term B of each band into ``out`` (n_channels of the canvas, at least n_frames, n_bands).

    Row ``i`` of ``out`` belongs to frame ``canvas_first + i`` of the canvas and ``first + i`` of the phenotype, whose
    single channel, if it has but one, serves every channel of the canvas.
    """
    for channel in range(canvas.shape[0]):
        x = spectra[min(channel, spectra.shape[0] - 1)]
        _cross_rows(canvas[channel], canvas_first, x, first, n_frames, octets, bins, out[channel])


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
    " float32[:, ::1], float64[:, ::1], int64[::1], float64[:, :, ::1])",
    nogil=True,
    cache=CACHE,
)
def errors_at_gains(
    canvas, canvas_first, cross, powers, first, n_frames,
    targets, weights, laws, floors, gains, rows, lanes, groups, out,
):  # fmt: skip
    """Write the error of the touched frames, after placing at each gain, into ``out``.

    ``out`` is float64 (n_gains, n_channels, n_groups): the bands are summed by group, so that whoever wants another
    gain for each group of bands can choose among those tried at no further cost.

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
    groups
        Group of each band, int64 (n_bands,).
    """
    for g in range(gains.shape[0]):
        for channel in range(canvas.shape[0]):
            _band_errors(
                channel, canvas, canvas_first, cross, powers, first, n_frames,
                targets, weights, laws, floors, gains[g, channel], rows, lanes[0],
            )  # fmt: skip
            out[g, channel] = 0.0
            for b in range(groups.shape[0]):
                out[g, channel, groups[b]] += lanes[0, b]


@njit("boolean(float64[:, ::1], float64[::1], boolean, float64[::1])", nogil=True, cache=CACHE)
def _vertex(sides, middle, tied, step):
    """Where parabolas through errors at -1, 0 and 1 are lowest, within -1.5 to 1.5; whether all lie within -1 to 1."""
    inside = True
    for channel in range(middle.shape[0]):
        low, mid, high = sides[0, channel], middle[channel], sides[1, channel]
        if tied:
            low, mid, high = sides[0].sum(), middle.sum(), sides[1].sum()
        slope = 0.5 * (high - low)
        bend = high - 2.0 * mid + low
        if bend > 1e-300:
            step[channel] = min(max(-slope / bend, -1.5), 1.5)
        else:
            step[channel] = -1.5 * np.sign(slope)
        inside = inside and abs(step[channel]) < 1.0
    return inside


@njit(
    "void(float64[::1], float64[::1], boolean, float64[::1], float64[::1])", nogil=True, cache=CACHE
)
def _take_better(tried, errors, tied, gains, kept):
    """Put what was tried in the place of what is kept where its error is lower; of tied channels all or none."""
    if tied:
        if errors.sum() < kept.sum():
            gains[:] = tried
            kept[:] = errors
        return
    for channel in range(tried.shape[0]):
        if errors[channel] < kept[channel]:
            gains[channel], kept[channel] = tried[channel], errors[channel]


@njit("float64(float64, float64, float64)", nogil=True, cache=CACHE)
def _limited(gain, least, most):
    """The gain no larger than the most, and 0 where it is smaller than the least; its sign stays."""
    size = min(abs(gain), most)
    if size < least:
        size = 0.0
    return -size if gain < 0.0 else size


@njit(
    "float64(float32[:, :, ::1], complex64[:, :, ::1], float32[:, :, ::1], float64[:, ::1],"
    " complex64[:, :, ::1], float32[:, :, ::1], int64, int64, int64, int64[::1],"
    " float32[:, :, :, ::1], float32[:, ::1], int64[::1], float32[::1], float64[::1], boolean, int64,"
    " float32[::1], float32[:, ::1], float64[:, ::1], float32[:, :, ::1], float64[:, ::1])",
    nogil=True,
    cache=CACHE,
)
def fit_level(
    amplitudes, canvas_spectra, canvas, errors, spectra, powers, canvas_first, first, n_frames, octets,
    targets, weights, laws, floors, limits, tied, n_signs, bins, rows, lanes, cross, out,
):  # fmt: skip
    """Fit a gain by level, phases left out, in one or both polarities.

    A channel's level is ``sum sqrt(D) (t - sqrt(A)) / sum D``, which minimises ``sum (t - sqrt(A) - g sqrt(D))**2``;
    channels that are tied have it in common. A channel that a clip would make worse is silenced, unless they are tied.

    Parameters
    ----------
    errors
        Error of each frame of the canvas, float64 (n_channels, n_canvas_frames).
    limits
        Least and most gain, float64 (2,).
    tied
        Whether all channels have one gain.
    n_signs
        1 for the polarity as it is, 2 for both.
    cross
        Scratch that holds the cross terms afterwards, float32 (n_channels, at least n_frames, n_bands).
    out
        float64 (6, n_channels): row 0 the gains found; the others are scratch.

    Returns
    -------
    float
        Distance before minus distance after; minus infinity where nothing is missing that the phenotype has.
    """
    n_channels, n_bands = canvas.shape[0], canvas.shape[2]
    gains, missing, own, before, saved = out[0], out[1], out[2], out[3], out[4]
    level_sums(amplitudes, canvas, canvas_first, powers, first, n_frames, lanes, out[1:3])
    if tied:
        missing[:] = missing.sum()
        own[:] = own.sum()
    sounds = False
    for channel in range(n_channels):
        level = missing[channel] / own[channel] if own[channel] > 0.0 else 0.0
        out[5, channel] = _limited(max(level, 0.0), limits[0], limits[1])
        sounds = sounds or out[5, channel] > 0.0
        before[channel] = 0.0
        for i in range(n_frames):
            before[channel] += errors[channel, canvas_first + i]
    gains[:] = 0.0
    if not sounds:
        return -np.inf
    cross_terms(canvas_spectra, canvas_first, spectra, first, n_frames, octets, bins, cross)
    best = -np.inf
    for sign in range(n_signs):
        factor = 1.0 - 2.0 * sign
        total = 0.0
        for channel in range(n_channels):
            _band_errors(
                channel, canvas, canvas_first, cross, powers, first, n_frames,
                targets, weights, laws, floors, factor * out[5, channel], rows, lanes[0],
            )  # fmt: skip
            saved[channel] = before[channel] - _sum(lanes[0, :n_bands])
            total += saved[channel] if tied else max(saved[channel], 0.0)
        if total > best:
            best = total
            for channel in range(n_channels):
                heard = tied or saved[channel] > 0.0
                gains[channel] = factor * out[5, channel] if heard else 0.0
    return best


@njit(
    "float64(complex64[:, :, ::1], float32[:, :, ::1], float64[:, ::1],"
    " complex64[:, :, ::1], float32[:, :, ::1], int64, int64, int64, int64[::1],"
    " float32[:, :, :, ::1], float32[:, ::1], int64[::1], float32[::1], float64[::1], boolean, int64, float64,"
    " float32[::1], float32[:, ::1], float64[:, ::1], float32[:, :, ::1], float64[:, ::1])",
    nogil=True,
    cache=CACHE,
)
def refine_gains(
    canvas_spectra, canvas, errors, spectra, powers, canvas_first, first, n_frames, octets,
    targets, weights, laws, floors, limits, tied, n_rounds, ratio, bins, rows, lanes, cross, out,
):  # fmt: skip
    """Improve gains by parabolas through three of them (in decibels): Newton's step for a curve without derivatives.

    Each round tries each gain divided and multiplied by ``ratio`` and the lowest point of the parabola, and keeps the
    best; a channel never comes out worse than silent. Where the lowest point lies inside, the next round looks nearer.

    Parameters
    ----------
    ratio
        Above 1.
    out
        float64 (9, n_channels): row 0 the gains, those to begin with and those found; the others are scratch.

    Returns
    -------
    float
        Distance before minus distance after.
    """
    n_channels, n_bands = canvas.shape[0], canvas.shape[2]
    gains, kept, before, step = out[0], out[1], out[2], out[3]
    tried, failed = out[4:6], out[6:8]
    cross_terms(canvas_spectra, canvas_first, spectra, first, n_frames, octets, bins, cross)
    for channel in range(n_channels):
        before[channel] = 0.0
        for i in range(n_frames):
            before[channel] += errors[channel, canvas_first + i]
        _band_errors(
            channel, canvas, canvas_first, cross, powers, first, n_frames,
            targets, weights, laws, floors, gains[channel], rows, lanes[0],
        )  # fmt: skip
        kept[channel] = _sum(lanes[0, :n_bands])
    for _ in range(n_rounds):
        for side in range(2):
            factor = ratio if side else 1.0 / ratio
            for channel in range(n_channels):
                tried[side, channel] = _limited(gains[channel] * factor, limits[0], limits[1])
                _band_errors(
                    channel, canvas, canvas_first, cross, powers, first, n_frames,
                    targets, weights, laws, floors, tried[side, channel], rows, lanes[0],
                )  # fmt: skip
                failed[side, channel] = _sum(lanes[0, :n_bands])
        inside = _vertex(failed, kept, tied, step)
        for channel in range(n_channels):
            out[8, channel] = _limited(
                gains[channel] * ratio ** step[channel], limits[0], limits[1]
            )
        for side in range(2):
            _take_better(tried[side], failed[side], tied, gains, kept)
        for channel in range(n_channels):
            _band_errors(
                channel, canvas, canvas_first, cross, powers, first, n_frames,
                targets, weights, laws, floors, out[8, channel], rows, lanes[0],
            )  # fmt: skip
            failed[0, channel] = _sum(lanes[0, :n_bands])
        _take_better(out[8], failed[0], tied, gains, kept)
        if inside:
            ratio = np.sqrt(ratio)
    total = 0.0
    for channel in range(n_channels):
        if not tied and kept[channel] > before[channel]:
            gains[channel], kept[channel] = 0.0, before[channel]
        total += before[channel] - kept[channel]
    return total
