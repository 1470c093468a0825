"""A false mix that a run starts from, and a song as its own library."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import phenotune as pt
from phenotune.audio.files import read_sound, write_sound
from phenotune.errors import RunFolderError, WorldError
from phenotune.mosaic.mosaic import Mosaic
from phenotune.run.events import CycleFinished, MixInjected, Warned
from phenotune.run.log import read_log

from .conftest import RATE_HZ, Music, tone, write, write_records
from .test_changes import SMALL, _no_pause, doing, only, replayed, result_of, sounds_as_written

pytestmark = pytest.mark.slow

__all__ = ["_no_pause"]


@pytest.fixture
def mix(music: Music, tmp_path: Path) -> Path:
    """As long as the song, and something else."""
    sound = np.zeros(round(2.5 * RATE_HZ))
    sound[:RATE_HZ] = tone(220.0, 1.0, 0.5)
    return write(tmp_path / "false.wav", sound, 0.5 * sound)


def test_a_mix_lies_on_the_canvas_like_any_clip(music: Music, tmp_path: Path, mix: Path) -> None:
    run = tmp_path / "run"
    settings = {**SMALL, "run.inject": str(mix), "search.refit_after": 1.0}
    events = list(pt.evolving(music.target, music.library, run=run, settings=settings, cycles=5))
    injected = only(events, MixInjected)
    assert (injected.cycle, injected.id) == (0, 1)
    mosaic = Mosaic.load(run / "out" / "mosaic.json")
    first = mosaic.placements[0]
    assert (first.id, first.locked, first.gains, first.onset_samples) == (1, True, (1.0, 1.0), 0)
    assert len(mosaic.placements) > 1
    sounds_as_written(run)
    mix.unlink()  # the run has a copy
    sounds_as_written(run)
    assert replayed(run)


def test_a_mix_can_be_left_out_of_the_results(music: Music, tmp_path: Path, mix: Path) -> None:
    shutil.copyfile(mix, tmp_path / "mix.wav")
    for name, keeps in (("with", True), ("without", False)):
        settings = {**SMALL, "run.inject": str(mix), "run.keep_inject": keeps}
        pt.evolve(music.target, music.library, run=tmp_path / name, settings=settings, cycles=4)
    whole, rest = (Mosaic.load(tmp_path / n / "out" / "mosaic.json") for n in ("with", "without"))
    assert rest.placements == whole.placements[1:]
    assert rest.explained < whole.explained
    sounds_as_written(tmp_path / "without")
    *_, finished = read_log(tmp_path / "without" / "log.jsonl")
    assert (finished["n_placements"], finished["explained"]) == (
        len(rest.placements),
        rest.explained,
    )
    checkpoint = json.loads((tmp_path / "without" / "state" / "checkpoint-4.json").read_text())
    assert len(checkpoint["placements"]) == len(whole.placements)
    assert replayed(tmp_path / "without")


def test_going_on_with_a_mix_equals_never_having_stopped(
    music: Music, tmp_path: Path, mix: Path
) -> None:
    for name, cycles in (("whole", 8), ("halved", 4)):
        settings = {**SMALL, "run.inject": str(mix), "run.keep_inject": False}
        pt.evolve(
            music.target, music.library, run=tmp_path / name, settings=settings, cycles=cycles
        )
    mix.unlink()
    pt.evolve(tmp_path / "halved", cycles=8)
    assert result_of(tmp_path / "halved") == result_of(tmp_path / "whole")


def test_a_mix_in_the_run_folder_is_taken_at_the_start_alone(
    music: Music, tmp_path: Path, mix: Path
) -> None:
    run = tmp_path / "RUN"
    run.mkdir()
    shutil.copyfile(music.target, run / "target.wav")
    write_records(run / "library")
    shutil.copyfile(mix, run / "inject.wav")
    events = list(pt.evolving(run, settings=SMALL, cycles=2))
    assert only(events, MixInjected).id == 1
    again = list(pt.evolving(run, cycles=3))
    assert not [event for event in again if isinstance(event, MixInjected | Warned)]
    write(run / "inject.wav", tone(100.0, 2.5, 0.5))
    (told,) = [e.message for e in pt.evolving(run, cycles=4) if isinstance(e, Warned)]
    assert "inject.wav: is ignored: a mix is injected at the start" in told


def test_a_start_that_was_lost_injects_nothing_into_a_replay(
    music: Music, tmp_path: Path, mix: Path
) -> None:
    run = tmp_path / "run"
    settings = {**SMALL, "run.checkpoint_s": 1000.0}
    events = pt.evolving(
        music.target,
        music.library,
        run=run,
        settings={**settings, "run.inject": str(mix)},
        cycles=2,
    )
    next(event for event in events if isinstance(event, MixInjected))
    events.close()
    pt.evolve(run, settings={"run.inject": ""}, cycles=2)
    assert replayed(run)


def test_a_mix_that_is_dropped_on_the_way_is_ignored(
    music: Music, tmp_path: Path, mix: Path
) -> None:
    run = tmp_path / "run"
    events = pt.evolving(music.target, music.library, run=run, settings=SMALL, cycles=6)
    told = list(doing(events, {2: lambda: shutil.copyfile(mix, run / "inject.wav")}))
    (warning,) = [event.message for event in told if isinstance(event, Warned)]
    assert "inject.wav: is ignored" in warning
    assert len([event for event in told if isinstance(event, CycleFinished)]) == 6


def test_a_mix_of_another_length_or_rate_is_refused(music: Music, tmp_path: Path) -> None:
    short = write(tmp_path / "short.wav", tone(220.0, 2.0, 0.5))
    slow = tmp_path / "slow.wav"
    write_sound(slow, read_sound(music.target).samples, 22_050, bits=16)
    for path, message in (
        (short, r"short\.wav: is 2\.00 s long, and the target .*song\.wav is 2\.50 s long"),
        (slow, r"slow\.wav: has 22050 Hz, and the target .*song\.wav has 44100 Hz"),
    ):
        settings = {**SMALL, "run.inject": str(path)}
        with pytest.raises(WorldError, match=message):
            pt.evolve(music.target, music.library, run=tmp_path / "run", settings=settings)
    with pytest.raises(RunFolderError, match=r"run\.inject: .*nowhere\.wav: there is no such file"):
        pt.evolve(
            music.target, music.library,
            run=tmp_path / "run", settings={**SMALL, "run.inject": "nowhere.wav"},
        )  # fmt: skip
    assert not (tmp_path / "run").exists()


def test_a_song_is_its_own_library(music: Music, tmp_path: Path) -> None:
    run = pt.evolve(music.target, music.target, run=tmp_path / "run", settings=SMALL, cycles=4)
    (source,) = run.mosaic.sources
    assert source.sha256 == run.mosaic.target.sha256
    assert run.mosaic.explained > 0.3


def test_another_mix_that_is_named_on_the_way_is_ignored(
    music: Music, tmp_path: Path, mix: Path
) -> None:
    run = tmp_path / "run"
    pt.evolve(music.target, music.library, run=run, settings=SMALL, cycles=2)
    events = pt.evolving(run, settings={"run.inject": str(mix)}, cycles=3)
    (warning,) = [event.message for event in events if isinstance(event, Warned)]
    assert "false.wav: is ignored" in warning
