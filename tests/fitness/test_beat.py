"""The lines of a grid, and what starts off them."""

from __future__ import annotations

import numpy as np

from phenotune.fitness.beat import Beat

RATE_HZ, HOP = 44_100, 512


def to_line(onset: int) -> int:
    return round(onset / 20_000) * 20_000


def test_within_20_ms_of_a_line_a_clip_is_on_the_beat() -> None:
    beat = Beat(0.0, to_line, 0.25)
    weights = [beat.weight(20_000 + away, RATE_HZ, HOP) for away in (-883, -882, 0, 882, 883)]
    assert weights == [0.25, 1.0, 1.0, 1.0, 0.25]
    assert beat.weight(20_000 + 4096, RATE_HZ, 4096) == 1.0  # a frame tells no better


def test_the_curve_has_both_the_pull_and_the_weight() -> None:
    curve = Beat(0.5, to_line, 0.25).curve(400, RATE_HZ, HOP)
    away = np.array([abs(to_line(frame * HOP) - frame * HOP) for frame in range(400)])
    np.testing.assert_array_equal(curve[away <= HOP], 1.0)
    np.testing.assert_array_equal(curve[(away > HOP) & (away <= 882)], 0.5)
    np.testing.assert_array_equal(curve[away > 882], 0.125)


def test_without_a_pull_the_curve_is_the_weight() -> None:
    beat = Beat(0.0, to_line, 0.25)
    curve = beat.curve(400, RATE_HZ, HOP)
    assert curve.tolist() == [beat.weight(frame * HOP, RATE_HZ, HOP) for frame in range(400)]
