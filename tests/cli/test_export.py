from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from phenotune.audio.files import read_sound, write_sound
from phenotune.canvas.placement import Placement
from phenotune.errors import MissingExtraError
from phenotune.export import formats
from phenotune.export.arrangement import Arrangement
from phenotune.export.options import Options
from phenotune.export.place import Place
from phenotune.genome.chromosome import Chromosome
from phenotune.library.clip import Clip
from phenotune.library.library import open_library
from phenotune.mosaic.facts import SourceFacts, TargetFacts
from phenotune.mosaic.mosaic import Mosaic

RATE_HZ = 8000


@pytest.fixture
def run(tmp_path: Path, rng: np.random.Generator) -> Path:
    """A run folder whose mosaic is two clips of one source, in a second."""
    noise = rng.uniform(-0.3, 0.3, (1, RATE_HZ)).astype(np.float32)
    (tmp_path / "sounds").mkdir()
    write_sound(tmp_path / "sounds" / "noise.wav", noise, RATE_HZ)
    source = open_library([tmp_path / "sounds"]).sources[0]
    clip = Chromosome(Clip(source.id, 0, RATE_HZ // 4))
    mosaic = Mosaic(
        rate_hz=RATE_HZ,
        seed=0,
        explained=0.5,
        target=TargetFacts("../../song.wav", "0" * 64, RATE_HZ, 2, 1.0),
        sources=(SourceFacts.of(source),),
        placements=(
            Placement(1, clip, RATE_HZ // 2, (0.5, 0.25), 1, 1),
            Placement(2, clip, 0, (0.5, 0.5), 2, 1),
        ),
    )
    folder = tmp_path / "RUN"
    (folder / "out").mkdir(parents=True)
    (folder / "state").mkdir()
    mosaic.save(folder / "out" / "mosaic.json")
    return folder


def test_a_run_is_exported_beside_its_results(run: Path, call: Callable[..., Any]) -> None:
    called = call("export", run, "--to", "csv")
    document = run / "export" / "csv" / "song.csv"
    assert (called.code, called.out, called.err) == (0, f"{document}\n", "")
    assert document.exists()


def test_what_a_format_has_to_say_is_said_beside_the_path(
    run: Path, call: Callable[..., Any]
) -> None:
    called = call("export", run, "--to", "reaper", "--bpm", "120", "--first-beat", "0")
    assert called.out == f"{run / 'export' / 'reaper' / 'song.rpp'}\n"
    assert called.err == "reaper: 2 of 2 placements are live, on their sources\n"


def test_a_mosaic_is_exported_beside_its_file(run: Path, call: Callable[..., Any]) -> None:
    called = call("export", run / "out" / "mosaic.json", "--to", "labels")
    assert called.out == f"{run / 'out' / 'export' / 'labels' / 'song.txt'}\n"


def test_several_formats_have_a_folder_each(
    run: Path, tmp_path: Path, call: Callable[..., Any]
) -> None:
    called = call("export", run, "--to", "csv", "--to", "stems", "-o", tmp_path / "out")
    assert called.out.splitlines() == [
        str(tmp_path / "out" / "csv" / "song.csv"),
        str(tmp_path / "out" / "stems"),
    ]
    assert called.code == 0
    assert call("export", run, "--to", "csv", "--to", "csv").out.count("\n") == 1


def test_the_place_can_be_a_file(run: Path, tmp_path: Path, call: Callable[..., Any]) -> None:
    called = call("export", run, "--to", "cues", "-o", tmp_path / "my.wav", "--bits", "16")
    assert called.out == f"{tmp_path / 'my.wav'}\n"
    assert read_sound(tmp_path / "my.wav").samples.shape == (2, RATE_HZ)


def test_rate_bits_tracks_and_parts_are_passed_on(
    run: Path, tmp_path: Path, call: Callable[..., Any]
) -> None:
    flags = ["--by", "cycle", "--parts", "2", "--rate", "16000", "--bits", "24"]
    called = call("export", run, "--to", "stems", *flags, "-o", tmp_path / "out")
    assert called.code == 0
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["1 cycle 1.wav", "2 cycle 2.wav", "stems.csv"]
    assert read_sound(tmp_path / "out" / names[0]).rate_hz == 16_000
    assert (tmp_path / "out" / names[0]).stat().st_size == pytest.approx(2 * 3 * 16_000, rel=0.01)


def test_nothing_is_replaced_unless_that_is_asked_for(
    run: Path, tmp_path: Path, call: Callable[..., Any]
) -> None:
    assert call("export", run, "--to", "csv").code == 0
    # The first format would have a free place; but nothing is begun where anything is in the way.
    called = call("export", run, "--to", "labels", "--to", "csv")
    assert (called.code, called.out) == (1, "")
    assert f"{run / 'export' / 'csv'}: is there already" in called.err
    assert not (run / "export" / "labels").exists()
    assert call("export", run, "--to", "labels", "--to", "csv", "--force").code == 0


def test_the_formats_are_listed(run: Path, call: Callable[..., Any]) -> None:
    listed = call("export", "--list")
    assert listed.code == 0
    lines = listed.out.splitlines()[1:]
    assert [line.split()[0] for line in lines] == list(formats.FORMATS)
    assert "source, group, lane, cycle" in listed.out
    assert call("export").out == listed.out


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--to", "als"], "no export format called 'als'; expected one of reaper, dawproject,"),
        (["--to", "csv", "--mode", "dead"], "--mode: expected one of live, baked; got 'dead'"),
        (["--to", "csv", "--by", "day"], "--by: expected one of source, group, lane, cycle"),
        (["--to", "csv", "--mode", "live"], "mode of csv: expected none"),
        (["--to", "csv", "--to", "labels", "--by", "lane"], "by of csv: expected none"),
        (["--to", "stems", "--bits", "8"], r"--bits: expected 16, 24 or 32 \(float\), got 8"),
        (["--to", "stems", "--parts", "0"], "--parts: expected 1 or more, got 0"),
        (["--to", "stems", "--rate", "1"], "--rate: expected 1000 to 768000 Hz, got 1"),
    ],
)
def test_what_makes_no_sense_is_refused(
    run: Path, call: Callable[..., Any], flags: list[str], message: str
) -> None:
    called = call("export", run, *flags)
    assert (called.code, called.out) == (2, "")
    assert message.replace("\\", "") in called.err
    assert not (run / "export").exists()


def test_a_run_without_a_format_is_a_mistake(run: Path, call: Callable[..., Any]) -> None:
    called = call("export", run)
    assert (called.code, called.out) == (2, "")
    assert "--to: expected a format; `phenotune export --list` shows them" in called.err


def test_quiet_prints_the_path_alone(run: Path, call: Callable[..., Any]) -> None:
    called = call("export", run, "--to", "midi", "-q")
    assert (called.code, called.err) == (0, "")
    assert called.out.count("\n") == 1


def test_a_mosaic_must_be_named(call: Callable[..., Any]) -> None:
    called = call("export", "--to", "csv")
    assert called.code == 2
    assert "expected a run folder or a mosaic.json" in called.err


def test_a_wish_that_some_of_several_formats_can_follow_is_followed_by_them(
    run: Path, call: Callable[..., Any]
) -> None:
    called = call("export", run, "--to", "csv", "--to", "stems", "--by", "lane")
    assert called.code == 0
    assert (run / "export" / "stems" / "1 lane 1.wav").exists()


def test_sources_that_have_moved_can_be_found(
    run: Path, tmp_path: Path, call: Callable[..., Any]
) -> None:
    (tmp_path / "sounds").rename(tmp_path / "elsewhere")
    called = call("export", run, "--to", "clips")
    assert (called.code, called.out) == (1, "")
    assert "noise.wav" in called.err
    assert not (run / "export").exists()
    assert call("export", run, "--to", "clips", "--sources", tmp_path / "elsewhere").code == 0


def test_a_cycle_needs_the_log_of_a_run(run: Path, call: Callable[..., Any]) -> None:
    called = call("export", run / "out" / "mosaic.json", "--to", "csv", "--cycle", "1")
    assert called.code == 2
    assert "--cycle: expected a run folder" in called.err


def test_the_song_of_a_folder_made_by_hand_is_called_after_the_folder(
    run: Path, call: Callable[..., Any]
) -> None:
    path = run / "out" / "mosaic.json"
    mosaic = Mosaic.load(path)
    replace(mosaic, target=replace(mosaic.target, path="../target.wav")).save(path)
    assert call("export", run, "--to", "csv").out.endswith("RUN.csv\n")


Asked = list[tuple[Arrangement, Options]]


@pytest.fixture
def with_bars(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Formats ``one``, ``bars`` (which has a tempo) and ``extra`` (which is not installed); what they are asked."""
    asked: Asked = []

    def write(arrangement: Arrangement, place: Place, options: Options) -> None:
        asked.append((arrangement, options))
        place.document.write_text("made")

    def refuse(arrangement: Arrangement, place: Place, options: Options) -> None:
        raise MissingExtraError("writing it", "otio")

    class Made(formats.Format):
        @property
        def write(self) -> Callable[[Arrangement, Place, Options], None]:
            return refuse if self.name == "extra" else write

    made = [
        Made("one", "one", ".one"),
        Made("bars", "bars", ".bars", ("live", "baked"), ("lane",), has_tempo=True),
        Made("extra", "extra", ".extra", extra="otio"),
    ]
    monkeypatch.setattr(formats, "FORMATS", {each.name: each for each in made})
    return asked


def test_every_format_is_made_but_those_whose_extra_is_missing(
    run: Path, call: Callable[..., Any], with_bars: Asked
) -> None:
    called = call("export", run, "--to", "all", "--mode", "baked")
    assert called.code == 0
    assert called.out.splitlines() == [
        str(run / "export" / "one" / "song.one"),
        str(run / "export" / "bars" / "song.bars"),
    ]
    assert "extra: left out, for writing it needs the extra 'otio'" in called.err
    assert [options.mode for _, options in with_bars] == ["baked", "baked"]
    assert not (run / "export" / "extra").exists()
    called = call("export", run, "--to", "extra")
    assert (called.code, called.out) == (1, "")
    assert "needs the extra 'otio'" in called.err


def test_a_format_with_bars_is_told_the_tempo_and_people_are_told_where_it_comes_from(
    run: Path, call: Callable[..., Any], with_bars: Asked
) -> None:
    called = call("export", run, "--to", "bars")
    assert called.err == (
        "tempo: 120.0 beats/min, for the target is not there to be asked; first beat at 0.000 s "
        "(--bpm and --first-beat set them)\n"
    )
    (run / "log.jsonl").write_text(
        '{"event": "tempo_found", "bpm": 90.0, "first_beat_s": 0.5, "confidence": 0.7}\n'
    )
    called = call("export", run, "--to", "bars", "--force")
    assert "tempo: 90.0 beats/min, as the run found; first beat at 0.500 s" in called.err
    called = call("export", run, "--to", "bars", "--force", "--bpm", "77", "--first-beat", "1.5")
    assert called.err == ""
    told = [(arrangement.bpm, arrangement.first_beat_s) for arrangement, _ in with_bars]
    assert told == [(120.0, 0.0), (90.0, 0.5), (77.0, 1.5)]
    called = call("export", run, "--to", "bars", "--force", "--bpm", "0")
    assert (called.code, called.err) == (
        2,
        "error: --bpm: expected 5 to 960 beats a minute, got 0.0\n",
    )


def test_a_format_without_bars_asks_nobody(
    run: Path, call: Callable[..., Any], with_bars: Asked
) -> None:
    assert call("export", run, "--to", "one").err == ""
