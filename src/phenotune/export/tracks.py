"""Items shared out into tracks: by source, by the folder that sources lie in, by lane, by range of cycles."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import PurePosixPath
from typing import TypeVar

from phenotune.errors import ParameterError
from phenotune.export.arrangement import Item
from phenotune.export.options import By
from phenotune.lanes import pack_lanes

_T = TypeVar("_T")
_K = TypeVar("_K", bound=Hashable)

OTHERS = "others"
"""Name of the track for all that is used least."""

_MARGIN_S = 0.001


@dataclass(frozen=True, slots=True)
class Track:
    """Some of the items, under a name.

    Parameters
    ----------
    name
        What people may call it; as it comes, so not yet plain.
    items
        In the order of their onsets; never none.
    """

    name: str
    items: tuple[Item, ...]

    @property
    def sounding_s(self) -> float:
        """How long all its clips are together."""
        return sum(item.duration_s for item in self.items)


def tracks_of(items: Sequence[Item], by: By, n_parts: int | None = None) -> tuple[Track, ...]:
    """Share out items into tracks; each item is in exactly one.

    Parameters
    ----------
    items
        In the order of their onsets.
    by
        ``"source"``, ``"group"``: the most used ones first. Clips inside a chromosome go with the chromosome's own
        clip. ``"lane"``: as few as there can be without overlaps, in their order. ``"cycle"``: ranges of cycles, as
        equal as they can be, in their order; those without items are left out.
    n_parts
        The number of ranges of cycles, 8 when None. Of anything else, how many tracks there may be: where there are
        more, all but the first ones become one, called ``others``. No limit when None.
    """
    if by == "cycle":
        return _by_cycle(items, 8 if n_parts is None else n_parts)
    tracks = _SHARED[by](items)
    if n_parts is None or len(tracks) <= n_parts:
        return tracks
    first, rest = tracks[: n_parts - 1], tracks[n_parts - 1 :]
    together = sorted(
        chain.from_iterable(track.items for track in rest),
        key=lambda item: (item.onset_samples, item.placement.id),
    )
    return (*first, Track(OTHERS, tuple(together)))


def _by_source(items: Sequence[Item]) -> tuple[Track, ...]:
    return _most_used_first(
        Track(_stem(shared[0].source.path), tuple(shared))
        for shared in _shared(items, lambda item: item.source.id).values()
    )


def _by_group(items: Sequence[Item]) -> tuple[Track, ...]:
    shared = _shared(items, lambda item: PurePosixPath(item.source.path).parent)
    common = _common_folder(list(shared))
    return _most_used_first(
        Track(_folder_name(folder, common), tuple(group)) for folder, group in shared.items()
    )


def _by_lane(items: Sequence[Item]) -> tuple[Track, ...]:
    # A little longer than told, for how long a sound is to the sample only rendering can tell.
    lanes = pack_lanes([(item.onset_s, item.end_s + _MARGIN_S) for item in items])
    shared = _shared(zip(lanes, items, strict=True), lambda pair: pair[0])
    return tuple(
        Track(f"lane {lane + 1}", tuple(item for _, item in shared[lane]))
        for lane in sorted(shared)
    )


def _by_cycle(items: Sequence[Item], n_parts: int) -> tuple[Track, ...]:
    if n_parts < 1:
        raise ParameterError(f"n_parts: expected 1 or more, got {n_parts!r}")
    if not items:
        return ()
    first = min(item.placement.cycle for item in items)
    n_cycles = max(item.placement.cycle for item in items) - first + 1
    n_parts = min(n_parts, n_cycles)
    edges = [first + n_cycles * part // n_parts for part in range(n_parts + 1)]
    tracks = []
    for start, end in pairwise(edges):
        within = tuple(item for item in items if start <= item.placement.cycle < end)
        if within:
            name = f"cycles {start}-{end - 1}" if end - start > 1 else f"cycle {start}"
            tracks.append(Track(name, within))
    return tuple(tracks)


_SHARED: Mapping[By, Callable[[Sequence[Item]], tuple[Track, ...]]] = {
    "source": _by_source,
    "group": _by_group,
    "lane": _by_lane,
}


def _shared(things: Iterable[_T], key: Callable[[_T], _K]) -> dict[_K, list[_T]]:
    groups: dict[_K, list[_T]] = {}
    for thing in things:
        groups.setdefault(key(thing), []).append(thing)
    return groups


def _most_used_first(tracks: Iterable[Track]) -> tuple[Track, ...]:
    return tuple(sorted(tracks, key=lambda track: (-track.sounding_s, track.name)))


def _common_folder(folders: Sequence[PurePosixPath]) -> PurePosixPath:
    """The deepest folder that all of them lie in, or are; some folder where there is none."""
    common = folders[0] if folders else PurePosixPath()
    while not all(folder.is_relative_to(common) for folder in folders) and common.parent != common:
        common = common.parent
    return common


def _folder_name(folder: PurePosixPath, common: PurePosixPath) -> str:
    below = folder.is_relative_to(common) and folder != common
    return str(folder.relative_to(common)) if below else folder.name


def _stem(path: str) -> str:
    return PurePosixPath(path).stem
