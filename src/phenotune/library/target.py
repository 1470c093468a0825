"""The target: the song to rebuild."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from phenotune.arrays import Samples
from phenotune.audio.cache import SoundCache
from phenotune.audio.channels import are_twins
from phenotune.errors import TargetError
from phenotune.library.usable import why_misnamed, why_unusable
from phenotune.units import samples_to_s


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """The song to rebuild, decoded and at the rate of the engine.

    Parameters
    ----------
    path
        The file.
    sha256
        Of the file's bytes, in hexadecimal digits.
    rate_hz
        Its own sampling rate.
    n_channels
        1 or 2 after folding; 1 also for a file whose two channels are the same.
    n_samples
        Samples in each channel, at its own rate.
    samples
        The sound at the engine's rate, float32 of shape (n_channels, n), read-only.
    engine_rate_hz
        The rate that the search works at.
    """

    path: Path
    sha256: str
    rate_hz: int
    n_channels: int
    n_samples: int
    samples: Samples
    engine_rate_hz: int

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return samples_to_s(self.n_samples, self.rate_hz)


def open_target(
    path: str | Path,
    engine_rate_hz: int,
    *,
    cache: SoundCache | None = None,
    min_s: float,
    sha256: str | None = None,
) -> Target:
    """Open the song to rebuild.

    Parameters
    ----------
    path
        A sound file.
    engine_rate_hz
        The rate that the search works at.
    cache
        Decoded sounds; the user's when None.
    min_s
        Shortest target that can be rebuilt, the length of the longest analysis window.
    sha256
        Content of the file, where that is known: the cache may still have it when the file has not.

    Raises
    ------
    AudioFileError
        If the file cannot be decoded.
    MissingExtraError
        If reading it needs an extra that is not installed.
    TargetError
        If it is silent, empty, not finite, too short, or has a name that is no text.
    """
    path = Path(path)
    if reason := why_misnamed(path):
        raise TargetError(f"{path}: {reason}")
    cache = SoundCache() if cache is None else cache
    sound = cache.fetch(path, sha256=sha256)
    if reason := why_unusable(sound, min_s):
        raise TargetError(f"{path}: {reason}; it cannot be rebuilt, choose another target")
    n_channels = 1 if are_twins(sound.samples) else sound.n_channels
    samples = cache.at_rate(sound, engine_rate_hz)[:n_channels]
    return Target(
        path=path,
        sha256=sound.sha256,
        rate_hz=sound.rate_hz,
        n_channels=n_channels,
        n_samples=sound.n_samples,
        samples=samples,
        engine_rate_hz=engine_rate_hz,
    )
