"""The kernels that solve gains, against the same steps written down in plain NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.kernels import scoring

from .test_scoring import (
    BINS,
    CHANNELS,
    EDGES,
    LAWS,
    N_OWN,
    OCTETS,
    Case,
    make_case,
    slow_errors,
    slow_powers,
)

AT = 5
LIMITS = np.array([0.004, 4.0])
N_BANDS = EDGES.size - 1


@pytest.fixture(params=CHANNELS, ids=lambda pair: f"{pair[1]} on {pair[0]}")
def case(rng: np.random.Generator, request: pytest.FixtureRequest) -> Case:
    made = make_case(rng, *request.param)
    made.targets += 1.5  # so that something is missing
    return made


def slow_saved(case: Case, gains: np.ndarray) -> np.ndarray:
    """Distance before minus after in each channel, by adding up the spectra."""
    before = case.canvas[:, AT : AT + N_OWN]
    after = before + np.asarray(gains)[:, None, None] * case.spectra
    return (slow_errors(case, before, AT) - slow_errors(case, after, AT)).sum(axis=1)


def amplitudes(case: Case) -> np.ndarray:
    return np.sqrt(case.canvas_powers) + np.float32(0.6)


def errors(case: Case) -> np.ndarray:
    return np.ascontiguousarray(slow_errors(case, case.canvas, 0))


def scratch(case: Case) -> tuple[np.ndarray, ...]:
    return (
        BINS,
        np.empty((2, N_BANDS), np.float32),
        np.empty((2, N_BANDS)),
        np.empty((case.canvas.shape[0], N_OWN, N_BANDS), np.float32),
    )


def fit(case: Case, tied: bool, n_signs: int) -> tuple[float, np.ndarray]:
    out = np.empty((6, case.canvas.shape[0]))
    fitness = scoring.fit_level(
        amplitudes(case), case.canvas, case.canvas_powers, errors(case), case.spectra, case.powers,
        AT, 0, N_OWN, OCTETS, case.targets, case.weights, LAWS, case.floors, LIMITS, tied, n_signs,
        *scratch(case), out,
    )  # fmt: skip
    return fitness, out[0]


def slow_fit(case: Case, tied: bool, n_signs: int) -> tuple[float, np.ndarray]:
    n_channels = case.canvas.shape[0]
    own = np.repeat(slow_powers(case.spectra), n_channels // case.spectra.shape[0], axis=0)
    wanted = amplitudes(case)[:, AT : AT + N_OWN] - np.sqrt(case.canvas_powers[:, AT : AT + N_OWN])
    over = (np.sqrt(own) * wanted).sum(axis=(1, 2), dtype=np.float64)
    under = own.sum(axis=(1, 2), dtype=np.float64)
    level = np.full(n_channels, over.sum() / under.sum()) if tied else over / under
    best = -np.inf, np.zeros(n_channels)
    for sign in (1.0, -1.0)[:n_signs]:
        saved = slow_saved(case, sign * level)
        gains = sign * level if tied else np.where(saved > 0.0, sign * level, 0.0)
        total = float(saved.sum() if tied else np.maximum(saved, 0.0).sum())
        best = max(best, (total, gains), key=lambda pair: pair[0])
    return best


@pytest.mark.parametrize("n_signs", [1, 2])
@pytest.mark.parametrize("tied", [False, True])
def test_fit_level(case: Case, tied: bool, n_signs: int) -> None:
    fitness, gains = fit(case, tied, n_signs)
    slow_fitness, slow_gains = slow_fit(case, tied, n_signs)
    assert fitness == pytest.approx(slow_fitness, rel=1e-3, abs=1e-4)
    np.testing.assert_allclose(gains, slow_gains, rtol=1e-4)


def test_fit_level_gives_up_where_nothing_is_missing(case: Case) -> None:
    out = np.empty((6, case.canvas.shape[0]))
    fitness = scoring.fit_level(
        0.1 * np.sqrt(case.canvas_powers), case.canvas, case.canvas_powers, errors(case), case.spectra,
        case.powers, AT, 0, N_OWN, OCTETS, case.targets, case.weights, LAWS, case.floors, LIMITS, False, 2,
        *scratch(case), out,
    )  # fmt: skip
    assert fitness == -np.inf
    np.testing.assert_array_equal(out[0], 0.0)


def refine(case: Case, gains: np.ndarray, tied: bool, n_rounds: int) -> tuple[float, np.ndarray]:
    out = np.empty((9, gains.size))
    out[0] = gains
    fitness = scoring.refine_gains(
        case.canvas, case.canvas_powers, errors(case), case.spectra, case.powers,
        AT, 0, N_OWN, OCTETS, case.targets, case.weights, LAWS, case.floors, LIMITS, tied, n_rounds, 1.6,
        *scratch(case), out,
    )  # fmt: skip
    return fitness, out[0]


def slow_refine(
    case: Case, gains: np.ndarray, tied: bool, n_rounds: int
) -> tuple[float, np.ndarray]:
    ratio, kept = 1.6, slow_saved(case, gains)
    for _ in range(n_rounds):
        low, high = gains / ratio, gains * ratio
        lost = [-slow_saved(case, low), -kept, -slow_saved(case, high)]
        if tied:
            lost = [np.full(gains.size, entry.sum()) for entry in lost]
        bend = lost[2] - 2 * lost[1] + lost[0]
        slope = (lost[2] - lost[0]) / 2
        step = np.clip(
            np.where(bend > 0, -slope / np.where(bend > 0, bend, 1.0), -1.5 * np.sign(slope)),
            -1.5,
            1.5,
        )
        for tried in (low, high, gains * ratio**step):
            saved = slow_saved(case, tried)
            better = np.full(gains.size, saved.sum() > kept.sum()) if tied else saved > kept
            gains, kept = np.where(better, tried, gains), np.where(better, saved, kept)
        if np.all(np.abs(step) < 1):
            ratio = np.sqrt(ratio)
    if not tied:
        gains, kept = np.where(kept < 0, 0.0, gains), np.maximum(kept, 0.0)
    return float(kept.sum()), gains


@pytest.mark.parametrize("n_rounds", [0, 1, 3])
@pytest.mark.parametrize("tied", [False, True])
def test_refine_gains(case: Case, tied: bool, n_rounds: int) -> None:
    start = np.array([0.3, 0.3])[: case.canvas.shape[0]]
    fitness, gains = refine(case, start, tied, n_rounds)
    slow_fitness, slow_gains = slow_refine(case, start, tied, n_rounds)
    assert fitness == pytest.approx(slow_fitness, rel=1e-3, abs=1e-3)
    np.testing.assert_allclose(gains, slow_gains, rtol=2e-2)
    assert slow_saved(case, gains).sum() == pytest.approx(fitness, rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("tied", [False, True])
def test_refining_never_makes_it_worse_and_keeps_the_limits(case: Case, tied: bool) -> None:
    for size in (0.01, 0.5, 3.9):
        start = np.full(case.canvas.shape[0], -size)
        fitness, gains = refine(case, start, tied, 4)
        assert fitness >= slow_saved(case, start).sum() - 1e-3
        assert np.all(np.abs(gains) <= 4.0)
        assert np.all(gains <= 0.0)
