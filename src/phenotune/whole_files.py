"""Files that are written whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from phenotune.errors import RunFolderError

_IS_WINDOWS = os.name == "nt"
_PAUSES_S = (0.05, 0.1, 0.2, 0.4, 0.8)
"""How long a virus scanner, or a player that is being closed, is waited for."""


@contextmanager
def whole_file(path: str | Path) -> Iterator[Path]:
    """Give a temporary sibling to write to, and put it in the place of ``path`` when the block ends well.

    The sibling keeps the suffix, since writers choose the format by it. It is synchronised to the disk before it takes
    the name, so that after a crash ``path`` holds either the old content or the new.

    Parameters
    ----------
    path
        The file to be written; its folder must exist.

    Raises
    ------
    RunFolderError
        If the disk or its permissions refuse; the old file is then untouched.
    """
    path = Path(path)
    # Named before it is made: Ctrl-C may come at any point, and nothing is to be left behind.
    temporary = path.with_name(f".{path.stem[:40]}-{secrets.token_hex(6)}{path.suffix}")
    try:
        _make(temporary)
        yield temporary
        _synchronise(temporary)
        _replace(temporary, path)
    except OSError as error:
        raise could_not_be_written(path, error) from error
    finally:
        # It has its name when all went well, and where it could not be made it cannot be removed.
        with suppress(OSError):
            temporary.unlink()


def write_whole(path: str | Path, data: bytes | str) -> None:
    """Write a file whole or not at all; text is UTF-8 with the line ends as given."""
    content = data.encode("utf-8") if isinstance(data, str) else data
    with whole_file(path) as temporary:
        temporary.write_bytes(content)


def check_none_is_there(paths: Iterable[Path]) -> None:
    """Make sure that nothing would be written over; a link that leads nowhere is something, too.

    Raises
    ------
    RunFolderError
        Naming the first that is there.
    """
    for path in paths:
        if is_there(path):
            raise RunFolderError(
                f"{path}: is there already; name another place with -o, or replace it with --force"
            )


def is_there(path: Path) -> bool:
    """Whether a name is taken, if only by a link that leads nowhere."""
    return path.exists() or path.is_symlink()


def could_not_be_written(path: str | Path, error: OSError) -> RunFolderError:
    """What to raise when the disk refuses: the place, why, and what helps against it.

    >>> print(could_not_be_written("RUN/log.jsonl", OSError(errno.EROFS, "Read-only file system")))
    RUN/log.jsonl: could not be written (Read-only file system); choose another folder
    """
    advice = {
        errno.ENOSPC: "free some space, or choose another folder",
        errno.ENOENT: "make its folder first",
    }.get(error.errno or 0, "choose another folder")
    if _IS_WINDOWS and error.errno == errno.EACCES:
        advice = f"close the program that has it open, or {advice}"
    return RunFolderError(f"{path}: could not be written ({error.strerror or error}); {advice}")


def _replace(temporary: Path, path: Path) -> None:
    """Put a file in the place of another; patiently on Windows, where nothing replaces a file that somebody reads."""
    for pause_s in _PAUSES_S if _IS_WINDOWS else ():
        try:
            os.replace(temporary, path)
            return
        except PermissionError:
            time.sleep(pause_s)
    os.replace(temporary, path)


def _synchronise(path: Path) -> None:
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def _make(path: Path) -> None:
    """Make an empty file that nobody else has, with the permissions of any new file."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
