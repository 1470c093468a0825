"""Editing by hand: each action, undoing and redoing it, going on after it, and doing the run again from its log."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import phenotune as pt
from phenotune.audio.files import read_sound
from phenotune.errors import LibraryError, ParameterError, RunFolderError
from phenotune.mosaic.mosaic import Mosaic
from phenotune.run.checkpoints import read_newest_checkpoint
from phenotune.run.editing import Edit, edit, edits_of, placements_of, redo, undo
from phenotune.run.history import mosaic_at
from phenotune.run.lock import RunLock
from phenotune.run.log import read_log
from phenotune.run.selecting import Selection
from phenotune.units import db_to_amplitude

from .conftest import Music, write_records

SETTINGS: dict[str, Any] = {
    "search.population": 12,
    "search.capacity": 12,
    "search.top": 3,
    "search.max_clips_per_s": 4.0,
    "search.refit_after": 1.0,
    "run.picture": False,
}
"""Ten clips at most, gains solved anew nearly every cycle, and rivals once the list is full."""

Copy = Callable[[], Path]


@pytest.fixture(scope="module")
def original(music: Music, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of six cycles; do not write into it."""
    run = tmp_path_factory.mktemp("edited") / "run"
    pt.evolve(music.target, music.library, run=run, settings=SETTINGS, cycles=6, seed=5)
    return run


@pytest.fixture
def run(original: Path) -> Path:
    """A copy of the run, beside it, so that its paths hold."""
    number = next(n for n in count(1) if not (original.parent / f"run-{n}").exists())
    return Path(shutil.copytree(original, original.parent / f"run-{number}"))


def mosaic_of(run: Path) -> Mosaic:
    return Mosaic.load(run / "out" / "mosaic.json")


def by_id(run: Path) -> dict[int, Any]:
    return {placement.id: placement for placement in mosaic_of(run).placements}


def some_ids(run: Path, n: int = 2) -> list[int]:
    return sorted(by_id(run))[:n]


def assert_sounds_as_written(run: Path) -> None:
    """The WAV is what rendering the placements gives, and explained is what the checkpoint's canvas has."""
    mosaic = mosaic_of(run)
    written = read_sound(run / "out" / "mosaic.wav").samples
    rendered = mosaic.render()
    loudest = float(np.abs(rendered).max())
    scale = 1.0 if loudest <= 0.999 else 0.999 / loudest
    np.testing.assert_allclose(written, rendered * scale, atol=2.0**-22)


ACTIONS = [
    Edit("lock", Selection(is_all=True)),
    Edit("mute", Selection(from_s=0.5, to_s=1.2)),
    Edit("drop", Selection(cycles=[(1, 2)])),
    Edit("nudge", Selection(is_all=True), by_s=0.02),
    Edit("nudge", Selection(from_s=1.0, only_begin=True), at_s=0.25),
    Edit("gain", Selection(source="tone*"), gain_db=-3.0),
    Edit("pan", Selection(is_all=True), pan=-0.5),
]


@pytest.mark.slow
@pytest.mark.parametrize("wanted", ACTIONS, ids=lambda wanted: wanted.told)
def test_undoing_gives_the_very_same_and_redoing_the_edit(run: Path, wanted: Edit) -> None:
    before = (run / "out" / "mosaic.json").read_bytes(), (run / "out" / "mosaic.wav").read_bytes()
    outcome = edit(run, wanted)
    after = (run / "out" / "mosaic.json").read_bytes()
    assert outcome.ids
    assert after != before[0]
    assert outcome.explained == mosaic_of(run).explained
    assert_sounds_as_written(run)
    (undone,) = undo(run)
    assert (undone.kept, undone.explained) == ((), outcome.explained_before)
    assert (run / "out" / "mosaic.json").read_bytes() == before[0]
    assert (run / "out" / "mosaic.wav").read_bytes() == before[1]
    redo(run)
    assert (run / "out" / "mosaic.json").read_bytes() == after


