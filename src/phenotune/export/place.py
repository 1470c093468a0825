"""Where an export is written: into a folder that nobody sees until all of it is there.

A folder that exists is not touched unless that is asked for, and then only what the export brings is replaced in it.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from phenotune.errors import RunFolderError
from phenotune.export.names import plain_name
from phenotune.whole_files import check_none_is_there, could_not_be_written, is_there


@dataclass(frozen=True, slots=True)
class Place:
    """Where a format writes what it has to write.

    Parameters
    ----------
    folder
        Where everything goes; it is there and empty.
    stem
        Name of the document without its suffix, which any system takes.
    suffix
        ``".rpp"``; empty where there is no document.
    """

    folder: Path
    stem: str
    suffix: str

    @property
    def document(self) -> Path:
        """The project, the list, or whatever it is that people open."""
        return self.folder / f"{self.stem}{self.suffix}"

    @property
    def sounds(self) -> Path:
        """The folder of the sounds that the document needs; made when first asked for."""
        folder = self.folder / sounds_name(self.stem)
        folder.mkdir(exist_ok=True)
        return folder


def sounds_name(stem: str) -> str:
    """Name of the folder of sounds beside a document; a project writes it down, so it is a plain one.

    >>> sounds_name('my "song"')
    'my _song-sounds'
    """
    return f"{plain_name(stem, 'mosaic')}-sounds"


@dataclass(frozen=True, slots=True)
class _Way:
    """Where an export goes: into which folder, as which document, and whether the folder is for it alone."""

    folder: Path
    stem: str
    suffix: str
    is_own_folder: bool

    @classmethod
    def to(cls, out: Path, stem: str, suffix: str) -> _Way:
        if suffix and out.suffix.lower() == suffix:
            return cls(out.parent, out.stem, out.suffix, False)
        return cls(out, plain_name(stem, "mosaic"), suffix, True)

    def taken(self) -> Iterator[Path]:
        """What is there already and would be replaced or mixed with what comes."""
        if self.is_own_folder:
            is_empty = self.folder.is_dir() and not any(self.folder.iterdir())
            yield from [] if is_empty else filter(is_there, [self.folder])
            return
        names = (f"{self.stem}{self.suffix}", sounds_name(self.stem))
        yield from filter(is_there, (self.folder / name for name in names))


def check_is_free(out: Path, suffix: str) -> None:
    """Make sure that :func:`new_place` would replace nothing.

    Raises
    ------
    RunFolderError
        If there is something already.
    """
    try:
        check_none_is_there(_Way.to(out, out.stem, suffix).taken())
    except OSError as error:
        raise could_not_be_written(out, error) from error


@contextmanager
def new_place(out: Path, stem: str, suffix: str, *, force: bool = False) -> Iterator[Place]:
    """A place to write an export to, which appears at ``out`` when the block ends well.

    Parameters
    ----------
    out
        The folder to make; or, if its name ends in the format's suffix, the document, and then the sounds that it
        needs go beside it.
    stem
        What the document is called, where ``out`` is a folder.
    suffix
        Of the document; empty where there is none.
    force
        Whether what lies there under the same names is replaced; everything else stays.

    Raises
    ------
    RunFolderError
        If something is there already, or if the disk refuses.
    """
    way = _Way.to(out, stem, suffix)
    if not force:
        check_is_free(out, suffix)
    beside = way.folder.parent if way.is_own_folder else way.folder
    temporary = beside / f".{way.stem[:40]}-{secrets.token_hex(6)}"
    made = _missing(beside)
    try:
        try:
            temporary.mkdir(parents=True)
            yield Place(temporary, way.stem, way.suffix)
            _move(temporary, way.folder, force)
        except OSError as error:
            raise could_not_be_written(out, error) from error
        except RunFolderError as error:
            # A file in there has a name that nobody knows, and is gone by now.
            cause = error.__cause__
            if isinstance(cause, OSError) and str(temporary) in str(error):
                raise could_not_be_written(out, cause) from cause
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        for folder in made:  # those that hold something by now stay
            with suppress(OSError):
                folder.rmdir()


def _missing(folder: Path) -> list[Path]:
    """The folders on the way to a folder that are not there yet, the innermost first."""
    return list(takewhile(lambda each: not is_there(each), (folder, *folder.parents)))


def _move(temporary: Path, folder: Path, force: bool) -> None:
    """Put everything into its place, folders first, since the document needs them."""
    if not is_there(folder):
        os.replace(temporary, folder)
        return
    comers = sorted(temporary.iterdir(), key=lambda each: (each.is_file(), each.name))
    if not force:
        check_none_is_there(folder / path.name for path in comers)
    for path in comers:
        _replace(path, folder / path.name)


def _replace(path: Path, there: Path) -> None:
    if not there.is_dir() or there.is_symlink():
        os.replace(path, there)
        return
    aside = there.with_name(f".{there.name[:40]}-{secrets.token_hex(6)}")
    os.replace(there, aside)
    try:
        os.replace(path, there)
    except BaseException:
        os.replace(aside, there)
        raise
    shutil.rmtree(aside, ignore_errors=True)
