"""The loop: repeatable, resumable, and never going back."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import phenotune as pt
from phenotune.audio.files import read_sound
from phenotune.errors import LibraryError, ParameterError, RunFolderError
from phenotune.run.api import evolving_project, prepare
from phenotune.run.events import (
    CheckpointWritten,
    ClipPlaced,
    CycleFinished,
    Event,
    ReadingSounds,
    RunFinished,
    RunStarted,
    SourceSkipped,
)
from phenotune.run.log import read_log

from .conftest import Music, tone, write, write_records

SMALL = {
    "search.population": 12,
    "search.capacity": 12,
    "search.top": 3,
    "run.picture": False,
}


def evolve(
    music: Music, run: Path, *, settings: dict[str, Any] | None = None, **stops: Any
) -> pt.Run:
    return pt.evolve(
        music.target, music.library, run=run, settings={**SMALL, **(settings or {})}, **stops
    )


def result_of(run: Path) -> tuple[bytes, bytes]:
    """Both results as bytes; paths in them are relative and runs are siblings."""
    return (run / "out" / "mosaic.json").read_bytes(), (run / "out" / "mosaic.wav").read_bytes()


def test_the_same_seed_gives_the_same_files_for_any_number_of_threads(
    music: Music, tmp_path: Path
) -> None:
    for name, workers in (("one", 1), ("again", 1), ("four", 4)):
        evolve(music, tmp_path / name, cycles=4, seed=5, workers=workers)
    assert result_of(tmp_path / "one") == result_of(tmp_path / "again")
    assert result_of(tmp_path / "one") == result_of(tmp_path / "four")


def test_another_seed_gives_another_mosaic(music: Music, tmp_path: Path) -> None:
    evolve(music, tmp_path / "one", cycles=2, seed=5)
    evolve(music, tmp_path / "other", cycles=2, seed=6)
    assert result_of(tmp_path / "one") != result_of(tmp_path / "other")


@pytest.mark.parametrize("preset", ["guided", "classic"])
def test_a_run_that_was_stopped_equals_one_that_was_not(
    music: Music, tmp_path: Path, preset: str
) -> None:
    """Stopped after cycle 5 and gone on to 10, with gains refitted on both sides of the stop."""
    settings = {**SMALL, "search.refit_after": 1.5}
    for name, cycles in (("whole", 10), ("halved", 5)):
        pt.evolve(
            music.target, music.library,
            run=tmp_path / name, preset=preset, settings=settings, cycles=cycles, seed=3,
        )  # fmt: skip
    assert result_of(tmp_path / "halved") != result_of(tmp_path / "whole")
    resumed = pt.evolve(tmp_path / "halved", cycles=10)
    assert resumed.finished.cycles == 10
    assert result_of(tmp_path / "halved") == result_of(tmp_path / "whole")
    refits = [
        e for e in read_log(tmp_path / "whole" / "log.jsonl") if e["event"] == "gains_refitted"
    ]
    assert any(event["cycle"] <= 5 for event in refits) or preset == "classic"
    assert any(event["cycle"] > 5 for event in refits) or preset == "classic"


def test_the_mosaic_renders_to_what_was_heard_while_evolving(music: Music, tmp_path: Path) -> None:
    run = evolve(music, tmp_path / "run", cycles=4)
    written = read_sound(tmp_path / "run" / "out" / "mosaic.wav")
    rendered = run.mosaic.render()
    assert rendered.shape == written.samples.shape == (2, round(2.5 * 44_100))
    peak = max(1.0, float(np.abs(rendered).max()) / 0.999)
    np.testing.assert_allclose(written.samples, rendered / peak, atol=2**-22)
    assert run.mosaic.explained == run.finished.explained > 0.2


def test_explained_never_falls(music: Music, tmp_path: Path) -> None:
    """Refits look at the canvas without a placement in float32, and so may lose what lies beneath its last bits."""
    evolve(music, tmp_path / "run", cycles=12, settings={"search.refit_after": 1.0})
    events = read_log(tmp_path / "run" / "log.jsonl")
    explained = [event["explained"] for event in events if "explained" in event]
    assert np.diff(explained).min() > -1e-8
    assert explained[-1] > explained[0]


FULL = {"search.max_clips_per_s": 4.0, "search.refit_after": 1.0}
"""Ten clips, and gains solved anew in nearly every cycle."""


def refits_of(run: Path) -> list[dict[str, Any]]:
    return [event for event in read_log(run / "log.jsonl") if event["event"] == "gains_refitted"]


@pytest.mark.slow
def test_rivals_are_tried_once_the_list_is_full(music: Music, tmp_path: Path) -> None:
    evolve(music, tmp_path / "run", cycles=14, settings=FULL)
    exchanged = {True: 0, False: 0}
    for event in refits_of(tmp_path / "run"):
        exchanged[event["n_placements"] + event["n_removed"] >= 10] += event["n_exchanged"]
    assert exchanged[True] > 0
    assert exchanged[False] == 0
    explained = [
        e["explained"] for e in read_log(tmp_path / "run" / "log.jsonl") if "explained" in e
    ]
    assert np.diff(explained).min() > -1e-8


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings", [{**FULL, "search.rivals": False}, {"search.refit_after": 1.0}]
)
def test_without_rivals_or_a_full_list_nothing_is_exchanged(
    music: Music, tmp_path: Path, settings: dict[str, Any]
) -> None:
    evolve(music, tmp_path / "run", cycles=8, settings=settings)
    refits = refits_of(tmp_path / "run")
    assert refits
    assert sum(event["n_exchanged"] for event in refits) == 0


@pytest.mark.slow
def test_a_full_list_is_the_same_for_any_number_of_threads_and_after_a_stop(
    music: Music, tmp_path: Path
) -> None:
    for name, workers, cycles in (("one", 1, 14), ("four", 4, 14), ("stopped", 2, 9)):
        evolve(music, tmp_path / name, cycles=cycles, seed=5, workers=workers, settings=FULL)
    assert result_of(tmp_path / "one") == result_of(tmp_path / "four")
    assert sum(event["n_exchanged"] for event in refits_of(tmp_path / "stopped")) > 0
    assert result_of(tmp_path / "stopped") != result_of(tmp_path / "one")
    pt.evolve(tmp_path / "stopped", cycles=14)
    assert result_of(tmp_path / "stopped") == result_of(tmp_path / "one")
    after = [e["n_exchanged"] for e in refits_of(tmp_path / "stopped") if e["cycle"] > 9]
    assert sum(after) > 0


def test_with_regression_it_may_fall(music: Music, tmp_path: Path) -> None:
    """Clips whose gain is not solved land wherever chance puts them."""
    run = tmp_path / "run"
    settings = {**SMALL, "search.regression": True, "rhythm.strength": 0.0}
    pt.evolve(music.target, music.library, run=run, preset="classic", settings=settings, cycles=8)
    placed = [e["explained"] for e in read_log(run / "log.jsonl") if e["event"] == "clip_placed"]
    assert placed != sorted(placed)


def hard_panned(music: Music, folder: Path, is_left: bool, seed: int) -> tuple[float, float]:
    """Peaks of left and right of a mosaic whose target sounds from one speaker alone."""
    sound = np.concatenate([tone(220.0, 0.7, 0.3), tone(330.0, 0.7, 0.3)])
    channels = (sound, np.zeros_like(sound)) if is_left else (np.zeros_like(sound), sound)
    folder.mkdir()
    target = write(folder / "target.wav", *channels)
    mosaic = evolve(Music(target, music.library), folder / "run", cycles=3, seed=seed).mosaic
    left, right = np.abs(mosaic.render()).max(axis=1)
    return float(left), float(right)


def test_a_target_that_is_hard_panned_gives_a_mosaic_that_is_panned(
    music: Music, tmp_path: Path
) -> None:
    left, right = hard_panned(music, tmp_path / "target", is_left=True, seed=0)
    assert max(left, right) > 0.1
    assert min(left, right) < 0.25 * max(left, right)


def test_a_target_that_is_hard_left_gives_a_mosaic_that_is_hard_left(
    music: Music, tmp_path: Path
) -> None:
    """And one that is hard right one that is hard right."""
    left, right = hard_panned(music, tmp_path / "left", is_left=True, seed=0)
    assert left > 4.0 * right
    left, right = hard_panned(music, tmp_path / "right", is_left=False, seed=0)
    assert right > 4.0 * left


def test_a_mono_target_gives_a_mono_mosaic(tmp_path: Path, music: Music) -> None:
    target = write(tmp_path / "mono.wav", tone(220.0, 1.0, 0.3))
    run = evolve(Music(target, music.library), tmp_path / "run", cycles=2)
    assert run.mosaic.render().shape[0] == 1
    assert all(len(placement.gains) == 1 for placement in run.mosaic.placements)


def test_events_come_in_order_and_the_log_holds_the_same(music: Music, tmp_path: Path) -> None:
    run = tmp_path / "run"
    events = list(
        pt.evolving(music.target, music.library, run=run, settings=SMALL, cycles=2, workers=1)
    )
    reading, started, finished = events[0], events[1], events[-1]
    assert reading == ReadingSounds(5)
    assert isinstance(started, RunStarted)
    assert (started.n_sources, started.target, started.seed) == (5, "song.wav", 0)
    assert isinstance(finished, RunFinished)
    assert (finished.cycles, finished.stopped_by) == (2, "cycles")
    cycles = [event for event in events if isinstance(event, CycleFinished)]
    assert [event.cycle for event in cycles] == [1, 2]
    placed = [event for event in events if isinstance(event, ClipPlaced)]
    assert [event.id for event in placed] == list(range(1, len(placed) + 1))
    assert sum(event.n_placed for event in cycles) == len(placed)
    names = [event["event"] for event in read_log(run / "log.jsonl")]
    assert names[0] == "run_started"
    assert names[-1] == "finished"
    assert len(names) == len(events) - 1  # the log is opened once the sounds are read


@pytest.mark.parametrize(
    ("stops", "reason"),
    [({"cycles": 1}, "cycles"), ({"until_percent": 5.0}, "explained"), ({"time_s": 0.001}, "time")],
)
def test_whichever_stop_comes_first(
    music: Music, tmp_path: Path, stops: dict[str, float], reason: str
) -> None:
    assert evolve(music, tmp_path / "run", **stops).finished.stopped_by == reason


def test_the_end_tells_by_how_much_the_sound_was_turned_down(music: Music, tmp_path: Path) -> None:
    """A term that is deaf to level lets it grow until it would clip."""
    settings = {"fitness.terms": [{"term": "centroid"}], "mix.max_gain_db": 40.0}
    run = evolve(music, tmp_path / "run", settings=settings, cycles=2)
    finished = [e for e in read_log(tmp_path / "run" / "log.jsonl") if e["event"] == "finished"]
    peak = np.abs(run.mosaic.render()).max()
    assert peak > 1.0
    assert finished[-1]["turned_down_db"] == pytest.approx(20.0 * np.log10(peak / 0.999), abs=0.05)


def test_a_request_ends_the_cycle_and_writes_everything(music: Music, tmp_path: Path) -> None:
    project = prepare(music.target, [music.library], run=tmp_path / "run", flags=SMALL)
    events: list[Event] = []
    for event in evolving_project(project):
        events.append(event)
        if isinstance(event, ClipPlaced):
            project.request_stop()
    finished = events[-1]
    assert isinstance(finished, RunFinished)
    assert (finished.stopped_by, finished.cycles) == ("request", 1)
    assert pt.Mosaic.load(tmp_path / "run" / "out" / "mosaic.json").placements
    assert pt.evolve(tmp_path / "run", cycles=2).finished.cycles == 2


def test_leaving_the_loop_keeps_the_last_checkpoint(music: Music, tmp_path: Path) -> None:
    run = tmp_path / "run"
    settings = {**SMALL, "run.checkpoint_s": 0.0}
    for event in pt.evolving(music.target, music.library, run=run, settings=settings, cycles=9):
        if isinstance(event, CheckpointWritten) and event.cycle == 1:
            break
    assert json.loads((run / "state" / "checkpoint-1.json").read_text())["cycle"] == 1
    assert (run / "out" / "mosaic.wav").exists()


def test_results_are_all_there(music: Music, tmp_path: Path) -> None:
    evolve(music, tmp_path / "run", cycles=1, settings={"run.picture": True})
    out = sorted(path.name for path in (tmp_path / "run" / "out").iterdir())
    assert out == ["credits.md", "mosaic.json", "mosaic.png", "mosaic.wav"]
    assert (tmp_path / "run" / "phenotune.toml").exists()


def test_a_folder_made_by_hand_is_evolved(music: Music, tmp_path: Path) -> None:
    run = tmp_path / "by-hand"
    run.mkdir()
    (run / "target.wav").write_bytes(music.target.read_bytes())
    write_records(run / "library")
    (run / "phenotune.toml").write_text("[search]\npopulation = 12\ncapacity = 12\n")
    finished = pt.evolve(run, cycles=1).finished
    assert finished.cycles == 1
    assert "population = 12" in (run / "phenotune.toml").read_text()


def test_a_new_sound_in_the_library_does_not_confuse_what_was_placed(
    music: Music, tmp_path: Path
) -> None:
    """Clips know their source by its content, and not by its place in a list."""
    library = write_records(tmp_path / "records")
    evolve(Music(music.target, library), tmp_path / "run", cycles=3)
    before = pt.Mosaic.load(tmp_path / "run" / "out" / "mosaic.json")
    write(library / "a-new-one.wav", tone(500.0, 0.5, 0.2))
    after = pt.evolve(tmp_path / "run", cycles=3).mosaic
    assert after.placements == before.placements
    assert after.explained == before.explained


def test_a_file_that_cannot_be_used_is_named_and_the_run_goes_on(
    music: Music, tmp_path: Path
) -> None:
    library = write_records(tmp_path / "records")
    (library / "notes.wav").write_text("this is not sound")
    events = list(
        pt.evolving(music.target, library, run=tmp_path / "run", settings=SMALL, cycles=1)
    )
    skipped = [event for event in events if isinstance(event, SourceSkipped)]
    assert [Path(event.path).name for event in skipped] == ["notes.wav"]


def test_what_cannot_be_gone_on_with_is_refused(
    music: Music, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "run"
    library = write_records(tmp_path / "records")
    evolve(Music(music.target, library), run, cycles=2)
    with pytest.raises(RunFolderError, match="holds a run already"):
        evolve(music, run, cycles=3)
    for path in library.glob("*.wav"):
        path.unlink()
    write(library / "other.wav", tone(500.0, 0.5, 0.2))
    # Neither is there a copy with the run, nor anything in the sound cache.
    monkeypatch.setenv("PHENOTUNE_CACHE", str(tmp_path / "cache"))
    with pytest.raises(LibraryError, match="the library no longer has"):
        pt.evolve(run, cycles=3)


def test_mistyped_names_are_found_out_before_a_folder_is_made(music: Music, tmp_path: Path) -> None:
    run = tmp_path / "run"
    with pytest.raises(RunFolderError, match=r"nowhere\.wav: there is no such file"):
        pt.evolve(tmp_path / "nowhere.wav", music.library, run=run)
    with pytest.raises(RunFolderError, match="no-records: there is no such file or folder"):
        pt.evolve(music.target, tmp_path / "no-records", run=run)
    with pytest.raises(ParameterError, match=r"did you mean 'search\.population'"):
        pt.evolve(music.target, music.library, run=run, settings={"search.populaton": 3})
    with pytest.raises(TypeError, match="unexpected keyword argument 'second'"):
        pt.evolve(music.target, music.library, run=run, second=3)
    assert not run.exists()


def test_without_a_name_the_run_is_named_after_the_song_and_nothing_is_overwritten(
    music: Music, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("song-mosaic", "song-mosaic-2"):
        run = pt.evolve(music.target, music.library, settings=SMALL, cycles=1)
        assert run.folder == Path(name)


def test_a_time_that_is_over_before_the_first_cycle_leaves_a_mosaic_all_the_same(
    music: Music, tmp_path: Path
) -> None:
    assert evolve(music, tmp_path / "run", time_s=1e-6).finished.cycles == 1
    resumed = pt.evolve(tmp_path / "run", time_s=1e-6).finished
    assert (resumed.cycles, resumed.stopped_by) == (2, "time")


def test_compiling_costs_the_run_none_of_its_time(
    music: Music, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled_s = 1000.0
    late_s = 0.0

    def compile_late() -> None:
        nonlocal late_s
        late_s = compiled_s

    clock = time.monotonic
    monkeypatch.setattr("phenotune.run.evolution.kernels_are_compiled", lambda: False)
    monkeypatch.setattr("phenotune.run.evolution.compile_kernels", compile_late)
    monkeypatch.setattr(time, "monotonic", lambda: clock() + late_s)
    finished = evolve(music, tmp_path / "run", cycles=1).finished
    assert finished.elapsed_s < compiled_s


def test_classic_does_not_refit(music: Music, tmp_path: Path) -> None:
    settings = {**SMALL, "search.top": 12}
    run = tmp_path / "run"
    pt.evolve(music.target, music.library, run=run, preset="classic", settings=settings, cycles=6)
    names = [event["event"] for event in read_log(run / "log.jsonl")]
    assert "clip_placed" in names
    assert "gains_refitted" not in names


def test_going_on_tells_of_the_clips_that_are_there(music: Music, tmp_path: Path) -> None:
    before = evolve(music, tmp_path / "run", cycles=2).finished
    events = list(pt.evolving(tmp_path / "run", cycles=2))
    (started,) = [event for event in events if isinstance(event, RunStarted)]
    assert started.n_placements == before.n_placements > 0


def test_a_lock_lasts_as_long_as_the_run(music: Music, tmp_path: Path) -> None:
    lock = tmp_path / "run" / "state" / "lock"
    events = pt.evolving(music.target, music.library, run=tmp_path / "run", settings=SMALL)
    for event in events:
        if isinstance(event, ClipPlaced):
            break
    assert lock.exists()
    with pytest.raises(RunFolderError, match="is being evolved by another phenotune"):
        pt.evolve(tmp_path / "run", cycles=1)
    assert lock.exists()
    events.close()
    assert not lock.exists()


def test_a_library_that_holds_nothing_but_the_song_is_refused(music: Music, tmp_path: Path) -> None:
    folder = tmp_path / "songs"
    folder.mkdir()
    (folder / "song.wav").write_bytes(music.target.read_bytes())
    with pytest.raises(LibraryError, match=r"only sound file .*\n.*is the target itself; name it"):
        pt.evolve(folder / "song.wav", folder, run=tmp_path / "run", settings=SMALL, cycles=1)
