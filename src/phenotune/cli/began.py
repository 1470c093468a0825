"""When the program began, so that the time of a run counts from the command's start."""

from __future__ import annotations

import time

_imported_at = time.monotonic()
_started_at: float | None = None


def this_is_the_program() -> None:
    """Say that this process is the command line, and not some program that calls it."""
    global _started_at
    _started_at = _imported_at


def started_at() -> float | None:
    """Time of the monotonic clock when the command began; None where a program calls the command line."""
    return _started_at
