"""Who may land together, and who still pays."""

from __future__ import annotations

import pytest

from phenotune.genome.candidate import UNFIT, Candidate, Trial
from phenotune.genome.chromosome import Chromosome
from phenotune.library.clip import Clip
from phenotune.search.landing import LandingFilter, contenders
from phenotune.search.population import Individual, largest_lineages, lineage_shares, ranked, spread
from phenotune.search.settings import SearchSettings

CANDIDATE = Candidate(Chromosome(Clip("s0", 0, 1)), lineage=3)


def landing(**settings: object) -> LandingFilter:
    return LandingFilter(SearchSettings.model_validate(settings), rate_hz=1000)


def test_proximity_keeps_onsets_apart() -> None:
    filtered = landing(proximity_ms=100.0, overlap=1.0)
    filtered.note(500, 10)
    assert not filtered.admits(401, 10)
    assert filtered.admits(400, 10)
    assert filtered.admits(600, 10)
    assert not filtered.admits(599, 10)


def test_overlap_keeps_clips_from_lying_on_one_another() -> None:
    filtered = landing(proximity_ms=0.0, overlap=0.25)
    filtered.note(0, 100)
    assert filtered.admits(75, 100)
    assert not filtered.admits(74, 100)


def test_a_clip_pays_while_it_keeps_a_share_of_its_promise() -> None:
    filtered = landing(landing_share=0.5)
    bred = Trial(0.02, gains=(1.0,))
    assert filtered.pays(Trial(0.011, gains=(1.0,)), bred)
    assert not filtered.pays(Trial(0.009, gains=(1.0,)), bred)
    assert not filtered.pays(Trial(-0.1, gains=(1.0,)), bred)
    assert not filtered.pays(Trial(0.02, gains=(0.0, 0.0)), bred)


def test_with_regression_anything_that_sounds_may_land() -> None:
    filtered = landing(regression=True)
    bred = Trial(0.02, gains=(1.0,))
    assert filtered.pays(Trial(-0.1, gains=(1.0,)), bred)
    assert not filtered.pays(Trial(-0.1, gains=(0.0,)), bred)


@pytest.mark.parametrize(("regression", "n"), [(False, 1), (True, 2)])
def test_contenders_are_those_that_better_the_mosaic(regression: bool, n: int) -> None:
    trials = [Trial(0.1), Trial(-0.1), UNFIT]
    population = [Individual(CANDIDATE, trial) for trial in trials]
    assert len(list(contenders(population, regression))) == n


def test_ranking_is_from_best_to_worst_and_keeps_the_order_of_equals() -> None:
    trials = [Trial(0.1, 1), Trial(0.3, 2), UNFIT, Trial(0.3, 3)]
    order = ranked([Individual(CANDIDATE, trial) for trial in trials])
    assert [individual.trial.onset_samples for individual in order] == [2, 3, 1, 0]


def test_the_best_of_each_niche_comes_first() -> None:
    trials = [Trial(0.5, 10), Trial(0.4, 20), Trial(0.3, 150), UNFIT, Trial(0.1, 160)]
    people = [Individual(CANDIDATE, trial) for trial in trials]
    order = [person.trial.onset_samples for person in spread(people, 100)]
    assert order == [10, 150, 20, 0, 160]
    assert spread(people, 0) == people


def test_lineage_shares() -> None:
    assert lineage_shares([]) == (0, 0.0)
    people = [
        Individual(Candidate(CANDIDATE.chromosome, lineage), Trial(0.1)) for lineage in (1, 2, 2, 2)
    ]
    assert lineage_shares(people) == (2, 0.75)


def test_ranking_is_by_appeal_which_is_never_above_the_fitness() -> None:
    trials = [Trial(0.2, weight=0.1), Trial(0.1), Trial(-0.1, weight=0.5), Trial(-0.15), UNFIT]
    order = ranked([Individual(CANDIDATE, trial) for trial in trials])
    assert [individual.fitness for individual in order] == [0.1, 0.2, -0.15, -0.1, UNFIT.fitness]
    assert all(individual.appeal <= individual.fitness for individual in order)


def test_a_clip_pays_while_it_keeps_a_share_of_its_appeal() -> None:
    filtered = landing(landing_share=0.5)
    bred = Trial(0.02, gains=(1.0,), weight=0.5)
    assert filtered.pays(Trial(0.02, gains=(1.0,), weight=0.3), bred)
    assert not filtered.pays(Trial(0.02, gains=(1.0,), weight=0.2), bred)
    assert not filtered.pays(Trial(-0.001, gains=(1.0,)), Trial(-0.001, gains=(1.0,)))


def test_the_largest_lineages_come_first_and_of_equals_the_older() -> None:
    people = [
        Individual(Candidate(CANDIDATE.chromosome, lineage), Trial(0.1))
        for lineage in (5, 2, 9, 2, 5, 1)
    ]
    assert largest_lineages(people, 3) == ((2, 2), (5, 2), (1, 1))
    assert largest_lineages(people, 8) == ((2, 2), (5, 2), (1, 1), (9, 1))


def waiting(*onsets: int, gain: float = 1.0) -> list[Individual]:
    return [Individual(CANDIDATE, Trial(0.1, onset, (gain,), 100)) for onset in onsets]


def test_those_that_land_together_keep_apart() -> None:
    filtered = landing(proximity_ms=50.0, overlap=0.25)
    filtered.note(1000, 100)
    people = waiting(0, 40, 60, 80, 1040, 2000, 3000)
    chosen = [person.trial.onset_samples for person in filtered.together(people, 3)]
    assert chosen == [0, 80, 2000]
    # Whether they have landed is not settled yet.
    assert filtered.admits(0, 100)
    assert filtered.together(waiting(5, gain=0.0), 3) == []


def test_without_proximity_the_best_land_wherever_they_are() -> None:
    people = waiting(0, 0, 0, 5)
    assert landing(proximity_ms=0.0, overlap=1.0).together(people, 3) == people[:3]


def test_a_clip_must_begin_in_the_stretch() -> None:
    filtered = landing(proximity_ms=0.0, from_s=1.0, to_s=2.0)
    assert [filtered.admits(onset, 500) for onset in (999, 1000, 1999, 2000)] == [
        False,
        True,
        True,
        False,
    ]
