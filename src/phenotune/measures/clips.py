"""What a mosaic is made of: how long its clips are, how densely they lie, how many sound at once.

No spectral measure hears whether the sources can still be recognised. These figures do: a mosaic of long clips, few at
a time, is music made of those records; one of thousands of splinters is mush, however well it scores.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from phenotune.errors import ParameterError


class ClipRow(NamedTuple):
    """When a clip sounds, for how long, and out of which source."""

    onset_s: float
    duration_s: float
    source: str


@dataclass(frozen=True, slots=True)
class ClipStatistics:
    """What a mosaic is made of; all figures are 0 when nothing has been placed.

    Parameters
    ----------
    n_placements
        How many clips were placed.
    n_sources
        Out of how many different sources.
    median_clip_s, mean_clip_s, min_clip_s
        How long a clip sounds, as it was rendered, whether or not it reaches beyond the target.
    placements_per_s
        Placements per second of the target.
    mean_sounding
        How many clips sound at once, averaged over the target's whole length, its empty stretches included.
    covered
        Share of the target, 0 to 1, in which at least one clip sounds.
    most_sounding
        How many clips sound at once, where there are most of them.
    effective_sources
        How many sources as much used as one another would be as varied as these: the exponential of the entropy of
        the seconds that each sounds (M. O. Hill, "Diversity and evenness", Ecology 54(2), 1973: N1).
    """

    n_placements: int
    n_sources: int
    median_clip_s: float
    mean_clip_s: float
    placements_per_s: float
    mean_sounding: float
    covered: float
    min_clip_s: float = 0.0
    most_sounding: int = 0
    effective_sources: float = 0.0


def clip_statistics(
    rows: Iterable[tuple[float, float, str]], target_duration_s: float
) -> ClipStatistics:
    """Count and time the clips of a mosaic.

    Parameters
    ----------
    rows
        One a placement, as :class:`ClipRow` or a plain tuple of the same: onset and duration in seconds, source. What
        lies before or behind the target does not count towards ``mean_sounding`` and ``covered``.
    target_duration_s
        Length of the target in seconds.

    Raises
    ------
    ParameterError
        If the target's duration is not above 0, an onset is not finite or a duration is negative or not finite.

    Examples
    --------
    >>> statistics = clip_statistics([(0.0, 2.0, "s0"), (1.0, 2.0, "s1")], 4.0)
    >>> statistics.mean_sounding, statistics.covered, statistics.placements_per_s
    (1.0, 0.75, 0.5)
    """
    if not (math.isfinite(target_duration_s) and target_duration_s > 0):
        raise ParameterError(
            f"target_duration_s: expected a duration above 0 s, got {target_duration_s}"
        )
    placed = [ClipRow(*row) for row in rows]
    for i, row in enumerate(placed):
        if not (math.isfinite(row.onset_s) and 0 <= row.duration_s < math.inf):
            raise ParameterError(
                f"rows[{i}]: expected a finite onset and a duration of 0 s or more, got {tuple(row)}"
            )
    if not placed:
        return ClipStatistics(0, 0, 0.0, 0.0, 0.0, 0.0, 0.0)
    durations_s = np.array([row.duration_s for row in placed])
    onsets_s = np.array([row.onset_s for row in placed])
    starts_s = np.clip(onsets_s, 0.0, target_duration_s)
    ends_s = np.clip(onsets_s + durations_s, 0.0, target_duration_s)
    return ClipStatistics(
        n_placements=len(placed),
        n_sources=len({row.source for row in placed}),
        median_clip_s=float(np.median(durations_s)),
        mean_clip_s=float(durations_s.mean()),
        placements_per_s=len(placed) / target_duration_s,
        mean_sounding=math.fsum(ends_s - starts_s) / target_duration_s,
        covered=_union_s(starts_s, ends_s) / target_duration_s,
        min_clip_s=float(durations_s.min()),
        most_sounding=_most_at_once(starts_s, ends_s),
        effective_sources=_diversity(placed),
    )


def _most_at_once(starts_s: np.ndarray, ends_s: np.ndarray) -> int:
    """Largest number of spans that hold one instant; one that ends where another starts makes room for it."""
    times_s = np.concatenate([ends_s, starts_s])
    steps = np.concatenate([np.full(ends_s.size, -1), np.ones(starts_s.size, np.int64)])
    order = np.argsort(times_s, kind="stable")
    return int(np.cumsum(steps[order]).max())


def _diversity(rows: list[ClipRow]) -> float:
    """Hill's N1 of the seconds that each source sounds; 0 where nothing does."""
    seconds: dict[str, float] = {}
    for row in rows:
        seconds[row.source] = seconds.get(row.source, 0.0) + row.duration_s
    total = math.fsum(seconds.values())
    shares = [s / total for s in seconds.values() if s > 0.0]
    return math.exp(-math.fsum(share * math.log(share) for share in shares)) if shares else 0.0


def _union_s(starts_s: np.ndarray, ends_s: np.ndarray) -> float:
    """Length of the union of spans, each counted from where all those before it have ended."""
    order = np.argsort(starts_s, kind="stable")
    starts_s, ends_s = starts_s[order], ends_s[order]
    reached_s = np.concatenate([[0.0], np.maximum.accumulate(ends_s)[:-1]])
    return math.fsum(np.maximum(0.0, ends_s - np.maximum(starts_s, reached_s)))
