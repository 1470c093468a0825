from __future__ import annotations

import io
import re
import sys

import pytest

from phenotune.cli.bar import Bar


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


def drive(told: list[tuple[float, float]], *, quiet: bool = False) -> Bar:
    """Tell a bar shares at moments."""
    clock = Clock()
    with Bar("rendering", quiet=quiet, clock=clock) as bar:
        for now_s, share in told:
            clock.now_s = now_s
            bar.update(share)
    return bar


def on_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Make standard error a terminal; no fixture, since pytest puts its own stream back when the test begins."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    return terminal


def test_quick_work_is_not_spoken_of(capsys: pytest.CaptureFixture[str]) -> None:
    drive([(0.1, 0.0), (0.5, 0.5), (0.9, 1.0)])
    assert capsys.readouterr() == ("", "")


def test_quick_work_leaves_no_trace_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    drive([(0.1, 0.0), (0.5, 0.5), (0.9, 1.0)])
    assert terminal.getvalue() == ""


def test_a_line_comes_every_few_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    drive([(0.0, 0.0), (2.0, 0.1), (3.0, 0.2), (6.9, 0.3), (7.0, 0.35), (20.0, 1.0)])
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [
        "rendering: 10%, about 18 s left",
        "rendering: 35%, about 13 s left",
    ]


def test_nothing_is_guessed_before_anything_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    drive([(2.0, 0.0)])
    assert capsys.readouterr().err == "rendering: 0%\n"


def test_quiet_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    drive([(2.0, 0.1), (9.0, 0.9)], quiet=True)
    assert capsys.readouterr() == ("", "")


def test_a_share_never_falls_and_never_passes_one() -> None:
    assert drive([(0.1, 0.6), (0.2, 0.4)]).share == 0.6
    assert drive([(0.1, 1.2)]).share == 1.0
    assert drive([(0.1, -1.0)]).share == 0.0


def test_a_bar_is_drawn_on_a_terminal_and_cleared_away(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    drive([(0.1, 0.0), (2.0, 0.25), (2.1, 0.5)])
    written = terminal.getvalue()
    assert "rendering" in written
    assert "50%" in written
    assert "\x1b[?25l" in written  # the cursor is hidden
    assert written.rfind("\x1b[?25h") > written.rfind("50%")  # and shown again
    assert written.endswith("\x1b[2K")


def test_the_cursor_comes_back_when_the_work_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    clock = Clock()

    def fail() -> None:
        with Bar("rendering", clock=clock) as bar:
            clock.now_s = 2.0
            bar.update(0.5)
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    assert "\x1b[?25h" in terminal.getvalue()


@pytest.mark.parametrize("is_coloured", [True, False])
def test_no_colour_is_honoured(is_coloured: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    if not is_coloured:
        monkeypatch.setenv("NO_COLOR", "1")
    drive([(2.0, 0.5)])
    assert "rendering" in terminal.getvalue()
    assert bool(re.search("\x1b\\[[0-9;]*3[0-9]", terminal.getvalue())) == is_coloured


def test_a_dumb_terminal_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    monkeypatch.setenv("TERM", "dumb")
    drive([(2.0, 0.5)])
    assert terminal.getvalue() == "rendering: 50%, about 2 s left\n"


def test_the_label_is_taken_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    clock = Clock()
    with Bar("[red]{x}[/red]", clock=clock) as bar:
        clock.now_s = 2.0
        bar.update(0.5)
    assert "[red]{x}[/red]" in re.sub("\x1b\\[[0-9;]*m", "", terminal.getvalue())
