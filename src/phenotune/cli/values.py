"""What people write on the command line, turned into numbers: times, percentages, whole numbers."""

from __future__ import annotations

import re
from contextlib import suppress

from phenotune.errors import ParameterError

MAX_DIGITS = 100
SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_PART = re.compile(r"(\d+(?:\.\d+)?|\.\d+)(ms|h|m|s)", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_CLOCK = re.compile(r"(?:(\d+):(?=\d\d:))?(\d+):([0-5]\d(?:\.\d+)?)", re.ASCII)
_NUMBER = re.compile(r"\d+(?:\.\d+)?|\.\d+", re.ASCII)


def parse_duration(text: str, option: str) -> float:
    """A time in seconds, from ``90``, ``60s``, ``2m`` or ``1h30m``.

    Parameters
    ----------
    text
        As written; a plain number is seconds.
    option
        The option it belongs to, for the message.

    Raises
    ------
    ParameterError
        If it is not a time.

    Examples
    --------
    >>> parse_duration("1h30m", "--time"), parse_duration("90", "--time")
    (5400.0, 90.0)
    """
    written = text.strip().lower().replace(" ", "")
    if _NUMBER.fullmatch(written):
        return float(written)
    parts = _PART.findall(written)
    units = [unit for _, unit in parts]
    is_time = bool(parts) and "".join(number + unit for number, unit in parts) == written
    # Each unit once, from the large to the small: 30m1h is more likely a slip than a time.
    if not is_time or units != [unit for unit in SECONDS if unit in units]:
        raise ParameterError(
            f"{option}: expected a time such as 90, 60s, 2m or 1h30m, got '{text}'"
        )
    return sum(float(number) * SECONDS[unit] for number, unit in parts)


def parse_moment(text: str, option: str) -> float:
    """A place in a song in seconds, from ``12s``, ``90``, ``1m30s``, ``1:30`` or ``1:02:03.5``.

    Parameters
    ----------
    text
        As written; a plain number is seconds.
    option
        The option it belongs to, for the message.

    Raises
    ------
    ParameterError
        If it is none.

    Examples
    --------
    >>> parse_moment("1:30", "--from"), parse_moment("12s", "--from"), parse_moment("1:02:03.5", "--to")
    (90.0, 12.0, 3723.5)
    """
    written = text.strip()
    if len(written) <= MAX_DIGITS:
        if found := _CLOCK.fullmatch(written):
            hours, minutes, seconds = found.groups(default="0")
            return 3600.0 * int(hours) + 60.0 * int(minutes) + float(seconds)
        with suppress(ParameterError):
            return parse_duration(written, option)
    raise ParameterError(f"{option}: expected a time such as 12s, 90, 1m30s or 1:30, got '{text}'")


def parse_whole(text: str, option: str) -> int:
    """A whole number; its limits are the settings' business.

    Parameters
    ----------
    text
        As written.
    option
        The option it belongs to, for the message.

    Raises
    ------
    ParameterError
        If it is none.

    Examples
    --------
    >>> parse_whole("7", "--seed")
    7
    """
    written = text.strip()
    if len(written) > MAX_DIGITS or not _WHOLE.fullmatch(written):
        raise ParameterError(f"{option}: expected a whole number, got '{text}'")
    return int(written)


def parse_percent(text: str, option: str) -> float:
    """A percentage, from ``85%`` or ``85``.

    Parameters
    ----------
    text
        As written.
    option
        The option it belongs to, for the message.

    Raises
    ------
    ParameterError
        If it is not from 0 to 100, or looks like a share (``0.85``) and may be meant as 85%.

    Examples
    --------
    >>> parse_percent("85%", "--until")
    85.0
    """
    written = text.strip()
    number = written.removesuffix("%").rstrip()
    if _NUMBER.fullmatch(number):
        percent = float(number)
        is_share = percent < 1.0 and not written.endswith("%")
        if percent <= 100.0 and not is_share:
            return percent
        if is_share:
            raise ParameterError(
                f"{option}: expected a percentage such as 85%, got '{text}'; "
                f"write {percent * 100:g}% or {percent:g}%, whichever is meant"
            )
    raise ParameterError(f"{option}: expected a percentage from 0% to 100%, got '{text}'")
