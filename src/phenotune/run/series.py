"""Several runs, one after the other: variants of one song, or a batch of songs.

Each is a whole run folder. One that fails does not stop those after it, and what has been done before is not done
again, so that the same call goes on where it was left. They do not run side by side: a run keeps all processors busy
by itself, and half the processors for twice the time would hold two canvases in memory (decision 31).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from phenotune.errors import PhenotuneError
from phenotune.mosaic.mosaic import Mosaic
from phenotune.run.checkpoints import checkpoint_files
from phenotune.run.events import RunFinished
from phenotune.run.folder import RunFolder
from phenotune.run.log import read_log
from phenotune.run.project import Project, prepare
from phenotune.run.settings import RunSettings, read_settings

REQUEST = "request"
"""What a run was stopped by that somebody has asked to stop."""


@dataclass(frozen=True)
class Job:
    """One run of a series.

    Parameters
    ----------
    name
        What it is called in the series.
    folder
        Its run folder.
    target, library
        As in :func:`phenotune.run.project.prepare`.
    preset, style, flags, assignments
        Likewise.
    """

    name: str
    folder: Path
    target: Path
    library: tuple[Path, ...]
    preset: str | None = None
    style: str | None = None
    flags: Mapping[str, Any] = field(default_factory=dict)
    assignments: tuple[str, ...] = ()

    def settings(self) -> RunSettings:
        """The settings that it will have.

        Raises
        ------
        ParameterError
            If they do not exist, are out of range or contradict one another.
        """
        return read_settings(
            self.preset,
            style=self.style,
            project=self.folder / "phenotune.toml",
            flags=self.flags,
            assignments=self.assignments,
        )

    def prepare(self) -> Project:
        """The project of its run: a new one, or the one that its folder holds."""
        is_begun = bool(checkpoint_files(self.folder / "state"))
        return prepare(
            self.folder if is_begun else self.target,
            () if is_begun else self.library,
            run=None if is_begun else self.folder,
            preset=self.preset,
            style=self.style,
            flags=self.flags,
            assignments=self.assignments,
        )


@dataclass(frozen=True)
class Outcome:
    """What came of a job.

    Parameters
    ----------
    job
        The job.
    finished
        The last event of its run; None where it failed.
    error
        Why it failed; "" where it did not.
    was_done
        Whether it had been done before, and was left alone.
    """

    job: Job
    finished: RunFinished | None
    error: str = ""
    was_done: bool = False

    @property
    def mosaic(self) -> Mosaic:
        """What it made.

        Raises
        ------
        RunFolderError
            If it failed, so that there is none, or if it cannot be read.
        """
        return Mosaic.load(RunFolder(self.job.folder).mosaic_json)

    @property
    def is_interrupted(self) -> bool:
        """Whether it was asked to stop, which ends the series."""
        return self.finished is not None and self.finished.stopped_by == REQUEST


def doing(
    jobs: Iterable[Job],
    evolve: Callable[[Job, Project], RunFinished],
    *,
    is_again: bool = False,
) -> Iterator[Outcome]:
    """Do jobs one after the other, and tell what came of each; one that is stopped on request is the last.

    Parameters
    ----------
    jobs
        What to do.
    evolve
        Runs a project to its end.
    is_again
        Whether to go on with those that have been done before.
    """
    for job in jobs:
        try:
            before = None if is_again else finished_before(job.folder)
            if before is not None:
                yield Outcome(job, before, was_done=True)
                continue
            outcome = Outcome(job, evolve(job, job.prepare()))
        except (PhenotuneError, OSError, MemoryError) as error:
            outcome = Outcome(job, None, error_words(error))
        yield outcome
        if outcome.is_interrupted:
            return


def finished_before(folder: Path) -> RunFinished | None:
    """The last event of a run that came to its end by itself; None where there is none, or where it was stopped.

    What people have edited or regrown since changes its figures, and not how it came to its end.

    Raises
    ------
    RunFolderError
        If its log cannot be read.
    """
    if not RunFolder(folder).mosaic_json.exists():
        return None
    last: Mapping[str, Any] = {}
    before: str | None = None
    stopped_by: str | None = None
    is_by_hand = False
    for event in read_log(RunFolder(folder).log_file, ("run_started", "edited", "finished")):
        if event["event"] == "run_started":
            before, stopped_by, is_by_hand = stopped_by, None, False
        elif event["event"] == "edited":
            stopped_by, is_by_hand = before, True
        else:
            last = event
            stopped_by = before if is_by_hand else event["stopped_by"]
    if stopped_by in (None, REQUEST) or not last:
        return None
    known = {each.name for each in dataclasses.fields(RunFinished)}
    facts = {name: value for name, value in last.items() if name in known}
    return RunFinished(**{**facts, "run": str(folder)})


def check_settings(jobs: Sequence[Job]) -> None:
    """Find out about mistakes in the settings before anything is done.

    Raises
    ------
    ParameterError
        For the first job whose settings cannot be worked with.
    """
    for job in jobs:
        job.settings()


def error_words(error: BaseException) -> str:
    """Why a job failed, in words.

    >>> error_words(MemoryError())
    'this machine has not enough memory for it; try a shorter target or fewer workers'
    """
    if isinstance(error, MemoryError):
        return "this machine has not enough memory for it; try a shorter target or fewer workers"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)
