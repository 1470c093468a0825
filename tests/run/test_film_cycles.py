from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from phenotune.errors import RunFolderError
from phenotune.run.film_cycles import chosen, filmed_cycles
from phenotune.run.folder import RunFolder


def started(resumed_at_cycle: int = 0) -> dict[str, Any]:
    return {"event": "run_started", "resumed_at_cycle": resumed_at_cycle}


def opened(song: str = "song") -> dict[str, Any]:
    target = {"sha256": song}
    return {"event": "canvas_opened", "target": target, "rate_hz": 44_100, "n_channels": 2}


def finished(cycle: int, explained: float = 0.5) -> dict[str, Any]:
    return {
        "event": "cycle_finished",
        "cycle": cycle,
        "elapsed_s": 2.0 * cycle,
        "explained": explained,
    }


def folder_of(path: Path, events: Sequence[dict[str, Any]]) -> RunFolder:
    folder = RunFolder.create(path)
    folder.log_file.write_text("".join(json.dumps(event) + "\n" for event in events))
    return folder


def cycles_of(path: Path, *events: dict[str, Any]) -> list[int]:
    return [each.cycle for each in filmed_cycles(folder_of(path, events))]


def test_all_cycles_of_a_run(tmp_path: Path) -> None:
    found = filmed_cycles(folder_of(tmp_path, [started(), opened(), finished(1), finished(2, 0.7)]))
    assert [(each.cycle, each.elapsed_s, each.explained) for each in found] == [
        (1, 2.0, 0.5),
        (2, 4.0, 0.7),
    ]


def test_cycles_that_were_done_anew_count_once(tmp_path: Path) -> None:
    events = [started(), opened(), finished(1), finished(2), finished(3), started(1), opened()]
    assert cycles_of(tmp_path, *events, finished(2)) == [1, 2]


def test_only_cycles_since_the_song_is_this_one(tmp_path: Path) -> None:
    events = [started(), opened("other"), finished(1), opened(), finished(2), finished(3)]
    assert cycles_of(tmp_path, *events) == [2, 3]
    back = [started(), opened(), finished(1), opened("other"), finished(2), opened(), finished(3)]
    assert cycles_of(tmp_path, *back) == [3]


def test_cycles_of_an_older_phenotune_are_left_out(tmp_path: Path) -> None:
    assert cycles_of(
        tmp_path, started(), finished(1), started(1), opened(), finished(2), finished(3)
    ) == [2, 3]


@pytest.mark.parametrize("events", [[], [started()], [started(), opened()]])
def test_a_run_without_a_cycle(tmp_path: Path, events: list[dict[str, Any]]) -> None:
    with pytest.raises(RunFolderError, match=r"no cycle is done yet.*phenotune evolve"):
        filmed_cycles(folder_of(tmp_path, events))


def test_a_log_that_tells_of_no_placements(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, [started(), finished(1)])
    with pytest.raises(RunFolderError, match="logged by an older phenotune"):
        filmed_cycles(folder)


def test_a_broken_log_is_named(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, [started(), {"event": "canvas_opened"}])
    with pytest.raises(RunFolderError, match=r"canvas_opened of cycle .* 'target' is missing"):
        filmed_cycles(folder)


def test_chosen_are_the_first_the_last_and_even_steps(tmp_path: Path) -> None:
    events = [finished(cycle, cycle / 10) for cycle in range(1, 10)]
    found = filmed_cycles(folder_of(tmp_path, [started(), opened(), *events]))
    assert [each.cycle for each in chosen(found, 3)] == [1, 5, 9]
