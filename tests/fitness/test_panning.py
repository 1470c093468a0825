"""Between the speakers."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.canvas.canvas import Canvas
from phenotune.fitness.gains import Fit, GainSolver
from phenotune.fitness.ground import Spread, whole
from phenotune.fitness.panning import Panner
from phenotune.fitness.settings import MixSettings

from .conftest import decaying_noise, make_canvas, place

ONSET = 20 * 512


def target_of(burst: Samples, left: float, right: float) -> Samples:
    samples = np.zeros((2, 40_000), np.float32)
    samples[:, ONSET : ONSET + burst.shape[1]] = burst
    return samples * np.array([[left], [right]], np.float32)


def panner_for(canvas: Canvas, *, pans: bool = True, **settings: object) -> Panner:
    solver = GainSolver(canvas.target, MixSettings.model_validate(settings))
    return Panner(solver, pans=pans)


def fit_at(canvas: Canvas, samples: Samples, onset: int, level: float) -> Fit:
    """What a level is worth in the middle."""
    frames = Spread(samples, canvas).middle.at(onset)
    fit = GainSolver(canvas.target, MixSettings()).keep(canvas.channel(0), frames, level)
    assert fit is not None
    return fit


def pan(canvas: Canvas, samples: Samples, level: float, **settings: object) -> tuple[float, float]:
    """The gains of the speakers."""
    spread = Spread(samples, canvas)
    fit = fit_at(canvas, samples, ONSET, level)
    return panner_for(canvas, **settings).pan(whole(canvas), spread, ONSET, fit)[1]


@pytest.mark.parametrize(
    ("left", "right"), [(0.8, 0.8), (0.8, 0.4), (0.4, 0.8), (0.8, 0.0), (0.0, 0.8), (0.8, 0.13)]
)
def test_a_sound_that_is_the_target_is_panned_where_it_stands(
    burst: Samples, left: float, right: float
) -> None:
    """On an empty canvas, too."""
    level = (left + right) / 2.0
    found = pan(make_canvas(target_of(burst, left, right)), burst, level)
    assert sum(found) == pytest.approx(2.0 * level)
    assert found == pytest.approx((left, right), abs=0.05)


@pytest.mark.parametrize("pair", [(0.8, 0.4), (0.8, 0.0)])
def test_left_and_right_are_treated_alike(burst: Samples, pair: tuple[float, float]) -> None:
    left, right = pan(make_canvas(target_of(burst, *pair)), burst, 0.5)
    assert pan(make_canvas(target_of(burst, *pair[::-1])), burst, 0.5) == pytest.approx(
        (right, left), rel=1e-4
    )


@pytest.mark.parametrize(("left", "right"), [(0.9, 0.3), (0.3, 0.9)])
@pytest.mark.parametrize("polarity", [False, True])
def test_what_is_there_already_is_filled_up_on_its_own_side(
    burst: Samples, left: float, right: float, polarity: bool
) -> None:
    canvas = make_canvas(target_of(burst, left, right))
    place(canvas, burst, ONSET, (left / 2.0, right / 2.0))
    found = pan(canvas, burst, 0.3, polarity=polarity)
    assert found == pytest.approx((left / 2.0, right / 2.0), abs=0.02)


def test_who_does_not_pan_stays_in_the_middle(burst: Samples) -> None:
    canvas = make_canvas(target_of(burst, 0.8, 0.0))
    assert pan(canvas, burst, 0.4) == (0.8, 0.0)
    assert pan(canvas, burst, 0.4, pans=False) == (0.4, 0.4)


def test_silence_is_not_panned(burst: Samples) -> None:
    assert pan(make_canvas(target_of(burst, 0.8, 0.0)), burst, 0.0) == (0.0, 0.0)


@pytest.mark.parametrize("level", [-0.1, 0.1])
def test_no_clip_sounds_in_opposite_polarity_from_the_two_speakers(
    burst: Samples, level: float
) -> None:
    """Left is short of more than the level gives; it gets all of it, and right gets none."""
    found = pan(make_canvas(target_of(burst, 0.8, 0.0)), burst, level)
    assert found == pytest.approx((2.0 * level, 0.0))


def test_a_stereo_sound_that_is_the_target_stays_as_it_is(rng: np.random.Generator) -> None:
    own = np.concatenate([decaying_noise(rng, 8000), 0.3 * decaying_noise(rng, 8000)])
    canvas = make_canvas(np.pad(own, ((0, 0), (ONSET, 20_000))).astype(np.float32))
    spread = Spread(own, canvas)
    fit = fit_at(canvas, own, ONSET, 1.0)
    fitness, gains = panner_for(canvas).pan(whole(canvas), spread, ONSET, fit)
    assert gains == pytest.approx((1.0, 1.0), abs=0.02)
    assert fitness == pytest.approx(canvas.distance, rel=0.02)


@pytest.mark.parametrize("n_own", [1, 2])
@pytest.mark.parametrize("onset", [ONSET, ONSET + 100, -3000, 38_000])
@pytest.mark.parametrize("pans", [False, True])
def test_what_a_pan_promises_is_what_placing_brings(
    rng: np.random.Generator, burst: Samples, n_own: int, onset: int, pans: bool
) -> None:
    canvas = make_canvas(target_of(burst, 0.8, 0.3))
    panner = panner_for(canvas, pans=pans)
    for level in (0.3, -0.2, 0.05):
        own = np.concatenate([decaying_noise(rng, 6000) for _ in range(n_own)])
        ground, spread = whole(canvas), Spread(own, canvas)
        fitness, gains = panner.pan(ground, spread, onset, fit_at(canvas, own, onset, level))
        assert gains[0] * gains[1] >= 0.0
        assert sum(gains) == pytest.approx(2.0 * level)
        assert pans or gains[0] == gains[1]
        assert panner.worth(ground, spread, onset, gains) == pytest.approx(fitness, abs=1e-6)
        assert place(canvas, own, onset, gains) == pytest.approx(fitness, abs=1e-6)


@pytest.mark.parametrize("n_own", [1, 2])
@pytest.mark.parametrize("gains", [(0.0, 0.6), (0.4, -0.4), (-0.2, -0.2), (0.6, -0.4)])
def test_any_gains_are_worth_what_placing_brings(
    rng: np.random.Generator, burst: Samples, n_own: int, gains: tuple[float, float]
) -> None:
    """Those of a placement that was made by hand, too: one speaker against the other."""
    canvas = make_canvas(target_of(burst, 0.8, 0.3))
    place(canvas, burst, ONSET, (0.4, 0.2))
    own = np.concatenate([decaying_noise(rng, 6000) for _ in range(n_own)])
    worth = panner_for(canvas).worth(whole(canvas), Spread(own, canvas), ONSET, gains)
    assert place(canvas, own, ONSET, gains) == pytest.approx(worth, abs=1e-6)


def test_in_mono_a_gain_is_worth_what_placing_brings(
    rng: np.random.Generator, burst: Samples
) -> None:
    canvas = make_canvas(target_of(burst, 0.8, 0.3)[:1])
    own = decaying_noise(rng, 6000)
    worth = panner_for(canvas).worth(whole(canvas), Spread(own, canvas), ONSET, (0.4,))
    assert place(canvas, own, ONSET, (0.4,)) == pytest.approx(worth, abs=1e-6)


@pytest.mark.parametrize("n_own", [1, 2])
def test_a_pan_is_never_worse_than_none(
    rng: np.random.Generator, burst: Samples, n_own: int
) -> None:
    canvas = make_canvas(target_of(burst, 0.8, 0.3))
    for onset in rng.integers(-5000, 40_000, 12):
        own = np.concatenate([decaying_noise(rng, 6000) for _ in range(n_own)])
        fit = fit_at(canvas, own, int(onset), 0.3)
        spread = Spread(own, canvas)
        panned, _ = panner_for(canvas).pan(whole(canvas), spread, int(onset), fit)
        centred, gains = panner_for(canvas, pans=False).pan(whole(canvas), spread, int(onset), fit)
        assert gains == (0.3, 0.3)
        assert panned >= centred - 1e-7
