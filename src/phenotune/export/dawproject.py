"""DAWproject 1.0, the exchange format of Bitwig Studio, Cubase, Studio One and others: a zip of XML and sounds.

The format has neither a gain nor a reversal of a clip, and programs differ in what they make of its time warps; so all
clips are baked, gains and fades included. How clips are nested, in beats outside and in seconds inside, is what Bitwig
Studio writes for sounds that do not follow the tempo.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from itertools import count
from pathlib import Path
from xml.etree import ElementTree as ET

from phenotune.export.arrangement import Arrangement, Item
from phenotune.export.baking import Baked
from phenotune.export.fitting import bake_to_fit
from phenotune.export.lane_tracks import Lane, LaneTrack, color_of, is_off, lane_tracks, spans_in
from phenotune.export.options import Options
from phenotune.export.place import Place
from phenotune.units import samples_to_s

AUDIO = "audio"
"""Folder of the sounds in the zip."""

MAX_VOLUME = 2.0
"""What faders go up to in the format's own examples, 6 dB."""

_SHARE_BAKING = 0.85
_NEVER = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can state: the same mosaic gives the same bytes."""


def write(arrangement: Arrangement, place: Place, options: Options) -> None:
    """Write the zip.

    Clips are cut at the start and the end of the target; their files are whole, so that a program can draw them out.
    Muted ones, and those that begin beyond the end, are there and disabled.
    """
    with tempfile.TemporaryDirectory(dir=place.folder) as name:
        folder = Path(name)
        baked, factor = bake_to_fit(
            arrangement, arrangement.items, folder, options, (0.0, _SHARE_BAKING)
        )
        texts = {
            "project.xml": project_xml(arrangement, baked, options, factor),
            "metadata.xml": metadata_xml(arrangement),
        }
        _write_zip(place.document, texts, {each.path for each in baked.values()}, options)


def project_xml(
    arrangement: Arrangement, baked: Mapping[int, Baked], options: Options, factor: float = 1.0
) -> bytes:
    """The arrangement as ``project.xml``.

    Parameters
    ----------
    arrangement
        What to write.
    baked
        The file of each item by the id of its placement; items without one are left out.
    options
        What tracks are made of.
    factor
        By how much all files were turned down; the master fader is that much higher, as far as it goes.
    """
    spans = spans_in(arrangement, {number: each.n_samples for number, each in baked.items()})
    items = [item for item in arrangement.items if item.placement.id in spans]
    tracks = lane_tracks(items, spans, options.by)
    return _Writer(arrangement, baked, spans).project(tracks, min(MAX_VOLUME, 1.0 / factor))


def metadata_xml(arrangement: Arrangement) -> bytes:
    """What is told of the song as ``metadata.xml``: its title, and who made the sounds."""
    root = ET.Element("MetaData")
    ET.SubElement(root, "Title").text = xml_text(arrangement.name)
    credits = (source.credit for source in arrangement.used_sources if source.credit)
    if told := "; ".join(dict.fromkeys(credits)):
        ET.SubElement(root, "Copyright").text = xml_text(told)
    ET.SubElement(root, "Comment").text = "A mosaic made by phenotune"
    return _as_bytes(root)


def xml_text(text: str) -> str:
    r"""A text on one line without what XML 1.0 cannot say, escaped or not.

    >>> xml_text("a\x00b\n</x>")
    'a_b </x>'
    """
    return "".join(letter if _is_xml(letter) else "_" for letter in " ".join(text.split()))


def _is_xml(letter: str) -> bool:
    return "\x20" <= letter <= "\ud7ff" or "\ue000" <= letter <= "\ufffd" or letter > "\uffff"


@dataclass
class _Writer:
    """Makes the elements of a project, with ids counted from 0."""

    arrangement: Arrangement
    baked: Mapping[int, Baked]
    spans: Mapping[int, tuple[int, int]]
    _numbers: count[int] = field(default_factory=count)

    def project(self, tracks: Sequence[LaneTrack], volume: float) -> bytes:
        root = ET.Element("Project", version="1.0")
        ET.SubElement(root, "Application", name="phenotune", version=_version())
        self._transport(root)
        structure = ET.SubElement(root, "Structure")
        master = ET.Element(
            "Track", contentType="audio notes", loaded="true", id=self._id(), name="Master"
        )
        master_channel = self._channel(master, "master", None, volume)
        lanes = [each for track in tracks for each in self._track(structure, track, master_channel)]
        structure.append(master)
        arrangement = ET.SubElement(root, "Arrangement", id=self._id())
        timeline = ET.SubElement(arrangement, "Lanes", timeUnit="beats", id=self._id())
        for track_id, lane in lanes:
            self._lane(timeline, track_id, lane)
        if self.arrangement.first_beat_s > 0.0:
            markers = ET.SubElement(arrangement, "Markers", timeUnit="beats", id=self._id())
            at = _number(self._beats(self.arrangement.first_beat_s))
            ET.SubElement(markers, "Marker", time=at, name="first beat")
        ET.SubElement(root, "Scenes")
        return _as_bytes(root)

    def _transport(self, root: ET.Element) -> None:
        bpm = self.arrangement.bpm
        transport = ET.SubElement(root, "Transport")
        limits = {"max": _number(max(666.0, bpm)), "min": _number(min(20.0, bpm))}
        named = {"value": _number(bpm), "id": self._id(), "name": "Tempo"}
        ET.SubElement(transport, "Tempo", limits, unit="bpm", **named)
        ET.SubElement(transport, "TimeSignature", denominator="4", numerator="4", id=self._id())

    def _track(
        self, parent: ET.Element, track: LaneTrack, destination: str
    ) -> list[tuple[str, Lane]]:
        """A track; with several lanes a folder of tracks, since no program has lanes that all sound."""
        named = {"name": track.name, "color": track.color}
        if len(track.lanes) == 1:
            return [(self._audio_track(parent, named, destination), track.lanes[0])]
        folder = ET.SubElement(
            parent, "Track", {"contentType": "tracks", "loaded": "true", "id": self._id(), **named}
        )
        return [
            (
                self._audio_track(
                    folder, {**named, "name": f"{track.name} ({number})"}, destination
                ),
                lane,
            )
            for number, lane in enumerate(track.lanes, start=1)
        ]

    def _audio_track(self, parent: ET.Element, named: dict[str, str], destination: str) -> str:
        track_id = self._id()
        track = ET.SubElement(
            parent, "Track", {"contentType": "audio", "loaded": "true", "id": track_id, **named}
        )
        self._channel(track, "regular", destination, 1.0)
        return track_id

    def _channel(self, track: ET.Element, role: str, destination: str | None, volume: float) -> str:
        channel_id = self._id()
        to = {} if destination is None else {"destination": destination}
        given = {"audioChannels": str(self.arrangement.n_channels), **to, "role": role}
        channel = ET.SubElement(track, "Channel", {**given, "solo": "false", "id": channel_id})
        ET.SubElement(channel, "Mute", value="false", id=self._id(), name="Mute")
        for name, unit, most, value in (
            ("Pan", "normalized", 1.0, 0.5),
            ("Volume", "linear", MAX_VOLUME, volume),
        ):
            limits = {"max": _number(most), "min": "0.0", "unit": unit, "value": _number(value)}
            ET.SubElement(channel, name, {**limits, "id": self._id(), "name": name})
        return channel_id

    def _lane(self, timeline: ET.Element, track_id: str, lane: Lane) -> None:
        lanes = ET.SubElement(timeline, "Lanes", track=track_id, id=self._id())
        clips = ET.SubElement(lanes, "Clips", id=self._id())
        for item in lane:
            self._clip(clips, item)

    def _clip(self, clips: ET.Element, item: Item) -> None:
        baked = self.baked[item.placement.id]
        start, end = self.spans[item.placement.id]
        duration = self._at_beat(end - start)
        clip = ET.SubElement(
            clips,
            "Clip",
            time=self._at_beat(start),
            duration=duration,
            contentTimeUnit="beats",
            playStart="0.0",
            fadeTimeUnit="seconds",
            fadeInTime="0.0",
            fadeOutTime="0.0",
            name=xml_text(item.name),
            color=color_of(item.source.id),
            comment=f"placement {item.placement.id}, cycle {item.placement.cycle}",
        )
        if is_off(self.arrangement, item):
            clip.set("enable", "false")
        events = ET.SubElement(clip, "Clips", id=self._id())
        event = ET.SubElement(
            events,
            "Clip",
            time="0.0",
            duration=duration,
            contentTimeUnit="seconds",
            playStart=_number(samples_to_s(start - item.onset_samples, baked.rate_hz)),
        )
        audio = ET.SubElement(
            event,
            "Audio",
            algorithm="raw",
            channels=str(baked.n_channels),
            duration=_number(baked.duration_s),
            sampleRate=str(baked.rate_hz),
            id=self._id(),
        )
        ET.SubElement(audio, "File", path=f"{AUDIO}/{baked.path.name}")

    def _at_beat(self, n_samples: int) -> str:
        return _number(self._beats(samples_to_s(n_samples, self.arrangement.rate_hz)))

    def _beats(self, time_s: float) -> float:
        return time_s * self.arrangement.bpm / 60.0

    def _id(self) -> str:
        return f"id{next(self._numbers)}"


def _version() -> str:
    try:
        return version("phenotune")
    except PackageNotFoundError:  # from a folder of sources that nobody has installed
        return "unknown"


def _number(value: float) -> str:
    """A number without an exponent, to a billionth of a sample.

    >>> _number(0.5), _number(2.0), _number(1e-7)
    ('0.5', '2.0', '0.0000001')
    """
    text = f"{value:.13f}".rstrip("0")
    return f"{text}0" if text.endswith(".") else text


def _as_bytes(root: ET.Element) -> bytes:
    ET.indent(root)
    declaration = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return declaration + ET.tostring(root, encoding="unicode").encode("utf-8") + b"\n"


def _write_zip(path: Path, texts: Mapping[str, bytes], sounds: set[Path], options: Options) -> None:
    """Put everything into a zip; sounds as they are, for to deflate them takes thrice as long and saves a third."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in texts.items():
            archive.writestr(_entry(name, len(content), zipfile.ZIP_DEFLATED), content)
        for n_done, sound in enumerate(sorted(sounds), start=1):
            entry = _entry(f"{AUDIO}/{sound.name}", sound.stat().st_size, zipfile.ZIP_STORED)
            with sound.open("rb") as file, archive.open(entry, "w") as into:
                shutil.copyfileobj(file, into)
            options.tell(_SHARE_BAKING + (1.0 - _SHARE_BAKING) * n_done / len(sounds))


def _entry(name: str, n_bytes: int, compression: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _NEVER)
    entry.compress_type = compression
    entry.create_system = 3  # so that the bytes are the same on every system
    entry.external_attr = 0o644 << 16
    entry.file_size = n_bytes
    return entry
