"""Decoded sound, as it comes through the door."""

from __future__ import annotations

from dataclasses import dataclass, field

from phenotune.arrays import Samples


@dataclass(frozen=True, slots=True)
class Sound:
    """The content of a sound file.

    Parameters
    ----------
    samples
        float32 of shape (n_channels, n_samples), with all channels of the file in the order of WAVE (left, right,
        centre, LFE, surrounds). Files of floats may hold values beyond 1.0, and NaN.
    rate_hz
        Sampling rate of the file.
    tags
        What the file says of itself under lower-case names: ``"artist"``, ``"title"``, ``"copyright"``, ``"license"``.
    """

    samples: Samples
    rate_hz: int
    tags: dict[str, str] = field(default_factory=dict)
