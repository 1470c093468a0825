"""Scoring kernels against slow twins in plain NumPy, in float64."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import pytest

from phenotune.kernels import scoring
from phenotune.spectra.layout import deal_bands

N_CANVAS, N_OWN = 40, 12
EDGES = np.array([0, 1, 2, 5, 9, 16, 23, 24, 26, 27, 30], np.int64)
"""Ten bands: an octet that is full, and one that is not."""
OCTETS, PLACES = deal_bands(EDGES)
BINS = np.empty(scoring.OCTET, np.float32)
LAWS = np.array([1, 2, 4, 0], np.int64)


@dataclass
class Case:
    """A canvas, a phenotype and a target, all by chance."""

    canvas: np.ndarray
    spectra: np.ndarray
    targets: np.ndarray
    weights: np.ndarray
    floors: np.ndarray

    @property
    def canvas_powers(self) -> np.ndarray:
        return slow_powers(self.canvas)

    @property
    def powers(self) -> np.ndarray:
        return slow_powers(self.spectra)


def slow_powers(spectra: np.ndarray) -> np.ndarray:
    power = np.abs(spectra[:, :, PLACES].astype(np.complex128)) ** 2
    return np.add.reduceat(power, EDGES[:-1], axis=2).astype(np.float32)


def slow_phi(powers: np.ndarray, law: int) -> np.ndarray:
    return np.log(powers) if law == 0 else powers ** (0.5 / law)


def slow_errors(case: Case, spectra: np.ndarray, first: int) -> np.ndarray:
    """Error of each frame of whole spectra, with no cross term anywhere."""
    powers = slow_powers(spectra).astype(np.float64) + case.floors
    n = spectra.shape[1]
    return sum(
        (
            case.weights[j].astype(np.float64)
            * (slow_phi(powers, int(law)) - case.targets[j, :, first : first + n]) ** 2
        ).sum(axis=2)
        for j, law in enumerate(LAWS)
    )


def make_case(rng: np.random.Generator, n_canvas_channels: int, n_own_channels: int) -> Case:
    def spectra(n_channels: int, n_frames: int) -> np.ndarray:
        parts = rng.standard_normal((2, n_channels, n_frames, PLACES.size))
        out = np.zeros((n_channels, n_frames, scoring.OCTET * OCTETS.sum()), np.complex64)
        out[:, :, PLACES] = parts[0] + 1j * parts[1]
        return out

    n_bands = EDGES.size - 1
    return Case(
        canvas=spectra(n_canvas_channels, N_CANVAS),
        spectra=spectra(n_own_channels, N_OWN),
        targets=rng.random((LAWS.size, n_canvas_channels, N_CANVAS, n_bands)).astype(np.float32),
        weights=rng.random((LAWS.size, n_bands)).astype(np.float32),
        floors=(0.01 + rng.random(n_bands)).astype(np.float32),
    )


CHANNELS = [(1, 1), (2, 1), (2, 2)]


@pytest.fixture(params=CHANNELS, ids=lambda pair: f"{pair[1]} on {pair[0]}")
def case(rng: np.random.Generator, request: pytest.FixtureRequest) -> Case:
    return make_case(rng, *request.param)


def test_band_powers(case: Case) -> None:
    out = np.empty_like(case.canvas_powers)
    scoring.band_powers(case.canvas, OCTETS, BINS, out)
    np.testing.assert_allclose(out, case.canvas_powers, rtol=1e-5)


def test_cross_terms(case: Case) -> None:
    out = np.empty((case.canvas.shape[0], N_OWN, EDGES.size - 1), np.float32)
    scoring.cross_terms(case.canvas, 7, case.spectra, 2, 9, OCTETS, BINS, out)
    product = np.real(np.conj(case.canvas[:, 7:16]) * case.spectra[:, 2:11])[:, :, PLACES]
    np.testing.assert_allclose(
        out[:, :9], np.add.reduceat(product, EDGES[:-1], axis=2), rtol=1e-4, atol=1e-5
    )


def test_frame_errors(case: Case) -> None:
    powers, rows = case.canvas_powers, np.empty((2, EDGES.size - 1), np.float32)
    out = np.empty(powers.shape[:2])
    scoring.frame_errors(powers, case.targets, case.weights, LAWS, case.floors, rows, out)
    np.testing.assert_allclose(out, slow_errors(case, case.canvas, 0), rtol=1e-5)


def test_errors_at_gains_equal_errors_of_the_sum(case: Case) -> None:
    """The quadratic in the gain gives what adding the spectra and starting again gives."""
    n_channels = case.canvas.shape[0]
    gains = np.array([[0.0, 0.0], [0.7, -0.3], [-1.5, 2.0]])[:, :n_channels].copy()
    cross = np.empty((n_channels, N_OWN, EDGES.size - 1), np.float32)
    n_bands = EDGES.size - 1
    scoring.cross_terms(case.canvas, 5, case.spectra, 0, N_OWN, OCTETS, BINS, cross)
    groups = np.arange(n_bands) % 3
    out = np.empty((*gains.shape, 3))
    scoring.errors_at_gains(
        case.canvas_powers, 5, cross, case.powers, 0, N_OWN,
        case.targets, case.weights, LAWS, case.floors, gains,
        np.empty((2, n_bands), np.float32), np.empty((1, n_bands)), groups, out,
    )  # fmt: skip
    for row, gain in enumerate(gains):
        placed = case.canvas[:, 5 : 5 + N_OWN] + gain[:, None, None] * case.spectra
        slow = slow_errors(case, placed, 5).sum(axis=1)
        np.testing.assert_allclose(out[row].sum(axis=1), slow, rtol=1e-4)
        for group in range(3):
            case_of_group = dataclasses.replace(case, weights=case.weights * (groups == group))
            slow = slow_errors(case_of_group, placed, 5).sum(axis=1)
            np.testing.assert_allclose(out[row, :, group], slow, rtol=1e-4)


def test_level_sums(case: Case) -> None:
    n_channels, n_bands = case.canvas.shape[0], EDGES.size - 1
    amplitudes = np.sqrt(case.canvas_powers) + np.float32(0.25)
    out = np.empty((2, n_channels))
    scoring.level_sums(
        amplitudes, case.canvas_powers, 3, case.powers, 1, 8, np.empty((2, n_bands)), out
    )
    own = case.powers[:, 1:9].astype(np.float64)
    own = np.repeat(own, n_channels // own.shape[0], axis=0)
    np.testing.assert_allclose(out[0], (np.sqrt(own) * 0.25).sum(axis=(1, 2)), rtol=1e-5)
    np.testing.assert_allclose(out[1], own.sum(axis=(1, 2)), rtol=1e-5)


@pytest.mark.parametrize("law", LAWS)
def test_compress(rng: np.random.Generator, law: int) -> None:
    powers = (0.01 + rng.random(50)).astype(np.float32)
    out = np.empty_like(powers)
    scoring.compress(powers, law, out)
    np.testing.assert_allclose(out, slow_phi(powers.astype(np.float64), law), rtol=1e-5, atol=1e-6)
