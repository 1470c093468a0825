from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from phenotune.audio.files import read_sound, write_sound
from phenotune.errors import LibraryError, ParameterError, RunFolderError
from phenotune.export.formats import FORMATS, checked, export_mosaic, format_named
from phenotune.export.options import Options
from phenotune.mosaic.mosaic import Mosaic

OURS = ["csv", "labels", "clips", "cues", "stems"]


def test_a_format_is_found_by_its_name() -> None:
    assert format_named("csv") is FORMATS["csv"]
    assert {format_named(name).name for name in FORMATS} == set(FORMATS)


def test_an_unknown_format_is_refused_with_the_list(mosaic: Mosaic, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"called 'als'; expected one of reaper, dawproject, "):
        format_named("als")
    with pytest.raises(ParameterError, match="no export format called 'als'"):
        export_mosaic(mosaic, "als", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_format_does_what_it_usually_does() -> None:
    reaper = checked(FORMATS["reaper"], None)
    assert (reaper.mode, reaper.by) == ("live", "source")
    assert checked(FORMATS["reaper"], Options(bits=16), "baked", "lane") == Options(
        "baked", "lane", 16
    )


@pytest.mark.parametrize(
    ("to", "asked", "message"),
    [
        ("dawproject", {"mode": "live"}, "mode of dawproject: expected one of baked; got 'live'"),
        ("csv", {"mode": "live"}, "mode of csv: expected none, for it has no use for it; got"),
        ("reaper", {"by": "cycle"}, "by of reaper: expected one of source, lane; got 'cycle'"),
        ("labels", {"by": "lane"}, "by of labels: expected none"),
        ("csv", {"options": Options(bits=8)}, r"bits: expected 16, 24 or 32 \(float\), got 8"),
        ("stems", {"options": Options(n_parts=0)}, "n_parts: expected 1 or more, got 0"),
        ("csv", {"rate_hz": 5}, "rate_hz: expected 1000 to 768000 Hz, got 5"),
        ("csv", {"bpm": 0.0}, "bpm: expected 5 to 960 beats a minute, got 0.0"),
        ("csv", {"bpm": math.nan}, "bpm: expected 5 to 960"),
        ("csv", {"first_beat_s": -1.0}, "first_beat_s: expected 0 or more seconds, got -1.0"),
        ("csv", {"first_beat_s": math.inf}, "first_beat_s: expected 0 or more seconds, got inf"),
    ],
)
def test_what_a_format_cannot_do_is_refused(
    mosaic: Mosaic, tmp_path: Path, to: str, asked: dict[str, Any], message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        export_mosaic(mosaic, to, tmp_path / "out", **asked)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("to", OURS)
def test_an_export_is_refused_where_something_is_and_forced_into_it(
    mosaic: Mosaic, tmp_path: Path, to: str
) -> None:
    out = tmp_path / "out"
    document = export_mosaic(mosaic, to, out)
    assert document.exists()
    first = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    with pytest.raises(RunFolderError, match="out: is there already"):
        export_mosaic(mosaic, to, out)
    (out / "notes.txt").write_text("mine")
    assert export_mosaic(mosaic, to, out, force=True) == document
    second = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert second == {**first, out / "notes.txt": b"mine"}


@pytest.mark.parametrize("to", OURS)
def test_progress_grows_to_one(mosaic: Mosaic, tmp_path: Path, to: str) -> None:
    told: list[float] = []
    export_mosaic(mosaic, to, tmp_path / "out", Options(progress=told.append))
    assert told == sorted(told)
    assert told[-1] == 1.0


@pytest.mark.parametrize("to", OURS)
def test_a_mosaic_of_nothing_is_exported(mosaic: Mosaic, tmp_path: Path, to: str) -> None:
    assert export_mosaic(replace(mosaic, placements=()), to, tmp_path / "out").exists()


def test_the_document_is_where_it_is_asked_for(mosaic: Mosaic, tmp_path: Path) -> None:
    assert export_mosaic(mosaic, "csv", tmp_path / "out") == tmp_path / "out" / "song.csv"
    assert export_mosaic(mosaic, "csv", tmp_path / "A.CSV") == tmp_path / "A.CSV"
    named = export_mosaic(mosaic, "csv", tmp_path / "other", name="../My: song")
    assert named == tmp_path / "other" / "My_ song.csv"
    assert named.exists()
    assert export_mosaic(mosaic, "stems", tmp_path / "stems") == tmp_path / "stems"


def test_lists_need_no_sounds_and_sounds_do(mosaic: Mosaic, tmp_path: Path, project: Path) -> None:
    (project / "records" / "mono.wav").unlink()
    assert export_mosaic(mosaic, "csv", tmp_path / "csv").exists()
    with pytest.raises(LibraryError, match=r"mono\.wav"):
        export_mosaic(mosaic, "stems", tmp_path / "deep" / "stems")
    assert not (tmp_path / "deep").exists()


def test_sources_that_moved_are_found_in_other_folders(
    mosaic: Mosaic, tmp_path: Path, project: Path
) -> None:
    moved = tmp_path / "moved"
    (project / "records").rename(moved)
    assert export_mosaic(mosaic, "clips", tmp_path / "out", folders=[moved]).exists()


def test_a_source_that_has_changed_is_refused_or_taken_as_it_is_and_told(
    mosaic: Mosaic, tmp_path: Path, project: Path
) -> None:
    path = project / "records" / "mono.wav"
    write_sound(path, 0.5 * read_sound(path).samples, 44_100, bits=32)
    with pytest.raises(LibraryError, match=r"mono\.wav: has changed"):
        export_mosaic(mosaic, "stems", tmp_path / "out")
    told: list[str] = []
    asked = Options(note=told.append)
    folder = export_mosaic(mosaic, "stems", tmp_path / "out", asked, force=True)
    assert (folder / "stems.csv").exists()
    assert [line.partition(" (")[0] for line in told] == [
        f"{path}: has changed since the mosaic was made"
    ]


def test_sources_under_another_name_are_found_by_their_content(
    mosaic: Mosaic, tmp_path: Path, project: Path
) -> None:
    (project / "records" / "mono.wav").rename(project / "records" / "renamed.wav")
    where = [project / "records"]
    assert export_mosaic(mosaic, "clips", tmp_path / "out", folders=where).exists()


@pytest.mark.parametrize("to", ["cues", "stems"])
def test_what_is_turned_down_is_told(mosaic: Mosaic, tmp_path: Path, to: str) -> None:
    loud = tuple(replace(each, gains=(9.0, 9.0)) for each in mosaic.placements)
    told: list[str] = []
    asked = Options(bits=24, note=told.append)
    export_mosaic(replace(mosaic, placements=loud), to, tmp_path / "out", asked)
    assert len(told) == 1
    assert re.search(r"turned down by \d+\.\d dB so as not to clip", told[0])


def test_a_source_that_nothing_is_made_of_need_not_be_there(
    mosaic: Mosaic, tmp_path: Path, project: Path
) -> None:
    (project / "songs" / "never used.wav").unlink()
    assert export_mosaic(mosaic, "clips", tmp_path / "out").exists()


def test_a_mosaic_exports_itself(mosaic: Mosaic, tmp_path: Path) -> None:
    assert mosaic.export("labels", tmp_path / "a.txt") == tmp_path / "a.txt"
