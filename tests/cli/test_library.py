from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from phenotune.audio.files import write_sound


@pytest.fixture
def records(tmp_path: Path, rng: np.random.Generator) -> Path:
    folder = tmp_path / "records"
    (folder / "drums").mkdir(parents=True)
    for name, n_channels, rate_hz in (("drums/kick.wav", 1, 44_100), ("voice.wav", 2, 48_000)):
        noise = rng.normal(0.0, 0.1, (n_channels, rate_hz // 2)).astype(np.float32)
        write_sound(folder / name, noise, rate_hz)
    write_sound(folder / "blank.wav", np.zeros((1, 44_100), np.float32), 44_100)
    (folder / "CREDITS.txt").write_text("voice.wav by A. Singer, CC0\n")
    return folder


def test_what_is_used_and_what_is_skipped(records: Path, call: Callable[..., Any]) -> None:
    called = call("library", records)
    assert called.code == 0
    assert called.err.startswith("warning: 1 of 2 sounds states no licence (kick.wav); ")
    assert called.err.count("\n") == 1
    lines = called.out.splitlines()
    assert lines[0] == "2 sounds, 0:01 in all"
    assert lines[1].split()[:5] == ["0.50", "s", "44100", "Hz", "mono"]
    assert str(records / "drums" / "kick.wav") in lines[1]
    assert "stereo" in lines[2]
    assert "no licence" in lines[1]
    assert "CC0 1.0" in lines[2]
    assert "A. Singer" in lines[2]
    assert lines[4] == "1 file skipped"
    assert str(records / "blank.wav") in lines[5]
    assert "silen" in lines[5]


def test_json_rows(records: Path, call: Callable[..., Any]) -> None:
    rows = [json.loads(line) for line in call("library", records, "--json").out.splitlines()]
    used = [row for row in rows if "use" in row]
    assert [(row["rate_hz"], row["n_channels"]) for row in used] == [(44_100, 1), (48_000, 2)]
    assert all(row["id"].startswith("s") and len(row["id"]) == 13 for row in used)
    assert used[0]["duration_s"] == 0.5
    assert [row["licence"]["name"] for row in used] == [None, "CC0 1.0"]
    assert used[1]["licence"]["allows_derivatives"] is True
    assert [row["skip"] for row in rows if "skip" in row] == [str(records / "blank.wav")]


def test_patterns_leave_files_out(records: Path, call: Callable[..., Any]) -> None:
    called = call("library", records, "--exclude", "*kick*", "--exclude", "blank*")
    assert called.out.startswith("1 sound, ")
    assert "kick.wav" not in called.out
    assert "skipped" not in called.out


def test_nothing_usable_is_an_error(tmp_path: Path, call: Callable[..., Any]) -> None:
    called = call("library", tmp_path)
    assert (called.code, called.out) == (1, "")
    assert str(tmp_path) in called.err


def test_only_licensed_sounds(records: Path, call: Callable[..., Any]) -> None:
    called = call("library", records, "--only-licensed")
    assert (called.code, called.err) == (0, "")
    lines = called.out.splitlines()
    assert lines[0].startswith("1 sound, ")
    assert lines[3] == "2 files skipped"
    assert lines[5].split()[-3:] == ["states", "no", "licence"]


def test_nothing_licensed_is_an_error_that_says_so(records: Path, call: Callable[..., Any]) -> None:
    (records / "CREDITS.txt").write_text("voice.wav by A. Singer, all rights reserved\n")
    called = call("library", records, "--only-licensed")
    assert (called.code, called.out) == (1, "")
    assert "library.only_licensed leaves nothing" in called.err
    assert "may not be changed (all rights reserved)" in called.err
