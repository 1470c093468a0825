from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from phenotune.canvas.placement import Placement
from phenotune.errors import LibraryError, RunFolderError, TargetError
from phenotune.genome.chromosome import Chromosome
from phenotune.library.clip import Clip
from phenotune.run.checkpoints import Checkpoint
from phenotune.run.resume import take_up

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

    def __init__(self, rate_hz: int) -> None:
        self.target = SimpleNamespace(layout=SimpleNamespace(rate_hz=rate_hz))
        self.placed: list[Placement] = []

    def place(self, placement: Placement, samples: object) -> None:
        assert samples == f"sound of {placement.chromosome.clip.length_samples}"
        self.placed.append(placement)


def session(rate_hz: int = 44_100) -> Any:
    """What is taken up of a session, with nothing on its canvas."""
    return SimpleNamespace(
        project=SimpleNamespace(folder=SimpleNamespace(state=Path("RUN/state"))),
        target=SimpleNamespace(path=Path("song.wav"), sha256="abc"),
        library=SimpleNamespace(sources=[SimpleNamespace(id="s0")]),
        canvas=Canvas(rate_hz),
        reviser=SimpleNamespace(roster=SimpleNamespace(worths={})),
        evaluator=SimpleNamespace(
            phenotypes=SimpleNamespace(recall=lambda c: f"sound of {c.clip.length_samples}")
        ),
        engine=SimpleNamespace(state=None),
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


def test_another_target_is_refused() -> None:
    other = replace(CHECKPOINT, engine=ENGINE | {"target_sha256": "def"})
    with pytest.raises(TargetError, match=r"song.wav: is not the target that this run began with"):
        take_up(session(), other)


def test_a_sound_that_has_gone_is_named() -> None:
    gone = replace(PLACEMENTS[0], chromosome=Chromosome(Clip("s9", 0, 300)))
    with pytest.raises(LibraryError, match=r"placement 3 was cut from a sound .*source s9; out"):
        take_up(session(), replace(CHECKPOINT, placements=(gone,)))


@pytest.mark.parametrize("engine", [{}, ENGINE | {"best_distance": "far"}])
def test_a_search_that_is_not_told_is_refused(engine: dict[str, Any]) -> None:
    with pytest.raises(RunFolderError, match="cycle 2 does not tell where the search was"):
        take_up(session(), replace(CHECKPOINT, engine=engine))
