"""Chromosomes as JSON, the form in which they stand in ``mosaic.json`` and in checkpoints.

``{"clip": {"source": "s0", "start_samples": 4800, "length_samples": 26000},
"genes": [{"gene": "varispeed", "cents": -317.0}]}``
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Mapping
from functools import cache
from typing import Any, get_type_hints

from phenotune.errors import ParameterError
from phenotune.genome.chromosome import Chromosome, Gene
from phenotune.genome.genes.catalogue import GENES
from phenotune.library.clip import Clip

MAX_DEPTH = 32
"""Chromosomes inside one another beyond this depth are refused on reading."""


def chromosome_to_json(chromosome: Chromosome) -> dict[str, Any]:
    """Give a chromosome as plain dicts, lists, strings and numbers.

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


def chromosome_from_json(data: Mapping[str, Any]) -> Chromosome:
    """Read a chromosome, and check all of it.

    Parameters
    ----------
    data
        What :func:`chromosome_to_json` gives, or what somebody has written by hand.

    Raises
    ------
    ParameterError
        Naming the place, what was expected and what came: ``genes[2].cents: expected a number, got 'x'``.
    """
    return _chromosome(data, "", 0)


def _gene_to_json(gene: Gene) -> dict[str, Any]:
    parameters = {
        field.name: getattr(gene, field.name)
        for field in dataclasses.fields(gene)  # type: ignore[arg-type]
    }
    return {
        "gene": gene.tag,
        **{
            name: chromosome_to_json(value) if isinstance(value, Chromosome) else value
            for name, value in parameters.items()
        },
    }


def _chromosome(data: object, place: str, depth: int) -> Chromosome:
    if depth > MAX_DEPTH:
        raise ParameterError(f"{place}: more than {MAX_DEPTH} chromosomes inside one another")
    fields = _members(data, place, required=("clip", "genes"))
    clip = _clip(fields["clip"], _inside(place, "clip"))
    genes_place = _inside(place, "genes")
    genes = _list(fields["genes"], genes_place)
    return Chromosome(
        clip, tuple(_gene(gene, f"{genes_place}[{i}]", depth) for i, gene in enumerate(genes))
    )


def _clip(data: object, place: str) -> Clip:
    fields = _members(data, place, required=("source", "start_samples", "length_samples"))
    start = _whole_number(fields["start_samples"], _inside(place, "start_samples"))
    length = _whole_number(fields["length_samples"], _inside(place, "length_samples"))
    if start < 0:
        raise ParameterError(f"{place}.start_samples: expected 0 or more, got {start}")
    if length < 1:
        raise ParameterError(f"{place}.length_samples: expected 1 or more, got {length}")
    return Clip(_text(fields["source"], _inside(place, "source")), start, length)


def _gene(data: object, place: str, depth: int) -> Gene:
    if not isinstance(data, Mapping) or "gene" not in data:
        raise ParameterError(f'{place}: expected an object with a "gene", got {_shown(data)}')
    gene_class = _gene_class(data["gene"], _inside(place, "gene"))
    types, required = _parameters(gene_class)
    given = {name: value for name, value in data.items() if name != "gene"}
    _members(
        given,
        place,
        required=required,
        optional=tuple(name for name in types if name not in required),
    )
    values = {
        name: _value(types[name], value, _inside(place, name), depth)
        for name, value in given.items()
    }
    try:
        return gene_class(**values)
    except ParameterError as error:
        raise ParameterError(f"{place}.{error}") from error


@cache
def _parameters(gene_class: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Give the type of each parameter of a gene, and which of them have no default."""
    hints = get_type_hints(gene_class)
    fields = dataclasses.fields(gene_class)
    required = tuple(field.name for field in fields if field.default is dataclasses.MISSING)
    return {field.name: hints[field.name] for field in fields}, required


def _gene_class(tag: object, place: str) -> type[Gene]:
    if isinstance(tag, str) and tag in GENES:
        return GENES[tag]
    nearest = difflib.get_close_matches(str(tag), GENES, n=1)
    advice = f"did you mean {nearest[0]!r}?" if nearest else f"known are {', '.join(GENES)}"
    raise ParameterError(f"{place}: unknown gene {_shown(tag)}; {advice}")


def _value(kind: Any, value: object, place: str, depth: int) -> object:
    if kind is Chromosome:
        return _chromosome(value, place, depth + 1)
    if kind is float:
        return _number(value, place)
    if kind is int:
        return _whole_number(value, place)
    return _text(value, place)


def _members(
    data: object, place: str, *, required: tuple[str, ...], optional: tuple[str, ...] = ()
) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise ParameterError(f"{place or 'chromosome'}: expected an object, got {_shown(data)}")
    for name in required:
        if name not in data:
            raise ParameterError(f"{_inside(place, name)}: is missing")
    for name in data:
        if name not in required and name not in optional:
            expected = ", ".join((*required, *optional)) or "nothing more"
            raise ParameterError(f"{_inside(place, name)}: unknown; expected {expected}")
    return data


def _list(value: object, place: str) -> list[Any]:
    if not isinstance(value, list):
        raise ParameterError(f"{place}: expected a list, got {_shown(value)}")
    return value


def _number(value: object, place: str) -> float:
    # Compared rather than asked with isfinite, which whole numbers beyond 1e308 overflow; NaN fails every comparison.
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= 1e300:
        raise ParameterError(f"{place}: expected a number, got {_shown(value)}")
    return float(value)


def _whole_number(value: object, place: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ParameterError(f"{place}: expected a whole number, got {_shown(value)}")
    return value


def _text(value: object, place: str) -> str:
    if not isinstance(value, str):
        raise ParameterError(f"{place}: expected a text, got {_shown(value)}")
    return value


def _inside(place: str, name: object) -> str:
    return f"{place}.{name}" if place else str(name)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
