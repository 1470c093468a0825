"""SHA-256 of files, remembered so that a file that has not changed is not read to be hashed again."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from phenotune.audio.entries import TEMPORARY_SUFFIX

SUFFIX = ".digest"

MIN_AGE_S = 2.0
"""A file younger than this is not remembered: it may change again within the same tick of the file system's clock."""


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal digits.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprint(status: os.stat_result) -> list[int]:
    """What of a file's state changes whenever its content does: size, and the times of its last changes."""
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns]


def recall(folder: Path, path: Path, status: os.stat_result) -> str | None:
    """SHA-256 that was remembered for a file in this state; None if there is none."""
    note = note_of(folder, path)
    try:
        remembered = json.loads(note.read_bytes())
        if remembered["fingerprint"] != fingerprint(status):
            return None
        return str(remembered["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember(folder: Path, path: Path, status: os.stat_result, sha256: str) -> None:
    """Remember the SHA-256 of a file in this state, if it is old enough; a disk that refuses does not matter."""
    changed_s = max(status.st_mtime, status.st_ctime)
    if time.time() - changed_s < MIN_AGE_S:
        return
    note = {"path": str(path.absolute()), "fingerprint": fingerprint(status), "sha256": sha256}
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(suffix=TEMPORARY_SUFFIX, dir=folder)
        try:
            with open(handle, "w", encoding="ascii") as file:
                json.dump(note, file)
            os.replace(name, note_of(folder, path))
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise


def note_of(folder: Path, path: Path) -> Path:
    """Where the SHA-256 of a file is remembered."""
    name = hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:32]
    return folder / f"{name}{SUFFIX}"
