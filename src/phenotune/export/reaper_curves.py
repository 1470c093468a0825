"""Curves of gains as few points with straight lines between them, which any program draws alike.

Programs join points by shapes of their own, and none has the raised cosine of our slopes. Straight lines are the same
everywhere, and a handful of them comes closer than the nearest shape: see decision 33.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

TOLERANCE = 0.004
"""How far the lines may be off, as a share of the curve's own level (root mean square), before the points are moved to
where they fit best."""

_MOST_LOOKED_AT = 2048

Curve: TypeAlias = NDArray[np.float64]
Places: TypeAlias = NDArray[np.int64]


def smooth_step(n_samples: int) -> Curve:
    """REAPER's S-shaped fade in, ``3 x^2 - 2 x^3`` at the samples ``x = 0, 1/n, 2/n, ...``.

    The formula is that of scripts that draw REAPER's fades (shape 5 of the item fades, curvature 0), not one that its
    makers have published.

    >>> smooth_step(4).tolist()
    [0.0, 0.15625, 0.5, 0.84375]
    """
    place = np.arange(n_samples) / max(n_samples, 1)
    shape: Curve = place * place * (3.0 - 2.0 * place)
    return shape


def polyline(curve: Curve, weights: Curve | None = None) -> tuple[list[int], list[float]]:
    """Points of straight lines along a curve: few, and where the lines fit best.

    The points are found by halving at the sample that is furthest off (Ramer, "An iterative procedure for the polygonal
    approximation of plane curves", 1972), their heights by least squares.

    Parameters
    ----------
    curve
        Gain of each sample, at least one.
    weights
        How much each sample counts, 0 to 1.

    Returns
    -------
    tuple
        The samples of the points, from the first to the last, and their heights.

    Examples
    --------
    >>> polyline(np.concatenate([np.ones(50), np.linspace(1.0, 0.0, 51)]))[0]
    [0, 50, 100]
    """
    last = len(curve) - 1
    stride = max(1, last // _MOST_LOOKED_AT)
    places = np.append(np.arange(0, last, stride), last)
    heights = curve[places]
    counts = np.ones(len(places)) if weights is None else weights[places]
    tolerance = TOLERANCE * float(np.sqrt(np.mean((heights * counts) ** 2)))
    chosen = {0, len(places) - 1}
    waiting = [(0, len(places) - 1)]
    while waiting:
        first, end = waiting.pop()
        if end - first < 2:
            continue
        x, y = places[first : end + 1], heights[first : end + 1]
        slope = (y[-1] - y[0]) / (x[-1] - x[0])
        off = y - slope * (x - x[0])
        off -= y[0]
        off *= counts[first : end + 1]
        np.abs(off, out=off)
        worst = int(off.argmax())
        if off[worst] > tolerance:
            chosen.add(first + worst)
            waiting += [(first, first + worst), (first + worst, end)]
    points = np.array(sorted(chosen))
    return places[points].tolist(), _fitted(places, heights, points, counts)


def _fitted(places: Places, heights: Curve, points: Places, counts: Curve) -> list[float]:
    """The heights at the points for which the sum of the squared differences is least.

    Each place lies between two points and weighs on both, so that the normal equations have three diagonals. They are
    solved in plain floats, one after the other: the same bytes on any machine.
    """
    if len(points) < 2:
        return [float(heights[0])]
    n = len(points)
    segment = np.repeat(np.arange(n - 1), np.diff(points))
    segment = np.append(segment, n - 2)
    starts, ends = places[points[segment]], places[points[segment + 1]]
    right = (places - starts) / (ends - starts)
    left = 1.0 - right
    # Where nothing counts, as in the first sample of a fade, the points stay where the curve is.
    squares = counts**2 + 1e-6
    diagonal = np.bincount(segment, squares * left * left, n)
    diagonal += np.bincount(segment + 1, squares * right * right, n)
    beside = np.bincount(segment, squares * left * right, n)
    wanted = np.bincount(segment, squares * left * heights, n)
    wanted += np.bincount(segment + 1, squares * right * heights, n)
    return _solved(diagonal.tolist(), beside.tolist(), wanted.tolist())


def _solved(diagonal: list[float], beside: list[float], wanted: list[float]) -> list[float]:
    """Solve a symmetric system of three diagonals by elimination."""
    for i in range(1, len(diagonal)):
        share = beside[i - 1] / diagonal[i - 1]
        diagonal[i] -= share * beside[i - 1]
        wanted[i] -= share * wanted[i - 1]
    heights = [0.0] * len(diagonal)
    for i in reversed(range(len(diagonal))):
        follows = beside[i] * heights[i + 1] if i + 1 < len(diagonal) else 0.0
        heights[i] = (wanted[i] - follows) / diagonal[i]
    return heights


def curve_of_fades(n_samples: int, n_in: int, n_out: int) -> Curve:
    """What an item's own S-shaped fades do to each of its samples."""
    curve = np.ones(n_samples)
    curve[:n_in] *= smooth_step(n_in)
    if n_out > 0:
        curve[n_samples - n_out :] *= 1.0 - smooth_step(n_out)
    return curve
