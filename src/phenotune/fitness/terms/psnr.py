"""The PSNR term: the error of the waveform in decibels."""

from __future__ import annotations

import math

from phenotune.fitness.heard import Heard
from phenotune.fitness.terms.waveform import Waveform

RANGE_DB = 60.0
"""So far below that of silence the error counts as none."""


class Psnr:
    """Peak signal-to-noise ratio: ``1 - (PSNR - PSNR of silence) / 60 dB``.

    It falls exactly when the error of the waveform falls, but by the share of what is left: the last clips count as
    much as the first.

    Parameters
    ----------
    waveform
        The error in question.
    """

    def __init__(self, waveform: Waveform) -> None:
        self._waveform = waveform

    def distance(self) -> float:
        """Distance of the canvas as it stands; silence has 1."""
        return _in_decibels(self._waveform.distance())

    def fitness(self, heard: Heard, onset: int, gain: float) -> float:
        """Distance before minus distance after; see :meth:`phenotune.fitness.terms.term.Term.fitness`."""
        before = self._waveform.distance()
        after = before - self._waveform.fitness(heard, onset, gain)
        return _in_decibels(before) - _in_decibels(after)

    def best_gain(self, heard: Heard, onset: int) -> float | None:
        """That of the waveform: less error is more PSNR."""
        return self._waveform.best_gain(heard, onset)


def _in_decibels(error: float) -> float:
    """An error relative to that of silence: 1 becomes 1, what is 60 dB lower becomes 0.

    >>> _in_decibels(1.0), _in_decibels(1e-3), _in_decibels(0.0)
    (1.0, 0.5, 0.0)
    """
    return 1.0 + 10.0 * math.log10(max(error, 10.0 ** (-RANGE_DB / 10.0))) / RANGE_DB
