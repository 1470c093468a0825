"""The correlation term: how much the waveform of a clip is like the target's."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

from phenotune.arrays import Samples
from phenotune.fitness.heard import Heard


class Correlates(Protocol):
    """What tells how well sounds fit by their waveform; see :class:`phenotune.fitness.correlator.Correlator`."""

    def peaks(
        self,
        samples: Samples,
        n_peaks: int,
        *,
        around: int = 0,
        within: int = 0,
        span: tuple[int, int] | None = None,
    ) -> list[tuple[int, float]]:
        """Onsets, in samples, at which it is highest, and its values there, highest first."""
        ...

    def value(self, samples: Samples, onset: int) -> float:
        """Its value at an onset."""
        ...


class Correlation:
    """Fitness is the value of the cross-correlation, whatever the canvas; so the distance never changes.

    Of a gain only the sign counts. So a clip is as loud as what the canvas lacks asks for, where gains are solved: what
    sounds already is not piled up, though it correlates as before.

    Parameters
    ----------
    correlator
        Tells the value.
    polarity
        Whether clips may sound with turned polarity.
    level_of
        Gain at which a sound fits what the canvas lacks at an onset, of either sign; None where it has none.
    """

    def __init__(
        self,
        correlator: Correlates,
        *,
        polarity: bool,
        level_of: Callable[[Heard, int], float | None],
    ) -> None:
        self._correlator = correlator
        self._polarity = polarity
        self._level_of = level_of

    def distance(self) -> float:
        """1 for every canvas."""
        return 1.0

    def fitness(self, heard: Heard, onset: int, gain: float) -> float:
        """The value at the onset, with the sign of the gain; 0 for no sound."""
        if gain == 0.0:
            return 0.0
        value = self._correlator.value(heard.samples, onset)
        return value if gain > 0.0 else -value

    def best_gain(self, heard: Heard, onset: int) -> float | None:
        """The level that fits the waveform, turned where the clip fits the other way round and may be turned."""
        level = self._level_of(heard, onset)
        is_turned = self._polarity and self._correlator.value(heard.samples, onset) < 0.0
        return None if level is None else math.copysign(level, -1.0 if is_turned else 1.0)
