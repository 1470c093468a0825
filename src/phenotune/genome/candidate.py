"""What the search asks to be scored, and what it is told: the two values that pass between search and fitness."""

from __future__ import annotations

import math
from dataclasses import dataclass

from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.varispeed import Varispeed


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chromosome to be tried, and where.

    Parameters
    ----------
    chromosome
        What would sound.
    lineage
        Number of its founder.
    onsets
        Onsets to be tried as they are, in samples of the canvas.
    n_proposals
        How many more onsets fitness itself may propose.
    around_samples
        Where proposals are looked for: in the stretch of the canvas that holds this sample.
    semitones
        The lowest and the highest pitch that fitness may propose; empty where the pitch stays.
    within_samples
        How far proposals may lie from ``around_samples``; 0: anywhere, or in the whole stretch.
    span
        The first sample of the canvas, and the one after the last, in which proposals and onsets drawn by chance lie: a
        section. None: all of it.
    """

    chromosome: Chromosome
    lineage: int
    onsets: tuple[int, ...] = ()
    n_proposals: int = 0
    around_samples: int = 0
    semitones: range = range(0)
    within_samples: int = 0
    span: tuple[int, int] | None = None

    @property
    def reach(self) -> tuple[int, int] | None:
        """The first sample in which proposals may lie and the one after the last; None: anywhere."""
        if self.within_samples == 0:
            return self.span
        first = self.around_samples - self.within_samples
        last = self.around_samples + self.within_samples + 1
        if self.span is None:
            return first, last
        return max(first, self.span[0]), min(last, self.span[1])


@dataclass(frozen=True, slots=True)
class Trial:
    """The best that a candidate could do.

    Parameters
    ----------
    fitness
        Distance before minus distance after placing; higher is better. Silence has the distance 1. Minus infinity for a
        candidate that cannot be placed at all.
    onset_samples
        Where, in samples of the canvas.
    gains
        How loud, per channel of the canvas.
    n_samples
        Length of the phenotype.
    cents
        The pitch that was proposed for it; 0 where it stayed as it was.
    weight
        What the direction thinks of it, above 0 and at most 1.
    """

    fitness: float
    onset_samples: int = 0
    gains: tuple[float, ...] = ()
    n_samples: int = 0
    cents: float = 0.0
    weight: float = 1.0

    @property
    def appeal(self) -> float:
        """Fitness as the direction sees it, by which candidates are ranked: never above the fitness."""
        return appeal(self.fitness, self.weight)

    @property
    def is_fit(self) -> bool:
        """Whether it can be placed at all."""
        return self.fitness > -math.inf


def appeal(fitness: float, weight: float) -> float:
    """Fitness as the direction sees it: a weight below 1 makes it worse, be it above or below 0.

    >>> appeal(0.5, 0.5), appeal(-0.5, 0.5)
    (0.25, -1.0)
    """
    return fitness * weight if fitness > 0.0 else fitness / weight


UNFIT = Trial(-math.inf)
"""The outcome of a candidate that is silent, too long, or falls outside the canvas."""


def pitched(chromosome: Chromosome, cents: float) -> Chromosome:
    """The chromosome with a varispeed behind its genes; itself at 0 cents."""
    if cents == 0.0:
        return chromosome
    return Chromosome(chromosome.clip, (*chromosome.genes, Varispeed(cents)))
