from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from phenotune.canvas.placement import Placement
from phenotune.errors import LibraryError, RunFolderError
from phenotune.genome.chromosome import Chromosome
from phenotune.library.clip import Clip
from phenotune.run.checkpoints import Checkpoint
from phenotune.run.resume import place_of, take_up
from phenotune.run.settings import RunSettings
from phenotune.run.stages import StagePlace

ENGINE = {"n_since_refit": 70, "best_distance": 0.25, "target_sha256": "abc"}
PLACEMENTS = tuple(
    Placement(number, Chromosome(Clip("s0", 0, 100 * number)), onset, (1.0,), 2, 1)
    for number, onset in ((3, 441), (1, -7), (2, 44_100))
)
CHECKPOINT = Checkpoint(
    cycle=2,
    elapsed_s=9.5,
    placements=PLACEMENTS,
    next_id=4,
    engine=ENGINE,
    settings={"spectra": {"rate_hz": 44_100}},
)


class Canvas:
    """Remembers what is placed on it."""

    def __init__(self, rate_hz: int, n_speakers: int = 1) -> None:
        self.target = SimpleNamespace(
            layout=SimpleNamespace(rate_hz=rate_hz), n_speakers=n_speakers, n_samples=22_050
        )
        self.placed: list[Placement] = []

    def place(self, placement: Placement, samples: object) -> None:
        assert samples == f"sound of {placement.chromosome.clip.length_samples}"
        self.placed.append(placement)


def session(rate_hz: int = 44_100, n_speakers: int = 1) -> Any:
    """What is taken up of a session, with nothing on its canvas."""
    return SimpleNamespace(
        project=SimpleNamespace(folder=SimpleNamespace(state=Path("RUN/state"))),
        target=SimpleNamespace(path=Path("song.wav"), sha256="abc"),
        library=SimpleNamespace(known=[SimpleNamespace(id="s0")]),
        canvas=Canvas(rate_hz, n_speakers),
        silent={},
        kept=None,
        warnings=[],
        reviser=SimpleNamespace(roster=SimpleNamespace(worths={})),
        evaluator=SimpleNamespace(
            phenotypes=SimpleNamespace(recall=lambda c: f"sound of {c.clip.length_samples}")
        ),
        engine=SimpleNamespace(state=None, lineage_offset=0),
        settings=RunSettings(),
        numbering=None,
    )


def test_everything_is_put_back_in_the_order_of_the_checkpoint() -> None:
    resumed = session()
    take_up(resumed, CHECKPOINT)
    assert tuple(resumed.canvas.placed) == PLACEMENTS
    assert (resumed.cycle, resumed.next_id, resumed.earlier_s) == (2, 4, 9.5)
    assert (resumed.n_since_refit, resumed.engine.state.best_distance) == (70, 0.25)


def test_onsets_are_counted_at_the_rate_that_the_search_has_now() -> None:
    resumed = session(rate_hz=22_050)
    take_up(resumed, CHECKPOINT)
    assert [placement.onset_samples for placement in resumed.canvas.placed] == [221, -3, 22_050]


@pytest.mark.parametrize("settings", [{}, {"spectra": 3}, {"spectra": {"rate_hz": "fast"}}])
def test_a_checkpoint_that_tells_no_rate_is_taken_at_its_word(settings: dict[str, Any]) -> None:
    resumed = session(rate_hz=22_050)
    take_up(resumed, replace(CHECKPOINT, settings=settings))
    assert resumed.canvas.placed[0].onset_samples == 441


def test_what_lies_beyond_the_end_of_another_target_is_silent() -> None:
    resumed = session()
    engine = ENGINE | {"target_sha256": "def", "worths": {"1": 0.1, "2": 0.2}}
    take_up(resumed, replace(CHECKPOINT, engine=engine))
    assert [placement.id for placement in resumed.canvas.placed] == [3, 1]
    assert resumed.silent == {2: PLACEMENTS[2]}
    assert resumed.reviser.roster.worths == {1: 0.1}
    assert resumed.engine.state.best_distance == math.inf
    (warning,) = resumed.warnings
    assert warning.startswith("song.wav: is another target than when this run was left; 1 clips")


def test_what_was_silent_stays_so() -> None:
    resumed = session()
    take_up(resumed, replace(CHECKPOINT, engine=ENGINE | {"silent": [2]}))
    assert [placement.id for placement in resumed.canvas.placed] == [3, 1]
    assert (resumed.silent, resumed.warnings) == ({2: PLACEMENTS[2]}, [])


def test_gains_are_made_to_fit_the_target() -> None:
    resumed = session(n_speakers=2)
    take_up(resumed, CHECKPOINT)
    assert [placement.gains for placement in resumed.canvas.placed] == [(1.0, 1.0)] * 3


@pytest.mark.parametrize(
    ("stage", "place"),
    [
        ({"number": 2, "began_cycle": 1, "began_s": 3.5}, StagePlace(2, 1, 3.5)),
        (None, StagePlace(0, 2, 9.5)),
        ({"nonsense": 1}, StagePlace(0, 2, 9.5)),
    ],
)
def test_a_run_is_in_the_stage_that_it_was_in(stage: Any, place: StagePlace) -> None:
    assert place_of(replace(CHECKPOINT, engine=ENGINE | {"stage": stage})) == place
    assert place_of(None) == StagePlace(0)


def test_a_sound_that_has_gone_is_named() -> None:
    gone = replace(PLACEMENTS[0], chromosome=Chromosome(Clip("s9", 0, 300)))
    with pytest.raises(LibraryError, match=r"placement 3 was cut from a sound .*source s9; out"):
        take_up(session(), replace(CHECKPOINT, placements=(gone,)))


@pytest.mark.parametrize("engine", [{}, ENGINE | {"best_distance": "far"}])
def test_a_search_that_is_not_told_is_refused(engine: dict[str, Any]) -> None:
    with pytest.raises(RunFolderError, match="cycle 2 does not tell where the search was"):
        take_up(session(), replace(CHECKPOINT, engine=engine))
