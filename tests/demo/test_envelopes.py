from __future__ import annotations

import numpy as np
import pytest

from phenotune.demo.envelopes import drift, dying, held, struck, through, vibrato
from phenotune.demo.signals import times_s

RATE_HZ = 8000


def test_a_decay_has_fallen_by_60_db_after_its_time() -> None:
    np.testing.assert_allclose(dying(np.array([0.0, 1.0, 2.0]), 2.0), [1.0, 10.0**-1.5, 1e-3])


def test_what_is_struck_rises_and_dies() -> None:
    level = struck(times_s(1.0, RATE_HZ), 0.01, 0.5)
    assert level[0] == 0.0
    assert np.argmax(level) == pytest.approx(0.01 * RATE_HZ, abs=12)
    assert level[round(0.5 * RATE_HZ)] == pytest.approx(1e-3)


def test_what_is_held_stays_at_one_until_its_end() -> None:
    level = held(times_s(1.0, RATE_HZ), 0.1, 0.6, 0.2)
    np.testing.assert_allclose(level[800:4800], 1.0)
    np.testing.assert_allclose(level[[0, 6400, 7999]], 0.0, atol=1e-12)


def test_lines_go_through_their_points() -> None:
    line = through(np.array([-1.0, 0.0, 0.5, 1.0, 9.0]), [(0.0, 2.0), (1.0, 4.0)])
    np.testing.assert_allclose(line, [2.0, 2.0, 3.0, 4.0, 4.0])


def test_vibrato_waits_and_keeps_within_its_cents() -> None:
    cents = 1200.0 * np.log2(vibrato(times_s(2.0, RATE_HZ), 5.0, 30.0, 0.5))
    np.testing.assert_allclose(cents[:4000], 0.0, atol=1e-9)
    assert np.abs(cents).max() == pytest.approx(30.0, abs=0.1)


@pytest.mark.parametrize("n", [1, 2, 7, 8000])
def test_drift_is_slow_and_small(n: int, rng: np.random.Generator) -> None:
    ratio = drift(rng, n, RATE_HZ, 5.0)
    cents = 1200.0 * np.log2(ratio)
    assert ratio.shape == (n,)
    assert np.abs(cents).max() < 25.0
    assert np.abs(np.diff(cents)).max(initial=0.0) < 0.05
