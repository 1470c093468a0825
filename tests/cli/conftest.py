"""A made-up run and a way to call the command line, for all tests of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from phenotune.cli.main import run
from phenotune.run.events import (
    CheckpointWritten,
    ClipPlaced,
    CycleFinished,
    CycleStarted,
    Event,
    GenerationScored,
    KernelsCompiling,
    RunFinished,
    RunStarted,
    SourceSkipped,
)


@dataclass(frozen=True)
class Called:
    """What a call of the command line came to."""

    code: int
    out: str
    err: str


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., Called]:
    """Call the command line in this process: ``call("evolve", "--help")``."""

    def call_it(*arguments: object) -> Called:
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Called(code, captured.out, captured.err)

    return call_it


@pytest.fixture
def events() -> list[Event]:
    """A run of two cycles as it might be told, with a cold start and a file that cannot be used."""
    return [
        KernelsCompiling(),
        SourceSkipped("records/blank.wav", "is silent"),
        RunStarted(
            run="song-mosaic",
            seed=7,
            preset="guided",
            target="song.ogg",
            target_s=61.5,
            n_sources=165,
            n_skipped=1,
            library_s=324.0,
            workers=2,
            resumed_at_cycle=0,
            n_placements=0,
            explained=0.0,
        ),
        CycleStarted(1),
        _generation(1, 1, 0.0),
        _generation(1, 2, 0.0),
        _placed(1, 1, 0.25),
        CycleFinished(1, 2, 200, 1, 1, 0.25, 4.0),
        CycleStarted(2),
        _generation(2, 1, 0.25),
        _placed(2, 2, 0.5),
        CycleFinished(2, 1, 100, 1, 2, 0.5, 6.0),
        CheckpointWritten(2, 6.0),
        RunFinished("song-mosaic", 7, 2, 2, 0.5, 6.0, "cycles"),
    ]


def _generation(cycle: int, generation: int, explained: float) -> Event:
    return GenerationScored(cycle, generation, 100, 0.1, 20, 0.1, explained)


def _placed(cycle: int, number: int, explained: float) -> Event:
    return ClipPlaced(cycle, number, 3, "s0", 0.5, 1.0, (0.5, 0.5), 0.25, None, explained)