def test_locking_and_unlocking(run: Path) -> None:
    first, second = some_ids(run)
    edit(run, Edit("lock", Selection(ids=[first, second])))
    edit(run, Edit("unlock", Selection(ids=[second])))
    placed = by_id(run)
    assert [placed[number].locked for number in (first, second)] == [True, False]
    again = edit(run, Edit("lock", Selection(ids=[first])))
    assert (again.ids, again.number, again.explained) == ((), None, None)
    assert len(edits_of(run)) == 2


def test_what_is_dropped_is_gone_from_the_results_and_the_checkpoint(run: Path) -> None:
    before, gone = by_id(run), some_ids(run)
    outcome = edit(run, Edit("drop", Selection(ids=gone)))
    assert outcome.ids == tuple(gone)
    assert by_id(run).keys() == before.keys() - set(gone)
    checkpoint, _ = read_newest_checkpoint(run / "state")
    assert checkpoint is not None
    assert {placement.id for placement in checkpoint.placements} == by_id(run).keys()
    assert outcome.n_placements == len(before) - len(gone)


def test_what_is_muted_is_kept_and_not_heard(run: Path) -> None:
    before, (number, *_) = by_id(run), some_ids(run)
    outcome = edit(run, Edit("mute", Selection(ids=[number])))
    placed = by_id(run)
    assert placed[number] == replace(before[number], muted=True)
    assert outcome.n_placements == len(before) - 1
    assert_sounds_as_written(run)
    pt.evolve(run, cycles=8)
    assert by_id(run)[number] == replace(before[number], muted=True)
    edit(run, Edit("unmute", Selection(ids=[number])))
    assert by_id(run)[number] == before[number]


def test_a_nudge_moves_and_locks(run: Path) -> None:
    before, (number, other) = by_id(run), some_ids(run)
    edit(run, Edit("nudge", Selection(ids=[number]), by_s=0.02))
    onset = before[number].onset_samples + round(0.02 * 44_100)
    assert by_id(run)[number] == replace(before[number], onset_samples=onset, locked=True)
    edit(run, Edit("nudge", Selection(ids=[number, other]), at_s=0.5))
    placed = by_id(run)
    assert min(placed[number].onset_samples, placed[other].onset_samples) == 22_050
    distance = before[other].onset_samples - onset
    assert placed[other].onset_samples - placed[number].onset_samples == distance


def test_gains_in_decibels_and_pan(run: Path) -> None:
    before, (number, *_) = by_id(run), some_ids(run)
    edit(run, Edit("gain", Selection(ids=[number]), gain_db=-6.0))
    softer = [gain * db_to_amplitude(-6.0) for gain in before[number].gains]
    assert by_id(run)[number].gains == pytest.approx(softer)
    edit(run, Edit("pan", Selection(ids=[number]), pan=0.5))
    level = sum(softer) / 2
    assert by_id(run)[number].gains == pytest.approx([1.5 * level, 0.5 * level])
    assert by_id(run)[number].locked


@pytest.mark.slow
def test_locks_hold_while_it_evolves(run: Path) -> None:
    """With a full list, and gains solved anew in nearly every cycle."""
    edit(run, Edit("lock", Selection(cycles=[(1, 3)])))
    locked = {number: each for number, each in by_id(run).items() if each.locked}
    others = by_id(run).keys() - locked.keys()
    assert locked
    assert others
    pt.evolve(run, cycles=20)
    placed = by_id(run)
    assert {number: placed[number] for number in locked} == locked
    assert placed.keys() - locked.keys() != others


def test_nothing_lands_where_all_is_locked_and_the_list_is_full(run: Path) -> None:
    pt.evolve(run, cycles=12)
    edit(run, Edit("lock", Selection(is_all=True)))
    before = mosaic_of(run)
    assert len(before.placements) == 10
    pt.evolve(run, cycles=14)
    assert mosaic_of(run).placements == before.placements


