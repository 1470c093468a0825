"""Append: let a second chromosome sound after the first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from phenotune.arrays import Samples
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.fades import join
from phenotune.genome.genes.ranges import GeneRanges
from phenotune.genome.pieces import Pieces, shifted

if TYPE_CHECKING:
    from phenotune.genome.chromosome import RenderChromosome


class AppendRanges(GeneRanges):
    """Nothing but the weight, which counts against ``add`` when two chromosomes are crossed."""


@dataclass(frozen=True, slots=True)
class Append:
    """Crossover by appending: one sound after the other without a gap; the join is faded for 3 ms.

    Parameters
    ----------
    chromosome
        What follows, with genes of its own.
    """

    chromosome: Chromosome

    tag: ClassVar[str] = "append"

    @classmethod
    def random(cls, rng: np.random.Generator, ranges: AppendRanges, mate: Chromosome) -> Self:
        """Append the mate."""
        return cls(mate)

    def mutate(self, rng: np.random.Generator, ranges: AppendRanges) -> Self:
        """Stay as it is; what follows varies by itself."""
        return self

    def apply(self, samples: Samples, rate_hz: int, render: RenderChromosome) -> Samples:
        """Give both in new memory."""
        return join([samples, render(self.chromosome)], rate_hz)

    def duration_after(self, duration_s: float, inner_s: float) -> float:
        """Give the sum of the durations."""
        return duration_s + inner_s

    def pieces_after(self, pieces: Pieces, duration_s: float, inner: Pieces) -> Pieces:
        """Give the one after the other."""
        return (*pieces, *shifted(inner, duration_s))
