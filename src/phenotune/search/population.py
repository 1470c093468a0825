"""Individuals, and how they are ranked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from phenotune.genome.candidate import Candidate, Trial


@dataclass(frozen=True, slots=True)
class Individual:
    """A candidate and the best that it could do."""

    candidate: Candidate
    trial: Trial

    @property
    def fitness(self) -> float:
        """Higher is better, always."""
        return self.trial.fitness

    @property
    def appeal(self) -> float:
        """Fitness as the direction sees it; the same where nothing is asked of it."""
        return self.trial.appeal


def ranked(individuals: Sequence[Individual]) -> list[Individual]:
    """Individuals from the most to the least appealing; equals keep their order, so that nothing is left to chance."""
    return sorted(individuals, key=lambda individual: -individual.appeal)


def spread(population: Sequence[Individual], niche_samples: int) -> list[Individual]:
    """The best of each niche first, then all others; both from best to worst.

    A niche is a stretch of the canvas of this length. So the survivors of a generation, and the winners of a cycle, lie
    all over the song, and not where the one best clip and its children fit.

    Parameters
    ----------
    population
        Ranked.
    niche_samples
        Length of a niche; 0 leaves the order as it is.
    """
    if niche_samples <= 0:
        return list(population)
    first: dict[int, Individual] = {}
    others: list[Individual] = []
    for individual in population:
        niche = individual.trial.onset_samples // niche_samples
        if individual.trial.is_fit and niche not in first:
            first[niche] = individual
        else:
            others.append(individual)
    return [*first.values(), *others]


def lineage_shares(individuals: Sequence[Individual]) -> tuple[int, float]:
    """Number of lineages, and the share of the largest (0 for nobody)."""
    counts = Counter(individual.candidate.lineage for individual in individuals)
    if not counts:
        return 0, 0.0
    return len(counts), max(counts.values()) / len(individuals)


def largest_lineages(individuals: Sequence[Individual], n: int) -> tuple[tuple[int, int], ...]:
    """The largest lineages, as (id, number of individuals); of equals the lower id comes first.

    >>> largest_lineages([], 8)
    ()
    """
    counts = Counter(individual.candidate.lineage for individual in individuals)
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:n])
