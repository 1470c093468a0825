from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from phenotune.audio.files import write_sound

RATE_HZ = 22_050


@pytest.fixture
def songs(tmp_path: Path, rng: np.random.Generator) -> list[Path]:
    metronome = np.zeros((1, 10 * RATE_HZ), np.float32)
    for start in range(RATE_HZ // 10, metronome.shape[1] - 200, RATE_HZ // 2):
        metronome[0, start : start + 200] = rng.uniform(-0.5, 0.5, 200)
    hiss = 0.1 * rng.standard_normal((2, 5 * RATE_HZ))
    write_sound(tmp_path / "metronome.wav", metronome, RATE_HZ)
    write_sound(tmp_path / "hiss.wav", hiss.astype(np.float32), RATE_HZ)
    return [tmp_path / "metronome.wav", tmp_path / "hiss.wav"]


def test_a_row_a_song(songs: list[Path], call: Callable[..., Any]) -> None:
    called = call("tempo", *songs)
    assert (called.code, called.err) == (0, "")
    header, metronome, hiss = called.out.splitlines()
    assert header.split() == ["beats/min", "confidence", "first", "beat", "half", "double"]
    assert metronome.split() == [
        str(songs[0]),
        "120.0",
        "1.00",
        metronome.split()[3],
        "s",
        "60.0",
        "240.0",
    ]
    assert float(metronome.split()[3]) == pytest.approx(0.1, abs=0.01)
    assert hiss.split()[2] == "0.00"


def test_json_has_the_figures_in_full(songs: list[Path], call: Callable[..., Any]) -> None:
    called = call("tempo", *songs, "--json")
    rows = [json.loads(line) for line in called.out.splitlines()]
    assert [row["file"] for row in rows] == [str(song) for song in songs]
    names = ["file", "bpm", "first_beat_s", "confidence", "half_bpm", "double_bpm"]
    assert list(rows[0]) == names
    assert rows[0]["bpm"] == pytest.approx(120.0, abs=0.05)
    assert rows[0]["half_bpm"] == rows[0]["bpm"] / 2.0


def test_what_is_no_sound_is_named(songs: list[Path], call: Callable[..., Any]) -> None:
    notes = songs[0].with_name("notes.txt")
    notes.write_text("not a sound")
    called = call("tempo", notes)
    assert (called.code, called.out) == (1, "")
    assert called.err.startswith(f"error: {notes}: ")


def test_without_a_song_it_is_the_callers_mistake(call: Callable[..., Any]) -> None:
    assert call("tempo").code == 2
