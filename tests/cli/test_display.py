from __future__ import annotations

import io
import re
import sys
from dataclasses import replace

import pytest
from rich.console import Console

from phenotune.cli.display import LiveDisplay, PlainDisplay, SilentDisplay, open_display
from phenotune.cli.lines import STOPPING
from phenotune.cli.progress import RunProgress
from phenotune.run.events import (
    BatchRefused,
    Event,
    GainsRefitted,
    ReadingSounds,
    RunStarted,
    TempoFound,
    Warned,
)
from phenotune.run.settings import RunGroup

COMPILING = "compiling for this machine; this happens once and takes some seconds"
HEADLINE = "song.ogg (1:02) out of 165 sounds (5:24): guided, seed 7, 2 workers"


class Clock:
    """A clock that stands still until the test turns it."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


class Terminal(io.StringIO):
    """A terminal that remembers what was written to it."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def plain_lines(
    events: list[Event], capsys: pytest.CaptureFixture[str], **settings: object
) -> list[str]:
    clock = Clock()
    progress = RunProgress(RunGroup(time_s=60.0), clock)
    with PlainDisplay(progress, **settings) as display:  # type: ignore[arg-type]
        for event in events:
            clock.now_s += 1.0
            display.take(event)
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err.splitlines()


def test_plain_lines_come_every_few_seconds(
    events: list[Event], capsys: pytest.CaptureFixture[str]
) -> None:
    assert plain_lines(events, capsys, every_s=5.0) == [
        COMPILING,
        HEADLINE,
        "1 file skipped; -v says which and why",
        "0:05 cycle 1, generation 1, 0.0% explained, 0 clips placed, 0 candidates/s, 0:55 left",
        "0:10 cycle 2, generation 1, 25.0% explained, 1 clip placed, 40 candidates/s, 0:50 left",
    ]


