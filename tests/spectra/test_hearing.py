"""The middle, left and right."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.genome.rendering import to_channels
from phenotune.spectra.hearing import LEFT, MIDDLE, RIGHT, heard


def test_of_two_speakers_the_middle_and_both_are_heard(rng: np.random.Generator) -> None:
    samples = rng.standard_normal((2, 1000)).astype(np.float32)
    channels = heard(samples)
    assert channels.shape == (3, 1000)
    assert channels.dtype == np.float32
    np.testing.assert_allclose(channels[MIDDLE], samples.mean(axis=0), atol=1e-7)
    np.testing.assert_array_equal(channels[[LEFT, RIGHT]], samples)


@pytest.mark.parametrize(
    ("speakers", "middle"),
    [((1.0, 1.0), 1.0), ((1.0, -1.0), 0.0), ((1.0, 0.0), 0.5), ((0.0, 1.0), 0.5)],
    ids=["centre", "turned", "left", "right"],
)
def test_where_a_sound_stands(speakers: tuple[float, float], middle: float) -> None:
    samples = np.array(speakers, np.float32)[:, None]
    assert heard(samples)[:, 0].tolist() == [middle, *speakers]


def test_spectra_are_heard_like_sound(rng: np.random.Generator) -> None:
    parts = rng.standard_normal((2, 2, 5, 7))
    spectra = (parts[0] + 1j * parts[1]).astype(np.complex64)
    channels = heard(spectra)
    assert channels.dtype == np.complex64
    np.testing.assert_allclose(channels[MIDDLE], spectra.mean(axis=0), atol=1e-6)
    np.testing.assert_array_equal(channels[1:], spectra)


def test_the_middle_alone_is_the_mean(rng: np.random.Generator) -> None:
    samples = rng.standard_normal((2, 1000)).astype(np.float32)
    np.testing.assert_array_equal(to_channels(samples, 1), heard(samples)[:1])


@pytest.mark.parametrize("convert", [partial(to_channels, n_channels=1), heard])
def test_a_single_channel_is_its_own_middle(
    rng: np.random.Generator, convert: Callable[[Samples], Samples]
) -> None:
    samples = rng.standard_normal((1, 1000)).astype(np.float32)
    assert convert(samples) is samples
