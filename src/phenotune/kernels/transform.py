"""The transform of 1024 real samples, in wide registers within a frame.

The samples are taken as 512 complex ones, even and odd, and those as 32 rows of 16. Transforming the columns needs no
shuffling: all sixteen are done at once, in passes of radix 8 and 4. The rows are then turned into columns, and
transformed by two passes of radix 4, whose results lie in the order of their frequencies. In the end even and odd
samples are told apart (Cooley and Tukey 1965 for the passes; Brigham, "The Fast Fourier Transform", 1974, section
10-10, for real samples).

Real and imaginary parts lie apart, in two planes of each of two halves of the scratch memory. A frame never sees
another frame's numbers, so its transform does not depend on what stands beside it.
"""

from __future__ import annotations

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

from phenotune.kernels import wide
from phenotune.kernels.caching import CACHE

_SOUND = types.Array(types.float32, 1, "C", readonly=True)
N_WINDOW = 1024
N_SCRATCH = 4 * 528
N = 512
RE, IM, RE2, IM2 = 0, 528, 1056, 1584
"""Where the planes begin; a plane has room for one complex number more than there are."""


def _turns(numerators, denominator):
    """``exp(-2 pi i n / d)`` as two float32 arrays."""
    angles = -2.0 * np.pi * np.asarray(numerators) / denominator
    return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)


