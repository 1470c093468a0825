from __future__ import annotations

import numpy as np

from phenotune.mosaic.sums import Sum

ONES = np.ones((1, 4), np.float32)


def test_what_is_added_is_taken_in_its_place() -> None:
    total = Sum(2)
    total.add(ONES, (0.5, -1.0), 1, 100)
    assert total.n_samples == 5
    assert total.take(3).tolist() == [[0, 0.5, 0.5], [0, -1, -1]]
    total.add(ONES, (1.0, 1.0), 0, 97)
    assert total.take(6).tolist() == [[1.5, 1.5, 1, 1, 0, 0], [0, 0, 1, 1, 0, 0]]
    assert total.n_samples == 0


def test_what_falls_outside_is_left_out_and_takes_no_room() -> None:
    total = Sum(1)
    total.add(ONES, (1.0,), -4, 10)
    total.add(np.ones((1, 0), np.float32), (1.0,), 3, 10)
    total.add(ONES, (1.0,), 10, 10)
    assert total.take(10).tolist() == [[0.0] * 10]
    total.add(ONES, (1.0,), -2, 3)
    total.add(ONES, (1.0,), 1, 3)
    assert total.n_samples == 3
    assert total.take(3).tolist() == [[1.0, 2.0, 1.0]]


def test_it_grows_by_no_more_than_is_left() -> None:
    total = Sum(1)
    for onset in range(0, 40, 4):
        total.add(ONES, (1.0,), onset, 41)
        assert total.n_samples <= 41
    assert total.take(41).tolist() == [[1.0] * 40 + [0.0]]
