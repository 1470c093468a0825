"""The evolution strategy: asked for candidates, told their trials.

A (mu + lambda) strategy with restarts. A cycle begins with a fresh population of founders; its generations breed until
the best of them beats the best of the last cycle, between a least and a greatest number of generations. Parents
and children are ranked together. The engine knows chromosomes and numbers and never hears a sound.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from phenotune.errors import ParameterError
from phenotune.genome.candidate import Candidate, Trial, pitched
from phenotune.genome.chromosome import Chromosome
from phenotune.search.breeding import Breeder
from phenotune.search.population import (
    Individual,
    largest_lineages,
    lineage_shares,
    ranked,
    spread,
)
from phenotune.search.settings import SearchSettings
from phenotune.search.streams import Purpose, stream

GOLDEN_RATIO = (math.sqrt(5.0) - 1.0) / 2.0
N_LINEAGES_TOLD = 8


@dataclass(frozen=True)
class EngineState:
    """All that outlives a cycle, small enough for every checkpoint.

    Parameters
    ----------
    best_distance
        The lowest distance that the last cycle's best promised; infinity before the first.
    """

    best_distance: float = math.inf


@dataclass(frozen=True)
class GenerationSummary:
    """What a generation came to."""

    generation: int
    n_candidates: int
    best_fitness: float
    n_lineages: int
    largest_lineage_share: float
    lineages: tuple[tuple[int, int], ...] = ()


class Engine:
    """Breeds candidates.

    Parameters
    ----------
    settings
        Sizes and shares.
    breeder
        Makes founders and children.
    seed
        The run's seed.
    n_target_samples
        Onsets lie within the target.
    niche_samples
        Length of a niche: the best of each comes before all others. 0 is off.
    spotlight_samples
        The founders of a cycle look at a stretch of this length, another one each cycle. 0 is the whole target.
    to_grid
        Moves an onset to where rhythm wants it.

    Attributes
    ----------
    state
        What outlives a cycle; set it to go on from a checkpoint.
    """

    def __init__(
        self,
        settings: SearchSettings,
        breeder: Breeder,
        *,
        seed: int,
        n_target_samples: int,
        niche_samples: int = 0,
        spotlight_samples: int = 0,
        to_grid: Callable[[int], int] | None = None,
    ) -> None:
        self.state = EngineState()
        self._niche_samples = niche_samples
        self._spotlight_samples = spotlight_samples or n_target_samples
        self._to_grid = to_grid
        self._settings = settings
        self._breeder = breeder
        self._seed = seed
        self._n_target_samples = n_target_samples
        self._cycle = 0
        self._generation = 0
        self._distance = math.inf
        self._asked: tuple[Candidate, ...] | None = None
        self._population: list[Individual] = []

    def begin_cycle(self, cycle: int, distance: float) -> None:
        """Start a cycle (counted from 1) with a fresh population, on a canvas at this distance from the target."""
        self._cycle, self._generation = cycle, 0
        self._distance = distance
        self._population, self._asked = [], None

    def ask(self) -> tuple[Candidate, ...]:
        """The candidates of the next generation: founders first, afterwards the children of the survivors.

        Raises
        ------
        ParameterError
            If the last candidates asked for have not been told.
        """
        if self._asked is not None:
            raise ParameterError(
                "Engine.ask: expected tell() with the trials of the last ask() first"
            )
        self._generation += 1
        self._asked = self._founders() if self._generation == 1 else self._children()
        return self._asked

    def tell(self, trials: list[Trial]) -> GenerationSummary:
        """Take in the trials of the candidates asked for, in their order, and rank parents and children together."""
        if self._asked is None or len(trials) != len(self._asked):
            n_asked = 0 if self._asked is None else len(self._asked)
            raise ParameterError(f"Engine.tell: expected {n_asked} trials, got {len(trials)}")
        children = [_individual(*pair) for pair in zip(self._asked, trials, strict=True)]
        population = spread(ranked([*self._population, *children]), self._niche_samples)
        self._population = population[: self._settings.capacity]
        n_candidates, self._asked = len(children), None
        n_lineages, share = lineage_shares(self._population)
        return GenerationSummary(
            self._generation,
            n_candidates,
            self._best_fitness(),
            n_lineages,
            share,
            largest_lineages(self._population, N_LINEAGES_TOLD),
        )

    @property
    def cycle_is_over(self) -> bool:
        """Whether the best beats the last cycle's best, or the generations are used up."""
        if self._generation < self._settings.min_generations:
            return False
        if self._generation >= self._settings.max_generations:
            return True
        return self._distance - self._best_fitness() < self.state.best_distance

    def end_cycle(self) -> list[Individual]:
        """Close the cycle and return its population, best first."""
        self.state = EngineState(self._distance - max(0.0, self._best_fitness()))
        return self._population

    def rival(self, placement_id: int, chromosome: Chromosome) -> Chromosome:
        """A variation of a chromosome that has landed, to be tried in its place; in one cycle always the same."""
        rng = stream(self._seed, self._cycle, 0, placement_id, Purpose.REVISION)
        return self._breeder.vary(chromosome, rng)[0]

    def _best_fitness(self) -> float:
        return self._population[0].fitness if self._population else -math.inf

    def _founders(self) -> tuple[Candidate, ...]:
        n = self._settings.population
        return tuple(self._founder(index, (self._cycle - 1) * n + index) for index in range(n))

    def _founder(self, index: int, lineage: int) -> Candidate:
        rng = stream(self._seed, self._cycle, self._generation, index, Purpose.FOUNDER)
        chromosome = self._breeder.founder(rng)
        around = self._spotlight_start + int(rng.integers(self._spotlight_length))
        around %= self._n_target_samples
        return Candidate(
            chromosome=chromosome,
            lineage=lineage,
            onsets=self._random_onsets(index),
            n_proposals=self._settings.proposed_onsets,
            around_samples=around,
            semitones=self._semitones(index),
        )

    @property
    def _spotlight_length(self) -> int:
        return min(self._spotlight_samples, self._n_target_samples)

    @property
    def _spotlight_start(self) -> int:
        """Where this cycle's spotlight begins: steps of the golden ratio visit all of a long song evenly.

        One that begins near the end goes on at the beginning, so that neither is looked at more seldom than the rest.
        """
        if self._spotlight_length == self._n_target_samples:
            return 0
        return int((self._cycle * GOLDEN_RATIO % 1.0) * self._n_target_samples)

    def _semitones(self, index: int) -> range:
        """Every so many founders may change their pitch."""
        share = self._settings.pitched_founders
        if int((index + 1) * share) == int(index * share):
            return range(0)
        return self._breeder.semitones

    def _children(self) -> tuple[Candidate, ...]:
        """Children of the survivors, each survivor's together, then those of two parents."""
        n_survivors = max(1, math.ceil(self._settings.survival * len(self._population)))
        survivors = self._population[:n_survivors]
        n_crossed = math.ceil(self._settings.crossover * n_survivors * self._settings.offspring)
        children: list[Candidate] = []
        for parent in survivors:
            for _ in range(self._settings.offspring):
                children += self._varied(parent, len(children))
        for _ in range(n_crossed):
            children.append(self._crossed(survivors, len(children)))
        return tuple(children[: self._settings.capacity])

    def _varied(self, parent: Individual, index: int) -> list[Candidate]:
        rng = stream(self._seed, self._cycle, self._generation, index, Purpose.VARIATION)
        litter = self._breeder.vary(parent.candidate.chromosome, rng)
        return [self._child(c, parent, index + i) for i, c in enumerate(litter)]

    def _crossed(self, survivors: list[Individual], index: int) -> Candidate:
        rng = stream(self._seed, self._cycle, self._generation, index, Purpose.VARIATION)
        first, second = (survivors[int(rng.integers(len(survivors)))] for _ in range(2))
        chromosome = self._breeder.cross(
            first.candidate.chromosome, second.candidate.chromosome, rng
        )
        return self._child(chromosome, first, index)

    def _child(self, chromosome: Chromosome, parent: Individual, index: int) -> Candidate:
        trial, candidate = parent.trial, parent.candidate
        inherited = (
            (trial.onset_samples,) if trial.is_fit and self._settings.proposed_onsets else ()
        )
        return Candidate(
            chromosome=chromosome,
            lineage=candidate.lineage,
            onsets=inherited + self._random_onsets(index),
            n_proposals=max(0, self._settings.proposed_onsets - len(inherited)),
            around_samples=trial.onset_samples if trial.is_fit else candidate.around_samples,
        )

    def _random_onsets(self, index: int) -> tuple[int, ...]:
        n = self._settings.random_onsets
        if n == 0:
            return ()
        rng = stream(self._seed, self._cycle, self._generation, index, Purpose.ONSET)
        onsets = [int(onset) for onset in rng.integers(self._n_target_samples, size=n)]
        return tuple(onsets if self._to_grid is None else map(self._to_grid, onsets))


def _individual(candidate: Candidate, trial: Trial) -> Individual:
    """A candidate with its trial, and with the pitch that was proposed for it as a gene."""
    if trial.cents:
        candidate = replace(candidate, chromosome=pitched(candidate.chromosome, trial.cents))
    return Individual(candidate, trial)
