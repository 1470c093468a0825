"""The evolution strategy: asked for candidates, told their trials.

A (mu + lambda) strategy with restarts. A cycle begins with a fresh population of founders; its generations breed until
the best of them beats the best of the last cycle, between a least and a greatest number of generations. Parents
and children are ranked together. Other schedules and other ways to survive are settings: with the schedule
"generations" every cycle is one generation, and its population lives on into the next; each section of the target has
a population of its own. The engine knows chromosomes and numbers and never hears a sound.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from phenotune.errors import ParameterError
from phenotune.genome.candidate import Candidate, Trial
from phenotune.genome.chromosome import Chromosome
from phenotune.search.breeding import Breeder
from phenotune.search.deme import Deme
from phenotune.search.population import Individual, largest_lineages, lineage_shares
from phenotune.search.sections import sections_of
from phenotune.search.settings import SearchSettings
from phenotune.search.state import EngineState
from phenotune.search.streams import Purpose, stream
from phenotune.search.tally import OperatorCount, together

__all__ = ["Engine", "EngineState", "GenerationSummary"]

N_LARGEST = 8
"""Lineages that a summary names."""


@dataclass(frozen=True)
class GenerationSummary:
    """What a generation came to, over all sections.

    ``generation`` is counted within its cycle. ``lineages`` are the largest, each with the number of its individuals.
    ``operators`` are those that have made its children: how many, and how many of them are fitter than their parent.
    """

    generation: int
    n_candidates: int
    best_fitness: float
    n_lineages: int
    largest_lineage_share: float
    lineages: tuple[tuple[int, int], ...] = ()
    operators: tuple[OperatorCount, ...] = ()


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
    section_samples
        Length of a section, each with a population of its own. 0 is one for the whole target.
    seed_width_samples
        How far from its parent's onset a child is looked for. 0 is as far as proposals reach.
    stretch
        The first sample of the stretch in which onsets lie, and the one after the last; None: the whole target.
    to_grid
        Moves an onset to where rhythm wants it.

    Attributes
    ----------
    state
        What outlives a cycle; set it to go on from a checkpoint.
    lineage_offset
        Added to the numbers of founders, so that none comes twice where the size of the population has changed.
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
        section_samples: int = 0,
        seed_width_samples: int = 0,
        stretch: tuple[int, int] | None = None,
        to_grid: Callable[[int], int] | None = None,
    ) -> None:
        self.state = EngineState()
        self.lineage_offset = 0
        self._settings = settings
        self._breeder = breeder
        self._seed = seed
        self._has_stretch = stretch is not None
        self._cycle = 0
        self._generation = 0
        self._distance = math.inf
        self._asked: list[list[Candidate]] | None = None
        self._demes = [
            Deme(
                settings,
                breeder,
                section,
                seed=seed,
                niche_samples=niche_samples,
                spotlight_samples=spotlight_samples,
                seed_width_samples=seed_width_samples,
                to_grid=to_grid,
            )
            for section in sections_of(n_target_samples, section_samples, stretch)
        ]

    def begin_cycle(self, cycle: int, distance: float) -> None:
        """Start a cycle (counted from 1) on a canvas at this distance from the target.

        Its population is a fresh one; with the schedule "generations" it is what has lived on from the cycle before.
        """
        self._cycle, self._generation = cycle, 0
        self._distance = distance
        self._asked = None
        stocks = self.state.stocks if self._goes_by_generations else ()
        for number, deme in enumerate(self._demes):
            # A target that has been cut anew, into another number of sections, begins anew.
            stock = stocks[number] if len(stocks) == len(self._demes) else None
            deme.begin(cycle, stock, self.lineage_offset)

    def ask(self) -> tuple[Candidate, ...]:
        """The candidates of the next generation: founders first, afterwards the children of the survivors.

        Individuals that were scored on an older canvas and live on are asked for again, before the children.

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
        self._asked = [deme.ask() for deme in self._demes]
        return tuple(candidate for asked in self._asked for candidate in asked)

    def tell(self, trials: list[Trial]) -> GenerationSummary:
        """Take in the trials of the candidates asked for, in their order, and rank them."""
        n_asked = sum(map(len, self._asked or []))
        if self._asked is None or len(trials) != n_asked:
            raise ParameterError(f"Engine.tell: expected {n_asked} trials, got {len(trials)}")
        first = 0
        for deme, asked in zip(self._demes, self._asked, strict=True):
            deme.tell(asked, trials[first : first + len(asked)])
            first += len(asked)
        self._asked = None
        individuals = [individual for deme in self._demes for individual in deme.population]
        n_lineages, share = lineage_shares(individuals)
        return GenerationSummary(
            self._generation,
            n_asked,
            max(deme.best_fitness for deme in self._demes),
            n_lineages,
            share,
            largest_lineages(individuals, N_LARGEST),
            together(deme.operators for deme in self._demes),
        )

    @property
    def cycle_is_over(self) -> bool:
        """Whether the best beats the last cycle's best, or the generations are used up."""
        if self._goes_by_generations:
            return self._generation >= 1
        if self._generation < self._settings.min_generations:
            return False
        if self._generation >= self._settings.max_generations:
            return True
        return self._distance - self._promise() < self.state.best_distance

    def end_cycle(self) -> list[list[Individual]]:
        """Close the cycle and return the population of each section, best first."""
        stocks = tuple(deme.stock for deme in self._demes) if self._goes_by_generations else ()
        self.state = EngineState(self._distance - max(0.0, self._promise()), stocks)
        return [deme.population for deme in self._demes]

    def rival(self, placement_id: int, chromosome: Chromosome) -> Chromosome:
        """A variation of a chromosome that has landed, to be tried in its place; in one cycle always the same."""
        rng = stream(self._seed, self._cycle, 0, placement_id, Purpose.REVISION)
        return self._breeder.vary(chromosome, rng)[0]

    @property
    def lives_on(self) -> bool:
        """Whether the founders of the first cycle are all that there are; a stretch has founders of its own."""
        return self._goes_by_generations and not self._has_stretch

    @property
    def n_founders(self) -> int:
        """Founders of a cycle, in all sections."""
        return self._settings.population * len(self._demes)

    @property
    def _goes_by_generations(self) -> bool:
        """Whether populations live on from cycle to cycle."""
        return self._settings.schedule == "generations"

    def _promise(self) -> float:
        """What the best of the sections would bring, one of each; minus infinity where nobody is fit."""
        best = [deme.best_fitness for deme in self._demes if deme.best_fitness > -math.inf]
        if len(self._demes) == 1 or not best:
            return max(best, default=-math.inf)
        return sum(max(0.0, fitness) for fitness in best)
