"""Between the speakers: a level is solved in the middle, where clips are chosen, and shared out by left and right.

With a level ``a`` and a pan ``p`` from -1 to 1, the gain on the left is ``a (1 + p)`` and that on the right
``a (1 - p)``: for a mono phenotype the middle stays as it was fitted, whatever the pan, and no clip sounds in opposite
polarity from the two speakers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from phenotune.fitness.gains import Fit, GainSolver
from phenotune.fitness.ground import Ground, Spread
from phenotune.fitness.heard import Frames
from phenotune.spectra.analysis import bands_of
from phenotune.spectra.hearing import LEFT, MIDDLE, RIGHT

PANS = (-1.0, -0.6, -0.3, 0.0, 0.3, 0.6, 1.0)
"""Places between right and left that are tried."""


class Panner:
    """Pans phenotypes on stereo ground.

    Parameters
    ----------
    solver
        Tells what a gain is worth in a channel.
    pans
        Whether clips may leave the middle at all.
    """

    def __init__(self, solver: GainSolver, *, pans: bool) -> None:
        self._solver = solver
        self._pans = pans

    def pan(
        self, ground: Ground, spread: Spread, onset: int, fit: Fit
    ) -> tuple[float, tuple[float, float]]:
        """The best pan for a level that was fitted in the middle.

        Returns
        -------
        tuple
            Distance before minus distance after, in all channels together, and the gains left and right.
        """
        tried = np.array(PANS if self._pans else (0.0,))
        worths = self._beside(ground, spread, onset, fit.gain, tried)
        best = int(worths.argmax())
        if 0 < best < tried.size - 1:
            between = np.array([_vertex(tried[best - 1 : best + 2], worths[best - 1 : best + 2])])
            worth = self._beside(ground, spread, onset, fit.gain, between)
            tried, worths = np.append(tried, between), np.append(worths, worth)
        order = np.argsort(-worths, kind="stable")
        chosen = [_shared(fit.gain, float(tried[order[0]]))]
        if spread.is_stereo and tried[order[0]] != 0.0:
            # What pans a stereo phenotype changes its middle as well.
            chosen.append(_shared(fit.gain, 0.0))
            found = [(self.worth(ground, spread, onset, gains), gains) for gains in chosen]
            return max(found, key=lambda pair: pair[0])
        return fit.fitness + float(worths[order[0]]), chosen[0]

    def worth(self, ground: Ground, spread: Spread, onset: int, gains: Sequence[float]) -> float:
        """What the gains of the speakers are worth in all channels together."""
        middle = ground.moved(spread.middle_at(onset, gains))
        powers = bands_of(middle.spectra[None], ground.middle.target.layout)[0]
        total = self._worth(ground, MIDDLE, middle._replace(powers=powers), 1.0)
        if len(ground.channels) == 1:
            return total
        total += self._worth(ground, LEFT, ground.under(spread.left, onset), gains[0])
        return total + self._worth(ground, RIGHT, ground.under(spread.right, onset), gains[1])

    def _worth(self, ground: Ground, index: int, frames: Frames, gain: float) -> float:
        fit = self._solver.keep(ground.channels[index], frames, gain)
        return 0.0 if fit is None else fit.fitness

    def _beside(
        self, ground: Ground, spread: Spread, onset: int, level: float, pans: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """What each pan is worth left and right."""
        left, right = ground.under(spread.left, onset), ground.under(spread.right, onset)
        worths = self._solver.worths(ground.channels[LEFT], left, level * (1.0 + pans))
        return worths + self._solver.worths(ground.channels[RIGHT], right, level * (1.0 - pans))


def _shared(level: float, pan: float) -> tuple[float, float]:
    return level * (1.0 + pan), level * (1.0 - pan)


def _vertex(places: NDArray[np.float64], worths: NDArray[np.float64]) -> float:
    """Where the parabola through three places is highest, between the outer two.

    >>> _vertex(np.array([-1.0, 0.0, 1.0]), np.array([0.0, 1.0, 1.0]))
    0.5
    """
    a, b, c = (float(place) for place in places)
    u, v, w = (float(worth) for worth in worths)
    below, above = (b - a) * (v - w), (b - c) * (v - u)
    if below == above:
        return b
    vertex = b - 0.5 * ((b - a) * below - (b - c) * above) / (below - above)
    return min(max(vertex, a), c)
