from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import mido
import pytest

from phenotune.canvas.placement import Placement
from phenotune.export.arrangement import Arrangement
from phenotune.export.formats import export_mosaic
from phenotune.export.midi import CHANNELS, notes_of, pan_of, velocity_of
from phenotune.export.options import Options
from phenotune.export.tempo_map import TempoMap
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.library.clip import Clip
from phenotune.mosaic.mosaic import Mosaic


@dataclass
class Played:
    """A note as it is read back: in seconds, with what was told before it."""

    track: str
    start_s: float
    end_s: float
    key: int
    velocity: int
    channel: int
    told: dict[str, Any]
    pan: int
    bend: int


class Read:
    """A file as another program would read it."""

    def __init__(self, path: Path) -> None:
        self.file = mido.MidiFile(path, charset="utf-8")
        self.conductor, *self.tracks = self.file.tracks
        self._tempos: list[tuple[int, int]] = []
        tick = 0
        for message in self.conductor:
            tick += message.time
            if message.type == "set_tempo":
                self._tempos.append((tick, message.tempo))

    def seconds(self, tick: int) -> float:
        """When a tick is, by the tempos of the first track."""
        total_us = 0.0
        ends = [*(start for start, _ in self._tempos[1:]), tick]
        for (start, tempo), end in zip(self._tempos, ends, strict=True):
            total_us += max(0, min(end, tick) - start) * tempo / self.file.ticks_per_beat
        return total_us / 1e6

    @property
    def notes(self) -> list[Played]:
        return [note for track in self.tracks for note in self._notes(track)]

    def _notes(self, track: mido.MidiTrack) -> list[Played]:
        found, sounding = [], {}
        told: dict[str, Any] = {}
        tick, pan, bend = 0, 64, 0
        for message in track:
            tick += message.time
            if message.type == "text":
                told = json.loads(message.text)
            elif message.type == "control_change":
                assert message.control == 10
                pan = message.value
            elif message.type == "pitchwheel":
                bend = message.pitch
            elif message.type == "note_on":
                assert message.note not in sounding
                start_s = self.seconds(tick)
                note = Played(
                    track.name, start_s, -1.0, message.note, message.velocity, message.channel, told, pan, bend
                )  # fmt: skip
                sounding[message.note] = note
                found.append(note)
            elif message.type == "note_off":
                sounding.pop(message.note).end_s = self.seconds(tick)
        assert not sounding
        return found


def exported(mosaic: Mosaic, out: Path, **asked: object) -> Read:
    return Read(export_mosaic(mosaic, "midi", out, **asked))  # type: ignore[arg-type]


TEMPOS = [(120.0, 0.0), (97.3, 0.41), (143.0, 0.05), (31.0, 1.2), (5.0, 0.3), (960.0, 1.9)]


@pytest.mark.parametrize(("bpm", "first_beat_s"), TEMPOS)
@pytest.mark.parametrize("by", ["source", "lane"])
def test_onsets_and_lengths_are_read_back_to_a_millisecond(
    mosaic: Mosaic, arrangement: Arrangement, tmp_path: Path, by: str, bpm: float, first_beat_s: float
) -> None:  # fmt: skip
    read = exported(mosaic, tmp_path / "a.mid", by=by, bpm=bpm, first_beat_s=first_beat_s)
    played = {note.told["id"]: note for note in read.notes}
    heard = {item.placement.id: item for item in arrangement.heard}
    assert played.keys() == heard.keys() - {15}  # which is empty
    for number, note in played.items():
        item = heard[number]
        assert note.start_s == pytest.approx(max(0.0, item.onset_s), abs=1e-3)
        end_s = min(arrangement.duration_s, item.end_s)
        assert note.end_s == pytest.approx(end_s, abs=2e-3)
        assert note.end_s > note.start_s
    assert read.seconds(sum(message.time for message in read.conductor)) == pytest.approx(
        arrangement.duration_s, abs=1e-3
    )


def test_the_order_of_onsets_survives(mosaic: Mosaic, tmp_path: Path) -> None:
    read = exported(mosaic, tmp_path / "a.mid")
    for track in {note.track for note in read.notes}:
        starts = [note.start_s for note in read.notes if note.track == track]
        assert starts == sorted(starts)


def test_muted_placements_are_left_out(mosaic: Mosaic, tmp_path: Path) -> None:
    numbers = {note.told["id"] for note in exported(mosaic, tmp_path / "a.mid").notes}
    assert not numbers & {17, 18, 30, 31}


