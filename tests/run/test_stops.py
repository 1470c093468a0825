from __future__ import annotations

from phenotune.run.settings import RunGroup
from phenotune.run.stops import Reached, Stops


def test_other_stops_are_watched_for_and_what_was_seen_counts() -> None:
    stops = Stops(RunGroup(plateau_s=5.0))
    assert stops.reached(Reached(1, 1.0, 0.5)) is None
    stops.follow(RunGroup(plateau_s=3.0))
    assert stops.reached(Reached(2, 3.9, 0.5)) is None
    assert stops.reached(Reached(3, 4.0, 0.5)) == "plateau"
    stops.follow(RunGroup(cycles=4))
    assert stops.reached(Reached(4, 5.0, 0.5)) == "cycles"


def test_the_time_may_be_another_than_theirs() -> None:
    stops = Stops(RunGroup(), float("inf"))
    assert stops.reached(Reached(1, 1e6, 0.5)) is None
    stops.follow(RunGroup())
    assert stops.reached(Reached(2, 60.0, 0.5)) == "time"
