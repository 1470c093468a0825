"""Add: let a second chromosome sound together with the first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from phenotune.arrays import Samples
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.fades import JOIN_FADE_MS, fade_out, fade_samples, match_channels
from phenotune.genome.genes.draws import near, rounded
from phenotune.genome.genes.ranges import GeneRanges, check_number
from phenotune.genome.pieces import Pieces
from phenotune.settings import setting

if TYPE_CHECKING:
    from phenotune.genome.chromosome import RenderChromosome

_STEP = 0.1


class AddRanges(GeneRanges):
    """The balance of the two sounds. The weight counts against ``append``, when two chromosomes are crossed."""

    min_mix: float = setting(0.25, "Smallest share of the second sound.", ge=0.0, le=1.0)
    max_mix: float = setting(0.75, "Largest share of the second sound.", ge=0.0, le=1.0)


@dataclass(frozen=True, slots=True)
class Add:
    """Crossover by adding: both sounds start together, and the sum is as long as the longer of them.

    Parameters
    ----------
    chromosome
        What is added, with genes of its own.
    mix
        Its share, 0 to 1; the first sound has the rest. 0.5 gives the mean of the two.
    """

    chromosome: Chromosome
    mix: float = 0.5

    tag: ClassVar[str] = "add"

    def __post_init__(self) -> None:
        check_number("mix", self.mix, 0.0, 1.0)

    @classmethod
    def random(cls, rng: np.random.Generator, ranges: AddRanges, mate: Chromosome) -> Self:
        """Add the mate in equal shares, or as nearly as the range allows."""
        return cls(mate, rounded(0.5, ranges.min_mix, ranges.max_mix, digits=3))

    def mutate(self, rng: np.random.Generator, ranges: AddRanges) -> Self:
        """Step the mix by about a tenth; what is added stays."""
        mix = near(rng, self.mix, _STEP, ranges.min_mix, ranges.max_mix, digits=3)
        return type(self)(self.chromosome, mix)

    def apply(self, samples: Samples, rate_hz: int, render: RenderChromosome) -> Samples:
        """Give the sum in new memory; where the shorter sound ends it is faded for 3 ms."""
        inner = render(self.chromosome)
        n_channels = max(samples.shape[0], inner.shape[0])
        first = match_channels(samples, n_channels) * np.float32(1.0 - self.mix)
        second = match_channels(inner, n_channels) * np.float32(self.mix)
        shorter, longer = sorted((first, second), key=_length)
        n_shorter = shorter.shape[1]
        if n_shorter < longer.shape[1]:
            fade_out(shorter, fade_samples(n_shorter, rate_hz, JOIN_FADE_MS))
        longer[:, :n_shorter] += shorter
        return longer

    def duration_after(self, duration_s: float, inner_s: float) -> float:
        """Give the longer duration."""
        return max(duration_s, inner_s)

    def pieces_after(self, pieces: Pieces, duration_s: float, inner: Pieces) -> Pieces:
        """Give both at once."""
        return (*pieces, *inner)


def _length(samples: Samples) -> int:
    return int(samples.shape[1])