def test_keys_are_pitches_and_what_is_left_is_told(mosaic: Mosaic, tmp_path: Path) -> None:
    notes = {note.told["id"]: note for note in exported(mosaic, tmp_path / "a.mid").notes}
    assert (notes[1].key, notes[1].told["cents"]) == (57, -17.0)
    assert (notes[2].key, notes[2].told["cents"]) == (60, 0.0)
    assert (notes[12].key, notes[12].told["cents"]) == (72, 0.0)
    assert (notes[10].key, notes[10].told["genes"]) == (60, ["add", "high_shelf"])


def test_a_pitch_beyond_the_last_key_is_told_whole(mosaic: Mosaic, tmp_path: Path) -> None:
    lowest = Chromosome(Clip("s0", 0, 4000), (Varispeed(-4800.0), Varispeed(-2400.0)))
    one = replace(mosaic.placements[1], chromosome=lowest)
    (note,) = exported(replace(mosaic, placements=(one,)), tmp_path / "a.mid").notes
    assert (note.key, note.told["cents"]) == (0, -1200.0)


def test_velocities_are_levels_by_the_square_law(mosaic: Mosaic, tmp_path: Path) -> None:
    one, two = mosaic.placements[1:3]
    both = replace(
        mosaic, placements=(replace(one, gains=(0.8, 0.8)), replace(two, gains=(0.2, -0.2)))
    )
    loud, soft = exported(both, tmp_path / "a.mid").notes
    assert (loud.velocity, soft.velocity) == (127, 64)
    assert soft.told["gains"] == [0.2, -0.2]
    assert soft.told["gain_db"] == pytest.approx(-13.98)


@pytest.mark.parametrize(
    ("share", "velocity"), [(1.0, 127), (0.5, 90), (0.1, 40), (1e-9, 1), (0.0, 1)]
)
def test_velocity(share: float, velocity: int) -> None:
    assert velocity_of(3.0 * share, 3.0) == velocity


@pytest.mark.parametrize(
    ("gains", "pan"),
    [((0.3, 0.3), 64), ((0.3, 0.0), 0), ((0.0, -0.3), 127), ((0.0, 0.0), 64), ((0.3,), 64), ((1.0, 0.5), 37)],
)  # fmt: skip
def test_pan(gains: tuple[float, ...], pan: int) -> None:
    assert pan_of(gains) == pan


def test_tracks_are_sources_under_their_names(mosaic: Mosaic, tmp_path: Path) -> None:
    read = exported(mosaic, tmp_path / "a.mid")
    names = [track.name for track in read.tracks]
    assert {"stereo", "mono", "mono (2)"} <= set(names)
    assert len(names) == len(set(names))
    assert read.conductor.name == "song"
    assert read.file.type == 1


def test_by_source_no_controller_moves_and_by_lane_each_note_has_its_own(
    mosaic: Mosaic, tmp_path: Path
) -> None:
    plain = exported(mosaic, tmp_path / "a.mid").notes
    assert {(note.pan, note.bend) for note in plain} == {(64, 0)}
    by_id = {
        note.told["id"]: note for note in exported(mosaic, tmp_path / "b.mid", by="lane").notes
    }
    for note in by_id.values():
        assert note.pan == pan_of(note.told["gains"])
        assert note.bend == round(8192 * note.told["cents"] / 200.0)
    assert by_id[1].bend == -696


def test_by_lane_one_note_of_a_track_sounds_at_a_time(mosaic: Mosaic, tmp_path: Path) -> None:
    last: dict[str, float] = {}
    for note in exported(mosaic, tmp_path / "a.mid", by="lane").notes:
        assert note.start_s >= last.get(note.track, 0.0)
        last[note.track] = note.end_s


def test_a_key_that_sounds_twice_goes_into_another_track_and_one_that_follows_does_not(
    mosaic: Mosaic, tmp_path: Path
) -> None:
    chromosome = Chromosome(Clip("s1", 0, 4410))
    onsets = (0, 2205, 4410, 6615)
    placed = tuple(
        Placement(number, chromosome, onset, (1.0, 1.0), 1, 1)
        for number, onset in enumerate(onsets, start=1)
    )
    read = exported(replace(mosaic, placements=placed), tmp_path / "a.mid")
    tracks = {note.told["id"]: note.track for note in read.notes}
    assert tracks == {1: "mono", 2: "mono (2)", 3: "mono", 4: "mono (2)"}
    assert all(note.end_s - note.start_s == pytest.approx(0.1, abs=1e-3) for note in read.notes)
    # Where one ends as the other begins, the end comes first.
    kinds = [message.type for message in read.tracks[0] if message.type.startswith("note")]
    assert kinds == ["note_on", "note_off", "note_on", "note_off"]


