"""The evolution strategy, with a made-up fitness: no sound anywhere."""

from __future__ import annotations

import math

import pytest

from phenotune.errors import ParameterError
from phenotune.genome.candidate import UNFIT, Candidate, Trial
from phenotune.genome.genes.catalogue import GenesSettings
from phenotune.genome.spans import Span, Spans
from phenotune.genome.variation import VariationSettings
from phenotune.search.breeding import Breeder
from phenotune.search.engine import Engine
from phenotune.search.settings import SearchSettings

N_TARGET = 10 * 44_100
SPANS = Spans([Span(f"s{n}", 44_100, 50_000 + 10_000 * n) for n in range(5)])


def engine(seed: int = 0, **settings: object) -> Engine:
    breeder = Breeder(SPANS, GenesSettings(), VariationSettings())
    return Engine(
        SearchSettings.model_validate(settings), breeder, seed=seed, n_target_samples=N_TARGET
    )


def longer_is_better(candidates: tuple[Candidate, ...]) -> list[Trial]:
    return [
        Trial(c.chromosome.clip.length_samples / 1e6, onset_samples=c.around_samples, gains=(1.0,))
        for c in candidates
    ]


def breed(bred: Engine, cycle: int, distance: float = 1.0) -> list[tuple[Candidate, ...]]:
    bred.begin_cycle(cycle, distance)
    generations = []
    while not bred.cycle_is_over:
        generations.append(bred.ask())
        bred.tell(longer_is_better(generations[-1]))
    return generations


def test_the_same_seed_breeds_the_same_candidates() -> None:
    assert breed(engine(7), 1) == breed(engine(7), 1)
    assert breed(engine(7), 1) != breed(engine(8), 1)
    assert breed(engine(7), 1) != breed(engine(7), 2)


def test_a_cycle_does_not_depend_on_the_cycles_before_it() -> None:
    """So a run that is resumed breeds what one that never stopped breeds."""
    fresh, old = engine(7), engine(7)
    breed(old, 1)
    fresh.state = old.state
    assert breed(old, 2) == breed(fresh, 2)


def test_founders_are_as_many_as_asked_for_and_each_founds_a_lineage() -> None:
    founders = breed(engine(population=17, capacity=30), 2)[0]
    assert len(founders) == 17
    assert [founder.lineage for founder in founders] == list(range(17, 34))
    assert all(0 <= founder.around_samples < N_TARGET for founder in founders)


def test_children_carry_on_lineages_of_survivors_and_their_onsets() -> None:
    founders, children = breed(engine(population=20), 1)[:2]
    best = sorted(founders, key=lambda c: -c.chromosome.clip.length_samples)[:7]
    assert {child.lineage for child in children} <= {founder.lineage for founder in best}
    around = {founder.lineage: founder.around_samples for founder in best}
    assert all(child.onsets[0] == around[child.lineage] for child in children)
    assert all(child.n_proposals == 2 for child in children)


def test_breeding_raises_fitness_and_parents_are_never_lost() -> None:
    bred = engine(min_generations=8, max_generations=8)
    bred.begin_cycle(1, 1.0)
    best = []
    while not bred.cycle_is_over:
        best.append(bred.tell(longer_is_better(bred.ask())).best_fitness)
    assert best == sorted(best)
    assert best[-1] > best[0]


@pytest.mark.parametrize(
    ("promised", "n_generations"), [(math.inf, 2), (0.0, 5)], ids=["beaten at once", "never"]
)
def test_a_cycle_runs_until_its_best_beats_the_last_one(
    promised: float, n_generations: int
) -> None:
    bred = engine(min_generations=2, max_generations=5)
    bred.state = type(bred.state)(best_distance=promised)
    assert len(breed(bred, 1)) == n_generations


def test_a_cycle_remembers_the_distance_that_its_best_promised() -> None:
    bred = engine()
    breed(bred, 1, distance=0.8)
    population = bred.end_cycle()
    assert bred.state.best_distance == pytest.approx(0.8 - population[0].fitness)
    fitnesses = [individual.fitness for individual in population]
    assert fitnesses == sorted(fitnesses, reverse=True)


def test_random_onsets_are_drawn_within_the_target_and_pulled_to_the_grid() -> None:
    breeder = Breeder(SPANS, GenesSettings(), VariationSettings())
    settings = SearchSettings(random_onsets=3, proposed_onsets=0)
    bred = Engine(
        settings, breeder, seed=1, n_target_samples=N_TARGET, to_grid=lambda onset: onset // 2
    )
    generations = breed(bred, 1)
    for candidate in (candidate for generation in generations for candidate in generation):
        assert len(candidate.onsets) == 3
        assert all(0 <= onset < N_TARGET // 2 for onset in candidate.onsets)
        assert candidate.n_proposals == 0


def test_a_generation_in_which_nobody_is_fit_goes_on() -> None:
    bred = engine(population=4)
    bred.begin_cycle(1, 1.0)
    bred.tell([UNFIT] * len(bred.ask()))
    assert bred.ask()


def test_capacity_bounds_a_generation() -> None:
    generations = breed(engine(population=50, capacity=20, survival=1.0, offspring=9), 1)
    assert len(generations[0]) == 50
    assert len(generations[1]) == 20


def test_asking_and_telling_out_of_order_is_refused() -> None:
    bred = engine()
    bred.begin_cycle(1, 1.0)
    with pytest.raises(ParameterError, match="expected 0 trials, got 1"):
        bred.tell([UNFIT])
    bred.ask()
    with pytest.raises(ParameterError, match=r"expected tell\(\)"):
        bred.ask()
    with pytest.raises(ParameterError, match="expected 60 trials, got 2"):
        bred.tell([UNFIT, UNFIT])
