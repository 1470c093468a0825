"""Searching gains."""

from __future__ import annotations

import math

import pytest

from phenotune.fitness.settings import MixSettings
from phenotune.fitness.terms.gain_search import GainLimits, search_gain


def bump(best: float) -> tuple[list[float], object]:
    """A worth that is highest at a gain, and the list of what was tried."""
    tried: list[float] = []

    def worth(gain: float) -> float:
        tried.append(gain)
        return -(math.log(abs(gain) / abs(best)) ** 2) - (10.0 if gain * best < 0.0 else 0.0)

    return tried, worth


@pytest.mark.parametrize("best", [0.02, 0.3, 1.0, 3.9, -0.3])
def test_it_finds_the_top_of_a_parabola(best: float) -> None:
    _, worth = bump(best)
    assert search_gain(worth, GainLimits(0.004, 4.0, True)) == pytest.approx(best, rel=0.01)


def test_nothing_outside_the_limits_is_tried() -> None:
    tried, worth = bump(100.0)
    assert search_gain(worth, GainLimits(0.1, 2.0, False)) == pytest.approx(2.0)
    assert min(tried) >= 0.1 - 1e-12
    assert max(tried) <= 2.0 + 1e-12


def test_limits_come_from_the_mix() -> None:
    limits = GainLimits.of(MixSettings(min_gain_db=-20.0, max_gain_db=20.0, polarity=False))
    assert limits == GainLimits(pytest.approx(0.1), pytest.approx(10.0), False)
    assert limits.held(50.0) == pytest.approx(10.0)
    assert limits.held(0.0) == pytest.approx(0.1)
