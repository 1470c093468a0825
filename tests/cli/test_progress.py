from __future__ import annotations

from dataclasses import replace

import pytest

from phenotune.cli.progress import LETTERS, MAX_HISTORY, RunProgress, sparkline
from phenotune.run.events import (
    CycleFinished,
    CycleStarted,
    Event,
    GainsRefitted,
    GenerationScored,
    KernelsCompiling,
    ReadingSounds,
    RunStarted,
)
from phenotune.run.settings import RunGroup


class Clock:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def generation(n_candidates: int, explained: float = 0.0) -> Event:
    return GenerationScored(1, 1, n_candidates, 0.1, 5, 0.2, explained)


def test_the_figures_follow_the_events(events: list[Event]) -> None:
    progress = RunProgress(RunGroup(), Clock())
    told = []
    for event in events:
        progress.take(event)
        told.append((progress.cycle, progress.generation, progress.n_placements))
    assert told[3:12] == [
        (1, 0, 0),
        (1, 1, 0),
        (1, 2, 0),
        (1, 2, 1),
        (1, 2, 1),
        (2, 0, 1),
        (2, 1, 1),
        (2, 1, 2),
        (2, 1, 2),
    ]
    assert progress.explained == 0.5
    assert [value for _, value in progress.history] == [0, 0, 0, 0.25, 0.25, 0.25, 0.5, 0.5]


def test_compiling_lasts_until_the_run_starts(events: list[Event]) -> None:
    progress = RunProgress(RunGroup(), Clock())
    compiling = []
    for event in events[:3]:
        progress.take(event)
        compiling.append(progress.is_compiling)
    assert compiling == [True, True, False]


def test_candidates_a_second_are_those_of_the_last_seconds() -> None:
    clock = Clock()
    progress = RunProgress(RunGroup(), clock)
    rates = []
    for n_candidates in [10] * 20 + [100] * 20:
        clock.now_s += 0.5
        progress.take(generation(n_candidates))
        rates.append(progress.candidates_per_s)
    assert rates[0] == 0.0
    assert rates[1:20] == pytest.approx([20.0] * 19)
    assert rates[-1] == pytest.approx(200.0)


def test_time_left_is_that_of_the_time_limit() -> None:
    clock = Clock()
    progress = RunProgress(RunGroup(time_s=30.0), clock)
    clock.now_s += 10.0
    assert progress.left_s == pytest.approx(20.0)
    clock.now_s += 50.0
    assert progress.left_s == 0.0


def test_time_left_is_a_minute_when_no_stop_is_given() -> None:
    assert RunProgress(RunGroup(), Clock()).left_s == 60.0


def test_time_left_follows_the_mean_cycle() -> None:
    clock = Clock()
    progress = RunProgress(RunGroup(cycles=5), clock)
    assert progress.left_s is None
    for cycle in (1, 2):
        progress.take(CycleStarted(cycle))
        clock.now_s += 4.0
        progress.take(CycleFinished(cycle, 1, 1, 1, 1, 0.1, 4.0))
    progress.take(CycleStarted(3))
    clock.now_s += 1.0
    assert progress.left_s == pytest.approx(3 * 4.0 - 1.0)


def test_nobody_knows_when_enough_will_be_explained() -> None:
    assert RunProgress(RunGroup(until_percent=85.0), Clock()).left_s is None


def test_history_stays_bounded_and_keeps_both_ends() -> None:
    clock = Clock()
    progress = RunProgress(RunGroup(), clock)
    for i in range(3 * MAX_HISTORY):
        clock.now_s += 1.0
        progress.take(generation(1, explained=i / 10_000))
    assert len(progress.history) <= MAX_HISTORY
    assert progress.history[0] == (1.0, 0.0)
    assert progress.history[-1][1] == pytest.approx((3 * MAX_HISTORY - 1) / 10_000, abs=2e-4)


@pytest.mark.parametrize(
    ("history", "n_columns", "line"),
    [
        ([], 5, ""),
        ([(0.0, 0.5)], 3, "▁▁▁"),
        ([(0.0, 0.0), (1.0, 1.0)], 0, ""),
        ([(0.0, 0.0), (1.0, 1.0)], 1, "▁"),
        ([(0.0, 0.0), (1.0, 1.0)], 2, "▁█"),
        ([(0.0, 0.0), (1.0, 1.0), (10.0, 1.0)], 4, "▁███"),
        ([(0.0, 0.9), (1.0, 0.8), (2.0, 1.0)], 3, "▅▁█"),
    ],
)
def test_sparkline(history: list[tuple[float, float]], n_columns: int, line: str) -> None:
    assert sparkline(history, n_columns) == line


def test_sparkline_in_plain_letters() -> None:
    assert sparkline([(0.0, 0.0), (1.0, 0.5), (2.0, 1.0)], 3, LETTERS) == "_+#"


def test_clips_that_are_dropped_count_no_longer() -> None:
    progress = RunProgress(RunGroup(), Clock())
    progress.take(GainsRefitted(3, n_removed=5, n_exchanged=2, n_placements=17, explained=0.625))
    assert (progress.n_placements, progress.explained) == (17, 0.625)


def test_a_run_that_goes_on_has_its_clips_already(events: list[Event]) -> None:
    progress = RunProgress(RunGroup(), Clock())
    started = next(event for event in events if isinstance(event, RunStarted))
    progress.take(replace(started, resumed_at_cycle=4, n_placements=17))
    assert (progress.cycle, progress.n_placements) == (4, 17)


def test_the_clock_starts_when_compiling_is_done() -> None:
    clock = Clock()
    progress = RunProgress(RunGroup(time_s=30.0), clock)
    progress.take(KernelsCompiling())
    clock.now_s += 20.0
    progress.take(ReadingSounds(3))
    clock.now_s += 1.0
    assert (progress.is_compiling, progress.n_reading) == (False, 3)
    assert (progress.elapsed_s, progress.left_s) == (1.0, 29.0)
