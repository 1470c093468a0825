"""Lanes: as many rows as clips sound at once, so that no two bars of a row overlap."""

from __future__ import annotations

import heapq
from collections.abc import Sequence


def pack_lanes(spans: Sequence[tuple[float, float]]) -> list[int]:
    """Give each span the lowest lane that is free when it starts (interval partitioning).

    Parameters
    ----------
    spans
        Start and end of each span, in any unit and any order.

    Returns
    -------
    list of int
        The lane of each span, counted from 0. The number of lanes is the least possible.

    Examples
    --------
    >>> pack_lanes([(0.0, 2.0), (1.0, 3.0), (2.0, 4.0)])
    [0, 1, 0]
    """
    lanes = [0] * len(spans)
    sounding: list[tuple[float, int]] = []
    free: list[int] = []
    n_lanes = 0
    for i in sorted(range(len(spans)), key=lambda i: (spans[i][0], i)):
        start, end = spans[i]
        while sounding and sounding[0][0] <= start:
            heapq.heappush(free, heapq.heappop(sounding)[1])
        if free:
            lanes[i] = heapq.heappop(free)
        else:
            lanes[i] = n_lanes
            n_lanes += 1
        heapq.heappush(sounding, (end, lanes[i]))
    return lanes
