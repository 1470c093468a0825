from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from phenotune.demo import filters
from phenotune.demo.signals import Signal, times_s

RATE_HZ = 44_100
TIME_S = times_s(0.5, RATE_HZ)


def level_db(sound: Signal) -> float:
    """Level of the second half, where a filter has settled."""
    return float(10.0 * np.log10(2.0 * np.mean(sound[len(sound) // 2 :] ** 2)))


def tone(hz: float) -> Signal:
    return np.sin(2.0 * np.pi * hz * TIME_S)


def test_butterworth_corners_are_3_db_down() -> None:
    assert level_db(filters.lowpass(tone(1000.0), 1000.0, RATE_HZ)) == pytest.approx(-3.0, abs=0.1)
    assert level_db(filters.highpass(tone(1000.0), 1000.0, RATE_HZ)) == pytest.approx(-3.0, abs=0.1)
    passed = filters.bandpass(tone(1000.0), 500.0, 2000.0, RATE_HZ)
    assert level_db(passed) == pytest.approx(0.0, abs=0.2)
    assert level_db(filters.lowpass(tone(4000.0), 1000.0, RATE_HZ)) < -23.0
    assert level_db(filters.highpass(tone(250.0), 1000.0, RATE_HZ)) < -23.0


def test_a_corner_above_half_the_rate_is_drawn_below_it() -> None:
    assert level_db(filters.lowpass(tone(1000.0), 90_000.0, RATE_HZ)) == pytest.approx(0.0, abs=0.1)


def test_settled_filters_start_where_the_curve_starts() -> None:
    np.testing.assert_allclose(filters.lowpass(np.full(50, 3.0), 20.0, RATE_HZ, settled=True), 3.0)
    np.testing.assert_allclose(filters.smoothed(np.full(50, 3.0), RATE_HZ, 0.1), 3.0)


def test_smoothing_reaches_a_step_by_its_time_constant() -> None:
    curve = np.concatenate(([0.0], np.ones(999)))
    assert filters.smoothed(curve, 1000, 0.1)[100] == pytest.approx(1.0 - np.exp(-1.0), abs=0.01)


def test_convolution_is_the_sum_of_shifted_copies() -> None:
    stereo = np.array([[1.0, 2.0], [0.0, 1.0]])
    response = np.array([[1.0, 0.5], [1.0, 0.0]])
    expected = [[1.0, 2.5, 1.0], [0.0, 1.0, 0.0]]
    np.testing.assert_allclose(filters.convolved(stereo, response), expected, atol=1e-12)


@pytest.mark.parametrize("n", [0, 1, 127, 128, 129, 1000])
def test_a_moving_filter_that_stands_still_equals_a_fixed_one(
    n: int, rng: np.random.Generator
) -> None:
    from scipy.signal import sosfilt

    sound = rng.standard_normal(n)
    section = filters.resonators(np.array([[700.0, 1200.0]]), np.array([[80.0, 90.0]]), RATE_HZ)
    expected = sosfilt(section[0], sound) if n else sound
    np.testing.assert_allclose(filters.moving(sound, section), expected, atol=1e-9)


def test_a_sweep_is_flat_below_and_24_db_an_octave_above() -> None:
    still = np.full(len(TIME_S), 1000.0)
    assert level_db(filters.sweep(tone(60.0), still, 0.707, RATE_HZ)) == pytest.approx(0, abs=0.1)
    assert level_db(filters.sweep(tone(4000.0), still, 0.707, RATE_HZ)) < -46.0
    ringing = filters.sweep(tone(1000.0), still, 2.0, RATE_HZ)
    assert level_db(ringing) == pytest.approx(12.0, abs=0.2)  # Q of each of the two sections
    stereo = filters.sweep(np.stack([tone(60.0), tone(4000.0)]), still, 0.707, RATE_HZ)
    np.testing.assert_array_equal(stereo[1], filters.sweep(tone(4000.0), still, 0.707, RATE_HZ))


def test_a_formant_peaks_at_its_frequency_and_passes_the_bass() -> None:
    section = filters.resonators(np.array([[800.0]]), np.array([[80.0]]), RATE_HZ)
    levels = {hz: level_db(filters.moving(tone(hz), section)) for hz in (30.0, 700.0, 800.0, 900.0)}
    assert levels[30.0] == pytest.approx(0.0, abs=0.1)
    assert levels[800.0] > max(levels[700.0], levels[900.0]) + 6.0


def test_scipy_is_not_imported_before_the_first_filter_runs() -> None:
    code = "import sys, phenotune.demo.make; print('scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
