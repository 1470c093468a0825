"""How long work tells how far it is: whoever does it is given a function, and calls it with the share that is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[float], None]
"""Is told the share that is done: from 0 to 1, never falling, 1.0 at the end."""


def unheard(share: float) -> None:
    """The progress that nobody asked for."""


def share_of(progress: Progress, begin: float, end: float) -> Progress:
    """Progress of a part of the work, which takes it from one share to another.

    >>> told = []
    >>> share_of(told.append, 0.5, 1.0)(0.5)
    >>> told
    [0.75]
    """
    return lambda share: progress(begin + (end - begin) * share)
