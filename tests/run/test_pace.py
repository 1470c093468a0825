"""How long the next cycle may take."""

from __future__ import annotations

import pytest

from phenotune.run.pace import N_TIMED, Pace


def test_nothing_is_known_before_the_first_cycle_has_ended() -> None:
    pace = Pace()
    assert pace.next_cycle_s(True) == 0.0
    pace.begin_cycle(3.0)
    assert pace.next_cycle_s(True) == 0.0


def test_the_longest_of_the_last_cycles_counts() -> None:
    pace = Pace()
    times_s = [0.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]
    for now_s in times_s:
        pace.begin_cycle(now_s)
    assert pace.next_cycle_s(False) == 5.0
    pace.begin_cycle(11.0)
    assert len(times_s) - 1 == N_TIMED
    assert pace.next_cycle_s(False) == 1.0


def test_solving_all_gains_counts_where_it_is_near_and_only_there() -> None:
    pace = Pace()
    pace.begin_cycle(0.0)
    pace.note_refit(2.0)
    pace.begin_cycle(2.5)
    assert pace.next_cycle_s(False) == pytest.approx(0.5)
    assert pace.next_cycle_s(True) == pytest.approx(2.5)
