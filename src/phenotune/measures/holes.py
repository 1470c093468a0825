"""Holes: stretches in which the target sounds and the mosaic does not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from phenotune.arrays import Samples, check_samples
from phenotune.errors import ParameterError
from phenotune.units import db_to_amplitude, s_to_samples, samples_to_s

FRAME_S = 0.020
HOP_S = 0.005
LONGER_THAN_S = 0.100
HEARD_DB = -50.0
"""The target sounds where it is above this level, relative to its loudest frame."""

MISSING_DB = -30.0
"""The mosaic does not where it is below this level, relative to the target in the same frame."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A stretch in which the target sounds and the mosaic does not."""

    start_s: float
    duration_s: float


def find_holes(target: Samples, mosaic: Samples, rate_hz: float) -> tuple[Hole, ...]:
    """Stretches above 100 ms in which the mosaic is 30 dB below a target that is above -50 dB of its peak.

    Levels are taken in frames of 20 ms, every 5 ms, over all channels together; a hole is what frames cover that
    follow each other and are all missing. Nothing is scaled: measure the mosaic at the level at which it was made.

    Parameters
    ----------
    target, mosaic
        Sounds of shape ``(n_channels, n_samples)``, of any number of channels and length; the mosaic is cut to the
        target's length or continued by silence.
    rate_hz
        Sample rate of both.

    Returns
    -------
    tuple[Hole, ...]
        In the order of time. None for a silent target.

    Raises
    ------
    ParameterError
        If an array is no sound, or the rate is not above 0.

    Examples
    --------
    >>> target = np.ones((1, 8000), dtype=np.float32)
    >>> mosaic = target.copy()
    >>> mosaic[:, 2000:4000] = 0.0
    >>> find_holes(target, mosaic, 8000)
    (Hole(start_s=0.25, duration_s=0.25),)
    """
    check_samples(target, "target")
    check_samples(mosaic, "mosaic")
    if not (np.isfinite(rate_hz) and rate_hz > 0):
        raise ParameterError(f"rate_hz: expected a sample rate above 0 Hz, got {rate_hz}")
    n_samples = target.shape[1]
    mosaic = mosaic[:, :n_samples]
    mosaic = np.pad(mosaic, ((0, 0), (0, n_samples - mosaic.shape[1])))
    frame, hop = (max(1, s_to_samples(span_s, rate_hz)) for span_s in (FRAME_S, HOP_S))
    wanted, heard = (_frame_power(sound, frame, hop) for sound in (target, mosaic))
    sounding = wanted > wanted.max(initial=0.0) * db_to_amplitude(HEARD_DB) ** 2
    missing = sounding & (heard < wanted * db_to_amplitude(MISSING_DB) ** 2)
    holes = []
    for first, last in _runs(missing):
        duration_s = samples_to_s((last - first) * hop + frame, rate_hz)
        if duration_s > LONGER_THAN_S:
            holes.append(Hole(samples_to_s(first * hop, rate_hz), duration_s))
    return tuple(holes)


def _frame_power(sound: Samples, frame: int, hop: int) -> NDArray[np.float64]:
    """Mean power over the channels in each whole frame."""
    power = np.square(sound, dtype=np.float64).mean(axis=0)
    if len(power) < frame:
        return np.zeros(0)
    means: NDArray[np.float64] = sliding_window_view(power, frame)[::hop].mean(axis=1)
    return means


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last index of each run of true flags."""
    changes = np.flatnonzero(np.diff(flags, prepend=False, append=False))
    return [
        (int(first), int(stop) - 1) for first, stop in zip(changes[::2], changes[1::2], strict=True)
    ]
