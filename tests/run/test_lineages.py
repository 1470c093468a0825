"""Lineages as the log tells them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import phenotune as pt
from phenotune.errors import RunFolderError
from phenotune.report.lineages import Generation
from phenotune.run.events import CycleStarted, Warned
from phenotune.run.lineages import Founder, read_lineages, wants_picture
from phenotune.run.log import read_log
from phenotune.run.settings import RunSettings

from .conftest import Music

SETTINGS = {"search.population": 12, "search.capacity": 12, "search.top": 3, "run.picture": False}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run folder without a log."""
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "format.json").write_text('{"format": "phenotune.run", "version": 1}')
    return tmp_path


def started(cycle: int) -> dict[str, Any]:
    return {"event": "run_started", "target": "song.wav", "resumed_at_cycle": cycle}


def scored(cycle: int, lineages: list[list[int]], n: int = 10) -> dict[str, Any]:
    return {
        "event": "generation_scored",
        "cycle": cycle,
        "n_lineages": 4,
        "largest_lineage_share": lineages[0][1] / n,
        "lineages": lineages,
    }


def landed(cycle: int, number: int, start_samples: int) -> list[dict[str, Any]]:
    clip = {"source": "s0", "start_samples": start_samples, "length_samples": 4000}
    placement = {"lineage": number, "cycle": cycle, "chromosome": {"clip": clip, "genes": []}}
    source = {"id": "s0", "path": "../records/break.wav", "rate_hz": 8000}
    changes = {"cycle": cycle, "sources": [source], "placed": [placement]}
    return [
        {"event": "clip_placed", "cycle": cycle, "lineage": number},
        {"event": "placements_changed", **changes},
    ]


def write_log(run: Path, events: list[dict[str, Any]]) -> Path:
    text = "".join(json.dumps(event) + "\n" for event in events)
    (run / "log.jsonl").write_text(text, encoding="utf-8")
    return run


def test_shares_what_landed_and_founders(run: Path) -> None:
    first, second = [[3, 5], [0, 2]], [[7, 8], [6, 1]]
    write_log(run, [started(0), scored(1, first), *landed(1, 3, 800), scored(2, second)])
    found = read_lineages(run)
    assert found.target == "song.wav"
    assert found.generations == (
        Generation(1, 4, 0.5, ((3, 0.5), (0, 0.2)), (3,)),
        Generation(2, 4, 0.8, ((7, 0.8), (6, 0.1)), ()),
    )
    assert found.founders == {3: Founder(1, "break.wav", 0.1, 0.5)}


def test_the_first_clip_of_a_lineage_counts(run: Path) -> None:
    events = [started(0), scored(1, [[3, 5]]), *landed(1, 3, 800), *landed(2, 3, 1600)]
    found = read_lineages(write_log(run, events))
    assert found.founders == {3: Founder(1, "break.wav", 0.1, 0.5)}
    assert found.generations[0].landed == (3, 3)


def test_generations_done_anew_count_once(run: Path) -> None:
    events = [
        started(0), scored(1, [[3, 5]]), *landed(1, 3, 800), scored(2, [[7, 8]]), *landed(2, 7, 0),
        started(1), scored(2, [[9, 2]]),
    ]  # fmt: skip
    found = read_lineages(write_log(run, events))
    assert [each.shares[0][0] for each in found.generations] == [3, 9]
    assert set(found.founders) == {3}


def test_a_log_that_does_not_name_lineages_has_the_share_of_the_biggest(run: Path) -> None:
    event = scored(1, [[3, 5]])
    del event["lineages"]
    assert read_lineages(write_log(run, [started(0), event])).generations == (
        Generation(1, 4, 0.5),
    )


def test_without_a_generation_there_is_nothing_to_show(run: Path) -> None:
    with pytest.raises(RunFolderError, match=r"log\.jsonl: tells of no generation yet"):
        read_lineages(run)


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({"event": "generation_scored", "cycle": 4}, "of cycle 4 is broken: 'largest_lineage_sh"),
        ({"event": "clip_placed", "cycle": 1, "lineage": 3}, "clip_placed of cycle 1 is broken"),
    ],
)
def test_an_event_that_makes_no_sense_is_told(
    run: Path, event: dict[str, Any], message: str
) -> None:
    with pytest.raises(RunFolderError, match=message):
        read_lineages(write_log(run, [event]))


def test_a_run_logs_its_biggest_lineages(music: Music, tmp_path: Path) -> None:
    run = pt.evolve(
        music.target, music.library, run=tmp_path / "run", settings=SETTINGS, cycles=3, seed=1
    )
    for event in read_log(run.folder / "log.jsonl", ["generation_scored"]):
        counts = [n for _, n in event["lineages"]]
        assert 0 < len(counts) == min(8, event["n_lineages"])
        assert counts == sorted(counts, reverse=True)
        assert counts[0] / 12 == pytest.approx(event["largest_lineage_share"])
    found = run.lineages()
    landed = sorted(number for each in found.generations for number in each.landed)
    placed = list(read_log(run.folder / "log.jsonl", ["clip_placed"]))
    assert landed == sorted(event["lineage"] for event in placed)
    assert {p.lineage for p in run.mosaic.placements} <= set(found.founders)
    assert {each.source for each in found.founders.values()} <= {e["source"] for e in placed}
    found.draw(tmp_path / "lineages.png")
    assert (tmp_path / "lineages.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("schedule", "has_pictures", "is_drawn"),
    [("generations", True, True), ("generations", False, False), ("cycles", True, False)],
)
def test_they_are_drawn_where_the_population_lives_on(
    schedule: str, has_pictures: bool, is_drawn: bool
) -> None:
    assert not wants_picture(RunSettings())
    settings = RunSettings.model_validate(
        {"run": {"picture": has_pictures}, "search": {"schedule": schedule}}
    )
    assert wants_picture(settings) == is_drawn


@pytest.mark.parametrize("is_broken", [False, True])
def test_a_run_draws_them_at_its_end_and_a_broken_log_costs_no_more_than_that(
    music: Music, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_broken: bool
) -> None:
    monkeypatch.setattr("phenotune.run.evolution.wants_picture", lambda settings: True)
    run = tmp_path / "run"
    warned = []
    for event in pt.evolving(music.target, music.library, run=run, settings=SETTINGS, cycles=1):
        if isinstance(event, CycleStarted) and is_broken:
            with open(run / "log.jsonl", "ab") as log:
                log.write(b"not json\n")
        if isinstance(event, Warned):
            warned.append(event.message)
    assert (run / "out" / "lineages.png").exists() != is_broken
    assert len(warned) == is_broken
    assert all("the picture of the lineages is not drawn" in message for message in warned)
