"""Duplicate: put copies of the chromosome into the population."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from phenotune.arrays import Samples
from phenotune.genome.genes.draws import one_off, whole
from phenotune.genome.genes.ranges import WEIGHT_HELP, GeneRanges, check_number
from phenotune.settings import setting

if TYPE_CHECKING:
    from phenotune.genome.chromosome import Chromosome, RenderChromosome

MAX_COPIES = 16
"""The most copies that the gene makes at all."""


class DuplicateRanges(GeneRanges):
    """How many copies.

    Off by default. Copies are more tickets in a lottery of onsets; where the onset is found rather than drawn, a copy
    can only repeat the fitness of its original.
    """

    weight: float = setting(0.0, WEIGHT_HELP, ge=0.0)
    min_copies: int = setting(1, "Fewest copies.", ge=1, le=MAX_COPIES)
    max_copies: int = setting(3, "Most copies.", ge=1, le=MAX_COPIES)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Leave the sound alone; when the gene is drawn, that many copies of the chromosome live on without it.

    Parameters
    ----------
    n_copies
        Number of copies.
    """

    n_copies: int

    tag: ClassVar[str] = "duplicate"

    def __post_init__(self) -> None:
        check_number("n_copies", self.n_copies, 1, MAX_COPIES)

    @classmethod
    def random(cls, rng: np.random.Generator, ranges: DuplicateRanges, mate: Chromosome) -> Self:
        """Draw any number of the range."""
        return cls(whole(rng, ranges.min_copies, ranges.max_copies))

    def mutate(self, rng: np.random.Generator, ranges: DuplicateRanges) -> Self:
        """Make one copy more or less."""
        return type(self)(one_off(rng, self.n_copies, ranges.min_copies, ranges.max_copies))

    def apply(self, samples: Samples, rate_hz: int, render: RenderChromosome) -> Samples:
        """Give the sound as it came."""
        return samples

    def siblings(self) -> tuple[None, ...]:
        """Give nothing in the gene's place, once for each copy."""
        return (None,) * self.n_copies
