from __future__ import annotations

import numpy as np
import pytest

from phenotune.demo.wear import crackle, crushed, taped


def test_crackle_is_rare_and_loud(rng: np.random.Generator) -> None:
    dust = crackle(rng, 44_100, 44_100)
    assert np.abs(dust).max() == pytest.approx(1.0)
    assert np.abs(dust).max() > 10.0 * np.sqrt(np.mean(dust**2))


def test_a_slow_converter_holds_its_values() -> None:
    sound = np.linspace(-1.0, 1.0, 12)
    held = crushed(sound, 1000, bits=16, converter_hz=250.0)
    np.testing.assert_allclose(held, np.repeat(sound[::4], 4), atol=1e-4)


def test_few_bits_are_few_values() -> None:
    values = crushed(np.linspace(-1.0, 1.0, 5000), 1000, bits=3, converter_hz=1000.0)
    np.testing.assert_allclose(np.unique(values), np.arange(-4, 5) / 4.0)


def test_stereo_is_crushed_as_each_side_alone(rng: np.random.Generator) -> None:
    stereo = rng.uniform(-1.0, 1.0, (2, 101))
    both = crushed(stereo, 44_100, bits=6, converter_hz=12_345.0)
    np.testing.assert_array_equal(
        both[1], crushed(stereo[1], 44_100, bits=6, converter_hz=12_345.0)
    )


def test_tape_is_dull_and_as_long(rng: np.random.Generator) -> None:
    noise = rng.uniform(-1.0, 1.0, 44_100)
    power = np.abs(np.fft.rfft(taped(noise, 44_100, rng))) ** 2
    assert len(power) == 22_051
    assert power[10_000:].mean() < 0.05 * power[500:3000].mean()
