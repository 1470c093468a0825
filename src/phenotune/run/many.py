"""The Python interface to several runs: variants of a song to choose from, and many songs out of one library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phenotune.errors import PhenotuneError
from phenotune.run.api import evolving_project, flags_of
from phenotune.run.comparison import Figures, compare_runs
from phenotune.run.events import RunFinished
from phenotune.run.project import PathLike, Project
from phenotune.run.series import Job, Outcome, check_settings, doing
from phenotune.run.songs import batch_jobs
from phenotune.run.variants import PAGE, plan_variants


@dataclass(frozen=True)
class Variants:
    """Variants that were made.

    Parameters
    ----------
    folder
        The folder of them all.
    outcomes
        What came of each, in the order in which they were asked for.
    figures
        A row of figures for each that has a mosaic.
    page
        The page that plays them; None where there is nothing to play.
    """

    folder: Path
    outcomes: tuple[Outcome, ...]
    figures: tuple[Figures, ...]
    page: Path | None


def evolve_variants(
    target: PathLike,
    *library: PathLike,
    variants: int | str | Sequence[str] = 4,
    folder: PathLike | None = None,
    preset: str | None = None,
    style: str | None = None,
    settings: Mapping[str, Any] | None = None,
    **stops: Any,
) -> Variants:
    """Rebuild a song several times, one after the other, to choose from; the stops are for each.

    Parameters
    ----------
    target
        The song.
    *library
        Files and folders of other sounds.
    variants
        How many seeds, from ``seed`` on; or names of styles and presets, ``["faithful", "drone"]``.
    folder
        Where they are to live; by default ``<song>-mosaic`` in the working folder. Called again, what is missing is
        made.
    preset, style, settings, **stops
        What all of them have, as in :func:`phenotune.run.api.evolve`.

    Raises
    ------
    ParameterError
        The caller's mistakes.
    WorldError
        What files and disks do to the whole; what they do to one variant stands in its outcome.

    Examples
    --------
    >>> import phenotune as pt
    >>> made = pt.evolve_variants("song.wav", "records/", variants=3, time_s=30)  # doctest: +SKIP
    >>> max(made.figures, key=lambda row: row.explained).name  # doctest: +SKIP
    'seed-2'
    """
    word = variants if isinstance(variants, str) else None
    if word is None:
        word = str(variants) if isinstance(variants, int) else ",".join(variants)
    plan = plan_variants(
        word,
        Path(target),
        [Path(path) for path in library],
        folder=None if folder is None else Path(folder),
        preset=preset,
        style=style,
        flags=flags_of(settings, stops),
    )
    check_settings(plan.jobs)
    plan.make_folder()
    outcomes = tuple(doing(plan.jobs, _evolve))
    there = [outcome.job for outcome in outcomes if outcome.finished is not None]
    if not there:
        return Variants(plan.folder, outcomes, (), None)
    page, names = plan.folder / PAGE, [job.name for job in there]
    figures = compare_runs([job.folder for job in there], page=page, names=names)
    return Variants(plan.folder, outcomes, tuple(figures), page)


def evolve_batch(
    targets: Iterable[PathLike],
    *library: PathLike,
    folder: PathLike = "mosaics",
    preset: str | None = None,
    style: str | None = None,
    settings: Mapping[str, Any] | None = None,
    is_again: bool = False,
    **stops: Any,
) -> tuple[Outcome, ...]:
    """Rebuild many songs, one after the other; one that fails does not stop the others, and the stops are for each.

    Parameters
    ----------
    targets
        The songs: files, folders, or patterns such as ``"songs/*.flac"``.
    *library
        Files and folders of other sounds.
    folder
        Where the run folders are to live. Called again, what is missing is made.
    preset, style, settings, **stops
        What all of them have, as in :func:`phenotune.run.api.evolve`.
    is_again
        Whether to go on with those that were done before, too.

    Returns
    -------
    tuple of Outcome
        One for each song, with its error where it failed.

    Raises
    ------
    ParameterError
        The caller's mistakes.
    WorldError
        If the library does not exist.

    Examples
    --------
    >>> import phenotune as pt
    >>> done = pt.evolve_batch(["songs/"], "records/", time_s=30)  # doctest: +SKIP
    >>> [outcome.job.name for outcome in done if outcome.error]  # doctest: +SKIP
    ['songs/broken.wav']
    """
    jobs = batch_jobs(
        targets,
        library,
        Path(folder),
        preset=preset,
        style=style,
        flags=flags_of(settings, stops),
    )
    check_settings(jobs)
    return tuple(doing(jobs, _evolve, is_again=is_again))


def _evolve(job: Job, project: Project) -> RunFinished:
    last: object = None
    for event in evolving_project(project):
        last = event
    if not isinstance(last, RunFinished):
        raise PhenotuneError(f"{job.folder}: the run ended without its last event")
    return last
