"""The two families of errors: the caller's mistakes and the world's.

Every message says what was expected, what came, and what to do. The command line prints the message alone and turns
the family into an exit code: 2 for the caller, 1 for the world.

>>> issubclass(ParameterError, ValueError) and issubclass(AudioFileError, WorldError)
True
"""

from __future__ import annotations

from pathlib import Path


class PhenotuneError(Exception):
    """Any error that phenotune raises on purpose."""

    exit_code = 1


class ParameterError(PhenotuneError, ValueError):
    """The caller's mistake: an unknown setting, a value out of range, an array of the wrong shape."""

    exit_code = 2


class WorldError(PhenotuneError):
    """The world's fault: a file, a folder, the disk."""

    exit_code = 1


class AudioFileError(WorldError):
    """A sound file that cannot be used.

    Parameters
    ----------
    path
        The file.
    reason
        Why it cannot be used, as half a sentence: ``"is empty"``, ``"is not a sound file"``.
    """

    def __init__(self, path: str | Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = Path(path)
        self.reason = reason


class LibraryError(WorldError):
    """A library in which nothing can be used."""


class TargetError(WorldError):
    """A target that cannot be rebuilt: silent, empty, not finite, or too short."""


class RunFolderError(WorldError):
    """A run folder that cannot be read or written, or was made by a newer phenotune."""


class MissingExtraError(WorldError):
    """A part of phenotune that an optional package provides, which is not installed.

    Parameters
    ----------
    what
        What was wanted: ``"reading song.m4a"``.
    extra
        The extra that brings it: ``"formats"``.
    """

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs the extra '{extra}': pip install 'phenotune[{extra}]'")
        self.extra = extra
