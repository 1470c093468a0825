from __future__ import annotations

import numpy as np
import pytest

from phenotune.measures.gains import best_gain, level_difference_db, search_gain_db


def test_best_gain_is_where_the_squares_are_least(rng):
    target, audio = rng.random(50), rng.random(50)
    gain = best_gain(target, audio)
    least = ((target - gain * audio) ** 2).sum()
    for other in (gain - 1e-3, gain + 1e-3):
        assert ((target - other * audio) ** 2).sum() > least


def test_best_gain_is_never_negative():
    assert best_gain(np.array([1.0, -1.0]), np.array([-1.0, 1.0])) == 0.0


def test_silence_gets_no_gain():
    assert best_gain(np.ones(3), np.zeros(3)) == 0.0


def test_level_difference():
    assert level_difference_db(1.0, 0.001) == pytest.approx(60.0)


@pytest.mark.parametrize("best_db", [-60.0, -59.9, -3.21, 0.0, 17.3, 60.0])
def test_search_finds_the_valley(best_db):
    gain_db, least = search_gain_db(lambda gain_db: (gain_db - best_db) ** 2 + 5.0, -60.0, 60.0)
    assert gain_db == pytest.approx(best_db, abs=0.03)
    assert least == pytest.approx(5.0, abs=1e-3)


def test_search_takes_the_deeper_of_two_valleys():
    def cost(gain_db):
        return min(abs(gain_db + 20.0) + 1.0, abs(gain_db - 20.0))

    assert search_gain_db(cost, -60.0, 60.0)[0] == pytest.approx(20.0, abs=0.03)


def test_a_point_of_the_grid_stands_when_nothing_near_it_is_better():
    assert search_gain_db(lambda gain_db: 0.0 if gain_db == 8.0 else 1.0, -60.0, 60.0) == (8.0, 0.0)
