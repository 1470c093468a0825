"""What time and machines do to records: crackle, coarse converters, dull tape."""

from __future__ import annotations

import numpy as np

from phenotune.demo.envelopes import drift
from phenotune.demo.filters import bandpass, lowpass
from phenotune.demo.mixing import delayed, driven
from phenotune.demo.signals import Signal, peak_to


def crackle(
    rng: np.random.Generator, n_samples: int, rate_hz: int, *, clicks_a_s: float = 14.0
) -> Signal:
    """Dust and scratches in a groove, mono, peak 1: clicks at random times with a heavy tail of strengths, and hiss."""
    clicks = np.zeros(n_samples)
    n = rng.poisson(clicks_a_s * n_samples / rate_hz)
    np.add.at(clicks, rng.integers(0, max(1, n_samples), n), rng.standard_t(3.0, n).clip(-3.5, 3.5))
    fine = np.zeros(n_samples)
    n_fine = 30 * n
    np.add.at(fine, rng.integers(0, max(1, n_samples), n_fine), rng.normal(0.0, 0.3, n_fine))
    hiss = 0.03 * lowpass(rng.standard_normal(n_samples), 6000.0, rate_hz, order=1)
    return peak_to(bandpass(clicks + fine, 700.0, 7000.0, rate_hz) + hiss)


def crushed(sound: Signal, rate_hz: int, *, bits: int, converter_hz: float) -> Signal:
    """An old sampler: fewer steps of amplitude, and each value held until its slow converter ticks again."""
    steps = 2.0 ** (bits - 1)
    n = sound.shape[-1]
    ticks = np.floor(np.arange(n) * converter_hz / rate_hz) * rate_hz / converter_hz
    held = sound[..., np.minimum(np.ceil(ticks).astype(np.intp), n - 1)]
    return np.asarray(np.round(held * steps) / steps)


def taped(sound: Signal, rate_hz: int, rng: np.random.Generator, *, wow_ms: float = 1.2) -> Signal:
    """A mono sound on worn tape: its speed wanders, loud parts are bent, the treble is gone."""
    wander = (drift(rng, len(sound), rate_hz, 1200.0) - 1.0) * wow_ms * 0.001 * rate_hz
    return lowpass(driven(delayed(sound, wander - wander.min() + 1.0), 1.5), 5200.0, rate_hz)