@pytest.mark.slow
def test_a_run_with_edits_is_done_again_bit_for_bit(run: Path) -> None:
    first, second = some_ids(run)
    edit(run, Edit("mute", Selection(ids=[first])))
    edit(run, Edit("drop", Selection(ids=[second])))
    pt.evolve(run, cycles=9)
    undo(run, 2)
    edit(run, Edit("nudge", Selection(from_s=1.5), by_s=-0.01))
    pt.evolve(run, cycles=11)
    edit(run, Edit("gain", Selection(is_all=True), gain_db=-2.0))
    with pytest.raises(ParameterError, match="there is no edit to redo"):
        redo(run)
    again = run.parent / f"again-{run.name}"
    assert pt.replay(run, again, workers=1)
    told, other = (list(read_log(r / "log.jsonl", ["edited"])) for r in (run, again))
    assert told == other
    assert [(r.number, r.state) for r in edits_of(again)] == [
        (r.number, r.state) for r in edits_of(run)
    ]
    # The new run has the history as well.
    undo(run)
    undo(again)
    assert (run / "out/mosaic.json").read_bytes() == (again / "out/mosaic.json").read_bytes()


def test_undoing_after_the_run_has_gone_on(run: Path) -> None:
    before = by_id(run)
    first, second, third = some_ids(run, 3)
    edit(run, Edit("drop", Selection(ids=[first])))
    edit(run, Edit("lock", Selection(ids=[second])))
    edit(run, Edit("mute", Selection(ids=[third])))
    pt.evolve(run, cycles=10)
    now = by_id(run)
    undone = undo(run, 3)
    assert [outcome.kept for outcome in undone] == [(), (), ()]
    placed = by_id(run)
    assert placed[first] == before[first]
    assert placed[second] == before[second]
    assert placed[third] == before[third]
    assert placed.keys() - {first} == now.keys()


def test_undoing_tells_what_the_search_has_changed_since(run: Path) -> None:
    """Gains that were given back to the search are its own; what it has removed is gone."""
    edit(run, Edit("gain", Selection(is_all=True), gain_db=-9.0))
    edit(run, Edit("unlock", Selection(is_all=True)))
    softened = by_id(run)
    pt.evolve(run, cycles=12)
    now = by_id(run)
    _, undone = undo(run, 2)
    reasons = dict(undone.kept)
    resolved = {
        number
        for number in softened.keys() & now.keys()
        if softened[number].gains != now[number].gains
    }
    assert resolved
    assert resolved <= reasons.keys()
    assert all(by_id(run)[number].gains == now[number].gains for number in resolved)
    assert "its gains have been solved anew since" in reasons.values()
    assert {n for n, why in reasons.items() if why == "it is not there any more"} == (
        softened.keys() - now.keys()
    )


def test_an_edit_makes_what_was_undone_past(run: Path) -> None:
    first, second = some_ids(run)
    edit(run, Edit("lock", Selection(ids=[first])))
    undo(run)
    edit(run, Edit("mute", Selection(ids=[second])))
    assert [record.state for record in edits_of(run)] == ["left", "done"]
    undo(run)
    with pytest.raises(ParameterError, match="there is no edit to undo"):
        undo(run)
    with pytest.raises(ParameterError, match=r"expected 1 to 1 edits of .*, got 2"):
        redo(run, 2)


def test_a_cycle_is_told_as_it_was_edited(run: Path) -> None:
    before = mosaic_of(run)
    (number, *_) = some_ids(run)
    edit(run, Edit("drop", Selection(ids=[number])))
    edited = mosaic_of(run)
    assert mosaic_at(run, 6).placements == edited.placements
    assert mosaic_at(run, 6).explained == edited.explained
    pt.evolve(run, cycles=8)
    assert mosaic_at(run, 6).placements == edited.placements
    assert mosaic_at(run, 8).placements == mosaic_of(run).placements
    undo(run)
    assert number in {each.id for each in mosaic_at(run, 8).placements}
    assert mosaic_at(run, 6).placements != before.placements


