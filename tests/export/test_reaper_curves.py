from __future__ import annotations

import numpy as np
import pytest

from phenotune.export.reaper_curves import TOLERANCE, curve_of_fades, polyline, smooth_step
from phenotune.genome.fades import rise
from phenotune.genome.genes.envelope import gains


def drawn(curve: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    samples, heights = polyline(curve, weights)
    return np.interp(np.arange(len(curve)), samples, heights)


@pytest.mark.parametrize("n_samples", [2, 3, 100, 2048, 30_000])
def test_a_straight_line_is_two_points(n_samples: int) -> None:
    curve = np.linspace(0.25, 0.75, n_samples)
    samples, heights = polyline(curve)
    assert samples == [0, n_samples - 1]
    assert heights == pytest.approx([0.25, 0.75], abs=1e-5)


def test_a_single_sample_is_one_point() -> None:
    assert polyline(np.array([0.5])) == ([0], [0.5])


@pytest.mark.parametrize("n_samples", [40, 900, 5000, 90_000])
def test_an_envelope_is_drawn_to_within_the_tolerance(n_samples: int) -> None:
    curve = gains((0.0, -60.0, -12.0, 0.0, -3.0), n_samples, 44_100).astype(np.float64)
    samples, _ = polyline(curve)
    assert len(samples) < min(70, n_samples)
    assert np.abs(drawn(curve) - curve).max() <= 1.5 * TOLERANCE
    assert np.sqrt(np.mean((drawn(curve) - curve) ** 2)) <= TOLERANCE / 2.0


def test_the_heights_are_those_of_least_squares() -> None:
    """The same points with heights by numpy's own solver, from the whole table of weights."""
    curve = gains((0.0, -9.0, 0.0), 1500, 44_100).astype(np.float64)
    weights = curve_of_fades(1500, 200, 300)
    samples, heights = polyline(curve, weights)
    table = np.array([np.interp(np.arange(1500), samples, row) for row in np.eye(len(samples))]).T
    counts = np.sqrt(weights**2 + 1e-6)
    expected = np.linalg.lstsq(table * counts[:, None], curve * counts, rcond=None)[0]
    assert heights == pytest.approx(expected.tolist(), abs=1e-9)


def test_what_does_not_count_costs_no_points() -> None:
    curve = np.ones(1000)
    curve[:100] = np.linspace(0.0, 1.0, 100) ** 3
    weights = np.ones(1000)
    weights[:100] = 0.0
    assert len(polyline(curve, weights)[0]) == 3 < len(polyline(curve)[0])


def test_the_s_shape_is_near_a_raised_cosine_but_not_it() -> None:
    middle = (smooth_step(220) + smooth_step(220)[[*range(1, 220), 219]]) / 2.0
    assert 0.009 < np.abs(middle - rise(220)).max() < 0.011


def test_fades_of_an_item() -> None:
    assert curve_of_fades(6, 2, 2).tolist() == [0.0, 0.5, 1.0, 1.0, 1.0, 0.5]
    assert curve_of_fades(3, 0, 0).tolist() == [1.0, 1.0, 1.0]
