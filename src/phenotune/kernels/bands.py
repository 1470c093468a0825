"""Sums of bins into bands: powers, and products of two frames.

Bands are disjoint runs of bins. They are stored eight at a time, an octet: first the first bin of each, then the second
of each, and so on; ``octets[k]`` tells how many bins the bands of octet k have room for, and places without a bin hold
zero. So eight bands are added at once, each in the order of its bins.

After an edit here, delete the compiled ``scoring`` kernels: numba's cache does not notice that they have changed.
"""

from __future__ import annotations

from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from phenotune.kernels import wide
from phenotune.kernels.caching import CACHE

OCTET = 8
"""Bands that are added at once: their real and imaginary parts fill a wide register."""


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
def band_products(c, x, octets, bins, out):
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
            band_products(frame, frame, octets, bins, out[channel, i])
