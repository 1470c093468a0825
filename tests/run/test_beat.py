"""The target's beat: estimated where it is left open, and the same whenever the run goes on."""

from __future__ import annotations

import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import phenotune as pt
from phenotune.audio.files import write_sound
from phenotune.errors import TargetError
from phenotune.run.beat import doubts, find_beat, on_the_beat, tempo_of
from phenotune.run.events import TempoFound
from phenotune.run.log import read_log
from phenotune.search.settings import RhythmSettings

from .conftest import RATE_HZ, Music, write, write_records

BPM = 100.0
FIRST_S = 0.15


def ticking(duration_s: float, bpm: float = BPM) -> np.ndarray:
    """A tick on every beat, every other one lower and louder, float64 (n_samples,)."""
    sound = np.zeros(round(duration_s * RATE_HZ))
    t = np.arange(round(0.1 * RATE_HZ)) / RATE_HZ
    for beat in range(int((duration_s - FIRST_S) * bpm / 60.0)):
        hz, level = ((80.0, 0.8), (2000.0, 0.4))[beat % 2]
        start = round((FIRST_S + beat * 60.0 / bpm) * RATE_HZ)
        tick = level * np.sin(2.0 * np.pi * hz * t) * np.exp(-t / 0.02)
        sound[start : start + tick.size] += tick[: sound.size - start]
    return sound


@pytest.fixture(scope="module")
def target() -> Any:
    """What is read of a target here."""
    samples = ticking(12.0)[np.newaxis].astype(np.float32)
    return SimpleNamespace(samples=samples, engine_rate_hz=RATE_HZ)


def found(target: Any, **settings: float) -> TempoFound:
    beat = find_beat(target, RhythmSettings(strength=1.0, **settings))
    assert beat is not None
    return beat


def test_nobody_pays_for_a_beat_that_is_not_asked_for() -> None:
    assert find_beat(SimpleNamespace(), RhythmSettings()) is None  # type: ignore[arg-type]
    known = RhythmSettings(strength=1.0, bpm=90.0, first_beat_s=0.0)
    assert find_beat(SimpleNamespace(), known) is None  # type: ignore[arg-type]
    assert on_the_beat(known, None) == known


def test_lengths_in_beats_need_the_tempo_and_no_lines(target: Any) -> None:
    """The first beat is looked for where lines are asked for, by the rhythm or by the style."""
    rhythm = RhythmSettings(min_clip_beats=1.0)
    beat = find_beat(target, rhythm)
    assert beat is not None
    assert beat.bpm == pytest.approx(BPM, abs=0.05)
    assert find_beat(target, RhythmSettings(), wants_tempo=True) == beat
    assert find_beat(target, RhythmSettings(), wants_lines=True) == beat
    known = RhythmSettings(bpm=BPM)
    assert find_beat(target, known, wants_tempo=True) is None
    lines = find_beat(target, known, wants_lines=True)
    assert lines is not None
    assert lines.first_beat_s == pytest.approx(FIRST_S, abs=0.01)


def test_tempo_and_first_beat_are_estimated(target: Any) -> None:
    beat = found(target)
    assert beat.bpm == pytest.approx(BPM, abs=0.05)
    assert beat.first_beat_s == pytest.approx(FIRST_S, abs=0.01)
    assert beat.confidence == pytest.approx(1.0, abs=0.1)
    assert beat == found(target)


def test_what_is_set_is_kept(target: Any) -> None:
    assert found(target, first_beat_s=0.4).first_beat_s == 0.4
    assert found(target, first_beat_s=0.4).bpm == found(target).bpm
    beat = found(target, bpm=100.0)
    assert (beat.bpm, beat.confidence) == (100.0, None)
    assert beat.first_beat_s == pytest.approx(FIRST_S, abs=0.01)


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_another_octave_has_its_own_first_beat(target: Any, factor: float) -> None:
    beat = found(target, tempo_factor=factor)
    assert beat.bpm == pytest.approx(factor * BPM, abs=0.1)
    # The low strokes are those of the half tempo.
    assert beat.first_beat_s == pytest.approx(FIRST_S, abs=0.015)


