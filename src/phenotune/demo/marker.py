"""The marker of a demo: which version it is, whether it is complete, and which files belong to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phenotune.whole_files import write_whole

VERSION = 2
"""Raised whenever a sound of the demo or its name changes, so that old demos are made anew."""

NAME = "demo.json"
FORMAT = "phenotune.demo"


@dataclass(frozen=True, slots=True)
class Marker:
    """What ``demo.json`` says.

    Parameters
    ----------
    version
        Version of the demo.
    is_complete
        False while files are being replaced.
    sizes
        Size in bytes of each file of the demo, by its path inside the folder, with slashes.
    """

    version: int
    is_complete: bool
    sizes: Mapping[str, int]

    def is_whole_in(self, folder: Path) -> bool:
        """Whether this version's demo lies complete in a folder."""
        there = self.version == VERSION and self.is_complete
        return there and all((folder / name).is_file() for name in self.sizes)

    def changed_in(self, folder: Path) -> Path | None:
        """A file that is no longer as the demo left it, if there is one; a missing file counts as unchanged."""
        if self.is_complete:
            for name, n_bytes in self.sizes.items():
                path = folder / name
                if path.is_file() and path.stat().st_size != n_bytes:
                    return path
        return None


def sizes_of(folder: Path) -> dict[str, int]:
    """Size of every file below a folder, by its path inside, in alphabetical order."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}


def write_marker(folder: Path, marker: Marker) -> None:
    """Write a marker whole or not at all."""
    content = {
        "format": FORMAT,
        "version": marker.version,
        "complete": marker.is_complete,
        "files": dict(marker.sizes),
    }
    write_whole(folder / NAME, json.dumps(content, indent=1) + "\n")


def read_marker(folder: Path) -> Marker | None:
    """The marker in a folder; None if there is none, or if it is not one that phenotune wrote."""
    try:
        content = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except (FileNotFoundError, UnicodeDecodeError, json.JSONDecodeError):
        return None
    if not _is_marker(content):
        return None
    return Marker(content["version"], content["complete"], content["files"])


def _is_marker(content: Any) -> bool:
    """Whether read JSON has the shape of a marker, and names no file outside its folder."""
    return (
        isinstance(content, dict)
        and content.get("format") == FORMAT
        and type(content.get("version")) is int
        and type(content.get("complete")) is bool
        and isinstance(content.get("files"), dict)
        and all(_is_inside(name) and type(n) is int for name, n in content["files"].items())
    )


def _is_inside(name: str) -> bool:
    path = Path(name)
    return not path.is_absolute() and ".." not in path.parts
