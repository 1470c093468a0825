from __future__ import annotations

import numpy as np
import pytest

from phenotune.demo.signals import faded, fit, generator, peak_to, silence, times_s


def test_chance_is_keyed_by_the_name() -> None:
    first, again, other = (generator(name).normal(size=4) for name in ("kick", "kick", "snare"))
    np.testing.assert_array_equal(first, again)
    assert not np.any(first == other)


def test_times_start_at_zero_and_step_by_a_sample() -> None:
    np.testing.assert_allclose(times_s(0.004, 1000), [0.0, 0.001, 0.002, 0.003])


def test_silence_is_stereo_unless_asked_otherwise() -> None:
    assert silence(0.5, 100).shape == (2, 50)
    assert silence(0.5, 100, is_stereo=False).shape == (50,)
    assert not silence(0.5, 100).any()


@pytest.mark.parametrize("n", [0, 1, 2, 3, 5])
def test_fit_cuts_and_lengthens_both_shapes(n: int) -> None:
    mono = np.array([1.0, 2.0, 3.0])
    expected = np.array([1.0, 2.0, 3.0, 0.0, 0.0])[:n]
    np.testing.assert_array_equal(fit(mono, n), expected)
    np.testing.assert_array_equal(fit(np.stack([mono, -mono]), n), np.stack([expected, -expected]))


def test_peak_to_scales_the_largest_magnitude() -> None:
    np.testing.assert_allclose(peak_to(np.array([0.1, -0.4]), 0.5), [0.125, -0.5])
    np.testing.assert_array_equal(peak_to(np.zeros(3)), np.zeros(3))
    assert peak_to(np.zeros(0)).shape == (0,)


@pytest.mark.parametrize("n", [0, 1, 2, 7, 100])
def test_fades_end_in_silence_and_copy(n: int) -> None:
    sound = np.ones((2, n))
    quiet = faded(sound, 1000, 0.01, 0.02)
    assert quiet.shape == (2, n)
    np.testing.assert_array_equal(sound, np.ones((2, n)))
    if n:
        np.testing.assert_allclose(quiet[:, [0, -1]], 0.0, atol=1e-12)
    if n == 100:
        np.testing.assert_array_equal(quiet[:, 10:80], 1.0)
        assert (np.diff(quiet[0, :10]) > 0).all()
