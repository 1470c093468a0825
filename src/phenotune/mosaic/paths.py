"""Paths in files that are copied around: relative where files move together, absolute where they do not."""

from __future__ import annotations

import os
from pathlib import Path


def path_as_written(path: Path, folder: Path) -> str:
    """How a file in ``folder`` names another file.

    Relative, with forward slashes, so that a project can be moved or sent as a whole; absolute where the two share
    nothing but the root of a drive. Links on the way are resolved, since ``..`` does not lead back through them.

    Parameters
    ----------
    path
        The file to name; relative to the working folder, or absolute.
    folder
        Where the naming file lies.
    """
    place, base = _real(path), Path(os.path.realpath(folder))
    try:
        common = Path(os.path.commonpath([place, base]))
    except ValueError:  # different drives
        return place.as_posix()
    if common == Path(common.anchor):
        return place.as_posix()
    return Path(os.path.relpath(place, base)).as_posix()


def path_as_read(text: str, folder: Path) -> Path:
    """The file that :func:`path_as_written` named, as an absolute path."""
    return Path(os.path.normpath(os.path.join(os.path.realpath(folder), text)))


def _real(path: Path) -> Path:
    """The path with the links of its folder resolved, but not the file itself: its name is what people know."""
    absolute = Path(os.path.abspath(path))
    return Path(os.path.realpath(absolute.parent)) / absolute.name
