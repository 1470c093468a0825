"""A project: what is to be rebuilt, out of what, with which settings, and in which folder."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phenotune.errors import ParameterError, RunFolderError
from phenotune.run.checkpoints import checkpoint_files
from phenotune.run.folder import RunFolder, is_run_folder
from phenotune.run.settings import RunSettings, read_settings
from phenotune.run.stages import StagePlace, check_stages

if TYPE_CHECKING:
    from phenotune.run.boundary import Boundary
    from phenotune.run.script import Script
    from phenotune.run.session import Session

PathLike = str | Path


@dataclass(frozen=True)
class Project:
    """Everything that a run starts from. Nothing of it has been heard yet.

    Parameters
    ----------
    folder
        Where the run lives.
    settings
        The settings in force.
    target
        The song.
    library
        Files and folders of other sounds.
    is_new
        Whether target and library were named, and not found in the folder.
    script
        What a run did that is to be done again; None for a run that goes its own way.
    errand
        Makes the boundary of a sitting that is to do one thing alone, an edit or a regrowth, with settings that hold
        for it alone; None for a sitting that evolves.
    """

    folder: RunFolder
    settings: RunSettings
    target: Path
    library: tuple[Path, ...]
    is_new: bool = True
    script: Script | None = None
    errand: Callable[[Session], Boundary] | None = None
    _stop: threading.Event = field(default_factory=threading.Event, repr=False, compare=False)

    def write_down(self) -> None:
        """Write down in the run folder, which must be there, what it works on; an errand leaves it as it is.

        Raises
        ------
        RunFolderError
            If the disk refuses.
        """
        if self.errand is not None:
            return
        if self.is_new:
            self.folder.remember(self.target, self.library)
        self.folder.write_settings(self.settings)

    def request_stop(self) -> None:
        """Ask the run to end after the cycle at hand and to write everything; may be called from a signal handler."""
        self._stop.set()

    @property
    def stop_is_requested(self) -> bool:
        """Whether somebody has asked the run to end."""
        return self._stop.is_set()


def prepare(
    target: PathLike | None = None,
    library: Sequence[PathLike] = (),
    *,
    run: PathLike | None = None,
    preset: str | None = None,
    style: str | None = None,
    flags: Mapping[str, Any] | None = None,
    assignments: Sequence[str] = (),
) -> Project:
    """Put a project together: a new one from a target and a library, or the one that a run folder holds.

    Parameters
    ----------
    target
        The song to rebuild; or, without a library, a run folder to go on with.
    library
        Files and folders of other sounds.
    run
        Where the run lives. For a new project a folder that does not hold a run yet; when None, one beside the working
        folder's other files, named after the target.
    preset
        Name of a preset, else what the folder or the user's settings say, else ``guided``.
    style
        Name of a style, or ``"none"``; else what the folder or the user's settings say, else none.
    flags
        Settings by dotted name: ``{"run.seed": 7}``.
    assignments
        Settings as the command line's ``--set`` takes them: ``"search.population=60"``.

    Raises
    ------
    ParameterError
        For settings that do not exist or are out of range, or when there is nothing to rebuild.
    RunFolderError
        If the folder holds something else, or cannot be written.
    """
    if target is None and run is None:
        raise ParameterError("expected a target and a library, or a run folder; got neither")
    if target is None and library:
        raise ParameterError("expected a target beside the library; got none")
    if target is None or not library:
        return _existing(Path(target or run or "."), preset, style, flags, assignments)
    target = Path(target)
    path = _free_folder(target) if run is None else new_folder(Path(run))
    settings = read_settings(
        preset,
        style=style,
        project=path / "phenotune.toml",
        flags=flags,
        assignments=assignments,
    )
    check_stages(settings, path)
    sounds = tuple(Path(entry) for entry in library)
    _check_exists(target, sounds)
    return Project(RunFolder.planned(path), settings, target, sounds)


def _existing(
    path: Path,
    preset: str | None,
    style: str | None,
    flags: Mapping[str, Any] | None,
    assignments: Sequence[str],
) -> Project:
    if path.is_file():
        raise ParameterError(
            f"{path}: expected a library beside the target; name a folder of sounds after it"
        )
    found = RunFolder.open(path)
    settings = read_settings(
        preset,
        style=style,
        project=found.settings_file,
        flags=flags,
        assignments=assignments,
    )
    check_stages(settings, path)
    inputs = found.inputs()
    if inputs.target is None or not inputs.library:
        missing = "target" if inputs.target is None else "library"
        raise RunFolderError(f"{path}: holds no {missing}; put one in it, or name both")
    _check_exists(inputs.target, inputs.library, path)
    return Project(RunFolder.planned(path), settings, inputs.target, inputs.library, is_new=False)


def new_folder(path: Path) -> Path:
    """A folder that does not hold a run yet.

    Raises
    ------
    RunFolderError
        If it does.
    """
    if is_run_folder(path) and checkpoint_files(path / "state"):
        raise RunFolderError(
            f"{path}: holds a run already; go on with `phenotune evolve {path}`, or name another folder"
        )
    return path


def _free_folder(target: Path) -> Path:
    """The first of ``song-mosaic``, ``song-mosaic-2``, ... in the working folder that is not there yet."""
    number, path = 1, Path(f"{target.stem}-mosaic")
    while path.exists():
        number += 1
        path = Path(f"{target.stem}-mosaic-{number}")
    return path


def _check_exists(target: Path, library: Sequence[Path], run: Path | None = None) -> None:
    """Find out about a mistyped name before a folder is made for it, or about what the run ``run`` remembers."""
    put_back = None if run is None else f"{run} was made from it, so put it back"
    if not target.exists():
        advice = put_back or "name the song to rebuild"
        raise RunFolderError(f"{target}: there is no such file; {advice}")
    if target.is_dir():
        raise RunFolderError(f"{target}: is a folder; name the song to rebuild, a sound file")
    for path in library:
        if not path.exists():
            advice = put_back or "name sounds to build from"
            raise RunFolderError(f"{path}: there is no such file or folder; {advice}")


def sounds_in_force(project: Project, stage: StagePlace | None) -> tuple[Path, tuple[Path, ...]]:
    """Target and library of a stage: its own where it names some, else the run's."""
    stages = project.settings.stage
    if stage is None or stage.number >= len(stages):
        return project.target, project.library
    named, folder = stages[stage.number], project.folder.path
    target = folder / named.target if named.target else project.target
    library = tuple(folder / path for path in named.library) or project.library
    return target, library


def paths_to_watch(project: Project, stage: StagePlace | None) -> list[Path]:
    """The library in force, and the run folder's own ``library/`` as well unless the stage has one of its own."""
    _, paths = sounds_in_force(project, stage)
    own = project.folder.library
    is_the_runs = paths == project.library
    known = {path.absolute() for path in paths}
    return [*paths, own] if is_the_runs and own.absolute() not in known else list(paths)
