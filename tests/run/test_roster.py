"""Making room when the list is full."""

from __future__ import annotations

import pytest

from phenotune.canvas.placement import Placement
from phenotune.run.roster import Roster

from .test_revision import Case, land


def roster_of(case: Case, max_placements: int) -> Roster:
    roster = Roster(case.canvas, case.evaluator.phenotypes, max_placements)
    case.reviser.refit_all()
    roster.worths = dict(case.reviser.roster.worths)
    return roster


def test_a_list_without_a_limit_is_never_full() -> None:
    case = Case(1, n_placed=5)
    assert not Roster(case.canvas, case.evaluator.phenotypes, 0).is_full
    assert not Roster(case.canvas, case.evaluator.phenotypes, 6).is_full
    assert Roster(case.canvas, case.evaluator.phenotypes, 5).is_full


def test_the_weakest_makes_room_and_its_worth_is_what_the_mosaic_loses() -> None:
    case = Case(1, n_placed=20)
    roster = roster_of(case, 5)
    weakest = min(roster.worths, key=lambda number: roster.worths[number])
    before = case.canvas.distance
    removed = roster.make_room(1.0)
    assert removed is not None
    assert removed.placement.id == weakest
    assert removed.worth == case.canvas.distance - before
    assert weakest not in roster.worths
    roster.put_back(removed)
    assert case.canvas.distance == before
    assert roster.worths[weakest] == removed.worth


def test_nobody_makes_room_for_somebody_weaker() -> None:
    case = Case(1, n_placed=20)
    roster, before = roster_of(case, 5), case.canvas.distance
    assert roster.make_room(min(roster.worths.values())) is None
    assert case.canvas.distance == before
    assert roster.make_room(0.0) is None


def test_a_worth_that_has_changed_is_found_out_anew() -> None:
    case = Case(1, n_placed=20)
    roster, before = roster_of(case, 5), case.canvas.distance
    true_worths = dict(roster.worths)
    roster.worths = dict.fromkeys(true_worths, 0.0)
    assert roster.make_room(min(true_worths.values()) / 1000.0) is None
    assert case.canvas.distance == before
    measured = {number: worth for number, worth in roster.worths.items() if worth > 0.0}
    assert len(measured) == 4
    for number, worth in measured.items():
        samples = case.evaluator.phenotypes.recall(case.canvas.placements[number].chromosome)
        placement = case.canvas.remove(number, samples)
        assert case.canvas.distance - before == worth
        case.canvas.place(placement, samples)


def test_locked_placements_never_make_room() -> None:
    case = Case(1, n_placed=1)
    chromosome = case.canvas.placements[0].chromosome
    case.canvas.remove(0, case.evaluator.phenotypes.recall(chromosome))
    locked = Placement(3, chromosome, 9000, (0.1, 0.1), 1, 0, locked=True)
    case.canvas.place(locked, case.evaluator.phenotypes.recall(chromosome))
    roster = Roster(case.canvas, case.evaluator.phenotypes, 1)
    roster.worths = {3: 0.0}
    assert roster.make_room(1.0) is None


@pytest.mark.parametrize("n_threads", [1, 4])
def test_a_full_list_stays_as_long_as_it_is_and_the_mosaic_gets_better(n_threads: int) -> None:
    case = Case(n_threads, n_placed=12)
    case.reviser.refit_all()
    n_before, before = len(case.canvas.placements), case.canvas.distance
    case.reviser.roster._max_placements = n_before
    landed = land(case, case.population(60))
    assert landed
    assert len(case.canvas.placements) == n_before
    assert case.canvas.distance < before


def test_what_is_locked_or_outside_of_the_stretch_is_not_free() -> None:
    case = Case(1, n_placed=20)
    first = min(p.onset_samples for p in case.canvas.placements.values())
    stretch = (first, first + 1)
    roster = Roster(case.canvas, case.evaluator.phenotypes, 5, stretch=stretch)
    placements = case.canvas.placements
    inside = [n for n, p in placements.items() if p.onset_samples == first]
    assert roster.n_counted == len(inside) < len(placements)
    assert [n for n, p in placements.items() if roster.is_free(p)] == inside
    assert not roster.is_full
    roster.worths = dict.fromkeys(placements, 0.0)
    assert roster.weakest(placements) == inside[0]
    roster.worths = {number: 0.0 for number in placements if number not in inside}
    assert roster.make_room(1.0) is None
    assert roster.weakest(roster.worths) is None
