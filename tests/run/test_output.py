"""What a run has made, as it is delivered: no clip clicks at its ends, and no stretch of the song is missing.

By cycles and not by time, so that a run is the same everywhere.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import phenotune as pt
from phenotune.arrays import Samples
from phenotune.audio.files import read_sound, write_sound
from phenotune.demo.make import make_demo
from phenotune.measures.clicks import find_clicks
from phenotune.measures.holes import find_holes
from phenotune.run.log import read_log

pytestmark = pytest.mark.slow

TARGET_S = 8.0
N_CYCLES = 20


@dataclass(frozen=True)
class Output:
    """A finished run, the song, and where clips begin and end, in samples."""

    run: pt.Run
    song: Samples
    sound: Samples
    rate_hz: int
    boundaries: list[int]


def evolve(target: Path, library: Path, folder: Path) -> Output:
    """Rebuild the first seconds of a target."""
    song = read_sound(target)
    n_samples = round(TARGET_S * song.rate_hz)
    short = folder / "song.wav"
    write_sound(short, song.samples[:, :n_samples], song.rate_hz, bits=24)
    settings = {"run.picture": False}
    run = pt.evolve(short, library, run=folder / "run", cycles=N_CYCLES, settings=settings)
    sound = read_sound(run.folder / "out" / "mosaic.wav")
    assert sound.rate_hz == run.mosaic.rate_hz
    return Output(
        run, song.samples[:, :n_samples], sound.samples, sound.rate_hz, boundaries_of(run)
    )


def boundaries_of(run: pt.Run) -> list[int]:
    """The first sample of each clip and the first after its last; the log tells how long each sounds."""
    lengths_s = {
        event["id"]: event["duration_s"]
        for event in read_log(run.folder / "log.jsonl")
        if event["event"] == "clip_placed"
    }
    found = []
    for placement in run.mosaic.placements:
        n_samples = round(lengths_s[placement.id] * run.mosaic.rate_hz)
        found += [placement.onset_samples, placement.onset_samples + n_samples]
    return found


@pytest.fixture(scope="module", params=["demo", "vibe_ace", "hungarian_dance"])
def output(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Output:
    """Runs on the demo's music, and on real recordings where there are some."""
    folder = tmp_path_factory.mktemp("output")
    if request.param == "demo":
        demo = make_demo(folder / "demo")
        return evolve(demo.target, demo.library, folder)
    real_audio = request.getfixturevalue("real_audio")
    (target,) = (real_audio / "targets").glob(f"{request.param}.*")
    libraries = [path for path in (real_audio / "library").iterdir() if path.is_dir()]
    # One-shots are many, songs are few.
    n_sounds = {path: len(list(path.iterdir())) for path in libraries}
    choose = max if request.param == "vibe_ace" else min
    return evolve(target, choose(libraries, key=n_sounds.__getitem__), folder)


def test_no_clip_clicks(output: Output) -> None:
    assert len(output.boundaries) > 100
    assert find_clicks(output.sound, output.rate_hz, output.boundaries) == ()


def test_without_fades_clips_click(output: Output) -> None:
    """The same placements, cut hard: the detector hears what the fades prevent."""
    mosaic = dataclasses.replace(output.run.mosaic, fade_ms=0.0)
    clicks = find_clicks(mosaic.render(), output.rate_hz, output.boundaries)
    assert len(clicks) > 10
    assert all(click.prominence_db >= 20.0 for click in clicks)


def test_one_clip_that_is_cut_hard_is_found(output: Output) -> None:
    """A bass note that ends in mid-air at one of the boundaries, under everything else that sounds there."""
    boundary = sorted(output.boundaries)[len(output.boundaries) // 2]
    n_note = min(boundary, output.rate_hz // 2)
    phase = 2 * np.pi * 60.0 * np.arange(1 - n_note, 1) / output.rate_hz
    note = np.cos(phase) * np.linspace(0.0, 0.5, n_note)
    planted = output.sound.copy()
    planted[:, boundary - n_note : boundary] += note.astype(np.float32)
    found = {click.at_samples for click in find_clicks(planted, output.rate_hz, output.boundaries)}
    assert boundary in found
    # Boundaries that lie within a millisecond of one another hear the same click.
    assert all(abs(other - boundary) < 0.001 * output.rate_hz for other in found)


def test_no_stretch_of_the_song_is_missing(output: Output) -> None:
    assert find_holes(output.song, output.run.mosaic.render(), output.rate_hz) == ()


def test_a_stretch_that_is_taken_out_is_found(output: Output) -> None:
    """A sixth of a second around the song's loudest moment, of a mosaic that is as near as can be."""
    made = output.song.copy()
    half = output.rate_hz // 12
    loudest = int(np.abs(output.song).max(axis=0).argmax())
    first = min(max(0, loudest - half), made.shape[1] - 2 * half)
    made[:, first : first + 2 * half] = 0.0
    (hole,) = find_holes(output.song, made, output.rate_hz)
    assert hole.start_s == pytest.approx(first / output.rate_hz, abs=0.03)
    assert hole.duration_s == pytest.approx(2 * half / output.rate_hz, abs=0.06)
