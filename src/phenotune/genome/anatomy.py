"""What can be told of a chromosome without rendering it."""

from __future__ import annotations

from collections.abc import Mapping

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
