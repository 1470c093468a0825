"""The project is read by ``rpp`` and played by a small REAPER of our own, which knows only what is written in it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soxr

from phenotune.arrays import Samples
from phenotune.audio.files import is_sound_name, read_sound
from phenotune.canvas.placement import Placement
from phenotune.export.options import Options
from phenotune.genome.chromosome import Chromosome, Gene
from phenotune.genome.genes.add import Add
from phenotune.genome.genes.append import Append
from phenotune.genome.genes.chunk import Chunk
from phenotune.genome.genes.envelope import Envelope
from phenotune.genome.genes.gain import Gain
from phenotune.genome.genes.repeat import Repeat
from phenotune.genome.genes.reverse import Reverse
from phenotune.genome.genes.split import Split
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.library.clip import Clip
from phenotune.library.library import open_library
from phenotune.mosaic.facts import SourceFacts, TargetFacts
from phenotune.mosaic.mosaic import Mosaic

rpp = pytest.importorskip("rpp")

LIVE_DB = 60.0
AROUND = 4096
"""Samples that are resampled along with a clip on both sides, so that the ends of the reading are not heard."""


class Player:
    """Plays a project into an array, as REAPER is described to do it."""

    def __init__(self, document: Path) -> None:
        self.folder = document.parent
        self.project = rpp.loads(document.read_text(encoding="utf-8"))
        self.rate_hz = int(value(self.project, "SAMPLERATE"))
        self.n_channels = int(self.project.find("RENDER_FMT")[2])
        self.n_samples = round(float(self.project.find("RENDER_RANGE")[3]) * self.rate_hz)
        self._files: dict[str, tuple[Samples, int]] = {}

    def items(self) -> Iterator[Any]:
        for track in self.project.findall("TRACK"):
            yield from track.findall("ITEM")

    def play(self) -> Samples:
        out = np.zeros((2, self.n_samples + 10 * self.rate_hz))
        for item in self.items():
            if not int(value(item, "MUTE")):
                self._play(item, out)
        return np.asarray(out[: self.n_channels, : self.n_samples], np.float32)

    def _play(self, item: Any, out: np.ndarray) -> None:
        onset = float(value(item, "POSITION")) * self.rate_hz
        n_samples = round(float(value(item, "LENGTH")) * self.rate_hz)
        first = round(onset)
        assert abs(onset - first) < 1e-5, "items begin at whole samples"
        speed, keeps_pitch = float(value(item, "PLAYRATE")), item.find("PLAYRATE")[2]
        assert keeps_pitch == "0"
        sound = self._read(item, float(value(item, "SOFFS")) * self.rate_hz, speed, n_samples)
        if value(item, "CHANMODE") == "2":
            sound = sound.mean(axis=0, keepdims=True)
        curve = self._fades(item, n_samples) * self._envelope(item, n_samples, speed)
        volume, pan, take_volume, _ = map(float, item.find("VOLPAN")[1:])
        sides = np.array([min(1.0, 1.0 - pan), min(1.0, 1.0 + pan)])[:, None]
        end = min(first + n_samples, out.shape[1])
        if first < end:
            heard = (sound * (curve * volume * take_volume) * sides)[:, : end - first]
            out[:, first:end] += heard

    def _read(self, item: Any, offset: float, speed: float, n_samples: int) -> np.ndarray:
        """A stretch of the source at the project's rate, from a place between samples, at a speed."""
        source = self._source(item.find("SOURCE"))
        start = int(np.floor(offset + 1e-6))
        part = offset - start if offset - start > 1e-6 else 0.0
        if speed == 1.0 and part == 0.0 and start >= 0:
            sound = source[:, start : start + n_samples].astype(np.float64)
        else:
            n_read = int(np.ceil(n_samples * speed)) + AROUND
            # Whole steps of output lie in the lead, so that the clip begins at a sample of it.
            n_lead = int(AROUND / speed)
            lead = offset - n_lead * speed
            base = int(np.floor(lead))
            span = np.zeros((source.shape[0], n_read + offset.__ceil__() - base))
            low, high = max(base, 0), min(base + span.shape[1], source.shape[1])
            span[:, low - base : high - base] = source[:, low:high]
            span = shifted(span, lead - base)
            if speed != 1.0:
                span = soxr.resample(span.T, speed * self.rate_hz, self.rate_hz, "HQ").T
            sound = span[:, n_lead : n_lead + n_samples]
        return np.pad(sound, ((0, 0), (0, n_samples - sound.shape[1])))

    def _source(self, source: Any) -> np.ndarray:
        if source.attrib[0] != "SECTION":
            return self._at_rate(*self._file(source))
        assert value(source, "MODE") == "2", "a section, turned round"
        samples, own_hz = self._file(source.find("SOURCE"))
        start = round(float(value(source, "STARTPOS")) * own_hz)
        end = start + round(float(value(source, "LENGTH")) * own_hz)
        return self._at_rate(np.ascontiguousarray(samples[:, start:end][:, ::-1]), own_hz)

    def _at_rate(self, samples: Samples, own_hz: int) -> np.ndarray:
        if own_hz == self.rate_hz:
            return samples
        return soxr.resample(samples.T, own_hz, self.rate_hz, "HQ").T

    def _file(self, source: Any) -> tuple[Samples, int]:
        name = value(source, "FILE")
        assert "\\" not in name
        assert not Path(name).is_absolute()
        if name not in self._files:
            sound = read_sound(self.folder / name)
            self._files[name] = sound.samples, sound.rate_hz
        return self._files[name]

    def _fades(self, item: Any, n_samples: int) -> np.ndarray:
        curve = np.ones(n_samples)
        for field, turned in (("FADEIN", False), ("FADEOUT", True)):
            shape, length_s = item.find(field)[1:3]
            n_fade = float(length_s) * self.rate_hz
            assert shape == ("5" if n_fade > 0 else "0")
            if n_fade > 0:
                from_end = n_samples - np.arange(n_samples)
                x = np.clip((from_end if turned else np.arange(n_samples)) / n_fade, 0.0, 1.0)
                curve *= x * x * (3.0 - 2.0 * x)
        return curve

    def _envelope(self, item: Any, n_samples: int, speed: float) -> np.ndarray:
        envelope = item.find("VOLENV")
        if envelope is None:
            return np.ones(n_samples)
        points = [(float(each[1]), float(each[2])) for each in envelope.findall("PT")]
        assert all(each[3] == "0" for each in envelope.findall("PT")), "straight lines"
        times_s, heights = zip(*points, strict=True)
        return np.interp(np.arange(n_samples) / self.rate_hz * speed, times_s, heights)


