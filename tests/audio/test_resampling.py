from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from phenotune.audio.resampling import resample
from phenotune.errors import ParameterError

VARISPEED_HZ = 44_100 * 2 ** (317 / 1200)


@pytest.mark.parametrize("n_channels", [1, 2, 6])
@pytest.mark.parametrize("n_samples", [0, 1, 2, 3, 99, 100, 101, 4410])
@pytest.mark.parametrize(
    ("from_hz", "to_hz"),
    [
        (44_100, 48_000),
        (48_000, 44_100),
        (8_000, 192_000),
        (192_000, 8_000),
        (VARISPEED_HZ, 44_100),
        (44_100, VARISPEED_HZ),
    ],
)
def test_length_is_exact(n_channels: int, n_samples: int, from_hz: float, to_hz: float) -> None:
    resampled = resample(np.ones((n_channels, n_samples), dtype=np.float32), from_hz, to_hz)
    assert resampled.shape == (n_channels, round(n_samples * to_hz / from_hz))
    assert resampled.dtype == np.float32
    assert resampled.flags.c_contiguous


@pytest.mark.parametrize(
    ("from_hz", "to_hz"), [(44_100, 48_000), (48_000, 22_050), (VARISPEED_HZ, 44_100)]
)
def test_a_sine_is_the_sine_sampled_at_the_new_rate(from_hz: float, to_hz: float) -> None:
    def sine(rate_hz: float) -> np.ndarray:
        return np.sin(2 * np.pi * 1000 * np.arange(round(rate_hz)) / rate_hz)[None]

    resampled = resample(sine(from_hz).astype(np.float32), from_hz, to_hz)
    n_edge = 500  # where the filter hears the silence around the sine
    difference = (resampled[:, : round(to_hz)] - sine(to_hz))[:, n_edge:-n_edge]
    assert np.abs(difference).max() < 1e-4


def test_what_the_new_rate_cannot_hold_is_gone() -> None:
    above = np.sin(2 * np.pi * 15_000 * np.arange(44_100) / 44_100)[None].astype(np.float32)
    assert np.abs(resample(above, 44_100, 22_050)[:, 500:-500]).max() < 1e-5


def test_channels_do_not_mix(rng: np.random.Generator) -> None:
    samples = rng.standard_normal((2, 1000)).astype(np.float32)
    both = resample(samples, 44_100, 32_000)
    for channel in range(2):
        alone = resample(samples[channel : channel + 1], 44_100, 32_000)
        np.testing.assert_array_equal(both[channel : channel + 1], alone)


def test_layout_in_memory_does_not_matter(rng: np.random.Generator) -> None:
    samples = rng.standard_normal((2, 1000)).astype(np.float32)
    for layout in (np.asfortranarray(samples), np.repeat(samples, 2, axis=1)[:, ::2]):
        np.testing.assert_array_equal(resample(layout, 3, 2), resample(samples, 3, 2))


def test_threads_give_the_same_samples(rng: np.random.Generator) -> None:
    samples = rng.standard_normal((2, 20_000)).astype(np.float32)
    expected = resample(samples, 44_100, 48_000)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: resample(samples, 44_100, 48_000), range(8)):
            np.testing.assert_array_equal(found, expected)


def test_the_same_rate_costs_nothing() -> None:
    samples = np.ones((1, 5), dtype=np.float32)
    assert resample(samples, 44_100, 44_100.0) is samples


@pytest.mark.parametrize("bad_hz", [0, -1, float("nan"), float("inf")])
def test_rates_are_above_zero_and_finite(bad_hz: float) -> None:
    samples = np.ones((1, 5), dtype=np.float32)
    with pytest.raises(ParameterError, match="to_hz: expected a rate above 0 Hz"):
        resample(samples, 44_100, bad_hz)
    with pytest.raises(ParameterError, match="from_hz: expected a rate above 0 Hz"):
        resample(samples, bad_hz, 44_100)
