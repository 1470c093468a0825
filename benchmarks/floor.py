"""The least that anyone must do for a frame of a candidate.

That is a real transform of each layer's window, the sums of its bands on top of the canvas, and one comparison with the
target under both laws: one onset, one gain, nothing proposed and nothing solved. It shares no code with the engine's
kernels, so that the floor stays where it is when these get faster. Sums may be reordered and square roots be rough,
which the engine cannot allow itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy import fft

from phenotune.arrays import Samples
from phenotune.spectra.layout import Layout

Frames = list[NDArray[np.float32]]


@dataclass(frozen=True)
class Least:
    """Processor time of each part, in seconds, and of all together."""

    transform_s: float
    bands_s: float
    score_s: float

    @property
    def total_s(self) -> float:
        """All three."""
        return self.transform_s + self.bands_s + self.score_s


class Floor:
    """A canvas and a target of noise, as long as any candidate, in the layout of the engine.

    Parameters
    ----------
    layout
        Windows, bins and bands.
    n_channels
        Of the canvas.
    n_frames
        Of the longest candidate.
    """

    def __init__(self, layout: Layout, n_channels: int, n_frames: int) -> None:
        rng = np.random.default_rng(440)
        self._layout = layout
        self._n_channels = n_channels
        noise = rng.standard_normal((n_channels, n_frames, int(layout.edges[-1]), 2), np.float32)
        self._canvas = noise.view(np.complex64)[..., 0]
        self._target = rng.random((n_channels, n_frames, layout.n_bands), np.float32) + 1.0
        self._roots = np.sqrt(self._target)
        self._weights = np.ones((2, layout.n_bands), np.float32)
        self._floors = np.full(layout.n_bands, 1e-6, np.float32)

    def frames(self, samples: Samples) -> Frames:
        """Windows of sound for each channel and layer, ready to be transformed; this belongs to no floor."""
        layout = self._layout
        n_frames = layout.n_touched(samples.shape[1])
        cut = []
        for channel in samples:
            for layer in layout.layers:
                sound = np.ascontiguousarray(channel[:: layer.decimation])
                hop, n_window = layout.hop // layer.decimation, layer.window.size
                sound = np.pad(sound, (n_window, n_frames * hop + n_window))
                views = np.lib.stride_tricks.sliding_window_view(sound, n_window)[::hop]
                cut.append(np.ascontiguousarray(views[:n_frames] * layer.window))
        return cut

    def transform(self, frames: Frames) -> Frames:
        """Spectra of the windows."""
        return [fft.rfft(each, axis=-1, overwrite_x=True) for each in frames]

    def bands(self, spectra: Frames) -> NDArray[np.float32]:
        """Band powers of canvas and candidate together, float32 (n_channels, n_frames, n_bands)."""
        layout = self._layout
        n_layers, n_frames = len(layout.layers), len(spectra[0])
        powers = np.empty((self._n_channels, n_frames, layout.n_bands), np.float32)
        for channel in range(self._n_channels):
            own = min(channel, len(spectra) // n_layers - 1) * n_layers
            at_bin = at_band = 0
            for layer, found in zip(layout.layers, spectra[own : own + n_layers], strict=True):
                where = at_bin, layer.first_bin, at_band
                _band_sums(self._canvas[channel], found, layer.edges, where, powers[channel])
                at_bin += layer.n_bins
                at_band += layer.edges.size - 1
        return powers

    def score(self, powers: NDArray[np.float32]) -> float:
        """Distance to the target under both laws."""
        total = 0.0
        for channel in range(self._n_channels):
            total += _distance(
                powers[channel],
                self._target[channel],
                self._roots[channel],
                self._weights,
                self._floors,
            )
        return total


@njit(fastmath=True)
def _band_sums(canvas, spectra, edges, where, out):  # type: ignore[no-untyped-def]
    at_bin, first_bin, at_band = where
    n_bins = edges[-1]
    bins = np.empty(n_bins, np.float32)
    for i in range(spectra.shape[0]):
        # Slices, since an index with an offset keeps the loop out of wide registers.
        below = canvas[i, at_bin : at_bin + n_bins]
        own = spectra[i, first_bin : first_bin + n_bins]
        for k in range(n_bins):
            re = below[k].real + own[k].real
            im = below[k].imag + own[k].imag
            bins[k] = re * re + im * im
        for b in range(edges.shape[0] - 1):
            total = np.float32(0.0)
            for k in range(edges[b], edges[b + 1]):
                total += bins[k]
            out[i, at_band + b] = total


@njit(fastmath=True)
def _distance(powers, target, roots, weights, floors):  # type: ignore[no-untyped-def]
    total = np.float32(0.0)
    for i in range(powers.shape[0]):
        for b in range(powers.shape[1]):
            amplitude = math.sqrt(powers[i, b] + floors[b])
            plain = amplitude - target[i, b]
            rooted = math.sqrt(amplitude) - roots[i, b]
            total += weights[0, b] * plain * plain + weights[1, b] * rooted * rooted
    return total