def value(element: Any, field: str) -> str:
    """The first value of a line."""
    return str(element.find(field)[1])


def shifted(sound: np.ndarray, part: float) -> np.ndarray:
    """Read a part of a sample later, by the spectrum."""
    if part == 0.0:
        return sound
    n = sound.shape[1]
    turn = np.exp(2j * np.pi * np.fft.rfftfreq(n) * part)
    return np.fft.irfft(np.fft.rfft(sound, axis=1) * turn, n, axis=1)


Difference = Callable[[Samples, Samples], float]


@pytest.mark.parametrize("by", ["source", "lane"])
def test_a_live_project_sounds_like_the_mosaic(
    mosaic: Mosaic, tmp_path: Path, by: str, signal_to_difference_db: Difference
) -> None:
    document = mosaic.export("reaper", tmp_path / "out", by=by)
    assert signal_to_difference_db(mosaic.render(), Player(document).play()) >= LIVE_DB


@pytest.mark.parametrize("number", [*range(1, 15), 16, 30, 31])
def test_each_placement_sounds_like_itself(
    mosaic: Mosaic, tmp_path: Path, number: int, signal_to_difference_db: Difference
) -> None:
    alone = only(mosaic, *(each for each in mosaic.placements if each.id == number))
    document = alone.export("reaper", tmp_path / "out")
    assert signal_to_difference_db(alone.render(), Player(document).play()) >= LIVE_DB


def only(mosaic: Mosaic, *placements: Placement) -> Mosaic:
    """The same mosaic with a few placements, all of them heard."""
    return replace(mosaic, placements=tuple(replace(each, muted=False) for each in placements))


