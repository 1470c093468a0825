"""Split: cut the sound in two and keep one part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, Self, TypeAlias

import numpy as np

from phenotune.arrays import Samples
from phenotune.genome.genes.draws import near, uniform
from phenotune.genome.genes.ranges import GeneRanges, check_choice, check_number
from phenotune.genome.pieces import Pieces, cut
from phenotune.settings import setting

if TYPE_CHECKING:
    from phenotune.genome.chromosome import Chromosome, RenderChromosome

Part: TypeAlias = Literal["head", "tail"]
"""What lies before the cut, or after it."""

_STEP = 0.05
_FLIP_PROBABILITY = 0.25


class SplitRanges(GeneRanges):
    """Where the sound is cut."""

    min_at: float = setting(0.25, "Earliest cut, as a share of the sound.", ge=0.0, le=1.0)
    max_at: float = setting(0.75, "Latest cut, as a share of the sound.", ge=0.0, le=1.0)


@dataclass(frozen=True, slots=True)
class Split:
    """Keep what lies before or after a cut. When the gene is drawn, both parts live on as siblings.

    Parameters
    ----------
    at
        The cut, as a share of the sound, 0 to 1.
    keep
        ``"head"`` or ``"tail"``; together they have exactly the samples of the whole.
    """

    at: float
    keep: Part

    tag: ClassVar[str] = "split"

    def __post_init__(self) -> None:
        check_number("at", self.at, 0.0, 1.0)
        check_choice("keep", self.keep, ("head", "tail"))

    @classmethod
    def random(cls, rng: np.random.Generator, ranges: SplitRanges, mate: Chromosome) -> Self:
        """Cut anywhere in the range, keep either part."""
        at = uniform(rng, ranges.min_at, ranges.max_at, digits=4)
        return cls(at, "head" if rng.random() < 0.5 else "tail")

    def mutate(self, rng: np.random.Generator, ranges: SplitRanges) -> Self:
        """Move the cut by about a twentieth of the sound; one time in four keep the other part."""
        at = near(rng, self.at, _STEP, ranges.min_at, ranges.max_at, digits=4)
        flipped = rng.random() < _FLIP_PROBABILITY
        return type(self)(at, self._other() if flipped else self.keep)

    def apply(self, samples: Samples, rate_hz: int, render: RenderChromosome) -> Samples:
        """Give a view of the part; nothing is copied."""
        cut = round(self.at * samples.shape[1])
        return samples[:, :cut] if self.keep == "head" else samples[:, cut:]

    def siblings(self) -> tuple[Self, ...]:
        """Give both parts, head first."""
        return type(self)(self.at, "head"), type(self)(self.at, "tail")

    def duration_after(self, duration_s: float, inner_s: float) -> float:
        """Give the part's share of the duration."""
        return duration_s * (self.at if self.keep == "head" else 1.0 - self.at)

    def pieces_after(self, pieces: Pieces, duration_s: float, inner: Pieces) -> Pieces:
        """Give what sounds in the part."""
        at_s = self.at * duration_s
        head = self.keep == "head"
        return cut(pieces, 0.0, at_s) if head else cut(pieces, at_s, duration_s)

    def _other(self) -> Part:
        return "tail" if self.keep == "head" else "head"
