from __future__ import annotations

import itertools

import numpy as np
import pytest

from phenotune.lanes import pack_lanes


@pytest.mark.parametrize(
    ("spans", "lanes"),
    [
        ([], []),
        ([(0.0, 1.0)], [0]),
        ([(0.0, 1.0), (1.0, 2.0)], [0, 0]),
        ([(1.0, 2.0), (0.0, 1.5)], [1, 0]),
        ([(0.0, 9.0), (1.0, 2.0), (1.0, 3.0), (2.0, 4.0)], [0, 1, 2, 1]),
        ([(0.0, 0.0), (0.0, 0.0)], [0, 0]),
    ],
)
def test_lanes_of_small_cases(spans: list[tuple[float, float]], lanes: list[int]) -> None:
    assert pack_lanes(spans) == lanes


def test_no_lane_holds_two_clips_at_once_and_there_are_as_few_as_possible(
    rng: np.random.Generator,
) -> None:
    starts = rng.uniform(0.0, 10.0, 200)
    spans = [
        (float(a), float(a + d)) for a, d in zip(starts, rng.uniform(0.1, 2, 200), strict=True)
    ]
    lanes = pack_lanes(spans)
    for lane in set(lanes):
        row = sorted(span for span, its in zip(spans, lanes, strict=True) if its == lane)
        assert all(first[1] <= second[0] for first, second in itertools.pairwise(row))
    most_at_once = max(sum(a <= start < b for a, b in spans) for start, _ in spans)
    assert max(lanes) + 1 == most_at_once
