"""What of a chromosome can be said as items: stretches of sources at a constant speed, each with a curve of gains.

A chromosome is followed gene by gene, as rendering does it and with the same rounding to samples, but no sound is made.
Genes that cut, turn round, speed up, repeat and join move stretches; genes that change levels change their curves; a
gene that filters ends it, and then the chromosome has to be rendered.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from phenotune.genome.anatomy import inner_chromosomes
from phenotune.genome.chromosome import Chromosome, Gene
from phenotune.genome.fades import JOIN_FADE_MS, fade_samples, rise
from phenotune.genome.genes.add import Add
from phenotune.genome.genes.append import Append
from phenotune.genome.genes.chunk import Chunk
from phenotune.genome.genes.duplicate import Duplicate
from phenotune.genome.genes.envelope import Envelope, gains
from phenotune.genome.genes.gain import Gain
from phenotune.genome.genes.repeat import Repeat
from phenotune.genome.genes.reverse import Reverse
from phenotune.genome.genes.split import Split
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.mosaic.facts import SourceFacts
from phenotune.units import cents_to_ratio, samples_at_rate

MAX_PIECES = 32
"""A chromosome of more pieces than that is rendered: nobody could edit it anyway."""

MIN_SPED_UP_SAMPLES = 400
"""A shorter piece at another speed is rendered: we resample what was cut, REAPER what is around it as well, and the
difference at the ends is heard where there is little between them."""

Curve: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a source that sounds at a constant speed; all samples are those of the project's rate.

    Parameters
    ----------
    source
        Id of the source.
    from_samples
        The place in the source where its first sample is read; need not be whole.
    step
        How far it moves on in the source with each sample: the speed, negative where it is played backwards.
    start_samples
        Where its first sample falls in the phenotype.
    curve
        Gain of each of its samples.
    fastest
        The highest speed on the way to this one. What a higher speed has filtered out, a lower one does not bring back.
    """

    source: str
    from_samples: float
    step: float
    start_samples: int
    curve: Curve
    fastest: float = 1.0

    @property
    def n_samples(self) -> int:
        """Its length."""
        return len(self.curve)

    @property
    def end_samples(self) -> int:
        """The sample after its last one."""
        return self.start_samples + self.n_samples


@dataclass(frozen=True, slots=True)
class Pieces:
    """All that sounds in a phenotype, and how many samples it has."""

    pieces: tuple[Piece, ...]
    n_samples: int


class _Unsayable(Exception):
    """A gene has done what no item can."""


def pieces_of(
    chromosome: Chromosome, sources: Mapping[str, SourceFacts], rate_hz: int
) -> Pieces | None:
    """Follow a chromosome at a rate, without the fades at its ends.

    Parameters
    ----------
    chromosome
        Any chromosome.
    sources
        The facts of all its sources.
    rate_hz
        Rate of the project.

    Returns
    -------
    Pieces or None
        What sounds, in any order; None where a gene filters, where highs are missing that a lower speed would show,
        where a piece at another speed is hardly more than its ends, or where the pieces are too many.
    """
    try:
        followed = _follow(chromosome, sources, rate_hz)
    except _Unsayable:
        return None
    lost_highs = any(p.fastest > max(1.0, abs(p.step)) * (1.0 + 1e-9) for p in followed.pieces)
    all_ends = any(
        abs(p.step) != 1.0 and p.n_samples < MIN_SPED_UP_SAMPLES for p in followed.pieces
    )
    too_many = len(followed.pieces) > MAX_PIECES
    return None if lost_highs or all_ends or too_many else followed


def has_filter(chromosome: Chromosome) -> bool:
    """Whether a gene of it, or of a chromosome inside it, does what no item can: filter, above all."""
    inside = any(map(has_filter, inner_chromosomes(chromosome)))
    return inside or any(type(gene) not in _MOVES for gene in chromosome.genes)