def test_the_factor_is_for_estimates_alone(target: Any) -> None:
    assert found(target, bpm=100.0, tempo_factor=2.0).bpm == 100.0


def test_the_search_gets_settings_with_nothing_open(target: Any) -> None:
    rhythm = RhythmSettings(strength=0.7, per_beat=4)
    beat = find_beat(target, rhythm)
    assert beat is not None
    settled = on_the_beat(rhythm, beat)
    assert (settled.bpm, settled.first_beat_s) == (beat.bpm, beat.first_beat_s)
    assert (settled.strength, settled.per_beat) == (0.7, 4)


def test_doubts_name_the_setting() -> None:
    (doubt,) = doubts(TempoFound(bpm=93.7, first_beat_s=0.1, confidence=0.123))
    assert "confidence 0.12" in doubt
    assert "93.7 beats/min" in doubt
    assert "rhythm.bpm" in doubt
    assert not doubts(TempoFound(93.7, 0.1, 0.9))
    assert not doubts(TempoFound(93.7, 0.1, None))
    assert not doubts(None)


def test_the_tempo_of_a_file(tmp_path: Path) -> None:
    path = write(tmp_path / "song.wav", ticking(12.0))
    assert tempo_of(path).bpm == pytest.approx(BPM, abs=0.05)
    short = write(tmp_path / "short.wav", ticking(1.0)[: RATE_HZ // 4])
    assert tempo_of(short).confidence == 0.0
    write_sound(tmp_path / "blank.wav", np.zeros((1, RATE_HZ), np.float32), RATE_HZ)
    with pytest.raises(TargetError, match=r"blank.wav: is silent"):
        tempo_of(tmp_path / "blank.wav")


SMALL = {
    "search.population": 12,
    "search.capacity": 12,
    "search.top": 3,
    "run.picture": False,
    "rhythm.strength": 1.0,
    "rhythm.tempo_factor": 2.0,
}


def rows(run: Path, event: str) -> list[dict[str, Any]]:
    return [row for row in read_log(run / "log.jsonl") if row["event"] == event]


def test_a_run_lands_on_the_beat_and_goes_on_with_the_same(tmp_path: Path) -> None:
    song = write(tmp_path / "song.wav", ticking(8.0))
    library = write_records(tmp_path / "records")
    for name, cycles in (("whole", 2), ("halved", 1)):
        pt.evolve(song, library, run=tmp_path / name, settings=SMALL, cycles=cycles, seed=3)
    resumed = pt.evolve(tmp_path / "halved", cycles=2)
    whole = (tmp_path / "whole" / "out" / "mosaic.json").read_bytes()
    assert (tmp_path / "halved" / "out" / "mosaic.json").read_bytes() == whole
    first, second = rows(tmp_path / "halved", "tempo_found")
    assert first == second
    assert first["bpm"] == pytest.approx(2.0 * BPM, abs=0.1)
    beat_samples = 60.0 * RATE_HZ / first["bpm"]
    for placement in resumed.mosaic.placements:
        beats = (placement.onset_samples - first["first_beat_s"] * RATE_HZ) / beat_samples
        assert placement.onset_samples == 0 or abs(beats - round(beats)) * beat_samples < 1.0
    settings = tomllib.loads((tmp_path / "halved" / "phenotune.toml").read_text())
    assert (settings["rhythm"]["bpm"], settings["rhythm"]["first_beat_s"]) == (0.0, -1.0)
    assert not rows(tmp_path / "halved", "warned")


def test_a_run_on_a_guess_says_so(music: Music, tmp_path: Path) -> None:
    run = tmp_path / "run"
    pt.evolve(music.target, music.library, run=run, settings=SMALL, cycles=1)
    (warned,) = rows(run, "warned")
    assert "set rhythm.bpm to its tempo" in warned["message"]


def test_a_run_without_rhythm_is_told_of_no_tempo(music: Music, tmp_path: Path) -> None:
    run = tmp_path / "run"
    settings = {**SMALL, "rhythm.strength": 0.0}
    pt.evolve(music.target, music.library, run=run, settings=settings, cycles=1)
    assert not rows(run, "tempo_found")
