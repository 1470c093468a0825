"""Making founders and children: variation with all its settings, as the engine wants to call it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.catalogue import GenesSettings
from phenotune.genome.spans import Spans
from phenotune.genome.variation import VariationSettings, cross, founder, vary

MAX_SEMITONES = 7
"""As far as pitch is proposed; mutation may go on from there."""


@dataclass(frozen=True)
class Breeder:
    """What variation needs to know, in one place.

    Parameters
    ----------
    spans
        The library in numbers.
    genes
        Which genes may be drawn, and their ranges.
    variation
        Sizes of chromosomes, and weights of operators.
    """

    spans: Spans
    genes: GenesSettings
    variation: VariationSettings

    @property
    def semitones(self) -> range:
        """The whole semitones that varispeed may reach; empty where that gene is switched off."""
        ranges = self.genes.varispeed
        low = max(math.ceil(ranges.min_cents / 100.0), -MAX_SEMITONES)
        high = min(math.floor(ranges.max_cents / 100.0), MAX_SEMITONES)
        is_drawn = self.genes.weight_of("varispeed") > 0.0
        room = self.variation.max_genes > 0 and is_drawn and low < high
        return range(low, high + 1) if room else range(0)

    def founder(self, rng: np.random.Generator) -> Chromosome:
        """A fresh clip of the library."""
        return founder(rng, self.spans)

    def vary(self, parent: Chromosome, rng: np.random.Generator) -> tuple[Chromosome, ...]:
        """One mutation, which may bring several children at once."""
        return vary(parent, rng, self.genes, self.variation, spans=self.spans)

    def cross(self, first: Chromosome, second: Chromosome, rng: np.random.Generator) -> Chromosome:
        """One child of two parents."""
        return cross(first, second, rng, self.genes, self.variation, spans=self.spans)
