"""Whole runs by each term of fitness."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import phenotune as pt
from phenotune.errors import ParameterError
from phenotune.run.log import read_log
from phenotune.run.opening import open_session
from phenotune.run.project import prepare

from .conftest import Music

SMALL = {
    "search.population": 16,
    "search.capacity": 16,
    "search.top": 3,
    "search.landing_share": 0.2,
    "search.refit_after": 1.0,
    "run.picture": False,
}
TERMS = ["spectral_norm", "centroid", "waveform", "psnr", "decibels"]


def settings_for(*terms: str, **more: Any) -> dict[str, Any]:
    return {**SMALL, "fitness.terms": [{"term": term} for term in terms], **more}


def distance_of(run: Path) -> float:
    """The distance by the run's own terms, as its newest checkpoint left the canvas."""
    with open_session(prepare(run), 0.0) as session:
        return session.evaluator.distance


def result_of(run: Path) -> bytes:
    return (run / "out" / "mosaic.json").read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("term", TERMS)
def test_the_distance_of_each_term_falls(music: Music, tmp_path: Path, term: str) -> None:
    settings = settings_for(term)
    for name, workers in (("one", 1), ("two", 2)):
        pt.evolve(
            music.target, music.library, run=tmp_path / name, settings=settings, cycles=5, seed=5,
            workers=workers,
        )  # fmt: skip
    assert result_of(tmp_path / "one") == result_of(tmp_path / "two")
    assert distance_of(tmp_path / "one") < 0.97


@pytest.mark.slow
def test_a_sum_of_terms_and_rivals(music: Music, tmp_path: Path) -> None:
    settings = settings_for("spectral", "waveform", "decibels", **{"search.max_clips_per_s": 4.0})
    for name, workers in (("one", 1), ("two", 2)):
        pt.evolve(
            music.target, music.library, run=tmp_path / name, settings=settings, cycles=8, seed=5,
            workers=workers,
        )  # fmt: skip
    assert result_of(tmp_path / "one") == result_of(tmp_path / "two")
    events = read_log(tmp_path / "one" / "log.jsonl")
    assert [e for e in events if e["event"] == "gains_refitted"]
    assert len(pt.Mosaic.load(tmp_path / "one" / "out" / "mosaic.json").placements) <= 10
    assert distance_of(tmp_path / "one") < 0.95


@pytest.mark.slow
def test_a_run_that_was_stopped_equals_one_that_was_not(music: Music, tmp_path: Path) -> None:
    settings = settings_for("decibels", "waveform")
    for name, cycles in (("whole", 6), ("halved", 3)):
        pt.evolve(
            music.target, music.library, run=tmp_path / name, settings=settings, cycles=cycles,
            seed=3,
        )  # fmt: skip
    pt.evolve(tmp_path / "halved", cycles=6)
    assert result_of(tmp_path / "halved") == result_of(tmp_path / "whole")


def test_correlation_lands_clips(music: Music, tmp_path: Path) -> None:
    settings = settings_for("correlation", **{"search.proposal": "correlation"})
    run = pt.evolve(
        music.target, music.library, run=tmp_path / "run", settings=settings, cycles=3, seed=5
    )
    assert run.finished.n_placements > 0
    assert distance_of(tmp_path / "run") == 1.0


def test_fitness_of_nothing_is_refused(music: Music, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="expected at least one term"):
        pt.evolve(music.target, music.library, run=tmp_path / "run", settings={"fitness.terms": []})
