"""What the settings of the style steer, measured on the result: repeats, onsets on the beat, brightness, the scale."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phenotune.errors import ParameterError
from phenotune.measures.chroma import N_CLASSES, chroma
from phenotune.measures.short_time import Mono, magnitude_blocks

N_FFT = 2048


class CutRow(NamedTuple):
    """Where a clip sounds, and what it was cut out of."""

    onset_s: float
    source: str
    start_s: float
    end_s: float


def repeated_share(rows: Iterable[tuple[float, str, float, float]], within_s: float) -> float:
    """Share of the clips near which the same piece of the same source sounds again.

    Parameters
    ----------
    rows
        One a clip, as :class:`CutRow` or a plain tuple of the same.
    within_s
        How far apart, in seconds, the onsets of the two may lie. They are the same piece when they have half of the
        shorter one in common.

    Examples
    --------
    >>> repeated_share([(0.0, "s0", 0.0, 1.0), (2.0, "s0", 0.2, 1.2), (9.0, "s0", 0.0, 1.0)], 4.0)
    0.6666666666666666
    """
    clips = sorted(CutRow(*row) for row in rows)
    is_repeated = [False] * len(clips)
    for i, one in enumerate(clips):
        for j in range(i + 1, len(clips)):
            other = clips[j]
            if other.onset_s - one.onset_s > within_s:
                break
            shared_s = min(one.end_s, other.end_s) - max(one.start_s, other.start_s)
            shorter_s = min(one.end_s - one.start_s, other.end_s - other.start_s)
            if one.source == other.source and shared_s > 0.5 * shorter_s:
                is_repeated[i] = is_repeated[j] = True
    return sum(is_repeated) / len(clips) if clips else 0.0


def on_grid_share(
    onsets_s: Iterable[float], step_s: float, first_s: float = 0.0, *, tolerance_s: float = 0.02
) -> float:
    """Share of the onsets that lie near a line of a regular grid.

    Parameters
    ----------
    onsets_s
        In seconds.
    step_s, first_s
        Between two lines, and where one of them lies.
    tolerance_s
        How near is near; chance alone gives the share ``2 * tolerance_s / step_s``.

    Raises
    ------
    ParameterError
        If the step is not above 0.

    Examples
    --------
    >>> on_grid_share([0.0, 0.51, 0.75], 0.5)
    0.6666666666666666
    """
    if not step_s > 0.0:
        raise ParameterError(f"step_s: expected a step above 0 s, got {step_s}")
    away_s = [abs(math.remainder(onset_s - first_s, step_s)) for onset_s in onsets_s]
    return sum(away <= tolerance_s for away in away_s) / len(away_s) if away_s else 0.0


def spectral_centroid_hz(sound: Mono, rate_hz: int) -> float:
    """Mean frequency of a sound, weighted by magnitude over all of it; 0 for silence.

    Parameters
    ----------
    sound
        Shape ``(n_samples,)``.
    """
    magnitudes = np.zeros(N_FFT // 2 + 1)
    for block in magnitude_blocks(sound, N_FFT, N_FFT // 4):
        magnitudes += block.sum(axis=0)
    total = float(magnitudes.sum())
    frequencies_hz = np.arange(magnitudes.size) * (rate_hz / N_FFT)
    return float(frequencies_hz @ magnitudes) / total if total > 0.0 else 0.0


def in_scale_share(sound: Mono, scale: Collection[int], tuning_steps: float = 0.0) -> float:
    """Share of the chroma that lies in a scale, where it stands out from a flat one; 0 for silence.

    Parameters
    ----------
    sound
        At 44.1 kHz, shape ``(n_samples,)``.
    scale
        Pitch classes, C is 0.
    tuning_steps
        As for :func:`phenotune.measures.chroma.chroma`.
    """
    frames = chroma(sound, tuning_steps)
    tones: NDArray[np.float64] = np.maximum(frames - frames.mean(axis=1, keepdims=True), 0.0)
    classes = tones.sum(axis=0)
    total = float(classes.sum())
    inside = sorted({note % N_CLASSES for note in scale})
    return float(classes[inside].sum()) / total if total > 0.0 else 0.0
