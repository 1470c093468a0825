from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phenotune.errors import ParameterError
from phenotune.measures.clips import ClipRow, ClipStatistics, clip_statistics


def test_known_answer():
    rows = [
        ClipRow(0.0, 1.0, "s0"),
        ClipRow(0.5, 1.5, "s1"),
        ClipRow(5.0, 0.5, "s0"),
    ]
    assert clip_statistics(rows, 10.0) == ClipStatistics(
        n_placements=3,
        n_sources=2,
        median_clip_s=1.0,
        mean_clip_s=1.0,
        placements_per_s=0.3,
        mean_sounding=0.3,
        covered=0.25,
        min_clip_s=0.5,
        most_sounding=2,
        effective_sources=2.0,
    )


def test_plain_tuples_and_any_iterable_will_do():
    assert clip_statistics(iter([(0.0, 4.0, "s0")]), 4.0).covered == 1.0


def test_nothing_placed():
    assert clip_statistics([], 3.0) == ClipStatistics(0, 0, 0.0, 0.0, 0.0, 0.0, 0.0)


def test_what_lies_outside_the_target_neither_covers_nor_sounds():
    statistics = clip_statistics([(-1.0, 2.0, "a"), (3.0, 9.0, "b"), (7.0, 1.0, "c")], 4.0)
    assert statistics.mean_sounding == statistics.covered == 0.5
    assert statistics.n_sources == 3
    assert statistics.median_clip_s == 2.0


def test_a_clip_within_a_longer_one_covers_nothing_new():
    statistics = clip_statistics([(0.0, 8.0, "a"), (1.0, 1.0, "b"), (5.0, 1.0, "b")], 10.0)
    assert statistics.covered == 0.8
    assert statistics.mean_sounding == 1.0


def test_a_phenotype_of_no_length_is_counted():
    statistics = clip_statistics([(1.0, 0.0, "a")], 2.0)
    assert statistics.n_placements == 1
    assert statistics.covered == 0.0


@given(st.lists(st.tuples(st.integers(-20, 120), st.integers(0, 60)), min_size=1, max_size=12))
def test_statistics_equal_a_count_of_every_instant(spans):
    sounding = np.zeros(100, dtype=int)
    for onset, duration in spans:
        sounding[max(0, onset) : max(0, onset + duration)] += 1
    statistics = clip_statistics([(float(o), float(d), "s0") for o, d in spans], 100.0)
    assert statistics.mean_sounding == pytest.approx(sounding.mean())
    assert statistics.covered == pytest.approx((sounding > 0).mean())


@pytest.mark.parametrize("duration_s", [0.0, -1.0, float("nan"), float("inf")])
def test_a_target_without_duration_is_refused(duration_s):
    with pytest.raises(ParameterError, match="target_duration_s: expected a duration above 0 s"):
        clip_statistics([], duration_s)


@pytest.mark.parametrize(
    "row", [(float("nan"), 1.0, "a"), (0.0, -1.0, "a"), (0.0, float("inf"), "a")]
)
def test_an_impossible_row_is_named(row):
    with pytest.raises(ParameterError, match=r"rows\[1\]: expected a finite onset"):
        clip_statistics([(0.0, 1.0, "a"), row], 4.0)


def test_a_clip_that_starts_where_another_ends_does_not_sound_with_it():
    assert clip_statistics([(0.0, 1.0, "a"), (1.0, 1.0, "b")], 2.0).most_sounding == 1


def test_a_source_that_is_hardly_used_hardly_counts():
    rows = [(0.0, 9.9, "a"), (0.0, 0.1, "b"), (0.0, 0.0, "c")]
    assert 1.0 < clip_statistics(rows, 10.0).effective_sources < 1.1
    assert clip_statistics([(0.0, 0.0, "a")], 10.0).effective_sources == 0.0
