"""Standard MIDI file: a note for each placement, to be played by samplers that hold the sources.

The only place that imports mido. What a note is:

- Its *onset and length* are those of the placement, rounded to ticks: at most half a tick off, 0.13 ms at 120 beats a
  minute and less than 1 ms at any tempo.
- Its *key* is :data:`ROOT_KEY`, middle C, for a clip at its own pitch, and a semitone more for each 100 cents of
  varispeed, rounded; a sampler whose root is this key plays it as high as the mosaic, to within 50 cents.
- Its *velocity* tells its level by the square law that the General MIDI level 2 and DLS specifications recommend: the
  level in decibels is ``40 · log10(velocity / 127)``, where 127 is the loudest placement.

Bends and pans act on all notes of a channel. They are written where a track has one clip at a time, which is what
``by="lane"`` makes; else they stand, with everything else, in the text beside the note.
"""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import mido

from phenotune.export.arrangement import Arrangement, Item
from phenotune.export.lane_tracks import lane_tracks
from phenotune.export.names import plain_name
from phenotune.export.options import By, Options
from phenotune.export.place import Place
from phenotune.export.tempo_map import BEATS_A_BAR, TempoMap
from phenotune.units import amplitude_to_db, s_to_samples
from phenotune.whole_files import whole_file

ROOT_KEY = 60
BEND_SEMITONES = 2.0
"""How far a full bend goes: what samplers do unless they are told otherwise."""

CHANNELS = tuple(channel for channel in range(16) if channel != 9)
"""All but the tenth, which General MIDI keeps for drum kits; more tracks than these begin anew with the first."""

_MAX_KEY = 127
_CENTRE = 64


@dataclass(frozen=True, slots=True)
class Note:
    """A placement as a note.

    Parameters
    ----------
    item
        The placement.
    start, end
        In ticks; the end is later.
    key, velocity
        0 to 127, 1 to 127.
    cents
        What is left of its pitch beside the key, -50 to 50 unless the key is the last there is.
    """

    item: Item
    start: int
    end: int
    key: int
    velocity: int
    cents: float


def write(arrangement: Arrangement, place: Place, options: Options) -> None:
    """Write the file, of type 1: a track with the tempo, then those with notes.

    Muted placements are left out, as are those that lie before the start or beyond the end; notes are cut there.
    """
    tempo = TempoMap.of(arrangement.bpm, arrangement.first_beat_s)
    notes = notes_of(arrangement, tempo)
    tracks = list(_tracks(notes, options.by))
    file = mido.MidiFile(type=1, ticks_per_beat=tempo.ticks_per_beat, charset="utf-8")
    file.tracks.append(_conductor(arrangement, tempo))
    for number, (name, played) in enumerate(tracks):
        channel = CHANNELS[number % len(CHANNELS)]
        file.tracks.append(_track(name, played, channel, with_bends=options.by == "lane"))
        options.tell((number + 1) / len(tracks))
    content = io.BytesIO()
    file.save(file=content)
    with whole_file(place.document) as temporary:
        temporary.write_bytes(content.getvalue())


def notes_of(arrangement: Arrangement, tempo: TempoMap) -> tuple[Note, ...]:
    """The notes of all placements that are heard, in the order of their onsets."""
    items = [
        item
        for item in arrangement.heard
        if item.end_s > 0.0 and s_to_samples(item.duration_s, arrangement.rate_hz) > 0
    ]
    loudest = max(map(level, items), default=0.0)
    last = tempo.tick(arrangement.duration_s)
    return tuple(_note(item, tempo, loudest, last) for item in items)


def level(item: Item) -> float:
    """The gain of a placement over all channels, root mean square."""
    gains = item.placement.gains
    return math.sqrt(sum(gain * gain for gain in gains) / len(gains))


def velocity_of(gain: float, loudest: float) -> int:
    """Velocity of a gain by the square law; none is 0, which would be no note.

    >>> velocity_of(1.0, 1.0), velocity_of(0.25, 1.0), velocity_of(0.0, 1.0)
    (127, 64, 1)
    """
    share = gain / loudest if loudest > 0.0 else 0.0
    return max(1, round(127.0 * math.sqrt(share)))


def pan_of(gains: Sequence[float]) -> int:
    """Controller 10 of the gains of two channels: 0 is left, 64 the middle, 127 right, by the sine law of panners.

    >>> pan_of((1.0, 0.0)), pan_of((0.5, -0.5)), pan_of((0.0, 1.0)), pan_of((1.0,))
    (0, 64, 127, 64)
    """
    if len(gains) < 2 or not any(gains):
        return _CENTRE
    share = math.atan2(abs(gains[1]), abs(gains[0])) / (math.pi / 2.0)
    return round(2 * 63 * share) + (1 if share >= 0.5 else 0)


def _note(item: Item, tempo: TempoMap, loudest: float, last: int) -> Note:
    start = tempo.tick(max(0.0, item.onset_s))
    end = max(start + 1, min(last, tempo.tick(item.end_s)))
    key = min(_MAX_KEY, max(0, ROOT_KEY + round(item.cents / 100.0)))
    rest = item.cents - 100.0 * (key - ROOT_KEY)
    return Note(item, start, end, key, velocity_of(level(item), loudest), rest)


