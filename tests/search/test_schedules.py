"""Populations that live on, restarts, elites, with a made-up fitness: no sound anywhere."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import pytest

from phenotune.genome.candidate import UNFIT, Candidate, Trial
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.catalogue import GenesSettings
from phenotune.genome.variation import VariationSettings
from phenotune.search.breeding import Breeder
from phenotune.search.engine import Engine, GenerationSummary
from phenotune.search.settings import SearchSettings
from phenotune.search.state import EngineState, Parent, Stock

from .test_engine import N_TARGET, SPANS, engine, longer_is_better

LIVING_ON: dict[str, Any] = {"schedule": "generations", "population": 20, "capacity": 30}


def generations(
    bred: Engine, first: int, last: int
) -> list[tuple[tuple[Candidate, ...], GenerationSummary]]:
    """Cycles of a schedule whose cycles are generations."""
    told = []
    for cycle in range(first, last + 1):
        bred.begin_cycle(cycle, 1.0)
        asked = bred.ask()
        told.append((asked, bred.tell(longer_is_better(asked))))
        assert bred.cycle_is_over
        bred.end_cycle()
    return told


def lineages(candidates: tuple[Candidate, ...]) -> set[int]:
    return {candidate.lineage for candidate in candidates}


def chromosomes(candidates: tuple[Candidate, ...]) -> list[Chromosome]:
    return [candidate.chromosome for candidate in candidates]


def test_every_generation_is_a_cycle_and_its_population_lives_on() -> None:
    bred = engine(**LIVING_ON)
    told = generations(bred, 1, 12)
    assert [summary.generation for _, summary in told] == [1] * 12
    for (before, _), (after, _) in itertools.pairwise(told):
        assert lineages(after) <= lineages(before)
    best = [summary.best_fitness for _, summary in told]
    assert best == sorted(best)
    assert best[-1] > best[0]


def test_survivors_are_scored_again_before_their_children() -> None:
    """The canvas has changed since, so what they were worth is told anew."""
    bred = engine(**LIVING_ON)
    (founders, _), (second, summary) = generations(bred, 1, 2)
    by_length = sorted(founders, key=lambda c: -c.chromosome.clip.length_samples)
    n_survivors = 7  # a third of twenty
    assert chromosomes(second[:n_survivors]) == chromosomes(tuple(by_length[:n_survivors]))
    assert summary.n_candidates == len(second) > n_survivors
    assert [c.onsets for c in second[:n_survivors]] == [
        (c.around_samples,) for c in by_length[:n_survivors]
    ]


def test_a_population_that_has_grown_worthless_is_not_kept_for_its_old_worth() -> None:
    bred = engine(**LIVING_ON)
    generations(bred, 1, 3)
    bred.begin_cycle(4, 1.0)
    assert bred.tell([UNFIT] * len(bred.ask())).best_fitness == UNFIT.fitness


def test_what_is_in_the_state_is_all_that_is_needed_to_go_on() -> None:
    settings = {**LIVING_ON, "survivors": "children", "elite_schedule": "constant", "elite": 3}
    for chosen in (LIVING_ON, settings):
        whole, halved = engine(7, **chosen), engine(7, **chosen)
        told = generations(whole, 1, 8)
        assert generations(halved, 1, 4) == told[:4]
        fresh = engine(7, **chosen)
        fresh.state = halved.state
        assert generations(fresh, 5, 8) == told[4:]


def test_in_cycles_the_state_holds_no_population() -> None:
    bred = engine()
    bred.begin_cycle(1, 1.0)
    bred.tell(longer_is_better(bred.ask()))
    bred.end_cycle()
    assert bred.state.stocks == ()


def test_a_restart_brings_the_initial_population_back() -> None:
    told = generations(engine(restart_every=5, **LIVING_ON), 1, 12)
    first, again, third = (told[number][0] for number in (0, 5, 10))
    assert chromosomes(first) == chromosomes(again) == chromosomes(third)
    assert lineages(first) == lineages(again) == set(range(20))
    around = [[c.around_samples for c in founders] for founders in (first, again, third)]
    assert around[0] != around[1] != around[2]
    assert all(chromosomes(asked) != chromosomes(first) for asked, _ in told[1:5])


def test_without_restarts_it_never_comes_back() -> None:
    told = generations(engine(**LIVING_ON), 1, 12)
    assert chromosomes(told[0][0]) not in [chromosomes(asked) for asked, _ in told[1:]]


def test_founders_that_come_but_once_look_at_all_of_a_long_song() -> None:
    bred = Engine(
        SearchSettings(schedule="generations"),
        Breeder(SPANS, GenesSettings(), VariationSettings()),
        seed=3,
        n_target_samples=N_TARGET,
        spotlight_samples=N_TARGET // 20,
    )
    around = [founder.around_samples for founder in generations(bred, 1, 1)[0][0]]
    assert max(around) - min(around) > N_TARGET // 2


@pytest.mark.parametrize("schedule", ["cycles", "generations"])
def test_where_only_children_go_on_their_parents_are_gone(schedule: str) -> None:
    bred = engine(population=20, capacity=30, survivors="children", schedule=schedule)
    bred.begin_cycle(1, 1.0)
    founders = bred.ask()
    bred.tell(longer_is_better(founders))
    if schedule == "generations":
        bred.end_cycle()
        bred.begin_cycle(2, 1.0)
    children = bred.ask()
    assert 20 <= len(children) <= 30  # as many as there were founders, though fewer survived
    bred.tell(longer_is_better(children))
    (population,) = bred.end_cycle()
    told = {id(individual.candidate) for individual in population}
    assert told <= {id(child) for child in children}


@pytest.mark.parametrize("schedule", ["cycles", "generations"])
def test_the_elite_lives_on_beside_the_children(schedule: str) -> None:
    bred = engine(
        population=20,
        capacity=24,
        survivors="children",
        schedule=schedule,
        elite_schedule="constant",
        elite=6,
    )
    bred.begin_cycle(1, 1.0)
    founders = bred.ask()
    bred.tell(longer_is_better(founders))
    if schedule == "generations":
        bred.end_cycle()
        bred.begin_cycle(2, 1.0)
    asked = bred.ask()
    bred.tell([dataclasses.replace(t, fitness=-1.0) for t in longer_is_better(asked)])
    (population,) = bred.end_cycle()
    old = [i for i in population if i.candidate.chromosome in chromosomes(founders)]
    assert len(old) >= 6
    assert len(population) <= 24
    # Within a cycle the canvas stands still, and so does what they are worth.
    assert sum(i.fitness > 0.0 for i in population) == (6 if schedule == "cycles" else 0)
    # Elite and children together are no fewer than the founders, and no more than there is room for.
    assert 20 <= len(asked) + (6 if schedule == "cycles" else 0) <= 24


ONE_CHILD_EACH: dict[str, Any] = {
    "schedule": "generations",
    "survivors": "children",
    "population": 30,
    "capacity": 30,
    "survival": 1.0,
    "offspring": 1,
    "crossover": 0.0,
}


def share_after_60(seed: int, **elite: Any) -> float:
    """Share of the largest lineage where everybody has one child, so that nothing but the elite selects."""
    no_litters = {tag: {"weight": 0.0} for tag in ("split", "duplicate", "chunk")}
    breeder = Breeder(SPANS, GenesSettings.model_validate(no_litters), VariationSettings())
    bred = engine(seed, breeder, **ONE_CHILD_EACH, **elite)
    return generations(bred, 1, 60)[-1][1].largest_lineage_share


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_an_elite_of_two_lets_one_lineage_take_over(seed: int) -> None:
    assert share_after_60(seed) == pytest.approx(1 / 30)
    assert share_after_60(seed, elite_schedule="constant", elite=2) > 12 / 30


def test_a_late_elite_takes_over_later() -> None:
    late = {"elite_schedule": "late", "elite": 2, "elite_ramp_from": 50}
    shares = [
        share_after_60(0, elite_schedule="constant", elite=2),
        share_after_60(0, **late, elite_ramp_generations=1),
        share_after_60(0),
    ]
    assert shares == sorted(shares, reverse=True)
    assert len(set(shares)) == 3


def test_lineages_are_told_of_from_the_largest_down() -> None:
    bred = engine(population=12, capacity=12, schedule="generations")
    (_, first), *_, (_, last) = generations(bred, 1, 9)
    assert first.lineages == tuple((lineage, 1) for lineage in range(8))
    assert last.lineages[0][1] / 12 == pytest.approx(last.largest_lineage_share)
    assert len(last.lineages) == min(8, last.n_lineages)


def test_chromosomes_whose_source_is_gone_do_not_live_on() -> None:
    bred = engine(**LIVING_ON)
    generations(bred, 1, 2)
    left = bred.state.only(lambda chromosome: chromosome.clip.source != "s4")
    (stock,), (before,) = left.stocks, bred.state.stocks
    assert 0 < len(stock.survivors) < len(before.survivors)
    assert all(parent.chromosome.clip.source != "s4" for parent in stock.survivors + stock.kept)
    nobody = bred.state.only(lambda _: False)
    fresh, other = engine(**LIVING_ON), engine(**LIVING_ON)
    fresh.state = nobody
    assert generations(fresh, 3, 3) == generations(other, 3, 3)


def test_what_a_parent_hands_on() -> None:
    bred = engine(**LIVING_ON)
    bred.begin_cycle(1, 1.0)
    asked = bred.ask()
    trials = [Trial(0.5, 99, (1.0,)), *[UNFIT] * (len(asked) - 1)]
    bred.tell(trials)
    (population,) = bred.end_cycle()
    assert Parent.of(population[0]) == Parent(asked[0].chromosome, 0, 99, is_fit=True)
    assert Parent.of(population[1]) == Parent(
        asked[1].chromosome, 1, asked[1].around_samples, is_fit=False
    )
    assert bred.state == EngineState(
        0.5, (Stock(1, *2 * (tuple(map(Parent.of, population[:7])),)),)
    )
