"""What a mosaic knows of the files it was made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from phenotune.units import s_to_samples

if TYPE_CHECKING:
    from phenotune.library.source import Source


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """The song that was rebuilt.

    Parameters
    ----------
    path
        Where it lay; relative to the mosaic's file, or absolute.
    sha256
        Of the file's bytes, in hexadecimal digits.
    rate_hz
        Its own sampling rate.
    n_channels
        1 or 2, after folding; 1 also for two channels that are the same.
    duration_s
        How long it is, and so how long the mosaic is.
    """

    path: str
    sha256: str
    rate_hz: int
    n_channels: int
    duration_s: float

    def n_samples(self, rate_hz: int) -> int:
        """Length at a rate, the same as that of the target itself when it is resampled to this rate."""
        own = s_to_samples(self.duration_s, self.rate_hz)
        return own if rate_hz == self.rate_hz else round(own * rate_hz / self.rate_hz)

    def as_source(self, id: str) -> SourceFacts:
        """The same file as a source of this id: what finds sources by their content finds the song as well."""
        return SourceFacts(
            id, self.path, self.sha256, self.rate_hz, self.n_channels, self.duration_s
        )


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """A sound file that clips are cut from.

    Parameters
    ----------
    id
        What clips call it, ``"s3f9a01c77be2"``.
    path
        Where it lay; relative to the mosaic's file, or absolute.
    sha256
        Of the file's bytes, in hexadecimal digits.
    rate_hz
        Its own sampling rate, at which clips are counted.
    n_channels
        1 or 2, after folding.
    duration_s
        How long it is.
    credit
        Who made it and under which licence, where that is known.
    """

    id: str
    path: str
    sha256: str
    rate_hz: int
    n_channels: int
    duration_s: float
    credit: str | None = None

    @property
    def n_samples(self) -> int:
        """Length at its own rate."""
        return s_to_samples(self.duration_s, self.rate_hz)

    @classmethod
    def of(cls, source: Source) -> Self:
        """The facts of a library's source."""
        return cls(
            source.id,
            source.path.absolute().as_posix(),
            source.sha256,
            source.rate_hz,
            source.n_channels,
            source.duration_s,
            source.credit,
        )
