"""Finding the sound files in folders."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path

from phenotune.audio.formats import is_sound_name
from phenotune.errors import LibraryError

_SETTINGS_OF_A_RUN = "phenotune.toml"
_MADE_BY_A_RUN = ("out", "state")


def find_sounds(paths: Sequence[str | Path], *, exclude: Sequence[str] = ()) -> list[Path]:
    """Find the sound files of a library.

    Folders are searched with all that lies below, and files in them are told by their suffix; a file that is named
    outright is taken whatever it is called. Hidden files and what a run of phenotune has made (``out`` and ``state`` in
    a run folder) are left out. Links are followed, but no folder is searched twice.

    Parameters
    ----------
    paths
        Files and folders.
    exclude
        Patterns (``*``, ``?``, ``[...]``) of what to leave out; each is held against the path inside the folder and
        against every part of it, so that ``"*.mp3"``, ``"vocals"`` and ``"drums/*/take?.wav"`` all work.

    Returns
    -------
    list of Path
        Each file once, in the order of ``paths`` and by name within a folder, the same on every machine.
        A folder that may not be listed is returned as well, for whoever tries to read it to report.

    Raises
    ------
    LibraryError
        If one of the paths does not exist.
    """
    found: dict[str, Path] = {}
    seen: set[str] = set()
    for path in (Path(path) for path in paths):
        if not os.path.exists(path):
            raise LibraryError(f"{path}: does not exist; name a folder of sounds, or sound files")
        candidates = _below(path, seen) if os.path.isdir(path) else iter([path])
        for candidate in candidates:
            if not _is_excluded(candidate, path, exclude):
                found.setdefault(os.path.realpath(candidate), candidate)
    return list(found.values())


def fingerprints(
    paths: Sequence[str | Path], *, exclude: Sequence[str] = ()
) -> dict[str, tuple[int, int]]:
    """Size and time of the last change, in nanoseconds, of each file that :func:`find_sounds` would find.

    What is not there, or cannot be looked at, is left out.
    """
    found: dict[str, tuple[int, int]] = {}
    seen: set[str] = set()
    for path in (Path(path) for path in paths):
        candidates = _below(path, seen) if os.path.isdir(path) else iter([path])
        for candidate in candidates:
            if exclude and _is_excluded(candidate, path, exclude):
                continue
            with suppress(OSError):
                status = os.stat(candidate)
                if not stat.S_ISDIR(status.st_mode):
                    found[str(candidate)] = (status.st_size, status.st_mtime_ns)
    return found


def _below(folder: Path, seen: set[str]) -> Iterator[Path]:
    real = os.path.realpath(folder)
    if real in seen:
        return
    seen.add(real)
    try:
        with os.scandir(folder) as listed:
            entries = sorted(listed, key=lambda entry: _by_name(entry.name))
    except OSError:
        yield folder
        return
    is_run_folder = any(entry.name == _SETTINGS_OF_A_RUN for entry in entries)
    for entry in entries:
        name = entry.name
        if name.startswith(".") or (is_run_folder and name in _MADE_BY_A_RUN):
            continue
        if entry.is_dir():
            yield from _below(folder / name, seen)
        elif is_sound_name(name):
            yield folder / name


def _by_name(name: str) -> tuple[str, str]:
    """Order of names: macOS gives accents as characters of their own, and folders come in any order everywhere."""
    return unicodedata.normalize("NFC", name), name


def _is_excluded(path: Path, root: Path, exclude: Sequence[str]) -> bool:
    inside = path.relative_to(root) if path != root else Path(path.name)
    texts = (inside.as_posix(), *inside.parts)
    return any(fnmatchcase(text, pattern) for pattern in exclude for text in texts)
