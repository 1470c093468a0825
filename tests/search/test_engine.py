"""The evolution strategy, with a made-up fitness: no sound anywhere."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest

from phenotune.errors import ParameterError
from phenotune.genome.candidate import UNFIT, Candidate, Trial, pitched
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.catalogue import GenesSettings
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.genome.spans import Span, Spans
from phenotune.genome.variation import VariationSettings
from phenotune.library.clip import Clip
from phenotune.search.breeding import Breeder
from phenotune.search.engine import Engine
from phenotune.search.settings import SearchSettings

N_TARGET = 10 * 44_100
SPANS = Spans([Span(f"s{n}", 44_100, 50_000 + 10_000 * n) for n in range(5)])


BREEDER = Breeder(SPANS, GenesSettings(), VariationSettings())


def engine(seed: int = 0, breeder: Breeder = BREEDER, **settings: object) -> Engine:
    return Engine(
        SearchSettings.model_validate(settings), breeder, seed=seed, n_target_samples=N_TARGET
    )


def sectioned(n: int, **settings: object) -> Engine:
    return Engine(
        SearchSettings.model_validate({"population": 20, "capacity": 30} | settings),
        BREEDER,
        seed=3,
        n_target_samples=N_TARGET,
        section_samples=N_TARGET // n,
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
    (population,) = bred.end_cycle()
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


@pytest.mark.parametrize(("share", "n_pitched"), [(0.0, 0), (0.25, 5), (0.5, 10), (1.0, 20)])
def test_a_share_of_the_founders_is_tried_at_another_pitch(share: float, n_pitched: int) -> None:
    """Spread over the population, and no child is."""
    founders, children = breed(engine(population=20, pitched_founders=share), 1)[:2]
    pitches = [founder.semitones for founder in founders]
    assert pitches.count(range(-7, 8)) == n_pitched
    assert pitches.count(range(0)) == 20 - n_pitched
    assert abs(sum(map(bool, pitches[:10])) - n_pitched / 2) <= 1
    assert not any(child.semitones for child in children)


def no_varispeed() -> GenesSettings:
    return GenesSettings.model_validate({"varispeed": {"weight": 0.0}})


def within(low: float, high: float) -> GenesSettings:
    return GenesSettings.model_validate({"varispeed": {"min_cents": low, "max_cents": high}})


@pytest.mark.parametrize(
    ("genes", "variation", "semitones"),
    [
        (GenesSettings(), VariationSettings(), range(-7, 8)),
        (within(-350.0, 200.0), VariationSettings(), range(-3, 3)),
        (within(0.0, 1200.0), VariationSettings(), range(8)),
        (within(-20.0, 20.0), VariationSettings(), range(0)),
        (no_varispeed(), VariationSettings(), range(0)),
        (GenesSettings(), VariationSettings(max_genes=0), range(0)),
        (GenesSettings(only=("reverse",)), VariationSettings(), range(0)),
        (GenesSettings(only=("varispeed",)), VariationSettings(), range(-7, 8)),
    ],
    ids=[
        "as it is",
        "a narrow range",
        "upwards alone",
        "hardly any",
        "no varispeed",
        "no genes",
        "others only",
        "only that",
    ],
)
def test_pitches_are_proposed_as_far_as_varispeed_reaches(
    genes: GenesSettings, variation: VariationSettings, semitones: range
) -> None:
    breeder = Breeder(SPANS, genes, variation)
    assert breeder.semitones == semitones
    founders = breed(engine(breeder=breeder, pitched_founders=1.0), 1)[0]
    assert {founder.semitones for founder in founders} == {semitones}


def test_founders_keep_the_pitch_that_was_proposed_as_a_gene() -> None:
    bred = engine(population=10, capacity=10, pitched_founders=1.0)
    bred.begin_cycle(1, 1.0)
    founders = bred.ask()
    trials = [
        dataclasses.replace(trial, cents=100.0 * (number % 3))
        for number, trial in enumerate(longer_is_better(founders))
    ]
    bred.tell(trials)
    kept = {individual.candidate.lineage: individual for individual in bred.end_cycle()[0]}
    assert len(kept) == 10
    for number, founder in enumerate(founders):
        chromosome = kept[founder.lineage].candidate.chromosome
        assert chromosome == pitched(founder.chromosome, 100.0 * (number % 3))
    children = bred.ask()
    assert any(isinstance(gene, Varispeed) for c in children for gene in c.chromosome.genes)


LANDED = Chromosome(Clip("s1", 1000, 20_000), (Varispeed(300.0),))


def test_a_generation_tells_what_made_its_children_and_how_many_beat_their_parents() -> None:
    bred = engine(min_generations=3, max_generations=3, crossover=0.0, capacity=1000)
    bred.begin_cycle(1, 1.0)
    assert bred.tell(longer_is_better(bred.ask())).operators == ()
    children = bred.ask()
    told = {
        name: (n, n_better) for name, n, n_better in bred.tell(longer_is_better(children)).operators
    }
    assert sum(n for n, _ in told.values()) == len(children)
    # Only a longer clip is fitter here.
    assert told["resized clip"][1] > 0
    assert sum(n_better for name, (_, n_better) in told.items() if name != "resized clip") == 0


def test_a_rival_is_a_variation_and_in_a_cycle_always_the_same() -> None:
    bred, again, other = engine(7), engine(7), engine(8)
    for each in (bred, again, other):
        breed(each, 3)
    rivals = [bred.rival(number, LANDED) for number in range(40)]
    assert rivals == [again.rival(number, LANDED) for number in range(40)]
    assert rivals == [bred.rival(number, LANDED) for number in range(40)]
    assert rivals != [other.rival(number, LANDED) for number in range(40)]
    assert len(set(rivals)) > 20
    assert sum(rival != LANDED for rival in rivals) > 30
    breed(bred, 4)
    assert rivals != [bred.rival(number, LANDED) for number in range(40)]


def test_a_rival_does_not_change_what_is_bred() -> None:
    bred, again = engine(7), engine(7)
    breed(bred, 1)
    breed(again, 1)
    bred.rival(3, LANDED)
    assert breed(bred, 2) == breed(again, 2)


def spotlit(**spotlight: Any) -> Engine:
    return Engine(
        SearchSettings(population=20), BREEDER, seed=3, n_target_samples=N_TARGET, **spotlight
    )


def test_the_founders_of_a_cycle_look_at_one_stretch() -> None:
    length = N_TARGET // 10
    bred = spotlit(spotlight_samples=length)
    for cycle in range(1, 30):
        bred.begin_cycle(cycle, 1.0)
        around = np.sort([founder.around_samples for founder in bred.ask()])
        assert 0 <= around[0] <= around[-1] < N_TARGET
        # The song taken as a ring, the widest gap between those looked at is what none of them looks at.
        gaps = np.diff(np.append(around, around[0] + N_TARGET))
        assert gaps.max() > N_TARGET - length


def test_over_many_cycles_all_of_a_long_song_is_looked_at_evenly() -> None:
    """Its beginning and its end no more seldom than the rest."""
    bred = spotlit(spotlight_samples=N_TARGET // 10)
    looked = []
    for cycle in range(1, 201):
        bred.begin_cycle(cycle, 1.0)
        looked += [founder.around_samples for founder in bred.ask()]
    counts, _ = np.histogram(looked, bins=10, range=(0, N_TARGET))
    assert counts.min() > 0.85 * counts.max()


@pytest.mark.parametrize("spotlight", [0, N_TARGET, 3 * N_TARGET])
def test_a_spotlight_that_is_off_or_longer_than_the_song_is_all_of_it(spotlight: int) -> None:
    founders, plain = (
        [breed(each, cycle)[0] for cycle in (1, 2)]
        for each in (spotlit(spotlight_samples=spotlight), spotlit())
    )
    assert founders == plain
    around = [founder.around_samples for founder in founders[0]]
    assert max(around) - min(around) > N_TARGET // 2


def test_founders_can_be_counted_on_from_a_population_of_another_size() -> None:
    bred = engine(population=10)
    bred.lineage_offset = 2 * 30 - 2 * 10  # two cycles of thirty came before
    bred.begin_cycle(3, 1.0)
    assert [candidate.lineage for candidate in bred.ask()] == list(range(60, 70))
