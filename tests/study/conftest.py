"""A laboratory with a short song, and findings that nobody had to wait for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.audio.files import write_sound
from phenotune.report.charts import Chart, Series
from phenotune.study.claim import Claim, Finding, Judgement, Table, Verdict
from phenotune.study.laboratory import Laboratory, Sounds

RATE_HZ = 44_100


@pytest.fixture(scope="session")
def few_sounds(tmp_path_factory: pytest.TempPathFactory) -> Sounds:
    """A song of five seconds, a struck tone every quarter of one, and three records to rebuild it from."""
    folder = tmp_path_factory.mktemp("few-sounds")
    song = np.concatenate([struck(hz, 0.25) for hz in (220.0, 277.2, 329.6, 440.0)] * 5)
    write_sound(folder / "song.wav", np.stack([song, 0.5 * song]), RATE_HZ)
    (folder / "records").mkdir()
    for hz in (110.0, 330.0, 554.4):
        write_sound(folder / "records" / f"{hz:.0f}.wav", struck(hz, 1.5)[None], RATE_HZ)
    return Sounds(folder / "song.wav", folder / "records")


def struck(hz: float, duration_s: float) -> Samples:
    """A tone with an octave that dies away, float32 (n_samples,)."""
    time_s = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    tone = np.sin(2 * np.pi * hz * time_s) + 0.5 * np.sin(4 * np.pi * hz * time_s)
    return (0.3 * tone * np.exp(-time_s / 0.2)).astype(np.float32)


@pytest.fixture
def laboratory(few_sounds: Sounds) -> Iterator[Laboratory]:
    with Laboratory(few_sounds, seed=0, excerpt_s=4.0) as made:
        yield made


def made_up(verdict: Verdict = "holds", figure: float = 0.5) -> Finding:
    return Finding(
        Judgement(verdict, "0.50 is more than 0.25 <and> less than 1."),
        Table(("", "share & count"), (("one", "0.50"), ("two", "0.25"))),
        Chart("Shares", "", "share", (Series("a", (0.5, 0.25)),), kind="bars", names=("one", "two")),
        {"share": figure},
    )  # fmt: skip


def claim_that_finds(finding: Finding, id: str = "C1") -> Claim:
    return Claim(id, f"Claim {id}", "it says so.", "we look.", lambda laboratory: finding)


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    return tmp_path / "study"
