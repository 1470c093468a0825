"""A clip: an untransformed span of a source."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Clip:
    """A span of a source, in samples at the source's own rate, so that nothing is rounded twice.

    Parameters
    ----------
    source
        Id of the source in its library or mosaic, ``"s3f9a01c77be2"``.
    start_samples
        First sample of the span.
    length_samples
        Number of samples, at least 1.
    """

    source: str
    start_samples: int
    length_samples: int
