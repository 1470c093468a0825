"""Ctrl-C must wait while a library of C calls back into Python."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def undisturbed() -> Iterator[None]:
    """Hold Ctrl-C back until the block, or the function that this decorates, is left.

    An exception that a signal raises inside a callback of libsndfile cannot get out of it: it would be printed and
    lost, and the file come out as damaged. Signals reach the main thread alone, so that elsewhere nothing is held back.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: heard.append(number))
    try:
        yield
    finally:
        # None is a handler that Python has not made, and cannot put back.
        signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)
        for number in heard:
            signal.raise_signal(number)
