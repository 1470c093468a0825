"""One channel of a phenotype in frames."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phenotune.arrays import Samples
from phenotune.spectra.analysis import analyse, bands_of
from phenotune.spectra.layout import Layout


class Frames(NamedTuple):
    """A sound's frames, and where they lie.

    Parameters
    ----------
    spectra
        complex64 (n_frames, n_bins).
    powers
        Band powers, float32 (n_frames, n_bands).
    first
        The frame of the canvas under the first of them; may lie outside.
    """

    spectra: NDArray[np.complex64]
    powers: NDArray[np.float32]
    first: int


class Heard:
    """A sound of one channel, and its frames, computed once for every way in which onsets fall between frames.

    Parameters
    ----------
    samples
        float32 (1, n_samples).
    layout
        Of the canvas that it is for.
    """

    def __init__(self, samples: Samples, layout: Layout) -> None:
        self._samples = samples
        self._layout = layout
        self._spectra: dict[int, NDArray[np.complex64]] = {}
        self._frames: dict[int, tuple[NDArray[np.complex64], NDArray[np.float32]]] = {}

    @property
    def samples(self) -> Samples:
        """The sound itself, float32 (1, n_samples); do not write to it."""
        return self._samples

    @property
    def n_samples(self) -> int:
        """Length of the sound."""
        return int(self._samples.shape[1])

    def spectra(self, residue: int) -> NDArray[np.complex64]:
        """Spectra (n_frames, n_bins) for onsets that far after a frame's centre."""
        known = self._spectra.get(residue)
        if known is None:
            layout = self._layout
            n_frames = layout.n_touched(self.n_samples, residue)
            found = analyse(self._samples, residue, -layout.lead_frames, n_frames, layout)
            known = self._spectra[residue] = found[0]
        return known

    def frames(self, residue: int) -> tuple[NDArray[np.complex64], NDArray[np.float32]]:
        """Spectra (n_frames, n_bins) and band powers (n_frames, n_bands) for onsets that far after a frame's centre."""
        known = self._frames.get(residue)
        if known is None:
            spectra = self.spectra(residue)
            powers = bands_of(spectra[None], self._layout)[0]
            known = self._frames[residue] = (spectra, powers)
        return known

    def at(self, onset: int) -> Frames:
        """The frames for an onset, in samples of the canvas."""
        spectra, powers = self.frames(onset % self._layout.hop)
        return Frames(spectra, powers, onset // self._layout.hop - self._layout.lead_frames)
