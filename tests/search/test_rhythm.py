"""Pulling onsets to the beat."""

from __future__ import annotations

import pytest

from phenotune.search.rhythm import to_grid
from phenotune.search.settings import RhythmSettings


@pytest.mark.parametrize(
    ("onset", "strength", "expected"),
    [(600, 0.0, 600), (600, 1.0, 500), (600, 0.5, 550), (760, 1.0, 1000), (0, 1.0, 0)],
)
def test_an_onset_moves_its_share_of_the_way(onset: int, strength: float, expected: int) -> None:
    rhythm = RhythmSettings(strength=strength, bpm=120.0, first_beat_s=0.0)
    assert to_grid(onset, rhythm, rate_hz=1000) == expected


def test_the_grid_may_be_finer_and_begin_late() -> None:
    rhythm = RhythmSettings(strength=1.0, bpm=60.0, per_beat=4, first_beat_s=0.1)
    assert to_grid(400, rhythm, rate_hz=1000) == 350


def test_an_onset_never_falls_before_the_song() -> None:
    rhythm = RhythmSettings(strength=1.0, bpm=60.0, first_beat_s=0.9)
    assert to_grid(10, rhythm, rate_hz=1000) == 0
