"""A short song and a few records, quick to evolve."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from phenotune.audio.files import read_sound, write_sound
from phenotune.demo.make import DemoFiles

RATE_HZ = 44_100


@dataclass(frozen=True)
class Music:
    """Files to run on."""

    target: Path
    library: Path


def tone(frequency_hz: float, duration_s: float, decay_s: float) -> np.ndarray:
    """A struck tone with three partials, float64 (n_samples,)."""
    t = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    partials = sum(np.sin(2 * np.pi * frequency_hz * k * t) / k for k in (1, 2, 3))
    return np.asarray(0.3 * partials * np.exp(-t / decay_s))


def write(path: Path, left: np.ndarray, right: np.ndarray | None = None) -> Path:
    """Write a WAV file of one or two channels."""
    channels = [left] if right is None else [left, right]
    write_sound(path, np.stack(channels).astype(np.float32), RATE_HZ, bits=32)
    return path


def write_records(folder: Path) -> Path:
    """Tones and noises, mono and stereo, some seconds in all."""
    rng = np.random.default_rng(440)
    folder.mkdir()
    for number, frequency_hz in enumerate((110.0, 164.8, 246.9)):
        sound = tone(frequency_hz, 0.9, 0.3)
        write(folder / f"tone{number}.wav", sound)
    noise = 0.2 * rng.standard_normal((2, RATE_HZ)) * np.exp(-np.arange(RATE_HZ) / 8000)
    write(folder / "noise.wav", noise[0], noise[1])
    write(folder / "hum.wav", tone(82.4, 1.5, 1.0), tone(123.5, 1.5, 1.0))
    (folder / "CREDITS").write_text("*.wav: made for these tests (CC0)\n")
    return folder


@pytest.fixture(scope="session")
def music(tmp_path_factory: pytest.TempPathFactory) -> Music:
    """Two and a half seconds in stereo, and five records."""
    folder = tmp_path_factory.mktemp("music")
    song = np.zeros((2, round(2.5 * RATE_HZ)))
    for beat, frequency_hz in enumerate((220.0, 277.2, 329.6, 440.0)):
        start = round(0.5 * beat * RATE_HZ)
        note = tone(frequency_hz, 0.9, 0.25)[: song.shape[1] - start]
        song[beat % 2, start : start + note.size] += note
        song[1 - beat % 2, start : start + note.size] += 0.4 * note
    target = write(folder / "song.wav", song[0], song[1])
    return Music(target, write_records(folder / "records"))


@pytest.fixture(scope="session")
def excerpt(demo: DemoFiles, tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    """The demo with the first eight seconds of its song."""
    song = read_sound(demo.target)
    target = tmp_path_factory.mktemp("excerpt") / demo.target.name
    write_sound(target, song.samples[:, : 8 * song.rate_hz], song.rate_hz, bits=24)
    return DemoFiles(target, demo.library)
