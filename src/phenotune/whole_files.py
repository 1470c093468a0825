"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from phenotune.errors import RunFolderError


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
    temporary: Path | None = None
    try:
        temporary = _new_sibling(path)
        yield temporary
        _synchronise(temporary)
        os.replace(temporary, path)
        temporary = None
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunFolderError(
            f"{path}: could not be written ({reason}); free some space or choose another folder"
        ) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def write_whole(path: str | Path, data: bytes | str) -> None:
    """Write a file whole or not at all; text is UTF-8 with the line ends as given."""
    content = data.encode("utf-8") if isinstance(data, str) else data
    with whole_file(path) as temporary:
        temporary.write_bytes(content)


def _synchronise(path: Path) -> None:
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def _new_sibling(path: Path) -> Path:
    """Make an empty file beside ``path`` that nobody else has, with the permissions of any new file."""
    sibling = path.with_name(f".{path.stem[:40]}-{secrets.token_hex(6)}{path.suffix}")
    os.close(os.open(sibling, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    return sibling