def placed(*chromosomes: Chromosome, gains: tuple[float, ...] = (0.5, 0.25)) -> list[Placement]:
    return [
        Placement(i, each, 1000 * i, gains, 1, 1) for i, each in enumerate(chromosomes, start=1)
    ]


LONG = Clip("s4", 512, 20_000)
INSIDE = Chromosome(Clip("s1", 300, 9000), (Varispeed(-111.0), Envelope((0.0, -9.0, 2.0))))


@pytest.mark.parametrize(
    "genes",
    [
        (Varispeed(700.0), Split(0.3, "tail")),
        (Varispeed(-333.3), Reverse()),
        (Reverse(), Varispeed(433.3), Reverse()),
        (Varispeed(-700.0), Varispeed(650.0), Chunk(3, 1)),
        (Repeat(2), Varispeed(-250.0)),
        (Append(INSIDE), Reverse(), Varispeed(77.0)),
        (Add(INSIDE, 0.4), Split(0.6, "head")),
        (Append(INSIDE), Repeat(1), Envelope((0.0, -60.0, 6.0, -3.0, -20.0))),
        (Envelope((0.0, -60.0, 6.0)), Varispeed(-600.0), Reverse(), Envelope((3.0, -12.0))),
        (Gain(3.5), Envelope((0.0, -60.0))),
    ],
)
def test_chains_of_genes_stay_live(
    mosaic: Mosaic, tmp_path: Path, genes: tuple[Gene, ...], signal_to_difference_db: Difference
) -> None:
    alone = only(mosaic, *placed(Chromosome(LONG, genes)))
    document = alone.export("reaper", tmp_path / "out")
    assert not (document.parent / f"{document.stem}-sounds" / "baked").exists()
    assert signal_to_difference_db(alone.render(), Player(document).play()) >= LIVE_DB


@pytest.mark.parametrize(
    "chromosome",
    [
        Chromosome(Clip("s1", 300, 10), (Varispeed(-317.0),)),
        Chromosome(Clip("s1", 300, 50), (Repeat(3), Varispeed(-317.0))),
    ],
)
def test_what_is_hardly_more_than_its_ends_is_baked(
    mosaic: Mosaic, tmp_path: Path, chromosome: Chromosome, signal_to_difference_db: Difference
) -> None:
    """What REAPER reads around a cut is heard at its ends, and there is little between them."""
    alone = only(mosaic, *placed(chromosome))
    document = alone.export("reaper", tmp_path / "out")
    assert signal_to_difference_db(alone.render(), Player(document).play()) >= LIVE_DB


def test_a_source_that_is_slower_and_whole_can_be_turned_round(
    mosaic: Mosaic, tmp_path: Path, signal_to_difference_db: Difference
) -> None:
    """Of 22.05 kHz, the first sample that sounds lies half a sample beyond the last of the file."""
    alone = only(mosaic, *placed(Chromosome(Clip("s2", 0, 11_025), (Reverse(),))))
    document = alone.export("reaper", tmp_path / "out")
    assert signal_to_difference_db(alone.render(), Player(document).play()) >= LIVE_DB


def test_highs_that_were_lost_on_the_way_do_not_come_back(mosaic: Mosaic, tmp_path: Path) -> None:
    """Up and then down again loses what passed half the rate: REAPER, in one step, would not lose it."""
    up_and_down = Chromosome(LONG, (Varispeed(1200.0), Varispeed(-1200.0)))
    document = only(mosaic, *placed(up_and_down)).export("reaper", tmp_path / "out")
    (item,) = Player(document).items()
    assert value(item.find("SOURCE"), "FILE").startswith(f"{document.stem}-sounds/baked/")


@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
def test_a_baked_project_is_the_mosaic_to_the_last_bit_of_its_sum(
    mosaic: Mosaic, tmp_path: Path, rate_hz: int
) -> None:
    document = mosaic.export("reaper", tmp_path / "out", mode="baked", rate_hz=rate_hz)
    ours, player = mosaic.render(rate_hz), Player(document)
    assert np.abs(player.play() - ours).max() <= 2.0**-24
    for item in player.items():
        assert value(item, "PLAYRATE") == "1"
        assert item.find("VOLENV") is None


