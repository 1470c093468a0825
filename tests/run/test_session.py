"""What a sitting writes, and what it warns of."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest

import phenotune as pt
from phenotune.audio.cache import SoundCache
from phenotune.errors import RunFolderError
from phenotune.run.events import Warned
from phenotune.run.folder import RunFolder
from phenotune.run.log import read_log

from .conftest import Music

SMALL = {
    "search.population": 8,
    "search.capacity": 8,
    "search.top": 3,
    "run.picture": False,
    "run.checkpoint_s": 0.0,
}


def refuse(folder: RunFolder, *results: Any) -> float:
    raise RunFolderError("mosaic.wav: could not be written; close the program that has it open")


def placements_of(path: Path) -> Any:
    """What a checkpoint or a mosaic holds."""
    return json.loads(path.read_text())["placements"]


def test_a_result_that_a_player_holds_is_warned_of_and_written_later(
    music: Music, tmp_path: Path
) -> None:
    run, warned = tmp_path / "run", []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RunFolder, "write_results", refuse)
        for event in pt.evolving(music.target, music.library, run=run, settings=SMALL, cycles=9):
            if isinstance(event, Warned):
                warned.append(event.message)
                patch.undo()
    assert [message.split(";")[-1] for message in warned] == [" the next checkpoint tries again"]
    rows = [row["message"] for row in read_log(run / "log.jsonl") if row["event"] == "warned"]
    assert rows == warned
    last = placements_of(run / "state" / "checkpoint-9.json")
    assert placements_of(run / "out" / "mosaic.json") == last


@pytest.mark.parametrize("checkpoint_s", [0.0, 1000.0])
def test_a_result_that_cannot_be_written_at_the_end_is_an_error(
    checkpoint_s: float, music: Music, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, settings = tmp_path / "run", {**SMALL, "run.checkpoint_s": checkpoint_s}
    monkeypatch.setattr(RunFolder, "write_results", refuse)
    with pytest.raises(RunFolderError, match=r"mosaic\.wav: could not be written"):
        pt.evolve(music.target, music.library, run=run, settings=settings, cycles=2)
    assert (run / "state" / "checkpoint-2.json").exists()


def test_a_cache_that_cannot_be_written_is_told_once(
    music: Music, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("PHENOTUNE_CACHE", str(tmp_path / "file"))
    run = tmp_path / "run"
    events = pt.evolving(music.target, music.library, run=run, settings=SMALL, cycles=2)
    (message,) = [event.message for event in events if isinstance(event, Warned)]
    assert message.startswith(f"the sound cache cannot be written ({tmp_path / 'file'}")


def test_target_and_library_share_a_cache(
    music: Music, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    caches = []

    class CountedCache(SoundCache):
        def __init__(self) -> None:
            super().__init__(tmp_path / "cache")
            caches.append(self)

    for room in ("run.opening", "library.library", "library.target"):
        monkeypatch.setattr(f"phenotune.{room}.SoundCache", CountedCache)
    pt.evolve(music.target, music.library, run=tmp_path / "run", settings=SMALL, cycles=1)
    assert len(caches) == 1


def test_another_process_is_named_and_nothing_is_touched(music: Music, tmp_path: Path) -> None:
    run = tmp_path / "run"
    pt.evolve(music.target, music.library, run=run, settings=SMALL, cycles=1)
    holder = {"pid": os.getppid(), "host": socket.gethostname()}
    (run / "state" / "lock").write_text(json.dumps(holder))
    before = (run / "log.jsonl").read_bytes()
    with pytest.raises(RunFolderError, match=rf"run: is being evolved .*process {os.getppid()}\)"):
        pt.evolve(run, cycles=2)
    assert (run / "log.jsonl").read_bytes() == before
