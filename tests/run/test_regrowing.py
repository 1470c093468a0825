"""Regrowing: a stretch is evolved again, and the rest is left alone."""

from __future__ import annotations

import shutil
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import phenotune as pt
from phenotune.canvas.placement import Placement
from phenotune.errors import ParameterError, RunFolderError
from phenotune.genome.anatomy import duration_s
from phenotune.mosaic.mosaic import Mosaic
from phenotune.run.editing import Edit, edit, edits_of, redo, undo
from phenotune.run.history import mosaic_at
from phenotune.run.lock import RunLock
from phenotune.run.log import read_log
from phenotune.run.selecting import Selection
from phenotune.run.settings import read_settings

from .conftest import Music

pytestmark = pytest.mark.slow

SETTINGS: dict[str, Any] = {
    "search.population": 12,
    "search.capacity": 12,
    "search.top": 3,
    "search.max_clips_per_s": 6.0,
    "search.refit_after": 1.0,
    "library.max_clip_s": 0.4,
    "variation.max_phenotype_s": 0.5,
    "run.picture": False,
}
FROM_S, TO_S = 1.0, 1.6
FIRST, END = 44_100, 70_560


@pytest.fixture(scope="module")
def original(music: Music, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run whose list is full; do not write into it."""
    run = tmp_path_factory.mktemp("regrown") / "run"
    pt.evolve(music.target, music.library, run=run, settings=SETTINGS, cycles=10, seed=5)
    return run


@pytest.fixture
def run(original: Path) -> Path:
    """A copy of the run, beside it, so that its paths hold."""
    number = next(n for n in count(1) if not (original.parent / f"run-{n}").exists())
    return Path(shutil.copytree(original, original.parent / f"run-{number}"))


def mosaic_of(run: Path) -> Mosaic:
    return Mosaic.load(run / "out" / "mosaic.json")


def split(mosaic: Mosaic) -> tuple[dict[int, Placement], dict[int, Placement]]:
    """The placements that begin in the stretch, and the others."""
    inside = {p.id: p for p in mosaic.placements if FIRST <= p.onset_samples < END}
    return inside, {p.id: p for p in mosaic.placements if p.id not in inside}


def longest_samples(mosaic: Mosaic) -> int:
    rates_hz = {source.id: float(source.rate_hz) for source in mosaic.sources}
    lengths_s = (duration_s(placement.chromosome, rates_hz) for placement in mosaic.placements)
    return round(max(lengths_s) * mosaic.rate_hz) + 64


def test_the_rest_is_left_alone(run: Path) -> None:
    before = mosaic_of(run)
    regrown = pt.regrow(run, FROM_S, TO_S, cycles=6)
    inside, outside = split(regrown.mosaic)
    was_inside, was_outside = split(before)
    assert was_inside
    assert inside
    assert outside == was_outside
    assert not inside.keys() & was_inside.keys()
    assert {placement.cycle for placement in inside.values()} <= set(range(11, 17))
    beyond = END + max(longest_samples(before), longest_samples(regrown.mosaic))
    first, second = before.render(), regrown.mosaic.render()
    np.testing.assert_array_equal(first[:, :FIRST], second[:, :FIRST])
    np.testing.assert_array_equal(first[:, beyond:], second[:, beyond:])
    assert not np.array_equal(first, second)
    assert len(inside) <= np.ceil(6.0 * (TO_S - FROM_S))


def test_another_time_brings_other_clips(run: Path) -> None:
    first, _ = split(pt.regrow(run, FROM_S, TO_S, cycles=4).mosaic)
    undo(run)
    second, _ = split(pt.regrow(run, FROM_S, TO_S, cycles=4).mosaic)
    assert {p.chromosome for p in first.values()} != {p.chromosome for p in second.values()}


def test_undoing_takes_it_back_whole(run: Path) -> None:
    before = mosaic_of(run), (run / "out" / "mosaic.json").read_bytes()
    regrown = pt.regrow(run, FROM_S, TO_S, cycles=4)
    assert [record.action for record in edits_of(run)] == ["regrow"]
    (outcome,) = undo(run)
    assert outcome.kept == ()
    assert (run / "out" / "mosaic.json").read_bytes() == before[1]
    redo(run)
    assert mosaic_of(run).placements == regrown.mosaic.placements
    assert mosaic_of(run).explained == regrown.mosaic.explained


def test_what_is_kept_can_be_made_better_and_taken_back(run: Path) -> None:
    before = (run / "out" / "mosaic.json").read_bytes()
    was = mosaic_of(run)
    regrown = pt.regrow(run, FROM_S, TO_S, keeps=True, cycles=6).mosaic
    assert split(regrown)[1] == split(was)[1]
    assert split(regrown)[0].keys() & split(was)[0].keys()
    assert split(regrown)[0] != split(was)[0]
    assert regrown.explained > was.explained
    undo(run)
    assert (run / "out" / "mosaic.json").read_bytes() == before


def test_locked_and_muted_clips_stay(run: Path) -> None:
    first, second, *others = sorted(split(mosaic_of(run))[0])
    assert others
    edit(run, Edit("lock", Selection(ids=[first])))
    edit(run, Edit("mute", Selection(ids=[second])))
    before, _ = split(mosaic_of(run))
    inside, _ = split(pt.regrow(run, FROM_S, TO_S, cycles=4).mosaic)
    assert (inside[first], inside[second]) == (before[first], before[second])
    assert not inside.keys() & set(others)


def test_the_run_goes_on_as_a_whole(run: Path) -> None:
    """The stretch is off again, nothing of it is in phenotune.toml, and the run can still be taken back."""
    toml = (run / "phenotune.toml").read_bytes()
    _, outside = split(mosaic_of(run))
    pt.regrow(run, FROM_S, TO_S, cycles=2, settings={"search.top": 5})
    assert (run / "phenotune.toml").read_bytes() == toml
    went_on = pt.evolve(run, cycles=24)
    assert read_settings(project=run / "phenotune.toml", environment={}).search.to_s == 0.0
    assert split(went_on.mosaic)[1] != outside
    old, _ = split(mosaic_at(run, 10))
    undo(run)
    assert old.keys() <= {placement.id for placement in mosaic_of(run).placements}


def test_cycles_before_and_after_are_told(run: Path) -> None:
    before = mosaic_of(run)
    regrown = pt.regrow(run, FROM_S, TO_S, cycles=3).mosaic
    assert mosaic_at(run, 10).placements == before.placements
    assert mosaic_at(run, 13).placements == regrown.placements
    assert len(mosaic_at(run, 11).placements) >= len(split(before)[1])


@pytest.mark.parametrize("settings", [{}, {"search.section_s": 0.3}], ids=["whole", "sections"])
def test_it_is_done_again_bit_for_bit(run: Path, settings: dict[str, Any]) -> None:
    pt.regrow(run, FROM_S, TO_S, cycles=3, seed=9, settings=settings)
    pt.evolve(run, cycles=15)
    undo(run)
    pt.evolve(run, cycles=16)
    pt.regrow(run, 0.2, 0.8, keeps=True, cycles=2)
    again = run.parent / f"again-{run.name}"
    assert pt.replay(run, again, workers=1)
    told, other = (edits_of(folder) for folder in (run, again))
    assert told == other


def test_a_population_that_lives_on_is_not_bred_from_the_first_clips_again(
    music: Music, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    settings = {**SETTINGS, "search.schedule": "generations"}
    pt.evolve(music.target, music.library, run=run, settings=settings, cycles=6, seed=5)
    given = max(placement.lineage for placement in mosaic_of(run).placements)
    _, outside = split(mosaic_of(run))
    regrown = pt.regrow(run, FROM_S, TO_S, cycles=4).mosaic
    inside, now_outside = split(regrown)
    assert now_outside == outside
    assert given < 12
    assert all(placement.lineage >= 12 for placement in inside.values())
    pt.evolve(run, cycles=14)
    assert pt.replay(run, tmp_path / "again", workers=1)


def test_a_killed_regrowth_can_be_taken_back(run: Path) -> None:
    from phenotune.run.api import prepare_regrow
    from phenotune.run.events import CycleFinished
    from phenotune.run.evolution import evolving

    before = mosaic_of(run)
    project = prepare_regrow(run, FROM_S, TO_S, cycles=9, settings={"run.checkpoint_s": 0.0})
    events = evolving(project)
    for event in events:
        if isinstance(event, CycleFinished) and event.cycle == 14:
            break
    events.close()
    undo(run)
    assert mosaic_of(run).placements == before.placements
    assert pt.replay(run, run.parent / f"again-{run.name}", workers=1)


def test_the_events_are_those_of_evolving(run: Path) -> None:
    pt.regrow(run, FROM_S, TO_S, cycles=1)
    names = [event["event"] for event in read_log(run / "log.jsonl")]
    last = names[len(names) - names[::-1].index("run_started") - 1 :]
    assert last[:6] == [
        "run_started",
        "canvas_opened",
        "placements_changed",
        "inputs_read",
        "edited",
        "placements_changed",
    ]
    assert last[6] == "cycle_started"
    assert last[-1] == "finished"


@pytest.mark.parametrize(
    ("from_s", "to_s", "message"),
    [
        (2.5, 3.0, r"from: expected 0 s to the end of the song at 2\.50 s, got 2\.5 s"),
        (-1.0, 1.0, "from: expected 0 s to the end"),
        (1.0, 1.0, r"to: expected a time after 1 s \(from\), got 1 s"),
        (1.0, 2.6, r"to: expected no later than the end of the song at 2\.50 s, got 2\.6 s"),
        (1.0, 1.01, "must not be shorter than the longest window"),
    ],
)
def test_a_stretch_that_is_none_is_refused(
    run: Path, from_s: float, to_s: float, message: str
) -> None:
    before = (run / "log.jsonl").read_bytes()
    with pytest.raises(ParameterError, match=message):
        pt.regrow(run, from_s, to_s, cycles=1)
    assert (run / "log.jsonl").read_bytes() == before


def test_a_run_that_evolves_is_refused(run: Path) -> None:
    with RunLock(run / "state") as lock:
        lock.take()
        with pytest.raises(RunFolderError, match="is being evolved by another phenotune"):
            pt.regrow(run, FROM_S, TO_S, cycles=1)
    with pytest.raises(ParameterError, match="cycles: expected at least 1, got 0"):
        pt.regrow(run, FROM_S, TO_S, cycles=0)
