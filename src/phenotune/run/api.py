"""The Python interface to runs: everything that the command line can do."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phenotune.run.events import Event, RunFinished
from phenotune.run.evolution import evolving as _evolving
from phenotune.run.filming import Film, FilmOptions, film
from phenotune.run.folder import RunFolder
from phenotune.run.history import mosaic_at, mosaics_at
from phenotune.run.lineages import Lineages, read_lineages
from phenotune.run.project import PathLike, Project, prepare
from phenotune.run.regrowing import prepare_regrow
from phenotune.run.replay import is_same_mosaic, prepare_replay

if TYPE_CHECKING:
    from phenotune.mosaic.mosaic import Mosaic

STOPS = {"time_s", "cycles", "until_percent", "plateau_s", "seed", "workers"}


@dataclass(frozen=True)
class Run:
    """A finished run.

    Parameters
    ----------
    folder
        Where it lives.
    mosaic
        What it made.
    finished
        The last event: cycles, explained, time, and what stopped it.
    """

    folder: Path
    mosaic: Mosaic
    finished: RunFinished

    def mosaic_at(self, cycle: int) -> Mosaic:
        """The mosaic as it was at the end of a cycle: :func:`mosaic_at`."""
        return mosaic_at(self.folder, cycle)

    def lineages(self) -> Lineages:
        """Who was in the population, and who landed: :func:`read_lineages`."""
        return read_lineages(self.folder)


def evolve(
    target: PathLike,
    *library: PathLike,
    run: PathLike | None = None,
    preset: str | None = None,
    style: str | None = None,
    settings: Mapping[str, Any] | None = None,
    **stops: Any,
) -> Run:
    """Rebuild a song out of other sounds; returns when a stop is reached.

    Parameters
    ----------
    target
        The song; or, without a library, a run folder to go on with.
    *library
        Files and folders of other sounds.
    run
        Folder of the run; by default ``<song>-mosaic`` in the working folder.
    preset
        ``"guided"`` if nothing else is said.
    style
        ``"faithful"``, ``"collage"``, ``"percussive"``, ``"drone"``, or one of your own; none if nothing is said.
    settings
        Any settings by dotted name: ``{"library.min_clip_s": 0.5}``.
    **stops
        The settings of the group ``run`` by their short names: ``seed``, ``time_s``, ``cycles``, ``until_percent``,
        ``plateau_s``, ``workers``. Without a stop, a run takes a minute.

    Raises
    ------
    ParameterError
        The caller's mistakes.
    WorldError
        What files and disks do.

    Examples
    --------
    >>> import phenotune as pt
    >>> run = pt.evolve("song.wav", "records/", seed=7, time_s=30)  # doctest: +SKIP
    >>> run.mosaic.explained  # doctest: +SKIP
    0.83
    """
    flags = flags_of(settings, stops)
    return _run(prepare(target, library, run=run, preset=preset, style=style, flags=flags))


def regrow(
    run: PathLike,
    from_s: float,
    to_s: float,
    *,
    keeps: bool = False,
    time_s: float | None = None,
    cycles: int | None = None,
    seed: int | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Run:
    """Evolve a stretch of a run again, and keep all the rest; :func:`phenotune.run.editing.undo` takes it back whole.

    The parameters are those of :func:`phenotune.run.regrowing.prepare_regrow`.

    Raises
    ------
    ParameterError
        If the stretch is empty or not in the song.
    WorldError
        What files and disks do; that the run is being evolved.

    Examples
    --------
    >>> import phenotune as pt
    >>> run = pt.regrow("my-mosaic", 12, 18, time_s=30)  # doctest: +SKIP
    """
    return _run(
        prepare_regrow(
            run,
            from_s,
            to_s,
            keeps=keeps,
            time_s=time_s,
            cycles=cycles,
            seed=seed,
            settings=settings,
        )
    )


def _run(project: Project) -> Run:
    """Evolve to the end."""
    from phenotune.mosaic.mosaic import Mosaic

    last: Event | None = None
    for event in _evolving(project):
        last = event
    assert isinstance(last, RunFinished), "a run that is not left ends with this event"
    folder = project.folder
    return Run(folder.path, Mosaic.load(folder.mosaic_json), last)


def evolving(
    target: PathLike,
    *library: PathLike,
    run: PathLike | None = None,
    preset: str | None = None,
    style: str | None = None,
    settings: Mapping[str, Any] | None = None,
    **stops: Any,
) -> Generator[Event, None, None]:
    """The same as :func:`evolve`, event by event; leaving the loop stops the run at once.

    Examples
    --------
    >>> import phenotune as pt
    >>> for event in pt.evolving("song.wav", "records/", cycles=20):  # doctest: +SKIP
    ...     print(event)
    """
    flags = flags_of(settings, stops)
    return _evolving(prepare(target, library, run=run, preset=preset, style=style, flags=flags))


def replay(run: PathLike, out: PathLike, workers: int | None = None) -> bool:
    """Do a run again from its log, with all that changed on its way; whether the same mosaic comes of it.

    Parameters
    ----------
    run
        Its folder.
    out
        Folder of the new run.
    workers
        Threads, which do not matter to the mosaic; as many as the run had when None.

    Raises
    ------
    WorldError
        If the log does not tell how the run went, or sounds that it was made of are missing or have changed.
    """
    project = prepare_replay(run, out, workers)
    for _ in _evolving(project):
        pass
    return is_same_mosaic(RunFolder.open(run), project.folder)


def evolving_project(
    project: Project, started_at: float | None = None
) -> Generator[Event, None, None]:
    """Events of a project from :func:`phenotune.run.project.prepare`, which can be asked to stop.

    Its time counts from ``started_at`` of the monotonic clock; from now when that is None.
    """
    return _evolving(project, started_at)


def flags_of(settings: Mapping[str, Any] | None, stops: Mapping[str, Any]) -> dict[str, Any]:
    """Settings by dotted name from what :func:`evolve` is called with.

    Raises
    ------
    TypeError
        For a stop that does not exist.
    """
    unknown = sorted(set(stops) - STOPS)
    if unknown:
        raise TypeError(
            f"evolve() got an unexpected keyword argument '{unknown[0]}'; expected one of "
            f"{', '.join(sorted(STOPS))}, or a setting in settings={{...}}"
        )
    return {**(settings or {}), **{f"run.{name}": value for name, value in stops.items()}}


__all__ = [
    "Event",
    "Film",
    "FilmOptions",
    "Lineages",
    "Project",
    "Run",
    "evolve",
    "evolving",
    "evolving_project",
    "film",
    "flags_of",
    "mosaic_at",
    "mosaics_at",
    "prepare",
    "prepare_regrow",
    "read_lineages",
    "regrow",
    "replay",
]
