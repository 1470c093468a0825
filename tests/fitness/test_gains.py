"""Solving a gain in one channel: the known answers, the limits, and the slow twin that tries everything."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.canvas.canvas import Canvas
from phenotune.fitness.gains import GainSolver
from phenotune.fitness.heard import Frames, Heard
from phenotune.fitness.settings import MixSettings
from phenotune.spectra.hearing import LEFT, MIDDLE, RIGHT

from .conftest import make_canvas, place

ONSET = 20 * 512


def target_of(burst: Samples, gain: float) -> Samples:
    samples = np.zeros((1, 40_000), np.float32)
    samples[:, ONSET : ONSET + burst.shape[1]] = burst * np.float32(gain)
    return samples


def frames(canvas: Canvas, samples: Samples, onset: int = ONSET) -> Frames:
    return Heard(samples, canvas.target.layout).at(onset)


def make_solver(canvas: Canvas, **settings: object) -> GainSolver:
    return GainSolver(canvas.target, MixSettings.model_validate(settings))


def solve(canvas: Canvas, samples: Samples, n_rounds: int = 6, **settings: object) -> float:
    solver, own = make_solver(canvas, **settings), frames(canvas, samples)
    fit = solver.rough(canvas.channel(MIDDLE), own)
    assert fit is not None
    return solver.refine(canvas.channel(MIDDLE), own, fit, n_rounds).gain


@pytest.mark.parametrize("gain", [0.1, 0.5, 1.0, 2.5])
def test_the_gain_of_a_sound_that_is_the_target(burst: Samples, gain: float) -> None:
    canvas = make_canvas(target_of(burst, gain))
    assert abs(solve(canvas, burst)) == pytest.approx(gain, rel=0.02)


@pytest.fixture
def upside_down(burst: Samples) -> Canvas:
    """A canvas that holds a part of the target, upside down: spectra of powers cannot tell, a second clip can."""
    canvas = make_canvas(target_of(burst, 0.9))
    place(canvas, burst, ONSET, (-0.4,))
    return canvas


def test_polarity_is_turned_where_that_fits_better(burst: Samples, upside_down: Canvas) -> None:
    assert solve(upside_down, burst) == pytest.approx(-0.5, rel=0.02)


def test_polarity_can_be_switched_off(burst: Samples, upside_down: Canvas) -> None:
    assert solve(upside_down, burst, polarity=False) >= 0.0


def test_where_the_canvas_is_loud_enough_nothing_is_tried(burst: Samples) -> None:
    canvas = make_canvas(target_of(burst, 0.5))
    place(canvas, burst, ONSET, (1.0,))
    assert make_solver(canvas).rough(canvas.channel(MIDDLE), frames(canvas, burst)) is None


def test_gains_are_capped(burst: Samples) -> None:
    canvas = make_canvas(target_of(burst, 1.0))
    gain = solve(canvas, (0.01 * burst).astype(np.float32), max_gain_db=12.0)
    assert abs(gain) == pytest.approx(10 ** (12 / 20), rel=1e-9)


def test_nothing_is_solved_when_solving_is_off(burst: Samples) -> None:
    canvas = make_canvas(target_of(burst, 0.2))
    assert solve(canvas, burst, solve_gain=False) == 1.0


def test_silence_cannot_be_fitted(burst: Samples) -> None:
    canvas = make_canvas(target_of(burst, 1.0))
    own = frames(canvas, np.zeros_like(burst))
    assert make_solver(canvas).rough(canvas.channel(MIDDLE), own) is None


@pytest.mark.parametrize("onset", [-500_000, 500_000])
@pytest.mark.parametrize("solve_gain", [False, True])
def test_outside_the_canvas_nothing_can_be_fitted(
    burst: Samples, onset: int, solve_gain: bool
) -> None:
    canvas = make_canvas(target_of(burst, 1.0))
    solver, own = make_solver(canvas, solve_gain=solve_gain), frames(canvas, burst, onset)
    assert solver.rough(canvas.channel(MIDDLE), own) is None
    assert solver.keep(canvas.channel(MIDDLE), own, 1.0) is None


@pytest.mark.parametrize("onset", [ONSET, ONSET + 77, -3000, 38_000])
def test_what_a_fit_promises_is_what_placing_brings(
    rng: np.random.Generator, burst: Samples, onset: int
) -> None:
    """Amid the canvas and over both its ends; the onset term reaches one frame further than the sound."""
    canvas = make_canvas(target_of(burst, 0.8))
    assert canvas.channel(MIDDLE).onset_weight > 0.0
    solver = make_solver(canvas)
    for _ in range(4):
        other = rng.standard_normal((1, 5000)).astype(np.float32)
        own = frames(canvas, other, onset)
        kept = solver.keep(canvas.channel(MIDDLE), own, 0.1 * float(rng.standard_normal()))
        assert kept is not None
        fit = solver.refine(canvas.channel(MIDDLE), own, kept)
        assert fit.fitness >= kept.fitness
        brought = place(canvas, other, onset, (fit.gain,))
        assert brought == pytest.approx(fit.fitness, abs=1e-6)


def test_each_channel_is_fitted_by_itself(burst: Samples) -> None:
    canvas = make_canvas(np.concatenate([target_of(burst, 0.8), target_of(burst, 0.2)]))
    solver, own = make_solver(canvas), frames(canvas, burst)
    gains = {MIDDLE: 0.3, LEFT: 0.6, RIGHT: 0.0}
    fits = [solver.keep(canvas.channel(i), own, gain) for i, gain in gains.items()]
    before = canvas.errors.sum(axis=1)
    place(canvas, burst, ONSET, (0.6, 0.0))
    for fit, saved in zip(fits, before - canvas.errors.sum(axis=1), strict=True):
        assert fit is not None
        assert fit.fitness == pytest.approx(saved, abs=1e-6)


@pytest.mark.parametrize("index", [MIDDLE, LEFT, RIGHT])
def test_many_gains_are_worth_what_each_of_them_is(burst: Samples, index: int) -> None:
    canvas = make_canvas(np.concatenate([target_of(burst, 0.8), target_of(burst, 0.2)]))
    solver, own, channel = make_solver(canvas), frames(canvas, burst), canvas.channel(index)
    gains = np.array([0.0, 0.3, -0.8, 2.0])
    each = [solver.keep(channel, own, float(gain)) for gain in gains]
    expected = [fit.fitness for fit in each if fit is not None]
    np.testing.assert_allclose(solver.worths(channel, own, gains), expected, rtol=1e-9, atol=1e-12)


def test_outside_the_canvas_no_gain_is_worth_anything(burst: Samples) -> None:
    canvas = make_canvas(target_of(burst, 1.0))
    own = frames(canvas, burst, 500_000)
    worths = make_solver(canvas).worths(canvas.channel(MIDDLE), own, np.array([0.5, 1.0]))
    assert worths.tolist() == [0.0, 0.0]


def test_refining_comes_near_the_best_of_all_gains(
    rng: np.random.Generator, burst: Samples
) -> None:
    """The slow twin: every gain of a fine grid, both polarities."""
    canvas = make_canvas(target_of(burst, 0.8))
    other = (burst + 0.1 * rng.standard_normal(burst.shape)).astype(np.float32)
    solver, channel, own = make_solver(canvas), canvas.channel(MIDDLE), frames(canvas, other)
    fit = solver.rough(channel, own)
    assert fit is not None
    fit = solver.refine(channel, own, fit, n_rounds=3)
    sizes = np.geomspace(0.01, 4.0, 400)
    kept = [solver.keep(channel, own, float(g)) for g in np.concatenate([sizes, -sizes])]
    best = max(entry.fitness for entry in kept if entry is not None)
    assert fit.fitness >= 0.995 * best
