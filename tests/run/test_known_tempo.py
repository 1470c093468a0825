from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from phenotune.audio.files import write_sound
from phenotune.mosaic.facts import TargetFacts
from phenotune.run.known_tempo import known_tempo

RATE_HZ = 22_050
ABSENT = TargetFacts("none.wav", "0" * 64, RATE_HZ, 1, 12.0)


@pytest.fixture
def clicks(tmp_path: Path, rng: np.random.Generator) -> TargetFacts:
    """Twelve seconds of clicks at 100 beats a minute, the first at 0.3 s."""
    sound = np.zeros(12 * RATE_HZ, np.float32)
    for beat in range(19):
        at = round((0.3 + 0.6 * beat) * RATE_HZ)
        sound[at : at + 400] += rng.uniform(-0.9, 0.9, 400) * np.linspace(1.0, 0.0, 400)
    return facts(tmp_path / "clicks.wav", sound)


def facts(path: Path, sound: np.ndarray) -> TargetFacts:  # type: ignore[type-arg]
    write_sound(path, np.asarray(sound, np.float32)[None], RATE_HZ)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return TargetFacts(path.name, sha256, RATE_HZ, 1, sound.size / RATE_HZ)


def run_folder(tmp_path: Path, log: str = "", settings: str = "") -> Path:
    run = tmp_path / "RUN"
    (run / "state").mkdir(parents=True)
    (run / "log.jsonl").write_text(log)
    (run / "phenotune.toml").write_text(settings)
    (run / "library").mkdir()
    return run


FOUND = '{"event": "tempo_found", "bpm": %s, "first_beat_s": %s, "confidence": 0.7}\n'


def test_what_is_asked_for_comes_first(tmp_path: Path, clicks: TargetFacts) -> None:
    run = run_folder(tmp_path, FOUND % (90.0, 0.5))
    tempo = known_tempo(clicks, tmp_path, run, bpm=77.0, first_beat_s=1.0)
    assert (tempo.bpm, tempo.first_beat_s, tempo.how) == (77.0, 1.0, "as asked for")


def test_the_first_beat_of_a_tempo_that_is_asked_for_is_looked_for(
    tmp_path: Path, clicks: TargetFacts
) -> None:
    tempo = known_tempo(clicks, tmp_path, bpm=100.0)
    assert (tempo.bpm, tempo.first_beat_s) == (100.0, pytest.approx(0.3, abs=0.03))
    assert known_tempo(ABSENT, tmp_path, bpm=100.0).first_beat_s == 0.0


def test_what_the_run_found_last_comes_before_its_settings(tmp_path: Path) -> None:
    log = FOUND % (90.0, 0.5) + FOUND % (95.0, 0.25)
    run = run_folder(tmp_path, log, "[rhythm]\nbpm = 80.0\n")
    tempo = known_tempo(ABSENT, tmp_path, run)
    assert (tempo.bpm, tempo.first_beat_s, tempo.how) == (95.0, 0.25, "as the run found")
    assert known_tempo(ABSENT, tmp_path, run, first_beat_s=2.0).first_beat_s == 2.0


def test_the_settings_come_before_an_estimate(tmp_path: Path, clicks: TargetFacts) -> None:
    run = run_folder(tmp_path, settings="[rhythm]\nbpm = 50.0\nfirst_beat_s = 0.125\n")
    tempo = known_tempo(clicks, tmp_path, run)
    assert (tempo.bpm, tempo.first_beat_s, tempo.how) == (50.0, 0.125, "by the setting rhythm.bpm")


def test_else_the_target_is_asked(tmp_path: Path, clicks: TargetFacts) -> None:
    for run in (None, run_folder(tmp_path)):
        tempo = known_tempo(clicks, tmp_path, run)
        assert tempo.bpm == pytest.approx(100.0, rel=0.01)
        assert tempo.first_beat_s == pytest.approx(0.3, abs=0.03)
        assert tempo.how.startswith("estimated from the target (confidence ")


def test_a_target_without_a_clear_beat_gives_120(tmp_path: Path, rng: np.random.Generator) -> None:
    target = facts(tmp_path / "noise.wav", 0.1 * rng.standard_normal(6 * RATE_HZ))
    tempo = known_tempo(target, tmp_path)
    assert (tempo.bpm, tempo.first_beat_s) == (120.0, 0.0)
    assert tempo.how == "for the target has no clear beat"


def test_a_target_that_is_another_one_by_now_is_not_asked(
    tmp_path: Path, clicks: TargetFacts, rng: np.random.Generator
) -> None:
    facts(tmp_path / "clicks.wav", 0.1 * rng.standard_normal(RATE_HZ))
    tempo = known_tempo(replace(clicks, sha256="1" * 64), tmp_path)
    assert (tempo.bpm, tempo.how) == (120.0, "for the target is not there to be asked")


@pytest.mark.parametrize(
    ("log", "settings"), [("no JSON\n" * 2, ""), ("", "[rhythm]\nbpm = 'fast'\n"), ("", "[")]
)
def test_a_broken_run_is_no_reason_not_to_export(tmp_path: Path, log: str, settings: str) -> None:
    assert known_tempo(ABSENT, tmp_path, run_folder(tmp_path, log, settings)).bpm == 120.0


def test_a_folder_that_is_no_run_knows_nothing(tmp_path: Path) -> None:
    assert known_tempo(ABSENT, tmp_path, tmp_path / "nowhere").bpm == 120.0
