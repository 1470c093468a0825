"""Curves over time: decays, attacks, glides, drifts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from phenotune.demo.filters import lowpass
from phenotune.demo.signals import Signal


def dying(time_s: Signal, t60_s: float) -> Signal:
    """Exponential decay from 1 that has fallen by 60 dB after ``t60_s``."""
    return np.asarray(10.0 ** (-3.0 * time_s / t60_s))


def struck(time_s: Signal, attack_s: float, t60_s: float) -> Signal:
    """A quick smooth rise over ``attack_s`` and an exponential decay."""
    rise = np.clip(time_s / attack_s, 0.0, 1.0)
    return np.asarray((0.5 - 0.5 * np.cos(np.pi * rise)) * dying(time_s, t60_s))


def held(time_s: Signal, attack_s: float, end_s: float, release_s: float) -> Signal:
    """A rise, a plateau of 1 until ``end_s``, and a fall over ``release_s``; all corners round."""
    rise = np.clip(time_s / attack_s, 0.0, 1.0)
    fall = np.clip((time_s - end_s) / release_s, 0.0, 1.0)
    return np.asarray(0.25 * (1.0 - np.cos(np.pi * rise)) * (1.0 + np.cos(np.pi * fall)))


def through(time_s: Signal, points: Sequence[tuple[float, float]]) -> Signal:
    """Straight lines through ``(time, value)`` points; constant before the first and after the last."""
    at_s, values = zip(*points, strict=True)
    return np.asarray(np.interp(time_s, at_s, values))


def vibrato(time_s: Signal, rate_hz: float, cents: float, delay_s: float = 0.0) -> Signal:
    """Ratios of a vibrato that grows in over a quarter of a second after ``delay_s``."""
    depth = np.clip((time_s - delay_s) / 0.25, 0.0, 1.0) * cents / 1200.0
    return np.asarray(2.0 ** (depth * np.sin(2.0 * np.pi * rate_hz * (time_s - delay_s))))


def drift(rng: np.random.Generator, n_samples: int, rate_hz: int, cents: float) -> Signal:
    """Ratios of a slow random wander, standard deviation ``cents``, as of a hand or an old machine."""
    n_points = max(4, n_samples * 5 // rate_hz + 4)
    points = rng.normal(0.0, cents / 1200.0, n_points)
    position = np.linspace(0.0, n_points - 1.0, n_samples)
    wander = np.interp(position, np.arange(n_points), points)
    return np.asarray(2.0 ** lowpass(wander, 4.0, rate_hz, settled=True))