@pytest.mark.slow
def test_an_edit_that_the_disk_has_lost_is_told_by_nobody(run: Path) -> None:
    """Killed between the log and the checkpoint: the log knows of an edit that the run does not."""
    before = mosaic_of(run)
    kept = {path: path.read_bytes() for path in [*(run / "out").iterdir(), *checkpoints(run)]}
    edit(run, Edit("drop", Selection(is_all=True)))
    for path, content in kept.items():
        path.write_bytes(content)
    log = (run / "log.jsonl").read_bytes().splitlines(True)
    lost = next(i for i, row in enumerate(log) if row.startswith(b'{"event": "edited"'))
    (run / "log.jsonl").write_bytes(b"".join(log[: lost + 2]))
    edit(run, Edit("lock", Selection(cycles=[(1, 2)])))
    pt.evolve(run, cycles=8)
    assert mosaic_at(run, 6).placements != before.placements
    assert len(mosaic_at(run, 6).placements) == len(before.placements)
    assert pt.replay(run, run.parent / f"again-{run.name}", workers=1)


def test_an_edit_whose_checkpoint_the_log_does_not_tell(run: Path) -> None:
    """Killed between the checkpoint and the line that tells of it."""
    (number, *_) = some_ids(run)
    edit(run, Edit("drop", Selection(ids=[number])))
    log = (run / "log.jsonl").read_bytes().splitlines(True)
    assert log[-2].startswith(b'{"event": "checkpoint_written"')
    (run / "log.jsonl").write_bytes(b"".join(log[:-2]))
    pt.evolve(run, cycles=8)
    assert pt.replay(run, run.parent / f"again-{run.name}", workers=1)


def checkpoints(run: Path) -> list[Path]:
    return list((run / "state").glob("checkpoint-*.json"))


