"""Lengths in beats become seconds, and what genes.only does not name is not solved."""

from __future__ import annotations

from typing import Any

import pytest

from phenotune.errors import ParameterError
from phenotune.run.settings import RunSettings, read_settings
from phenotune.run.working_settings import (
    longest_clip_s,
    wants_lines,
    wants_tempo,
    working_settings,
)


def settled(flags: dict[str, Any], bpm: float = 120.0) -> RunSettings:
    """The settings in force at a tempo, half a second to the beat."""
    settings = read_settings(flags=flags, environment={})
    return working_settings(settings, settings.rhythm.model_copy(update={"bpm": bpm}))


def test_nothing_changes_where_nothing_is_told_in_beats() -> None:
    settings = RunSettings()
    assert working_settings(settings, settings.rhythm) == settings
    assert not wants_tempo(settings)
    assert not wants_lines(settings)
    assert longest_clip_s(settings) == settings.library.max_clip_s


def test_beats_become_seconds() -> None:
    found = settled({"library.clip_beats": 8, "rhythm.min_clip_beats": 1})
    assert (found.library.clip_s, found.style.min_clip_s) == (4.0, 0.5)
    assert longest_clip_s(found) == 4.0
    assert settled({"rhythm.min_clip_beats": 0.5}, bpm=60.0).style.min_clip_s == 0.5


def test_the_longer_of_two_shortest_lengths_counts() -> None:
    for shortest_s, found_s in ((0.3, 0.5), (0.7, 0.7)):
        found = settled({"rhythm.min_clip_beats": 1, "style.min_clip_s": shortest_s})
        assert found.style.min_clip_s == found_s


@pytest.mark.parametrize(
    ("name", "tempo", "lines"),
    [
        ("library.clip_beats", True, False),
        ("rhythm.min_clip_beats", True, False),
        ("style.on_the_beat", False, True),
    ],
)
def test_each_asks_for_what_it_needs_of_the_beat(name: str, tempo: bool, lines: bool) -> None:
    settings = read_settings(flags={name: 1}, environment={})
    assert (wants_tempo(settings), wants_lines(settings)) == (tempo, lines)


@pytest.mark.parametrize(
    ("only", "solved"),
    [
        ([], (True, True)),
        (["reverse", "varispeed"], (False, False)),
        (["reverse", "envelope"], (False, True)),
    ],
)
def test_what_is_not_named_is_not_solved(only: list[str], solved: tuple[bool, bool]) -> None:
    mix = settled({"genes.only": only}).mix
    assert (mix.equaliser, mix.envelope) == solved
    off = settled({"genes.only": ["envelope"], "mix.envelope": False}).mix
    assert not off.shapes


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (
            {"rhythm.min_clip_beats": 8},
            r"rhythm.min_clip_beats \(4 s at 120 beats/min\) must not exceed library.max_clip_s \(3 s\)",
        ),
        (
            {"rhythm.min_clip_beats": 4, "library.clip_beats": 2},
            r"rhythm.min_clip_beats \(2 s at .*\) must not exceed library.clip_beats \(1 s\)",
        ),
        (
            {"rhythm.min_clip_beats": 4, "library.clip_s": 1.5},
            r"rhythm.min_clip_beats \(2 s at .*\) must not exceed library.clip_s \(1.5 s\)",
        ),
        (
            {"style.min_clip_s": 2.5, "library.clip_beats": 4},
            r"style.min_clip_s \(2.5 s at .*\) must not exceed library.clip_beats \(2 s\)",
        ),
        (
            {"style.typical_clip_s": 0.3, "rhythm.min_clip_beats": 1},
            r"rhythm.min_clip_beats \(0.5 s at .*\) must not exceed style.typical_clip_s \(0.3 s\)",
        ),
        (
            {"style.typical_clip_s": 2.5, "library.clip_beats": 4},
            r"style.typical_clip_s \(2.5 s at .*\) must not exceed library.clip_beats \(2 s\)",
        ),
    ],
)
def test_lengths_that_contradict_each_other_are_refused(
    flags: dict[str, Any], message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        settled(flags)


def test_the_message_names_the_setting_that_asks_for_the_length() -> None:
    for bpm in (97.0, 132.0, 141.3):
        with pytest.raises(ParameterError, match=r"^rhythm.min_clip_beats "):
            settled({"rhythm.min_clip_beats": 5, "library.clip_beats": 4}, bpm)


def test_pieces_in_beats_may_be_longer_than_the_longest_clip() -> None:
    flags = {"library.clip_beats": 16, "style.min_clip_s": 5.0}
    assert settled(flags).library.clip_s == 8.0
