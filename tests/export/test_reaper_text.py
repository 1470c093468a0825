from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phenotune.errors import ParameterError
from phenotune.export.reaper_text import (
    RppItem,
    RppProject,
    RppTrack,
    Section,
    number,
    project_text,
    quoted,
)

PAGE = Path(__file__).resolve().parents[2] / "docs" / "export" / "reaper.md"

KICK = RppItem(
    name="kick 0.250s #1",
    file="song-sounds/sources/kick.flac",
    position_s=1.5,
    length_s=0.5,
    offset_s=0.25,
    speed=0.75,
    fade_in_s=0.005,
    fade_out_s=0.005,
    volume=0.5,
    pan=-0.25,
    is_inverted=True,
    is_locked=True,
    group=7,
    colour=(0x11, 0x22, 0x33),
    envelope=[(0.0, 1.0), (0.1, 1.0), (0.375, 0.25)],
)
HORN = RppItem(
    name="horn 2.000s #2",
    file="song-sounds/sources/horn.wav",
    position_s=2.0,
    length_s=1.0,
    offset_s=0.04,
    section=Section(1.95, 1.1),
    is_muted=True,
)
PROJECT = RppProject(
    rate_hz=44_100,
    n_channels=2,
    bpm=120.0,
    duration_s=30.0,
    markers=[(30.0, "end of the song")],
    tracks=[RppTrack("kick", [KICK], (0x11, 0x22, 0x33)), RppTrack("horn", [HORN])],
)


def test_a_project_reads_as_the_page_shows_it() -> None:
    assert project_text(PROJECT) in PAGE.read_text(encoding="utf-8")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_read_back_and_have_no_exponent(value: float) -> None:
    text = number(value)
    assert struct.pack("d", float(text)) == struct.pack("d", value)
    assert set(text) <= set("-.0123456789")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a b", '"a b"'), ('a "b"', "'a \"b\"'"), ('"it\'s"', '`"it\'s"`'), ("", '""')],
)
def test_a_text_is_in_quotes_that_do_not_occur_in_it(text: str, expected: str) -> None:
    assert quoted(text) == expected


@pytest.mark.parametrize("text", ["\"'`", "two\nlines", "two\r\nlines"])
def test_what_no_quotes_can_hold_is_refused(text: str) -> None:
    with pytest.raises(ParameterError, match="expected a name without line ends"):
        quoted(text)
