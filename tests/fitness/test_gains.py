"""Solving gains: the known answers, the limits, and the slow twin that tries everything."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.arrays import Bands, Samples, Spectra
from phenotune.canvas.canvas import Canvas
from phenotune.canvas.placement import Placement
from phenotune.fitness.gains import GainSolver
from phenotune.fitness.settings import MixSettings
from phenotune.genome.chromosome import Chromosome
from phenotune.library.clip import Clip
from phenotune.spectra.analysis import analyse, bands_of

from .conftest import make_canvas

ONSET_FRAME = 20


def stereo_target(burst: Samples, left: float, right: float) -> Samples:
    samples = np.zeros((2, 40_000), np.float32)
    samples[:, ONSET_FRAME * 512 : ONSET_FRAME * 512 + burst.shape[1]] = burst
    return samples * np.array([[left], [right]], np.float32)


def frames(canvas: Canvas, samples: Samples) -> tuple[Spectra, Bands, int]:
    layout = canvas.target.layout
    n_frames = layout.n_touched(samples.shape[1])
    spectra = analyse(samples, 0, -layout.lead_frames, n_frames, layout)
    return spectra, bands_of(spectra, layout), ONSET_FRAME - layout.lead_frames


def solve(canvas: Canvas, samples: Samples, n_rounds: int = 6, **settings: object) -> np.ndarray:
    solver = GainSolver(canvas, MixSettings.model_validate(settings))
    fit = solver.rough(*frames(canvas, samples))
    assert fit is not None
    return solver.refine(*frames(canvas, samples), fit, n_rounds).gains


@pytest.mark.parametrize("gain", [0.1, 0.5, 1.0, 2.5])
def test_the_gain_of_a_sound_that_is_the_target(burst: Samples, gain: float) -> None:
    canvas = make_canvas(stereo_target(burst, gain, gain))
    assert np.abs(solve(canvas, burst)) == pytest.approx(gain, rel=0.02)


def test_a_target_that_is_hard_left_is_served_on_the_left_alone(burst: Samples) -> None:
    canvas = make_canvas(stereo_target(burst, 0.7, 0.0))
    left, right = solve(canvas, burst)
    assert abs(left) == pytest.approx(0.7, rel=0.02)
    assert right == 0.0


def test_without_pan_both_channels_have_one_gain(burst: Samples) -> None:
    left, right = solve(make_canvas(stereo_target(burst, 0.9, 0.3)), burst, pan=False)
    assert left == right
    assert 0.3 < abs(left) < 0.9


@pytest.fixture
def upside_down(burst: Samples) -> Canvas:
    """A canvas that holds a part of the target, upside down: spectra of powers cannot tell, a second clip can."""
    canvas = make_canvas(stereo_target(burst, 0.9, 0.9))
    onset = ONSET_FRAME * 512
    canvas.place(Placement(1, Chromosome(Clip("s0", 0, 1)), onset, (-0.4, -0.4), 1, 0), burst)
    return canvas


def test_polarity_is_turned_where_that_fits_better(burst: Samples, upside_down: Canvas) -> None:
    assert solve(upside_down, burst) == pytest.approx(-0.5, rel=0.02)


def test_polarity_can_be_switched_off(burst: Samples, upside_down: Canvas) -> None:
    assert np.all(solve(upside_down, burst, polarity=False) >= 0.0)


def test_where_the_canvas_is_loud_enough_nothing_is_tried(burst: Samples) -> None:
    canvas = make_canvas(stereo_target(burst, 0.5, 0.5))
    onset = ONSET_FRAME * 512
    canvas.place(Placement(1, Chromosome(Clip("s0", 0, 1)), onset, (1.0, 1.0), 1, 0), burst)
    assert GainSolver(canvas, MixSettings()).rough(*frames(canvas, burst)) is None


def test_gains_are_capped(burst: Samples) -> None:
    canvas = make_canvas(stereo_target(burst, 1.0, 1.0))
    gains = solve(canvas, (0.01 * burst).astype(np.float32), max_gain_db=12.0)
    np.testing.assert_allclose(np.abs(gains), 10 ** (12 / 20), rtol=1e-9)


def test_nothing_is_solved_when_solving_is_off(burst: Samples) -> None:
    canvas = make_canvas(stereo_target(burst, 0.2, 0.2))
    np.testing.assert_array_equal(solve(canvas, burst, solve_gain=False), [1.0, 1.0])


def test_silence_cannot_be_fitted(burst: Samples) -> None:
    canvas = make_canvas(stereo_target(burst, 1.0, 1.0))
    solver = GainSolver(canvas, MixSettings())
    assert solver.rough(*frames(canvas, np.zeros_like(burst))) is None


@pytest.mark.parametrize("first_frame", [-1000, 1000])
def test_outside_the_canvas_nothing_can_be_fitted(burst: Samples, first_frame: int) -> None:
    canvas = make_canvas(stereo_target(burst, 1.0, 1.0))
    spectra, powers, _ = frames(canvas, burst)
    assert GainSolver(canvas, MixSettings()).rough(spectra, powers, first_frame) is None


def test_what_a_fit_promises_is_what_placing_brings(
    rng: np.random.Generator, burst: Samples
) -> None:
    canvas = make_canvas(stereo_target(burst, 0.8, 0.4))
    other = rng.standard_normal((2, 5000)).astype(np.float32)
    solver = GainSolver(canvas, MixSettings())
    for number in range(4):
        fit = solver.keep(*frames(canvas, other), 0.1 * rng.standard_normal(2))
        assert fit is not None
        fit = solver.refine(*frames(canvas, other), fit)
        before = canvas.distance
        gains = tuple(fit.gains.tolist())
        onset = ONSET_FRAME * 512
        canvas.place(Placement(number, Chromosome(Clip("s0", 0, 1)), onset, gains, 1, 0), other)
        assert before - canvas.distance == pytest.approx(fit.fitness, abs=1e-6)


def test_refining_comes_near_the_best_of_all_gains(
    rng: np.random.Generator, burst: Samples
) -> None:
    """The slow twin: every gain of a fine grid, both polarities."""
    canvas = make_canvas(stereo_target(burst, 0.8, 0.8))
    other = (burst + 0.1 * rng.standard_normal(burst.shape)).astype(np.float32)
    solver = GainSolver(canvas, MixSettings())
    args = frames(canvas, other)
    fit = solver.rough(*args)
    assert fit is not None
    fit = solver.refine(*args, fit, n_rounds=3)
    sizes = np.geomspace(0.01, 4.0, 400)
    kept = [solver.keep(*args, np.array([g, g])) for g in np.concatenate([sizes, -sizes])]
    best = max(entry.fitness for entry in kept if entry is not None)
    assert fit.fitness >= 0.995 * best
