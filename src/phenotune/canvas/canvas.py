"""The canvas: the growing sum, the one mutable thing of a run."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from phenotune.arrays import Samples
from phenotune.canvas.changes import Changes
from phenotune.canvas.channel import Channel
from phenotune.canvas.placement import Placement
from phenotune.errors import ParameterError
from phenotune.kernels.mixing import add_fixed, fixed_to_float
from phenotune.spectra.analysis import analyse, bands_of
from phenotune.spectra.hearing import MIDDLE, heard
from phenotune.spectra.target import TargetSpectra

BLOCK_FRAMES = 2048
"""Frames that are derived at once, so that a long canvas needs no memory twice."""


class Canvas:
    """What has been placed so far, as sound, spectra and errors.

    The sound is the truth, in fixed point (:mod:`phenotune.kernels.mixing`), so that a placement taken away leaves no
    trace. Spectra, band powers and errors of the frames that a change touches are derived from it anew; nothing drifts.
    Sound is kept by speaker; compared are the middle, and of stereo left and right as well.

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
    changes
        Which frames those since a version have touched.
    """

    def __init__(self, target: TargetSpectra) -> None:
        layout = target.layout
        self.target = target
        self._margin = (layout.lead_frames + 1) * layout.hop
        n_sound = target.n_frames * layout.hop + 2 * self._margin
        self._sound = np.zeros((target.n_speakers, n_sound), np.int64)
        self.spectra = np.zeros((target.n_channels, target.n_frames, layout.n_bins), np.complex64)
        self.powers = np.zeros((target.n_channels, target.n_frames, layout.n_bands), np.float32)
        self.errors = np.stack(
            [target.errors(i, self.powers[i], 0, target.n_frames) for i in range(target.n_channels)]
        )
        self.silence_distance = float(self.errors.sum())
        self.placements: dict[int, Placement] = {}
        self.version = 0
        self.changes = Changes(target.n_frames)
        self._lock = threading.Lock()
        self._waiting: list[tuple[int, int]] | None = None

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
            Its phenotype, float32 (1 or n_speakers, n_samples) at the layout's rate.
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

    def exchange(self, placement: Placement, samples: Samples, old_samples: Samples) -> None:
        """Put another chromosome in the place of one that is on the canvas, given both phenotypes; the id stays."""
        old = self._known(placement.id)
        self._mix(old, old_samples, -1)
        self._mix(placement, samples, 1)
        self.placements[placement.id] = placement
        first = min(old.onset_samples, placement.onset_samples)
        ends = (
            old.onset_samples + old_samples.shape[1],
            placement.onset_samples + samples.shape[1],
        )
        self._refresh(first, max(ends) - first)

    def samples(self, first: int = 0, n_samples: int | None = None) -> Samples:
        """The sound so far, float32 (n_speakers, n_samples): all of it, or a stretch from sample ``first`` on."""
        n_samples = self.target.n_samples - first if n_samples is None else n_samples
        out = np.empty((self._sound.shape[0], n_samples), np.float32)
        fixed_to_float(self._sound, first + self._margin, out)
        return out

    def channel(self, index: int) -> Channel:
        """One channel as it stands: 0 is the middle, 1 left, 2 right. Views, which change with the canvas."""
        target = self.target
        return Channel(
            target=target,
            weights=target.weights[index],
            onset_weight=target.onset_weight if index == MIDDLE else 0.0,
            amplitudes=target.amplitudes[index],
            compressed=target.compressed[index],
            onsets=target.onsets,
            masks=target.masks,
            spectra=self.spectra[index],
            powers=self.powers[index],
            errors=self.errors[index],
        )

    @property
    def channels(self) -> tuple[Channel, ...]:
        """All channels as they stand."""
        return tuple(self.channel(index) for index in range(self.target.n_channels))

    def recomputed(self) -> tuple[NDArray[np.float64], float]:
        """Errors and distance computed from the whole sound again: the slow twin of what is kept."""
        errors, powers = np.empty_like(self.errors), np.empty_like(self.powers)
        for first, last in _blocks(0, self.target.n_frames):
            spectra = self._analyse(first, last)
            powers[:, first:last] = bands_of(spectra, self.target.layout)
        for i in range(self.target.n_channels):
            errors[i] = self.target.errors(i, powers[i], 0, self.target.n_frames)
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
            self.changes.note(range(first, max(first, last)))
        if first >= last:
            return
        if self._waiting is not None:
            self._waiting.append((first, last))
            return
        self._derive(first, last)

    def _derive(self, first: int, last: int) -> None:
        """Derive spectra, powers and errors of these frames from the sound."""
        layout = self.target.layout
        for start, end in _blocks(first, last):
            self.spectra[:, start:end] = self._analyse(start, end)
            self.powers[:, start:end] = bands_of(self.spectra[:, start:end].copy(), layout)
        # The error of a frame holds the step from the frame before it.
        last = min(last + 1, self.target.n_frames)
        for i in range(self.target.n_channels):
            self.errors[i, first:last] = self.target.errors(i, self.powers[i], first, last)

    def _analyse(self, first: int, last: int) -> NDArray[np.complex64]:
        layout = self.target.layout
        margin = (layout.lead_frames + 1) * layout.hop
        start = first * layout.hop - margin
        sound = np.empty(
            (self._sound.shape[0], (last - first) * layout.hop + 2 * margin), np.float32
        )
        fixed_to_float(self._sound, start + self._margin, sound)
        return heard(analyse(sound, start, first, last - first, layout))


@contextmanager
def at_once(canvas: Canvas) -> Iterator[None]:
    """Make many changes in a ``with`` block, and derive spectra, powers and errors from the sound once, at its end.

    The canvas is then the same, bit for bit, as after one change at a time; inside the block nothing but the sound and
    the placements is to be relied on. For one thread.
    """
    canvas._waiting = []
    try:
        yield
    finally:
        waiting, canvas._waiting = canvas._waiting, None
        for first, last in _joined(waiting):
            canvas._derive(first, last)


def _blocks(first: int, last: int) -> Iterator[tuple[int, int]]:
    """Cut frames into blocks.

    >>> list(_blocks(10, 3000))
    [(10, 2058), (2058, 3000)]
    """
    for start in range(first, last, BLOCK_FRAMES):
        yield start, min(start + BLOCK_FRAMES, last)


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans of frames with those that touch made one.

    >>> _joined([(5, 9), (0, 3), (2, 5), (20, 30)])
    [(0, 9), (20, 30)]
    """
    joined: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], last)
        else:
            joined.append((first, last))
    return joined
