"""What phenotypes are placed on, and the stretch around a placement without it."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.canvas.canvas import Canvas
from phenotune.fitness.ground import Spread, whole, without
from phenotune.spectra.hearing import MIDDLE

from .conftest import decaying_noise, make_canvas, place

N_TARGET = 60_000
CASES = [(1, 1), (1, 2), (2, 2)]
"""Channels of the phenotype, and of the canvas."""


def case(rng: np.random.Generator, n_own: int, n_canvas: int) -> tuple[Canvas, Samples]:
    """A canvas with something on it, and a phenotype."""
    canvas = make_canvas(rng.standard_normal((n_canvas, N_TARGET)).astype(np.float32))
    bed = (0.5 * rng.standard_normal((n_canvas, N_TARGET))).astype(np.float32)
    place(canvas, bed, 0, (1.0, 0.8)[:n_canvas])
    return canvas, np.concatenate([decaying_noise(rng, 9000) for _ in range(n_own)])


@pytest.mark.parametrize(("n_own", "n_canvas"), CASES)
@pytest.mark.parametrize("gains", [(0.7, 0.2), (0.5, 0.5), (0.0, -0.4), (0.3, -0.3)])
def test_a_spread_is_heard_as_it_sounds_from_the_speakers(
    rng: np.random.Generator, n_own: int, n_canvas: int, gains: tuple[float, ...]
) -> None:
    """What is in the middle with gains of its own left and right is what the canvas has there."""
    _, samples = case(rng, n_own, n_canvas)
    silent = make_canvas(rng.standard_normal((n_canvas, N_TARGET)).astype(np.float32))
    spread, gains = Spread(samples, silent), gains[:n_canvas]
    place(silent, samples, 20_100, gains)
    assert spread.n_samples == 9000
    assert spread.is_stereo == (n_own == 2)
    mean = sum(gains) / len(gains)
    frames = spread.middle_at(20_100, gains if spread.is_stereo else (mean,) * n_canvas)
    rows = slice(frames.first, frames.first + frames.spectra.shape[0])
    np.testing.assert_allclose(frames.spectra, silent.spectra[MIDDLE, rows], atol=1e-6)
    for speaker, gain, index in zip((spread.left, spread.right), gains, (1, 2), strict=False):
        if n_canvas == 2:
            spectra = np.float32(gain) * speaker.at(20_100).spectra
            np.testing.assert_allclose(spectra, silent.spectra[index, rows], atol=1e-6)


def test_of_a_mono_phenotype_both_speakers_have_the_middle(rng: np.random.Generator) -> None:
    canvas, samples = case(rng, 2, 2)
    mono, stereo = Spread(samples[:1], canvas), Spread(samples, canvas)
    assert mono.left is mono.right is mono.middle
    assert stereo.left is not stereo.right


def test_the_whole_canvas_begins_at_its_first_frame(rng: np.random.Generator) -> None:
    canvas, samples = case(rng, 1, 2)
    ground, spread = whole(canvas), Spread(samples, canvas)
    assert ground.first == 0
    assert len(ground.channels) == 3
    for index, channel in enumerate(ground.channels):
        np.testing.assert_array_equal(channel.errors, canvas.errors[index])
    assert ground.under(spread.middle, 5000).first == spread.middle.at(5000).first


@pytest.mark.parametrize(("n_own", "n_canvas"), CASES)
@pytest.mark.parametrize("onset", [20_000, 20_100, -3000, 58_000])
def test_without_a_placement_the_ground_is_what_taking_it_away_leaves(
    rng: np.random.Generator, n_own: int, n_canvas: int, onset: int
) -> None:
    """The slow twin takes it away; what is left is the same to the last bits of float32."""
    canvas, samples = case(rng, n_own, n_canvas)
    bare = canvas.errors.copy(), canvas.powers.copy()
    gains = (0.7, 0.2)[:n_canvas]
    place(canvas, samples, onset, gains)
    spread = Spread(samples, canvas)
    ground = without(canvas, spread, onset, gains)
    assert len(ground.channels) == canvas.target.n_channels
    rows = slice(ground.first, ground.first + ground.middle.n_frames)
    own = spread.middle.at(onset)
    # One frame more to either side: their errors hold steps from and to the frames touched.
    assert rows.start == max(own.first - 1, 0)
    assert rows.stop == min(own.first + own.spectra.shape[0] + 1, canvas.target.n_frames)
    for index, channel in enumerate(ground.channels):
        np.testing.assert_allclose(channel.powers, bare[1][index, rows], rtol=1e-3, atol=1e-7)
        begin = 0 if rows.start == 0 else 1
        np.testing.assert_allclose(
            channel.errors[begin:], bare[0][index, rows][begin:], rtol=1e-4, atol=1e-9
        )
        np.testing.assert_array_equal(channel.compressed, canvas.target.compressed[index][:, rows])


def test_looking_without_a_placement_leaves_the_canvas_alone(rng: np.random.Generator) -> None:
    canvas, samples = case(rng, 1, 2)
    place(canvas, samples, 20_000, (0.7, 0.2))
    before = canvas.errors.copy(), canvas.spectra.copy(), canvas.version
    without(canvas, Spread(samples, canvas), 20_000, (0.7, 0.2))
    np.testing.assert_array_equal(canvas.errors, before[0])
    np.testing.assert_array_equal(canvas.spectra, before[1])
    assert canvas.version == before[2]


@pytest.mark.parametrize("onset", [-500_000, 500_000])
def test_outside_the_canvas_there_is_nothing_to_leave_out(
    rng: np.random.Generator, onset: int
) -> None:
    canvas, samples = case(rng, 2, 2)
    place(canvas, samples, onset, (0.7, 0.2))
    ground = without(canvas, Spread(samples, canvas), onset, (0.7, 0.2))
    assert ground.middle.n_frames <= 1


@pytest.mark.parametrize(("n_own", "n_canvas"), CASES)
@pytest.mark.parametrize("onset", [20_000, -3000, 58_000])
@pytest.mark.parametrize(("before", "behind"), [(0, 0), (7000, 0), (0, 12_345), (90_000, 90_000)])
def test_a_ground_with_a_span_holds_all_frames_of_it(
    rng: np.random.Generator, n_own: int, n_canvas: int, onset: int, before: int, behind: int
) -> None:
    """And they are as taking the placement away leaves them."""
    canvas, samples = case(rng, n_own, n_canvas)
    bare = canvas.errors.copy()
    gains = (0.7, 0.2)[:n_canvas]
    place(canvas, samples, onset, gains)
    spread = Spread(samples, canvas)
    span = (onset - before, onset + samples.shape[1] + behind)
    ground = without(canvas, spread, onset, gains, span)
    layout, n_frames = canvas.target.layout, canvas.target.n_frames
    first = max(0, span[0] // layout.hop - layout.lead_frames)
    last = min(n_frames, span[1] // layout.hop + layout.lead_frames + 1)
    rows = slice(ground.first, ground.first + ground.middle.n_frames)
    assert rows.start <= max(first - 1, 0)
    assert rows.stop >= min(last + 1, n_frames)
    for index, channel in enumerate(ground.channels):
        begin = 0 if rows.start == 0 else 1
        np.testing.assert_allclose(
            channel.errors[begin:], bare[index, rows][begin:], rtol=1e-4, atol=1e-9
        )