def cut(whole: Pieces, start: int, end: int) -> Pieces:
    """Give what sounds from one sample to another, counted from the first of them."""
    kept = []
    for piece in whole.pieces:
        first, last = max(piece.start_samples, start), min(piece.end_samples, end)
        if first >= last:
            continue
        skipped = first - piece.start_samples
        kept.append(
            replace(
                piece,
                from_samples=piece.from_samples + skipped * piece.step,
                start_samples=first - start,
                curve=piece.curve[skipped : last - piece.start_samples],
            )
        )
    return Pieces(tuple(kept), max(end - start, 0))


def faded(whole: Pieces, n_in: int, n_out: int) -> Pieces:
    """Fade the whole at its ends by raised cosines of so many samples, in the curves."""
    if n_in == 0 and n_out == 0:
        return whole
    return Pieces(
        tuple(_faded(p, whole.n_samples, n_in, n_out) for p in whole.pieces), whole.n_samples
    )


def _faded(piece: Piece, n_samples: int, n_in: int, n_out: int) -> Piece:
    curve = piece.curve
    head = n_in - piece.start_samples
    tail = piece.end_samples - (n_samples - n_out)
    if head <= 0 and tail <= 0:
        return piece
    curve = curve.copy()
    if head > 0:
        ramp = rise(n_in)[piece.start_samples : piece.end_samples]
        curve[: len(ramp)] *= ramp
    if tail > 0:
        after = n_samples - piece.end_samples
        ramp = rise(n_out)[after : after + piece.n_samples][::-1]
        curve[len(curve) - len(ramp) :] *= ramp
    return replace(piece, curve=curve)


def _follow(chromosome: Chromosome, sources: Mapping[str, SourceFacts], rate_hz: int) -> Pieces:
    def follow(inner: Chromosome) -> Pieces:
        return _follow(inner, sources, rate_hz)

    clip, source = chromosome.clip, sources[chromosome.clip.source]
    n_there = round(source.n_samples * rate_hz / source.rate_hz)
    start = samples_at_rate(clip.start_samples, source.rate_hz, rate_hz)
    end = samples_at_rate(clip.start_samples + clip.length_samples, source.rate_hz, rate_hz)
    n_samples = max(min(end, n_there) - start, 0)
    whole = Pieces((Piece(clip.source, start, 1.0, 0, np.ones(n_samples)),), n_samples)
    for gene in chromosome.genes:
        move = _MOVES.get(type(gene))
        if move is None:
            raise _Unsayable
        whole = move(gene, whole, rate_hz, follow)
        if len(whole.pieces) > 4 * MAX_PIECES:
            raise _Unsayable
    return Pieces(tuple(p for p in whole.pieces if p.n_samples > 0), whole.n_samples)


_Follow: TypeAlias = Callable[[Chromosome], Pieces]
_Move: TypeAlias = Callable[[Any, Pieces, int, _Follow], Pieces]


def _split(gene: Split, whole: Pieces, rate_hz: int, follow: _Follow) -> Pieces:
    at = round(gene.at * whole.n_samples)
    return cut(whole, 0, at) if gene.keep == "head" else cut(whole, at, whole.n_samples)