def test_channels_begin_anew_after_fifteen_and_leave_out_the_drums(
    mosaic: Mosaic, tmp_path: Path
) -> None:
    sources = tuple(
        replace(mosaic.sources[1], id=f"x{number}", path=f"{number:02d}.wav")
        for number in range(17)
    )
    placed = tuple(
        Placement(number + 1, Chromosome(Clip(f"x{number}", 0, 9000)), number, (1.0, 1.0), 1, 1)
        for number in range(17)
    )
    read = exported(replace(mosaic, sources=sources, placements=placed), tmp_path / "a.mid")
    assert [note.channel for note in read.notes] == [*CHANNELS, *CHANNELS[:2]]
    assert 9 not in CHANNELS


@pytest.mark.parametrize(
    ("bpm", "first_beat_s", "bars", "bar_line_s"),
    [
        (120.0, 0.0, [(0, 4)], 0.0),
        (120.0, 0.6, [(0, 1), (1, 4)], 0.6),
        (120.0, 3.1, [(0, 2), (2, 4), (6, 4)], 3.1),
        (120.0, 0.1, [(0, 4), (4, 4)], 2.1),
    ],
)
def test_the_first_beat_falls_on_a_bar_line(
    mosaic: Mosaic,
    tmp_path: Path,
    bpm: float,
    first_beat_s: float,
    bars: list[tuple[int, int]],
    bar_line_s: float,
) -> None:
    longer = replace(mosaic, target=replace(mosaic.target, duration_s=8.0))
    read = exported(longer, tmp_path / "a.mid", bpm=bpm, first_beat_s=first_beat_s)
    found, tick, marker = [], 0, 0
    for message in read.conductor:
        tick += message.time
        if message.type == "time_signature":
            found.append((tick // read.file.ticks_per_beat, message.numerator))
        if message.type == "marker":
            marker = tick
    assert found == bars
    assert read.seconds(bars[-1][0] * read.file.ticks_per_beat) == pytest.approx(
        bar_line_s, abs=1e-4
    )
    assert read.seconds(marker) == pytest.approx(first_beat_s, abs=1e-3)


def test_no_tick_is_longer_than_a_millisecond() -> None:
    for bpm in (5.0, 20.0, 31.9, 32.0, 60.0, 960.0):
        tempo = TempoMap.of(bpm, 0.0)
        assert tempo.us_per_beat / tempo.ticks_per_beat <= 1000.0
        assert tempo.ticks_per_beat < 2**15


def test_the_slowest_tempo_that_a_file_can_hold_is_not_passed() -> None:
    assert TempoMap.of(5.0, 17.9).lead_us_per_beat < 2**24


def test_sounds_need_not_be_there(mosaic: Mosaic, tmp_path: Path, project: Path) -> None:
    for path in project.rglob("*.wav"):
        path.unlink()
    assert exported(mosaic, tmp_path / "a.mid").notes


def test_a_mosaic_of_nothing_is_a_tempo(mosaic: Mosaic, tmp_path: Path) -> None:
    read = exported(replace(mosaic, placements=()), tmp_path / "a.mid")
    assert read.tracks == []


def test_the_same_mosaic_gives_the_same_bytes(mosaic: Mosaic, tmp_path: Path) -> None:
    first, second = (
        export_mosaic(mosaic, "midi", tmp_path / name).read_bytes() for name in ("a", "b")
    )
    assert first == second


def test_progress_grows_to_one(mosaic: Mosaic, tmp_path: Path) -> None:
    told: list[float] = []
    exported(mosaic, tmp_path / "a.mid", options=Options(progress=told.append))
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_notes_are_in_the_order_of_their_onsets(arrange: Callable[..., Arrangement]) -> None:
    notes = notes_of(arrange(), TempoMap.of(120.0, 0.0))
    assert [note.start for note in notes] == sorted(note.start for note in notes)
    assert all(1 <= note.velocity <= 127 and note.end > note.start for note in notes)


def test_what_ends_where_the_song_begins_is_no_note(mosaic: Mosaic, tmp_path: Path) -> None:
    first = replace(mosaic.placements[1], onset_samples=-5010)
    assert not exported(replace(mosaic, placements=(first,)), tmp_path / "out").notes
