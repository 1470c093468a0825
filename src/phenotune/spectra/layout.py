"""How a frame is laid out: the bins of every resolution, dealt out to places, and the bands over them.

All resolutions share one hop and look at the same instants, so a frame of the canvas is one row of bins and one row of
bands whatever the number of resolutions, and the kernels need to know of none of them.

Bins do not stand in the order of their frequencies. Eight neighbouring bands make an octet, whatever resolutions they
belong to, and the bins of an octet are dealt out: the first of each band, the second of each band, and so on, so that
the kernels add eight bands at once (:mod:`phenotune.kernels.bands`). Where a band has fewer bins than the widest of
its octet, places stay empty; they hold zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phenotune.errors import ParameterError
from phenotune.kernels.bands import OCTET
from phenotune.spectra.settings import LayerSettings, SpectraSettings

N_TAPS = 64
STOPBAND_DB = 60.0


@dataclass(frozen=True)
class Layer:
    """One resolution, ready to be used.

    Parameters
    ----------
    window
        Hann window over its sum, so that a sine of amplitude 1 shows as 0.5 whatever the length; float32.
    decimation
        Factor by which the rate is lowered first.
    taps
        Low-pass before that, float32; one tap of 1 where nothing is lowered.
    first_bin, last_bin
        The bins kept, ``first_bin <= k < last_bin`` of ``n_window // 2 + 1``.
    edges
        Band edges counted from the first bin kept, int64 (n_bands + 1,).
    weight
        Share in the distance.
    """

    window: NDArray[np.float32]
    decimation: int
    taps: NDArray[np.float32]
    first_bin: int
    last_bin: int
    edges: NDArray[np.int64]
    weight: float

    @property
    def n_bins(self) -> int:
        """Number of bins kept."""
        return self.last_bin - self.first_bin

    @property
    def reach_samples(self) -> int:
        """Samples at the full rate that a frame sees to either side of its centre."""
        return (self.window.size // 2 + 1) * self.decimation + self.taps.size


@dataclass(frozen=True)
class Layout:
    """All resolutions together.

    Parameters
    ----------
    rate_hz, hop
        The sound's rate, and the step between frames in samples at that rate.
    layers
        The resolutions.
    edges
        Band edges over the bins of all layers side by side, int64 (n_bands + 1,).
    octets
        How many bins the bands of each octet have room for, int64 (n_octets,).
    places
        Where in a frame each bin of all layers side by side is put, int64 (edges[-1],).
    gaps
        The places that stay empty, int64.
    lead_frames
        Frames before its onset, and after its end, that a phenotype can touch.
    """

    rate_hz: int
    hop: int
    layers: tuple[Layer, ...]
    edges: NDArray[np.int64]
    octets: NDArray[np.int64]
    places: NDArray[np.int64]
    gaps: NDArray[np.int64]
    lead_frames: int

    @property
    def n_bins(self) -> int:
        """Bins of a frame, empty places among them."""
        return OCTET * int(self.octets.sum())

    @property
    def n_bands(self) -> int:
        """Bands of a frame."""
        return self.edges.size - 1

    @property
    def clearance_samples(self) -> int:
        """Sounds with at least this much between them share no frame, and may be placed by several threads at once."""
        return (2 * self.lead_frames + 4) * self.hop

    def n_frames(self, n_samples: int) -> int:
        """Frames centred within ``n_samples`` samples; frame ``i`` is centred at ``i * hop``."""
        return n_samples // self.hop + 1

    def n_touched(self, n_samples: int, residue: int = 0) -> int:
        """Frames that a phenotype can touch whose onset lies ``residue`` samples after a frame's centre."""
        return 2 * self.lead_frames + 1 + (residue + n_samples) // self.hop

    def middles_hz(self) -> NDArray[np.float64]:
        """Frequency of the middle of each band, float64 (n_bands,)."""
        middles = []
        for layer in self.layers:
            bins = layer.first_bin + (layer.edges[1:] + layer.edges[:-1] - 1) / 2.0
            middles.append(bins * (self.rate_hz / layer.decimation / layer.window.size))
        return np.concatenate(middles)

    def group_of_band(self, crossovers_hz: Sequence[float]) -> NDArray[np.int64]:
        """Number of the group that the middle of each band lies in; group ``k`` ends where crossover ``k`` lies."""
        return np.searchsorted(np.array(crossovers_hz), self.middles_hz()).astype(np.int64)

    def layer_of_band(self) -> NDArray[np.int64]:
        """Index of the layer that each band belongs to."""
        return np.repeat(
            np.arange(len(self.layers)), [layer.edges.size - 1 for layer in self.layers]
        )