def test_plain_lines_can_do_without_figures(
    events: list[Event], capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(plain_lines(events, capsys, every_s=float("inf"))) == 3


def test_verbose_lines_tell_of_cycles_and_skipped_files(
    events: list[Event], capsys: pytest.CaptureFixture[str]
) -> None:
    assert plain_lines(events, capsys, every_s=float("inf"), is_verbose=True) == [
        COMPILING,
        "skipped records/blank.wav: is silent",
        HEADLINE,
        "cycle 1: 2 generations, 200 candidates, 1 clip placed, 25.00% explained",
        "cycle 2: 1 generation, 100 candidates, 1 clip placed, 50.00% explained",
        "checkpoint at the end of cycle 2",
    ]


def test_a_refit_is_told_to_those_who_want_to_know(capsys: pytest.CaptureFixture[str]) -> None:
    refit = GainsRefitted(3, n_removed=2, n_exchanged=0, n_placements=17, explained=0.625)
    assert plain_lines([refit], capsys, is_verbose=True) == ["gains solved anew, 2 clips dropped"]
    full = replace(refit, n_exchanged=1)
    assert plain_lines([full], capsys, is_verbose=True) == [
        "gains solved anew, 2 clips dropped, 1 clip exchanged"
    ]
    assert plain_lines([refit, full], capsys) == []


def test_a_refused_batch_is_told_to_those_who_want_to_know(
    capsys: pytest.CaptureFixture[str],
) -> None:
    refused = BatchRefused(3, section=0, n_clips=7, distance=0.5, distance_with=0.6)
    assert plain_lines([refused], capsys, is_verbose=True) == [
        "cycle 3: 7 clips taken back, since together they made the mosaic worse"
    ]
    assert plain_lines([refused], capsys) == []


def test_the_live_panel_is_cleared_away_and_the_log_stays(events: list[Event]) -> None:
    terminal = Terminal()
    console = Console(file=terminal, force_terminal=True, width=80, color_system=None)
    progress = RunProgress(RunGroup())
    with LiveDisplay(progress, console, is_verbose=True) as display:
        for event in events[:-1]:
            display.take(event)
        display.stopping()
    written = terminal.getvalue()
    assert "skipped records/blank.wav: is silent\n" in written
    assert HEADLINE in written
    assert "cycle 2, generation 1, 2 clips placed" in written
    assert STOPPING in written
    assert written.endswith("\x1b[1A\x1b[2K")


def test_the_live_panel_leaves_room_for_what_ctrl_c_writes(events: list[Event]) -> None:
    terminal = Terminal()
    console = Console(file=terminal, force_terminal=True, width=60, color_system=None)
    with LiveDisplay(RunProgress(RunGroup()), console) as display:
        for event in events[:-1]:
            display.take(event)
    drawn = [line for line in terminal.getvalue().splitlines() if "gone, " in line]
    assert {len(re.sub("\x1b[^a-zA-Z]*[a-zA-Z]|\r", "", line)) for line in drawn} == {56}


def test_the_beat_is_told_once_in_each_display(capsys: pytest.CaptureFixture[str]) -> None:
    beat = TempoFound(bpm=93.7, first_beat_s=0.5, confidence=None)
    told = "tempo 93.7 beats/min as set, first beat at 0.50 s"
    assert plain_lines([beat], capsys) == [told]
    terminal = Terminal()
    console = Console(file=terminal, force_terminal=True, width=100, color_system=None)
    with LiveDisplay(RunProgress(RunGroup()), console) as display:
        display.take(beat)
    lines = re.sub("\x1b[^a-zA-Z]*[a-zA-Z]", "", terminal.getvalue()).split("\n")
    lines = [line.rpartition("\r")[2] for line in lines]
    assert [line.strip() for line in lines if "tempo" in line] == [told]


def test_a_resumed_run_says_so(events: list[Event], capsys: pytest.CaptureFixture[str]) -> None:
    started = next(event for event in events if isinstance(event, RunStarted))
    lines = plain_lines([replace(started, resumed_at_cycle=12, n_skipped=0)], capsys)
    assert lines == [f"{HEADLINE}, on from cycle 12"]


@pytest.mark.parametrize(
    ("is_quiet", "is_terminal", "kind"),
    [(True, True, SilentDisplay), (False, False, PlainDisplay), (False, True, LiveDisplay)],
)
def test_the_display_suits_where_it_goes(
    is_quiet: bool, is_terminal: bool, kind: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal() if is_terminal else io.StringIO())
    monkeypatch.setenv("TERM", "xterm")
    progress = RunProgress(RunGroup())
    assert isinstance(open_display(progress, is_quiet=is_quiet, is_verbose=False), kind)


def test_a_dumb_terminal_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("TERM", "dumb")
    display = open_display(RunProgress(RunGroup()), is_quiet=False, is_verbose=False)
    assert isinstance(display, PlainDisplay)


@pytest.mark.parametrize("kind", [PlainDisplay, SilentDisplay])
def test_ctrl_c_is_answered_at_once(
    kind: type, events: list[Event], capfd: pytest.CaptureFixture[str]
) -> None:
    display = kind(RunProgress(RunGroup())) if kind is PlainDisplay else kind()
    with display:
        display.stopping()
    assert capfd.readouterr().err == f"{STOPPING}\n"


def test_reading_and_warnings_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    told = [ReadingSounds(1200), Warned("the cache is full")]
    assert plain_lines(told, capsys) == ["reading 1,200 sounds", "warning: the cache is full"]
    SilentDisplay().take(told[1])
    assert capsys.readouterr().err == "warning: the cache is full\n"


def test_the_live_panel_reads_and_warns_above_itself() -> None:
    terminal = Terminal()
    console = Console(file=terminal, force_terminal=True, width=80, color_system=None)
    with LiveDisplay(RunProgress(RunGroup()), console) as display:
        for event in (ReadingSounds(3), Warned("the cache is full")):
            display.take(event)
    written = terminal.getvalue()
    assert "warning: the cache is full\n" in written
    assert "reading 3 sounds" in written
    assert written.endswith("\x1b[1A\x1b[2K")
