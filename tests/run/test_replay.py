"""Doing a run again from its log, where what it began with or went on with is out of the ordinary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import phenotune as pt
from phenotune.mosaic.mosaic import Mosaic

from .conftest import Music, tone, write

pytestmark = pytest.mark.slow

SMALL = {"search.population": 12, "search.capacity": 12, "search.top": 4, "run.picture": False}


@pytest.mark.parametrize(
    "style", [{"style.own_place_s": 0.4}, {"style.other_octave": True}], ids=str
)
def test_a_song_out_of_itself_keeps_to_its_rules(
    music: Music, tmp_path: Path, style: dict[str, Any]
) -> None:
    run = tmp_path / "run"
    pt.evolve(music.target, music.target, run=run, settings={**SMALL, **style}, cycles=2, seed=3)
    assert pt.replay(run, tmp_path / "again", workers=1)


@pytest.mark.parametrize(
    "changed",
    [
        {"search.population": 20},
        {"run.seed": 4},
        {"search.section_s": 1.0},
        {"search.schedule": "generations"},
        {"fitness.terms": [{"term": "waveform"}]},
        {"style.brightness_db_per_octave": 3.0},
    ],
    ids=str,
)
def test_going_on_with_other_settings(
    music: Music, tmp_path: Path, changed: dict[str, Any]
) -> None:
    run = tmp_path / "run"
    pt.evolve(music.target, music.library, run=run, settings=SMALL, cycles=2, seed=3)
    pt.evolve(run, settings=changed, cycles=6)
    assert pt.replay(run, tmp_path / "again", workers=1)


def test_results_that_were_written_anew_without_a_cycle(music: Music, tmp_path: Path) -> None:
    run = tmp_path / "run"
    pt.evolve(music.target, music.library, run=run, settings=SMALL, cycles=2, seed=3)
    pt.evolve(run, settings={"mix.fade_ms": 20.0}, cycles=2)
    assert pt.replay(run, tmp_path / "again", workers=1)
    assert Mosaic.load(tmp_path / "again" / "out" / "mosaic.json").fade_ms == 20.0


def test_lineages_are_counted_on_where_target_and_sections_change_at_once(
    music: Music, tmp_path: Path
) -> None:
    short = write(tmp_path / "short.wav", tone(220.0, 0.9, 0.3))
    stages = [{"cycles": 2}, {"target": str(short), "search.section_s": 0.5}]
    settings = {**SMALL, "search.schedule": "generations", "stage": stages}
    run = tmp_path / "run"
    pt.evolve(music.target, music.library, run=run, settings=settings, cycles=3, seed=3)
    assert pt.replay(run, tmp_path / "again", workers=1)