@pytest.mark.slow
def test_dropped_sounds_are_kept_for_undoing(
    music: Music, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library loses what was dropped, and the run goes on without it."""
    records = write_records(tmp_path / "records")
    run = tmp_path / "run"
    pt.evolve(music.target, records, run=run, settings=SETTINGS, cycles=6, seed=5)
    before = by_id(run)
    name = placements_of(run)[0].sources[0]
    dropped = edit(run, Edit("drop", Selection(source=name))).ids
    (records / name).unlink()
    pt.evolve(run, cycles=8)
    undo(run)
    assert {number: by_id(run)[number] for number in dropped} == {
        number: before[number] for number in dropped
    }
    assert pt.replay(run, tmp_path / "again", workers=1)


def test_time_that_an_edit_takes_is_not_the_runs(run: Path) -> None:
    def elapsed_s() -> float:
        checkpoint, _ = read_newest_checkpoint(run / "state")
        assert checkpoint is not None
        return checkpoint.elapsed_s

    before = elapsed_s()
    edit(run, Edit("lock", Selection(is_all=True)))
    assert elapsed_s() == pytest.approx(before, abs=0.05)


def test_settings_are_left_alone(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (run / "phenotune.toml").read_bytes()
    monkeypatch.setenv("PHENOTUNE_SEARCH__TOP", "7")
    edit(run, Edit("lock", Selection(is_all=True)))
    assert (run / "phenotune.toml").read_bytes() == before


def test_a_dry_run_writes_nothing(run: Path) -> None:
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    outcome = edit(run, Edit("mute", Selection(cycles=[(1, 2)])), is_dry_run=True)
    assert set(outcome.ids) == {n for n, each in by_id(run).items() if each.cycle <= 2}
    assert outcome.explained is None
    assert before == {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}


def test_progress_comes_to_its_end(run: Path) -> None:
    shares: list[float] = []
    edit(run, Edit("lock", Selection(is_all=True)), progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_rows_tell_what_there_is(run: Path) -> None:
    rows = placements_of(run)
    placed = by_id(run)
    assert [row.id for row in rows] == list(placed)
    for row in rows:
        each = placed[row.id]
        assert row.onset_s == each.onset_samples / 44_100
        assert row.gain_db == pytest.approx(20 * math.log10(abs(sum(each.gains) / 2)))
        assert (row.cycle, row.lineage, row.locked) == (each.cycle, each.lineage, each.locked)


@pytest.mark.parametrize(
    ("action", "values", "message"),
    [
        ("smash", {}, "action: expected lock, unlock, .*, got 'smash'"),
        ("nudge", {}, "nudge: expected by_s or at_s, got none"),
        ("nudge", {"by_s": 1.0, "at_s": 1.0}, "nudge: expected by_s or at_s, got at_s, by_s"),
        ("lock", {"gain_db": 1.0}, "lock: expected no value, got gain_db"),
        ("gain", {"gain_db": 61.0}, "gain: expected -60 to 60 dB, got 61 dB"),
        ("gain", {"gain_db": math.nan}, "gain: expected a finite number"),
        ("pan", {"pan": 1.5}, "pan: expected -1 .* got 1.5"),
    ],
)
def test_what_cannot_be_asked_for(action: Any, values: dict[str, float], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        Edit(action, Selection(is_all=True), **values)


def test_nobody_is_moved_out_of_the_song(run: Path) -> None:
    (number, *_) = some_ids(run)
    for values in ({"by_s": 30.0}, {"at_s": 2.5}, {"by_s": -30.0}):
        with pytest.raises(
            ParameterError, match=rf"nudge: clip {number} would sound from .* 2\.500 s"
        ):
            edit(run, Edit("nudge", Selection(ids=[number]), **values))
    edit(run, Edit("gain", Selection(ids=[number]), gain_db=40.0))
    with pytest.raises(ParameterError, match=r"would get a gain of more than 1000"):
        edit(run, Edit("gain", Selection(ids=[number]), gain_db=60.0))


def test_a_run_that_evolves_is_refused(run: Path) -> None:
    with RunLock(run / "state") as lock:
        lock.take()
        with pytest.raises(RunFolderError, match="is being evolved by another phenotune"):
            edit(run, Edit("lock", Selection(is_all=True)))


def test_a_run_without_a_checkpoint_is_refused(run: Path) -> None:
    for path in checkpoints(run):
        path.unlink()
    with pytest.raises(RunFolderError, match="has no checkpoint yet, so there is nothing to edit"):
        edit(run, Edit("lock", Selection(is_all=True)))


def test_a_checkpoint_of_an_older_phenotune_is_refused(run: Path) -> None:
    for path in checkpoints(run):
        content = json.loads(path.read_text())
        del content["engine"]["target"]
        path.write_text(json.dumps(content))
    with pytest.raises(RunFolderError, match="older phenotune, which did not note"):
        placements_of(run)


def test_a_history_that_makes_no_sense_is_refused(run: Path) -> None:
    for path in checkpoints(run):
        content = json.loads(path.read_text())
        content["engine"]["edits"] = {"records": [{"number": 1}]}
        path.write_text(json.dumps(content))
    with pytest.raises(RunFolderError, match="does not tell what was edited"):
        undo(run)


def test_sounds_that_are_missing_are_told_and_nothing_is_written(
    music: Music, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = write_records(tmp_path / "records")
    run = tmp_path / "run"
    pt.evolve(music.target, records, run=run, settings=SETTINGS, cycles=3, seed=5)
    before = (run / "log.jsonl").read_bytes()
    for path in records.glob("t*.wav"):
        path.unlink()
    monkeypatch.setenv("PHENOTUNE_CACHE", str(tmp_path / "cache"))
    with pytest.raises(LibraryError, match="was cut from a sound that the library no longer has"):
        edit(run, Edit("lock", Selection(is_all=True)))
    assert (run / "log.jsonl").read_bytes() == before


def test_an_edit_can_be_watched(run: Path) -> None:
    """The events of a sitting that edits, as its log has them."""
    edit(run, Edit("mute", Selection(is_all=True)))
    names = [event["event"] for event in read_log(run / "log.jsonl")]
    last = names[len(names) - names[::-1].index("run_started") - 1 :]
    assert last == [
        "run_started",
        "canvas_opened",
        "placements_changed",
        "inputs_read",
        "edited",
        "placements_changed",
        "checkpoint_written",
        "finished",
    ]
    (event,) = read_log(run / "log.jsonl", ["edited"])
    assert (event["cycle"], event["number"], event["about"]) == (6, 1, None)
    assert event["words"] == "mute --all"
    assert {change["id"] for change in event["changes"]} == by_id(run).keys()
    assert event["changes"][0]["now"] == {"muted": True}
    finished = list(read_log(run / "log.jsonl", ["finished"]))[-1]
    assert (finished["stopped_by"], finished["n_placements"]) == ("edit", 0)
