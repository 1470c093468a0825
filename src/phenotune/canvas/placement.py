"""A chromosome that has landed on the canvas."""

from __future__ import annotations

from dataclasses import dataclass

from phenotune.genome.chromosome import Chromosome


@dataclass(frozen=True, slots=True)
class Placement:
    """Where, how loud and since when a chromosome sounds.

    Parameters
    ----------
    id
        Unique in its mosaic, counted from 1 in the order of landing.
    chromosome
        What sounds.
    onset_samples
        Where its first sample falls, at the mosaic's rate; may be negative.
    gains
        Linear gain per channel of the canvas; a negative one turns the polarity.
    cycle
        The cycle in which it landed, counted from 1.
    lineage
        Number of the founder clip that it descends from.
    locked
        Whether a person has locked it: then no search touches it.
    muted
        Whether a person has muted it: it is kept, and not heard.
    """

    id: int
    chromosome: Chromosome
    onset_samples: int
    gains: tuple[float, ...]
    cycle: int
    lineage: int
    locked: bool = False
    muted: bool = False
