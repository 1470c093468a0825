"""From sound to frames: the sole place where a transform is taken in the search."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from phenotune.arrays import Bands, Samples, Spectra
from phenotune.kernels.bands import OCTET, band_powers
from phenotune.kernels.framing import clear, deal, decimate, window_frames
from phenotune.kernels.transform import N_SCRATCH, N_WINDOW, transform_frames
from phenotune.spectra.layout import Layer, Layout


def analyse(
    samples: Samples, position: int, first_frame: int, n_frames: int, layout: Layout
) -> Spectra:
    """Short-time spectra of some frames.

    Parameters
    ----------
    samples
        Sound, float32 (n_channels, n_samples); silence around it.
    position
        Where its first sample lies, in samples from the centre of frame 0.
    first_frame, n_frames
        The frames wanted; frame ``i`` is centred at ``i * hop``.
    layout
        Which bins.

    Returns
    -------
    Spectra
        complex64 (n_channels, n_frames, layout.n_bins), the layers' bins at the layout's places.
    """
    out = np.empty((samples.shape[0], n_frames, layout.n_bins), np.complex64)
    origin = first_frame * layout.hop - position
    for channel in range(samples.shape[0]):
        clear(layout.gaps, out[channel])
        offset = 0
        for layer in layout.layers:
            places = layout.places[offset : offset + layer.n_bins]
            sound = _sound_of(samples[channel], origin, n_frames, layer, layout.hop)
            _transform(sound, layout.hop // layer.decimation, layer, places, out[channel])
            offset += layer.n_bins
    return out


def bands_of(spectra: Spectra, layout: Layout) -> Bands:
    """Power of each band, float32 (n_channels, n_frames, n_bands)."""
    out = np.empty((*spectra.shape[:2], layout.n_bands), np.float32)
    band_powers(spectra, layout.octets, np.empty(OCTET, np.float32), out)
    return out


def analyse_bands(samples: Samples, n_frames: int, layout: Layout, *, block: int = 2048) -> Bands:
    """Power of each band of a whole sound, block by block so that a long one needs little memory."""
    out = np.empty((samples.shape[0], n_frames, layout.n_bands), np.float32)
    for first in range(0, n_frames, block):
        count = min(block, n_frames - first)
        out[:, first : first + count] = bands_of(analyse(samples, 0, first, count, layout), layout)
    return out


def _sound_of(
    samples: NDArray[np.float32], origin: int, n_frames: int, layer: Layer, hop: int
) -> NDArray[np.float32]:
    """The sound under a layer's frames, at its rate; the first frame is centred at sample ``origin``."""
    n_window = layer.window.size
    start = origin - n_window // 2 * layer.decimation
    n_out = (n_frames - 1) * (hop // layer.decimation) + n_window
    out = np.empty(n_out, np.float32)
    if layer.decimation > 1:
        n_columns = n_out + layer.taps.size // layer.decimation + 1
        phases = np.empty((layer.decimation, n_columns), np.float32)
        decimate(samples, start, layer.decimation, layer.taps, phases, out)
        return out
    first = min(max(0, -start), n_out)
    last = max(first, min(n_out, samples.size - start))
    out[:first] = 0.0
    out[first:last] = samples[start + first : start + last]
    out[last:] = 0.0
    return out


def _transform(
    sound: NDArray[np.float32],
    hop: int,
    layer: Layer,
    places: NDArray[np.int64],
    out: NDArray[np.complex64],
) -> None:
    """Window the frames of one layer, transform them, and put their bins into ``out`` (n_frames, n_places)."""
    if layer.window.size == N_WINDOW:
        scratch = np.empty(N_SCRATCH, np.float32)
        transform_frames(sound, hop, layer.window, layer.first_bin, places, scratch, out)
        return
    frames = np.empty((out.shape[0], layer.window.size), np.float32)
    window_frames(sound, 0, hop, layer.window, frames)
    deal(fft.rfft(frames, axis=-1, overwrite_x=True), layer.first_bin, places, out)
