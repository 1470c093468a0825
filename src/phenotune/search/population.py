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


def ranked(individuals: Sequence[Individual]) -> list[Individual]:
    """Individuals from best to worst; equals keep their order, so that nothing is left to chance."""
    return sorted(individuals, key=lambda individual: -individual.fitness)


def lineage_shares(individuals: Sequence[Individual]) -> tuple[int, float]:
    """Number of lineages, and the share of the largest (0 for nobody)."""
    counts = Counter(individual.candidate.lineage for individual in individuals)
    if not counts:
        return 0, 0.0
    return len(counts), max(counts.values()) / len(individuals)
