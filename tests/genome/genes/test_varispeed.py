from __future__ import annotations

import numpy as np
import pytest

from phenotune.errors import ParameterError
from phenotune.genome.genes.varispeed import Varispeed, VarispeedRanges

RATE_HZ = 44_100


def tone(pitch_hz, n_samples):
    return np.sin(2 * np.pi * pitch_hz * np.arange(n_samples) / RATE_HZ).astype(np.float32)[None]


@pytest.mark.parametrize("cents", [-1200.0, -317.0, -1.0, 250.5, 1200.0])
def test_a_tone_becomes_the_tone_at_the_other_pitch(cents):
    ratio = 2.0 ** (cents / 1200.0)
    played = Varispeed(cents).apply(tone(1000.0, 20_000), RATE_HZ, None)
    expected = tone(1000.0 * ratio, played.shape[1])
    middle = slice(500, -500)
    assert np.abs(played[0, middle] - expected[0, middle]).max() < 1e-4


@pytest.mark.parametrize("cents", [-1200.0, -317.0, 700.0, 1200.0])
@pytest.mark.parametrize("n_samples", [0, 1, 2, 3, 100, 1001])
def test_length_is_divided_by_the_ratio(cents, n_samples):
    samples = np.ones((2, n_samples), dtype=np.float32)
    played = Varispeed(cents).apply(samples, RATE_HZ, None)
    assert played.shape == (2, round(n_samples / 2.0 ** (cents / 1200.0)))
    assert played.dtype == np.float32


def test_what_would_pass_half_the_rate_is_filtered_out():
    played = Varispeed(1200.0).apply(tone(15_000.0, 20_000), RATE_HZ, None)
    assert np.abs(played[0, 500:-500]).max() < 1e-4


@pytest.mark.parametrize("cents", [-600.0, 0.0, 350.5, 600.0])
def test_the_quick_way_has_the_same_length_and_nearly_the_same_sound(cents):
    sound = tone(1000.0, 20_000)
    played = Varispeed(cents).apply(sound, RATE_HZ, None)
    quickly = Varispeed(cents).apply_quickly(sound, RATE_HZ)
    assert quickly.shape == played.shape
    assert np.abs(quickly - played)[0, 500:-500].max() < 0.01


def test_no_cents_change_nothing(rng):
    samples = rng.standard_normal((1, 50)).astype(np.float32)
    np.testing.assert_array_equal(Varispeed(0.0).apply(samples, RATE_HZ, None), samples)


def test_reads_reversed_and_read_only_memory(rng):
    samples = rng.standard_normal((2, 500)).astype(np.float32)
    samples.flags.writeable = False
    turned = Varispeed(300.0).apply(samples[:, ::-1], RATE_HZ, None)
    copied = Varispeed(300.0).apply(np.ascontiguousarray(samples[:, ::-1]), RATE_HZ, None)
    assert turned.tobytes() == copied.tobytes()


def test_random_is_even_over_the_range(rng):
    drawn = [Varispeed.random(rng, VarispeedRanges(), None).cents for _ in range(2000)]
    counts, _ = np.histogram(drawn, bins=4, range=(-1200.0, 1200.0))
    assert counts.sum() == 2000
    assert counts.min() > 440


def test_mutate_steps_by_about_a_whole_tone(rng):
    mutants = [Varispeed(0.0).mutate(rng, VarispeedRanges()).cents for _ in range(500)]
    assert 180.0 < np.std(mutants) < 220.0


def test_mutate_stays_in_the_range(rng):
    ranges = VarispeedRanges(min_cents=-10.0, max_cents=10.0)
    assert all(-10.0 <= Varispeed(9.0).mutate(rng, ranges).cents <= 10.0 for _ in range(50))


def test_duration():
    assert Varispeed(1200.0).duration_after(3.0, 0.0) == 1.5


def test_refuses_what_makes_no_sense():
    with pytest.raises(ParameterError, match=r"^cents: expected -4800 to 4800, got 5000"):
        Varispeed(5000.0)
