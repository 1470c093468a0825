"""Repeat: play the sound again, several times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from phenotune.arrays import Samples
from phenotune.genome.fades import join
from phenotune.genome.genes.draws import one_off, whole
from phenotune.genome.genes.ranges import GeneRanges, check_number
from phenotune.genome.pieces import Pieces, shifted
from phenotune.settings import setting

if TYPE_CHECKING:
    from phenotune.genome.chromosome import Chromosome, RenderChromosome

MAX_MORE = 16
"""The most repeats that the gene does at all."""


class RepeatRanges(GeneRanges):
    """How often."""

    min_more: int = setting(1, "Fewest repeats after the first time.", ge=0, le=MAX_MORE)
    max_more: int = setting(3, "Most repeats after the first time.", ge=0, le=MAX_MORE)


@dataclass(frozen=True, slots=True)
class Repeat:
    """Play the sound again and again without a gap; the joins are faded for 3 ms.

    Parameters
    ----------
    n_more
        How many times more; the sound becomes ``n_more + 1`` times as long, to the sample.
    """

    n_more: int

    tag: ClassVar[str] = "repeat"

    def __post_init__(self) -> None:
        check_number("n_more", self.n_more, 0, MAX_MORE)

    @classmethod
    def random(cls, rng: np.random.Generator, ranges: RepeatRanges, mate: Chromosome) -> Self:
        """Draw any number of the range."""
        return cls(whole(rng, ranges.min_more, ranges.max_more))

    def mutate(self, rng: np.random.Generator, ranges: RepeatRanges) -> Self:
        """Repeat once more or once less."""
        return type(self)(one_off(rng, self.n_more, ranges.min_more, ranges.max_more))

    def apply(self, samples: Samples, rate_hz: int, render: RenderChromosome) -> Samples:
        """Give the joined repeats, in new memory."""
        return join([samples] * (self.n_more + 1), rate_hz)

    def duration_after(self, duration_s: float, inner_s: float) -> float:
        """Give the duration of all repeats."""
        return duration_s * (self.n_more + 1)

    def pieces_after(self, pieces: Pieces, duration_s: float, inner: Pieces) -> Pieces:
        """Give all of it, once for each time."""
        times = range(self.n_more + 1)
        return tuple(piece for n in times for piece in shifted(pieces, n * duration_s))
