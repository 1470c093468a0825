"""Makes the demo on the disk: a target to rebuild, and a library of other records to rebuild it from."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from phenotune.audio.files import write_sound
from phenotune.demo import song
from phenotune.demo.marker import VERSION, Marker, read_marker, sizes_of, write_marker
from phenotune.demo.performance import perform
from phenotune.demo.records.catalogue import RECORDS, cut
from phenotune.errors import RunFolderError
from phenotune.whole_files import could_not_be_written, write_whole

TARGET = "second_shift.wav"
"""Called after the song, so that pictures and folders of runs bear its title."""

LIBRARY = "library"
CREDITS = "CREDITS.txt"
TARGET_RATE_HZ = 44_100

_WAIVER = """\
Synthesised by phenotune's own code, without a sample of anybody's record.
Licence: CC0 1.0. To the extent possible under law, the authors of phenotune have waived all copyright and related
rights to these sounds. https://creativecommons.org/publicdomain/zero/1.0/
"""


@dataclass(frozen=True, slots=True)
class DemoFiles:
    """Where the demo lies.

    Parameters
    ----------
    target
        The sound to rebuild.
    library
        The folder of sounds to rebuild it from.
    """

    target: Path
    library: Path


def has_demo(folder: str | Path) -> bool:
    """Whether this version's demo lies complete in a folder, so that :func:`make_demo` has nothing to do."""
    folder = Path(folder)
    marker = read_marker(folder) if folder.is_dir() else None
    return marker is not None and marker.is_whole_in(folder)


def make_demo(folder: str | Path) -> DemoFiles:
    """Synthesise the demo into a folder, or find it there.

    The same code gives the same bytes on the same machine. The demo is made beside the folder, or out of sight within
    one that is there already, and moved into place when it is complete; one that is there, complete and of this version
    is left alone. In a folder that holds an older or an unfinished demo only files of the demo are replaced.

    Parameters
    ----------
    folder
        Where; made if it does not exist.

    Raises
    ------
    RunFolderError
        If the folder holds anything but a demo, or a demo that somebody changed or a newer phenotune made; nothing in
        it is then touched. Or if the disk refuses; should that happen while an older demo is being replaced, its
        marker says so, and the next call makes it whole.
    """
    folder = Path(folder)
    files = DemoFiles(folder / TARGET, folder / LIBRARY)
    try:
        old = _marker_of_ours(folder)
        if old is not None and old.is_whole_in(folder):
            return files
        # Within the folder where there is one: it may be a disk of its own, to which nothing can be moved from outside.
        place = folder if folder.exists() else folder.parent
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=place) as near:
            made = Path(near) / "demo"
            new = _synthesise(made)
            _move_into_place(made, folder, old, new)
    except OSError as error:
        raise could_not_be_written(folder, error) from error
    return files


def _marker_of_ours(folder: Path) -> Marker | None:
    """The marker of a demo that may be replaced; None where there is nothing yet."""
    if not folder.exists():
        return None
    if not folder.is_dir():
        raise RunFolderError(f"{folder}: expected a folder for the demo, found a file")
    marker = read_marker(folder)
    if marker is None:
        if any(not entry.name.startswith(".") for entry in folder.iterdir()):
            raise RunFolderError(
                f"{folder}: is not empty and holds no demo; choose another folder for the demo"
            )
        return None
    if marker.version > VERSION:
        raise RunFolderError(
            f"{folder}: its demo was made by a newer phenotune; choose another folder"
        )
    changed = marker.changed_in(folder)
    if changed is not None:
        raise RunFolderError(
            f"{changed}: was changed since the demo was made; move it away or choose another folder"
        )
    return marker


def _synthesise(folder: Path) -> Marker:
    """Make the whole demo in a new folder."""
    folder.mkdir()
    write_sound(folder / TARGET, perform(TARGET_RATE_HZ).astype(np.float32), TARGET_RATE_HZ)
    write_whole(folder / CREDITS, f"{_WAIVER}\n{_credit(TARGET, song.TITLE)}")
    shelves: dict[Path, list[str]] = {}
    for record in RECORDS:
        path = folder / LIBRARY / record.path
        path.parent.mkdir(parents=True, exist_ok=True)
        write_sound(path, cut(record), record.rate_hz, bits=16)
        shelves.setdefault(path.parent, []).append(_credit(path.name, record.title))
    for shelf, credits in shelves.items():
        write_whole(shelf / CREDITS, f"{_WAIVER}\n{''.join(credits)}")
    marker = Marker(VERSION, is_complete=True, sizes=sizes_of(folder))
    write_marker(folder, marker)
    return marker


def _credit(name: str, title: str) -> str:
    """The line of a sound in the credits, which is its credit in a mosaic made of it."""
    return f'{name} | "{title}", synthesised by phenotune (CC0 1.0)\n'


def _move_into_place(made: Path, folder: Path, old: Marker | None, new: Marker) -> None:
    """Move a complete demo to where it belongs, at once if nothing is there, else file by file."""
    if not folder.exists():
        os.rename(made, folder)
        return
    known = {**(old.sizes if old else {}), **new.sizes}
    write_marker(folder, Marker(VERSION, is_complete=False, sizes=known))
    for name in known.keys() - new.sizes.keys():
        (folder / name).unlink(missing_ok=True)
    for name in new.sizes:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        os.replace(made / name, folder / name)
    write_marker(folder, new)
