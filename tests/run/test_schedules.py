"""Schedules, sections and batches, heard: runs of the search's other settings."""

from __future__ import annotations

import hashlib
import itertools
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import phenotune as pt
from phenotune.genome.anatomy import duration_s
from phenotune.measures.clicks import find_clicks
from phenotune.run.log import read_log

from .conftest import RATE_HZ, Music
from .test_evolution import evolve, result_of

GENERATIONS = {"search.schedule": "generations", "search.capacity": 16}
AIDS = {
    **GENERATIONS,
    "search.survivors": "children",
    "search.elite_schedule": "late",
    "search.elite": 3,
    "search.elite_ramp_from": 1,
    "search.elite_ramp_generations": 2,
    "search.seed_width_s": 0.25,
    "search.seed_reset_every": 3,
    "search.false_seeds": 0.2,
    "search.section_s": 1.0,
    "search.restart_every": 4,
}
CASES = {
    "generations": GENERATIONS,
    "all the aids": AIDS,
    "together": {**AIDS, "search.placing": "together"},
    "chance": {
        **GENERATIONS,
        "search.random_onsets": 1,
        "search.proposed_onsets": 0,
        "search.placing": "together",
    },
    "cycles in sections": {
        "search.section_s": 0.8,
        "search.survivors": "children",
        "search.population": 6,
        "search.max_generations": 2,
    },
}


def events_of(run: Path, name: str) -> list[dict[str, Any]]:
    return [event for event in read_log(run / "log.jsonl") if event["event"] == name]


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_a_run_that_is_stopped_goes_on_as_if_it_never_had_been(
    case: str, music: Music, tmp_path: Path
) -> None:
    """In the middle of a population's life, and for any number of threads."""
    settings = CASES[case]
    evolve(music, tmp_path / "whole", settings=settings, cycles=6, seed=5, workers=1)
    evolve(music, tmp_path / "halved", settings=settings, cycles=3, seed=5, workers=4)
    assert result_of(tmp_path / "halved") != result_of(tmp_path / "whole")
    pt.evolve(tmp_path / "halved", cycles=6)
    assert result_of(tmp_path / "halved") == result_of(tmp_path / "whole")
    generations = [events_of(tmp_path / name, "generation_scored") for name in ("whole", "halved")]
    assert generations[0] == generations[1]


def test_every_generation_lands_its_best_and_lives_on(music: Music, tmp_path: Path) -> None:
    evolve(music, tmp_path / "run", settings=GENERATIONS, cycles=6)
    cycles = events_of(tmp_path / "run", "cycle_finished")
    assert [event["n_generations"] for event in cycles] == [1] * 6
    assert sum(event["n_placed"] > 0 for event in cycles) >= 4
    n_lineages = [e["n_lineages"] for e in events_of(tmp_path / "run", "generation_scored")]
    assert n_lineages[0] == 12
    assert n_lineages[-1] < 6
    assert n_lineages == sorted(n_lineages, reverse=True)


def test_what_lives_on_keeps_checkpoints_small(music: Music, tmp_path: Path) -> None:
    evolve(music, tmp_path / "run", settings=GENERATIONS, cycles=6)
    content = json.loads((tmp_path / "run" / "state" / "checkpoint-6.json").read_text())
    (stock,) = content["engine"]["stocks"]
    assert (stock["age"], len(stock["parents"])) == (6, 6)  # a third of sixteen
    assert len(json.dumps(stock)) < 6000


def test_a_population_whose_sound_is_gone_goes_on_without_it(music: Music, tmp_path: Path) -> None:
    library = tmp_path / "records"
    shutil.copytree(music.library, library)
    run = evolve(Music(music.target, library), tmp_path / "run", settings=GENERATIONS, cycles=1)
    content = json.loads((tmp_path / "run" / "state" / "checkpoint-1.json").read_text())
    parents = content["engine"]["stocks"][0]["parents"]
    waiting = {parent["chromosome"]["clip"]["source"] for parent in parents}
    gone = min(waiting - {source.id for source in run.mosaic.sources})
    for path in library.glob("*.wav"):
        if hashlib.sha256(path.read_bytes()).hexdigest().startswith(gone[1:]):
            path.unlink()
    assert len(list(library.glob("*.wav"))) == 4
    assert pt.evolve(tmp_path / "run", cycles=3).finished.cycles == 3


def test_clips_sound_beyond_the_end_of_their_section_and_there_is_no_seam(
    music: Music, tmp_path: Path
) -> None:
    settings = {"search.section_s": 0.6, "search.proximity_ms": 0.0, "search.overlap": 1.0}
    run = evolve(music, tmp_path / "run", settings=settings, cycles=3)
    n_target = round(2.5 * RATE_HZ)
    boundaries = [number * n_target // 4 for number in range(1, 4)]
    mosaic = run.mosaic
    rates_hz = {source.id: source.rate_hz for source in mosaic.sources}
    spans = [
        (p.onset_samples, p.onset_samples + duration_s(p.chromosome, rates_hz) * RATE_HZ)
        for p in mosaic.placements
    ]
    across = [any(start < edge < end for start, end in spans) for edge in boundaries]
    assert all(across)
    assert find_clicks(mosaic.render(), RATE_HZ, boundaries) == ()


def test_each_section_lands_its_own_best(music: Music, tmp_path: Path) -> None:
    settings = {"search.section_s": 0.6, "search.top": 1, "search.proximity_ms": 0.0}
    evolve(music, tmp_path / "run", settings=settings, cycles=1)
    (scored, *_) = events_of(tmp_path / "run", "generation_scored")
    assert scored["n_candidates"] == 4 * 12
    onsets = [event["onset_s"] for event in events_of(tmp_path / "run", "clip_placed")]
    assert 2 <= len(onsets) <= 4
    # As it lands, a clip may still move by a frame.
    sections = [int((onset + 0.012) // 0.625) for onset in onsets]
    assert sections == sorted(set(sections))


def together(music: Music, run: Path, **settings: Any) -> list[dict[str, Any]]:
    """A run whose best land together, and on one another, and its log."""
    chosen = {"placing": "together", "proximity_ms": 0.0, "overlap": 1.0, "niche_ms": 0.0}
    evolve(
        music,
        run,
        settings={f"search.{name}": value for name, value in (chosen | settings).items()},
        cycles=12,
        seed=3,
    )
    return list(read_log(run / "log.jsonl"))


def test_a_batch_that_makes_it_worse_is_refused_and_the_run_comes_to_its_end(
    music: Music, tmp_path: Path
) -> None:
    log = together(music, tmp_path / "run")
    refused = [event for event in log if event["event"] == "batch_refused"]
    placed = [event for event in log if event["event"] == "clip_placed"]
    assert refused
    assert placed
    for event in refused:
        assert event["distance_with"] > event["distance"]
        assert event["n_clips"] > 0
        assert event["cycle"] not in {other["cycle"] for other in placed}
    explained = [event["explained"] for event in log if "explained" in event]
    assert all(after >= before - 1e-9 for before, after in itertools.pairwise(explained))
    assert [event["id"] for event in placed] == list(range(1, len(placed) + 1))
    assert (log[-1]["cycles"], log[-1]["stopped_by"]) == (12, "cycles")


def test_with_regression_no_batch_is_refused(music: Music, tmp_path: Path) -> None:
    log = together(music, tmp_path / "run", regression=True)
    assert not [event for event in log if event["event"] == "batch_refused"]
    explained = [event["explained"] for event in log if event["event"] == "cycle_finished"]
    assert explained != sorted(explained)
