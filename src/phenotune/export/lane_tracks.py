"""Tracks for formats in which clips on a track must not overlap: each has as many lanes as sound at once."""

from __future__ import annotations

import colorsys
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from phenotune.export.arrangement import Arrangement, Item
from phenotune.export.names import Names
from phenotune.export.options import By
from phenotune.export.tracks import tracks_of
from phenotune.lanes import pack_lanes

Lane: TypeAlias = tuple[Item, ...]
Spans: TypeAlias = Mapping[int, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class LaneTrack:
    """A track and its lanes.

    Parameters
    ----------
    name
        A plain name that no other track has.
    color
        ``"#rrggbb"``, the same for a source in every export.
    lanes
        Items that do not overlap, in the order of their onsets.
    """

    name: str
    color: str
    lanes: tuple[Lane, ...]


def spans_in(arrangement: Arrangement, lengths: Mapping[int, int]) -> dict[int, tuple[int, int]]:
    """From and to which sample of a timeline items sound.

    What begins before the start, or rings on beyond the end of the target, is cut there, as in the mosaic's own sound.
    What begins beyond the end is whole: it is not heard (:func:`is_off`), but people may want to move it. What has
    ended before the start is left out.

    Parameters
    ----------
    arrangement
        Where the items belong.
    lengths
        Length of each item in samples, by the id of its placement; items without one are left out.
    """
    spans = {}
    for item in arrangement.items:
        length = lengths.get(item.placement.id, 0)
        start, end = item.onset_samples, item.onset_samples + length
        if length > 0 and end > 0:
            is_beyond = start >= arrangement.n_samples
            last = end if is_beyond else min(end, arrangement.n_samples)
            spans[item.placement.id] = (max(0, start), last)
    return spans


def is_off(arrangement: Arrangement, item: Item) -> bool:
    """Whether nothing is heard of an item that is written: it is muted, or begins beyond the end."""
    return item.is_muted or item.onset_samples >= arrangement.n_samples


def lane_tracks(items: Iterable[Item], spans: Spans, by: By) -> tuple[LaneTrack, ...]:
    """Give each item a track and a lane.

    Parameters
    ----------
    items
        Those that have a span.
    spans
        Start and end of each item by the id of its placement, in any unit; exact, or clips overlap by a sample.
    by
        ``"source"``: a track to each source, the most used first, with the fewest lanes that it can do with.
        ``"lane"``: a track to each lane of all items together.
    """
    chosen = sorted(items, key=lambda item: (spans[item.placement.id], item.placement.id))
    names = Names()
    if by == "lane":
        lanes = _lanes(chosen, spans)
        return tuple(
            LaneTrack(names.give(f"lane {number}"), color_of(f"lane {number}"), (lane,))
            for number, lane in enumerate(lanes, start=1)
        )
    return tuple(
        LaneTrack(
            names.give(track.name), color_of(track.items[0].source.id), _lanes(track.items, spans)
        )
        for track in tracks_of(chosen, "source")
    )


def color_of(text: str) -> str:
    """A colour that is always the same for a text, none too dark or too pale to read a name on.

    >>> color_of("s2633a5df4280")
    '#60beb5'
    """
    number = zlib.crc32(text.encode("utf-8", errors="replace"))
    red, green, blue = colorsys.hls_to_rgb(number % 3600 / 3600, 0.56, 0.42)
    return f"#{round(255 * red):02x}{round(255 * green):02x}{round(255 * blue):02x}"


def _lanes(items: Iterable[Item], spans: Spans) -> tuple[Lane, ...]:
    chosen = tuple(items)
    numbers = pack_lanes([spans[item.placement.id] for item in chosen])
    lanes: list[list[Item]] = [[] for _ in range(1 + max(numbers, default=-1))]
    for item, number in zip(chosen, numbers, strict=True):
        lanes[number].append(item)
    return tuple(map(tuple, lanes))
