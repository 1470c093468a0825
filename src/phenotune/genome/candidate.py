"""What the search asks to be scored, and what it is told: the two values that pass between search and fitness."""

from __future__ import annotations

import math
from dataclasses import dataclass

from phenotune.genome.chromosome import Chromosome


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
    """

    chromosome: Chromosome
    lineage: int
    onsets: tuple[int, ...] = ()
    n_proposals: int = 0
    around_samples: int = 0


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
    levels
        Levels of the equaliser's bands, linear and on top of the gains, with which it could do as well as that; nothing
        where they were not solved.
    """

    fitness: float
    onset_samples: int = 0
    gains: tuple[float, ...] = ()
    n_samples: int = 0
    levels: tuple[float, ...] = ()

    @property
    def is_fit(self) -> bool:
        """Whether it can be placed at all."""
        return self.fitness > -math.inf


UNFIT = Trial(-math.inf)
"""The outcome of a candidate that is silent, too long, or falls outside the canvas."""
