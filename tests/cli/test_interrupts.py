from __future__ import annotations

import os
import signal
import threading

import pytest

from phenotune.cli.interrupts import Interrupts, write_now


def press_ctrl_c() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_the_first_asks_and_the_second_stops_at_once() -> None:
    asked = []
    with Interrupts(lambda: asked.append("stop")) as interrupts:
        press_ctrl_c()
        assert (asked, interrupts.count) == (["stop"], 1)
        with pytest.raises(KeyboardInterrupt):
            press_ctrl_c()
    assert (asked, interrupts.count) == (["stop"], 2)


def test_the_signal_is_given_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interrupts(lambda: None):
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_other_threads_leave_the_signal_alone() -> None:
    seen = []

    def enter() -> None:
        with Interrupts(lambda: None):
            seen.append(signal.getsignal(signal.SIGINT))

    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    assert seen == [before]


def test_a_line_passes_by_the_buffers(capfd: pytest.CaptureFixture[str]) -> None:
    write_now("stopping")
    assert capfd.readouterr().err == "stopping\n"
