"""Which moment of which source sounds at each moment of a chromosome, and at what pitch, told without rendering.

A chromosome is followed gene by gene as a list of pieces. A gene that moves sound in time tells what becomes of them by
its optional member ``pieces_after``; what the others do leaves every moment where it is. Rendering rounds to samples at
every gene, so times are right to a millisecond or so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from phenotune.genome.anatomy import inner_chromosome
from phenotune.genome.chromosome import Chromosome
from phenotune.units import cents_to_ratio, samples_to_s


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a source as it sounds in a chromosome.

    Parameters
    ----------
    source
        Id of the source.
    from_s, to_s
        The moments of the source with which it begins and ends, in seconds; played backwards, the first is the later.
    start_s, end_s
        When it begins and ends, in seconds from the start of the phenotype.
    cents
        How much higher it sounds than in the source.
    """

    source: str
    from_s: float
    to_s: float
    start_s: float
    end_s: float
    cents: float = 0.0


Pieces: TypeAlias = tuple[Piece, ...]


def pieces_of(chromosome: Chromosome, rates_hz: Mapping[str, float]) -> Pieces:
    """Give all that sounds in a chromosome, that of chromosomes inside it included.

    Parameters
    ----------
    chromosome
        Any chromosome whose clips lie inside their sources.
    rates_hz
        The sampling rate of each source by its id.

    Examples
    --------
    >>> from phenotune.library.clip import Clip
    >>> pieces_of(Chromosome(Clip("s0", 100, 50)), {"s0": 100})
    (Piece(source='s0', from_s=1.0, to_s=1.5, start_s=0.0, end_s=0.5, cents=0.0),)
    """
    return _followed(chromosome, rates_hz)[0]


def _followed(chromosome: Chromosome, rates_hz: Mapping[str, float]) -> tuple[Pieces, float]:
    """The pieces of a chromosome, and how long it sounds."""
    clip = chromosome.clip
    from_s = samples_to_s(clip.start_samples, rates_hz[clip.source])
    seconds = samples_to_s(clip.length_samples, rates_hz[clip.source])
    pieces: Pieces = (Piece(clip.source, from_s, from_s + seconds, 0.0, seconds),)
    for gene in chromosome.genes:
        inside = inner_chromosome(gene)
        inner, inner_s = ((), 0.0) if inside is None else _followed(inside, rates_hz)
        moved = getattr(gene, "pieces_after", None)
        if moved is not None:
            pieces = moved(pieces, seconds, inner)
        change = getattr(gene, "duration_after", None)
        if change is not None:
            seconds = change(seconds, inner_s)
    return pieces, seconds


def shifted(pieces: Pieces, by_s: float) -> Pieces:
    """The same, so much later."""
    return tuple(replace(p, start_s=p.start_s + by_s, end_s=p.end_s + by_s) for p in pieces)


def mirrored(pieces: Pieces, duration_s: float) -> Pieces:
    """The same played backwards, where all of it lasts so long."""
    return tuple(
        Piece(p.source, p.to_s, p.from_s, duration_s - p.end_s, duration_s - p.start_s, p.cents)
        for p in reversed(pieces)
    )


def sped_up(pieces: Pieces, cents: float) -> Pieces:
    """The same played faster and higher, or slower and lower."""
    ratio = cents_to_ratio(cents)
    return tuple(
        replace(p, start_s=p.start_s / ratio, end_s=p.end_s / ratio, cents=p.cents + cents)
        for p in pieces
    )


def cut(pieces: Pieces, start_s: float, end_s: float) -> Pieces:
    """What sounds between two moments, counted from the first of them.

    >>> cut((Piece("s0", 5.0, 7.0, 0.0, 2.0), Piece("s1", 0.0, 1.0, 2.0, 3.0)), 1.5, 2.0)
    (Piece(source='s0', from_s=6.5, to_s=7.0, start_s=0.0, end_s=0.5, cents=0.0),)
    """
    kept = []
    for p in pieces:
        first_s, last_s = max(p.start_s, start_s), min(p.end_s, end_s)
        if first_s >= last_s:
            continue
        speed = (p.to_s - p.from_s) / (p.end_s - p.start_s)
        from_s, to_s = (p.from_s + (at_s - p.start_s) * speed for at_s in (first_s, last_s))
        kept.append(Piece(p.source, from_s, to_s, first_s - start_s, last_s - start_s, p.cents))
    return tuple(kept)
