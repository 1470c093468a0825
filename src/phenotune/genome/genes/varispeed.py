"""Varispeed: play the sound faster and higher, or slower and lower, as a tape machine does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from phenotune.arrays import Samples
from phenotune.audio.resampling import QUICK, resample
from phenotune.genome.genes.draws import near, uniform
from phenotune.genome.genes.ranges import GeneRanges, check_number
from phenotune.genome.pieces import Pieces, sped_up
from phenotune.settings import setting
from phenotune.units import cents_to_ratio

if TYPE_CHECKING:
    from phenotune.genome.chromosome import Chromosome, RenderChromosome

MAX_CENTS = 4800.0
"""Four octaves, the most that the gene does at all."""

_STEP_CENTS = 200.0


class VarispeedRanges(GeneRanges):
    """How far pitch and speed may go."""

    min_cents: float = setting(
        -1200.0, "Lowest pitch (and slowest speed).", unit="cents", ge=-MAX_CENTS, le=MAX_CENTS
    )
    max_cents: float = setting(
        1200.0, "Highest pitch (and fastest speed).", unit="cents", ge=-MAX_CENTS, le=MAX_CENTS
    )


@dataclass(frozen=True, slots=True)
class Varispeed:
    """Change pitch and speed together by resampling; there is no time-stretch.

    Parameters
    ----------
    cents
        The interval, 1200 to the octave; above 0 is higher, faster and shorter.
    """

    cents: float

    tag: ClassVar[str] = "varispeed"

    def __post_init__(self) -> None:
        check_number("cents", self.cents, -MAX_CENTS, MAX_CENTS)

    @classmethod
    def random(cls, rng: np.random.Generator, ranges: VarispeedRanges, mate: Chromosome) -> Self:
        """Draw any interval of the range."""
        return cls(uniform(rng, ranges.min_cents, ranges.max_cents, digits=1))

    def mutate(self, rng: np.random.Generator, ranges: VarispeedRanges) -> Self:
        """Step by about a whole tone."""
        cents = near(rng, self.cents, _STEP_CENTS, ranges.min_cents, ranges.max_cents, digits=1)
        return type(self)(cents)

    def apply(self, samples: Samples, rate_hz: int, render: RenderChromosome) -> Samples:
        """Resample as if the sound had been recorded at ``rate_hz`` times the interval's ratio.

        The length becomes ``round(n_samples / ratio)``. Going up, what would pass half the rate is filtered out.
        """
        if self.cents == 0.0:
            return samples
        return resample(samples, rate_hz * cents_to_ratio(self.cents), rate_hz)

    def apply_quickly(self, samples: Samples, rate_hz: int) -> Samples:
        """The same length by cubic interpolation, in a third of the time; highs lose level, and some of them fold."""
        if self.cents == 0.0:
            return samples
        return resample(samples, rate_hz * cents_to_ratio(self.cents), rate_hz, quality=QUICK)

    def duration_after(self, duration_s: float, inner_s: float) -> float:
        """Give the duration divided by the interval's ratio."""
        return duration_s / cents_to_ratio(self.cents)

    def pieces_after(self, pieces: Pieces, duration_s: float, inner: Pieces) -> Pieces:
        """Give all of it at the other pitch and speed."""
        return sped_up(pieces, self.cents)
