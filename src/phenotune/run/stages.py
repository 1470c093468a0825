"""Stages: which settings and which sounds are in force when a run has come so far."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phenotune.errors import ParameterError
from phenotune.genome.genes.catalogue import GENES
from phenotune.run.layers import Layer, combine, flatten
from phenotune.run.settings import RunGroup, RunSettings, choosing, flat_values
from phenotune.run.stage_settings import StageSettings

FIXED = ("run.seed", "run.workers", "run.inject", "run.watch", "spectra.rate_hz")
"""What stays as it was when the sitting began."""


@dataclass(frozen=True, slots=True)
class StagePlace:
    """Where a run stands among its stages.

    Parameters
    ----------
    number
        Of the stage, counted from 0.
    began_cycle, began_s
        The last cycle before it, and the time that the run had taken by then.
    """

    number: int
    began_cycle: int = 0
    began_s: float = 0.0


def stage_words(number: int, stage: StageSettings) -> str:
    """How messages call a stage.

    >>> stage_words(0, StageSettings(name="drums"))
    "stage 1 ('drums')"
    """
    return f"stage {number + 1} ('{stage.name}')" if stage.name else f"stage {number + 1}"


def settings_of_stage(settings: RunSettings, number: int | None) -> RunSettings:
    """The settings of a stage: the run's, with what the stage changes laid over them.

    Parameters
    ----------
    settings
        The run's own.
    number
        Of the stage, counted from 0; None, or one that there is not, gives the run's own.

    Raises
    ------
    ParameterError
        For whatever is wrong with the stage: unknown names, contradictions, no genes, what cannot change.
    """
    if number is None or number >= len(settings.stage):
        return settings
    stage = settings.stage[number]
    place = stage_words(number, stage)
    own = flatten({**stage.values, **_genes(stage, place)}, RunSettings, place)
    _check_own(own, place)
    base = flat_values(settings)
    try:
        chosen = _without_the_runs(choosing(settings, stage.preset, stage.style))
        found = combine(RunSettings, [Layer("", base), chosen, own])
    except ParameterError as error:
        message = str(error).removeprefix("settings: ")
        raise ParameterError(message if place in message else f"{place}: {message}") from error
    _check_genes(found, place, is_none=stage.genes == ())
    return found


def _without_the_runs(chosen: Layer) -> Layer:
    """What a preset or a style says, but for stops and such, which are the whole run's, and for what cannot change."""
    values = {
        name: value
        for name, value in chosen.values.items()
        if name not in FIXED and not name.startswith("run.")
    }
    return Layer(chosen.origin, values)


def check_stages(settings: RunSettings, folder: Path) -> None:
    """Refuse, at the start and not when its turn comes, a stage that cannot be worked with.

    Raises
    ------
    ParameterError
        If one contradicts itself, names sounds that are not there, or never ends and is not the last.
    """
    last = len(settings.stage) - 1
    for number, stage in enumerate(settings.stage):
        place = stage_words(number, stage)
        settings_of_stage(settings, number)
        if number < last and not stage.has_stop:
            raise ParameterError(
                f"{place}: has no stop, and {stage_words(number + 1, settings.stage[number + 1])} comes after it; "
                "give it cycles, time_s, until_percent or plateau_s"
            )
        for path in [stage.target, *stage.library]:
            if path and not (folder / path).exists():
                raise ParameterError(
                    f"{place}: {folder / path}: there is no such file or folder; "
                    "paths of a stage are absolute, or relative to the run folder"
                )


def stops_of(stage: StageSettings) -> RunGroup:
    """The stops of a stage, written as a run's."""
    return RunGroup(
        cycles=stage.cycles,
        time_s=stage.time_s,
        until_percent=stage.until_percent,
        plateau_s=stage.plateau_s,
    )


def changed_values(before: RunSettings, after: RunSettings) -> dict[str, Any]:
    """Every setting that differs, by its dotted name, as JSON holds it."""
    old, new = flat_values(before), flat_values(after)
    return {name: plain(value) for name, value in new.items() if value != old[name]}


def with_values(settings: RunSettings, values: Mapping[str, Any]) -> RunSettings:
    """The settings with some of them set to other values, by their dotted names."""
    layers = [Layer("", flat_values(settings)), flatten(values, RunSettings, "")]
    return combine(RunSettings, layers)


def plain(value: Any) -> Any:
    """A setting's value as JSON holds it."""
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else value


def _genes(stage: StageSettings, place: str) -> dict[str, Any]:
    """The settings that a list of genes stands for."""
    if stage.genes is None:
        return {}
    for tag in stage.genes:
        if tag not in GENES:
            near = difflib.get_close_matches(tag, GENES, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(GENES)}"
            raise ParameterError(f"{place}: genes: unknown gene '{tag}'; {hint}")
    return {"genes.only": stage.genes}


def _check_own(own: Layer, place: str) -> None:
    for name in own.values:
        if name in FIXED:
            raise ParameterError(
                f"{place}: {name} cannot change while the run goes on; leave it out"
            )
        if name == "stage" or name.startswith("run."):
            raise ParameterError(
                f"{place}: {name} is the whole run's; a stage has cycles, time_s, until_percent and plateau_s "
                "of its own"
            )
    if "preset" in own.values:
        raise ParameterError(f"{place}: preset is named once")


def _check_genes(settings: RunSettings, place: str, is_none: bool) -> None:
    max_genes = settings.variation.max_genes
    weights = [settings.genes.weight_of(tag) for tag in GENES]
    if max_genes and (is_none or not any(weights)):
        raise ParameterError(
            f"{place}: genes has none that may be drawn, and variation.max_genes is {max_genes}; "
            "name a gene, or set variation.max_genes to 0"
        )
