"""What can be told of a chromosome without rendering it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from phenotune.genome.chromosome import Chromosome, Gene
from phenotune.library.clip import Clip
from phenotune.units import samples_to_s


def inner_chromosome(gene: Gene) -> Chromosome | None:
    """Give the chromosome that a gene holds, if it holds one."""
    inner = getattr(gene, "chromosome", None)
    return inner if isinstance(inner, Chromosome) else None


def inner_chromosomes(chromosome: Chromosome) -> tuple[Chromosome, ...]:
    """Give the chromosomes that the genes of a chromosome hold, in their order, without what those hold in turn."""
    inner = (inner_chromosome(gene) for gene in chromosome.genes)
    return tuple(chromosome for chromosome in inner if chromosome is not None)


def depth(chromosome: Chromosome) -> int:
    """Count how many chromosomes lie inside one another: 0 for a clip whose genes hold none.

    >>> depth(Chromosome(Clip("s0", 0, 100)))
    0
    """
    return max((1 + depth(inner) for inner in inner_chromosomes(chromosome)), default=0)


def clips(chromosome: Chromosome) -> tuple[Clip, ...]:
    """Give all clips that sound in a chromosome: its own first, then those inside, in the order of the genes."""
    inside = (clip for inner in inner_chromosomes(chromosome) for clip in clips(inner))
    return (chromosome.clip, *inside)


def n_genes(chromosome: Chromosome) -> int:
    """Count the genes of a chromosome and of all chromosomes inside it.

    >>> n_genes(Chromosome(Clip("s0", 0, 100)))
    0
    """
    return len(chromosome.genes) + sum(map(n_genes, inner_chromosomes(chromosome)))


@dataclass(frozen=True, slots=True)
class Changes:
    """How much the genes of a chromosome change its clips.

    Parameters
    ----------
    n_genes
        How many there are, those of chromosomes inside it included.
    cents
        By how much they change pitch, up or down, all together.
    levels_db
        By how much they change levels, of frequencies or over time, all together; of each gene the largest counts, up
        to 24 dB.
    """

    n_genes: int
    cents: float
    levels_db: float


MOST_LEVEL_DB = 24.0


def changes(chromosome: Chromosome) -> Changes:
    """Add up what the genes of a chromosome, and of those inside it, change.

    A gene tells by the names of its parameters: ``cents``, and whatever ends in ``_db``, one level or several.

    >>> changes(Chromosome(Clip("s0", 0, 100)))
    Changes(n_genes=0, cents=0.0, levels_db=0.0)
    """
    inside = [changes(inner) for inner in inner_chromosomes(chromosome)]
    return Changes(
        n_genes(chromosome),
        sum((abs(getattr(gene, "cents", 0.0)) for gene in chromosome.genes), 0.0)
        + sum(inner.cents for inner in inside),
        sum(map(_level_db, chromosome.genes), 0.0) + sum(inner.levels_db for inner in inside),
    )


def _level_db(gene: Any) -> float:
    found = [
        getattr(gene, field.name)
        for field in dataclasses.fields(gene)
        if field.name.endswith("_db")
    ]
    levels = [level for each in found for level in (each if isinstance(each, tuple) else (each,))]
    return min(MOST_LEVEL_DB, max(map(abs, levels), default=0.0))


def duration_s(chromosome: Chromosome, rates_hz: Mapping[str, float]) -> float:
    """Tell how long a chromosome sounds, in seconds, to within a few samples.

    Parameters
    ----------
    chromosome
        Any chromosome whose clips lie inside their sources.
    rates_hz
        The sampling rate of each source by its id.

    >>> duration_s(Chromosome(Clip("s0", 0, 22_050)), {"s0": 44_100})
    0.5
    """
    seconds = samples_to_s(chromosome.clip.length_samples, rates_hz[chromosome.clip.source])
    for gene in chromosome.genes:
        change = getattr(gene, "duration_after", None)
        if change is not None:
            inner = inner_chromosome(gene)
            seconds = change(seconds, 0.0 if inner is None else duration_s(inner, rates_hz))
    return seconds