def make_layout(settings: SpectraSettings) -> Layout:
    """Lay out the frames that the settings ask for.

    Raises
    ------
    ParameterError
        If a window is no power of two, a hop does not fit a decimation, bands lie above what a layer can hear, or they
        are all narrower than what it can tell apart.
    """
    layers = tuple(_make_layer(layer, settings) for layer in settings.layers)
    if not layers:
        raise ParameterError("spectra.layers: expected at least one resolution, got none")
    parts, offset = [np.zeros(1, np.int64)], 0
    for layer in layers:
        parts.append(layer.edges[1:] + offset)
        offset += layer.n_bins
    edges = np.concatenate(parts)
    octets, places = deal_bands(edges)
    reach = max(layer.reach_samples for layer in layers)
    return Layout(
        rate_hz=settings.rate_hz,
        hop=settings.hop,
        layers=layers,
        edges=edges,
        octets=octets,
        places=places,
        gaps=np.setdiff1d(np.arange(OCTET * octets.sum()), places),
        lead_frames=-(-reach // settings.hop),
    )


def deal_bands(edges: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Deal out bins such that eight bands can be added at once.

    Parameters
    ----------
    edges
        Band edges over bins side by side, int64 (n_bands + 1,).

    Returns
    -------
    tuple
        How many bins the bands of each octet have room for, int64 (n_octets,), and the place of each bin, int64
        (edges[-1],): bin ``j`` of band ``l`` of an octet stands ``8 j + l`` places after the octet's first.

    Examples
    --------
    >>> deal_bands(np.array([0, 1, 3]))  # one bin, and two
    (array([2]), array([0, 1, 9]))
    """
    widths = np.diff(edges)
    n_octets = -(-widths.size // OCTET)
    by_octet = np.zeros((n_octets, OCTET), np.int64)
    by_octet.reshape(-1)[: widths.size] = widths
    octets = by_octet.max(axis=1)
    first = OCTET * (np.cumsum(octets) - octets)
    band = np.repeat(np.arange(widths.size), widths)
    within = np.arange(edges[-1]) - edges[band]
    return octets, first[band // OCTET] + OCTET * within + band % OCTET


def hz_to_mel(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mel scale after O'Shaughnessy 1987: ``2595 log10(1 + f / 700)``."""
    return 2595.0 * np.log10(1.0 + hz / 700.0)


def mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    """Inverse of :func:`hz_to_mel`."""
    return 700.0 * (10.0 ** (mel / 2595.0) - 1.0)


def _make_layer(layer: LayerSettings, settings: SpectraSettings) -> Layer:
    if layer.window & (layer.window - 1):
        raise ParameterError(f"spectra.layers: window: expected a power of two, got {layer.window}")
    if settings.hop % layer.decimation:
        raise ParameterError(
            f"spectra.layers: decimation {layer.decimation} does not divide spectra.hop {settings.hop}"
        )
    rate_hz = settings.rate_hz / layer.decimation
    max_hz = min(layer.max_hz, rate_hz / 2.0)
    if layer.min_hz >= max_hz:
        raise ParameterError(
            f"spectra.layers: min_hz {layer.min_hz} must be below max_hz {max_hz} at that rate"
        )
    bins = _band_edges(layer, max_hz, rate_hz)
    if bins.size < 2:
        raise ParameterError(
            f"spectra.layers: min_hz {layer.min_hz:g} to max_hz {max_hz:g} is less than what a window of "
            f"{layer.window} samples can tell apart ({rate_hz / layer.window:.0f} Hz); "
            "take a wider range or a longer window"
        )
    window = np.hanning(layer.window + 1)[:-1]
    return Layer(
        window=(window / window.sum()).astype(np.float32),
        decimation=layer.decimation,
        taps=_low_pass(layer.decimation, max_hz / settings.rate_hz),
        first_bin=int(bins[0]),
        last_bin=int(bins[-1]),
        edges=bins - bins[0],
        weight=layer.weight,
    )


def _band_edges(layer: LayerSettings, max_hz: float, rate_hz: float) -> NDArray[np.int64]:
    """Bins at which mel-spaced bands begin and end; bands narrower than a bin fall together."""
    low, high = hz_to_mel(np.array([layer.min_hz, max_hz]))
    mels = np.linspace(low, high, layer.bands + 1)
    n_bins = layer.window // 2 + 1
    return np.unique(np.round(mel_to_hz(mels) / (rate_hz / 2.0) * n_bins).astype(np.int64))


def _low_pass(decimation: int, pass_band: float) -> NDArray[np.float32]:
    """Windowed-sinc low-pass (Kaiser 1974) whose aliases stay out of the bands; ``pass_band`` in cycles a sample."""
    if decimation == 1:
        return np.ones(1, np.float32)
    stop_band = 1.0 / decimation - pass_band
    cutoff = (pass_band + max(stop_band, pass_band)) / 2.0
    n_taps = N_TAPS * decimation // 4 + 1
    k = np.arange(n_taps) - n_taps // 2
    beta = 0.1102 * (STOPBAND_DB - 8.7)
    taps = 2.0 * cutoff * np.sinc(2.0 * cutoff * k) * np.kaiser(n_taps, beta)
    return np.asarray(taps / taps.sum(), np.float32)
