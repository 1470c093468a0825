"""Who lives on where only children go on."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.search.elite import draw_elite, n_elite
from phenotune.search.settings import SearchSettings

N_RANKED = 10


def settings(**values: object) -> SearchSettings:
    return SearchSettings.model_validate({"survivors": "children", "max_generations": 500} | values)


def counts(n_wanted: int, n_draws: int) -> np.ndarray:
    """How often each rank is drawn."""
    rng = np.random.default_rng(440)
    drawn = [draw_elite(rng, N_RANKED, n_wanted) for _ in range(n_draws)]
    assert all(len(set(ranks)) == n_wanted for ranks in drawn)
    return np.bincount(np.concatenate(drawn), minlength=N_RANKED)


def chi_square(found: np.ndarray, expected: np.ndarray) -> float:
    return float((np.square(found - expected) / expected).sum())


CHI_SQUARE_999 = 27.88
"""Nine degrees of freedom; a law that holds goes beyond once in a thousand."""


def test_one_is_drawn_by_the_triangular_law() -> None:
    tickets = np.arange(N_RANKED, 0, -1)
    expected = 5500 * tickets / tickets.sum()
    assert expected[0] == pytest.approx(10 * expected[-1])
    assert chi_square(counts(1, 5500), expected) < CHI_SQUARE_999
    assert chi_square(counts(1, 5500), np.full(N_RANKED, 550.0)) > 10 * CHI_SQUARE_999


def test_the_second_is_drawn_from_those_that_are_left() -> None:
    tickets = np.arange(N_RANKED, 0, -1) / np.arange(1, N_RANKED + 1).sum()
    as_second = [
        sum(tickets[j] * tickets[i] / (1.0 - tickets[j]) for j in range(N_RANKED) if j != i)
        for i in range(N_RANKED)
    ]
    expected = 4000 * (tickets + np.array(as_second))
    assert expected.sum() == pytest.approx(8000)
    assert chi_square(counts(2, 4000), expected) < CHI_SQUARE_999


def test_all_are_drawn_where_there_are_no_more() -> None:
    rng = np.random.default_rng(0)
    assert draw_elite(rng, 4, 4) == draw_elite(rng, 4, 9) == [0, 1, 2, 3]
    assert draw_elite(rng, 0, 2) == []


@pytest.mark.parametrize(
    ("values", "sizes"),
    [
        ({}, [0, 0, 0, 0, 0]),
        ({"elite_schedule": "constant", "elite": 3}, [3, 3, 3, 3, 3]),
        (
            {
                "elite_schedule": "late",
                "elite": 3,
                "elite_ramp_from": 20,
                "elite_ramp_generations": 30,
            },
            [0, 0, 1, 3, 3],
        ),
    ],
    ids=["none", "constant", "late"],
)
def test_an_elite_has_a_schedule(values: dict[str, object], sizes: list[int]) -> None:
    assert [n_elite(settings(**values), age) for age in (2, 29, 30, 50, 400)] == sizes