def _chunk(gene: Chunk, whole: Pieces, rate_hz: int, follow: _Follow) -> Pieces:
    n = whole.n_samples
    return cut(whole, gene.piece * n // gene.n_pieces, (gene.piece + 1) * n // gene.n_pieces)


def _reverse(gene: Reverse, whole: Pieces, rate_hz: int, follow: _Follow) -> Pieces:
    turned = (
        replace(
            p,
            from_samples=p.from_samples + (p.n_samples - 1) * p.step,
            step=-p.step,
            start_samples=whole.n_samples - p.end_samples,
            curve=p.curve[::-1],
        )
        for p in whole.pieces
    )
    return Pieces(tuple(turned), whole.n_samples)


def _varispeed(gene: Varispeed, whole: Pieces, rate_hz: int, follow: _Follow) -> Pieces:
    if gene.cents == 0.0:
        return whole
    ratio = cents_to_ratio(gene.cents)
    n_samples = round(whole.n_samples / ratio)
    moved = (_sped_up(p, ratio, n_samples) for p in whole.pieces if p.n_samples > 0)
    return Pieces(tuple(p for p in moved if p.n_samples > 0), n_samples)


def _sped_up(piece: Piece, ratio: float, n_samples: int) -> Piece:
    """A piece whose ends fall between samples begins and ends with the first and the last that lie in it."""
    first = math.ceil(piece.start_samples / ratio - 1e-9)
    last = min(math.ceil(piece.end_samples / ratio - 1e-9), n_samples)
    places = np.arange(first, max(last, first)) * ratio - piece.start_samples
    skipped = first * ratio - piece.start_samples
    step = piece.step * ratio
    return replace(
        piece,
        from_samples=piece.from_samples + skipped * piece.step,
        step=step,
        start_samples=first,
        curve=np.interp(places, np.arange(piece.n_samples), piece.curve),
        fastest=max(piece.fastest, abs(step)),
    )


def _gain(gene: Gain, whole: Pieces, rate_hz: int, follow: _Follow) -> Pieces:
    return _scaled(whole, gene.amplitude)


def _envelope(gene: Envelope, whole: Pieces, rate_hz: int, follow: _Follow) -> Pieces:
    levels = gains(gene.levels_db, whole.n_samples, rate_hz)
    shaped = (
        replace(p, curve=p.curve * levels[p.start_samples : p.end_samples]) for p in whole.pieces
    )
    return Pieces(tuple(shaped), whole.n_samples)


def _repeat(gene: Repeat, whole: Pieces, rate_hz: int, follow: _Follow) -> Pieces:
    return _joined([whole] * (gene.n_more + 1), rate_hz)


def _append(gene: Append, whole: Pieces, rate_hz: int, follow: _Follow) -> Pieces:
    return _joined([whole, follow(gene.chromosome)], rate_hz)


def _add(gene: Add, whole: Pieces, rate_hz: int, follow: _Follow) -> Pieces:
    first = _scaled(whole, 1.0 - gene.mix)
    second = _scaled(follow(gene.chromosome), gene.mix)
    shorter, longer = sorted((first, second), key=lambda each: each.n_samples)
    if shorter.n_samples < longer.n_samples:
        shorter = faded(shorter, 0, fade_samples(shorter.n_samples, rate_hz, JOIN_FADE_MS))
    return Pieces((*longer.pieces, *shorter.pieces), longer.n_samples)


def _duplicate(gene: Duplicate, whole: Pieces, rate_hz: int, follow: _Follow) -> Pieces:
    return whole


_MOVES: Mapping[type[Gene], _Move] = {
    Add: _add,
    Append: _append,
    Chunk: _chunk,
    Duplicate: _duplicate,
    Envelope: _envelope,
    Gain: _gain,
    Repeat: _repeat,
    Reverse: _reverse,
    Split: _split,
    Varispeed: _varispeed,
}


def _scaled(whole: Pieces, gain: float) -> Pieces:
    return Pieces(tuple(replace(p, curve=p.curve * gain) for p in whole.pieces), whole.n_samples)


def _joined(parts: list[Pieces], rate_hz: int) -> Pieces:
    """One after the other, faded at the joins, as :func:`phenotune.genome.fades.join` does it."""
    sounding = [part for part in parts if part.n_samples > 0]
    if len(sounding) * max((len(part.pieces) for part in sounding), default=0) > 4 * MAX_PIECES:
        raise _Unsayable
    pieces: list[Piece] = []
    start = 0
    for i, part in enumerate(sounding):
        n_fade = fade_samples(part.n_samples, rate_hz, JOIN_FADE_MS)
        is_first, is_last = i == 0, i == len(sounding) - 1
        part = faded(part, 0 if is_first else n_fade, 0 if is_last else n_fade)
        pieces += (replace(p, start_samples=p.start_samples + start) for p in part.pieces)
        start += part.n_samples
    return Pieces(tuple(pieces), start)