_J = np.arange(64)
_ROW8 = np.arange(8)[:, None]
COLUMN_RE, COLUMN_IM = (t.reshape(-1) for t in _turns(_ROW8 * (_J // 16), 32))
_Q = _ROW8 + 8 * (_J // 16)
CELL_RE, CELL_IM = (t.reshape(-1) for t in _turns(_Q * (_J % 16), 512))
ROW_RE, ROW_IM = (t.reshape(-1) for t in _turns(np.arange(4)[:, None] * (np.arange(128) // 32), 16))
REAL_RE, REAL_IM = (np.float32(0.5) * t for t in _turns(np.arange(N + 1), N_WINDOW))
HALF = np.float32(0.5)
DIAGONAL = np.float32(np.sqrt(0.5))


@njit(inline="always")
def _turned(a, b, cosine, sine):
    """A complex number, by its parts, times one of modulus 1."""
    return a * cosine - b * sine, a * sine + b * cosine


@njit(inline="always")
def _four(a0, b0, a1, b1, a2, b2, a3, b3):
    """The transform of four complex numbers, by their parts."""
    a0, b0, a2, b2 = a0 + a2, b0 + b2, a0 - a2, b0 - b2
    a1, b1, a3, b3 = a1 + a3, b1 + b3, b1 - b3, a3 - a1
    return a0 + a1, b0 + b1, a2 + a3, b2 + b3, a0 - a1, b0 - b1, a2 - a3, b2 - b3


@njit("void(float32[::1])", nogil=True, cache=CACHE)
def _eights(z):
    """Radix 8 over the columns: from the first half of the scratch into the second."""
    re, im, to_re, to_im = RE, IM, RE2, IM2
    for j in range(64):
        a0, b0 = z[re + j], z[im + j]
        a1, b1 = z[re + j + 64], z[im + j + 64]
        a2, b2 = z[re + j + 128], z[im + j + 128]
        a3, b3 = z[re + j + 192], z[im + j + 192]
        a4, b4 = z[re + j + 256], z[im + j + 256]
        a5, b5 = z[re + j + 320], z[im + j + 320]
        a6, b6 = z[re + j + 384], z[im + j + 384]
        a7, b7 = z[re + j + 448], z[im + j + 448]
        a0, b0, a4, b4 = a0 + a4, b0 + b4, a0 - a4, b0 - b4
        a1, b1, a5, b5 = a1 + a5, b1 + b5, a1 - a5, b1 - b5
        a2, b2, a6, b6 = a2 + a6, b2 + b6, a2 - a6, b2 - b6
        a3, b3, a7, b7 = a3 + a7, b3 + b7, a3 - a7, b3 - b7
        a0, b0, a1, b1, a2, b2, a3, b3 = _four(a0, b0, a1, b1, a2, b2, a3, b3)
        # The odd four are turned by eighths of a circle before they are transformed.
        a5, b5 = DIAGONAL * (a5 + b5), DIAGONAL * (b5 - a5)
        a6, b6 = b6, -a6
        a7, b7 = DIAGONAL * (b7 - a7), -DIAGONAL * (a7 + b7)
        a4, b4, a5, b5, a6, b6, a7, b7 = _four(a4, b4, a5, b5, a6, b6, a7, b7)
        k = j
        z[to_re + k], z[to_im + k] = a0, b0
        k = j + 64
        z[to_re + k], z[to_im + k] = _turned(a4, b4, COLUMN_RE[k], COLUMN_IM[k])
        k = j + 128
        z[to_re + k], z[to_im + k] = _turned(a1, b1, COLUMN_RE[k], COLUMN_IM[k])
        k = j + 192
        z[to_re + k], z[to_im + k] = _turned(a5, b5, COLUMN_RE[k], COLUMN_IM[k])
        k = j + 256
        z[to_re + k], z[to_im + k] = _turned(a2, b2, COLUMN_RE[k], COLUMN_IM[k])
        k = j + 320
        z[to_re + k], z[to_im + k] = _turned(a6, b6, COLUMN_RE[k], COLUMN_IM[k])
        k = j + 384
        z[to_re + k], z[to_im + k] = _turned(a3, b3, COLUMN_RE[k], COLUMN_IM[k])
        k = j + 448
        z[to_re + k], z[to_im + k] = _turned(a7, b7, COLUMN_RE[k], COLUMN_IM[k])


@njit("void(float32[::1])", nogil=True, cache=CACHE)
def _fours(z):
    """Radix 4 over the columns, in place in the second half of the scratch."""
    re, im = RE2, IM2
    for row in range(8):
        for column in range(16):
            j = 64 * row + column
            a0, b0, a1, b1, a2, b2, a3, b3 = _four(
                z[re + j], z[im + j], z[re + j + 16], z[im + j + 16],
                z[re + j + 32], z[im + j + 32], z[re + j + 48], z[im + j + 48],
            )  # fmt: skip
            z[re + j], z[im + j] = _turned(a0, b0, CELL_RE[j], CELL_IM[j])
            k = j + 16
            z[re + k], z[im + k] = _turned(a1, b1, CELL_RE[k], CELL_IM[k])
            k = j + 32
            z[re + k], z[im + k] = _turned(a2, b2, CELL_RE[k], CELL_IM[k])
            k = j + 48
            z[re + k], z[im + k] = _turned(a3, b3, CELL_RE[k], CELL_IM[k])


@intrinsic
def _turn_rows(typing, z, rows, row, columns):
    """Turn sixteen rows of sixteen numbers into columns that are 32 numbers apart.

    ``z[columns + 32 l + r] = z[rows + offset(row + r) + l]``: row q stands at ``64 (q % 8) + 16 (q // 8)``.
    """
    n = types.intp
    signature = types.void(z, n, n, n)

    def generate(context, builder, signature, args):
        data = wide.data_of(context, builder, signature.args[0], args[0])
        _, rows, row, columns = args
        vectors = []
        for r in range(16):
            q = builder.add(row, row.type(r))
            low = builder.mul(builder.and_(q, row.type(7)), row.type(64))
            high = builder.mul(builder.lshr(q, row.type(3)), row.type(16))
            vectors.append(wide.load(builder, data, builder.add(rows, builder.add(low, high))))
        for _ in range(4):
            pairs = zip(vectors[:8], vectors[8:], strict=True)
            vectors = [half for pair in pairs for half in wide.interleave(builder, *pair)]
        for column, vector in enumerate(vectors):
            wide.store(builder, vector, data, builder.add(columns, columns.type(32 * column)))
        return context.get_dummy_value()

    return signature, generate


@njit("void(float32[::1])", nogil=True, cache=CACHE)
def _rows(z):
    """Two passes over what were the rows: from the first half of the scratch, by way of the second, into the first."""
    re, im, to_re, to_im = RE, IM, RE2, IM2
    for j in range(128):
        a0, b0, a1, b1, a2, b2, a3, b3 = _four(
            z[re + j], z[im + j], z[re + j + 128], z[im + j + 128],
            z[re + j + 256], z[im + j + 256], z[re + j + 384], z[im + j + 384],
        )  # fmt: skip
        z[to_re + j], z[to_im + j] = a0, b0
        k = j + 128
        z[to_re + k], z[to_im + k] = _turned(a1, b1, ROW_RE[k], ROW_IM[k])
        k = j + 256
        z[to_re + k], z[to_im + k] = _turned(a2, b2, ROW_RE[k], ROW_IM[k])
        k = j + 384
        z[to_re + k], z[to_im + k] = _turned(a3, b3, ROW_RE[k], ROW_IM[k])
    re, im, to_re, to_im = RE2, IM2, RE, IM
    for row in range(4):
        for q in range(32):
            j, k = 128 * row + q, 32 * row + q
            a0, b0, a1, b1, a2, b2, a3, b3 = _four(
                z[re + j], z[im + j], z[re + j + 32], z[im + j + 32],
                z[re + j + 64], z[im + j + 64], z[re + j + 96], z[im + j + 96],
            )  # fmt: skip
            z[to_re + k], z[to_im + k] = a0, b0
            z[to_re + k + 128], z[to_im + k + 128] = a1, b1
            z[to_re + k + 256], z[to_im + k + 256] = a2, b2
            z[to_re + k + 384], z[to_im + k + 384] = a3, b3
    z[RE + N], z[IM + N] = z[RE], z[IM]


@njit("void(float32[::1], float32[::1], float32[::1])", nogil=True, cache=CACHE)
def _real(re, im, out):
    """Tell even and odd samples apart: bins 0 to 512 out of complex ones, of which number 512 is number 0 again."""
    # Unsigned, since an index that might be negative keeps the loop out of wide registers.
    for k in range(np.uint64(N + 1)):
        back, two = np.uint64(N) - k, np.uint64(2) * k
        a, b, c, d = re[k], im[k], re[back], im[back]
        odd_re, odd_im = b + d, c - a
        out[two] = HALF * (a + c) + (odd_re * REAL_RE[k] - odd_im * REAL_IM[k])
        out[two + np.uint64(1)] = HALF * (b - d) + (odd_im * REAL_RE[k] + odd_re * REAL_IM[k])


@njit(
    types.void(_SOUND, types.float32[::1], types.float32[::1], types.float32[::1]),
    nogil=True,
    cache=CACHE,
)
def _even_and_odd(sound, window, even, odd):
    """Weight samples, and part the even from the odd."""
    for k in range(N):
        even[k] = sound[2 * k] * window[2 * k]
        odd[k] = sound[2 * k + 1] * window[2 * k + 1]


@njit("void(int64[::1], int64[::1], int64[::1])", nogil=True, cache=CACHE)
def _deal(bins, places, out):
    """Put complex numbers, taken for integers since those are moved whole, where they belong."""
    for k in range(places.shape[0]):
        out[np.uint64(places[k])] = bins[k]


@njit(
    types.void(
        _SOUND, types.int64, types.float32[::1], types.int64,
        types.int64[::1], types.float32[::1], types.complex64[:, ::1],
    ),
    nogil=True,
    cache=CACHE,
)  # fmt: skip
def transform_frames(samples, hop, window, first_bin, places, z, out):
    """Write bins of the transforms of windowed frames into ``out`` (n_frames, n_places).

    ``out[i, places[k]]`` is bin ``first_bin + k`` of frame ``i``, which begins at sample ``i * hop``.

    Parameters
    ----------
    samples
        float32, at least ``(n_frames - 1) * hop + 1024``.
    window
        float32 (1024,).
    z
        Scratch, float32 (N_SCRATCH,).
    """
    for i in range(out.shape[0]):
        sound = samples[i * hop : i * hop + 2 * N]
        _even_and_odd(sound, window, z[RE:IM], z[IM:RE2])
        _eights(z)
        _fours(z)
        for row in range(0, 32, 16):
            _turn_rows(z, RE2, row, RE + row)
            _turn_rows(z, IM2, row, IM + row)
        _rows(z)
        _real(z[RE:IM], z[IM:RE2], z[RE2:])
        _deal(z[RE2:].view(np.int64)[first_bin:], places, out[i].view(np.int64))
