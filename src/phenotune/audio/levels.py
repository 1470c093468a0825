"""How loud sound is, as plain amplitudes (full scale is 1.0)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from phenotune.arrays import Samples
from phenotune.errors import ParameterError

BLOCK_S = 0.05
"""Length of the blocks by which :func:`active_rms` tells sound from silence."""

ACTIVE_DB = -40.0
"""A block this far below the loudest one counts as silence."""

_SAMPLES_AT_ONCE = 1 << 20


def rms(samples: Samples) -> float:
    """Root mean square over all channels; 0.0 for no samples at all.

    Parameters
    ----------
    samples
        Sound, shape (n_channels, n_samples).

    Examples
    --------
    >>> rms(np.array([[3.0, -4.0]], dtype=np.float32))
    3.5355339059327378
    """
    if samples.size == 0:
        return 0.0
    total = 0.0
    for start in range(0, samples.shape[1], _SAMPLES_AT_ONCE):
        part = samples[:, start : start + _SAMPLES_AT_ONCE]
        total += float(np.square(part, dtype=np.float64).sum())
    return math.sqrt(total / samples.size)


def peak(samples: Samples) -> float:
    """Largest absolute value; 0.0 for no samples at all.

    >>> peak(np.array([[0.25, -0.5]], dtype=np.float32))
    0.5
    """
    if samples.size == 0:
        return 0.0
    return max(float(samples.max()), -float(samples.min()))


def active_rms(samples: Samples, rate_hz: int) -> float:
    """Root mean square of the parts that sound, so that rests and long tails do not make a loop look quiet.

    The sound is cut into blocks of 50 ms; blocks more than 40 dB below the loudest one are left out.

    Parameters
    ----------
    samples
        Sound, shape (n_channels, n_samples).
    rate_hz
        Its rate.

    Returns
    -------
    float
        Amplitude; 0.0 for silence.

    Examples
    --------
    >>> half_silent = np.zeros((1, 2000), dtype=np.float32)
    >>> half_silent[:, :1000] = 0.5
    >>> active_rms(half_silent, 1000), round(rms(half_silent), 3)
    (0.5, 0.354)
    """
    if samples.size == 0:
        return 0.0
    n_block = max(1, round(BLOCK_S * rate_hz))
    energies = _block_energies(samples, n_block)
    lengths = np.full(energies.size, n_block)
    lengths[-1] = samples.shape[1] - n_block * (energies.size - 1)
    powers = energies / lengths
    active = (powers > 0.0) & (powers >= powers.max() * 10.0 ** (ACTIVE_DB / 10.0))
    if not active.any():
        return 0.0
    return math.sqrt(float(energies[active].sum()) / float(lengths[active].sum()))


def gain_to_fit(samples: Samples, ceiling: float = 1.0) -> float:
    """Gain of at most 1.0 under which no sample exceeds the ceiling.

    >>> gain_to_fit(np.array([[0.5, -2.0]], dtype=np.float32))
    0.5
    """
    if not ceiling > 0.0:
        raise ParameterError(f"ceiling: expected an amplitude above 0, got {ceiling!r}")
    loudest = peak(samples)
    return ceiling / loudest if loudest > ceiling else 1.0


def scale_to_fit(samples: Samples, ceiling: float = 1.0) -> Samples:
    """Turn sound down until no sample exceeds the ceiling; sound that fits is returned as it is.

    Parameters
    ----------
    samples
        Sound, shape (n_channels, n_samples).
    ceiling
        Largest amplitude allowed. :func:`gain_to_fit` tells by how much the sound is turned down.
    """
    gain = gain_to_fit(samples, ceiling)
    if gain == 1.0:
        return samples
    # Rounding may leave the loudest sample one step above the ceiling.
    fitted: Samples = np.clip(samples * np.float32(gain), -ceiling, ceiling, dtype=np.float32)
    return fitted


def _block_energies(samples: Samples, n_block: int) -> NDArray[np.float64]:
    """Sum over time of the mean power of the channels, for each block of ``n_block`` samples."""
    n_at_once = n_block * max(1, _SAMPLES_AT_ONCE // n_block)
    parts = []
    for start in range(0, samples.shape[1], n_at_once):
        part = samples[:, start : start + n_at_once]
        power = np.square(part, dtype=np.float64).mean(axis=0)
        parts.append(np.add.reduceat(power, np.arange(0, power.size, n_block)))
    return np.concatenate(parts)
