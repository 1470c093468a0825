"""The gain that suits a sound best, so that loudness is not measured.

In closed form where the measure is a sum of squares, by a search along one line where it is not.

References
----------
R. P. Brent, "Algorithms for minimization without derivatives", Prentice-Hall 1973, chapter 5 (the bounded search).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from phenotune.measures.sums import inner_product
from phenotune.units import amplitude_to_db

STEP_DB = 4.0
TOLERANCE_DB = 0.02


def best_gain(target: NDArray[np.float64], audio: NDArray[np.float64]) -> float:
    """The gain g >= 0 that makes the sum of ``(target - g * audio)**2`` smallest; 0 for silence.

    >>> best_gain(np.array([2.0, 4.0]), np.array([1.0, 2.0]))
    2.0
    """
    power = inner_product(audio, audio)
    return max(0.0, inner_product(target, audio) / power) if power > 0.0 else 0.0


def level_difference_db(target_rms: float, audio_rms: float) -> float:
    """The gain in dB that makes the audio as loud as the target as a whole, where every search begins.

    >>> level_difference_db(0.5, 0.05)
    20.0
    """
    return amplitude_to_db(target_rms / audio_rms)


def search_gain_db(
    cost: Callable[[float], float], low_db: float, high_db: float
) -> tuple[float, float]:
    """The gain in dB at which a cost is least: the best point of a grid, and from there downhill.

    Parameters
    ----------
    cost
        Of a gain in dB; may have more than one valley, if they are wider than the grid's 4 dB.
    low_db, high_db
        Where to search.

    Returns
    -------
    gain_db, least
        The gain, within 0.02 dB, and the cost there.

    Examples
    --------
    >>> gain_db, least = search_gain_db(lambda gain_db: abs(gain_db - 7.0), -20.0, 20.0)
    >>> abs(gain_db - 7.0) < 0.02 and least < 0.02
    True
    """
    grid_db = np.arange(low_db, high_db + 1e-9, STEP_DB)
    costs = [cost(float(gain_db)) for gain_db in grid_db]
    best = int(np.argmin(costs))
    valley = (grid_db[max(best - 1, 0)], grid_db[min(best + 1, len(grid_db) - 1)])
    found = optimize.minimize_scalar(
        cost, bounds=valley, method="bounded", options={"xatol": TOLERANCE_DB}
    )
    if found.fun < costs[best]:
        return float(found.x), float(found.fun)
    return float(grid_db[best]), float(costs[best])
