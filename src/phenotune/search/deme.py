"""A deme: the population of one section, which breeds by itself."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from phenotune.genome.candidate import Candidate, Trial, pitched
from phenotune.genome.operators import CROSSED, operator_of
from phenotune.search.breeding import Breeder
from phenotune.search.elite import draw_elite, n_elite
from phenotune.search.population import Individual, ranked, spread
from phenotune.search.sections import Section
from phenotune.search.seeding import Seeding
from phenotune.search.settings import SearchSettings
from phenotune.search.state import Parent, Stock
from phenotune.search.streams import Purpose, stream
from phenotune.search.tally import OperatorCount, Tally

GOLDEN_RATIO = (math.sqrt(5.0) - 1.0) / 2.0
FIRST_CYCLE = 1
"""The cycle whose founders are the initial population, which a restart brings back."""


class Deme:
    """Breeds the candidates of one section.

    Parameters
    ----------
    settings
        Sizes and shares.
    breeder
        Makes founders and children.
    section
        Where they lie.
    seed
        The run's seed.
    niche_samples, spotlight_samples, seed_width_samples, to_grid
        As for :class:`phenotune.search.engine.Engine`.

    Attributes
    ----------
    population
        Those of this generation, best first.
    operators
        What came of the children of this generation, by the operator that made them.
    """

    def __init__(
        self,
        settings: SearchSettings,
        breeder: Breeder,
        section: Section,
        *,
        seed: int,
        niche_samples: int = 0,
        spotlight_samples: int = 0,
        seed_width_samples: int = 0,
        to_grid: Callable[[int], int] | None = None,
    ) -> None:
        self.population: list[Individual] = []
        self._settings = settings
        self._breeder = breeder
        self._section = section
        self._seed = seed
        self._niche_samples = niche_samples
        self._spotlight_samples = spotlight_samples
        self._seeding = Seeding(
            settings, section, width_samples=seed_width_samples, to_grid=to_grid
        )
        self._cycle = self._generation = self._age = 0
        self._lineage_offset = 0
        self._survivors: tuple[Parent, ...] = ()
        self._kept: list[Individual] = []
        self._kept_parents: tuple[Parent, ...] = ()
        self.operators: tuple[OperatorCount, ...] = ()
        self._tally = Tally()
        self._n_again = 0

    @property
    def best_fitness(self) -> float:
        """Of those that are there; minus infinity for nobody."""
        return self.population[0].fitness if self.population else -math.inf

    @property
    def stock(self) -> Stock:
        """What lives on from here."""
        return Stock(self._age, self._survivors, self._kept_parents)

    def begin(self, cycle: int, stock: Stock | None, lineage_offset: int = 0) -> None:
        """Start a cycle with what has lived on, or with founders where there is nothing."""
        self._cycle, self._generation, self._lineage_offset = cycle, 0, lineage_offset
        self.population, self._kept = [], []
        self._tally = Tally()
        self._age, self._survivors, self._kept_parents = 0, (), ()
        if stock is not None and stock.survivors and not self._is_over(stock.age):
            self._age = stock.age
            self._survivors, self._kept_parents = stock.survivors, stock.kept

    def ask(self) -> list[Candidate]:
        """The candidates of the next generation: founders first, afterwards children, and who is scored again."""
        self._generation += 1
        self._age += 1
        self._tally.clear()
        self._n_again = 0
        if self._age == 1:
            return self._founders()
        return [*self._again(), *self._children()]

    def tell(self, asked: list[Candidate], trials: list[Trial]) -> None:
        """Take in trials, rank, and settle who breeds and who lives on."""
        settings = self._settings
        scored = [_individual(*pair) for pair in zip(asked, trials, strict=True)]
        # Those that live on and are scored again were asked for before the children.
        again, n_again = self._kept_parents[: self._n_again], self._n_again
        self._tally.know({p: t.fitness for p, t in zip(again, trials[:n_again], strict=True)})
        self.operators = self._tally.counts(trials[n_again:])
        population = spread(ranked([*self._kept, *scored]), self._niche_samples)
        self.population = population[: settings.capacity]
        n_survivors = max(1, math.ceil(settings.survival * len(self.population)))
        survivors = self.population[:n_survivors]
        self._survivors = tuple(map(Parent.of, survivors))
        if settings.survivors == "children":
            live_on = self._elite()
        else:
            live_on = self.population if settings.schedule == "cycles" else survivors
        if settings.schedule == "cycles":
            # The canvas stands still within a cycle, and so do the scores.
            self._kept = live_on
            self._tally.know({Parent.of(each): each.fitness for each in survivors})
        else:
            self._kept_parents = tuple(map(Parent.of, live_on))

    def _is_over(self, age: int) -> bool:
        every = self._settings.restart_every
        return every > 0 and age >= every

    def _chance(self, index: int, purpose: Purpose) -> np.random.Generator:
        return stream(
            self._seed,
            self._cycle,
            self._generation,
            index,
            purpose,
            section=self._section.number,
        )

    def _founders(self) -> list[Candidate]:
        return [self._founder(index) for index in range(self._settings.population)]

    def _founder(self, index: int) -> Candidate:
        """A founder of this cycle; where a population lives on, one of the initial population.

        A stretch that is bred anew would get the clips of the first time by that: it has founders of its own.
        """
        section, lives_on = self._section, self._settings.schedule == "generations"
        cycle = FIRST_CYCLE if lives_on and not section.of_stretch else self._cycle
        rng = stream(self._seed, cycle, 1, index, Purpose.FOUNDER, section=section.number)
        chromosome = self._breeder.founder(rng)
        if lives_on:
            rng = self._chance(index, Purpose.SEED)
        around = self._spotlight_start + int(rng.integers(self._spotlight_length))
        around = section.first_samples + around % section.n_samples
        n = self._settings.population
        return self._seeding.founder(
            chromosome,
            self._lineage_offset + ((cycle - 1) * section.n_sections + section.number) * n + index,
            around,
            self._semitones(index),
            partial(self._chance, index),
        )

    @property
    def _spotlight_length(self) -> int:
        """Length of the spotlight; all of a section, and of a target whose founders come but once, is looked at."""
        is_off = self._section.n_sections > 1 or self._settings.schedule == "generations"
        length = self._section.n_samples
        return length if is_off else min(self._spotlight_samples or length, length)

    @property
    def _spotlight_start(self) -> int:
        """Where this cycle's spotlight begins: steps of the golden ratio visit all of a long song evenly.

        One that begins near the end goes on at the beginning, so that neither is looked at more seldom than the rest.
        """
        if self._spotlight_length == self._section.n_samples:
            return 0
        return int((self._cycle * GOLDEN_RATIO % 1.0) * self._section.n_samples)

    def _semitones(self, index: int) -> range:
        """Every so many founders may change their pitch."""
        share = self._settings.pitched_founders
        if int((index + 1) * share) == int(index * share):
            return range(0)
        return self._breeder.semitones

    @property
    def _n_kept(self) -> int:
        return len(self._kept) + len(self._kept_parents)

    def _elite(self) -> list[Individual]:
        """Who lives on beside the children of the next generation."""
        n_wanted = n_elite(self._settings, self._age + 1)
        if n_wanted == 0:
            return []
        rng = self._chance(0, Purpose.ELITE)
        return [self.population[i] for i in draw_elite(rng, len(self.population), n_wanted)]

    def _again(self) -> list[Candidate]:
        """Those that live on, whose scores the canvas has outlived."""
        is_reset = self._seeding.is_reset(self._age)
        self._n_again = len(self._kept_parents)
        return [
            self._seeding.again(parent, partial(self._chance_again, index), is_reset=is_reset)
            for index, parent in enumerate(self._kept_parents)
        ]

    def _chance_again(self, index: int, purpose: Purpose) -> np.random.Generator:
        """Apart from the streams of the children, which count from 0 as well."""
        n_streams = self._settings.capacity + self._settings.population
        return self._chance(n_streams + index, purpose)

    def _children(self) -> list[Candidate]:
        """Children of the survivors, each survivor's together, then those of two parents.

        Where only children go on, survivors breed until the generation is as large as the first one was.
        """
        settings, survivors = self._settings, self._survivors
        only_children = settings.survivors == "children"
        n_crossed = math.ceil(settings.crossover * len(survivors) * settings.offspring)
        children: list[Candidate] = []
        for parent in survivors:
            for _ in range(settings.offspring):
                children += self._varied(parent, len(children))
        for _ in range(n_crossed):
            children.append(self._crossed(len(children)))
        limit = settings.capacity - (self._n_kept if only_children else 0)
        n_wanted = min(settings.population - self._n_kept, limit) if only_children else 0
        turn = 0
        while len(children) < n_wanted:
            children += self._varied(survivors[turn % len(survivors)], len(children))
            turn += 1
        return children[:limit]

    def _varied(self, parent: Parent, index: int) -> list[Candidate]:
        litter = self._breeder.vary(parent.chromosome, self._chance(index, Purpose.VARIATION))
        for chromosome in litter:
            self._tally.add(operator_of(parent.chromosome, chromosome), parent)
        return [
            self._seeding.child(
                chromosome,
                parent,
                partial(self._chance, index + i),
                is_reset=self._seeding.is_reset(self._age),
            )
            for i, chromosome in enumerate(litter)
        ]

    def _crossed(self, index: int) -> Candidate:
        rng = self._chance(index, Purpose.VARIATION)
        survivors = self._survivors
        first, second = (survivors[int(rng.integers(len(survivors)))] for _ in range(2))
        chromosome = self._breeder.cross(first.chromosome, second.chromosome, rng)
        self._tally.add(CROSSED, first)
        is_reset = self._seeding.is_reset(self._age)
        return self._seeding.child(
            chromosome, first, partial(self._chance, index), is_reset=is_reset
        )


def _individual(candidate: Candidate, trial: Trial) -> Individual:
    """A candidate with its trial, and with the pitch that was proposed for it as a gene."""
    if trial.cents:
        candidate = replace(candidate, chromosome=pitched(candidate.chromosome, trial.cents))
    return Individual(candidate, trial)
