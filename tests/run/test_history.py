"""Any cycle's mosaic from the log alone: the same, bit for bit, as that of a run which stopped there."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import phenotune as pt
from phenotune.errors import LibraryError, ParameterError, RunFolderError
from phenotune.mosaic.encode import placement_to_json
from phenotune.run.events import CycleFinished, PlacementsChanged, event_as_dict
from phenotune.run.history import mosaic_at, mosaics_at
from phenotune.run.log import read_log

from .conftest import Music, write_records

SETTINGS = {
    "search.population": 12,
    "search.capacity": 12,
    "search.top": 3,
    "search.max_clips_per_s": 4.0,
    "search.refit_after": 1.0,
    "run.picture": False,
    "run.checkpoint_s": 0.0,
}
"""Ten clips at most, gains solved anew nearly every cycle, rivals once the list is full, and a checkpoint a cycle."""

N_CYCLES = 12


def evolve(music: Music, run: Path, cycles: int) -> pt.Run:
    return pt.evolve(music.target, music.library, run=run, settings=SETTINGS, cycles=cycles, seed=5)


@pytest.fixture(scope="module")
def whole(music: Music, tmp_path_factory: pytest.TempPathFactory) -> pt.Run:
    """A run that was never stopped."""
    return evolve(music, tmp_path_factory.mktemp("whole") / "run", N_CYCLES)


def assert_same(told: pt.Mosaic, run: pt.Mosaic) -> None:
    """The same in everything but how paths are written, which depends on the folder of the file."""
    assert told.placements == run.placements
    assert (told.explained, told.seed, told.fade_ms) == (run.explained, run.seed, run.fade_ms)
    assert (told.rate_hz, told.n_channels) == (run.rate_hz, run.n_channels)
    assert told.target.sha256 == run.target.sha256
    assert {source.id for source in told.sources} == {source.id for source in run.sources}
    np.testing.assert_array_equal(told.render(), run.render())


@pytest.mark.slow
def test_each_cycle_equals_a_run_that_was_stopped_and_went_on(
    music: Music, whole: pt.Run, tmp_path: Path
) -> None:
    """A sitting for each stop, and at each the run as it was then beside what the log of the whole one tells."""
    stopped = evolve(music, tmp_path / "run", 4)
    for cycle in (4, 9, N_CYCLES):
        if cycle > 4:
            stopped = pt.evolve(tmp_path / "run", cycles=cycle)
        assert_same(whole.mosaic_at(cycle), stopped.mosaic)
        assert_same(mosaic_at(tmp_path / "run", cycle), stopped.mosaic)
    for cycle, mosaic in mosaics_at(tmp_path / "run", range(N_CYCLES + 1)):
        assert mosaic.placements == mosaic_at(whole.folder, cycle).placements
    refits = [e for e in read_log(whole.folder / "log.jsonl") if e["event"] == "gains_refitted"]
    assert sum(event["n_exchanged"] for event in refits) > 0
    assert sum(event["n_removed"] for event in refits) > 0


def test_before_the_first_cycle_there_is_silence(whole: pt.Run) -> None:
    mosaic = mosaic_at(whole.folder, 0)
    assert (mosaic.placements, mosaic.sources, mosaic.explained) == ((), (), 0.0)
    assert not mosaic.render().any()


def test_several_come_in_the_order_asked_for(whole: pt.Run) -> None:
    found = list(mosaics_at(whole.folder, [7, 2, 7]))
    assert [cycle for cycle, _ in found] == [7, 2, 7]
    assert found[0][1] == found[2][1] != found[1][1]


def test_cycles_that_a_killed_run_did_count_as_they_were_done_last(
    music: Music, whole: pt.Run, tmp_path: Path
) -> None:
    """Killed in cycle 5 with the checkpoint of cycle 1 as the newest that is left."""
    run = tmp_path / "run"
    events = pt.evolving(music.target, music.library, run=run, settings=SETTINGS, seed=5)
    for event in events:
        if isinstance(event, CycleFinished) and event.cycle == 5:
            break
    events.close()
    for cycle in range(2, 6):
        (run / "state" / f"checkpoint-{cycle}.json").unlink(missing_ok=True)
    with open(run / "log.jsonl", "ab") as log:
        log.write(b'{"event": "placements_changed", "cyc')
    assert_same(mosaic_at(run, 5), whole.mosaic_at(5))
    pt.evolve(run, cycles=4)
    started = [e for e in read_log(run / "log.jsonl") if e["event"] == "run_started"]
    assert [event["resumed_at_cycle"] for event in started] == [0, 1]
    for cycle in range(5):
        assert_same(mosaic_at(run, cycle), whole.mosaic_at(cycle))
    with pytest.raises(ParameterError, match=r"expected 0 to 4, .* got 5"):
        mosaic_at(run, 5)


def test_what_a_sitting_takes_up_is_told_where_the_log_before_it_is_lost(
    music: Music, whole: pt.Run, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    evolve(music, run, 3)
    (run / "log.jsonl").unlink()
    pt.evolve(run, cycles=5)
    for cycle in (3, 4, 5):
        assert_same(mosaic_at(run, cycle), whole.mosaic_at(cycle))
    with pytest.raises(RunFolderError, match=r"after cycle 2; .* logged from cycle 3 on"):
        mosaic_at(run, 2)


def test_a_project_that_has_moved_with_its_sounds_is_found(music: Music, tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    shutil.copy(music.target, tmp_path / "here" / "song.wav")
    library = write_records(tmp_path / "here" / "records")
    run = evolve(Music(tmp_path / "here" / "song.wav", library), tmp_path / "here" / "run", 2)
    sound = run.mosaic.render()
    (tmp_path / "here").rename(tmp_path / "there")
    np.testing.assert_array_equal(mosaic_at(tmp_path / "there" / "run", 2).render(), sound)
    for path in (tmp_path / "there" / "records").iterdir():
        path.unlink()
    with pytest.raises(LibraryError, match="cannot be used"):
        mosaic_at(tmp_path / "there" / "run", 2).render()


@pytest.mark.parametrize("cycle", [-1, N_CYCLES + 1])
def test_a_cycle_that_was_not_reached_is_refused(whole: pt.Run, cycle: int) -> None:
    with pytest.raises(ParameterError, match=rf"expected 0 to {N_CYCLES}, which .* got {cycle}"):
        mosaic_at(whole.folder, cycle)


def test_a_folder_without_a_log_is_refused(whole: pt.Run, tmp_path: Path) -> None:
    shutil.copytree(whole.folder, tmp_path / "run")
    (tmp_path / "run" / "log.jsonl").unlink()
    with pytest.raises(RunFolderError, match=r"log\.jsonl: there is no such file"):
        mosaic_at(tmp_path / "run", 1)


def changed(whole: pt.Run, folder: Path, change: Callable[[dict[str, Any]], str | None]) -> Path:
    """A copy of the run in whose log each event is what ``change`` makes of it; None leaves its line out."""
    shutil.copytree(whole.folder, folder)
    lines = [change(event) for event in read_log(folder / "log.jsonl")]
    text = "".join(f"{line}\n" for line in lines if line is not None)
    (folder / "log.jsonl").write_text(text, encoding="utf-8")
    return folder


def test_the_log_of_an_older_phenotune_is_told_as_that(whole: pt.Run, tmp_path: Path) -> None:
    new = {"canvas_opened", "placements_changed"}
    run = changed(whole, tmp_path / "run", lambda e: None if e["event"] in new else json.dumps(e))
    with pytest.raises(RunFolderError, match=r"cycle 3; .* older phenotune, which did not log"):
        mosaic_at(run, 3)


def test_another_canvas_in_the_middle_of_a_sitting_counts_from_the_next_cycle_on(
    whole: pt.Run, tmp_path: Path
) -> None:
    """As where the target is swapped between two cycles."""

    def reopen(event: dict[str, Any]) -> str:
        line = json.dumps(event)
        if event["event"] != "cycle_finished" or event["cycle"] != 3:
            return line
        opened = next(e for e in read_log(whole.folder / "log.jsonl", ["canvas_opened"]))
        placed = [
            placement_to_json(placement) for placement in mosaic_at(whole.folder, 3).placements
        ]
        taken_up = PlacementsChanged(3, (), tuple(placed), {}, (), is_whole=True)
        rows = [opened | {"cycle": 3, "fade_ms": 0.0}, event_as_dict(taken_up)]
        return "\n".join([line, *map(json.dumps, rows)])

    run = changed(whole, tmp_path / "run", reopen)
    for (cycle, told), (_, before) in zip(
        mosaics_at(run, range(6)), mosaics_at(whole.folder, range(6)), strict=True
    ):
        assert told.fade_ms == (5.0 if cycle <= 3 else 0.0)
        assert (told.placements, told.explained) == (before.placements, before.explained)


def test_a_broken_line_is_told_with_its_number(whole: pt.Run, tmp_path: Path) -> None:
    def tear(event: dict[str, Any]) -> str:
        line = json.dumps(event)
        is_hit = event["event"] == "placements_changed" and event["cycle"] == 2
        return line[:-20] if is_hit else line

    number = next(
        i
        for i, event in enumerate(read_log(whole.folder / "log.jsonl"), start=1)
        if event["event"] == "placements_changed" and event["cycle"] == 2
    )
    run = changed(whole, tmp_path / "run", tear)
    with pytest.raises(RunFolderError, match=rf"log\.jsonl: line {number} is not JSON"):
        mosaic_at(run, 3)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("removed", None, r"placements_changed of cycle 3 is broken: 'removed' is missing"),
        ("removed", [99], r"placements_changed of cycle 3 is broken: 99 is missing"),
        ("gains", {"one": [1.0]}, r"placements_changed of cycle 3 is broken: invalid literal"),
        ("placed", [{"id": 1}], r"tells of cycle 3 makes no sense: .*placements\[0\]\.onset"),
        ("placed", "all", r"placements_changed of cycle 3 is broken: string indices"),
    ],
)
def test_an_event_that_makes_no_sense_is_told(
    whole: pt.Run, tmp_path: Path, key: str, value: Any, message: str
) -> None:
    def spoil(event: dict[str, Any]) -> str | None:
        if event.get("cycle", 0) > 3:
            return None
        if event["event"] == "placements_changed" and event["cycle"] == 3:
            event = {name: old for name, old in event.items() if name != key}
            event |= {} if value is None else {key: value}
        return json.dumps(event)

    with pytest.raises(RunFolderError, match=rf"(?s)log\.jsonl: .*{message}"):
        mosaic_at(changed(whole, tmp_path / "run", spoil), 3)
