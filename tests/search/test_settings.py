"""Limits that one line cannot tell."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from phenotune.search.settings import RhythmSettings, SearchSettings


@pytest.mark.parametrize("bpm", [0.0, 20.0, 93.7, 400.0])
def test_a_tempo_is_counted_or_estimated(bpm: float) -> None:
    assert RhythmSettings(bpm=bpm).bpm == bpm


@pytest.mark.parametrize("bpm", [0.1, 19.9])
def test_nobody_counts_so_slowly(bpm: float) -> None:
    with pytest.raises(ValidationError, match=r"must be at least 20 beats/min, or 0 to have it"):
        RhythmSettings(bpm=bpm)


ELITE = {"survivors": "children", "elite_schedule": "constant", "elite": 2}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"min_generations": 7},
            r"min_generations \(7\) must not exceed max_generations \(6\)",
        ),
        (
            {"restart_every": 5},
            r"restart_every \(5\) needs schedule = 'generations', got schedule = 'cycles'",
        ),
        ({"elite": 2}, r"elite \(2\) and elite_schedule \('none'\) contradict"),
        ({"elite_schedule": "late"}, r"elite \(0\) and elite_schedule \('late'\) contradict"),
        (
            {**ELITE, "survivors": "ranked"},
            r"elite \(2\) needs survivors = 'children', got survivors = 'ranked'",
        ),
        ({**ELITE, "elite": 61}, r"elite \(61\) must not exceed population \(60\)"),
        (
            {**ELITE, "elite": 20, "capacity": 20},
            r"elite \(20\) must be less than capacity \(20\)",
        ),
        (
            {**ELITE, "elite_schedule": "late"},
            r"elite_ramp_from \(50\) must be less than max_generations \(6\)",
        ),
        (
            {**ELITE, "elite_schedule": "late", "schedule": "generations", "restart_every": 40},
            r"elite_ramp_from \(50\) must be less than restart_every \(40\)",
        ),
        (
            {"seed_width_s": 0.25, "proposed_onsets": 0},
            r"seed_width_s \(0.25 s\) needs proposed_onsets of 1 or more, got proposed_onsets = 0",
        ),
        (
            {"seed_reset_every": 10},
            r"seed_reset_every \(10\) needs a seed_width_s above 0, got seed_width_s = 0",
        ),
        (
            {"false_seeds": 0.1},
            r"false_seeds \(0.1\) needs a seed_width_s above 0, got seed_width_s = 0",
        ),
        (
            {"proposal": "correlation", "proposed_onsets": 0},
            r"proposal = 'correlation' needs proposed_onsets of 1 or more, got proposed_onsets = 0",
        ),
        (
            {"proposed_onsets": 0},
            r"proposed_onsets \(0\) and random_onsets \(0\) leave no onset to try",
        ),
    ],
)
def test_settings_that_contradict_one_another_are_refused(
    values: dict[str, object], message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        SearchSettings.model_validate(values)


@pytest.mark.parametrize(
    "values",
    [
        {"schedule": "generations", "restart_every": 5},
        ELITE,
        {**ELITE, "elite_schedule": "late", "schedule": "generations"},
        {**ELITE, "elite_schedule": "late", "max_generations": 51},
        {"seed_width_s": 0.25, "seed_reset_every": 10, "false_seeds": 0.1},
        {"proposal": "correlation", "proposed_onsets": 1},
        {"proposed_onsets": 0, "random_onsets": 1},
        {"survivors": "children"},
    ],
)
def test_settings_that_go_together_are_taken(values: dict[str, object]) -> None:
    settings = SearchSettings.model_validate(values)
    assert all(getattr(settings, name) == value for name, value in values.items())


def test_a_stretch_runs_forwards() -> None:
    assert SearchSettings(from_s=1.5, to_s=2.0).stretch_samples(1000) == (1500, 2000)
    assert SearchSettings().stretch_samples(1000) is None
    for from_s, to_s in ((2.0, 2.0), (3.0, 2.0), (1.0, 0.0)):
        with pytest.raises(ValidationError, match=r"from_s \(. s\) must be before to_s \(. s\)"):
            SearchSettings(from_s=from_s, to_s=to_s)
