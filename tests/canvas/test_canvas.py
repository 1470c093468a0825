"""The canvas: what is kept equals what a full recompute gives."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from phenotune.canvas.canvas import Canvas
from phenotune.canvas.placement import Placement
from phenotune.errors import ParameterError
from phenotune.genome.chromosome import Chromosome
from phenotune.library.clip import Clip
from phenotune.spectra.layout import make_layout
from phenotune.spectra.settings import SpectraSettings
from phenotune.spectra.target import prepare_target

SETTINGS = SpectraSettings()
N_TARGET = 3 * 44_100
CHROMOSOME = Chromosome(Clip("s0", 0, 100))


@pytest.fixture
def canvas(rng: np.random.Generator) -> Canvas:
    samples = rng.standard_normal((2, N_TARGET)).astype(np.float32)
    return Canvas(prepare_target(samples, make_layout(SETTINGS), SETTINGS))


def placement(number: int, onset: int = 0, gains: tuple[float, ...] = (1.0, 1.0)) -> Placement:
    return Placement(number, CHROMOSOME, onset, gains, cycle=1, lineage=0)


def test_a_thousand_changes_leave_the_sum_where_a_full_recompute_puts_it(
    rng: np.random.Generator, canvas: Canvas
) -> None:
    placed: dict[int, tuple[Placement, np.ndarray]] = {}
    for number in range(1000):
        change = rng.integers(3) if placed else 0
        if change == 0:
            n_samples, n_channels = int(rng.integers(0, 20_000)), int(rng.integers(1, 3))
            samples = rng.standard_normal((n_channels, n_samples)).astype(np.float32)
            onset, gains = int(rng.integers(-5000, N_TARGET + 5000)), rng.standard_normal(2)
            placed[number] = placement(number, onset, tuple(gains)), samples
            canvas.place(*placed[number])
            continue
        chosen = int(rng.choice(list(placed)))
        old, samples = placed.pop(chosen)
        if change == 1:
            canvas.remove(chosen, samples)
        else:
            new = dataclasses.replace(old, gains=tuple(rng.standard_normal(2)))
            canvas.replace(new, samples)
            placed[chosen] = new, samples
    errors, distance = canvas.recomputed()
    assert canvas.distance == pytest.approx(distance, rel=1e-9)
    np.testing.assert_allclose(canvas.errors, errors, rtol=1e-9)


def test_removing_everything_leaves_silence(rng: np.random.Generator, canvas: Canvas) -> None:
    sounds = [rng.standard_normal((1, 3000)).astype(np.float32) for _ in range(10)]
    for number, samples in enumerate(sounds):
        canvas.place(placement(number, 7000 * number, (0.3, -0.7)), samples)
    for number in rng.permutation(10):
        canvas.remove(int(number), sounds[number])
    assert canvas.explained == 0.0
    assert not canvas.samples().any()
    assert canvas.placements == {}


def test_the_target_placed_on_the_canvas_explains_all_of_it(
    rng: np.random.Generator,
) -> None:
    samples = rng.standard_normal((2, N_TARGET)).astype(np.float32)
    canvas = Canvas(prepare_target(samples, make_layout(SETTINGS), SETTINGS))
    assert canvas.explained == 0.0
    canvas.place(placement(1), samples)
    assert canvas.explained == pytest.approx(1.0, abs=1e-9)
    np.testing.assert_allclose(canvas.samples(), samples, atol=1e-6)


def test_the_order_of_placing_does_not_matter(rng: np.random.Generator, canvas: Canvas) -> None:
    other = Canvas(canvas.target)
    sounds = [rng.standard_normal((1, 9000)).astype(np.float32) for _ in range(6)]
    onsets = [int(onset) for onset in rng.integers(0, 30_000, 6)]
    for number in range(6):
        canvas.place(placement(number, onsets[number], (0.3, 0.4)), sounds[number])
    for number in reversed(range(6)):
        other.place(placement(number, onsets[number], (0.3, 0.4)), sounds[number])
    np.testing.assert_array_equal(canvas.samples(), other.samples())
    np.testing.assert_array_equal(canvas.errors, other.errors)


def test_only_the_frames_touched_change(rng: np.random.Generator, canvas: Canvas) -> None:
    before = canvas.errors.copy()
    samples = rng.standard_normal((1, 1000)).astype(np.float32)
    canvas.place(placement(1, 50_000), samples)
    changed = np.flatnonzero((canvas.errors != before).any(axis=0))
    lead = canvas.target.layout.lead_frames
    assert changed.min() >= 50_000 // 512 - lead
    assert changed.max() <= 51_000 // 512 + lead


@pytest.mark.parametrize("onset", [-100_000, N_TARGET + 100_000])
def test_a_placement_outside_is_silent_but_kept(canvas: Canvas, onset: int) -> None:
    canvas.place(placement(1, onset), np.ones((1, 500), np.float32))
    assert canvas.explained == 0.0
    assert 1 in canvas.placements


def test_misuse_is_refused(canvas: Canvas) -> None:
    samples = np.ones((1, 500), np.float32)
    canvas.place(placement(1), samples)
    with pytest.raises(ParameterError, match="placement 1: expected a new id"):
        canvas.place(placement(1), samples)
    with pytest.raises(ParameterError, match="placement 2: it is not on the canvas"):
        canvas.remove(2, samples)
    with pytest.raises(ParameterError, match="expected other gains alone"):
        canvas.replace(placement(1, onset=5), samples)
    with pytest.raises(ParameterError, match="expected 2 gains, got 1"):
        canvas.place(placement(3, gains=(1.0,)), samples)
