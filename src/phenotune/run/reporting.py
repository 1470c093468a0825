"""What the report of a run is made of, gathered from its folder, its log, its sources and its target.

Nothing that is missing stops it: it is left out, and a remark says what and why.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from phenotune.arrays import Samples
from phenotune.errors import ParameterError, RunFolderError
from phenotune.measures.measure import Measures, measure
from phenotune.mosaic.mosaic import Mosaic
from phenotune.progress import Progress, unheard
from phenotune.report.page.facts import Heard, ReportFacts, SettingLine
from phenotune.run.folder import RunFolder, program_version
from phenotune.run.layers import combine, flatten, read_toml
from phenotune.run.lineages import Lineages, read_lineages
from phenotune.run.repeating import commands, plain
from phenotune.run.report_rows import clip_rows, gene_rows, operator_rows, source_rows
from phenotune.run.report_sounds import mosaic_sound, target_sound
from phenotune.run.settings import SETTINGS_FILE, RunSettings, explain
from phenotune.run.told import Told, read_told
from phenotune.run.toml_text import toml_value

QUICK_MEASURES_S = 120.0
"""Measuring a longer song than this takes more than three seconds."""


@dataclass
class _Gathered:
    """What has been found of a run."""

    folder: RunFolder
    told: Told
    mosaic: Mosaic | None
    settings: RunSettings | None
    remarks: list[str] = field(default_factory=list)


def report_facts(
    run: str | Path,
    *,
    folders: Sequence[str | Path] = (),
    force: bool = False,
    measures: bool | None = None,
    progress: Progress | None = None,
) -> ReportFacts:
    """Gather what the report of a run tells; the run may be evolving, or may not have finished a cycle.

    Parameters
    ----------
    run
        Its folder.
    folders
        Where to look for the target, and for sources, that are not at their path any more.
    force
        Whether to take a target, or sources, that have changed since.
    measures
        Whether to measure the mosaic; None: where that takes no more than a few seconds.
    progress
        Told what share is done.

    Raises
    ------
    RunFolderError
        If it is no run folder, or its ``mosaic.json`` is broken.
    """
    told_share = progress or unheard
    folder = RunFolder.open(run)
    mosaic = Mosaic.load(folder.mosaic_json) if folder.mosaic_json.exists() else None
    found = _Gathered(folder, read_told(folder.log_file), mosaic, None)
    found.settings = _settings(found)
    told_share(0.1)
    facts = _with_rows(_with_run(found), found)
    told_share(0.3)
    target = target_sound(folder, mosaic, found.remarks, folders=folders, force=force)
    told_share(0.5)
    sound = mosaic_sound(
        folder,
        mosaic,
        found.remarks,
        folders=folders,
        force=force,
        turned_down_db=_turned_down_db(found.told),
    )
    told_share(0.8)
    target, sound = _same_length(target, sound)
    facts = replace(
        facts,
        target=target,
        mosaic=sound,
        duration_s=_duration_s(mosaic, target),
        measures=_measures(target, sound, measures),
        remarks=(*_about_the_log(found.told), *found.remarks),
    )
    told_share(1.0)
    return facts


def _with_run(found: _Gathered) -> ReportFacts:
    """What is known of the run as a whole."""
    told, settings, mosaic = found.told, found.settings, found.mosaic
    curve = tuple(told.curve[place] for place in sorted(told.curve))
    lineages = _lineages(found)
    seed = _seed(found)
    n_cycles = curve[-1].cycle if curve else 0
    was_changed = bool(told.marks) or bool(settings and settings.stage)
    is_repeatable = settings is not None and mosaic is not None and n_cycles > 0
    return ReportFacts(
        name=_name(found),
        run=str(found.folder.path),
        state=_state(found),
        version=program_version(),
        seed=seed,
        n_cycles=n_cycles,
        elapsed_s=curve[-1].elapsed_s if curve else 0.0,
        explained=mosaic.explained if mosaic else None,
        preset=settings.preset if settings else "",
        style=settings.style.name if settings else "",
        n_landed=told.n_landed,
        spectra=settings.spectra if settings else None,
        tilt_db_per_octave=settings.style.brightness_db_per_octave if settings else 0.0,
        curve=curve,
        marks=tuple(told.marks),
        operators=operator_rows(told.operators),
        generations=lineages.generations if lineages else (),
        founders={n: each.source for n, each in lineages.founders.items()} if lineages else {},
        settings=tuple(_setting_lines(settings)) if settings else (),
        commands=commands(found.folder, settings, n_cycles, was_changed=was_changed)
        if settings is not None and is_repeatable
        else (),
    )


def _with_rows(facts: ReportFacts, found: _Gathered) -> ReportFacts:
    """The same with the rows of the mosaic: its clips, sources and genes."""
    if found.mosaic is None:
        found.remarks.append(
            "The run has not finished a cycle yet, so there is no mosaic to hear or to see."
        )
        return facts
    sources, index = source_rows(found.mosaic)
    weight_of = found.settings.genes.weight_of if found.settings else None
    return replace(
        facts,
        sources=sources,
        clips=tuple(clip_rows(found.mosaic, index, found.told.fitness)),
        genes=tuple(gene_rows(found.mosaic, found.told.fitness, weight_of)),
    )


def _settings(found: _Gathered) -> RunSettings | None:
    """Those in force, as the run's own file tells all of them."""
    path = found.folder.settings_file
    if not path.exists():
        found.remarks.append(f"There is no {SETTINGS_FILE} in the run folder, so no settings.")
        return None
    try:
        return combine(RunSettings, [flatten(read_toml(path), RunSettings, SETTINGS_FILE)])
    except (ParameterError, RunFolderError) as error:
        found.remarks.append(f"The settings cannot be read: {error}")
        return None


