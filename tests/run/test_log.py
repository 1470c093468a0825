from __future__ import annotations

import errno
import json
import math
import os
from pathlib import Path
from typing import Any

import pytest

from phenotune.errors import RunFolderError
from phenotune.run.events import (
    ClipPlaced,
    CycleStarted,
    GenerationScored,
    RunFinished,
    RunStarted,
    SourceSkipped,
)
from phenotune.run.log import EventLog, explained_over_time, read_log


def finished(cycle: int, explained: float) -> dict[str, Any]:
    return {
        "event": "cycle_finished",
        "cycle": cycle,
        "elapsed_s": 10.0 * cycle,
        "explained": explained,
    }


def test_events_come_back_in_order_a_line_to_each(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with EventLog(path) as log:
        log.append(CycleStarted(1))
        log.append(ClipPlaced(1, 3, 12, "s0", 0.5, 1.25, (0.5, -0.25), 0.01, None, 0.4))
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == '{"event": "cycle_started", "cycle": 1}'
    assert json.loads(lines[1])["gains"] == [0.5, -0.25]
    assert [event["event"] for event in read_log(path)] == ["cycle_started", "clip_placed"]


def test_a_log_goes_on_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    for cycle in (1, 2):
        with EventLog(path) as log:
            log.append(CycleStarted(cycle))
    assert [event["cycle"] for event in read_log(path)] == [1, 2]


def test_names_that_are_not_ascii_stay_readable(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with EventLog(path) as log:
        log.append(RunFinished("Übung", 0, 1, 2, 0.5, 60.0, "time"))
    assert "Übung" in path.read_text(encoding="utf-8")


def test_what_json_cannot_say_becomes_null(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with EventLog(path) as log:
        log.append(GenerationScored(1, 1, 60, -math.inf, 60, 0.1, math.nan))
    event = next(read_log(path))
    assert (event["best_fitness"], event["explained"]) == (None, None)


@pytest.mark.parametrize("torn", [b'{"event": "cyc', b"\x00\x00\x00", b"{" * 200_000])
def test_an_unfinished_last_line_is_left_out_and_removed(tmp_path: Path, torn: bytes) -> None:
    path = tmp_path / "log.jsonl"
    whole = b'{"event": "cycle_started", "cycle": 1}\n'
    path.write_bytes(whole + torn)
    assert [event["cycle"] for event in read_log(path)] == [1]
    with EventLog(path) as log:
        log.append(CycleStarted(2))
    assert [event["cycle"] for event in read_log(path)] == [1, 2]


def test_a_log_with_nothing_but_an_unfinished_line_starts_anew(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'{"event"')
    assert list(read_log(path)) == []
    EventLog(path).close()
    assert path.read_bytes() == b""


def test_a_missing_log_and_an_empty_one_have_no_events(tmp_path: Path) -> None:
    assert list(read_log(tmp_path / "log.jsonl")) == []
    (tmp_path / "log.jsonl").touch()
    assert list(read_log(tmp_path / "log.jsonl")) == []


@pytest.mark.parametrize("line", ["not json", "[1, 2]"])
def test_a_broken_line_in_the_middle_is_told_with_its_number(tmp_path: Path, line: str) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(f'{{"event": "x"}}\n{line}\n{{"event": "y"}}\n')
    with pytest.raises(RunFolderError, match=r"log.jsonl: line 2"):
        list(read_log(path))


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match=r"could not be written \(No such file"):
        EventLog(tmp_path / "none" / "log.jsonl")


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class FullFile:
        def write(self, data: bytes) -> int:
            return len(data)

        def flush(self) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    log = EventLog(tmp_path / "log.jsonl")
    log.close()
    monkeypatch.setattr(log, "_file", FullFile())
    with pytest.raises(RunFolderError, match=r"log.jsonl: could not be written \(No space left"):
        log.append(CycleStarted(1))


def test_the_curve_has_a_point_for_each_cycle() -> None:
    events = [{"event": "run_started", "resumed_at_cycle": 0}, finished(1, 0.2), finished(2, 0.3)]
    assert explained_over_time(events) == [(10.0, 0.2), (20.0, 0.3)]
    assert explained_over_time([]) == []


def test_cycles_done_anew_after_a_kill_count_once() -> None:
    started = RunStarted(
        "RUN",
        0,
        "guided",
        "t",
        1.0,
        1,
        0,
        1.0,
        1,
        resumed_at_cycle=1,
        n_placements=3,
        explained=0.2,
    )
    events = [
        {"event": "run_started", "resumed_at_cycle": 0},
        finished(1, 0.2),
        finished(2, 0.3),
        finished(3, 0.4),
        {"event": "run_started", "resumed_at_cycle": started.resumed_at_cycle},
        finished(2, 0.35),
    ]
    assert explained_over_time(events) == [(10.0, 0.2), (20.0, 0.35)]


def test_a_name_that_is_no_utf8_is_logged_and_read_back(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff.wav")
    with EventLog(tmp_path / "log.jsonl") as log:
        log.append(SourceSkipped(name, "has a name that is no text"))
    assert next(read_log(tmp_path / "log.jsonl"))["path"] == name


def test_a_log_is_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"event": "x"}\nnot json\n')
    events = read_log(path)
    assert next(events) == {"event": "x"}
    with pytest.raises(RunFolderError, match="line 2"):
        next(events)


def test_only_the_events_that_are_wanted_are_read(tmp_path: Path) -> None:
    """What else there is is told by how its line begins, however it was written."""
    path = tmp_path / "log.jsonl"
    path.write_text(
        '{"event": "cycle_started", "cycle": 1}\n'
        '{"event": "cycle_started_again", "cycle": 2}\n'
        '{"event": "other", torn\n'
        '{"cycle": 3, "event": "cycle_started"}\n'
        '{"cycle": 4, "event": "other"}\n'
    )
    assert [event["cycle"] for event in read_log(path, ["cycle_started"])] == [1, 3]
    with pytest.raises(RunFolderError, match="line 3"):
        list(read_log(path))
