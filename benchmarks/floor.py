"""The least that anyone must do for a frame of a candidate.

That is a real transform of each layer's window, the sums of its bands on top of the canvas, and one comparison with the
target under both laws: one onset, one gain, nothing proposed and nothing solved. Where a kernel of the engine is the
fastest thing at hand for one of them, the floor takes it too; otherwise it would be no floor. Square roots may be
rough, which the engine cannot allow itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy import fft

from phenotune.arrays import Samples, Spectra
from phenotune.kernels.bands import OCTET, band_powers
from phenotune.kernels.framing import clear, deal, window_frames
from phenotune.kernels.transform import N_SCRATCH, N_WINDOW, transform_frames
from phenotune.spectra.layout import Layout

Sounds = list[list[NDArray[np.float32]]]


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
        noise = rng.standard_normal((n_channels, n_frames, layout.n_bins, 2), np.float32)
        self._canvas = noise.view(np.complex64)[..., 0]
        for channel in self._canvas:
            clear(layout.gaps, channel)
        self._target = rng.random((n_channels, n_frames, layout.n_bands), np.float32) + 1.0
        self._roots = np.sqrt(self._target)
        self._weights = np.ones((2, layout.n_bands), np.float32)
        self._floors = np.full(layout.n_bands, 1e-6, np.float32)

    def sounds(self, samples: Samples) -> Sounds:
        """The sound under the frames of each channel and layer, at the layer's rate; this belongs to no floor."""
        layout = self._layout
        n_frames = layout.n_touched(samples.shape[1])
        cut = []
        for channel in samples:
            own = []
            for layer in layout.layers:
                sound = channel[:: layer.decimation]
                hop, n_window = layout.hop // layer.decimation, layer.window.size
                room = np.zeros((n_frames - 1) * hop + n_window, np.float32)
                n_known = min(sound.size, room.size - n_window)
                room[n_window : n_window + n_known] = sound[:n_known]
                own.append(room)
            cut.append(own)
        return cut

    def transform(self, sounds: Sounds) -> Spectra:
        """Spectra of the frames, complex64 (n_channels, n_frames, layout.n_bins)."""
        layout, (first, *_) = self._layout, self._layout.layers
        n_frames = 1 + (sounds[0][0].size - first.window.size) // (layout.hop // first.decimation)
        out = np.empty((len(sounds), n_frames, layout.n_bins), np.complex64)
        scratch = np.empty(N_SCRATCH, np.float32)
        for own, spectra in zip(sounds, out, strict=True):
            clear(layout.gaps, spectra)
            offset = 0
            for layer, sound in zip(layout.layers, own, strict=True):
                places = layout.places[offset : offset + layer.n_bins]
                hop, window, first_bin = (
                    layout.hop // layer.decimation,
                    layer.window,
                    layer.first_bin,
                )
                if window.size == N_WINDOW:
                    transform_frames(sound, hop, window, first_bin, places, scratch, spectra)
                else:
                    cut = np.empty((n_frames, window.size), np.float32)
                    window_frames(sound, 0, hop, window, cut)
                    deal(fft.rfft(cut, axis=-1, overwrite_x=True), first_bin, places, spectra)
                offset += layer.n_bins
        return out

    def bands(self, spectra: Spectra) -> NDArray[np.float32]:
        """Band powers of canvas and candidate together, float32 (n_channels, n_frames, n_bands)."""
        layout = self._layout
        powers = np.empty((self._n_channels, spectra.shape[1], layout.n_bands), np.float32)
        scratch = np.empty((1, 1, layout.n_bins), np.complex64), np.empty(OCTET, np.float32)
        for channel in range(self._n_channels):
            own = spectra[min(channel, len(spectra) - 1)]
            _band_sums(self._canvas[channel], own, layout.octets, scratch, powers[channel])
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
def _band_sums(canvas, spectra, octets, scratch, out):  # type: ignore[no-untyped-def]
    both, bins = scratch
    for i in range(spectra.shape[0]):
        for k in range(spectra.shape[1]):
            both[0, 0, k] = canvas[i, k] + spectra[i, k]
        band_powers(both, octets, bins, out[i : i + 1].reshape(1, 1, out.shape[1]))


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
