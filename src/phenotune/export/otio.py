"""OpenTimelineIO, the interchange format of editing programs: lanes of clips, and all the rest as metadata.

The only place that imports opentimelineio. A track holds one clip at a time, so a mosaic becomes as many tracks as
clips sound at once. The format knows spans of media and a linear warp of their time, and neither gains, fades nor
filters: those are in baked files, or in ``metadata["phenotune"]`` alone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeAlias
from urllib.parse import quote

from phenotune.errors import MissingExtraError
from phenotune.export.arrangement import Arrangement, Item
from phenotune.export.baking import Baked
from phenotune.export.fitting import bake_to_fit
from phenotune.export.lane_tracks import Lane, is_off, lane_tracks, spans_in
from phenotune.export.options import Options
from phenotune.export.place import Place
from phenotune.genome.encode import chromosome_to_json
from phenotune.genome.pieces import Piece, pieces_of
from phenotune.units import cents_to_ratio, s_to_samples
from phenotune.whole_files import write_whole

METADATA = "phenotune"
VERSION = 1
"""Of what stands in the metadata."""

_Otio: TypeAlias = Any  # its types are not known to be imported


@dataclass(frozen=True, slots=True)
class _Media:
    """What a clip of the timeline plays.

    Parameters
    ----------
    url
        Where the sound lies.
    rate_hz
        At which the three spans are counted.
    n_samples
        Of the file.
    start, length
        The span that is played from, and for how long on the timeline.
    scalar
        How much faster than recorded; negative is backwards.
    is_baked
        Whether it is a file that we rendered.
    """

    url: str
    rate_hz: int
    n_samples: int
    start: float
    length: float
    scalar: float
    is_baked: bool


def write(arrangement: Arrangement, place: Place, options: Options) -> None:
    """Write the timeline, and the sounds that it needs beside it.

    Baked, each clip is a file that sounds as in the mosaic. Live, clips refer to the original sources wherever one span
    of a source, faster or slower, forwards or backwards, is what sounds; all others are baked.

    Raises
    ------
    MissingExtraError
        If opentimelineio is not installed.
    """
    otio = _imported()
    originals = _originals(arrangement) if options.mode == "live" else {}
    rest = [item for item in arrangement.items if item.placement.id not in originals]
    baked: Mapping[int, Baked] = {}
    factor = 1.0
    if rest:
        baked, factor = bake_to_fit(arrangement, rest, place.sounds, options, (0.0, 0.9))
    timeline = otio.schema.Timeline(
        name=_sayable(arrangement.name),
        metadata={METADATA: _facts(arrangement, options, factor)},
    )
    if arrangement.first_beat_s > 0.0:
        timeline.tracks.markers.append(_first_beat(otio, arrangement))
    spans = spans_in(arrangement, _lengths(arrangement, baked, originals))
    items = [item for item in arrangement.items if item.placement.id in spans]
    tracks = lane_tracks(items, spans, "lane")
    for n_done, track in enumerate(tracks, start=1):
        made = otio.schema.Track(name=track.name, kind=otio.schema.TrackKind.Audio)
        _fill(
            otio, made, track.lanes[0], spans, _Writer(otio, arrangement, place, baked, originals)
        )
        timeline.tracks.append(made)
        options.tell(0.9 + 0.1 * n_done / len(tracks))
    write_whole(place.document, timeline.to_json_string(2) + "\n")


def _imported() -> ModuleType:
    try:
        import opentimelineio
    except ImportError as error:
        raise MissingExtraError("writing an OpenTimelineIO timeline", "otio") from error
    module: ModuleType = opentimelineio
    return module


def _originals(arrangement: Arrangement) -> dict[int, Piece]:
    """The items that are one span of one source from their start to their end, by the id of their placement."""
    rates_hz = {source.id: source.rate_hz for source in arrangement.sources.values()}
    found = {}
    for item in arrangement.items:
        pieces = pieces_of(item.placement.chromosome, rates_hz)
        if len(pieces) != 1:
            continue
        tolerance_s = 1.0 / arrangement.rate_hz
        is_whole = pieces[0].start_s == 0.0 and abs(pieces[0].end_s - item.duration_s) < tolerance_s
        if is_whole and s_to_samples(item.duration_s, arrangement.rate_hz) > 0:
            found[item.placement.id] = pieces[0]
    return found


def _lengths(
    arrangement: Arrangement, baked: Mapping[int, Baked], originals: Mapping[int, Piece]
) -> dict[int, int]:
    """Length of each item in samples of the timeline."""
    lengths = {number: each.n_samples for number, each in baked.items()}
    for item in arrangement.items:
        if item.placement.id in originals:
            lengths[item.placement.id] = s_to_samples(item.duration_s, arrangement.rate_hz)
    return lengths


def _fill(
    otio: _Otio, track: _Otio, lane: Lane, spans: Mapping[int, tuple[int, int]], writer: _Writer
) -> None:
    """Put clips and the gaps between them on a track."""
    position = 0
    for item in lane:
        start, end = spans[item.placement.id]
        if start > position:
            track.append(otio.schema.Gap(source_range=writer.range(0, start - position)))
        track.append(writer.clip(item, start - item.onset_samples, end - start))
        position = end


@dataclass(frozen=True)
class _Writer:
    """Makes clips."""

    otio: _Otio
    arrangement: Arrangement
    place: Place
    baked: Mapping[int, Baked]
    originals: Mapping[int, Piece]

    def clip(self, item: Item, n_cut: int, n_samples: int) -> _Otio:
        """A clip without its first samples, which lie before the start."""
        number = item.placement.id
        media = (
            self._original(item, self.originals[number], n_cut, n_samples)
            if number in self.originals
            else self._file(self.baked[number], n_cut, n_samples)
        )
        otio = self.otio
        reference = otio.schema.ExternalReference(
            target_url=media.url, available_range=self.range(0, media.n_samples, media.rate_hz)
        )
        clip = otio.schema.Clip(
            name=_sayable(item.name),
            media_reference=reference,
            source_range=self.range(media.start, media.length, media.rate_hz),
            metadata={METADATA: _told(item, media.is_baked)},
        )
        if media.scalar != 1.0:
            clip.effects.append(
                otio.schema.LinearTimeWarp(name="varispeed", time_scalar=media.scalar)
            )
        clip.enabled = not is_off(self.arrangement, item)
        return clip

    def range(self, start: float, length: float, rate_hz: int | None = None) -> _Otio:
        """A span of time in samples, of the arrangement or at another rate."""
        rate = float(self.arrangement.rate_hz if rate_hz is None else rate_hz)
        time = self.otio.opentime
        return time.TimeRange(time.RationalTime(start, rate), time.RationalTime(length, rate))

    def _file(self, baked: Baked, n_cut: int, n_samples: int) -> _Media:
        url = quote(f"{self.place.sounds.name}/{baked.path.name}")
        return _Media(url, baked.rate_hz, baked.n_samples, n_cut, n_samples, 1.0, True)

    def _original(self, item: Item, piece: Piece, n_cut: int, n_samples: int) -> _Media:
        source = item.source
        speed = cents_to_ratio(piece.cents)
        is_backwards = piece.to_s < piece.from_s
        per_sample = source.rate_hz / self.arrangement.rate_hz
        start = min(piece.from_s, piece.to_s) * source.rate_hz
        # What is cut off at the front sounds first, and last in the source where it is played backwards.
        n_left = s_to_samples(item.duration_s, self.arrangement.rate_hz) - n_cut - n_samples
        start += (n_left if is_backwards else n_cut) * per_sample * speed
        url = self.arrangement.sounds.path(source.id).absolute().as_uri()
        length = n_samples * per_sample
        scalar = -speed if is_backwards else speed
        return _Media(url, source.rate_hz, source.n_samples, start, length, scalar, False)


def _told(item: Item, is_baked: bool) -> dict[str, Any]:
    """All of a placement, as it stands in ``mosaic.json``."""
    placement = item.placement
    told = {field.name: getattr(placement, field.name) for field in dataclasses.fields(placement)}
    told["gains"] = list(placement.gains)
    told["chromosome"] = chromosome_to_json(placement.chromosome)
    return {"baked": is_baked, "placement": told}


def _facts(arrangement: Arrangement, options: Options, factor: float) -> dict[str, Any]:
    """What it takes to render the placements in the metadata of the clips."""
    mosaic = arrangement.mosaic
    sources = []
    for source in arrangement.used_sources:
        path = arrangement.sounds.path(source.id).absolute()
        sources.append({**dataclasses.asdict(source), "path": _sayable(str(path))})
    return {
        "version": VERSION,
        "mode": options.mode,
        "turned_down_by": factor,
        "rate_hz": mosaic.rate_hz,
        "n_channels": mosaic.n_channels,
        "fade_ms": mosaic.fade_ms,
        "bpm": arrangement.bpm,
        "target": dataclasses.asdict(mosaic.target),
        "sources": sources,
    }


def _first_beat(otio: _Otio, arrangement: Arrangement) -> _Otio:
    rate = float(arrangement.rate_hz)
    at = otio.opentime.RationalTime(s_to_samples(arrangement.first_beat_s, rate), rate)
    span = otio.opentime.TimeRange(at, otio.opentime.RationalTime(0, rate))
    return otio.schema.Marker(name="first beat", marked_range=span)


def _sayable(text: str) -> str:
    """A text without the lone surrogates that file names may hold and UTF-8 may not."""
    return text.encode("utf-8", errors="replace").decode("utf-8")
