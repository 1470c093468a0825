"""Many songs out of one library: which files are meant, and which run folder is whose."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from phenotune.errors import ParameterError, RunFolderError
from phenotune.library.scan import find_sounds
from phenotune.run.folder import RunFolder
from phenotune.run.project import PathLike
from phenotune.run.series import Job

MAX_STEM_CHARACTERS = 80


def songs_named(targets: Iterable[PathLike]) -> list[Path]:
    """The songs that are meant by files, folders and patterns (``*``, ``?``, ``**``), each once, in their order.

    What names nothing stays in the list, for whoever tries to rebuild it to report.
    """
    found: dict[str, Path] = {}
    for target in targets:
        for path in _meant(Path(target)):
            found.setdefault(os.path.realpath(path), path)
    return list(found.values())


def _meant(target: Path) -> Iterator[Path]:
    # os.path and not Path.exists: a name of 300 characters does not exist, and is no reason to fall over.
    if not os.path.exists(target) and glob.has_magic(str(target)):
        matches = sorted(Path(match) for match in glob.glob(str(target), recursive=True))
    else:
        matches = [target]
    for path in matches or [target]:
        yield from (find_sounds([path]) or [path]) if os.path.isdir(path) else [path]


def batch_jobs(
    targets: Iterable[PathLike],
    library: Sequence[PathLike],
    folder: Path,
    *,
    preset: str | None = None,
    style: str | None = None,
    flags: Mapping[str, Any] | None = None,
    assignments: Sequence[str] = (),
) -> tuple[Job, ...]:
    """Plan a run for each song, in ``FOLDER/<song>-mosaic``.

    A song that has a run there already keeps it; of two songs of the same name, the second has ``<song>-mosaic-2``.

    Parameters
    ----------
    targets
        As in :func:`songs_named`.
    library
        Files and folders of other sounds.
    folder
        Where the run folders are to live.
    preset, style, flags, assignments
        What all runs have, as in :func:`phenotune.run.project.prepare`.

    Raises
    ------
    ParameterError
        If there is no song, or no library.
    RunFolderError
        If a part of the library does not exist, or if the folder is a file.
    """
    songs = songs_named(targets)
    if not songs or not library:
        missing = "library" if songs else "target"
        raise ParameterError(f"batch: expected songs and a library for them; got no {missing}")
    sounds = tuple(Path(path) for path in library)
    for path in sounds:
        if not path.exists():
            raise RunFolderError(
                f"{path}: there is no such file or folder; name sounds to build from"
            )
    if folder.is_file():
        raise RunFolderError(f"{folder}: is a file; name a folder for the runs")
    taken: set[Path] = set()
    jobs = []
    for song in songs:
        place = _place(song, folder, taken)
        taken.add(place)
        common = (preset, style, dict(flags or {}), tuple(assignments))
        jobs.append(Job(str(song), place, song, sounds, *common))
    return tuple(jobs)


def _place(song: Path, folder: Path, taken: set[Path]) -> Path:
    """The run folder of a song: its own, where it has one, else one that nobody has."""
    stem = f"{song.stem[:MAX_STEM_CHARACTERS]}-mosaic"
    for path in sorted(folder.glob(f"{glob.escape(stem)}*")):
        if path not in taken and _song_of(path) == os.path.realpath(song):
            return path
    for number in count(1):
        path = folder / (stem if number == 1 else f"{stem}-{number}")
        if path not in taken and not path.exists():
            return path
    raise AssertionError("there is always another number")


def _song_of(path: Path) -> str | None:
    """The song that a run folder was made for."""
    try:
        target = RunFolder.open(path).inputs().target
    except RunFolderError:
        return None
    return None if target is None else os.path.realpath(target)
