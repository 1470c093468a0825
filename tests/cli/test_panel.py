from __future__ import annotations

import io

import pytest
from rich.console import Console

from phenotune.cli.panel import panel
from phenotune.cli.progress import BLOCKS, LETTERS, RunProgress
from phenotune.run.events import Event, ReadingSounds, TempoFound
from phenotune.run.settings import RunGroup


class Clock:
    """A clock that stands still until the test turns it."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def drawn(
    events: list[Event],
    width: int,
    marks: str = BLOCKS,
    is_stopping: bool = False,
    is_verbose: bool = False,
    settings: RunGroup | None = None,
) -> list[str]:
    clock = Clock()
    progress = RunProgress(settings or RunGroup(time_s=20.0), clock)
    for event in events:
        clock.now_s += 1.0
        progress.take(event)
    file = io.StringIO()
    console = Console(file=file, width=width, color_system=None, legacy_windows=False)
    drawn = panel(progress, width, marks, is_stopping=is_stopping, is_verbose=is_verbose)
    console.print(drawn)
    return [line.rstrip() for line in file.getvalue().splitlines()]


def test_before_anything_is_known() -> None:
    assert drawn([], 60) == ["reading the sounds"]


def test_a_cold_machine_compiles(events: list[Event]) -> None:
    lines = drawn(events[:1], 80)
    assert lines == ["compiling for this machine; this happens once and takes some seconds"]


def test_the_figures(events: list[Event]) -> None:
    lines = drawn(events[:12], 64)
    assert lines[0] == "song.ogg (1:02) out of 165 sounds (5:24): guided, seed 7, 2 wor…"
    assert lines[1] == "1 file skipped; -v says which and why"
    assert lines[2] == " 50.0% explained  " + "▁" * 20 + "▅" * 20 + "█" * 6
    assert lines[3] == "cycle 2, generation 1, 2 clips placed, 40 candidates/s"
    assert lines[4].endswith("  0:12 gone, 0:08 left")
    assert len(lines) == 5


def test_the_beat_has_a_line(events: list[Event]) -> None:
    lines = drawn([*events[:12], TempoFound(bpm=132.0, first_beat_s=0.02, confidence=0.9)], 100)
    beat = "tempo 132.0 beats/min, first beat at 0.02 s (confidence 0.90; 66 or 264 as well)"
    assert lines[2] == beat
    assert len(lines) == 6


def test_what_is_told_above_is_not_told_again(events: list[Event]) -> None:
    assert drawn(events[:12], 64, is_verbose=True)[1].startswith(" 50.0% explained")


@pytest.mark.parametrize("width", [1, 10, 20, 40, 79, 200])
def test_no_line_is_wider_than_the_terminal(events: list[Event], width: int) -> None:
    lines = drawn(events, width, is_stopping=True)
    assert max(len(line) for line in lines) <= width


def test_a_terminal_without_unicode_gets_letters(events: list[Event]) -> None:
    line = drawn(events[:12], 64, LETTERS)[2]
    assert line.isascii()


def test_stopping_is_said(events: list[Event]) -> None:
    assert "Ctrl-C again stops at once" in drawn(events[:8], 80, is_stopping=True)[-1]


def test_when_the_time_is_over_the_cycle_is_finished(events: list[Event]) -> None:
    lines = drawn(events[:12], 80, settings=RunGroup(time_s=5.0))
    assert lines[-1].endswith("0:12 gone, finishing this cycle")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (RunGroup(until_percent=85.0), "0:12 gone, until 85% are explained, or Ctrl-C"),
        (RunGroup(plateau_s=20.0), "0:12 gone, until Ctrl-C"),
    ],
)
def test_when_nobody_knows_the_time_left(
    events: list[Event], settings: RunGroup, words: str
) -> None:
    assert drawn(events[:12], 80, settings=settings)[-1] == words


def test_a_large_library_is_read() -> None:
    assert drawn([ReadingSounds(1200)], 60) == ["reading 1,200 sounds"]
