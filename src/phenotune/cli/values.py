"""What people write on the command line, turned into numbers: times, percentages, whole numbers, ranges, levels."""

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
_SIGNED = re.compile(r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)", re.ASCII)
_RANGE = re.compile(r"(\d+)(?:-(\d+))?", re.ASCII)


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


def parse_ranges(text: str, option: str) -> list[int | tuple[int, int]]:
    """Whole numbers and ranges of them, the last one included.

    Parameters
    ----------
    text
        As written; "" is none.
    option
        The option it belongs to, for the message.

    Raises
    ------
    ParameterError
        If one is no whole number, or a range runs backwards.

    Examples
    --------
    >>> parse_ranges("17,20-25", "--id")
    [17, (20, 25)]
    """
    found: list[int | tuple[int, int]] = []
    for part in text.split(",") if text.strip() else []:
        match = _RANGE.fullmatch(part.strip())
        if match is None or len(part) > MAX_DIGITS:
            raise ParameterError(
                f"{option}: expected numbers and ranges such as 17,20-25, got '{text}'"
            )
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise ParameterError(f"{option}: expected {last}-{first}, got {part.strip()}")
        found.append(first if match[2] is None else (first, last))
    return found


def parse_shift(text: str, option: str) -> tuple[float, bool]:
    """A time, and whether it is a shift, as its sign tells: ``+20ms``, ``-0.5s``, or the moment ``12.5s``.

    Parameters
    ----------
    text
        As written; a plain number is seconds.
    option
        What it belongs to, for the message.

    Raises
    ------
    ParameterError
        If it is neither.

    Examples
    --------
    >>> parse_shift("-20ms", "nudge"), parse_shift("1m30s", "nudge")
    ((-0.02, True), (90.0, False))
    """
    written = text.strip()
    sign = {"+": 1.0, "-": -1.0}.get(written[:1])
    if sign is None:
        return parse_duration(written, option), False
    try:
        return sign * parse_duration(written[1:], option), True
    except ParameterError as error:
        raise ParameterError(
            f"{option}: expected a shift such as +20ms or -0.5s, or a moment such as 12.5s, got '{text}'"
        ) from error


def parse_decibels(text: str, option: str) -> float:
    """Decibels, from ``-3dB`` or ``-3``.

    Parameters
    ----------
    text
        As written.
    option
        What it belongs to, for the message.

    Raises
    ------
    ParameterError
        If it is no number.

    Examples
    --------
    >>> parse_decibels("-3dB", "gain"), parse_decibels("+1.5", "gain")
    (-3.0, 1.5)
    """
    written = text.strip().lower().removesuffix("db").rstrip()
    if len(written) > MAX_DIGITS or not _SIGNED.fullmatch(written):
        raise ParameterError(f"{option}: expected decibels such as -3dB or +1.5dB, got '{text}'")
    return float(written)


def parse_pan(text: str, option: str) -> float:
    """A place between the speakers, from -1, right, to 1, left: ``30L``, ``C``, ``100R`` in percent.

    Parameters
    ----------
    text
        As written.
    option
        What it belongs to, for the message.

    Raises
    ------
    ParameterError
        If it is none.

    Examples
    --------
    >>> parse_pan("30L", "pan"), parse_pan("c", "pan"), parse_pan("100R", "pan")
    (0.3, 0.0, -1.0)
    """
    written = text.strip().upper().replace("%", "").replace(" ", "")
    if written in ("C", "0"):
        return 0.0
    number, side = written[:-1], written[-1:]
    if side not in ("L", "R") or not _NUMBER.fullmatch(number) or float(number) > 100.0:
        raise ParameterError(f"{option}: expected 0L to 100L, C, or 0R to 100R, got '{text}'")
    return float(number) / (100.0 if side == "L" else -100.0)
