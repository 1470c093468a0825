"""Reverse: play the sound backwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from phenotune.arrays import Samples
from phenotune.genome.genes.ranges import GeneRanges
from phenotune.genome.pieces import Pieces, mirrored

if TYPE_CHECKING:
    from phenotune.genome.chromosome import Chromosome, RenderChromosome


class ReverseRanges(GeneRanges):
    """Nothing but the weight: there is one way to play backwards."""


@dataclass(frozen=True, slots=True)
class Reverse:
    """Play the sound backwards. Twice is once too often: it gives the sound back."""

    tag: ClassVar[str] = "reverse"

    @classmethod
    def random(cls, rng: np.random.Generator, ranges: ReverseRanges, mate: Chromosome) -> Self:
        """Draw nothing."""
        return cls()

    def mutate(self, rng: np.random.Generator, ranges: ReverseRanges) -> Self:
        """Stay as it is."""
        return self

    def apply(self, samples: Samples, rate_hz: int, render: RenderChromosome) -> Samples:
        """Give a view with time turned round; nothing is copied."""
        return samples[:, ::-1]

    def pieces_after(self, pieces: Pieces, duration_s: float, inner: Pieces) -> Pieces:
        """Give all of it from the end to the start."""
        return mirrored(pieces, duration_s)
