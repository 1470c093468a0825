"""When a film shows what: scenes and how often the song is played, all counted in samples of its sound.

The song is played from its start, once or several times. While it plays, scene follows scene at even distances; the
last scene, the finished mosaic, has the last time of the song to itself, or the last third where the song is played
once.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from phenotune.errors import ParameterError

LENGTH_S = 60.0
"""What a film of a loop, which is played again and again, is about as long as."""

LOOP_S = 12.0
"""Shorter than this, what is played is a loop."""
LOOP_TIMES, MOST_TIMES = 5, 12
"""Played as often as the first or more often, it has a scene for each time; nothing is played more often than the other
if nobody asks for it."""
ONCE_S = 45.0
"""A song that is longer than this is played once."""
LAST_SHARE = 1 / 3
SCENE_S = 2.5
LEAST_SCENES, MOST_SCENES = 4, 24


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the film in which one scene is heard and the song goes on without a break.

    Parameters
    ----------
    scene
        Which one, counted from 0.
    begin, end
        Where it lies in the film, in samples.
    song
        The sample of the song that is heard at its beginning, counted from the beginning of the stretch.
    joins_before, joins_after
        Whether the song goes on from the segment before, and into the one after.
    """

    scene: int
    begin: int
    end: int
    song: int
    joins_before: bool
    joins_after: bool


@dataclass(frozen=True)
class Timeline:
    """When a film shows what.

    Parameters
    ----------
    rate_hz
        Rate at which everything here is counted.
    n_stretch
        Samples of the stretch of the song that is played.
    n_times
        How often it is played.
    starts
        Where each scene begins.
    """

    rate_hz: int
    n_stretch: int
    n_times: int
    starts: tuple[int, ...]

    @property
    def n_samples(self) -> int:
        """Length of the film."""
        return self.n_stretch * self.n_times

    @property
    def n_scenes(self) -> int:
        """How many scenes it has."""
        return len(self.starts)

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """The film cut wherever a scene begins or the song begins anew."""
        begins_anew = {time * self.n_stretch for time in range(self.n_times + 1)}
        cuts = sorted(begins_anew | set(self.starts))
        found = []
        for begin, end in itertools.pairwise(cuts):
            found.append(
                Segment(
                    scene=self.scene_at(begin),
                    begin=begin,
                    end=end,
                    song=begin % self.n_stretch,
                    joins_before=begin not in begins_anew,
                    joins_after=end not in begins_anew,
                )
            )
        return tuple(found)

    def scene_at(self, sample: int) -> int:
        """The scene at a sample of the film."""
        return sum(start <= sample for start in self.starts) - 1


def timeline_for(
    n_stretch: int,
    rate_hz: int,
    n_available: int,
    *,
    n_scenes: int | None = None,
    n_times: int | None = None,
) -> Timeline:
    """Plan a film.

    Parameters
    ----------
    n_stretch
        Samples of the stretch of the song that is played.
    rate_hz
        Its rate.
    n_available
        How many different mosaics there are to show; there are no more scenes than that.
    n_scenes
        How many are wanted. When None, a loop that is played five times or more has one for each time, and a longer
        song one for every two and a half seconds while it grows, up to 24.
    n_times
        How often the stretch is played. When None, a loop of less than 12 s as often as makes about a minute, at most
        twelve times; one of up to 20 s three times; one of up to 45 s twice; a longer one once.

    Raises
    ------
    ParameterError
        If there is nothing to show.

    Examples
    --------
    >>> timeline_for(6 * 44_100, 44_100, 100).n_times  # a loop of six seconds
    10
    >>> timeline_for(240 * 44_100, 44_100, 100).n_times
    1
    """
    if n_stretch < 1 or n_available < 1:
        raise ParameterError(
            f"expected a stretch and a mosaic to show, got {n_stretch} samples and {n_available} mosaics"
        )
    length_s = n_stretch / rate_hz
    times = n_times or _times_for(length_s)
    wanted = n_scenes or _scenes_for(length_s, times)
    scenes = max(1, min(wanted, n_available))
    if n_times is None and times >= LOOP_TIMES:
        times = min(times, scenes)
    growing = (times - 1) * n_stretch if times > 1 else round(n_stretch * (1.0 - LAST_SHARE))
    scenes = max(1, min(scenes, growing + 1))
    starts = tuple(round(i * growing / max(scenes - 1, 1)) for i in range(scenes))
    return Timeline(rate_hz, n_stretch, times, starts)


def _times_for(length_s: float) -> int:
    if length_s < LOOP_S:
        return min(MOST_TIMES, round(LENGTH_S / length_s))
    if length_s > ONCE_S:
        return 1
    return 3 if 3 * length_s <= LENGTH_S else 2


def _scenes_for(length_s: float, n_times: int) -> int:
    if n_times >= LOOP_TIMES:
        return n_times
    growing_s = (n_times - 1) * length_s if n_times > 1 else length_s * (1.0 - LAST_SHARE)
    return max(LEAST_SCENES, min(MOST_SCENES, 1 + round(growing_s / SCENE_S)))


def even_steps(explained: Sequence[float], n_steps: int) -> list[int]:
    """Choose moments between which as much comes to be explained each time.

    Where one cycle brought more than a step, no other is there to be chosen; those that are then still wanted come from
    the widest gaps.

    Parameters
    ----------
    explained
        The share explained at each moment, in order of time.
    n_steps
        How many are wanted.

    Returns
    -------
    list of int
        Which ones, in order, the first and the last among them; all of them if no more are there.

    Examples
    --------
    >>> even_steps([0.1, 0.2, 0.3, 0.31, 0.32, 0.33, 0.5], 4)
    [0, 2, 4, 6]
    >>> even_steps([0.1, 0.8, 0.81, 0.82], 3)
    [0, 1, 3]
    """
    n = len(explained)
    if n <= n_steps:
        return list(range(n))
    if n_steps == 1:
        return [n - 1]
    reached = [max(explained[: i + 1]) for i in range(n)]
    first, last = reached[0], reached[-1]
    levels = [first + (last - first) * i / (n_steps - 1) for i in range(n_steps)]
    chosen = {0, n - 1}
    for level in levels[1:-1]:
        chosen.add(next(i for i in range(n) if reached[i] >= level - 1e-12))
    while len(chosen) < n_steps:
        chosen.add(_middle_of_widest_gap(sorted(chosen), reached))
    return sorted(chosen)


def _middle_of_widest_gap(chosen: Sequence[int], reached: Sequence[float]) -> int:
    """Between two chosen ones that are no neighbours, where most has come to be explained; the first of several."""
    gaps = [(i, j) for i, j in itertools.pairwise(chosen) if j > i + 1]
    i, j = max(gaps, key=lambda gap: (reached[gap[1]] - reached[gap[0]], gap[1] - gap[0]))
    return (i + j) // 2
