"""A project for REAPER, in which clips stay what they are: stretches of their sources that can be moved and pulled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from phenotune.export.arrangement import Arrangement, Item
from phenotune.export.baking import bake
from phenotune.export.names import Names
from phenotune.export.options import Options
from phenotune.export.place import Place
from phenotune.export.reaper_items import UNITY, Balance, ItemMaker, balance
from phenotune.export.reaper_pieces import Pieces, has_filter, pieces_of
from phenotune.export.reaper_sounds import copy_sources
from phenotune.export.reaper_text import RppItem, RppProject, RppTrack, project_text
from phenotune.lanes import pack_lanes
from phenotune.whole_files import write_whole

_SHARE_OF_ITEMS = 0.95

Placed: TypeAlias = tuple[str, RppItem]
"""An item with the id of the source whose track it goes to."""


@dataclass(frozen=True, slots=True)
class _Live:
    """A placement that can be said: its pieces and its gains."""

    whole: Pieces
    said: Balance


def write(arrangement: Arrangement, place: Place, options: Options) -> None:
    """Write the project, and beside it the sounds that it needs.

    In live mode every placement that REAPER can say is one item or several on its sources; the rest is baked, and the
    options are told how many there are of each.
    """
    live = _live(arrangement) if options.mode == "live" else {}
    make = ItemMaker(arrangement, _source_files(arrangement, place, live))
    baked = [item for item in arrangement.items if item.placement.id not in live]
    share = _SHARE_OF_ITEMS * len(baked) / max(len(arrangement.items), 1)
    placed = [
        *_baked_items(arrangement, baked, place, options, make=make, share=share),
        *_live_items(arrangement, live, options, make=make, begun=share),
    ]
    placed.sort(key=lambda each: each[1].position_s)
    if options.by == "lane":
        tracks = _by_lane(placed, arrangement.rate_hz)
    else:
        tracks = _by_source(arrangement, placed, make)
    write_whole(place.document, project_text(_project(arrangement, tracks)))
    if options.mode == "live":
        options.say(_summary(arrangement.items, live))


def _live(arrangement: Arrangement) -> Mapping[int, _Live]:
    """The placements that can be said, by their ids."""
    followed = [
        pieces_of(chromosome, arrangement.sources, arrangement.rate_hz)
        for chromosome in arrangement.chromosomes
    ]
    found = {}
    for item in arrangement.items:
        whole, said = followed[item.sound], balance(item.placement.gains)
        if whole is not None and said is not None:
            found[item.placement.id] = _Live(whole, said)
    return found


def _source_files(
    arrangement: Arrangement, place: Place, live: Mapping[int, _Live]
) -> Mapping[str, str]:
    needed = {piece.source for each in live.values() for piece in each.whole.pieces}
    if not needed:
        return {}
    sources = [source for source in arrangement.used_sources if source.id in needed]
    files = copy_sources(arrangement, sources, place.sounds / "sources")
    return {number: _relative(place, path) for number, path in files.items()}


def _live_items(
    arrangement: Arrangement,
    live: Mapping[int, _Live],
    options: Options,
    *,
    make: ItemMaker,
    begun: float,
) -> Iterator[Placed]:
    chosen = [item for item in arrangement.items if item.placement.id in live]
    for n_done, item in enumerate(chosen, start=1):
        each = live[item.placement.id]
        yield from make.live(item, each.whole, each.said)
        options.tell(begun + (_SHARE_OF_ITEMS - begun) * n_done / len(chosen))


def _baked_items(
    arrangement: Arrangement,
    items: Sequence[Item],
    place: Place,
    options: Options,
    *,
    make: ItemMaker,
    share: float,
) -> Iterator[Placed]:
    """Render what has to be; gains that REAPER cannot say are in the files."""
    said = {item.placement.id: balance(item.placement.gains) for item in items}
    sayable = [item for item in items if said[item.placement.id] is not None]
    unsayable = [item for item in items if said[item.placement.id] is None]
    middle = share * len(sayable) / max(len(items), 1)
    for chosen, span in ((sayable, (0.0, middle)), (unsayable, (middle, share))):
        if not chosen:
            continue
        folder = place.sounds / "baked"
        folder.mkdir(exist_ok=True)
        files = bake(
            arrangement, chosen, folder, options, with_gains=chosen is unsayable, span=span
        )
        for item in chosen:
            if (file := files.get(item.placement.id)) is None:
                continue
            gains = said[item.placement.id] or UNITY
            made = make.baked(item, file, _relative(place, file.path), gains)
            if made is not None:
                yield item.source.id, made


def _by_source(
    arrangement: Arrangement, placed: Iterable[Placed], make: ItemMaker
) -> Sequence[RppTrack]:
    """A track to a source, the most used ones first."""
    items: dict[str, list[RppItem]] = {source.id: [] for source in arrangement.used_sources}
    for source, item in placed:
        items[source].append(item)
    used = [source for source in arrangement.used_sources if items[source.id]]
    used.sort(key=lambda source: -sum(item.length_s for item in items[source.id]))
    names = Names()
    return [
        RppTrack(names.give(Path(source.path).stem), items[source.id], make.colours[source.id])
        for source in used
    ]


def _by_lane(placed: Sequence[Placed], rate_hz: int) -> Sequence[RppTrack]:
    items = [item for _, item in placed]
    # In whole samples, so that pieces that follow on one another share a lane.
    starts = [round(item.position_s * rate_hz) for item in items]
    lengths = [round(item.length_s * rate_hz) for item in items]
    lanes = pack_lanes([(start, start + n) for start, n in zip(starts, lengths, strict=True)])
    tracks: dict[int, list[RppItem]] = {}
    for lane, item in zip(lanes, items, strict=True):
        tracks.setdefault(lane, []).append(item)
    return [RppTrack(f"lane {lane + 1}", tracks[lane]) for lane in sorted(tracks)]


def _project(arrangement: Arrangement, tracks: Sequence[RppTrack]) -> RppProject:
    markers = [(arrangement.duration_s, "end of the song")]
    if arrangement.first_beat_s > 0.0:
        markers.insert(0, (arrangement.first_beat_s, "first beat"))
    return RppProject(
        rate_hz=arrangement.rate_hz,
        n_channels=arrangement.n_channels,
        bpm=arrangement.bpm,
        duration_s=arrangement.duration_s,
        markers=markers,
        tracks=tracks,
    )


def _relative(place: Place, path: Path) -> str:
    return path.relative_to(place.folder).as_posix()


def _summary(items: Sequence[Item], live: Mapping[int, _Live]) -> str:
    baked = [item for item in items if item.placement.id not in live]
    told = f"{len(live)} of {len(items)} placements are live, on their sources"
    if not baked:
        return told
    reasons = Counter(map(_reason, baked))
    because = ", ".join(f"{n} {reason}" for reason, n in sorted(reasons.items()))
    return f"{told}; {len(baked)} are baked ({because})"


def _reason(item: Item) -> str:
    """Why a placement is baked, in a few words."""
    if has_filter(item.placement.chromosome):
        return "for their filters"
    if balance(item.placement.gains) is None:
        return "for channels of opposite polarity"
    return "for their speeds or their many pieces"
