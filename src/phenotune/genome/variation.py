"""How chromosomes come to be and how they vary: founders, mutation and crossover.

Nothing here hears a sound. All chance is drawn from the generator that is passed in, in a fixed order, so that the same
generator, parents and settings give the same children.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from phenotune.genome.anatomy import depth, duration_s, inner_chromosome, n_genes
from phenotune.genome.candidate import pitched
from phenotune.genome.chromosome import Chromosome, Gene
from phenotune.genome.genes.catalogue import GENES, GenesSettings
from phenotune.genome.spans import Spans
from phenotune.settings import Settings, setting

_MAX_TRIES = 8
_INNER_PROBABILITY = 0.5


def _holds_chromosome(gene_class: Any) -> bool:
    return any(field.name == "chromosome" for field in dataclasses.fields(gene_class))


_CROSSING = tuple(tag for tag, gene_class in GENES.items() if _holds_chromosome(gene_class))
_SOLITARY = tuple(tag for tag in GENES if tag not in _CROSSING)


class VariationSettings(Settings):
    """How far chromosomes may grow, and which changes are how likely."""

    max_genes: int = setting(
        6, "Most genes of a chromosome, those of chromosomes inside it included.", ge=0, le=64
    )
    max_depth: int = setting(2, "Most chromosomes inside one another.", ge=0, le=8)
    min_phenotype_s: float = setting(
        0.05, "No child sounds shorter than this.", unit="s", ge=0.0, le=60.0
    )
    max_phenotype_s: float = setting(
        8.0, "No child sounds longer than this.", unit="s", gt=0.0, le=600.0
    )
    new_gene_weight: float = setting(1.0, "How likely a child gets a new gene.", ge=0.0)
    mutate_gene_weight: float = setting(1.0, "How likely one of its genes is mutated.", ge=0.0)
    drop_gene_weight: float = setting(0.5, "How likely it loses a gene.", ge=0.0)
    slide_clip_weight: float = setting(1.0, "How likely its clip moves inside the source.", ge=0.0)
    resize_clip_weight: float = setting(
        1.0, "How likely its clip becomes longer or shorter.", ge=0.0
    )

    def model_post_init(self, context: Any, /) -> None:
        """Refuse a shortest phenotype that is longer than the longest."""
        if self.min_phenotype_s > self.max_phenotype_s:
            raise ValueError(
                f"min_phenotype_s ({self.min_phenotype_s:g} s) must not exceed "
                f"max_phenotype_s ({self.max_phenotype_s:g} s)"
            )


@dataclass(frozen=True, slots=True)
class _Means:
    """What every operator needs; ``n_free`` genes may still be added to the chromosome as a whole."""

    rng: np.random.Generator
    genes: GenesSettings
    settings: VariationSettings
    spans: Spans
    n_free: int


_Children: TypeAlias = tuple[Chromosome, ...]


def founder(rng: np.random.Generator, spans: Spans) -> Chromosome:
    """Draw a chromosome to begin with: a clip without genes, or at the pitch that its source is to begin with.

    See :meth:`.Spans.draw_clip` and :meth:`.Spans.draw_cents`.
    """
    clip = spans.draw_clip(rng)
    return pitched(Chromosome(clip), spans.draw_cents(clip.source, rng))


def vary(
    chromosome: Chromosome,
    rng: np.random.Generator,
    genes: GenesSettings,
    settings: VariationSettings,
    spans: Spans,
) -> _Children:
    """Draw the children of one parent by one change.

    The change is a new gene at any place of the chain, a mutated gene, a dropped gene, or a clip that is slid or
    resized. A gene that holds a chromosome may pass the change on to it. Genes with siblings (split, chunk, duplicate)
    give several children at once. A change that changes nothing, or whose children would be too short or too long, is
    drawn again, eight times at most.

    Parameters
    ----------
    chromosome
        The parent, whose clips lie in sources of ``spans``.
    rng
        Where chance comes from.
    genes
        Which genes may be drawn; those that weigh nothing never are.
    settings
        The likelihood of each change, and the limits of the children.
    spans
        The library in numbers.

    Returns
    -------
    tuple[Chromosome, ...]
        At least one child. Where the settings permit no change at all, the parent itself.
    """
    n_free = settings.max_genes - n_genes(chromosome)
    means = _Means(rng, genes, settings, spans, n_free)
    fits = _limits(chromosome, settings, spans)
    for _ in range(_MAX_TRIES):
        children = tuple(child for child in _changed(chromosome, means) if fits(child))
        if children:
            return children
    return (chromosome,)


def cross(
    a: Chromosome,
    b: Chromosome,
    rng: np.random.Generator,
    genes: GenesSettings,
    settings: VariationSettings,
    *,
    spans: Spans,
) -> Chromosome:
    """Draw the child of two parents.

    The child is ``a`` with ``b`` inside one more gene, ``add`` or ``append`` by their weights. Where that would be too
    deep, too many genes or too long, or where both are switched off, it is ``a``'s clip with a one-point crossover of
    the two chains: the first genes of ``a``, the last of ``b``. Where that only gives the parents back, ``a`` with its
    clip slid.

    Parameters
    ----------
    a, b
        The parents; ``a`` gives the clip.
    rng
        Where chance comes from.
    genes, settings, spans
        As for :func:`vary`.
    """
    fits = _limits(a, settings, spans)
    tag = _pick_tag(rng, _CROSSING, genes)
    deep = 1 + depth(b) > settings.max_depth
    many = n_genes(a) + n_genes(b) + 1 > settings.max_genes
    if tag is not None and not deep and not many:
        gene = GENES[tag].random(rng, getattr(genes, tag), b)
        child = Chromosome(a.clip, (*a.genes, gene))
        if fits(child):
            return child
    for _ in range(_MAX_TRIES if a.genes or b.genes else 0):
        child = _one_point(a, b, rng, settings.max_genes)
        if child not in (a, b) and fits(child):
            return child
    return dataclasses.replace(a, clip=spans.slide(a.clip, rng))


def _changed(chromosome: Chromosome, means: _Means) -> _Children:
    """Draw one change; nothing where it is not possible or changes nothing."""
    settings = means.settings
    weights = (
        settings.new_gene_weight if means.n_free > 0 else 0.0,
        settings.mutate_gene_weight if chromosome.genes else 0.0,
        settings.drop_gene_weight if chromosome.genes else 0.0,
        settings.slide_clip_weight,
        settings.resize_clip_weight,
    )
    index = _pick(means.rng, weights)
    return () if index is None else _OPERATORS[index](chromosome, means)


def _new_gene(chromosome: Chromosome, means: _Means) -> _Children:
    tag = _pick_tag(means.rng, _SOLITARY, means.genes)
    if tag is None:
        return ()
    gene = GENES[tag].random(means.rng, getattr(means.genes, tag), chromosome)
    place = int(means.rng.integers(len(chromosome.genes) + 1))
    before, after = chromosome.genes[:place], chromosome.genes[place:]
    siblings = getattr(gene, "siblings", None)
    kept: tuple[Gene | None, ...] = (gene,) if siblings is None else siblings()
    return tuple(
        chromosome if entry is None else Chromosome(chromosome.clip, (*before, entry, *after))
        for entry in kept
    )


def _mutate_gene(chromosome: Chromosome, means: _Means) -> _Children:
    place = int(means.rng.integers(len(chromosome.genes)))
    gene = chromosome.genes[place]
    inner = inner_chromosome(gene)
    if inner is not None and means.rng.random() < _INNER_PROBABILITY:
        inside = (_with_inner(gene, child) for child in _changed(inner, means) if child != inner)
        return tuple(_with_gene(chromosome, place, changed) for changed in inside)
    mutated = gene.mutate(means.rng, getattr(means.genes, gene.tag))
    return () if mutated == gene else (_with_gene(chromosome, place, mutated),)


def _drop_gene(chromosome: Chromosome, means: _Means) -> _Children:
    place = int(means.rng.integers(len(chromosome.genes)))
    return (Chromosome(chromosome.clip, chromosome.genes[:place] + chromosome.genes[place + 1 :]),)


def _slide_clip(chromosome: Chromosome, means: _Means) -> _Children:
    clip = means.spans.slide(chromosome.clip, means.rng)
    return () if clip == chromosome.clip else (Chromosome(clip, chromosome.genes),)


def _resize_clip(chromosome: Chromosome, means: _Means) -> _Children:
    clip = means.spans.resize(chromosome.clip, means.rng)
    return () if clip == chromosome.clip else (Chromosome(clip, chromosome.genes),)


_OPERATORS: tuple[Callable[[Chromosome, _Means], _Children], ...] = (
    _new_gene,
    _mutate_gene,
    _drop_gene,
    _slide_clip,
    _resize_clip,
)


def _with_gene(chromosome: Chromosome, place: int, gene: Gene) -> Chromosome:
    genes = (*chromosome.genes[:place], gene, *chromosome.genes[place + 1 :])
    return Chromosome(chromosome.clip, genes)


def _with_inner(gene: Any, inner: Chromosome) -> Gene:
    changed: Gene = dataclasses.replace(gene, chromosome=inner)
    return changed


def _one_point(
    a: Chromosome, b: Chromosome, rng: np.random.Generator, max_genes: int
) -> Chromosome:
    n_first = int(rng.integers(len(a.genes) + 1))
    n_skipped = int(rng.integers(len(b.genes) + 1))
    child = Chromosome(a.clip, a.genes[:n_first] + b.genes[n_skipped:])
    while n_genes(child) > max_genes:
        child = Chromosome(a.clip, child.genes[:-1])
    return child


def _limits(
    parent: Chromosome, settings: VariationSettings, spans: Spans
) -> Callable[[Chromosome], bool]:
    """Tell whether a child's duration is permitted; a parent outside the limits widens them, so as not to be stuck."""
    own_s = duration_s(parent, spans.rates_hz)
    shortest = min(settings.min_phenotype_s, own_s)
    longest = max(settings.max_phenotype_s, own_s)
    return lambda child: shortest <= duration_s(child, spans.rates_hz) <= longest


def _pick_tag(rng: np.random.Generator, tags: tuple[str, ...], genes: GenesSettings) -> str | None:
    index = _pick(rng, [genes.weight_of(tag) for tag in tags])
    return None if index is None else tags[index]


def _pick(rng: np.random.Generator, weights: Sequence[float]) -> int | None:
    """Draw an index in proportion to its weight; nothing where all are 0, and then no chance is used."""
    total = sum(weights)
    if total <= 0.0:
        return None
    left = rng.random() * total
    last = 0
    for index, weight in enumerate(weights):
        if weight > 0.0:
            last = index
            left -= weight
            if left < 0.0:
                return index
    return last  # rounding only: the sum of the parts fell short of the total
