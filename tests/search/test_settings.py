"""Limits that one line cannot tell."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from phenotune.search.settings import RhythmSettings


@pytest.mark.parametrize("bpm", [0.0, 20.0, 93.7, 400.0])
def test_a_tempo_is_counted_or_estimated(bpm: float) -> None:
    assert RhythmSettings(bpm=bpm).bpm == bpm


@pytest.mark.parametrize("bpm", [0.1, 19.9])
def test_nobody_counts_so_slowly(bpm: float) -> None:
    with pytest.raises(ValidationError, match=r"must be at least 20 beats/min, or 0 to have it"):
        RhythmSettings(bpm=bpm)
