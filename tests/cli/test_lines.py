"""What is said of changes on the way."""

from __future__ import annotations

import pytest

from phenotune.cli.lines import lines_about
from phenotune.cli.progress import RunProgress
from phenotune.run.events import (
    Edited,
    Event,
    LibraryChanged,
    MixInjected,
    SettingsChanged,
    StageStarted,
    TargetChanged,
)
from phenotune.run.settings import RunGroup

TARGET = {"path": "/songs/other.wav", "duration_s": 65.0}


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (StageStarted(3, 2, "melody", {}), "stage 2 begins: melody"),
        (StageStarted(3, 2, "", {}), "stage 2 begins"),
        (
            LibraryChanged(3, ({}, {}), ({},), ("s1",), 4, ("s2", "s3", "s4")),
            "library: 2 sounds added, 1 gone, 3 now; 4 clips of those gone stay",
        ),
        (LibraryChanged(3, ({},), (), (), 0, ("s2",)), "library: 1 sound added, 0 gone, 1 now"),
        (TargetChanged(3, TARGET, 0, 0, 0.25), "target: other.wav (1:05), 25.0% of it explained"),
        (
            TargetChanged(3, TARGET, 2, 1, 0.25),
            "target: other.wav (1:05), 25.0% of it explained, 2 clips beyond its end, 1 clip heard again",
        ),
        (MixInjected(0, 1, {"path": "a/false.wav"}, 0.5), "starts from false.wav: 50.0% explained"),
        (SettingsChanged(3, {"search.top": 5}), "settings: search.top = 5"),
        (
            Edited(3, 1, "drop", "drop --all", None, ({}, {}), (), 0.5),
            "edited: drop --all (2 clips)",
        ),
    ],
)
def test_changes_are_told_in_a_line(event: Event, line: str) -> None:
    assert lines_about(event, RunProgress(RunGroup()), False) == [line]


def test_other_stops_are_reckoned_with() -> None:
    progress = RunProgress(RunGroup(cycles=3), clock=lambda: 0.0)
    assert progress.left_s is None
    progress.take(SettingsChanged(2, {"run.time_s": 90.0, "run.cycles": 0, "search.top": 5}))
    assert (progress.left_s, progress.settings.cycles) == (90.0, 0)
