"""What every corner of the demo shares: the array that is passed around, time, fades, and a die for each sound.

Inside the demo sound is float64, since filters recurse; it becomes float32 where it leaves for a file.
"""

from __future__ import annotations

import hashlib
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from phenotune.units import s_to_samples

Signal: TypeAlias = NDArray[np.float64]
"""Sound or a curve over time: float64 of shape ``(n_samples,)``, or ``(2, n_samples)`` when it is stereo."""


def generator(name: str) -> np.random.Generator:
    """The random generator of one sound, the same on every call.

    Keyed by the sound's name, so that a new sound in the library leaves all others as they were.

    >>> float(generator("kick").normal()) == float(generator("kick").normal())
    True
    """
    digest = hashlib.sha256(name.encode("utf-8")).digest()
    return np.random.default_rng([440, int.from_bytes(digest[:8], "big")])


def times_s(duration_s: float, rate_hz: int) -> Signal:
    """The time of each sample of a duration."""
    return np.arange(s_to_samples(duration_s, rate_hz)) / rate_hz


def silence(duration_s: float, rate_hz: int, *, is_stereo: bool = True) -> Signal:
    """An empty signal, ``(2, n)`` or ``(n,)``."""
    n = s_to_samples(duration_s, rate_hz)
    return np.zeros((2, n) if is_stereo else n)


def fit(signal: Signal, n_samples: int) -> Signal:
    """The signal cut, or lengthened with zeros, to a number of samples."""
    if signal.shape[-1] >= n_samples:
        return signal[..., :n_samples]
    missing = [(0, 0)] * (signal.ndim - 1) + [(0, n_samples - signal.shape[-1])]
    return np.pad(signal, missing)


def peak_to(signal: Signal, level: float = 1.0) -> Signal:
    """The signal scaled so that its largest magnitude is ``level``; silence stays silence."""
    largest = float(np.abs(signal).max(initial=0.0))
    return signal * (level / largest) if largest > 0.0 else signal


def faded(signal: Signal, rate_hz: int, in_s: float = 0.002, out_s: float = 0.01) -> Signal:
    """A copy with raised-cosine fades at both ends, so that it neither starts nor ends with a click."""
    result = signal.copy()
    n = signal.shape[-1]
    n_in, n_out = min(n, s_to_samples(in_s, rate_hz)), min(n, s_to_samples(out_s, rate_hz))
    result[..., :n_in] *= 0.5 - 0.5 * np.cos(np.pi * np.arange(n_in) / max(n_in, 1))
    result[..., n - n_out :] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(1, n_out + 1) / max(n_out, 1))
    return result
