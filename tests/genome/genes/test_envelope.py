from __future__ import annotations

import numpy as np
import pytest

from phenotune.errors import ParameterError
from phenotune.genome.genes.envelope import MAX_STEPS, SLOPE_S, Envelope, EnvelopeRanges

RATE_HZ = 44_100
HALF_SLOPE = round(SLOPE_S * RATE_HZ) // 2


def curve(levels_db, n_samples, rate_hz=RATE_HZ):
    """What the gene makes of a sound that is 1 throughout."""
    return Envelope(levels_db).apply(np.ones((1, n_samples), np.float32), rate_hz, None)[0]


@pytest.mark.parametrize("levels_db", [(0.0, -6.0), (-60.0, 0.0, 6.0), (-12.0, -60.0, -60.0, 3.5)])
def test_each_step_has_its_own_level(levels_db):
    n_steps, n_step = len(levels_db), 10_000
    played = curve(levels_db, n_steps * n_step)
    for k, level_db in enumerate(levels_db):
        inner = played[k * n_step : (k + 1) * n_step][HALF_SLOPE:-HALF_SLOPE]
        expected = 0.0 if level_db == -60.0 else 10.0 ** (level_db / 20.0)
        np.testing.assert_allclose(inner, expected, rtol=1e-6)


def test_levels_give_way_to_one_another_without_a_step():
    played = curve((-60.0, 0.0, -60.0), 30_000)
    assert np.abs(np.diff(played)).max() < np.pi / 2 / (2 * HALF_SLOPE) * 1.01
    assert played[10_000 - HALF_SLOPE - 1] == 0.0
    assert played[10_000 + HALF_SLOPE] == 1.0
    assert played[9999] + played[10_000] == pytest.approx(1.0, abs=1e-6)


def test_no_level_is_overshot(rng):
    for n_samples in (0, 1, 2, 5, 17, 100, 5000):
        for n_steps in (2, 3, MAX_STEPS):
            levels_db = tuple(float(level) for level in rng.uniform(-20.0, 6.0, n_steps))
            played = curve(levels_db, n_samples)
            assert played.shape == (n_samples,)
            assert (played >= 10.0 ** (min(levels_db) / 20.0) - 1e-5).all()
            assert (played <= 10.0 ** (max(levels_db) / 20.0) + 1e-5).all()


def test_equal_levels_are_a_gain(rng):
    samples = rng.standard_normal((2, 5000)).astype(np.float32)
    played = Envelope((0.0,) * 5).apply(samples, RATE_HZ, None)
    np.testing.assert_array_equal(played, samples)
    quieter = Envelope((-6.0,) * 3).apply(samples, RATE_HZ, None)
    np.testing.assert_allclose(quieter, samples * 10.0 ** (-6.0 / 20.0), rtol=1e-5)


@pytest.mark.parametrize("rate_hz", [8000, 48_000, 192_000])
def test_steps_lie_at_the_same_times_at_any_rate(rate_hz):
    played = curve((0.0, -60.0, -6.0), 3 * rate_hz // 2, rate_hz)
    for time_s, expected in ((0.25, 1.0), (0.75, 0.0), (1.25, 10.0 ** (-6.0 / 20.0))):
        assert played[round(time_s * rate_hz)] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("n_samples", [0, 1, 2, 3])
def test_short_stereo_sound(n_samples):
    samples = np.ones((2, n_samples), np.float32)
    samples.flags.writeable = False
    played = Envelope((-6.0, -3.0, 0.0, 3.0)).apply(samples, RATE_HZ, None)
    assert played.shape == (2, n_samples)
    assert played.dtype == np.float32
    np.testing.assert_array_equal(played[:1], played[1:])


def test_random_and_mutate_stay_in_the_ranges(rng):
    ranges = EnvelopeRanges(min_steps=3, max_steps=5, min_level_db=-3.0, max_level_db=-2.0)
    gene = Envelope.random(rng, ranges, None)
    assert 3 <= len(gene.levels_db) <= 5
    for _ in range(50):
        assert all(-3.0 <= level <= -2.0 for level in gene.levels_db)
        changed = gene.mutate(rng, ranges)
        assert sum(a != b for a, b in zip(gene.levels_db, changed.levels_db, strict=True)) <= 1
        gene = changed


@pytest.mark.parametrize("n_steps", [0, 1, MAX_STEPS + 1])
def test_refuses_a_number_of_steps_that_makes_no_sense(n_steps):
    with pytest.raises(
        ParameterError, match=rf"^levels_db: expected 2 to 16 levels, got {n_steps}"
    ):
        Envelope((0.0,) * n_steps)


@pytest.mark.parametrize("level_db", [25.0, -60.5, float("nan")])
def test_refuses_a_level_that_makes_no_sense(level_db):
    with pytest.raises(ParameterError, match=r"^levels_db: expected -60 to 24, got"):
        Envelope((0.0, level_db))
