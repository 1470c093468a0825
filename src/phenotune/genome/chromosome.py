"""The genotype: a clip and the ordered genes that turn it into a phenotype."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self, runtime_checkable

import numpy as np

from phenotune.arrays import Samples
from phenotune.library.clip import Clip

if TYPE_CHECKING:
    RenderChromosome = Callable[["Chromosome"], Samples]


@runtime_checkable
class Gene(Protocol):
    """One transform with fixed parameters: four members, no base class.

    Chance is drawn in ``random`` and ``mutate`` and nowhere else; ``apply`` is a pure function that never writes to the
    samples it is given, which may be the library's own memory. ``ranges`` is what the catalogue pairs with the gene.

    Four further members are optional, and looked for by name. A gene whose field ``chromosome`` holds a second
    chromosome takes part in crossover. ``siblings() -> tuple[Gene | None, ...]`` makes several children out of one
    drawing; each gets one entry in the gene's place, and ``None`` leaves the place empty.
    ``duration_after(duration_s, inner_s) -> float`` tells how long the sound becomes, where ``inner_s`` is the duration
    of the chromosome that the gene holds, else 0; without it the gene leaves the duration as it is.
    ``pieces_after(pieces, duration_s, inner) -> Pieces`` tells what then sounds when, see
    :mod:`phenotune.genome.pieces`; without it every moment stays where it is.
    """

    tag: ClassVar[str]

    @classmethod
    def random(cls, rng: np.random.Generator, ranges: Any, mate: Chromosome) -> Self:
        """Draw a new gene within the ranges; ``mate`` is another chromosome, for the genes that hold one."""
        ...

    def mutate(self, rng: np.random.Generator, ranges: Any) -> Self:
        """Draw a neighbour of this gene within the ranges."""
        ...

    def apply(self, samples: Samples, rate_hz: int, render: RenderChromosome) -> Samples:
        """Transform sound of shape (n_channels, n_samples); ``render`` renders a chromosome held by the gene."""
        ...


@dataclass(frozen=True, slots=True)
class Chromosome:
    """A clip and an ordered tuple of genes: a value, hashable, with no sound in it."""

    clip: Clip
    genes: tuple[Gene, ...] = ()
