"""Envelope: the sound in equal steps, each with a level of its own, down to nothing."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from phenotune.arrays import Samples
from phenotune.errors import ParameterError
from phenotune.genome.genes.draws import near, uniform, whole
from phenotune.genome.genes.ranges import GeneRanges, check_number
from phenotune.settings import setting

if TYPE_CHECKING:
    from phenotune.genome.chromosome import Chromosome, RenderChromosome

MAX_STEPS = 16
"""The most steps that an envelope has at all."""
MIN_LEVEL_DB, MAX_LEVEL_DB = -60.0, 24.0
"""The least and the most level of a step; at the least it is silent."""
SLOPE_S = 0.02
"""Time in which one level gives way to the next, at most a step."""

_STEP_DB = 4.0


class EnvelopeRanges(GeneRanges):
    """How many steps, and how loud they may be."""

    weight: float = setting(
        0.0,
        "How likely the gene is drawn, relative to the weights of the others; the search solves it anyway "
        "(mix.envelope).",
        ge=0.0,
    )
    min_steps: int = setting(2, "Fewest steps.", ge=2, le=MAX_STEPS)
    max_steps: int = setting(8, "Most steps.", ge=2, le=MAX_STEPS)
    min_level_db: float = setting(
        -24.0, "Lowest level of a step.", unit="dB", ge=MIN_LEVEL_DB, le=MAX_LEVEL_DB
    )
    max_level_db: float = setting(
        6.0, "Highest level of a step.", unit="dB", ge=MIN_LEVEL_DB, le=MAX_LEVEL_DB
    )


@dataclass(frozen=True, slots=True)
class Envelope:
    """Steps of equal length, each with a level of its own: an attack taken away, a tail cut short, a gap in the middle.

    Parameters
    ----------
    levels_db
        Level of each step, 2 to 16 of them; -60 dB is silence.
    """

    levels_db: tuple[float, ...]

    tag: ClassVar[str] = "envelope"

    def __post_init__(self) -> None:
        if not 2 <= len(self.levels_db) <= MAX_STEPS:
            raise ParameterError(
                f"levels_db: expected 2 to {MAX_STEPS} levels, got {len(self.levels_db)}"
            )
        for level_db in self.levels_db:
            check_number("levels_db", level_db, MIN_LEVEL_DB, MAX_LEVEL_DB)

    @classmethod
    def random(cls, rng: np.random.Generator, ranges: EnvelopeRanges, mate: Chromosome) -> Self:
        """Draw the number of steps, and each level evenly in decibels."""
        n_steps = whole(rng, ranges.min_steps, ranges.max_steps)
        low, high = ranges.min_level_db, ranges.max_level_db
        return cls(tuple(uniform(rng, low, high, digits=1) for _ in range(n_steps)))

    def mutate(self, rng: np.random.Generator, ranges: EnvelopeRanges) -> Self:
        """Change one of the levels by about 4 dB."""
        index = int(rng.integers(len(self.levels_db)))
        low, high = ranges.min_level_db, ranges.max_level_db
        levels_db = list(self.levels_db)
        levels_db[index] = near(rng, levels_db[index], _STEP_DB, low, high, digits=1)
        return dataclasses.replace(self, levels_db=tuple(levels_db))

    def apply(self, samples: Samples, rate_hz: int, render: RenderChromosome) -> Samples:
        """Scale the sound; the length stays."""
        return samples * gains(self.levels_db, samples.shape[1], rate_hz)


def gains(levels_db: tuple[float, ...], n_samples: int, rate_hz: int) -> NDArray[np.float32]:
    """Amplitude of each sample: the levels, joined by raised cosines about the ends of the steps.

    >>> gains((0.0, -60.0), 8, 1000).astype(float).round(2).tolist()
    [1.0, 1.0, 0.96, 0.69, 0.31, 0.04, 0.0, 0.0]
    """
    levels = [0.0 if db <= MIN_LEVEL_DB else 10.0 ** (db / 20.0) for db in levels_db]
    ends = [k * n_samples // len(levels) for k in range(len(levels) + 1)]
    half = max(min(round(SLOPE_S * rate_hz), n_samples // len(levels)) // 2, 1)
    slope = _slope(half)
    curve = np.repeat(np.array(levels, np.float32), np.diff(ends))
    for before, after, middle in zip(levels, levels[1:], ends[1:-1], strict=False):
        first, last = max(middle - half, 0), min(middle + half, n_samples)
        share = slope[first - middle + half : last - middle + half]
        curve[first:last] = np.float32(before) + np.float32(after - before) * share
    return curve


@lru_cache(maxsize=64)
def _slope(half: int) -> NDArray[np.float32]:
    """A raised cosine from 0 to 1 over twice so many samples."""
    place = (np.arange(2 * half) + 0.5) / (2 * half)
    slope: NDArray[np.float32] = (0.5 - 0.5 * np.cos(np.pi * place)).astype(np.float32)
    slope.flags.writeable = False
    return slope
