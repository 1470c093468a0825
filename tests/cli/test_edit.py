"""``phenotune edit`` and ``phenotune regrow``, as people call them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import phenotune as pt
from phenotune.mosaic.mosaic import Mosaic
from phenotune.run.editing import edits_of

from ..run.conftest import tone, write, write_records

QUICK = {"search.population": 12, "search.top": 3, "library.max_clip_s": 0.5, "run.picture": False}


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run of four cycles; do not write into it."""
    folder = tmp_path_factory.mktemp("desk")
    write(folder / "song.wav", tone(220.0, 1.5, 0.5))
    write_records(folder / "records")
    pt.evolve(
        folder / "song.wav",
        folder / "records",
        run=folder / "RUN",
        settings=QUICK,
        cycles=4,
        seed=3,
    )
    return folder


@pytest.fixture
def run(original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The run in a folder of its own, called by a short name."""
    shutil.copytree(original, tmp_path / "desk")
    monkeypatch.chdir(tmp_path / "desk")
    return Path("RUN")


def ids(run: Path) -> list[int]:
    return [placement.id for placement in Mosaic.load(run / "out/mosaic.json").placements]


PATHS = "RUN/out/mosaic.json\nRUN/out/mosaic.wav\n"


def test_an_edit_says_what_it_did_and_where_the_results_lie(
    run: Path, call: Callable[..., Any]
) -> None:
    first, second, *_ = ids(run)
    called = call("edit", run, "nudge", "-20ms", "--id", f"{first},{second}")
    assert (called.code, called.out) == (0, PATHS)
    message = called.err.splitlines()[-1]
    assert message.startswith("2 clips moved; ")
    assert message.endswith(" before")
    assert edits_of(run)[0].words == f"nudge -20ms --id {first},{second}"
    called = call("edit", run, "undo", "-q")
    assert (called.code, called.out, called.err) == (0, PATHS, "")


@pytest.mark.parametrize("words", [["gain", "-3dB"], ["GAIN", "+3"], ["pan", "30R"], ["mute"]])
def test_values_may_begin_with_a_sign(
    run: Path, call: Callable[..., Any], words: list[str]
) -> None:
    called = call("edit", run, *words, "--all", "--json")
    if words[0] == "pan":
        # A song in mono has no sides.
        assert (called.code, called.out) == (2, "")
        assert "pan: expected a mosaic in stereo" in called.err
        return
    row = json.loads(called.out)
    assert (called.code, row["action"], row["number"]) == (0, words[0].lower(), 1)
    assert row["ids"] == ids(run)
    assert row["explained"] < row["explained_before"]


def test_nothing_changes_twice(run: Path, call: Callable[..., Any]) -> None:
    call("edit", run, "lock", "--all")
    called = call("edit", run, "lock", "--all")
    assert called.code == 0
    assert "nothing changed: all of these clips are like that already" in called.err
    assert len(edits_of(run)) == 1


def test_a_list_and_a_dry_run(run: Path, call: Callable[..., Any]) -> None:
    call("edit", run, "lock", "--id", ids(run)[0])
    called = call("edit", run, "list")
    header, first, *rest = called.out.splitlines()
    assert header.split() == [
        "id",
        "at",
        "s",
        "for",
        "s",
        "dB",
        "pan",
        "cycle",
        "lineage",
        "made",
        "of",
    ]
    assert first.split()[0] == str(ids(run)[0])
    assert "locked" in first
    assert len(rest) == len(ids(run)) - 1
    rows = [json.loads(row) for row in call("edit", run, "list", "--json").out.splitlines()]
    assert [row["id"] for row in rows] == ids(run)
    assert rows[0]["locked"] is True
    before = (run / "log.jsonl").read_bytes()
    called = call("edit", run, "drop", "--all", "--dry-run")
    assert called.err == f"{len(ids(run))} clips would be dropped\n"
    assert called.out == call("edit", run, "list").out
    assert (run / "log.jsonl").read_bytes() == before


def test_the_log_of_edits(run: Path, call: Callable[..., Any]) -> None:
    called = call("edit", run, "log")
    assert (called.code, called.out, called.err) == (0, "", "nothing was edited in RUN\n")
    call("edit", run, "mute", "--from", "0.2s")
    call("edit", run, "undo")
    rows = call("edit", run, "log").out.splitlines()
    assert rows[0].split() == ["edit", "after", "cycle", "clips", "what"]
    assert rows[1].split()[-5:] == ["undone", "mute", "--from", "0.2s"][-5:] or "undone" in rows[1]
    (row,) = call("edit", run, "log", "--json").out.splitlines()
    told = json.loads(row)
    assert (told["number"], told["action"], told["state"]) == (1, "mute", "undone")


def test_what_could_not_be_brought_back_is_told(run: Path, call: Callable[..., Any]) -> None:
    call("edit", run, "gain", "-9dB", "--all")
    call("edit", run, "unlock", "--all")
    pt.evolve(run, cycles=12, settings={"search.refit_after": 0.5})
    called = call("edit", run, "undo", "2")
    assert called.code == 0
    assert "left as they are: its gains have been solved anew since" in called.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["mut", "--all"], "'mut': there is no such action; did you mean 'mute'?"),
        (["smash", "--all"], "'smash': there is no such action; there are: lock, unlock, drop"),
        (["mute", "--form", "12s"], "--form: there is no such option; did you mean --from?"),
        (["mute", "-x"], "-x: there is no such option; `phenotune edit --help` lists them"),
        (["mute"], "expected which clips are meant"),
        (["mute", "3"], "mute: expected nothing after it but options, got '3'"),
        (["nudge", "--all"], "nudge: expected a value, +20ms, -0.5s, or the moment 12.5s; got 0"),
        (["gain", "-3dB", "4", "--all"], "gain: expected a value, -3dB; got 2"),
        (["gain", "loud", "--all"], "gain: expected decibels such as -3dB or +1.5dB, got 'loud'"),
        (["nudge", "+1m", "--all"], "would sound from"),
        (["mute", "--id", "9999"], "there is no clip 9999 in RUN, or not any more; there are"),
        (
            ["mute", "--from", "1.4s", "--to", "1s"],
            "to: expected a time after 1.4 s (from), got 1 s",
        ),
        (["mute", "--from", "2s"], "from: expected 0 s to the end of the song at 1.50 s, got 2 s"),
        (["undo"], "undo: RUN: there is no edit to undo"),
        (["undo", "--all"], "undo: expected no clips to be named, got --all"),
        (["log", "--id", "1"], "log: expected no clips to be named, got --id 1"),
        (["undo", "two"], "undo: expected a whole number, got 'two'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_mistakes_are_named(
    run: Path, call: Callable[..., Any], arguments: list[str], message: str
) -> None:
    before = (run / "log.jsonl").read_bytes()
    called = call("edit", run, *arguments)
    assert (called.code, called.out) == (2, "")
    assert message in called.err
    assert (run / "log.jsonl").read_bytes() == before


def test_a_folder_that_is_no_run(call: Callable[..., Any], tmp_path: Path) -> None:
    called = call("edit", tmp_path / "nowhere", "lock", "--all")
    assert (called.code, called.out) == (1, "")
    assert "there is no such folder" in called.err


def test_a_stretch_is_regrown_and_taken_back(run: Path, call: Callable[..., Any]) -> None:
    before = (run / "out/mosaic.json").read_bytes()
    called = call("regrow", run, "--from", "0.5s", "--to", "1s", "--cycles", "2")
    assert called.code == 0
    assert "explained by" in called.out
    assert "take it back: phenotune edit RUN undo" in called.err
    assert "edited: regrow --from 0.5s --to 1s" in called.err
    assert (run / "out/mosaic.json").read_bytes() != before
    call("edit", run, "undo")
    assert (run / "out/mosaic.json").read_bytes() == before


def test_regrowing_speaks_json_and_is_quiet(run: Path, call: Callable[..., Any]) -> None:
    stretch = ["--from", "0.5s", "--to", "1s", "--cycles", "1", "--seed", "8", "--keep"]
    rows = [json.loads(row) for row in call("regrow", run, *stretch, "--json").out.splitlines()]
    assert (rows[-1]["event"], rows[-1]["cycles"], rows[-1]["seed"]) == ("finished", 5, 8)
    assert "edited" not in [row["event"] for row in rows]
    called = call("regrow", run, *stretch, "-q", "--set", "search.top=2")
    assert (called.code, called.out, called.err) == (0, "RUN\n", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--from", "1s", "--to", "9s"],
            "to: expected no later than the end of the song at 1.50 s",
        ),
        (["--from", "1s"], "missing option '--to'"),
        (["--from", "0s", "--to", "1s", "--set", "search.tip=2"], "unknown setting 'search.tip'"),
        (["--from", "0s", "--to", "1s", "--cycles", "0"], "cycles: expected at least 1, got 0"),
    ],
)
def test_mistakes_of_regrowing_are_named(
    run: Path, call: Callable[..., Any], arguments: list[str], message: str
) -> None:
    called = call("regrow", run, *arguments)
    assert (called.code, called.out) == (2, "")
    assert message in called.err
