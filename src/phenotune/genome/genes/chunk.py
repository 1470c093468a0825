"""Chunk: cut the sound into several equal pieces and keep one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from phenotune.arrays import Samples
from phenotune.genome.genes.draws import one_off, whole
from phenotune.genome.genes.ranges import GeneRanges, check_number
from phenotune.genome.pieces import Pieces, cut
from phenotune.settings import setting

if TYPE_CHECKING:
    from phenotune.genome.chromosome import Chromosome, RenderChromosome

MAX_PIECES = 64
"""The most pieces that the gene cuts at all."""


class ChunkRanges(GeneRanges):
    """How many pieces: 3 to 8 are pieces of a third to an eighth of the sound."""

    min_pieces: int = setting(3, "Fewest pieces.", ge=1, le=MAX_PIECES)
    max_pieces: int = setting(8, "Most pieces.", ge=1, le=MAX_PIECES)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Keep one piece of several. When the gene is drawn, all pieces live on as siblings.

    Parameters
    ----------
    n_pieces
        Number of pieces; their lengths differ by at most one sample and sum up to the whole.
    piece
        Which one is kept, counted from 0.
    """

    n_pieces: int
    piece: int

    tag: ClassVar[str] = "chunk"

    def __post_init__(self) -> None:
        check_number("n_pieces", self.n_pieces, 1, MAX_PIECES)
        check_number("piece", self.piece, 0, self.n_pieces - 1)

    @classmethod
    def random(cls, rng: np.random.Generator, ranges: ChunkRanges, mate: Chromosome) -> Self:
        """Draw any number of pieces of the range, and any of them."""
        n_pieces = whole(rng, ranges.min_pieces, ranges.max_pieces)
        return cls(n_pieces, whole(rng, 0, n_pieces - 1))

    def mutate(self, rng: np.random.Generator, ranges: ChunkRanges) -> Self:
        """Move to the piece before or after, or else cut one piece more or less at about the same place."""
        if rng.random() < 0.5:
            return type(self)(self.n_pieces, one_off(rng, self.piece, 0, self.n_pieces - 1))
        n_pieces = one_off(rng, self.n_pieces, ranges.min_pieces, ranges.max_pieces)
        return type(self)(n_pieces, self.piece * n_pieces // self.n_pieces)

    def apply(self, samples: Samples, rate_hz: int, render: RenderChromosome) -> Samples:
        """Give a view of the piece; nothing is copied."""
        n_samples = samples.shape[1]
        start = self.piece * n_samples // self.n_pieces
        return samples[:, start : (self.piece + 1) * n_samples // self.n_pieces]

    def siblings(self) -> tuple[Self, ...]:
        """Give all pieces in their order."""
        return tuple(type(self)(self.n_pieces, piece) for piece in range(self.n_pieces))

    def duration_after(self, duration_s: float, inner_s: float) -> float:
        """Give the piece's share of the duration."""
        return duration_s / self.n_pieces

    def pieces_after(self, pieces: Pieces, duration_s: float, inner: Pieces) -> Pieces:
        """Give what sounds in the piece that is kept."""
        length_s = duration_s / self.n_pieces
        return cut(pieces, self.piece * length_s, (self.piece + 1) * length_s)
