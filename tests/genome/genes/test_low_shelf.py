from __future__ import annotations

import numpy as np
import pytest

from phenotune.errors import ParameterError
from phenotune.genome.genes.low_shelf import LowShelf, LowShelfRanges

RATE_HZ = 44_100
CORNER_HZ = 400.0


def level_db(gene, pitch_hz):
    """Level of a tone after the gene, measured once it has settled."""
    phase = 2 * np.pi * pitch_hz * np.arange(RATE_HZ) / RATE_HZ
    played = gene.apply(np.sin(phase).astype(np.float32)[None], RATE_HZ, None)[0, 10_000:]
    return 10.0 * np.log10(2.0 * np.mean(played.astype(np.float64) ** 2))


@pytest.mark.parametrize("gain_db", [-24.0, -6.0, 0.0, 12.0])
def test_level_on_the_shelf_at_the_corner_and_beyond(gain_db):
    gene = LowShelf(gain_db, CORNER_HZ)
    assert level_db(gene, 40.0) == pytest.approx(gain_db, abs=0.1)
    assert level_db(gene, CORNER_HZ) == pytest.approx(gain_db / 2, abs=0.05)
    assert level_db(gene, 15_000.0) == pytest.approx(0.0, abs=0.1)


def test_no_bump_anywhere():
    gene = LowShelf(-12.0, CORNER_HZ)
    levels = [level_db(gene, pitch) for pitch in np.geomspace(50.0, 16_000.0, 25)]
    assert max(levels) < 0.01
    assert min(levels) > -12.01


@pytest.mark.parametrize("n_samples", [0, 1, 2])
def test_short_stereo_sound(n_samples):
    samples = np.ones((2, n_samples), dtype=np.float32)
    samples.flags.writeable = False
    played = LowShelf(-6.0, CORNER_HZ).apply(samples, RATE_HZ, None)
    assert played.shape == (2, n_samples)
    assert played.dtype == np.float32
    np.testing.assert_array_equal(played[:1], played[1:])


def test_a_corner_beyond_half_the_rate_still_filters(rng):
    samples = rng.standard_normal((1, 1000)).astype(np.float32)
    played = LowShelf(-12.0, 20_000.0).apply(samples, 8000, None)
    assert np.isfinite(played).all()
    assert np.abs(played).max() < 10.0


def test_random_and_mutate_stay_in_the_ranges(rng):
    ranges = LowShelfRanges(
        min_gain_db=-3.0, max_gain_db=-2.0, min_corner_hz=2000.0, max_corner_hz=2100.0
    )
    gene = LowShelf.random(rng, ranges, None)
    for _ in range(50):
        assert -3.0 <= gene.gain_db <= -2.0
        assert 2000.0 <= gene.corner_hz <= 2100.0
        gene = gene.mutate(rng, ranges)


def test_corners_are_drawn_evenly_in_octaves(rng):
    ranges = LowShelfRanges(min_corner_hz=100.0, max_corner_hz=10_000.0)
    corners = np.array([LowShelf.random(rng, ranges, None).corner_hz for _ in range(1000)])
    assert 450 < (corners < 1000.0).sum() < 550


def test_refuses_what_makes_no_sense():
    with pytest.raises(ParameterError, match=r"^gain_db: expected -48 to 48, got 60"):
        LowShelf(60.0, 1000.0)
    with pytest.raises(ParameterError, match=r"^corner_hz: expected 10 to 20000, got 0"):
        LowShelf(6.0, 0.0)
