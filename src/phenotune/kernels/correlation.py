"""Correlating features of a phenotype with what a stretch of the canvas lacks, over all lags at once.

    curve[d] = sum over features f and frames p of missing[f, d + p] * wanted[f, p]

A phenotype has some forty pooled frames, so the sum itself is four times quicker than transforms of a thousand points
are for every feature, and its cost goes with the length of the phenotype as all other costs do. It is a product of
matrices whose diagonals are added up. Both are laid out in the order in which they are read: what is missing in panels
of 48 frames, ``[panel, feature, frame]``, and what is wanted in tiles of 8, ``[tile, feature, frame]``; the products of
a panel and a tile stay in registers until every feature has been added.
"""

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from phenotune.kernels import wide
from phenotune.kernels.caching import CACHE

N_VECTORS = 3
PANEL = N_VECTORS * wide.WIDTH
"""Frames of what is missing that are looked at together."""
TILE = 8
"""Frames of what is wanted that are looked at together."""


@intrinsic
def _add_products(typing, panels, panel, tiles, tile, n_features, curve, lag):
    """Add the products of a panel and a tile to the curve, each at its own lag.

    ``curve[lag + t - p] += sum over f of panels[panel + PANEL f + t] * tiles[tile + TILE f + p]``, t < PANEL, p < TILE
    """
    n = types.intp
    signature = types.void(panels, n, tiles, n, n, curve, n)

    def generate(context, builder, signature, args):
        panels, tiles, curve = (
            wide.data_of(context, builder, signature.args[k], args[k]) for k in (0, 2, 5)
        )
        panel, tile, n_features, lag = (args[k] for k in (1, 3, 4, 6))

        def offset(start, by):
            return builder.add(start, ir.Constant(lag.type, by))

        def row(start, number, width):
            return builder.add(start, builder.mul(number, ir.Constant(lag.type, width)))

        sums = [
            [cgutils.alloca_once_value(builder, wide.ZERO) for _ in range(N_VECTORS)]
            for _ in range(TILE)
        ]
        with cgutils.for_range(builder, n_features) as features:
            start = row(panel, features.index, PANEL)
            missing = [
                wide.load(builder, panels, offset(start, wide.WIDTH * v)) for v in range(N_VECTORS)
            ]
            start = row(tile, features.index, TILE)
            for p in range(TILE):
                wanted = wide.spread(
                    builder, builder.load(builder.gep(tiles, [offset(start, p)]), align=4)
                )
                for v in range(N_VECTORS):
                    product = builder.fmul(missing[v], wanted)
                    builder.store(builder.fadd(builder.load(sums[p][v]), product), sums[p][v])
        for p in range(TILE):
            for v in range(N_VECTORS):
                at = offset(lag, wide.WIDTH * v - p)
                total = builder.fadd(wide.load(builder, curve, at), builder.load(sums[p][v]))
                wide.store(builder, total, curve, at)
        return context.get_dummy_value()

    return signature, generate


@njit(
    "void(float32[:, ::1], float32[::1], float32[::1], float32[:, :, ::1])", nogil=True, cache=CACHE
)
def pool_features(powers, scale, root_scale, tiles):
    """Compress band powers, pool frames by two, and lay them out in tiles.

    Parameters
    ----------
    powers
        float32 (n_frames, n_bands).
    scale, root_scale
        Factors for the amplitudes and for their square roots, float32 (n_bands,).
    tiles
        float32 (n_tiles, 2 * n_bands, TILE): the amplitudes come first, then their roots. Frames after the last pair
        are zero.
    """
    n_bands = powers.shape[1]
    row = np.empty(2 * n_bands, np.float32)
    for tile in range(tiles.shape[0]):
        for p in range(TILE):
            frame = 2 * (TILE * tile + p)
            row[:] = np.float32(0.0)
            if frame + 1 < powers.shape[0]:
                for k in range(2):
                    power, plain, rooted = powers[frame + k], row[:n_bands], row[n_bands:]
                    for b in range(n_bands):
                        amplitude = np.sqrt(power[b])
                        plain[b] += amplitude * scale[b]
                        rooted[b] += np.sqrt(amplitude) * root_scale[b]
            # Apart from the sums, since what is written eight numbers apart keeps a loop out of wide registers.
            for f in range(2 * n_bands):
                tiles[tile, f, p] = row[f]


@njit("void(float32[:, :, ::1], float32[:, :, ::1], float32[::1])", nogil=True, cache=CACHE)
def correlate(panels, tiles, curve):
    """Write the correlation into ``curve``; lag 0 stands at index ``TILE * n_tiles``.

    Parameters
    ----------
    panels
        What is missing, float32 (n_panels, n_features, PANEL).
    tiles
        What is wanted, float32 (n_tiles, n_features, TILE).
    curve
        float32 (at least ``TILE * n_tiles + PANEL * n_panels``,).
    """
    n_features = panels.shape[1]
    curve[:] = np.float32(0.0)
    for k in range(panels.shape[0]):
        for q in range(tiles.shape[0]):
            lag = TILE * tiles.shape[0] + PANEL * k - TILE * q
            panel, tile = k * n_features * PANEL, q * n_features * TILE
            _add_products(panels, panel, tiles, tile, n_features, curve, lag)


@njit("int64(float32[::1], int64[::1])", nogil=True, cache=CACHE)
def highest_peaks(curve, out):
    """Write the indices of the highest local maxima above zero into ``out``, highest first; ties go to the earlier.

    Returns
    -------
    int
        How many there are, at most ``out`` has room for.
    """
    n_found = 0
    last = curve.shape[0] - 1
    for i in range(curve.shape[0]):
        value = curve[i]
        is_peak = (
            value > 0 and (i == 0 or value >= curve[i - 1]) and (i == last or value > curve[i + 1])
        )
        if not is_peak:
            continue
        place = n_found
        while place > 0 and curve[out[place - 1]] < value:
            place -= 1
        if place == out.shape[0]:
            continue
        n_found = min(n_found + 1, out.shape[0])
        for k in range(n_found - 1, place, -1):
            out[k] = out[k - 1]
        out[place] = i
    return n_found
