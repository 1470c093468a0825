from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter

from phenotune.kernels.shelf import biquad

LOW_SHELF = (0.98, -1.9, 0.93, -1.94, 0.945)


def filtered(samples: np.ndarray) -> np.ndarray:
    out = np.full(samples.shape, np.nan, dtype=np.float32)
    biquad(samples, *LOW_SHELF, out)
    return out


def slow_twin(samples: np.ndarray) -> np.ndarray:
    b, a = LOW_SHELF[:3], (1.0, *LOW_SHELF[3:])
    return lfilter(b, a, samples.astype(np.float64), axis=1)


@pytest.mark.parametrize("n_channels", [1, 2, 3])
@pytest.mark.parametrize("n_samples", [0, 1, 2, 3, 1000])
def test_equals_the_slow_twin(rng, n_channels, n_samples):
    samples = rng.standard_normal((n_channels, n_samples)).astype(np.float32)
    np.testing.assert_allclose(filtered(samples), slow_twin(samples), rtol=0.0, atol=1e-6)


def test_first_samples_are_those_of_the_recursion():
    b0, b1, b2, a1, a2 = LOW_SHELF
    y0 = b0
    y1 = b1 - a1 * y0
    y2 = b2 - a1 * y1 - a2 * y0
    impulse = np.array([[1.0, 0.0, 0.0]], dtype=np.float32)
    np.testing.assert_allclose(filtered(impulse), [[y0, y1, y2]], rtol=1e-6)


def test_compiled_equals_plain_python_to_the_bit(rng):
    samples = rng.standard_normal((2, 200)).astype(np.float32)
    plain = np.empty_like(samples)
    getattr(biquad, "py_func", biquad)(samples, *LOW_SHELF, plain)
    assert filtered(samples).tobytes() == plain.tobytes()


def test_reads_reversed_and_read_only_memory(rng):
    samples = rng.standard_normal((2, 100)).astype(np.float32)
    samples.flags.writeable = False
    turned = samples[:, ::-1]
    assert filtered(turned).tobytes() == filtered(np.ascontiguousarray(turned)).tobytes()
    assert filtered(samples[:, 10:60:2]).shape == (2, 25)


def test_channels_do_not_touch_one_another(rng):
    samples = rng.standard_normal((2, 100)).astype(np.float32)
    alone = filtered(samples[1:])
    samples[0] = 0.0
    both = filtered(samples)
    assert (both[0] == 0.0).all()
    np.testing.assert_array_equal(both[1:], alone)


def test_settles_after_the_sound_has_ended():
    click = np.zeros((1, 100_000), dtype=np.float32)
    click[0, 0] = 1.0
    assert filtered(click)[0, -1] == 0.0
