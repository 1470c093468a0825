"""Chromosomes as JSON, the form in which they stand in ``mosaic.json`` and in checkpoints.

``{"clip": {"source": "s0", "start_samples": 4800, "length_samples": 26000},
"genes": [{"gene": "varispeed", "cents": -317.0}]}``

They are read, and all of them checked, by the models of ``phenotune.mosaic.schema``.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from phenotune.genome.chromosome import Chromosome, Gene


def chromosome_to_json(chromosome: Chromosome) -> dict[str, Any]:
    """Give a chromosome as plain dicts, lists, strings and numbers.

    >>> from phenotune.library.clip import Clip
    >>> chromosome_to_json(Chromosome(Clip("s0", 4800, 26000)))
    {'clip': {'source': 's0', 'start_samples': 4800, 'length_samples': 26000}, 'genes': []}
    """
    return {
        "clip": {
            "source": chromosome.clip.source,
            "start_samples": chromosome.clip.start_samples,
            "length_samples": chromosome.clip.length_samples,
        },
        "genes": [_gene_to_json(gene) for gene in chromosome.genes],
    }


def _gene_to_json(gene: Gene) -> dict[str, Any]:
    parameters = {
        field.name: getattr(gene, field.name)
        for field in dataclasses.fields(gene)  # type: ignore[arg-type]
    }
    return {"gene": gene.tag, **{name: _plain(value) for name, value in parameters.items()}}


def _plain(value: object) -> object:
    if isinstance(value, Chromosome):
        return chromosome_to_json(value)
    return list(value) if isinstance(value, tuple) else value
