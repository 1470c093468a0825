"""Ctrl-C: the first ends the cycle, the second stops at once."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self


class Interrupts:
    """Counts Ctrl-C while its block runs, and asks nicely at the first.

    Parameters
    ----------
    ask_to_stop
        Called at the first Ctrl-C, from within the signal handler: it may set flags, and must not wait or print
        through a buffer.

    Raises
    ------
    KeyboardInterrupt
        Out of whatever the block is doing, at the second.
    """

    def __init__(self, ask_to_stop: Callable[[], None]) -> None:
        self.count = 0
        self._ask_to_stop = ask_to_stop
        self._before: Any = None

    def __enter__(self) -> Self:
        """Take the signal over; anywhere but in the main thread, Python cannot, and it is left alone."""
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._heard)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the signal back."""
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _heard(self, number: int, frame: FrameType | None) -> None:
        self.count += 1
        if self.count > 1:
            raise KeyboardInterrupt
        self._ask_to_stop()


def write_now(line: str) -> None:
    """Write a line to standard error from within a signal handler: no buffer, no lock, no failure."""
    with contextlib.suppress(OSError, ValueError):
        os.write(sys.stderr.fileno(), f"{line}\n".encode())
