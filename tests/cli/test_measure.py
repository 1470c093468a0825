from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from phenotune.audio.files import write_sound
from phenotune.cli.measure import sound_of

RATE_HZ = 44_100


@pytest.fixture
def song(tmp_path: Path, rng: np.random.Generator) -> Path:
    time_s = np.arange(RATE_HZ) / RATE_HZ
    beats = np.sin(2 * np.pi * 330 * time_s) * (0.2 + (time_s % 0.25 < 0.1))
    samples = (0.3 * beats + 0.01 * rng.normal(size=RATE_HZ)).astype(np.float32)[np.newaxis]
    write_sound(tmp_path / "song.wav", samples, RATE_HZ)
    write_sound(tmp_path / "quiet.wav", samples * 0.5, RATE_HZ)
    noise = 0.1 * rng.normal(size=(2, RATE_HZ // 2))
    write_sound(tmp_path / "noise.wav", noise.astype(np.float32), RATE_HZ)
    return tmp_path / "song.wav"


def test_a_row_a_file_with_names_and_directions(song: Path, call: Callable[..., Any]) -> None:
    called = call("measure", song, song.with_name("quiet.wav"), song.with_name("noise.wav"))
    assert (called.code, called.err) == (0, "")
    header, quiet, noise, better = (line.split() for line in called.out.splitlines())
    assert header[:3] == ["lmsd_db", "sc", "mrstft"]
    assert quiet[0] == str(song.with_name("quiet.wav"))
    assert noise[0] == str(song.with_name("noise.wav"))
    assert better[:5] == ["better", "lower", "lower", "lower", "higher"]
    assert float(quiet[1]) < 0.5 < float(noise[1])
    assert float(quiet[9]) == pytest.approx(6.0, abs=0.1)


def test_json_has_the_figures_in_full(song: Path, call: Callable[..., Any]) -> None:
    called = call("measure", song, song.with_name("quiet.wav"), song, "--json")
    rows = [json.loads(line) for line in called.out.splitlines()]
    assert [row["file"] for row in rows] == [str(song.with_name("quiet.wav")), str(song)]
    assert rows[1]["onset_r"] == pytest.approx(1.0)
    assert rows[1]["mel_expl"] == pytest.approx(100.0)


def test_latency_can_be_taken_away(song: Path, call: Callable[..., Any]) -> None:
    from phenotune.audio.files import read_sound

    late = np.pad(read_sound(song).samples, ((0, 0), (2205, 0)))
    write_sound(song.with_name("late.wav"), late, RATE_HZ)
    onset_r = []
    for options in ([], ["--align"]):
        called = call("measure", song, song.with_name("late.wav"), "--json", *options)
        row = json.loads(called.out)
        assert row["lag_ms"] == pytest.approx(50.0, abs=1.0)
        onset_r.append(row["onset_r"])
    assert onset_r[1] > onset_r[0] + 0.3


def test_a_run_folder_stands_for_its_mosaic(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert sound_of(tmp_path) == tmp_path
    (tmp_path / "out" / "mosaic.wav").touch()
    assert sound_of(tmp_path) == tmp_path / "out" / "mosaic.wav"


def test_what_is_no_sound_is_named(song: Path, call: Callable[..., Any]) -> None:
    notes = song.with_name("notes.txt")
    notes.write_text("not a sound")
    called = call("measure", song, notes)
    assert (called.code, called.out) == (1, "")
    assert called.err.startswith(f"error: {notes}: ")
