"""Low shelf: lift or lower what lies below a corner frequency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from phenotune.arrays import Samples
from phenotune.genome.genes.ranges import GeneRanges
from phenotune.genome.genes.shelving import (
    MAX_CORNER_HZ,
    MAX_GAIN_DB,
    MIN_CORNER_HZ,
    check_shelf,
    draw_shelf,
    filtered,
    shelf_section,
    step_shelf,
)
from phenotune.settings import setting

if TYPE_CHECKING:
    from phenotune.genome.chromosome import Chromosome, RenderChromosome


class LowShelfRanges(GeneRanges):
    """How much, and from where on."""

    min_gain_db: float = setting(-24.0, "Deepest cut.", unit="dB", ge=-MAX_GAIN_DB, le=MAX_GAIN_DB)
    max_gain_db: float = setting(
        12.0, "Strongest lift.", unit="dB", ge=-MAX_GAIN_DB, le=MAX_GAIN_DB
    )
    min_corner_hz: float = setting(
        100.0, "Lowest corner.", unit="Hz", ge=MIN_CORNER_HZ, le=MAX_CORNER_HZ
    )
    max_corner_hz: float = setting(
        1000.0, "Highest corner.", unit="Hz", ge=MIN_CORNER_HZ, le=MAX_CORNER_HZ
    )


@dataclass(frozen=True, slots=True)
class LowShelf:
    """Lift or lower what lies below the corner; the rest stays as it is.

    Parameters
    ----------
    gain_db
        Level of the shelf.
    corner_hz
        Where half of it is reached. Kept below 0.49 times the sampling rate.
    """

    gain_db: float
    corner_hz: float

    tag: ClassVar[str] = "low_shelf"

    def __post_init__(self) -> None:
        check_shelf(self.gain_db, self.corner_hz)

    @classmethod
    def random(cls, rng: np.random.Generator, ranges: LowShelfRanges, mate: Chromosome) -> Self:
        """Draw the gain evenly in decibels and the corner evenly in octaves."""
        return cls(*draw_shelf(rng, ranges))

    def mutate(self, rng: np.random.Generator, ranges: LowShelfRanges) -> Self:
        """Step by about 4 dB and half an octave."""
        return type(self)(*step_shelf(rng, self.gain_db, self.corner_hz, ranges))

    def apply(self, samples: Samples, rate_hz: int, render: RenderChromosome) -> Samples:
        """Filter from silence, with Q = 0.707; the length stays."""
        return filtered(samples, shelf_section(self.gain_db, self.corner_hz, rate_hz, low=True))
