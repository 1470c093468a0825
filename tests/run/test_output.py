"""What a run has made, as it is delivered: no clip clicks at its ends, and no stretch of the song is missing.

By cycles and not by time, so that a run is the same everywhere.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import phenotune as pt
from phenotune.arrays import Samples
from phenotune.audio.files import read_sound, write_sound
from phenotune.demo.make import DemoFiles
from phenotune.genome.rendering import render
from phenotune.measures.clicks import find_clicks
from phenotune.measures.holes import find_holes
from phenotune.mosaic.sources import MosaicSources
from phenotune.run.log import read_log

pytestmark = pytest.mark.slow

TARGET_S = 6.0
N_CYCLES = 14
SMALL = {"search.population": 40, "search.capacity": 40, "run.picture": False}
FULL = {"search.max_clips_per_s": 7.0, "search.refit_after": 1.0}
"""A list that is soon full, so that clips give way to rivals again and again."""


@dataclass(frozen=True)
class Output:
    """A finished run, the song, and where each clip begins and ends, in samples."""

    run: pt.Run
    song: Samples
    sound: Samples
    rate_hz: int
    spans: list[tuple[int, int]]

    @property
    def boundaries(self) -> list[int]:
        """The first sample of each clip and the first after its last."""
        return [boundary for span in self.spans for boundary in span]

    def without_clips_at(self, boundary: int) -> Samples:
        """The mosaic without those that begin or end within a millisecond of it."""
        near = 0.001 * self.rate_hz
        others = [
            placement
            for placement, span in zip(self.run.mosaic.placements, self.spans, strict=True)
            if all(abs(boundary - end) > near for end in span)
        ]
        return dataclasses.replace(self.run.mosaic, placements=tuple(others)).render()


def evolve(target: Path, library: Path, folder: Path, **settings: Any) -> Output:
    """Rebuild the first seconds of a target."""
    song = read_sound(target)
    n_samples = round(TARGET_S * song.rate_hz)
    short = folder / "song.wav"
    write_sound(short, song.samples[:, :n_samples], song.rate_hz, bits=24)
    settings = {**SMALL, **settings}
    run = pt.evolve(short, library, run=folder / "run", cycles=N_CYCLES, settings=settings)
    sound = read_sound(run.folder / "out" / "mosaic.wav")
    assert sound.rate_hz == run.mosaic.rate_hz
    return Output(run, song.samples[:, :n_samples], sound.samples, sound.rate_hz, spans_of(run))


def spans_of(run: pt.Run) -> list[tuple[int, int]]:
    """Where each clip begins and ends, as it is rendered."""
    mosaic = run.mosaic
    sounds = MosaicSources(mosaic.sources, run.folder / "out")
    found = []
    for placement in mosaic.placements:
        n_samples = render(placement.chromosome, sounds, mosaic.rate_hz).shape[1]
        found.append((placement.onset_samples, placement.onset_samples + n_samples))
    return found


@pytest.fixture(scope="module", params=["demo", "demo, full", "vibe_ace", "hungarian_dance"])
def output(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Output:
    """Runs on the demo's music, and on real recordings where there are some."""
    folder = tmp_path_factory.mktemp("output")
    if request.param.startswith("demo"):
        demo: DemoFiles = request.getfixturevalue("demo")
        full = FULL if request.param == "demo, full" else {}
        return evolve(demo.target, demo.library, folder, **full)
    real_audio = request.getfixturevalue("real_audio")
    (target,) = (real_audio / "targets").glob(f"{request.param}.*")
    libraries = [path for path in (real_audio / "library").iterdir() if path.is_dir()]
    # One-shots are many, songs are few.
    n_sounds = {path: len(list(path.iterdir())) for path in libraries}
    choose = max if request.param == "vibe_ace" else min
    return evolve(target, choose(libraries, key=n_sounds.__getitem__), folder)


def test_no_clip_clicks(output: Output) -> None:
    assert len(output.boundaries) > 80
    # The edge of a saw in a third clip that sounds on is no click: it is there without the two as well.
    clicks = [
        click
        for click in find_clicks(output.sound, output.rate_hz, output.boundaries)
        if not find_clicks(
            output.without_clips_at(click.at_samples), output.rate_hz, [click.at_samples]
        )
    ]
    assert clicks == []


def test_clips_have_been_exchanged_where_the_list_is_full(
    output: Output, request: pytest.FixtureRequest
) -> None:
    events = [
        e for e in read_log(output.run.folder / "log.jsonl") if e["event"] == "gains_refitted"
    ]
    is_full = "demo, full" in request.node.name
    assert (sum(event["n_exchanged"] for event in events) > 0) == is_full


def test_without_fades_clips_click(output: Output) -> None:
    """The same placements, cut hard: the detector hears what the fades prevent."""
    mosaic = dataclasses.replace(output.run.mosaic, fade_ms=0.0)
    clicks = find_clicks(mosaic.render(), output.rate_hz, output.boundaries)
    assert len(clicks) > 5
    assert all(click.prominence_db >= 20.0 for click in clicks)


def test_one_clip_that_is_cut_hard_is_found(output: Output) -> None:
    """A bass note that ends in mid-air at one of the boundaries, under everything else that sounds there."""
    boundary = sorted(output.boundaries)[len(output.boundaries) // 2]
    n_note = min(boundary, output.rate_hz // 2)
    phase = 2 * np.pi * 60.0 * np.arange(1 - n_note, 1) / output.rate_hz
    note = np.cos(phase) * np.linspace(0.0, 0.5, n_note)
    planted = output.sound.copy()
    planted[:, boundary - n_note : boundary] += note.astype(np.float32)
    before, found = (
        {click.at_samples for click in find_clicks(sound, output.rate_hz, output.boundaries)}
        for sound in (output.sound, planted)
    )
    assert boundary in found - before
    # Boundaries that lie within a millisecond of one another hear the same click.
    assert all(abs(other - boundary) < 0.001 * output.rate_hz for other in found - before)


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
