"""Making founders and children: variation with all its settings, as the engine wants to call it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.catalogue import GenesSettings
from phenotune.genome.spans import Spans
from phenotune.genome.variation import VariationSettings, cross, founder, vary


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

    def founder(self, rng: np.random.Generator) -> Chromosome:
        """A fresh clip of the library."""
        return founder(rng, self.spans)

    def vary(self, parent: Chromosome, rng: np.random.Generator) -> tuple[Chromosome, ...]:
        """One mutation, which may bring several children at once."""
        return vary(parent, rng, self.genes, self.variation, spans=self.spans)

    def cross(self, first: Chromosome, second: Chromosome, rng: np.random.Generator) -> Chromosome:
        """One child of two parents."""
        return cross(first, second, rng, self.genes, self.variation, spans=self.spans)