def _tracks(notes: Sequence[Note], by: By) -> Iterator[tuple[str, list[Note]]]:
    """A track to each source, or to each lane of a source; no key of a track sounds twice at once."""
    found = {note.item.placement.id: note for note in notes}
    ticks = {number: (note.start, note.end) for number, note in found.items()}
    for track in lane_tracks((note.item for note in notes), ticks, "source"):
        if by == "lane":
            parts: Iterable[Iterable[Item]] = track.lanes
        else:
            parts = [[item for lane in track.lanes for item in lane]]
        played = [[found[item.placement.id] for item in part] for part in parts]
        voices = [voice for part in played for voice in _voices(part)]
        for number, voice in enumerate(voices, start=1):
            yield (track.name if number == 1 else f"{track.name} ({number})"), voice


def _voices(notes: Iterable[Note]) -> list[list[Note]]:
    """Share out notes so that a key never sounds twice at once: the end of which of the two would be anyone's guess."""
    voices: list[list[Note]] = []
    ends: list[dict[int, int]] = []
    for note in sorted(notes, key=lambda note: (note.start, note.item.placement.id)):
        free = (i for i, sounding in enumerate(ends) if sounding.get(note.key, 0) <= note.start)
        number = next(free, len(voices))
        if number == len(voices):
            voices.append([])
            ends.append({})
        voices[number].append(note)
        ends[number][note.key] = note.end
    return voices


def _conductor(arrangement: Arrangement, tempo: TempoMap) -> mido.MidiTrack:
    messages = [(0, mido.MetaMessage("track_name", name=plain_name(arrangement.name, "mosaic")))]
    start = tempo.lead_beats * tempo.ticks_per_beat
    if start:
        # The first bar has what is over, so that the first beat falls on a bar line.
        beats = tempo.lead_beats % BEATS_A_BAR or BEATS_A_BAR
        messages.append((0, mido.MetaMessage("set_tempo", tempo=tempo.lead_us_per_beat)))
        messages.append((0, _bar_of(beats)))
        if beats < tempo.lead_beats:
            messages.append((beats * tempo.ticks_per_beat, _bar_of(BEATS_A_BAR)))
    messages.append((start, mido.MetaMessage("set_tempo", tempo=tempo.us_per_beat)))
    messages.append((start, _bar_of(BEATS_A_BAR)))
    if start:
        at = tempo.tick(arrangement.first_beat_s)
        messages.append((at, mido.MetaMessage("marker", text="first beat")))
    last = tempo.tick(arrangement.duration_s)
    within = [message for message in messages if message[0] <= last]
    return _timed(sorted(within, key=lambda message: message[0]), last)


def _bar_of(n_beats: int) -> mido.MetaMessage:
    return mido.MetaMessage("time_signature", numerator=n_beats, denominator=4)


def _track(name: str, notes: Iterable[Note], channel: int, *, with_bends: bool) -> mido.MidiTrack:
    events: list[tuple[int, int, mido.Message]] = []
    told: dict[str, int] = {}
    for note in notes:
        events.append((note.start, 1, mido.MetaMessage("text", text=_text(note))))
        if with_bends:
            events.extend((note.start, 1, message) for message in _bends(note, channel, told))
        on = mido.Message("note_on", channel=channel, note=note.key, velocity=note.velocity)
        off = mido.Message("note_off", channel=channel, note=note.key, velocity=0)
        events.append((note.start, 1, on))
        events.append((note.end, 0, off))  # before what begins at the same tick
    messages = [(0, mido.MetaMessage("track_name", name=name))]
    # Sorting is stable: what belongs to a note stays together.
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        messages.append((tick, message))
    return _timed(messages)


def _bends(note: Note, channel: int, told: dict[str, int]) -> Iterator[mido.Message]:
    """Pan and bend of a note, where they are not what they were."""
    bend = round(8192 * note.cents / (100.0 * BEND_SEMITONES))
    values = {
        "pan": pan_of(note.item.placement.gains),
        "bend": max(-8192, min(8191, bend)),
    }
    if told.get("pan", _CENTRE) != values["pan"]:
        yield mido.Message("control_change", channel=channel, control=10, value=values["pan"])
    if told.get("bend", 0) != values["bend"]:
        yield mido.Message("pitchwheel", channel=channel, pitch=values["bend"])
    told.update(values)


def _text(note: Note) -> str:
    """What a note cannot say, as JSON on one line."""
    placement = note.item.placement
    gain_db = amplitude_to_db(level(note.item))
    told: Mapping[str, object] = {
        "id": placement.id,
        "gain_db": round(gain_db, 2) if math.isfinite(gain_db) else None,
        "gains": [round(gain, 6) for gain in placement.gains],
        "cents": round(note.cents, 2),
        "genes": [gene.tag for gene in placement.chromosome.genes],
    }
    return json.dumps(told)


def _timed(messages: Iterable[tuple[int, mido.Message]], end: int | None = None) -> mido.MidiTrack:
    """A track of messages in their order, each with the ticks since the one before."""
    track = mido.MidiTrack()
    position = 0
    for tick, message in messages:
        track.append(message.copy(time=tick - position))
        position = tick
    last = position if end is None else max(position, end)
    track.append(mido.MetaMessage("end_of_track", time=last - position))
    return track
