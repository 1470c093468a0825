"""What the search carries over a change."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pytest

from phenotune.run.carrying import Numbering, carried
from phenotune.search.state import EngineState, Stock


def engine(n_founders: int, *, lives_on: bool = False, offset: int = 0) -> Any:
    return SimpleNamespace(n_founders=n_founders, lives_on=lives_on, lineage_offset=offset)


def test_founders_of_cycles_are_counted_on() -> None:
    last = Numbering.of(engine(10), 3, None)
    assert last == Numbering(10, False, 0, 30)
    # The first founder of cycle 4 gets number 3 * 4 + 18.
    assert last.offset_for(engine(4), 3) == 18
    assert last.offset_for(engine(4, lives_on=True), 3) == 30
    assert last.offset_for(engine(10), 3) == 0


def test_a_population_that_lives_on_keeps_its_numbers() -> None:
    last = Numbering.of(engine(10, lives_on=True, offset=7), 5, Numbering(2, False, 0, 7))
    assert last.n_given == 17
    assert last.offset_for(engine(10, lives_on=True), 5) == 7
    assert last.offset_for(engine(10), 5) == 17 - 50


@pytest.mark.parametrize(
    ("changed", "distance"),
    [(["search.top"], 0.25), (["fitness.terms"], math.inf), (["spectra.layers"], math.inf)],
)
def test_a_distance_of_another_scale_is_forgotten(changed: list[str], distance: float) -> None:
    state = EngineState(0.25, (Stock(3, (), ()),))
    now = carried(state, changed, is_new_target=False)
    assert (now.best_distance, now.stocks) == (distance, state.stocks)
    assert carried(state, changed, is_new_target=True) == EngineState()
