"""``phenotune genes``: which genes there are, what they may draw, and which are on."""

from __future__ import annotations

import inspect
from dataclasses import fields
from typing import TYPE_CHECKING, Annotated, Any

from phenotune.cli.options import AS_JSON, option
from phenotune.cli.text import columns, print_json, terminal_width

if TYPE_CHECKING:
    from phenotune.run.settings import RunSettings
    from phenotune.settings import Settings


def genes(
    *,
    preset: Annotated[
        str | None, option("The preset whose weights and ranges to show.", metavar="NAME")
    ] = None,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """List the genes, their ranges, and which are on."""
    from phenotune.cli.presets import preset_settings
    from phenotune.genome.genes.catalogue import GENES

    settings = preset_settings(preset)
    rows = []
    for tag, gene in GENES.items():
        weight = settings.genes.weight_of(tag)
        ranges = getattr(settings.genes, tag).model_copy(update={"weight": weight})
        rows.append(describe_gene(tag, gene, ranges, is_solved=_is_solved(tag, settings)))
    if as_json:
        for row in rows:
            print_json(row)
        return
    cells = [
        [
            row["gene"],
            _state(row),
            f"{row['weight']:g}",
            ", ".join(_words(parameter) for parameter in row["parameters"]) or "-",
            row["about"],
        ]
        for row in rows
    ]
    header = ["gene", "", "weight", "parameters", "what it does"]
    print(columns(cells, header=header, right=[2], width=terminal_width()))
    print(
        "\nSwitch one off with --set genes.reverse.weight=0; have no others with --set 'genes.only=[\"reverse\"]'; "
        "ranges: --set genes.gain.max_amplitude=2"
    )


def describe_gene(
    tag: str, gene: type, ranges: Settings, *, is_solved: bool = False
) -> dict[str, Any]:
    """A gene as a row: its tag, whether it is on, its weight, its parameters with ranges, and what it does.

    It is on where a mosaic may have it: where it is drawn by its weight, or solved by the mix.

    Parameters
    ----------
    tag, gene
        The gene.
    ranges
        Its ranges in force: a weight, and pairs ``min_x`` and ``max_x``.
    is_solved
        Whether the mix solves its parameters.
    """
    values = ranges.model_dump()
    weight = values.pop("weight")
    drawn = [name.removeprefix("min_") for name in values if name.startswith("min_")]
    parameters: list[dict[str, Any]] = [
        {
            "name": name,
            "min": values[f"min_{name}"],
            "max": values[f"max_{name}"],
            "unit": _unit(ranges, f"min_{name}"),
        }
        for name in drawn
    ]
    parameters += [
        {"name": field.name}
        for field in fields(gene)
        if field.name not in drawn and field.name.removeprefix("n_") not in drawn
    ]
    about = (inspect.getdoc(gene) or "").partition("\n\n")[0].replace("\n", " ")
    return {
        "gene": tag,
        "is_on": weight > 0.0 or is_solved,
        "is_solved": is_solved,
        "weight": weight,
        "parameters": parameters,
        "about": about,
    }


def _is_solved(tag: str, settings: RunSettings) -> bool:
    """Whether the mix solves a gene and lands it where that pays: it has a switch of the gene's name."""
    has_switch = bool(getattr(settings.mix, tag, False))
    return has_switch and settings.mix.solve_gain and settings.genes.permits(tag)


def _state(row: dict[str, Any]) -> str:
    if row["weight"] == 0.0 and row["is_solved"]:
        return "solved"
    return "on" if row["is_on"] else "off"


def _unit(ranges: Settings, name: str) -> str:
    extra = type(ranges).model_fields[name].json_schema_extra
    return str(extra.get("unit", "")) if isinstance(extra, dict) else ""


def _words(parameter: dict[str, Any]) -> str:
    name, unit = parameter["name"], parameter.get("unit", "")
    if "min" not in parameter:
        return str(name)
    name = name.removesuffix(f"_{unit.lower()}") if unit else name
    span = f"{parameter['min']:g} to {parameter['max']:g}"
    return f"{span} {unit}" if name == unit else f"{name} {span} {unit}".rstrip()