def _setting_lines(settings: RunSettings) -> Iterable[SettingLine]:
    for row in explain(settings):
        value, default = (
            toml_value(plain(each)).replace("\n", " ") for each in (row.value, row.default)
        )
        yield SettingLine(row.name, value, default, row.unit, row.help)


def _lineages(found: _Gathered) -> Lineages | None:
    try:
        return read_lineages(found.folder.path)
    except RunFolderError as error:
        if found.told.curve:
            found.remarks.append(f"The lineages cannot be told: {error}")
        return None


def _measures(target: Heard | None, mosaic: Heard | None, wanted: bool | None) -> Measures | None:
    if target is None or mosaic is None or wanted is False:
        return None
    if wanted is None and target.duration_s > QUICK_MEASURES_S:
        return None
    if not target.samples.any():
        return None
    return measure(target.samples, target.rate_hz, mosaic.samples, mosaic.rate_hz)


def _same_length(target: Heard | None, mosaic: Heard | None) -> tuple[Heard | None, Heard | None]:
    """Both sounds, the target cut or continued to the length of the mosaic."""
    if target is None or mosaic is None:
        return target, mosaic
    n_samples = round(mosaic.samples.shape[1] * target.rate_hz / mosaic.rate_hz)
    return Heard(_fitted(target.samples, n_samples), target.rate_hz), mosaic


def _fitted(samples: Samples, n_samples: int) -> Samples:
    missing = n_samples - samples.shape[1]
    return samples[:, :n_samples] if missing <= 0 else np.pad(samples, ((0, 0), (0, missing)))


def _turned_down_db(told: Told) -> float:
    """How much softer the file is than what lies on the canvas; not known of a run that was interrupted."""
    value = (told.finished or {}).get("turned_down_db", 0.0)
    return float(value) if isinstance(value, (int, float)) else 0.0


def _duration_s(mosaic: Mosaic | None, target: Heard | None) -> float:
    if mosaic is not None:
        return mosaic.target.duration_s
    return target.duration_s if target else 0.0


def _name(found: _Gathered) -> str:
    if found.mosaic is not None:
        return Path(found.mosaic.target.path).stem
    started = found.told.started or {}
    return Path(str(started.get("target") or found.folder.path.name)).stem


def _seed(found: _Gathered) -> int | None:
    if found.mosaic is not None:
        return found.mosaic.seed
    return found.settings.run.seed if found.settings else None


STOPPED_BY = {
    "time": "Finished: its time was up.",
    "cycles": "Finished: it has done its cycles.",
    "explained": "Finished: as much as was asked for is explained.",
    "request": "Stopped by hand at the end of a cycle.",
    "plateau": "Finished: it had got no better for a while.",
    "stages": "Finished: its last stage was over.",
    "edit": "Edited by hand, and not gone on with since.",
}


def _state(found: _Gathered) -> str:
    told = found.told
    if told.finished is not None:
        by = str(told.finished.get("stopped_by", ""))
        return STOPPED_BY.get(by, f"Finished ({by}).")
    if told.started is None:
        return "It has not begun yet."
    reached = "its last checkpoint" if found.mosaic else "its beginning"
    return f"It is evolving, or was interrupted; this is {reached}."


def _about_the_log(told: Told) -> list[str]:
    remarks = []
    if told.problem is not None:
        remarks.append(f"The log could be read only in part: {told.problem}")
    if told.n_not_understood:
        remarks.append(
            f"{told.n_not_understood:,} events of the log were written by another phenotune and are left out."
        )
    return remarks
