from __future__ import annotations

import pytest

from phenotune.cli.values import (
    parse_decibels,
    parse_duration,
    parse_moment,
    parse_pan,
    parse_percent,
    parse_ranges,
    parse_shift,
    parse_whole,
)
from phenotune.errors import ParameterError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90.0),
        ("1.5", 1.5),
        (".5", 0.5),
        ("0", 0.0),
        ("60s", 60.0),
        ("2m", 120.0),
        ("1.5m", 90.0),
        ("1h30m", 5400.0),
        ("1h 30m", 5400.0),
        ("1H30M5S", 5405.0),
        ("1h5s", 3605.0),
        ("250ms", 0.25),
    ],
)
def test_times(text: str, seconds: float) -> None:
    assert parse_duration(text, "--time") == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text", ["", "s", "-5", "1m30", "30m1h", "1m1m", "2 minutes", "1:30", "inf", "nan", "1e3", "٣"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(
        ParameterError, match="--time: expected a time such as 90, 60s, 2m or 1h30m"
    ):
        parse_duration(text, "--time")


@pytest.mark.parametrize(
    ("text", "percent"),
    [("85%", 85.0), ("85", 85.0), (" 7.5 % ", 7.5), ("0.5%", 0.5), ("100%", 100)],
)
def test_percentages(text: str, percent: float) -> None:
    assert parse_percent(text, "--until") == percent


@pytest.mark.parametrize("text", ["", "%", "101%", "-5%", "many", "85%%", "nan"])
def test_what_is_no_percentage_is_refused(text: str) -> None:
    with pytest.raises(ParameterError, match="--until: expected a percentage from 0% to 100%"):
        parse_percent(text, "--until")


def test_a_share_is_not_taken_for_a_percentage() -> None:
    with pytest.raises(ParameterError, match=r"got '0.85'; write 85% or 0.85%"):
        parse_percent("0.85", "--until")


@pytest.mark.parametrize(("text", "number"), [("7", 7), (" 0 ", 0), ("-1", -1), ("+12", 12)])
def test_whole_numbers(text: str, number: int) -> None:
    assert parse_whole(text, "--seed") == number


@pytest.mark.parametrize("text", ["", "x", "1.5", "1e3", "1_000", "٣", "9" * 5000])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(ParameterError, match="--seed: expected a whole number, got"):
        parse_whole(text, "--seed")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0:00", 0.0),
        ("1:30", 90.0),
        (" 12s ", 12.0),
        ("90", 90.0),
        ("75:00.25", 4500.25),
        ("1:02:03", 3723.0),
        ("1m30s", 90.0),
    ],
)
def test_moments(text: str, seconds: float) -> None:
    assert parse_moment(text, "--from") == seconds


@pytest.mark.parametrize("text", ["", ":", "1:", "1:3", "1:60", "1:2:03", "-1:00", "1:00s", "1e3"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(ParameterError, match=r"--from: expected a time such as 12s, 90, 1m30s"):
        parse_moment(text, "--from")


@pytest.mark.parametrize(
    ("text", "ranges"),
    [("", []), ("17", [17]), (" 1 , 3-5 ,7", [1, (3, 5), 7]), ("4-4", [(4, 4)])],
)
def test_ranges(text: str, ranges: list[int | tuple[int, int]]) -> None:
    assert parse_ranges(text, "--id") == ranges


@pytest.mark.parametrize("text", ["a", "1-", "-3", "1,,2", "1.5", "1-2-3", "9" * 101])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(ParameterError, match="--id: expected numbers and ranges such as 17,20-25"):
        parse_ranges(text, "--id")
    with pytest.raises(ParameterError, match="--id: expected 3-5, got 5-3"):
        parse_ranges("5-3", "--id")


@pytest.mark.parametrize(
    ("text", "shift"),
    [
        ("+20ms", (0.02, True)),
        ("-1.5", (-1.5, True)),
        ("12.5s", (12.5, False)),
        ("+0", (0.0, True)),
    ],
)
def test_shifts_and_moments(text: str, shift: tuple[float, bool]) -> None:
    assert parse_shift(text, "nudge") == shift


@pytest.mark.parametrize("text", ["+", "+-1s", "-x"])
def test_what_is_no_shift_is_refused(text: str) -> None:
    with pytest.raises(ParameterError, match=r"nudge: expected a shift such as \+20ms"):
        parse_shift(text, "nudge")


@pytest.mark.parametrize(
    ("text", "db"), [("-3dB", -3.0), ("+1.5 db", 1.5), ("6", 6.0), ("-.5DB", -0.5)]
)
def test_decibels(text: str, db: float) -> None:
    assert parse_decibels(text, "gain") == db


@pytest.mark.parametrize("text", ["", "dB", "-inf", "nan", "1e3", "--3", "3d", "9" * 101])
def test_what_is_no_level_is_refused(text: str) -> None:
    with pytest.raises(ParameterError, match="gain: expected decibels such as -3dB"):
        parse_decibels(text, "gain")


@pytest.mark.parametrize(
    ("text", "pan"), [("C", 0.0), ("0", 0.0), ("30l", 0.3), ("100 %R", -1.0), ("12.5L", 0.125)]
)
def test_pans(text: str, pan: float) -> None:
    assert parse_pan(text, "pan") == pan


@pytest.mark.parametrize("text", ["", "L", "101L", "-30L", "30", "left"])
def test_what_is_no_pan_is_refused(text: str) -> None:
    with pytest.raises(ParameterError, match="pan: expected 0L to 100L, C, or 0R to 100R"):
        parse_pan(text, "pan")
