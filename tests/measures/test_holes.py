from __future__ import annotations

import numpy as np
import pytest

from phenotune.errors import ParameterError
from phenotune.measures.holes import Hole, find_holes

RATE_HZ = 16_000


@pytest.fixture
def noise(rng):
    return rng.standard_normal((2, 2 * RATE_HZ)).astype(np.float32)


def with_gap(sound, start_s, duration_s, level=0.0):
    result = sound.copy()
    result[:, round(start_s * RATE_HZ) : round((start_s + duration_s) * RATE_HZ)] *= level
    return result


def test_a_gap_is_a_hole(noise):
    assert find_holes(noise, with_gap(noise, 0.5, 0.25), RATE_HZ) == (Hole(0.5, 0.25),)


def test_two_gaps(noise):
    gaps = with_gap(with_gap(noise, 0.5, 0.2), 1.0, 0.3)
    holes = find_holes(noise, gaps, RATE_HZ)
    assert [(hole.start_s, hole.duration_s) for hole in holes] == [(0.5, 0.2), (1.0, 0.3)]


def test_short_gaps_are_none(noise):
    assert find_holes(noise, with_gap(noise, 0.5, 0.1), RATE_HZ) == ()
    assert len(find_holes(noise, with_gap(noise, 0.5, 0.105), RATE_HZ)) == 1


@pytest.mark.parametrize(("level", "n_holes"), [(0.05, 0), (0.02, 1)])
def test_a_hole_is_30_db_deep(noise, level, n_holes):
    assert len(find_holes(noise, with_gap(noise, 0.5, 0.5, level), RATE_HZ)) == n_holes


@pytest.mark.parametrize(("level", "n_holes"), [(0.01, 1), (0.001, 0)])
def test_where_the_target_does_not_sound_there_is_no_hole(noise, level, n_holes):
    target = with_gap(noise, 0.5, 0.5, level)
    assert len(find_holes(target, with_gap(noise, 0.5, 0.5), RATE_HZ)) == n_holes


def test_one_sounding_channel_is_no_hole(noise):
    left = noise.copy()
    left[1] = 0.0
    assert find_holes(noise, left, RATE_HZ) == ()
    assert find_holes(noise, noise[:1], RATE_HZ) == ()


def test_what_is_missing_at_the_end_is_a_hole(noise):
    assert find_holes(noise, noise[:, :RATE_HZ], RATE_HZ) == (Hole(1.0, 1.0),)
    assert find_holes(noise[:, :RATE_HZ], noise, RATE_HZ) == ()


def test_silence_is_one_hole(noise):
    assert find_holes(noise, np.zeros((1, 0), dtype=np.float32), RATE_HZ) == (Hole(0.0, 2.0),)


@pytest.mark.parametrize("n_samples", [0, 1, 2, 319, 320, 321, 5000])
def test_a_silent_target_has_no_holes(n_samples):
    silence = np.zeros((1, n_samples), dtype=np.float32)
    assert find_holes(silence, silence, RATE_HZ) == ()


@pytest.mark.parametrize("n_samples", [1, 2, 319, 320, 321])
def test_sounds_too_short_for_a_hole(n_samples):
    sound = np.ones((1, n_samples), dtype=np.float32)
    assert find_holes(sound, 0 * sound, RATE_HZ) == ()


def test_arguments_are_checked(noise):
    with pytest.raises(ParameterError, match="target: expected shape"):
        find_holes(noise[0], noise, RATE_HZ)
    with pytest.raises(ParameterError, match="mosaic: expected float32"):
        find_holes(noise, noise.astype(np.float64), RATE_HZ)
    with pytest.raises(ParameterError, match="rate_hz: expected a sample rate above 0 Hz"):
        find_holes(noise, noise, -1)
