from __future__ import annotations

import numpy as np
import pytest

from phenotune.errors import ParameterError
from phenotune.genome.genes.equaliser import Equaliser, EqualiserRanges

RATE_HZ = 44_100
FLAT = (0.0,) * 5
MIDDLES_HZ = (60.0, 500.0, 2000.0, 6000.0, 15_000.0)


def tone(pitch_hz, rate_hz=RATE_HZ):
    return np.sin(2 * np.pi * pitch_hz * np.arange(rate_hz) / rate_hz).astype(np.float32)[None]


def level_db(gene, pitch_hz, rate_hz=RATE_HZ):
    """Level of a tone after the gene, measured away from its ends."""
    played = gene.apply(tone(pitch_hz, rate_hz), rate_hz, None)[0, rate_hz // 4 : -rate_hz // 4]
    return 10.0 * np.log10(2.0 * np.mean(played.astype(np.float64) ** 2))


@pytest.mark.parametrize("band", range(5))
@pytest.mark.parametrize("gain_db", [-60.0, -9.5, 6.0])
def test_each_band_has_its_own_level(band, gain_db):
    levels = [0.0] * 5
    levels[band] = gain_db
    gene = Equaliser(*levels)
    for other, pitch_hz in enumerate(MIDDLES_HZ):
        expected = gain_db if other == band else 0.0
        assert level_db(gene, pitch_hz) == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize(
    ("crossover_hz", "band"), [(250.0, 0), (1000.0, 1), (4000.0, 2), (9000.0, 3)]
)
def test_at_a_crossover_half_the_step_is_done(crossover_hz, band):
    levels = [0.0 if k <= band else -12.0 for k in range(5)]
    assert level_db(Equaliser(*levels), crossover_hz) == pytest.approx(-6.0, abs=0.1)


def test_there_is_no_phase_shift():
    played = Equaliser(-6.0, 0.0, -20.0, -60.0, -60.0).apply(tone(500.0), RATE_HZ, None)
    middle = slice(RATE_HZ // 4, -RATE_HZ // 4)
    np.testing.assert_allclose(played[0, middle], tone(500.0)[0, middle], atol=1e-3)


def test_flat_changes_nothing(rng):
    samples = rng.standard_normal((2, 5000)).astype(np.float32)
    np.testing.assert_allclose(Equaliser(*FLAT).apply(samples, RATE_HZ, None), samples, atol=1e-5)


@pytest.mark.parametrize("rate_hz", [8000, 48_000, 192_000])
def test_bands_lie_at_the_same_frequencies_at_any_rate(rate_hz):
    gene = Equaliser(0.0, -9.0, 3.0, 0.0, 0.0)
    assert level_db(gene, 500.0, rate_hz) == pytest.approx(-9.0, abs=0.1)
    assert level_db(gene, 2000.0, rate_hz) == pytest.approx(3.0, abs=0.1)


@pytest.mark.parametrize("n_samples", [0, 1, 2])
def test_short_stereo_sound(n_samples):
    samples = np.ones((2, n_samples), dtype=np.float32)
    samples.flags.writeable = False
    played = Equaliser(-6.0, -3.0, 0.0, 3.0, -2.0).apply(samples, RATE_HZ, None)
    assert played.shape == (2, n_samples)
    assert played.dtype == np.float32
    np.testing.assert_array_equal(played[:1], played[1:])


def test_the_end_does_not_come_back_at_the_start():
    samples = np.zeros((1, 20_000), np.float32)
    samples[0, -1] = 1.0
    played = Equaliser(-60.0, 0.0, -60.0, 6.0, 6.0).apply(samples, RATE_HZ, None)
    assert np.abs(played[0, :10_000]).max() < 1e-4


def test_random_and_mutate_stay_in_the_ranges(rng):
    ranges = EqualiserRanges(min_level_db=-3.0, max_level_db=-2.0)
    gene = Equaliser.random(rng, ranges, None)
    for _ in range(50):
        assert all(-3.0 <= level <= -2.0 for level in gene.levels_db)
        changed = gene.mutate(rng, ranges)
        assert sum(a != b for a, b in zip(gene.levels_db, changed.levels_db, strict=True)) <= 1
        gene = changed


def test_refuses_what_makes_no_sense():
    with pytest.raises(ParameterError, match=r"^air_db: expected -60 to 24, got 25"):
        Equaliser(0.0, 0.0, 0.0, 0.0, 25.0)
    with pytest.raises(ParameterError, match=r"^bass_db: expected -60 to 24, got nan"):
        Equaliser(float("nan"), 0.0, 0.0, 0.0, 0.0)
