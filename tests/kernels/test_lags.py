"""Products of spectra, hills of a curve, and sums at one lag."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.kernels.lags import (
    CELL,
    LANES,
    NOTHING,
    hill_around,
    multiply_parts,
    product_at,
    strike_out,
)


def spectra(rng: np.random.Generator, n: int, n_bins: int = 9) -> np.ndarray:
    both = rng.standard_normal((2, n, n_bins))
    return (both[0] + 1j * both[1]).astype(np.complex64)


def test_products_of_parts_are_added_up(rng: np.random.Generator) -> None:
    pages, parts = spectra(rng, 12), spectra(rng, 3)
    firsts, out = np.array([0, 1, 4]), spectra(rng, 4)
    untouched = out[3].copy()
    multiply_parts(pages, firsts, 3, parts, out)
    for k, first in enumerate(firsts):
        wanted = sum(pages[first + 3 * p] * np.conj(parts[p]) for p in range(3))
        np.testing.assert_allclose(out[k], wanted, rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(out[3], untouched)


def test_after_the_last_page_there_is_silence(rng: np.random.Generator) -> None:
    pages, parts, out = spectra(rng, 3), spectra(rng, 5), spectra(rng, 1)
    multiply_parts(pages, np.array([1]), 1, parts, out)
    wanted = pages[1] * np.conj(parts[0]) + pages[2] * np.conj(parts[1])
    np.testing.assert_allclose(out[0], wanted, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("n", [0, 1, 2, LANES - 1, LANES, LANES + 1, 5 * LANES + 7])
@pytest.mark.parametrize("onset", [-500, -3, 0, 11, 690, 700, 2000])
def test_the_product_at_a_lag_is_the_plain_sum(
    rng: np.random.Generator, n: int, onset: int
) -> None:
    sound, other = (rng.standard_normal(size).astype(np.float32) for size in (n, 700))
    wanted = sum(
        float(sound[k]) * float(other[onset + k]) for k in range(n) if 0 <= onset + k < other.size
    )
    assert product_at(sound, other, onset) == pytest.approx(wanted, rel=1e-12, abs=1e-12)


def test_sound_that_must_not_be_written_to_can_be_read(rng: np.random.Generator) -> None:
    sound = rng.standard_normal(300).astype(np.float32)
    sound.setflags(write=False)
    assert product_at(sound, sound, 0) == pytest.approx(float(np.square(sound, dtype=float).sum()))


@pytest.mark.parametrize(
    ("index", "reach", "hill"),
    [
        (2, 0, (0, 5)),  # down to both sides, as far as it falls
        (2, 1, (0, 5)),
        (2, 4, (0, 8)),  # the reach ends on a slope that rises, and on one that falls
        (5, 1, (4, 8)),
        (0, 0, (0, 1)),
        (9, 3, (6, 10)),  # outwards it rises at once
    ],
)
def test_a_hill_ends_where_it_rises_again(index: int, reach: int, hill: tuple[int, int]) -> None:
    curve = np.array([1, 2, 9, 5, 3, 6, 4, 4, 7, 8], np.float32)
    assert hill_around(curve, index, reach) == hill


@pytest.mark.parametrize(
    ("first", "last"), [(0, 0), (5, 5), (7, 3), (0, 1), (3, CELL), (CELL - 1, 2 * CELL + 1)]
)
def test_what_is_struck_out_is_no_top_any_more(
    rng: np.random.Generator, first: int, last: int
) -> None:
    curve = rng.standard_normal(4 * CELL).astype(np.float32)
    wanted = curve.copy()
    wanted[first : max(first, last)] = NOTHING
    tops = curve.reshape(-1, CELL).max(axis=1)
    strike_out(curve, tops, first, last)
    np.testing.assert_array_equal(curve, wanted)
    np.testing.assert_array_equal(tops, wanted.reshape(-1, CELL).max(axis=1))
