"""Landing and refitting by many threads give what one after the other gives."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.canvas.canvas import Canvas
from phenotune.canvas.placement import Placement
from phenotune.fitness.evaluator import Evaluator
from phenotune.fitness.settings import MixSettings
from phenotune.genome.candidate import Candidate
from phenotune.genome.chromosome import Chromosome
from phenotune.library.clip import Clip
from phenotune.run.revision import Refitted, Reviser, lanes_apart
from phenotune.search.landing import LandingFilter
from phenotune.search.population import Individual, ranked
from phenotune.search.settings import SearchSettings
from phenotune.spectra.layout import make_layout
from phenotune.spectra.settings import SpectraSettings
from phenotune.spectra.target import prepare_target

RATE_HZ = 44_100
N_TARGET = 6 * RATE_HZ


class OneSound:
    """A library of one source."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples

    def samples(self, source_id: str, rate_hz: int) -> Samples:
        """Its sound."""
        return self._samples

    def rate_hz(self, source_id: str) -> int:
        """Its rate."""
        return RATE_HZ


class Case:
    """A canvas with placements by chance on it."""

    def __init__(self, n_threads: int, n_placed: int) -> None:
        rng = np.random.default_rng(440)
        settings = SpectraSettings()
        song = rng.standard_normal((2, N_TARGET)) * (1 + np.sin(np.arange(N_TARGET) / 9000))
        target = prepare_target(song.astype(np.float32), make_layout(settings), settings)
        sounds = OneSound(rng.standard_normal((1, RATE_HZ)).astype(np.float32))
        self.canvas = Canvas(target)
        self.evaluator = Evaluator(self.canvas, sounds, MixSettings(), is_heard=lambda _: True)
        self.reviser = Reviser(self.canvas, self.evaluator, ThreadPoolExecutor(n_threads))
        for number in range(n_placed):
            onset = int(rng.integers(-1000, N_TARGET))
            gains = tuple(0.4 * rng.standard_normal(2))
            placement = Placement(number, self.chromosome(rng), onset, gains, 1, number)
            self.canvas.place(placement, self.evaluator.phenotypes.render(placement.chromosome))
        self.rng = rng

    @staticmethod
    def chromosome(rng: np.random.Generator) -> Chromosome:
        return Chromosome(Clip("s0", int(rng.integers(20_000)), int(rng.integers(2000, 20_000))))

    def population(self, n: int) -> list[Individual]:
        candidates = [
            Candidate(
                self.chromosome(self.rng),
                number,
                onsets=(int(self.rng.integers(N_TARGET)),),
                # In noise all are proposed where it is loudest.
                n_proposals=2 * (number % 2),
                around_samples=int(self.rng.integers(N_TARGET)),
            )
            for number in range(n)
        ]
        return ranked([Individual(c, self.evaluator.score(c)) for c in candidates])


def test_refitting_on_threads_equals_refitting_on_one() -> None:
    cases = [Case(n_threads, n_placed=60) for n_threads in (1, 4)]
    before = cases[0].canvas.distance
    refitted = [case.reviser.refit_all() for case in cases]
    first, second = (case.canvas for case in cases)
    assert refitted[0] == refitted[1]
    assert refitted[0].n_exchanged == 0
    assert first.placements == second.placements
    np.testing.assert_array_equal(first.samples(), second.samples())
    np.testing.assert_array_equal(first.errors, second.errors)
    assert first.distance < before
    assert first.distance == pytest.approx(first.recomputed()[1], rel=1e-9)


def test_refitting_again_and_again_never_makes_it_worse() -> None:
    case = Case(2, n_placed=40)
    distances = [case.canvas.distance]
    for _ in range(4):
        case.reviser.refit_all()
        distances.append(case.canvas.distance)
    assert distances == sorted(distances, reverse=True)


def test_locked_placements_are_left_alone() -> None:
    case = Case(2, n_placed=0)
    locked = Placement(7, Chromosome(Clip("s0", 0, 9000)), 5000, (3.0, -3.0), 1, 0, locked=True)
    case.canvas.place(locked, case.evaluator.phenotypes.render(locked.chromosome))
    assert case.reviser.refit_all(rivals_for(case)) == Refitted(0, 0)
    assert case.canvas.placements == {7: locked}


def rivals_for(case: Case, salt: int = 0) -> Callable[[Placement], Chromosome]:
    """For each placement another clip by chance, and always the same."""
    return lambda placement: case.chromosome(np.random.default_rng([placement.id, salt]))


