from __future__ import annotations

import json

import pytest

from phenotune.cli.text import columns, print_json
from phenotune.settings import Settings


def test_columns_are_aligned_under_their_header() -> None:
    text = columns([["kick", "0.5", "a"], ["snare", "12", ""]], header=["name", "s", ""], right=[1])
    assert text.splitlines() == ["name     s", "kick   0.5  a", "snare   12"]


def test_no_rows_are_no_lines() -> None:
    assert columns([]) == ""


def test_wide_letters_take_two_columns() -> None:
    assert columns([["歌", "a"], ["song", "b"]]).splitlines() == ["歌    a", "song  b"]


def test_the_last_column_is_wrapped_beside_the_others() -> None:
    text = columns([["name", "one two three four five six seven"]], width=34)
    assert text.splitlines() == ["name  one two three four five six", "      seven"]


def test_the_last_column_goes_below_where_there_is_no_room() -> None:
    text = columns([["a long name indeed", "one two three four five"]], width=26)
    assert text.splitlines() == ["a long name indeed", "    one two three four", "    five"]


def test_columns_without_room_are_wrapped_as_well_but_no_path_is_broken() -> None:
    text = columns([["  a [1, 2, 3, 4, 5, 6, 7, 8, 9]", "one two three four five"]], width=26)
    assert text.splitlines() == [
        "  a [1, 2, 3, 4, 5, 6, 7,",
        "    8, 9]",
        "    one two three four",
        "    five",
    ]
    path = "music/" * 9
    assert columns([[path, "by nobody"], ["a", ""]], width=26).splitlines() == [
        path,
        "    by nobody",
        "a",
    ]


def test_long_cells_push_their_row_aside() -> None:
    text = columns([["a", "b"], ["very long", "b"], ["abc", "b"]], widest=4)
    assert text.splitlines() == ["a    b", "very long  b", "abc  b"]


class Inner(Settings):
    """Settings in a list."""

    weight: float = 1.0


def test_json_is_one_line_and_plain(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"event": "größe", "layers": (Inner(), Inner(weight=2.0))})
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert "größe" in out
    assert json.loads(out)["layers"] == [{"weight": 1.0}, {"weight": 2.0}]
