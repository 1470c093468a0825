"""Numbers and times as people read them, in a terminal, in a picture, on a page."""

from __future__ import annotations


def counted(n: int, noun: str) -> str:
    """A number and its noun.

    >>> counted(1, "clip"), counted(1200, "clip")
    ('1 clip', '1,200 clips')
    """
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def clock(seconds: float) -> str:
    """A duration as a clock shows it, to hundredths of a second where it has them.

    >>> clock(61.5), clock(0.25), clock(3600.0), clock(round(61.4))
    ('1:01.5', '0:00.25', '1:00:00', '1:01')
    """
    whole, rest = divmod(round(seconds, 2), 60.0)
    hours, minutes = divmod(int(whole), 60)
    tail = f"{rest:05.2f}".rstrip("0").rstrip(".")
    return f"{hours}:{minutes:02}:{tail}" if hours else f"{minutes}:{tail}"
