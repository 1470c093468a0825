"""How strongly something begins, finely in time: what the tempo is read off.

References
----------
S. Dixon, "Onset detection revisited", DAFx 2006, equation 2 (spectral flux: the sum of what rises).
D. Ellis, "Beat tracking by dynamic programming", Journal of New Music Research 36(1), 2007, section on the onset
strength envelope (flux of mel bands in dB).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from phenotune.arrays import Samples
from phenotune.spectra.layout import hz_to_mel, mel_to_hz

HOP_S = 0.005
WINDOW_S = 0.023
N_BANDS = 40
MIN_HZ = 30.0
MAX_HZ = 16_000.0
LOW_HZ = 200.0
"""Below this lie bass drum and bass, which tell the beat from what stands between two beats."""

LEAST_SHARE = 1e-6
"""Powers under this share of the loud ones, 60 dB below them, are lifted, so that a noise floor has no onsets."""

LOUD_QUANTILE = 0.995
EARLY_S = 0.008
"""The flux of an onset peaks when it has come this far into the window; measured on clicks (7 ms) and drums (10 ms)."""

LEAST_POWER = 1e-30
BLOCK = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Flux:
    """The mean rise of the bands from frame to frame: in dB, which hears the faint, and by weight.

    Parameters
    ----------
    full
        Over all bands, float64 (n_frames,), at least 0.
    low
        Over those below 200 Hz, likewise.
    weight
        What rises in the root of the amplitude, in which the loud counts for more than in dB; all bands and half the
        low ones, each over its mean. It tells the beat from what stands between two beats.
    hop_s
        Time between two frames.
    first_s
        The moment that frame 0 tells of; a frame sees what comes into it, which is later than its centre.
    """

    full: NDArray[np.float64]
    low: NDArray[np.float64]
    weight: NDArray[np.float64]
    hop_s: float
    first_s: float


def onset_flux(samples: Samples, rate_hz: int) -> Flux:
    """The flux of a sound; silence before it, so that an onset on its first sample counts.

    Parameters
    ----------
    samples
        Sound, float32 (n_channels, n_samples) at ``rate_hz``. Channels are summed in power, so that none can hide
        another.
    """
    hop = max(1, round(HOP_S * rate_hz))
    n_window = 2 ** round(np.log2(WINDOW_S * rate_hz))
    edges = _band_edges(rate_hz, n_window)
    powers = np.concatenate(list(_band_powers(samples, hop, n_window, edges)))
    np.maximum(powers, _floor(powers), out=powers)
    rises_db = _rises(10.0 * np.log10(powers))
    rises = _rises(powers**0.25)
    is_low = edges[1:] <= max(LOW_HZ * n_window / rate_hz, edges[1])
    # Frame 0 is the silence before the sound; the first rise is that to frame 1, which ends a hop later.
    return Flux(
        full=rises_db.mean(axis=1),
        low=rises_db[:, is_low].mean(axis=1),
        weight=_relative(rises) + 0.5 * _relative(rises[:, is_low]),
        hop_s=hop / rate_hz,
        first_s=hop / rate_hz - EARLY_S,
    )


def _rises(levels: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each band rises by from each frame to the next, float64 (n_frames - 1, n_bands)."""
    return np.maximum(np.diff(levels, axis=0), 0.0)


def _relative(rises: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sum over the bands, over its mean; 0 where nothing rises."""
    sums: NDArray[np.float64] = rises.sum(axis=1)
    return sums / max(float(sums.mean()), LEAST_POWER)


def _band_edges(rate_hz: int, n_window: int) -> NDArray[np.int64]:
    """Bins at which mel-spaced bands begin and end; those narrower than a bin fall together."""
    low, high = hz_to_mel(np.array([MIN_HZ, min(MAX_HZ, rate_hz / 2.0)]))
    edges_hz = mel_to_hz(np.linspace(low, high, N_BANDS + 1))
    return np.unique(np.ceil(edges_hz * n_window / rate_hz).astype(np.int64))


def _floor(powers: NDArray[np.float64]) -> float:
    """Power of the floor: so far under the loud cells; next to nothing for silence."""
    loud = max(float(np.quantile(powers, LOUD_QUANTILE)), 1e-4 * float(powers.max()))
    return max(loud * LEAST_SHARE, LEAST_POWER)


def _band_powers(
    samples: Samples, hop: int, n_window: int, edges: NDArray[np.int64]
) -> Iterator[NDArray[np.float64]]:
    """Mean power in each band, block by block, float64 (n, n_bands); frame ``i`` ends at sample ``i * hop``."""
    padded = np.pad(samples, ((0, 0), (n_window, hop)))
    window = np.hanning(n_window + 1)[:-1].astype(np.float32)
    n_frames = samples.shape[1] // hop + 2
    frames = np.lib.stride_tricks.sliding_window_view(padded, n_window, axis=1)[:, ::hop][
        :, :n_frames
    ]
    for first in range(0, frames.shape[1], BLOCK):
        spectra = fft.rfft(frames[:, first : first + BLOCK] * window, axis=-1)
        powers = (spectra.real**2 + spectra.imag**2).sum(axis=0, dtype=np.float64)
        sums = np.add.reduceat(powers[:, : edges[-1]], edges[:-1], axis=1)
        yield sums / np.diff(edges)
