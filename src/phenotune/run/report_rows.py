"""Rows of the report of a run: its clips, its sources, and the genes that its clips have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from phenotune.genome.anatomy import duration_s, inner_chromosomes
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.encode import chromosome_to_json
from phenotune.library.credits import CreditRow
from phenotune.mosaic.credits import credit_rows
from phenotune.mosaic.mosaic import Mosaic
from phenotune.report.page.facts import ClipRow, GeneRow, OperatorRow, SourceRow
from phenotune.units import samples_to_s


def source_rows(mosaic: Mosaic) -> tuple[tuple[SourceRow, ...], dict[str, int]]:
    """A row for each source, the most used first and those of muted clips alone last, and where to find which."""
    # Rows tell sources by name, and two of them may have the same: the ids take their place.
    by_id = replace(mosaic, sources=tuple(replace(each, path=each.id) for each in mosaic.sources))
    names = {each.id: each.path.rpartition("/")[2] for each in mosaic.sources}
    rows = credit_rows(by_id)
    heard = {row.name for row in rows}
    rows += [
        CreditRow(each.id, each.credit, 0, 0.0) for each in mosaic.sources if each.id not in heard
    ]
    shown = (
        SourceRow(
            names[row.name],
            row.used_s,
            row.n_placements,
            row.credit,
            row.licence.name,
            row.licence.why_not or "",
        )
        for row in rows
    )
    return tuple(shown), {row.name: number for number, row in enumerate(rows)}


def clip_rows(
    mosaic: Mosaic, index: Mapping[str, int], fitness: Mapping[int, float]
) -> Iterable[ClipRow]:
    """A row for each placement, in the order of landing.

    Parameters
    ----------
    mosaic
        Whose placements are told.
    index
        Where each source stands, from :func:`source_rows`.
    fitness
        What each was worth when it landed, by its id, as far as that is known.
    """
    names = {source.id: source.path.rpartition("/")[2] for source in mosaic.sources}
    rates_hz = {source.id: source.rate_hz for source in mosaic.sources}
    for placement in mosaic.placements:
        clip = placement.chromosome.clip
        rate_hz = rates_hz[clip.source]
        yield ClipRow(
            id=placement.id,
            cycle=placement.cycle,
            lineage=placement.lineage,
            onset_s=samples_to_s(placement.onset_samples, mosaic.rate_hz),
            duration_s=duration_s(placement.chromosome, rates_hz),
            source=index[clip.source],
            start_s=samples_to_s(clip.start_samples, rate_hz),
            length_s=samples_to_s(clip.length_samples, rate_hz),
            gains=placement.gains,
            genes=tuple(_in_words(gene, names) for gene in _genes(placement.chromosome)),
            muted=placement.muted,
            locked=placement.locked,
            fitness=fitness.get(placement.id),
        )


def _genes(chromosome: Chromosome) -> list[dict[str, Any]]:
    genes: list[dict[str, Any]] = chromosome_to_json(chromosome)["genes"]
    return genes


def _in_words(gene: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """A gene and its parameters: ``"varispeed: -317 cents"``; of a chromosome inside it, its source and its genes."""
    words = []
    for name, value in gene.items():
        if isinstance(value, dict):
            inner = "; ".join(_in_words(each, names) for each in value["genes"])
            words.append(names[value["clip"]["source"]] + (f" ({inner})" if inner else ""))
        elif name != "gene":
            words.append(_parameter(name, value))
    return f"{gene['gene']}: ".replace("_", " ") + ", ".join(words) if words else str(gene["gene"])


def _parameter(name: str, value: object) -> str:
    """A parameter with its unit, which is the last part of its name.

    >>> _parameter("air_db", -6.0), _parameter("cents", -317.0), _parameter("n_more", 2)
    ('air -6 dB', '-317 cents', 'n more 2')
    """
    plain, _, unit = name.rpartition("_")
    if unit in UNITS:
        return f"{plain} {_number(value)} {UNITS[unit]}".replace("_", " ").strip()
    return f"{name} {_number(value)}".replace("_", " ")


UNITS = {"db": "dB", "cents": "cents", "hz": "Hz", "ms": "ms", "s": "s"}
"""What the last part of a parameter's name stands for."""


def _number(value: object) -> str:
    if isinstance(value, list):
        return " / ".join(_number(item) for item in value)
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def gene_rows(
    mosaic: Mosaic, fitness: Mapping[int, float], weight_of: Callable[[str], float] | None
) -> list[GeneRow]:
    """A row for each gene that is heard, that with most fitness first; clips without genes are a row as well.

    Parameters
    ----------
    mosaic
        Whose placements are counted.
    fitness
        What each was worth when it landed, by its id, as far as that is known.
    weight_of
        How likely a gene was drawn; None where that is not known.
    """
    counts: dict[str, tuple[int, float, int]] = {}
    for placement in mosaic.placements:
        if placement.muted:
            continue
        worth = fitness.get(placement.id)
        for tag in sorted(set(_tags(placement.chromosome)) or {""}):
            n, total, n_known = counts.get(tag, (0, 0.0, 0))
            counts[tag] = (n + 1, total + (worth or 0.0), n_known + (worth is not None))
    rows = [
        GeneRow(tag, n, total, n_known, weight_of(tag) if weight_of and tag else None)
        for tag, (n, total, n_known) in counts.items()
    ]
    return sorted(rows, key=lambda row: (-row.fitness, -row.n_placements, row.tag))


def operator_rows(counts: Mapping[str, tuple[int, int]]) -> tuple[OperatorRow, ...]:
    """A row for each operator of variation, that with most children that were fitter than their parent first."""
    rows = [OperatorRow(name, n, n_better) for name, (n, n_better) in counts.items()]
    return tuple(sorted(rows, key=lambda row: (-row.n_better, row.n_children, row.name)))


def _tags(chromosome: Chromosome) -> Iterable[str]:
    yield from (gene.tag for gene in chromosome.genes)
    for inner in inner_chromosomes(chromosome):
        yield from _tags(inner)