def test_a_live_project_may_have_another_rate(
    mosaic: Mosaic, tmp_path: Path, signal_to_difference_db: Difference
) -> None:
    document = mosaic.export("reaper", tmp_path / "out", rate_hz=48_000)
    assert signal_to_difference_db(mosaic.render(48_000), Player(document).play()) >= LIVE_DB


def test_a_mosaic_of_one_channel_folds_its_sources(
    mosaic: Mosaic, tmp_path: Path, signal_to_difference_db: Difference
) -> None:
    first = tuple(replace(each, gains=each.gains[:1]) for each in mosaic.placements)
    mono = replace(mosaic, n_channels=1, placements=first)
    document = mono.export("reaper", tmp_path / "out")
    assert signal_to_difference_db(mono.render(), Player(document).play()) >= LIVE_DB


def test_opposite_polarities_are_in_the_file(mosaic: Mosaic, tmp_path: Path) -> None:
    alone = only(mosaic, *placed(Chromosome(LONG), gains=(0.5, -0.25)))
    player = Player(alone.export("reaper", tmp_path / "out"))
    (item,) = player.items()
    assert item.find("VOLPAN")[1:] == ["1", "0", "1", "-1"]
    assert np.abs(player.play() - alone.render()).max() <= 2.0**-24


def test_states_are_kept(mosaic: Mosaic, tmp_path: Path) -> None:
    player = Player(mosaic.export("reaper", tmp_path / "out"))
    states = {}
    for item in player.items():
        number = int(value(item, "NAME").rpartition("#")[2])
        states[number] = (value(item, "MUTE") == "1", item.find("LOCK") is not None)
    kept = {each.id: (each.muted, each.locked) for each in mosaic.placements}
    assert states.items() <= kept.items()
    # One is empty, and one ends before the start.
    assert kept.keys() - states.keys() == {15, 18}
    assert all(float(value(item, "POSITION")) >= 0.0 for item in player.items())


def test_the_items_of_a_placement_are_a_group(mosaic: Mosaic, tmp_path: Path) -> None:
    twice = Chromosome(LONG, (Repeat(1),))
    player = Player(only(mosaic, *placed(LONG_ALONE, twice)).export("reaper", tmp_path / "out"))
    groups = [item.find("GROUP") for item in player.items()]
    assert groups == [None, ["GROUP", "2"], ["GROUP", "2"]]


LONG_ALONE = Chromosome(LONG)


def test_tracks_are_those_of_the_sources(mosaic: Mosaic, tmp_path: Path) -> None:
    player = Player(mosaic.export("reaper", tmp_path / "out"))
    names = [value(track, "NAME") for track in player.project.findall("TRACK")]
    used_s = [
        sum(float(value(item, "LENGTH")) for item in track.findall("ITEM"))
        for track in player.project.findall("TRACK")
    ]
    assert used_s == sorted(used_s, reverse=True)
    assert names[:2] == ["stereo", "mono"]
    # "only inside" is heard in baked placements alone, which stay with the source of their own clip.
    assert len(set(names)) == len(names) == 7
    for track in player.project.findall("TRACK"):
        colours = {value(item, "COLOR") for item in track.findall("ITEM")}
        assert colours == {value(track, "PEAKCOL")}


def test_no_items_of_a_lane_overlap(mosaic: Mosaic, tmp_path: Path) -> None:
    player = Player(mosaic.export("reaper", tmp_path / "out", by="lane"))
    for track in player.project.findall("TRACK"):
        end = 0
        for item in track.findall("ITEM"):
            start = round(float(value(item, "POSITION")) * player.rate_hz)
            assert start >= end
            end = start + round(float(value(item, "LENGTH")) * player.rate_hz)


def test_pieces_that_follow_on_one_another_share_a_lane(mosaic: Mosaic, tmp_path: Path) -> None:
    repeated = only(mosaic, *placed(Chromosome(Clip("s4", 512, 3001), (Repeat(6),))))
    (track,) = Player(repeated.export("reaper", tmp_path / "out", by="lane")).project.findall(
        "TRACK"
    )
    assert len(track.findall("ITEM")) == 7


