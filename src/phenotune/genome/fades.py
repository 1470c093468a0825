"""Short fades: what keeps the ends of clips and the joins inside a phenotype from clicking."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from phenotune.arrays import Samples
from phenotune.errors import ParameterError

JOIN_FADE_MS = 3.0
"""Fade of each piece at a join inside a phenotype, in milliseconds."""


def fade_samples(n_samples: int, rate_hz: float, fade_ms: float) -> int:
    """Samples that a fade takes: ``fade_ms``, at most a quarter of the sound.

    >>> fade_samples(44_100, 44_100, 5.0), fade_samples(100, 44_100, 5.0)
    (220, 25)
    """
    return min(round(fade_ms * rate_hz / 1000.0), n_samples // 4)


@lru_cache(maxsize=256)
def rise(n_samples: int) -> NDArray[np.float32]:
    """The rising half of a raised cosine, read-only; with its mirror image it sums to one.

    >>> (rise(4) + rise(4)[::-1]).tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    phase = (np.arange(n_samples) + 0.5) * (math.pi / max(n_samples, 1))
    ramp: NDArray[np.float32] = (0.5 - 0.5 * np.cos(phase)).astype(np.float32)
    ramp.flags.writeable = False
    return ramp


def fade_in(samples: Samples, n_fade: int) -> None:
    """Fade the first ``n_fade`` samples in, in place; time is the last axis."""
    if n_fade > 0:
        samples[..., :n_fade] *= rise(n_fade)


def fade_out(samples: Samples, n_fade: int) -> None:
    """Fade the last ``n_fade`` samples out, in place; time is the last axis."""
    if n_fade > 0:
        samples[..., -n_fade:] *= rise(n_fade)[::-1]


def match_channels(samples: Samples, n_channels: int) -> Samples:
    """Give sound of one channel as many as wanted, as a read-only view; other sound must have them.

    Raises
    ------
    ParameterError
        If the sound has more than one channel, and not as many as wanted.
    """
    if samples.shape[0] == n_channels:
        return samples
    if samples.shape[0] != 1:
        raise ParameterError(
            f"samples: expected 1 or {n_channels} channels, got {samples.shape[0]};"
            " fold the sources to stereo first"
        )
    return np.broadcast_to(samples, (n_channels, samples.shape[1]))


def join(pieces: Sequence[Samples], rate_hz: float) -> Samples:
    """One piece after the other, each faded for 3 ms at the joins only; mono and stereo give stereo.

    Parameters
    ----------
    pieces
        At least one, each of shape ``(n_channels, n_samples)``; never written to.
    rate_hz
        Their sampling rate.

    Returns
    -------
    Samples
        New memory, as long as the pieces together. Where a piece is empty there is no join.

    >>> join([np.ones((1, 4), np.float32), np.ones((1, 4), np.float32)], 44_100).round(2).tolist()
    [[1.0, 1.0, 1.0, 0.5, 0.5, 1.0, 1.0, 1.0]]
    """
    n_channels = max(piece.shape[0] for piece in pieces)
    sounding = [match_channels(piece, n_channels) for piece in pieces if piece.shape[1] > 0]
    joined = np.empty((n_channels, sum(piece.shape[1] for piece in sounding)), dtype=np.float32)
    start = 0
    for i, piece in enumerate(sounding):
        n_samples = piece.shape[1]
        n_fade = fade_samples(n_samples, rate_hz, JOIN_FADE_MS)
        part = joined[:, start : start + n_samples]
        part[...] = piece
        if i > 0:
            fade_in(part, n_fade)
        if i < len(sounding) - 1:
            fade_out(part, n_fade)
        start += n_samples
    return joined
