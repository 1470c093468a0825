"""Weighted sums of terms."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.fitness.heard import Heard
from phenotune.fitness.objective import Fitted, Objective
from phenotune.fitness.settings import MixSettings
from phenotune.spectra.layout import make_layout
from phenotune.spectra.settings import SpectraSettings

HEARD = Heard(np.ones((1, 10), np.float32), make_layout(SpectraSettings()))
SOLVING, PLAIN = MixSettings(), MixSettings(solve_gain=False)


class Likes:
    """A term that likes one gain best."""

    def __init__(self, best: float | None, distance: float = 1.0) -> None:
        self.best, self.level = best, distance

    def distance(self) -> float:
        return self.level

    def fitness(self, heard: Heard, onset: int, gain: float) -> float:
        return 0.0 if self.best is None else 1.0 - (gain - self.best) ** 2

    def best_gain(self, heard: Heard, onset: int) -> float | None:
        return self.best


def test_weights_are_shares() -> None:
    objective = Objective([(Likes(1.0, 0.5), 3.0), (Likes(2.0, 1.0), 1.0)], PLAIN)
    assert objective.distance() == pytest.approx(0.625)
    assert objective.fitness(HEARD, 0, 1.0) == pytest.approx(0.75 * 1.0 + 0.25 * 0.0)


def test_each_term_s_gain_is_tried_and_the_best_sum_taken() -> None:
    heavy = Objective([(Likes(1.0), 3.0), (Likes(2.0), 1.0)], SOLVING)
    assert heavy.fitted(HEARD, 0) == Fitted(pytest.approx(0.75), 1.0)
    light = Objective([(Likes(1.0), 1.0), (Likes(2.0), 3.0)], SOLVING)
    assert light.fitted(HEARD, 0) == Fitted(pytest.approx(0.75), 2.0)


def test_a_term_without_a_gain_has_no_say() -> None:
    assert Objective([(Likes(None), 1.0)], SOLVING).fitted(HEARD, 0) is None
    both = Objective([(Likes(None), 1.0), (Likes(2.0), 1.0)], SOLVING)
    assert both.fitted(HEARD, 0) == Fitted(0.5, 2.0)


def test_where_gains_are_not_solved_it_is_1_or_the_one_that_is_given() -> None:
    objective = Objective([(Likes(2.0), 1.0)], PLAIN)
    assert objective.fitted(HEARD, 0) == Fitted(0.0, 1.0)
    assert objective.fitted(HEARD, 0, (1.5,)) == Fitted(0.75, 1.5)


def test_a_gain_that_is_given_is_tried_beside_the_others() -> None:
    objective = Objective([(Likes(1.0), 3.0), (Likes(2.0), 1.0)], SOLVING)
    assert objective.fitted(HEARD, 0, (1.25,)) == Fitted(pytest.approx(0.8125), 1.25)
