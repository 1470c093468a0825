"""One channel of a canvas, and stretches of it."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.canvas.canvas import Canvas
from phenotune.canvas.placement import Placement
from phenotune.genome.chromosome import Chromosome
from phenotune.library.clip import Clip
from phenotune.spectra.layout import make_layout
from phenotune.spectra.settings import SpectraSettings
from phenotune.spectra.target import prepare_target

N_TARGET = 44_100


@pytest.fixture
def canvas(rng: np.random.Generator) -> Canvas:
    settings = SpectraSettings()
    samples = rng.standard_normal((2, N_TARGET)).astype(np.float32)
    return Canvas(prepare_target(samples, make_layout(settings), settings))


def place(canvas: Canvas, samples: np.ndarray) -> None:
    placement = Placement(1, Chromosome(Clip("s0", 0, 1)), 3000, (0.5, 0.1), 1, 0)
    canvas.place(placement, samples.astype(np.float32))


def test_a_channel_is_what_the_canvas_and_the_target_have_there(
    rng: np.random.Generator, canvas: Canvas
) -> None:
    """Views, and so they change with the canvas."""
    channels = canvas.channels
    assert len(channels) == 3
    place(canvas, rng.standard_normal((1, 9000)))
    for i, channel in enumerate(channels):
        np.testing.assert_array_equal(channel.errors, canvas.errors[i])
        np.testing.assert_array_equal(channel.powers, canvas.powers[i])
        np.testing.assert_array_equal(channel.spectra, canvas.spectra[i])
        np.testing.assert_array_equal(channel.amplitudes, canvas.target.amplitudes[i])
        np.testing.assert_array_equal(channel.compressed, canvas.target.compressed[i])
        np.testing.assert_array_equal(channel.onsets, canvas.target.onsets)
        np.testing.assert_array_equal(channel.masks, canvas.target.masks)
        np.testing.assert_array_equal(channel.weights, canvas.target.weights[i])
        assert channel.n_frames == canvas.target.n_frames
        assert channel.onset_weight == (canvas.target.onset_weight if i == 0 else 0.0)


@pytest.mark.parametrize("index", [0, 1, 2])
@pytest.mark.parametrize(("first", "last"), [(0, 40), (31, 60), (60, 87)])
def test_a_stretch_equals_the_whole(
    rng: np.random.Generator, canvas: Canvas, index: int, first: int, last: int
) -> None:
    """But for its first frame in the middle, which has none before it to rise from."""
    place(canvas, rng.standard_normal((1, 30_000)))
    assert canvas.target.n_frames == 87
    channel = canvas.channel(index)
    stretch = channel.stretch(first, canvas.spectra[index, first:last].copy())
    assert stretch.n_frames == last - first
    np.testing.assert_array_equal(stretch.powers, channel.powers[first:last])
    np.testing.assert_array_equal(stretch.amplitudes, channel.amplitudes[first:last])
    begin = first if first == 0 or index > 0 else first + 1
    np.testing.assert_array_equal(stretch.errors[begin - first :], channel.errors[begin:last])


def test_a_stretch_with_other_spectra_leaves_the_canvas_alone(
    rng: np.random.Generator, canvas: Canvas
) -> None:
    place(canvas, rng.standard_normal((1, 30_000)))
    before = canvas.errors.copy()
    stretch = canvas.channel(0).stretch(10, np.zeros_like(canvas.spectra[0, 10:20]))
    assert not stretch.powers.any()
    silent = Canvas(canvas.target).errors[0, 11:20]
    np.testing.assert_array_equal(stretch.errors[1:], silent)
    np.testing.assert_array_equal(canvas.errors, before)


def test_a_mono_canvas_has_its_middle_alone(rng: np.random.Generator) -> None:
    settings = SpectraSettings()
    samples = rng.standard_normal((1, 9000)).astype(np.float32)
    canvas = Canvas(prepare_target(samples, make_layout(settings), settings))
    assert len(canvas.channels) == 1
    assert canvas.channels[0].onset_weight > 0.0
