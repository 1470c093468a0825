"""Gains: the limits that they keep to, and a search for terms that have no closed form."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from phenotune.fitness.settings import MixSettings
from phenotune.units import db_to_amplitude

LADDER_DB = (-30.0, -24.0, -18.0, -12.0, -6.0, 0.0, 6.0, 12.0)
"""Gains that are tried before it is looked more closely around the best."""


@dataclass(frozen=True)
class GainLimits:
    """What gains may be.

    Parameters
    ----------
    lowest, highest
        Linear, above 0.
    polarity
        Whether they may be negative.
    """

    lowest: float
    highest: float
    polarity: bool

    @classmethod
    def of(cls, mix: MixSettings) -> GainLimits:
        """Those that the settings give."""
        lowest, highest = db_to_amplitude(mix.min_gain_db), db_to_amplitude(mix.max_gain_db)
        return cls(lowest, highest, mix.polarity)

    def held(self, gain: float) -> float:
        """The nearest that is permitted; with turned polarity where that is not permitted, the lowest.

        >>> GainLimits(0.1, 2.0, False).held(-1.0), GainLimits(0.1, 2.0, True).held(-3.0)
        (0.1, -2.0)
        """
        if gain < 0.0 and not self.polarity:
            return self.lowest
        return math.copysign(min(max(abs(gain), self.lowest), self.highest), gain)


def search_gain(worth: Callable[[float], float], limits: GainLimits) -> float:
    """The best gain of a ladder, and then of the parabola through it and its neighbours.

    Parameters
    ----------
    worth
        Fitness at a gain.
    limits
        What is tried keeps to them.

    Examples
    --------
    >>> round(search_gain(lambda g: -(math.log2(abs(g) / 0.7) ** 2), GainLimits(0.01, 4.0, False)), 3)
    0.7
    """
    lowest, highest = math.log(limits.lowest), math.log(limits.highest)
    rungs = [math.log(db_to_amplitude(step)) for step in LADDER_DB]
    logs = [lowest, *(rung for rung in rungs if lowest < rung < highest), highest]
    worths = [worth(math.exp(log)) for log in logs]
    best = int(np.argmax(worths))
    gain, most = math.exp(logs[best]), worths[best]
    if 0 < best < len(logs) - 1:
        here = slice(best - 1, best + 2)
        between = math.exp(_vertex(logs[here], worths[here]))
        if (found := worth(between)) > most:
            gain, most = between, found
    if limits.polarity and worth(-gain) > most:
        return -gain
    return gain


def _vertex(places: list[float], worths: list[float]) -> float:
    """Where the parabola through three places is highest, the middle one being no worse than the others."""
    a, b, c = places
    below, above = (b - a) * (worths[1] - worths[2]), (b - c) * (worths[1] - worths[0])
    if below == above:
        return b
    return min(max(b - 0.5 * ((b - a) * below - (b - c) * above) / (below - above), a), c)
