"""The kernels that solve a gain, against the same steps written down in plain NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.kernels import scoring

from .test_scoring import (
    BINS,
    N_BANDS,
    N_OWN,
    OCTETS,
    PLACINGS,
    Case,
    make_case,
    name_of,
    slow_errors,
)

LEAST, MOST = 0.004, 4.0
LIMITS = np.array([LEAST, MOST])
RATIO = 1.6


@pytest.fixture(params=PLACINGS, ids=name_of)
def case(rng: np.random.Generator, request: pytest.FixtureRequest) -> Case:
    made = make_case(rng, *request.param)
    made.targets += 1.5  # so that something is missing
    return made


def slow_saved(case: Case, gain: float) -> float:
    """Distance of the whole canvas before minus after, by adding up the spectra."""
    before, after = slow_errors(case, case.canvas), slow_errors(case, case.placed(gain))
    return float(before.sum() - after.sum())


def slow_limited(gain: float) -> float:
    size = min(abs(gain), MOST)
    return float(np.copysign(size, gain)) if size >= LEAST else 0.0


def amplitudes(case: Case) -> np.ndarray:
    return np.sqrt(case.canvas_powers) + np.float32(0.6)


def errors(case: Case) -> np.ndarray:
    return np.ascontiguousarray(slow_errors(case, case.canvas))


def scratch() -> tuple[np.ndarray, ...]:
    return (
        BINS,
        np.empty((3, N_BANDS), np.float32),
        np.empty((2, N_BANDS)),
        np.empty((N_OWN, N_BANDS), np.float32),
    )


def fit(case: Case, target_amplitudes: np.ndarray, n_signs: int) -> tuple[float, float]:
    out = np.empty(2)
    fitness = scoring.fit_level(
        target_amplitudes, case.canvas, case.canvas_powers, errors(case), case.spectra, case.powers,
        case.at, 0, N_OWN, OCTETS, *case.aims, LIMITS, n_signs, *scratch(), out,
    )  # fmt: skip
    return fitness, float(out[0])


def slow_fit(case: Case, target_amplitudes: np.ndarray, n_signs: int) -> tuple[float, float]:
    touched = slice(case.at, case.at + N_OWN)
    own = case.powers.astype(np.float64)
    missing = (target_amplitudes - np.sqrt(case.canvas_powers))[touched].astype(np.float64)
    level = slow_limited(max(float((np.sqrt(own) * missing).sum() / own.sum()), 0.0))
    gains = (level, -level)[:n_signs]
    return max((slow_saved(case, gain), gain) for gain in gains)


@pytest.mark.parametrize("n_signs", [1, 2])
@pytest.mark.parametrize("is_turned", [False, True])
def test_fit_level(case: Case, n_signs: int, is_turned: bool) -> None:
    """Turned over, the phenotype wants the other polarity."""
    if is_turned:
        case.spectra *= np.complex64(-1.0)
    fitness, gain = fit(case, amplitudes(case), n_signs)
    slow_fitness, slow_gain = slow_fit(case, amplitudes(case), n_signs)
    assert fitness == pytest.approx(slow_fitness, rel=1e-3, abs=1e-3)
    assert gain == pytest.approx(slow_gain, rel=1e-4)


def test_two_polarities_are_worth_the_better_of_each(case: Case) -> None:
    plain, _ = fit(case, amplitudes(case), 1)
    both, gain = fit(case, amplitudes(case), 2)
    case.spectra *= np.complex64(-1.0)
    turned, _ = fit(case, amplitudes(case), 1)
    assert both == max(plain, turned)
    assert (gain > 0.0) == (plain >= turned)


@pytest.mark.parametrize(("short_by", "gain"), [(1e-5, 0.0), (100.0, MOST)])
def test_levels_keep_the_limits(case: Case, short_by: float, gain: float) -> None:
    wanted = np.sqrt(case.canvas_powers) + np.float32(short_by)
    fitness, found = fit(case, wanted, 1)
    assert found == gain
    assert np.isfinite(fitness) == (gain > 0.0)


def test_fit_level_gives_up_where_nothing_is_missing(case: Case) -> None:
    fitness, gain = fit(case, np.float32(0.1) * np.sqrt(case.canvas_powers), 2)
    assert fitness == -np.inf
    assert gain == 0.0


def test_fit_level_gives_up_on_silence(case: Case) -> None:
    case.spectra[:] = 0.0
    assert fit(case, amplitudes(case), 2) == (-np.inf, 0.0)


def refine(case: Case, gain: float, n_rounds: int) -> tuple[float, float]:
    out = np.array([gain])
    fitness = scoring.refine_gain(
        case.canvas, case.canvas_powers, errors(case), case.spectra, case.powers,
        case.at, 0, N_OWN, OCTETS, *case.aims, LIMITS, n_rounds, RATIO, *scratch(), out,
    )  # fmt: skip
    return fitness, float(out[0])


def slow_vertex(low: float, middle: float, high: float) -> float:
    slope, bend = (high - low) / 2.0, high - 2.0 * middle + low
    step = -slope / bend if bend > 0.0 else -1.5 * np.sign(slope)
    return float(np.clip(step, -1.5, 1.5))


def slow_refine(case: Case, gain: float, n_rounds: int) -> tuple[float, float]:
    ratio, kept = RATIO, slow_saved(case, gain)
    for _ in range(n_rounds):
        low, high = slow_limited(gain / ratio), slow_limited(gain * ratio)
        step = slow_vertex(-slow_saved(case, low), -kept, -slow_saved(case, high))
        tried = [(slow_saved(case, g), g) for g in (low, high, slow_limited(gain * ratio**step))]
        kept, gain = max([(kept, gain), *tried], key=lambda pair: pair[0])
        if abs(step) < 1.0:
            ratio = np.sqrt(ratio)
    return (kept, gain) if kept >= 0.0 else (0.0, 0.0)


@pytest.mark.parametrize("n_rounds", [0, 1, 3])
@pytest.mark.parametrize("start", [0.3, -0.3, 2.0])
def test_refine_gain(case: Case, start: float, n_rounds: int) -> None:
    fitness, gain = refine(case, start, n_rounds)
    slow_fitness, slow_gain = slow_refine(case, start, n_rounds)
    assert fitness == pytest.approx(slow_fitness, rel=1e-3, abs=1e-3)
    assert gain == pytest.approx(slow_gain, rel=2e-2)
    assert slow_saved(case, gain) == pytest.approx(fitness, rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("start", [-0.01, -0.5, -3.9, 0.5])
def test_refining_never_makes_it_worse_and_keeps_the_limits(case: Case, start: float) -> None:
    fitness, gain = refine(case, start, 4)
    assert fitness >= max(slow_saved(case, start) - 1e-3, 0.0)
    assert abs(gain) <= MOST
    assert gain * start >= 0.0


def test_a_gain_that_does_harm_is_refined_to_silence(case: Case) -> None:
    """The canvas is the target already, and the phenotype a hundred times too loud."""
    case.targets[:] = [
        np.log(case.canvas_powers + case.floors)
        if law == 0
        else (case.canvas_powers + case.floors) ** (0.5 / law)
        for law in (1, 2, 4, 0)
    ]
    scoring.onset_strengths(case.canvas_powers, case.floors, case.masks, case.onsets)
    case.spectra *= np.complex64(100.0)
    fitness, gain = refine(case, 1.0, 2)
    assert gain == 0.0
    assert fitness == 0.0
