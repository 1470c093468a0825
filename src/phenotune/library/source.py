"""A source: an audio file of the library."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from phenotune.units import samples_to_s


@dataclass(frozen=True, slots=True)
class Source:
    """An audio file that clips are cut from; the sound itself is fetched from the library.

    Parameters
    ----------
    id
        What clips call it: ``s`` and the first digits of ``sha256``.
    path
        The file.
    sha256
        Of the file's bytes, in hexadecimal digits.
    rate_hz
        Its own sampling rate, at which clips are counted.
    n_channels
        1 or 2, after folding.
    n_samples
        Samples in each channel, at its own rate.
    credit
        Who made it and under which licence, where that is known.
    """

    id: str
    path: Path
    sha256: str
    rate_hz: int
    n_channels: int
    n_samples: int
    credit: str | None = None

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return samples_to_s(self.n_samples, self.rate_hz)
