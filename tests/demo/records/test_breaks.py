from __future__ import annotations

import numpy as np
import pytest

from phenotune.demo import song
from phenotune.demo.records import breaks
from phenotune.demo.records.breaks import Groove, played

RATE_HZ = 1000
CLICK = np.ones(1)
GROOVES = [value for value in vars(breaks).values() if isinstance(value, Groove)]


def test_strokes_fall_on_their_sixteenths_and_swing() -> None:
    groove = Groove(150.0, {"kick": "X-o-", "hat": "-x--"}, swing=0.6, loose_ms=0.0)
    kit = {"kick": [CLICK], "hat": [CLICK]}
    bus = played(groove, kit, np.random.default_rng(440), RATE_HZ, {"kick": -1.0, "hat": 1.0})
    assert groove.duration_s == pytest.approx(0.4)
    assert bus.shape == (2, 400)
    assert np.flatnonzero(bus[0] > 1e-9).tolist() == [0, 200]
    assert np.flatnonzero(bus[1] > 1e-9).tolist() == [120]  # 100 straight, and 0.2 of a sixteenth
    assert 0.36 <= bus[0, 200] <= 0.4


@pytest.mark.parametrize("groove", GROOVES, ids=lambda groove: f"{groove.tempo_bpm:.0f}")
def test_grooves_are_whole_bars_at_a_tempo_of_their_own(groove: Groove) -> None:
    lengths = {len(marks) for marks in groove.parts.values()}
    assert len(lengths) == 1
    assert lengths.pop() % 16 == 0
    assert set("".join(groove.parts.values())) <= {*breaks.STRENGTH, "-"}
    assert abs(groove.tempo_bpm - song.TEMPO_BPM) > 5.0
