"""What of the search outlives a cycle: small, so that it goes into every checkpoint."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from phenotune.genome.chromosome import Chromosome
from phenotune.search.population import Individual


@dataclass(frozen=True, slots=True)
class Parent:
    """What an individual hands on to its children.

    Parameters
    ----------
    chromosome, lineage
        Its own.
    onset_samples
        Where it did best; where it was looked for if it could not be placed.
    is_fit
        Whether it could be placed at all.
    """

    chromosome: Chromosome
    lineage: int
    onset_samples: int
    is_fit: bool

    @classmethod
    def of(cls, individual: Individual) -> Parent:
        """What this individual hands on."""
        candidate, trial = individual.candidate, individual.trial
        onset = trial.onset_samples if trial.is_fit else candidate.around_samples
        return cls(candidate.chromosome, candidate.lineage, onset, trial.is_fit)


@dataclass(frozen=True, slots=True)
class Stock:
    """What of a population lives on from one generation to the next.

    Parameters
    ----------
    age
        Generations since the population began.
    survivors
        Those that breed, best first.
    kept
        Those that live on beside their children, and are scored again with them.
    """

    age: int
    survivors: tuple[Parent, ...]
    kept: tuple[Parent, ...]


@dataclass(frozen=True)
class EngineState:
    """All that outlives a cycle, small enough for every checkpoint.

    Parameters
    ----------
    best_distance
        The lowest distance that the last cycle's best promised; infinity before the first.
    stocks
        With the schedule generations: what lives on, one for each section. Empty where every cycle begins afresh.
    """

    best_distance: float = math.inf
    stocks: tuple[Stock, ...] = ()

    def only(self, is_known: Callable[[Chromosome], bool]) -> EngineState:
        """The same without the chromosomes that cannot sound any more, since a source of theirs is gone."""
        return replace(
            self,
            stocks=tuple(
                Stock(
                    stock.age,
                    tuple(parent for parent in stock.survivors if is_known(parent.chromosome)),
                    tuple(parent for parent in stock.kept if is_known(parent.chromosome)),
                )
                for stock in self.stocks
            ),
        )
