"""``phenotune replay`` and ``evolve --inject``, as people call them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from phenotune.run.log import read_log

from ..run.conftest import tone, write, write_records

pytestmark = pytest.mark.slow

QUICK = ["--set", "search.population=12", "--set", "run.picture=false", "--seed", "3"]


@pytest.fixture
def run(tmp_path: Path, call: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run of three cycles."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "song.wav", tone(220.0, 1.5, 0.5))
    write_records(tmp_path / "records")
    called = call("evolve", "song.wav", "records", "-o", "RUN", "--cycles", "3", *QUICK)
    assert called.code == 0, called.err
    return Path("RUN")


def test_the_same_comes_of_it(run: Path, call: Callable[..., Any]) -> None:
    called = call("replay", run, "-o", "AGAIN", "--workers", "1", "-q")
    assert (called.code, called.err) == (0, "")
    assert called.out == "AGAIN: the same mosaic, bit for bit, as RUN at the end of cycle 3\n"
    assert call("evolve", "AGAIN", "--cycles", "4", "-q").code == 0


def test_json_ends_with_the_verdict(run: Path, call: Callable[..., Any]) -> None:
    called = call("replay", run, "-o", "AGAIN", "--json")
    last = json.loads(called.out.splitlines()[-1])
    assert last == {"event": "replayed", "run": "RUN", "new": "AGAIN", "is_same": True}


def test_another_mosaic_is_told(run: Path, call: Callable[..., Any]) -> None:
    log = run / "log.jsonl"
    log.write_text(log.read_text().replace('"seed": 3', '"seed": 4'))
    called = call("replay", run, "-o", "AGAIN", "-q")
    assert called.code == 1
    assert called.out == "AGAIN: another mosaic than RUN at the end of cycle 3\n"


def test_sounds_that_are_missing_are_listed(
    run: Path, call: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHENOTUNE_CACHE", str(tmp_path / "cache"))
    Path("records/hum.wav").unlink()
    write(Path("records/noise.wav"), tone(100.0, 0.4, 0.1))
    called = call("replay", run, "-o", "AGAIN")
    assert called.code == 1
    assert "RUN: 2 sounds that it was made of cannot be had; put them back:" in called.err
    assert "hum.wav: does not exist" in called.err
    assert "noise.wav: has changed since" in called.err


def test_a_log_that_does_not_tell_is_refused(run: Path, call: Callable[..., Any]) -> None:
    log = run / "log.jsonl"
    rows = [row for row in log.read_text().splitlines(True) if '"inputs_read"' not in row]
    log.write_text("".join(rows))
    called = call("replay", run, "-o", "AGAIN")
    assert called.code == 1
    assert "does not tell what the run began with" in called.err


def test_a_mix_is_injected(run: Path, call: Callable[..., Any]) -> None:
    mix = write(Path("false.wav"), tone(110.0, 1.5, 0.5))
    called = call(
        "evolve", "song.wav", "records", "-o", "OTHER", "--cycles", "2", "--inject", mix, *QUICK
    )
    assert called.code == 0
    assert "starts from s" in called.err
    events = [row["event"] for row in read_log(Path("OTHER/log.jsonl"))]
    assert events.count("mix_injected") == 1
    short = write(Path("short.wav"), tone(110.0, 1.0, 0.5))
    called = call("evolve", "song.wav", "records", "-o", "X", "--inject", short, *QUICK)
    assert called.code == 1
    assert f"{short.absolute()}: is 1.00 s long, and the target song.wav is 1.50 s" in called.err


def test_a_song_out_of_itself(run: Path, call: Callable[..., Any]) -> None:
    called = call("evolve", "song.wav", "song.wav", "-o", "SELF", "--cycles", "2", *QUICK)
    assert called.code == 0, called.err
    assert "out of 1 sound (" in called.err


def test_a_stage_without_genes_is_refused_before_anything_is_made(
    run: Path, call: Callable[..., Any]
) -> None:
    Path("HAND").mkdir()
    write(Path("HAND/target.wav"), tone(220.0, 1.0, 0.5))
    write_records(Path("HAND/library"))
    Path("HAND/phenotune.toml").write_text('[[stage]]\nname = "bare"\ngenes = []\n')
    called = call("evolve", "HAND")
    assert called.code == 2
    assert "stage 1 ('bare'): genes has none that may be drawn" in called.err
