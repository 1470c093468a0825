"""What a term of fitness is, and what those that follow the canvas have in common."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from phenotune.canvas.canvas import Canvas
from phenotune.fitness.heard import Heard
from phenotune.fitness.terms.gain_search import GainLimits, search_gain

N_BLOCK = 2048
"""Frames of the target that are looked at together."""


class Term(Protocol):
    """One measure of how far the canvas is from the target, in mono.

    Several threads may ask at once, as long as nobody changes the canvas. An answer depends on the canvas and on what
    is asked, and on nothing else.
    """

    def distance(self) -> float:
        """Distance of the canvas as it stands: 0 is identical, silence has 1."""
        ...

    def fitness(self, heard: Heard, onset: int, gain: float) -> float:
        """Distance before minus distance after placing a sound in the middle.

        Parameters
        ----------
        heard
            The sound.
        onset
            Where its first sample falls, in samples of the canvas; what lies outside is left out.
        gain
            Linear; negative is turned polarity.
        """
        ...

    def best_gain(self, heard: Heard, onset: int) -> float | None:
        """The gain that this term likes best, within the limits; None where nothing of the sound is on the canvas."""
        ...


class Touched(NamedTuple):
    """Frames that a sound touches: the first on the canvas, the first of the sound's own, and how many."""

    at: int
    first: int
    n_frames: int


class Followed(ABC):
    """A term that is a sum over frames and keeps the error of each, derived anew where the canvas has changed.

    Parameters
    ----------
    canvas
        What is followed.
    """

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._layout = canvas.target.layout
        self._n_frames = canvas.target.n_frames
        self._errors = np.zeros(self._n_frames)
        self._total = 0.0
        self._version = -1
        self._lock = threading.Lock()

    def distance(self) -> float:
        """Distance of the canvas as it stands: 0 is identical, silence has 1."""
        self._follow()
        return self._total

    @abstractmethod
    def _refresh(self, first: int, last: int) -> None:
        """Derive anew what is kept of the frames from ``first`` to before ``last``, their errors included."""

    def _follow(self) -> None:
        """Catch up with the canvas."""
        if self._version == self._canvas.version:
            return
        with self._lock:
            version = self._canvas.version
            if self._version == version:
                return
            frames = self._canvas.changes.since(self._version)
            if frames:
                self._refresh(frames.start, frames.stop)
                self._total = float(self._errors.sum())
            self._version = version

    def _touched(self, n_own: int, begin: int) -> Touched | None:
        """The frames on the canvas of ``n_own`` ones that begin at frame ``begin``; None if there is none."""
        first = max(0, -begin)
        n_frames = min(n_own, self._n_frames - begin) - first
        return Touched(begin + first, first, n_frames) if n_frames > 0 else None

    def _under(self, heard: Heard, onset: int) -> tuple[NDArray[np.complex64], Touched] | None:
        """The spectra of a sound at an onset, and the frames that they touch."""
        hop = self._layout.hop
        sound = heard.spectra(onset % hop)
        touched = self._touched(sound.shape[0], onset // hop - self._layout.lead_frames)
        return None if touched is None else (sound, touched)


class Searched(Followed):
    """One whose best gain has no closed form, since phases differ from bin to bin, and is searched.

    Parameters
    ----------
    canvas
        What is followed.
    limits
        What gains may be.
    """

    def __init__(self, canvas: Canvas, limits: GainLimits) -> None:
        super().__init__(canvas)
        self._limits = limits

    @abstractmethod
    def fitness(self, heard: Heard, onset: int, gain: float) -> float:
        """Distance before minus distance after; see :meth:`Term.fitness`."""

    def best_gain(self, heard: Heard, onset: int) -> float | None:
        """The best that a search finds; see :meth:`Term.best_gain`."""
        if self._under(heard, onset) is None:
            return None
        return search_gain(lambda gain: self.fitness(heard, onset, gain), self._limits)


class FromSpectra(Searched):
    """A term that compares frames of the middle's spectra, each by itself."""

    @abstractmethod
    def _errors_at(
        self, sound: NDArray[np.complex64], touched: Touched, gain: float
    ) -> NDArray[np.float64]:
        """Error of the touched frames with a sound at a gain on them, float64 (n_frames,)."""

    def fitness(self, heard: Heard, onset: int, gain: float) -> float:
        """Distance before minus distance after; see :meth:`Term.fitness`."""
        self._follow()
        found = self._under(heard, onset)
        if found is None:
            return 0.0
        sound, touched = found
        before = self._errors[touched.at : touched.at + touched.n_frames].sum()
        return float(before - self._errors_at(sound, touched, gain).sum())

    def _refresh(self, first: int, last: int) -> None:
        spectra = self._canvas.spectra[0]
        self._errors[first:last] = self._errors_at(
            spectra, Touched(first, first, last - first), 0.0
        )


def in_blocks(magnitudes: NDArray[np.float32]) -> Iterator[NDArray[np.complex64]]:
    """Magnitudes as spectra, some frames at a time, so that those of a long song need little memory."""
    for first in range(0, magnitudes.shape[0], N_BLOCK):
        yield magnitudes[first : first + N_BLOCK].astype(np.complex64)
