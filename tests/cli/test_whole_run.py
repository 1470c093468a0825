"""The whole program through its command line, on sounds of two seconds."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from phenotune.audio.files import write_sound

RATE_HZ = 22_050
pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path, rng: np.random.Generator) -> Path:
    """A folder with ``song.wav`` and ``records/``."""
    time_s = np.arange(2 * RATE_HZ) / RATE_HZ
    notes = np.sin(2 * np.pi * np.where(time_s % 0.5 < 0.25, 220.0, 330.0) * time_s)
    swell = (1.0 - time_s % 0.25 / 0.25) ** 2
    write_sound(tmp_path / "song.wav", 0.5 * (notes * swell).astype(np.float32)[None], RATE_HZ)
    (tmp_path / "records").mkdir()
    for name, hz in (("low", 110.0), ("high", 440.0)):
        tone = np.sin(2 * np.pi * hz * time_s) + 0.1 * rng.normal(size=time_s.size)
        write_sound(
            tmp_path / "records" / f"{name}.wav", 0.3 * tone.astype(np.float32)[None], RATE_HZ
        )
    (tmp_path / "records" / "CREDITS").write_text("*.wav: made for these tests (CC0)\n")
    write_sound(tmp_path / "records" / "blank.wav", np.zeros((1, RATE_HZ), np.float32), RATE_HZ)
    return tmp_path


def phenotune(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "phenotune", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_evolve_go_on_render_and_measure(folder: Path) -> None:
    called = phenotune(folder, "evolve", "song.wav", "records", "--cycles", "3", "--json")
    assert (called.returncode, called.stderr) == (0, "")
    rows = [json.loads(line) for line in called.stdout.splitlines()]
    assert [row["event"] for row in rows[:3]] == ["reading_sounds", "source_skipped", "run_started"]
    assert rows[1]["reason"].startswith("is silen")
    finished = rows[-1]
    assert (finished["event"], finished["stopped_by"]) == ("finished", "cycles")
    assert (finished["run"], finished["cycles"]) == ("song-mosaic", 3)
    out = folder / "song-mosaic" / "out"
    assert {path.name for path in out.iterdir()} == {
        "mosaic.wav",
        "mosaic.json",
        "mosaic.png",
        "credits.md",
    }

    called = phenotune(folder, "evolve", "song-mosaic", "--cycles", "5")
    assert called.returncode == 0
    assert called.stdout.endswith("go on: phenotune evolve song-mosaic --cycles 10\n")
    assert "on from cycle 3" in called.stderr

    called = phenotune(folder, "render", "song-mosaic", "--rate", "48000", "-o", "out.flac")
    assert (called.returncode, called.stdout) == (0, "out.flac\n")

    called = phenotune(folder, "measure", "song.wav", "song-mosaic", "out.flac", "--json")
    from_run, rendered = (json.loads(line) for line in called.stdout.splitlines())
    assert from_run["mel_expl"] > 5.0
    assert rendered["mel_expl"] == pytest.approx(from_run["mel_expl"], abs=3.0)


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C otherwise")
def test_ctrl_c_ends_the_cycle_and_writes_everything(folder: Path) -> None:
    command = [sys.executable, "-m", "phenotune", "evolve", "song.wav", "records", "-o", "RUN"]
    process = subprocess.Popen(
        [*command, "--time", "10m", "--json"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if '"clip_placed"' in line:
            process.send_signal(signal.SIGINT)
            break
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130
    finished = json.loads(out.splitlines()[-1])
    assert (finished["event"], finished["stopped_by"]) == ("finished", "request")
    assert "stopping at the end of this cycle" in err
    assert (folder / "RUN" / "out" / "mosaic.wav").exists()
