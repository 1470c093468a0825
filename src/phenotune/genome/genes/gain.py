"""Gain: make the sound louder or softer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from phenotune.arrays import Samples
from phenotune.genome.genes.draws import near
from phenotune.genome.genes.ranges import WEIGHT_HELP, GeneRanges, check_number
from phenotune.settings import setting

if TYPE_CHECKING:
    from phenotune.genome.chromosome import Chromosome, RenderChromosome

MAX_AMPLITUDE = 100.0
"""40 dB, the most that the gene does at all."""

_SPREAD = 0.2
_STEP = 0.1


class GainRanges(GeneRanges):
    """How much louder or softer.

    The weight is small by default: the gain of a whole placement is solved, not searched, so that this gene matters
    only for the balance of sounds that are added or appended.
    """

    weight: float = setting(0.25, WEIGHT_HELP, ge=0.0)
    min_amplitude: float = setting(
        0.6, "Softest, as a factor; 1 changes nothing.", ge=0.0, le=MAX_AMPLITUDE
    )
    max_amplitude: float = setting(1.5, "Loudest, as a factor.", ge=0.0, le=MAX_AMPLITUDE)


@dataclass(frozen=True, slots=True)
class Gain:
    """Multiply the sound.

    Parameters
    ----------
    amplitude
        The factor; 1 changes nothing, 2 is 6 dB up.
    """

    amplitude: float

    tag: ClassVar[str] = "gain"

    def __post_init__(self) -> None:
        check_number("amplitude", self.amplitude, 0.0, MAX_AMPLITUDE)

    @classmethod
    def random(cls, rng: np.random.Generator, ranges: GainRanges, mate: Chromosome) -> Self:
        """Draw around 1 with standard deviation 0.2, brought into the range."""
        amplitude = near(rng, 1.0, _SPREAD, ranges.min_amplitude, ranges.max_amplitude, digits=3)
        return cls(amplitude)

    def mutate(self, rng: np.random.Generator, ranges: GainRanges) -> Self:
        """Step by about a tenth."""
        amplitude = near(
            rng, self.amplitude, _STEP, ranges.min_amplitude, ranges.max_amplitude, digits=3
        )
        return type(self)(amplitude)

    def apply(self, samples: Samples, rate_hz: int, render: RenderChromosome) -> Samples:
        """Give the product, in new memory."""
        return samples * np.float32(self.amplitude)
