"""Which operator of variation has made a child of its parent, told from the two."""

from __future__ import annotations

from phenotune.genome.chromosome import Chromosome

CROSSED = "two parents"
"""The operator of a child of two parents, which is not told from one of them."""


def operator_of(parent: Chromosome, child: Chromosome) -> str:
    """Name the change of :func:`phenotune.genome.variation.vary` that makes this child of this parent.

    Returns
    -------
    str
        ``"new reverse"`` with the tag of the gene, ``"mutated varispeed"``, ``"dropped gain"``, ``"slid clip"``,
        ``"resized clip"``, or ``"same again"`` where nothing differs. A change inside a chromosome that a gene holds is
        a mutation of this gene.

    Examples
    --------
    >>> from phenotune.genome.genes.reverse import Reverse
    >>> from phenotune.library.clip import Clip
    >>> plain = Chromosome(Clip("s0", 0, 100))
    >>> operator_of(plain, Chromosome(plain.clip, (Reverse(),)))
    'new reverse'
    >>> operator_of(plain, Chromosome(Clip("s0", 5, 100)))
    'slid clip'
    """
    if child.clip != parent.clip:
        is_slid = child.clip.length_samples == parent.clip.length_samples
        return "slid clip" if is_slid else "resized clip"
    if child.genes == parent.genes:
        return "same again"
    shorter = min(len(parent.genes), len(child.genes))
    pairs = zip(parent.genes, child.genes, strict=False)
    place = next((i for i, (was, now) in enumerate(pairs) if was != now), shorter)
    if len(child.genes) > len(parent.genes):
        return f"new {child.genes[place].tag}"
    if len(child.genes) < len(parent.genes):
        return f"dropped {parent.genes[place].tag}"
    return f"mutated {parent.genes[place].tag}"
