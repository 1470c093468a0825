"""The journal: what differs between the canvas of two cycles, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import phenotune as pt
from phenotune.canvas.placement import Placement
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.add import Add
from phenotune.genome.genes.reverse import Reverse
from phenotune.library.clip import Clip
from phenotune.library.library import Library, open_library
from phenotune.mosaic.encode import placement_to_json
from phenotune.run.events import (
    CanvasOpened,
    ClipPlaced,
    CycleFinished,
    PlacementsChanged,
    RunStarted,
)
from phenotune.run.journal import Journal

from .conftest import Music

SMALL = {"search.population": 12, "search.capacity": 12, "search.top": 3, "run.picture": False}


@pytest.fixture(scope="module")
def library(music: Music) -> Library:
    return open_library([music.library])


def placement(number: int, library: Library, source: int = 0) -> Placement:
    clip = Clip(library.sources[source].id, 100 * number, 1000)
    return Placement(number, Chromosome(clip), 50 * number, (0.5, 0.25), 1, number)


def test_what_is_new_changed_and_gone_is_told(library: Library, tmp_path: Path) -> None:
    journal = Journal()
    before = {number: placement(number, library) for number in (1, 2, 3, 4, 5)}
    journal.turn(1, before, library, tmp_path)
    reversed_one = Chromosome(before[2].chromosome.clip, (Reverse(),))
    after = {
        1: before[1],
        2: replace(before[2], chromosome=reversed_one),
        3: replace(before[3], gains=(np.float64(0.75), -0.5)),
        4: replace(before[4], onset_samples=-7, gains=(1.0, 1.0)),
        6: placement(6, library),
    }
    told = journal.turn(2, after, library, tmp_path)
    assert told == PlacementsChanged(
        cycle=2,
        sources=(),
        placed=tuple(placement_to_json(after[number]) for number in (2, 4, 6)),
        gains={3: (0.75, -0.5)},
        removed=(5,),
    )
    assert journal.turn(3, after, library, tmp_path) == PlacementsChanged(3, (), (), {}, ())


def test_one_that_went_and_came_back_in_the_same_cycle_is_not_told(
    library: Library, tmp_path: Path
) -> None:
    journal = Journal()
    one, other = placement(1, library), placement(2, library)
    journal.turn(1, {1: one, 2: other}, library, tmp_path)
    told = journal.turn(2, {2: other, 1: replace(one)}, library, tmp_path)
    assert told == PlacementsChanged(2, (), (), {}, ())


def test_a_lock_is_told(library: Library, tmp_path: Path) -> None:
    journal = Journal()
    one = placement(1, library)
    journal.turn(1, {1: one}, library, tmp_path)
    told = journal.turn(2, {1: replace(one, locked=True, gains=(0.1, 0.1))}, library, tmp_path)
    assert [row["locked"] for row in told.placed] == [True]
    assert told.gains == {}


def test_a_source_is_told_once_and_those_inside_genes_as_well(
    library: Library, music: Music
) -> None:
    journal, folder = Journal(), music.library.parent / "run"
    first = placement(1, library, source=0)
    inner = Chromosome(Clip(library.sources[1].id, 0, 500))
    second = replace(first, id=2, chromosome=Chromosome(first.chromosome.clip, (Add(inner),)))
    told = journal.turn(1, {1: first}, library, folder)
    assert [row["id"] for row in told.sources] == [library.sources[0].id]
    assert told.sources[0]["path"] == f"../records/{library.sources[0].path.name}"
    told = journal.turn(2, {1: first, 2: second}, library, folder)
    assert [row["id"] for row in told.sources] == [library.sources[1].id]


def test_with_another_library_all_sources_in_use_are_told_again(
    library: Library, music: Music, tmp_path: Path
) -> None:
    journal = Journal()
    placements = {1: placement(1, library, 0), 2: placement(2, library, 1)}
    journal.turn(1, placements, library, tmp_path)
    told = journal.turn(2, placements, open_library([music.library]), tmp_path)
    assert {row["id"] for row in told.sources} == {source.id for source in library.sources[:2]}
    assert told.placed == ()


def test_the_whole_canvas_is_told_whatever_was_before(library: Library, tmp_path: Path) -> None:
    journal = Journal()
    one, two = placement(1, library), placement(2, library)
    journal.turn(1, {1: one, 2: two}, library, tmp_path)
    told = journal.whole(1, {2: two}, library, tmp_path)
    assert told.is_whole
    assert [row["id"] for row in told.placed] == [2]
    assert [row["id"] for row in told.sources] == [library.sources[0].id]
    assert told.removed == ()
    assert journal.turn(2, {}, library, tmp_path).removed == (2,)


def test_a_run_tells_its_canvas_first_and_its_changes_before_each_cycle_ends(
    music: Music, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    events = list(pt.evolving(music.target, music.library, run=run, settings=SMALL, cycles=3))
    start = next(i for i, event in enumerate(events) if isinstance(event, RunStarted))
    opened, whole = events[start + 1 : start + 3]
    assert isinstance(opened, CanvasOpened)
    assert (opened.cycle, opened.rate_hz, opened.n_channels, opened.fade_ms) == (0, 44_100, 2, 5.0)
    assert (opened.target["duration_s"], opened.target["n_channels"]) == (2.5, 2)
    assert (run / opened.target["path"]).resolve() == music.target.resolve()
    assert whole == PlacementsChanged(0, (), (), {}, (), is_whole=True)
    for event, before in zip(events[1:], events, strict=False):
        assert isinstance(before, PlacementsChanged) or not isinstance(event, CycleFinished)
    placed = [event.id for event in events if isinstance(event, ClipPlaced)]
    told = [row["id"] for e in events if isinstance(e, PlacementsChanged) for row in e.placed]
    assert sorted(set(told)) == placed
