"""What a user sees when something goes wrong: a message, never a traceback."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import traceback
from pathlib import Path

from phenotune.errors import PhenotuneError

INTERRUPTED = 130
"""Exit code after Ctrl-C."""


def report_failure(error: Exception) -> int:
    """Say on standard error what went wrong, and give the exit code.

    ``PHENOTUNE_TRACEBACK=1`` in the environment shows the traceback as well.

    Parameters
    ----------
    error
        What came out of a command.
    """
    if os.environ.get("PHENOTUNE_TRACEBACK") not in (None, "", "0"):
        traceback.print_exception(error)
    if isinstance(error, PhenotuneError):
        say(str(error))
        return error.exit_code
    if isinstance(error, MemoryError):
        say("this machine has not enough memory for it; try a shorter target or fewer --workers")
        return 1
    if isinstance(error, OSError) and error.strerror:
        place = f"{os.fspath(error.filename)}: " if error.filename else ""
        say(f"{place}{error.strerror}")
        return 1
    say(
        f"this is a bug in phenotune: {_summary(error)}\n"
        f"please report it with what `phenotune doctor` prints and this file: {_save(error)}"
    )
    return 1


def say(message: str) -> None:
    """Print an error message to standard error."""
    print(f"error: {message}", file=sys.stderr)


def _summary(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0][:200]}" if text else type(error).__name__


def _save(error: Exception) -> str:
    """Write the traceback to a file, the latest over the one before, and name it."""
    report = "\n".join(
        [
            f"phenotune {_version()}, Python {platform.python_version()}, {platform.platform()}",
            f"arguments: {sys.argv[1:]}",
            "",
            *traceback.format_exception(error),
        ]
    )
    for folder in (_cache_folder(), Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / "phenotune-last-error.txt"
            path.write_text(report, encoding="utf-8", errors="backslashreplace")
        except OSError:
            continue
        return str(path)
    return "(the traceback could not be saved; PHENOTUNE_TRACEBACK=1 shows it)"


def _cache_folder() -> Path:
    from phenotune.audio.cache import cache_folder

    return cache_folder()


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("phenotune")
    except PackageNotFoundError:
        return "(not installed)"