def test_envelopes_that_only_correct_the_fades_are_not_shown(
    mosaic: Mosaic, tmp_path: Path
) -> None:
    shaped = Chromosome(LONG, (Envelope((0.0, -6.0)),))
    player = Player(only(mosaic, *placed(LONG_ALONE, shaped)).export("reaper", tmp_path / "out"))
    shown = [value(item.find("VOLENV"), "VIS") for item in player.items()]
    assert shown == ["0", "1"]


def test_names_are_plain_and_read_back(mosaic: Mosaic, tmp_path: Path) -> None:
    document = mosaic.export("reaper", tmp_path / "out")
    text = document.read_text(encoding="utf-8")
    assert rpp.loads(rpp.dumps(rpp.loads(text))) == rpp.loads(text)
    names = [line.strip() for line in text.splitlines() if "NAME " in line or "FILE " in line]
    assert not set("'`<>\\%|\t") & set("".join(names))
    assert all(line.count('"') == 2 for line in names)
    sources = document.parent / f"{document.stem}-sounds" / "sources"
    assert all(len(path.name.encode()) < 100 for path in sources.iterdir())


def test_the_same_mosaic_gives_the_same_bytes(mosaic: Mosaic, tmp_path: Path) -> None:
    documents = [mosaic.export("reaper", tmp_path / name) for name in ("a", "b")]
    assert documents[0].read_bytes() == documents[1].read_bytes()


def test_tempo_and_markers(mosaic: Mosaic, tmp_path: Path) -> None:
    document = mosaic.export("reaper", tmp_path / "song.rpp", bpm=93.5, first_beat_s=0.25)
    project = Player(document).project
    assert project.find("TEMPO") == ["TEMPO", "93.5", "4", "4", "0"]
    assert project.findall("MARKER") == [
        ["MARKER", "1", "0.25", "first beat", "0"],
        ["MARKER", "2", "2", "end of the song", "0"],
    ]


def test_people_are_told_what_is_baked_and_why(mosaic: Mosaic, tmp_path: Path) -> None:
    notes: list[str] = []
    shares: list[float] = []
    options = Options(note=notes.append, progress=shares.append)
    mosaic.export("reaper", tmp_path / "out", options=options)
    assert notes == [
        "15 of 20 placements are live, on their sources; 5 are baked "
        "(2 for channels of opposite polarity, 3 for their filters)"
    ]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_mosaic_without_placements_is_a_project_without_tracks(
    mosaic: Mosaic, tmp_path: Path
) -> None:
    document = only(mosaic).export("reaper", tmp_path / "out")
    assert [path.name for path in document.parent.iterdir()] == [document.name]
    assert not Player(document).play().any()


@pytest.mark.skipif(os.name != "posix", reason="such names are not possible there")
def test_a_project_may_be_called_anything(mosaic: Mosaic, tmp_path: Path) -> None:
    document = mosaic.export("reaper", tmp_path / "a\"b'c`d.rpp")
    assert document.name == "a\"b'c`d.rpp"
    assert Player(document).play().any()


CHAINS = (
    (),
    (Varispeed(-700.0), Envelope((0.0, -12.0, 3.0))),
    (Reverse(), Varispeed(350.0)),
    (Split(0.4, "tail"), Envelope((0.0, -60.0, -6.0, 0.0))),
)


@pytest.mark.slow
def test_a_live_project_of_real_music(
    real_audio: Path, tmp_path: Path, signal_to_difference_db: Difference
) -> None:
    paths = (each for each in sorted(real_audio.rglob("library/**/*")) if is_sound_name(each))
    sources = open_library(list(islice(paths, 12))).sources
    placements = [
        Placement(
            number,
            Chromosome(Clip(each.id, 0, min(each.n_samples, each.rate_hz)), CHAINS[number % 4]),
            11_025 * number - 2000,
            (0.5, 0.4),
            1,
            number,
        )
        for number, each in enumerate(sources)
    ]
    mosaic = Mosaic(
        rate_hz=44_100,
        seed=0,
        explained=0.5,
        target=TargetFacts(str(tmp_path / "song.wav"), "0" * 64, 44_100, 2, 4.0),
        sources=tuple(map(SourceFacts.of, sources)),
        placements=tuple(placements),
    )
    document = mosaic.export("reaper", tmp_path / "out")
    assert signal_to_difference_db(mosaic.render(), Player(document).play()) >= LIVE_DB
