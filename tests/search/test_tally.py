from __future__ import annotations

from phenotune.genome.candidate import Trial
from phenotune.genome.chromosome import Chromosome
from phenotune.library.clip import Clip
from phenotune.search.state import Parent
from phenotune.search.tally import Tally, together


def trial(fitness: float) -> Trial:
    return Trial(fitness, 0, (1.0,), 100)


def parent_at(start: int) -> Parent:
    return Parent(Chromosome(Clip("s0", start, 100)), 1, 0, True)


def test_children_are_counted_and_those_that_beat_their_own_parent() -> None:
    weak, strong = parent_at(0), parent_at(5)
    tally = Tally()
    tally.know({weak: 1.0, strong: 3.0})
    tally.add("slid clip", weak)
    tally.add("slid clip", strong)
    tally.add("new gain", strong)
    assert tally.counts([trial(2.0), trial(2.0), trial(4.0)]) == (
        ("new gain", 1, 1),
        ("slid clip", 2, 1),
    )


def test_children_that_were_left_out_are_not_counted() -> None:
    parent = parent_at(0)
    tally = Tally()
    tally.know({parent: 1.0})
    tally.add("slid clip", parent)
    tally.add("new gain", parent)
    assert tally.counts([trial(2.0)]) == (("slid clip", 1, 1),)


def test_children_of_a_parent_that_nobody_knows_any_more_are_not_counted() -> None:
    tally = Tally()
    tally.add("slid clip", parent_at(0))
    assert tally.counts([trial(2.0)]) == ()


def test_a_generation_begins_with_no_children() -> None:
    tally = Tally()
    tally.add("slid clip", parent_at(0))
    tally.clear()
    assert tally.counts([]) == ()


def test_populations_add_up() -> None:
    assert together([]) == ()
    assert together([(("a", 1, 1),), (("a", 2, 0), ("b", 1, 0))]) == (("a", 3, 1), ("b", 1, 0))
