"""One channel of a canvas beside the target's: what phenotypes are fitted to."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from phenotune.kernels.scoring import frame_errors
from phenotune.spectra.analysis import bands_of
from phenotune.spectra.target import TargetSpectra


@dataclass(frozen=True)
class Channel:
    """One channel of a canvas, or a stretch of one.

    Parameters
    ----------
    target
        What it belongs to.
    weights
        What a squared difference counts here, float32 (n_laws, n_bands).
    onset_weight
        What squared differences of onset strengths count here.
    amplitudes
        Of the target's bands, float32 (n_frames, n_bands).
    compressed
        The target's bands after each law, float32 (n_laws, n_frames, n_bands).
    onsets
        Onset strengths of the target, float32 (n_frames,).
    masks
        Power that hides rises, float32 (n_frames, n_onset_bands).
    spectra
        Of the canvas, complex64 (n_frames, n_bins).
    powers
        Its band powers, float32 (n_frames, n_bands).
    errors
        Error of each frame, float64 (n_frames,).
    """

    target: TargetSpectra
    weights: NDArray[np.float32]
    onset_weight: float
    amplitudes: NDArray[np.float32]
    compressed: NDArray[np.float32]
    onsets: NDArray[np.float32]
    masks: NDArray[np.float32]
    spectra: NDArray[np.complex64]
    powers: NDArray[np.float32]
    errors: NDArray[np.float64]

    @property
    def n_frames(self) -> int:
        """Number of frames."""
        return int(self.errors.size)

    def stretch(self, first: int, spectra: NDArray[np.complex64]) -> Channel:
        """A stretch by itself, from frame ``first`` on, with other spectra, complex64 (n_frames, n_bins).

        The error of its first frame lacks the onset, since nothing comes before it.
        """
        last = first + spectra.shape[0]
        target = self.target
        powers = bands_of(spectra[None], target.layout)[0]
        compressed = np.ascontiguousarray(self.compressed[:, first:last])
        onsets, masks = self.onsets[first:last], self.masks[first:last]
        errors = np.empty(spectra.shape[0], np.float64)
        frame_errors(
            powers, 0, spectra.shape[0], compressed, onsets, masks, self.weights,
            target.laws, target.floors, self.onset_weight, errors,
        )  # fmt: skip
        return replace(
            self,
            amplitudes=self.amplitudes[first:last],
            compressed=compressed,
            onsets=onsets,
            masks=masks,
            spectra=spectra,
            powers=powers,
            errors=errors,
        )
