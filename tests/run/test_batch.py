"""Landing together, and being taken back together."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from phenotune.canvas.placement import Placement
from phenotune.run.batch import land_batch
from phenotune.run.revision import Reviser
from phenotune.search.population import Individual

from .test_revision import Case

LOUD = (30.0,)


def session(case: Case, *, regression: bool = False, max_placements: int = 0) -> Any:
    pool = case.reviser._pool
    return SimpleNamespace(
        canvas=case.canvas,
        evaluator=case.evaluator,
        reviser=Reviser(case.canvas, case.evaluator, pool, max_placements),
        pool=pool,
        settings=SimpleNamespace(search=SimpleNamespace(regression=regression)),
        next_id=100,
        cycle=5,
    )


def louder(population: list[Individual]) -> list[Individual]:
    """The same at a gain that no mosaic can bear."""
    return [replace(i, trial=replace(i.trial, gains=LOUD)) for i in population]


def test_all_land_as_they_were_bred() -> None:
    case = Case(2, n_placed=10)
    sitting, chosen = session(case), case.population(12)[:3]
    batch = land_batch(sitting, chosen)
    assert not batch.is_refused
    assert batch.distance_with == case.canvas.distance < batch.distance
    assert [placement.id for placement, _ in batch.placed] == [100, 101, 102]
    for (placement, landing), individual in zip(batch.placed, chosen, strict=True):
        assert case.canvas.placements[placement.id] is placement
        assert placement.chromosome == individual.candidate.chromosome
        assert placement.onset_samples == individual.trial.onset_samples
        # What was scored in the middle sounds alike from both speakers.
        assert placement.gains == individual.trial.gains * 2
        assert (placement.cycle, placement.lineage) == (5, individual.candidate.lineage)
        assert sitting.reviser.roster.worths[placement.id] == individual.trial.fitness
        assert landing.replaces is None
    np.testing.assert_array_equal(case.canvas.errors, case.canvas.recomputed()[0])


def test_what_makes_the_mosaic_worse_is_taken_back_without_a_trace() -> None:
    case = Case(2, n_placed=10)
    sitting, chosen = session(case), louder(case.population(12)[:4])
    sitting.reviser.roster.worths = {3: 0.5}
    before = (case.canvas.samples(), case.canvas.errors.copy(), dict(case.canvas.placements))
    n_bytes = case.evaluator.phenotypes.n_bytes
    batch = land_batch(sitting, chosen)
    assert batch.is_refused
    assert len(batch.placed) == 4
    assert batch.distance_with > batch.distance == case.canvas.distance
    np.testing.assert_array_equal(case.canvas.samples(), before[0])
    np.testing.assert_array_equal(case.canvas.errors, before[1])
    assert case.canvas.placements == before[2]
    assert sitting.reviser.roster.worths == {3: 0.5}
    assert case.evaluator.phenotypes.n_bytes == n_bytes


def test_with_regression_it_stays_all_the_same() -> None:
    case = Case(2, n_placed=10)
    batch = land_batch(session(case, regression=True), louder(case.population(12)[:4]))
    assert not batch.is_refused
    assert case.canvas.distance == batch.distance_with > batch.distance


def test_nobody_lands_and_nothing_is_refused_where_nobody_is_chosen() -> None:
    case = Case(1, n_placed=2)
    batch = land_batch(session(case), [])
    assert (batch.placed, batch.is_refused) == ((), False)
    assert batch.distance == batch.distance_with


@pytest.mark.parametrize("is_refused", [False, True])
def test_in_a_full_list_the_weaker_makes_room(is_refused: bool) -> None:
    case = Case(2, n_placed=0)
    sitting = session(case, max_placements=2)
    weak = case.chromosome(case.rng)
    for number in (1, 2):
        case.canvas.place(
            Placement(number, weak, 7000 * number, (0.001, 0.001), 1, 0),
            case.evaluator.phenotypes.recall(weak),
        )
    sitting.reviser.roster.worths = {1: -1.0, 2: 1.0}
    placements, errors = dict(case.canvas.placements), case.canvas.errors.copy()
    (best,) = case.population(12)[:1]
    batch = land_batch(sitting, louder([best]) if is_refused else [best])
    assert batch.is_refused == is_refused
    assert batch.placed[0][1].replaces == 1
    if is_refused:
        assert case.canvas.placements == placements
        np.testing.assert_array_equal(case.canvas.errors, errors)
    else:
        assert set(case.canvas.placements) == {2, 100}
        assert set(sitting.reviser.roster.worths) == {2, 100}


def test_where_as_many_sound_as_may_sound_at_once_nobody_lands() -> None:
    case = Case(1, n_placed=2)
    chosen = case.population(6)[:2]
    case.evaluator.direction = SimpleNamespace(  # type: ignore[assignment]
        look=lambda n_samples: None, is_full=lambda onset, n_samples: True
    )
    assert land_batch(session(case), chosen).placed == ()
