from __future__ import annotations

import numpy as np
import pytest

from phenotune.audio.channels import are_twins, fold_to_stereo

HALF = 0.5**0.5


def only(channel: int, n_channels: int) -> np.ndarray:
    samples = np.zeros((n_channels, 3), dtype=np.float32)
    samples[channel] = [1.0, -0.5, 0.25]
    return samples


@pytest.mark.parametrize("n_channels", [1, 2])
def test_mono_and_stereo_pass_as_they_are(n_channels: int) -> None:
    samples = only(0, n_channels)
    assert fold_to_stereo(samples) is samples


@pytest.mark.parametrize(
    ("n_channels", "gains"),
    [
        (3, [(1, 0), (0, 1), (HALF, HALF)]),
        (4, [(1, 0), (0, 1), (HALF, 0), (0, HALF)]),
        (5, [(1, 0), (0, 1), (HALF, HALF), (HALF, 0), (0, HALF)]),
        (6, [(1, 0), (0, 1), (HALF, HALF), (HALF, HALF), (HALF, 0), (0, HALF)]),
        (7, [(1, 0), (0, 1), (HALF, HALF), (HALF, HALF), (0.5, 0.5), (HALF, 0), (0, HALF)]),
        (8, [(1, 0), (0, 1), (HALF, HALF), (HALF, HALF), *[(HALF, 0), (0, HALF)] * 2]),
        (9, [(1 / 9, 1 / 9)] * 9),
    ],
)
def test_each_channel_alone_sounds_where_it_belongs(
    n_channels: int, gains: list[tuple[float, float]]
) -> None:
    for channel, (left, right) in enumerate(gains):
        folded = fold_to_stereo(only(channel, n_channels))
        assert folded.dtype == np.float32
        expected = np.outer([left, right], [1.0, -0.5, 0.25])
        np.testing.assert_allclose(folded, expected, rtol=1e-6)


@pytest.mark.parametrize(("n_channels", "lfe"), [(6, 3), (7, 3), (8, 3)])
def test_low_frequencies_are_dropped_beside_other_sound(n_channels: int, lfe: int) -> None:
    folded = fold_to_stereo(only(0, n_channels) + only(lfe, n_channels))
    np.testing.assert_array_equal(folded, only(0, 2))


def test_channels_add_up(rng: np.random.Generator) -> None:
    samples = rng.standard_normal((6, 50)).astype(np.float32)
    left, right, centre, _, left_surround, right_surround = samples.astype(np.float64)
    expected = [left + HALF * (centre + left_surround), right + HALF * (centre + right_surround)]
    np.testing.assert_allclose(fold_to_stereo(samples), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("n_channels", [1, 2, 3, 6, 11])
def test_no_samples_stay_no_samples(n_channels: int) -> None:
    empty = np.zeros((n_channels, 0), dtype=np.float32)
    assert fold_to_stereo(empty).shape == (min(n_channels, 2), 0)


def test_twins_are_the_same_in_every_sample(rng: np.random.Generator) -> None:
    mono = rng.standard_normal((1, 100)).astype(np.float32)
    twins = np.repeat(mono, 2, axis=0)
    assert are_twins(twins)
    assert not are_twins(mono)
    twins[1, 50] += 1e-3
    assert not are_twins(twins)
