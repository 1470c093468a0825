"""The canvas: the growing sum, the one mutable thing of a run."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from phenotune.arrays import Samples
from phenotune.canvas.placement import Placement
from phenotune.errors import ParameterError
from phenotune.kernels.mixing import add_fixed, fixed_to_float
from phenotune.spectra.analysis import analyse, bands_of
from phenotune.spectra.target import TargetSpectra


class Canvas:
    """What has been placed so far, as sound, spectra and errors.

    The sound is the truth, in fixed point (:mod:`phenotune.kernels.mixing`), so that a placement taken away leaves no
    trace. Spectra, band powers and errors of the frames that a change touches are derived from it anew; nothing drifts.

    Parameters
    ----------
    target
        What the canvas is compared with.

    Attributes
    ----------
    spectra
        complex64 (n_channels, n_frames, n_bins).
    powers
        Band powers, float32 (n_channels, n_frames, n_bands).
    errors
        Error of each frame, float64 (n_channels, n_frames).
    version
        Counts the changes: whoever keeps something derived from the canvas compares it.
    """

    def __init__(self, target: TargetSpectra) -> None:
        layout = target.layout
        self.target = target
        self._margin = (layout.lead_frames + 1) * layout.hop
        n_sound = target.n_frames * layout.hop + 2 * self._margin
        self._sound = np.zeros((target.n_channels, n_sound), np.int64)
        self.spectra = np.zeros((target.n_channels, target.n_frames, layout.n_bins), np.complex64)
        self.powers = np.zeros((target.n_channels, target.n_frames, layout.n_bands), np.float32)
        self.errors = target.errors(self.powers)
        self.silence_distance = float(self.errors.sum())
        self.placements: dict[int, Placement] = {}
        self.version = 0
        self._lock = threading.Lock()

    @property
    def clearance_samples(self) -> int:
        """Changes with at least this much between their sounds share no frame, and may be made by several threads."""
        return (2 * self.target.layout.lead_frames + 3) * self.target.layout.hop

    @property
    def distance(self) -> float:
        """Distance to the target: 0 is identical, lower is better."""
        return float(self.errors.sum())

    @property
    def explained(self) -> float:
        """Share of the target that the canvas explains: 1 - distance / distance of silence."""
        return 1.0 - self.distance / self.silence_distance

    def place(self, placement: Placement, samples: Samples) -> None:
        """Land a placement.

        Parameters
        ----------
        placement
            With an id that is not on the canvas yet.
        samples
            Its phenotype, float32 (1 or n_channels, n_samples) at the layout's rate.
        """
        if placement.id in self.placements:
            raise ParameterError(
                f"placement {placement.id}: expected a new id, it is on the canvas already"
            )
        self._mix(placement, samples, 1)
        self.placements[placement.id] = placement
        self._refresh(placement.onset_samples, samples.shape[1])

    def remove(self, placement_id: int, samples: Samples) -> Placement:
        """Take a placement away, given its phenotype again, and return it."""
        placement = self._known(placement_id)
        self._mix(placement, samples, -1)
        del self.placements[placement_id]
        self._refresh(placement.onset_samples, samples.shape[1])
        return placement

    def replace(self, placement: Placement, samples: Samples) -> None:
        """Change the gains of a placement that is on the canvas, given its phenotype again."""
        old = self._known(placement.id)
        if (old.chromosome, old.onset_samples) != (placement.chromosome, placement.onset_samples):
            raise ParameterError(
                f"placement {placement.id}: expected other gains alone, got another chromosome or onset"
            )
        self._mix(old, samples, -1)
        self._mix(placement, samples, 1)
        self.placements[placement.id] = placement
        self._refresh(placement.onset_samples, samples.shape[1])

    def samples(self) -> Samples:
        """The sound so far, float32 (n_channels, n_samples of the target)."""
        out = np.empty((self._sound.shape[0], self.target.n_samples), np.float32)
        fixed_to_float(self._sound, self._margin, out)
        return out

    def recomputed(self) -> tuple[NDArray[np.float64], float]:
        """Errors and distance computed from the whole sound again: the slow twin of what is kept."""
        errors = np.empty_like(self.errors)
        for first in range(0, self.target.n_frames, 2048):
            last = min(first + 2048, self.target.n_frames)
            spectra = self._analyse(first, last)
            errors[:, first:last] = self.target.errors(bands_of(spectra, self.target.layout), first)
        return errors, float(errors.sum())

    def _known(self, placement_id: int) -> Placement:
        try:
            return self.placements[placement_id]
        except KeyError:
            raise ParameterError(f"placement {placement_id}: it is not on the canvas") from None

    def _mix(self, placement: Placement, samples: Samples, sign: int) -> None:
        gains = np.array(placement.gains, np.float64)
        if gains.shape != (self._sound.shape[0],):
            raise ParameterError(
                f"placement {placement.id}: expected {self._sound.shape[0]} gains, got {gains.size}"
            )
        add_fixed(self._sound, samples, gains, placement.onset_samples + self._margin, sign)

    def _refresh(self, onset: int, n_samples: int) -> None:
        """Derive anew what the sound between onset and end touches."""
        layout = self.target.layout
        first = max(0, onset // layout.hop - layout.lead_frames)
        last = min(self.target.n_frames, (onset + n_samples) // layout.hop + layout.lead_frames + 1)
        with self._lock:
            self.version += 1
        if first >= last:
            return
        self.spectra[:, first:last] = self._analyse(first, last)
        self.powers[:, first:last] = bands_of(self.spectra[:, first:last].copy(), layout)
        self.errors[:, first:last] = self.target.errors(self.powers[:, first:last].copy(), first)

    def _analyse(self, first: int, last: int) -> NDArray[np.complex64]:
        layout = self.target.layout
        margin = (layout.lead_frames + 1) * layout.hop
        start = first * layout.hop - margin
        sound = np.empty(
            (self._sound.shape[0], (last - first) * layout.hop + 2 * margin), np.float32
        )
        fixed_to_float(self._sound, start + self._margin, sound)
        return analyse(sound, start, first, last - first, layout)