def test_rivals_on_threads_equal_rivals_on_one() -> None:
    cases = [Case(n_threads, n_placed=60) for n_threads in (1, 4)]
    for salt in range(2):
        before = cases[0].canvas.distance
        refitted = [case.reviser.refit_all(rivals_for(case, salt)) for case in cases]
        first, second = (case.canvas for case in cases)
        assert refitted[0] == refitted[1]
        assert refitted[0].n_exchanged >= 5
        assert first.placements == second.placements
        assert cases[0].reviser.roster.worths == cases[1].reviser.roster.worths
        np.testing.assert_array_equal(first.samples(), second.samples())
        np.testing.assert_array_equal(first.errors, second.errors)
        assert first.distance < before
        np.testing.assert_array_equal(first.errors, first.recomputed()[0])


def test_what_is_heard_after_an_exchange_is_what_the_list_says() -> None:
    """The slow twin places the list anew."""
    case = Case(4, n_placed=60)
    case.reviser.refit_all(rivals_for(case))
    anew, phenotypes = Canvas(case.canvas.target), case.evaluator.phenotypes
    for placement in case.canvas.placements.values():
        anew.place(placement, phenotypes.render(placement.chromosome))
        recalled = phenotypes.recall(placement.chromosome)
        np.testing.assert_array_equal(recalled, phenotypes.render(placement.chromosome))
    np.testing.assert_array_equal(anew.samples(), case.canvas.samples())
    np.testing.assert_array_equal(anew.errors, case.canvas.errors)


@pytest.mark.slow
def test_rivals_never_make_it_worse_and_make_it_better_than_gains_alone() -> None:
    case, plain = Case(2, n_placed=40), Case(2, n_placed=40)
    distances = [case.canvas.distance]
    for salt in range(5):
        case.reviser.refit_all(rivals_for(case, salt))
        plain.reviser.refit_all()
        distances.append(case.canvas.distance)
    assert np.diff(distances).max() < 1e-8
    assert case.canvas.distance < plain.canvas.distance


def test_a_rival_takes_over_all_but_chromosome_onset_and_gains() -> None:
    """It begins where the other began, or ends where that ended."""
    case = Case(2, n_placed=40)
    n_samples, before = case.evaluator.phenotypes.n_samples, dict(case.canvas.placements)
    case.reviser.refit_all(rivals_for(case))
    exchanged = 0
    for number, now in case.canvas.placements.items():
        old = before[number]
        if now.chromosome == old.chromosome:
            assert now == dataclasses.replace(old, gains=now.gains)
            continue
        exchanged += 1
        assert now.chromosome == rivals_for(case)(old)
        assert (now.cycle, now.lineage, now.locked) == (old.cycle, old.lineage, old.locked)
        begins = now.onset_samples == old.onset_samples
        own, other = n_samples(now.chromosome), n_samples(old.chromosome)
        assert begins or now.onset_samples + own == old.onset_samples + other
    assert exchanged >= 5


def test_who_is_his_own_rival_stays() -> None:
    cases = [Case(1, n_placed=20) for _ in range(2)]
    of_self = cases[0].reviser.refit_all(lambda placement: placement.chromosome)
    assert of_self == cases[1].reviser.refit_all()
    assert cases[0].canvas.placements == cases[1].canvas.placements


def land(case: Case, population: list[Individual]) -> list[tuple[float, int]]:
    rules = LandingFilter(SearchSettings(proximity_ms=50.0, overlap=0.5), RATE_HZ)
    landed = []
    for number, landing in enumerate(case.reviser.landings(population, rules, top=8)):
        trial, before = landing.trial, case.canvas.distance
        assert landing.replaces not in case.canvas.placements
        placement = Placement(
            1000 + number, landing.landed.chromosome, trial.onset_samples, trial.gains, 1, number
        )
        case.canvas.place(placement, landing.landed.samples)
        assert before - case.canvas.distance == pytest.approx(trial.fitness, abs=1e-6)
        landed.append((trial.fitness, trial.onset_samples))
    return landed


def test_landing_on_threads_equals_landing_on_one_and_keeps_its_promises() -> None:
    cases = [Case(n_threads, n_placed=5) for n_threads in (1, 4)]
    results = [land(case, case.population(60)) for case in cases]
    assert results[0] == results[1]
    assert len(results[0]) >= 3
    assert all(fitness > 0.0 for fitness, _ in results[0])


@pytest.mark.parametrize("clearance", [0, 100, 5000])
def test_spans_in_a_lane_keep_their_clearance(rng: np.random.Generator, clearance: int) -> None:
    starts, lengths = rng.integers(0, 100_000, 200), rng.integers(0, 9000, 200)
    spans = [(int(s), int(s + n), i) for i, (s, n) in enumerate(zip(starts, lengths, strict=True))]
    lanes = lanes_apart(spans, clearance)
    assert sorted(number for lane in lanes for number in lane) == list(range(200))
    for lane in lanes:
        for one, following in itertools.pairwise(lane):
            assert spans[one][1] + clearance <= spans[following][0]


def test_no_spans_need_no_lanes() -> None:
    assert lanes_apart([], 10) == []
