"""A long sound in pages, against direct sums."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from phenotune.fitness import pages
from phenotune.fitness.correlator import ROUNDING
from phenotune.fitness.pages import MOST_NARROW, NARROW, WIDE, Curve, PagedSound
from phenotune.kernels.lags import CELL, product_at

N_LONG = 200_000
Sound = NDArray[np.float32]


def noise(rng: np.random.Generator, n: int) -> Sound:
    return rng.standard_normal(n).astype(np.float32)


def heights(curve: Curve) -> dict[int, float]:
    """What is left of a curve, by lag."""
    return dict(curve.at_least(-1e30))


@pytest.mark.parametrize("plan", [NARROW, WIDE])
def test_a_page_serves_whole_cells_and_steps_meet_parts_and_rows(plan: pages.Plan) -> None:
    assert plan.n_lags % CELL == 0
    assert plan.n_lags % plan.step == plan.n_part % plan.step == 0
    assert plan.n_part + plan.n_lags - 1 < plan.n_fft


@pytest.mark.parametrize("n_short", [1, 2, 999, NARROW.n_part, NARROW.n_part + 1, 70_001, 300_000])
@pytest.mark.parametrize(
    "lags",
    [
        range(1),
        range(NARROW.n_lags - 1, NARROW.n_lags + 1),
        range(37_000, 37_000 + 3 * NARROW.n_lags),
        range(N_LONG - 5000, N_LONG),
        range(100, 101 + MOST_NARROW),
        range(N_LONG),
    ],
)
def test_heights_are_the_direct_sums(rng: np.random.Generator, n_short: int, lags: range) -> None:
    long, short = noise(rng, N_LONG), noise(rng, n_short)
    paged = PagedSound(long)
    curve = heights(paged.correlate(short, lags))
    assert list(curve) == list(lags)
    energy = product_at(short, short, 0) * paged.greatest_energy(lags, n_short)
    for lag in {lags[0], lags[-1], *map(int, rng.choice(lags, 30))}:
        assert abs(curve[lag] - product_at(short, long, lag)) < ROUNDING * energy**0.5 / 16


@pytest.mark.parametrize("hz", [30.0, 441.0, 5000.0])
def test_tones_are_rounded_no_worse(rng: np.random.Generator, hz: float) -> None:
    tone = np.sin(2 * np.pi * hz / 44_100 * np.arange(N_LONG), dtype=np.float32)
    lags, short = range(N_LONG), tone[:60_000] + 1e-3 * noise(rng, 60_000)
    paged = PagedSound(tone)
    curve = heights(paged.correlate(short, lags))
    energy = product_at(short, short, 0) * paged.greatest_energy(lags, short.size)
    for lag in map(int, rng.choice(lags, 100)):
        assert abs(curve[lag] - product_at(short, tone, lag)) < ROUNDING * energy**0.5 / 2


@pytest.mark.parametrize("n_short", [1, 4095, 4096, 10_000, 300_000])
@pytest.mark.parametrize("lags", [range(1), range(4000, 9000), range(N_LONG)])
def test_no_stretch_has_more_energy_than_the_greatest(
    rng: np.random.Generator, n_short: int, lags: range
) -> None:
    long = noise(rng, N_LONG) * np.linspace(0, 1, N_LONG, dtype=np.float32)
    sums = np.concatenate([[0.0], np.cumsum(np.square(long, dtype=np.float64))])
    starts = np.arange(lags.start, lags.stop)
    wanted = float((sums[np.minimum(starts + n_short, N_LONG)] - sums[starts]).max())
    assert PagedSound(long).greatest_energy(lags, n_short) >= wanted * (1.0 - 1e-12)


@pytest.mark.parametrize(
    ("first", "n"), [(0, 1), (N_LONG - 1, 1), (70_000, 30_000), (50, N_LONG - 60)]
)
def test_what_was_changed_is_as_if_it_had_always_been_so(
    rng: np.random.Generator, first: int, n: int
) -> None:
    long, short, other = noise(rng, N_LONG), noise(rng, 20_000), noise(rng, n)
    paged = PagedSound(long)
    for lags in (range(N_LONG), range(60_000, 62_000)):
        paged.correlate(short, lags)
    paged.change(first, other)
    long[first : first + n] = other
    anew = PagedSound(long)
    np.testing.assert_array_equal(paged.samples, long)
    for lags in (range(N_LONG), range(60_000, 62_000), range(5)):
        assert heights(paged.correlate(short, lags)) == heights(anew.correlate(short, lags))
        assert paged.greatest_energy(lags, 5) == anew.greatest_energy(lags, 5)


def test_the_order_in_which_lags_are_asked_for_changes_nothing(rng: np.random.Generator) -> None:
    long, short = noise(rng, N_LONG), noise(rng, 20_000)
    asked = [range(500), range(150_000, 151_000), range(60_000, 90_000), range(N_LONG)]
    one, other = PagedSound(long), PagedSound(long)
    found = [heights(one.correlate(short, lags)) for lags in asked]
    assert [heights(other.correlate(short, lags)) for lags in asked[::-1]][::-1] == found


def test_sound_too_long_to_be_kept_is_transformed_when_it_is_needed(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    long, short = noise(rng, N_LONG), noise(rng, 50_000)
    kept = PagedSound(long)
    monkeypatch.setattr(pages, "MAX_KEPT_BYTES", 2**20)
    fleeting = PagedSound(long)
    for lags in (range(60_000, 62_000), range(N_LONG)):
        found, wanted = (heights(each.correlate(short, lags)) for each in (fleeting, kept))
        np.testing.assert_allclose(list(found.values()), list(wanted.values()), atol=0.01)


def test_a_curve_gives_what_is_left() -> None:
    values = np.zeros(2 * CELL, np.float32)
    values[[3, 4, CELL + 7]] = 5.0, 2.0, 5.0
    curve = Curve(values, values.reshape(2, -1).max(axis=1), 1000)
    assert curve.highest() == 5.0
    assert curve.at_least(2.0) == [(1003, 5.0), (1004, 2.0), (1007 + CELL, 5.0)]
    curve.strike_hill(1003, 0)
    assert curve.at_least(0.5) == [(1007 + CELL, 5.0)]
    curve.keep(range(1000, 1001))
    assert curve.highest() == -np.inf
    assert curve.at_least(-1.0) == []
