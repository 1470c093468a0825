"""Figures by which claims are judged: how evenly onsets are spread, how much is covered, how much is silent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from phenotune.arrays import Samples

N_PARTS = 20
"""Of the song, for the histogram of onsets."""


def evenness(onsets_s: Sequence[float], duration_s: float, n_parts: int = N_PARTS) -> float:
    """How evenly onsets are spread: the entropy of their histogram over equal parts of the song, 0 to 1.

    1 is as many in each part (Shannon's entropy over its greatest value, the logarithm of the number of parts); 0 is
    all in one part, or none at all.

    >>> evenness([0.1, 0.6], 1.0, n_parts=2), evenness([0.1, 0.2], 1.0, n_parts=2)
    (1.0, 0.0)
    """
    inside = [onset for onset in onsets_s if 0.0 <= onset < duration_s]
    counts, _ = np.histogram(inside, bins=n_parts, range=(0.0, duration_s))
    if counts.sum() == 0:
        return 0.0
    shares = counts[counts > 0] / counts.sum()
    entropy = float(-np.sum(shares * np.log(shares)))
    return max(0.0, entropy) / float(np.log(n_parts))


def covered_share(
    onsets_s: Sequence[float], durations_s: Sequence[float], duration_s: float
) -> float:
    """Share of the song during which at least one clip sounds, 0 to 1.

    >>> covered_share([0.0, 1.0, 9.0], [2.0, 2.0, 5.0], 10.0)
    0.4
    """
    covered_s, reached_s = 0.0, 0.0
    for start_s, length_s in sorted(zip(onsets_s, durations_s, strict=True)):
        end_s = min(start_s + length_s, duration_s)
        covered_s += max(0.0, end_s - max(start_s, reached_s))
        reached_s = max(reached_s, end_s)
    return covered_s / duration_s


SILENT_DB = -30.0
FRAME_S = 0.05


def silent_share(sound: Samples, rate_hz: float) -> float:
    """Share of a sound that is silent beside its loudest moment: frames of 50 ms that lie 30 dB or more below it.

    Parameters
    ----------
    sound
        Shape (n_channels, n_samples); the mean of the channels is listened to.
    rate_hz
        Its rate.

    >>> silent_share(np.repeat(np.float32([[1.0, 0.01, 0.5, 0.0]]), 50, axis=1), 1000)
    0.5
    """
    mono = sound.mean(axis=0, dtype=np.float64)
    n_frame = max(1, round(FRAME_S * rate_hz))
    frames = mono[: mono.size // n_frame * n_frame].reshape(-1, n_frame)
    power = np.mean(frames**2, axis=1)
    if not power.any():
        return 1.0
    return float(np.mean(power <= power.max() * 10.0 ** (SILENT_DB / 10.0)))
