"""Scoring kernels against slow twins in plain NumPy, in float64."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import pytest

from phenotune.kernels import scoring
from phenotune.kernels.bands import OCTET
from phenotune.spectra.layout import deal_bands

N_CANVAS, N_OWN = 40, 12
EDGES = np.array([0, 1, 2, 5, 9, 16, 23, 24, 26, 27, 30], np.int64)
"""Ten bands: an octet that is full, and one that is not."""
N_BANDS = EDGES.size - 1
N_ONSET_BANDS = 6
OCTETS, PLACES = deal_bands(EDGES)
BINS = np.empty(OCTET, np.float32)
LAWS = np.array([1, 2, 4, 0], np.int64)


@dataclass
class Case:
    """One channel of a canvas, a phenotype and a target, all by chance."""

    canvas: np.ndarray
    spectra: np.ndarray
    targets: np.ndarray
    onsets: np.ndarray
    masks: np.ndarray
    weights: np.ndarray
    floors: np.ndarray
    onset_weight: float
    at: int
    """The frame of the canvas under the phenotype's first."""

    @property
    def canvas_powers(self) -> np.ndarray:
        return slow_powers(self.canvas)

    @property
    def powers(self) -> np.ndarray:
        return slow_powers(self.spectra)

    @property
    def aims(self) -> tuple[object, ...]:
        """What the canvas is compared with, as the kernels take it."""
        return (
            self.targets, self.onsets, self.masks, self.weights, LAWS, self.floors, self.onset_weight,
        )  # fmt: skip

    @property
    def changed(self) -> slice:
        """The frames whose error depends on the phenotype: those it touches, and the one after them."""
        return slice(self.at, self.at + N_OWN + 1)

    def placed(self, gain: float) -> np.ndarray:
        """The whole canvas with the phenotype in it."""
        canvas = self.canvas.copy()
        canvas[self.at : self.at + N_OWN] += np.float32(gain) * self.spectra
        return canvas


def slow_powers(spectra: np.ndarray) -> np.ndarray:
    power = np.abs(spectra[:, PLACES].astype(np.complex128)) ** 2
    return np.add.reduceat(power, EDGES[:-1], axis=1).astype(np.float32)


def slow_phi(powers: np.ndarray, law: int) -> np.ndarray:
    return np.log(powers) if law == 0 else powers ** (0.5 / law)


def slow_band_errors(case: Case, spectra: np.ndarray) -> np.ndarray:
    """Error of each band of each frame of a whole canvas, with no cross term anywhere."""
    powers = slow_powers(spectra).astype(np.float64) + case.floors
    return sum(
        case.weights[j].astype(np.float64) * (slow_phi(powers, int(law)) - case.targets[j]) ** 2
        for j, law in enumerate(LAWS)
    )


def slow_strengths(powers: np.ndarray, floors: np.ndarray, masks: np.ndarray) -> np.ndarray:
    levels = (powers.astype(np.float64) + floors)[:, :N_ONSET_BANDS]
    rises = np.log((levels[1:] + masks[1:]) / (levels[:-1] + masks[1:]))
    return np.concatenate([[0.0], np.maximum(rises, 0.0).sum(axis=1)])


def slow_onset_errors(case: Case, spectra: np.ndarray) -> np.ndarray:
    """Error of the onset strength of each frame of a whole canvas."""
    off = slow_strengths(slow_powers(spectra), case.floors, case.masks) - case.onsets
    return case.onset_weight * off**2


def slow_errors(case: Case, spectra: np.ndarray) -> np.ndarray:
    """Error of each frame of a whole canvas."""
    return slow_band_errors(case, spectra).sum(axis=1) + slow_onset_errors(case, spectra)


def make_case(rng: np.random.Generator, at: int, onset_weight: float) -> Case:
    def spectra(n_frames: int) -> np.ndarray:
        parts = rng.standard_normal((2, n_frames, PLACES.size))
        out = np.zeros((n_frames, OCTET * OCTETS.sum()), np.complex64)
        out[:, PLACES] = parts[0] + 1j * parts[1]
        return out

    return Case(
        canvas=spectra(N_CANVAS),
        spectra=spectra(N_OWN),
        targets=rng.random((LAWS.size, N_CANVAS, N_BANDS)).astype(np.float32),
        onsets=(5.0 * rng.random(N_CANVAS)).astype(np.float32),
        masks=rng.random((N_CANVAS, N_ONSET_BANDS)).astype(np.float32),
        weights=rng.random((LAWS.size, N_BANDS)).astype(np.float32),
        floors=(0.01 + rng.random(N_BANDS)).astype(np.float32),
        onset_weight=onset_weight,
        at=at,
    )


PLACINGS = [(5, 0.0), (5, 0.7), (0, 0.7), (N_CANVAS - N_OWN, 0.7), (N_CANVAS - N_OWN - 1, 0.7)]
"""In the midst of the canvas, at both its ends, and with one frame to follow; deaf to onsets, and not."""


def name_of(placing: tuple[int, float]) -> str:
    return f"at {placing[0]}, onsets {placing[1]}"


@pytest.fixture(params=PLACINGS, ids=name_of)
def case(rng: np.random.Generator, request: pytest.FixtureRequest) -> Case:
    return make_case(rng, *request.param)


def test_cross_terms(case: Case) -> None:
    out = np.empty((N_OWN, N_BANDS), np.float32)
    scoring.cross_terms(case.canvas, 7, case.spectra, 2, 9, OCTETS, BINS, out)
    product = np.real(np.conj(case.canvas[7:16]) * case.spectra[2:11])[:, PLACES]
    np.testing.assert_allclose(
        out[:9], np.add.reduceat(product, EDGES[:-1], axis=1), rtol=1e-4, atol=1e-5
    )


def test_onset_strengths(case: Case) -> None:
    out = np.empty(N_CANVAS, np.float32)
    scoring.onset_strengths(case.canvas_powers, case.floors, case.masks, out)
    slow = slow_strengths(case.canvas_powers, case.floors, case.masks)
    np.testing.assert_allclose(out, slow, rtol=1e-5)
    assert out[0] == 0.0
    assert out[1:].min() > 0.0


def test_what_falls_and_bands_above_the_first_layer_are_no_onset(case: Case) -> None:
    powers = np.ones((3, N_BANDS), np.float32)
    powers[1] = 0.5
    powers[2, :N_ONSET_BANDS] = 0.25
    powers[2, N_ONSET_BANDS:] = 100.0
    out = np.empty(3, np.float32)
    scoring.onset_strengths(powers, case.floors, case.masks[:3], out)
    np.testing.assert_array_equal(out, 0.0)


def test_a_mask_hides_a_rise_that_it_is_louder_than(case: Case) -> None:
    """Without one a rise counts by its logarithm, however soft it is; under one by its share of it."""
    powers = np.full((2, N_BANDS), 1e-3, np.float32)
    powers[1] = 1e-1
    floors = np.full(N_BANDS, 1e-5, np.float32)
    strengths = []
    for mask in (0.0, 0.1, 10.0):
        out = np.empty(2, np.float32)
        masks = np.full((2, N_ONSET_BANDS), mask, np.float32)
        scoring.onset_strengths(powers, floors, masks, out)
        strengths.append(out[1] / N_ONSET_BANDS)
    assert strengths == pytest.approx([np.log(99.0), np.log(0.2 / 0.101), np.log(1.01)], rel=0.02)


def fast_errors(case: Case, first: int, last: int) -> np.ndarray:
    out = np.empty(last - first)
    scoring.frame_errors(case.canvas_powers, first, last, *case.aims, out)
    return out


def test_frame_errors(case: Case) -> None:
    np.testing.assert_allclose(
        fast_errors(case, 0, N_CANVAS), slow_errors(case, case.canvas), rtol=2e-5
    )


@pytest.mark.parametrize(("first", "last"), [(0, 1), (0, 7), (1, 2), (13, 29), (39, 40), (8, 8)])
def test_errors_of_some_frames_are_those_of_all(case: Case, first: int, last: int) -> None:
    """Bit for bit, though the first of them needs the frame before it."""
    whole = fast_errors(case, 0, N_CANVAS)
    np.testing.assert_array_equal(fast_errors(case, first, last), whole[first:last])


def test_the_error_of_a_frame_depends_on_it_and_on_the_one_before(case: Case) -> None:
    before = fast_errors(case, 0, N_CANVAS)
    case.canvas[20] *= np.complex64(3.0)
    changed = np.flatnonzero(fast_errors(case, 0, N_CANVAS) != before)
    assert changed.tolist() == ([20, 21] if case.onset_weight else [20])


GROUPS = np.arange(N_BANDS) % 3


def errors_at_gains(
    case: Case, gains: np.ndarray, ends: list[int], *, first: int = 0
) -> np.ndarray:
    """Of the phenotype from one of its frames on."""
    n_frames, at = ends[-1], case.at + first
    cross = np.empty((n_frames, N_BANDS), np.float32)
    scoring.cross_terms(case.canvas, at, case.spectra, first, n_frames, OCTETS, BINS, cross)
    out = np.empty((gains.size, len(ends), 4))
    scoring.errors_at_gains(
        case.canvas_powers, at, cross, case.powers, first, n_frames, np.array(ends), *case.aims,
        gains, np.empty((3, N_BANDS), np.float32), np.empty((1, N_BANDS)), GROUPS, out,
    )  # fmt: skip
    return out


@pytest.mark.parametrize("ends", [[N_OWN], [5, N_OWN], [0, 3, 3, 7, N_OWN]])
def test_errors_at_gains_equal_errors_of_the_sum(case: Case, ends: list[int]) -> None:
    """The quadratic in the gain gives what adding the spectra and starting again gives; steps may be empty."""
    gains = np.array([0.0, 0.7, -1.5, 2.0])
    out = errors_at_gains(case, gains, ends)
    for found, gain in zip(out, gains, strict=True):
        placed = case.placed(gain)
        of_bands, of_onsets = slow_band_errors(case, placed), slow_onset_errors(case, placed)
        begins = [0, *ends[:-1]]
        for row, begin, end in zip(found, begins, ends, strict=True):
            # The frame after the last belongs to the last step.
            rows = slice(case.at + begin, case.at + end + (end == N_OWN))
            slow = [of_bands[rows, group == GROUPS].sum() for group in range(3)]
            np.testing.assert_allclose(row[:3], slow, rtol=1e-4)
            np.testing.assert_allclose(row[3], of_onsets[rows].sum(), rtol=1e-4)
        whole = slow_errors(case, placed)[case.changed].sum()
        np.testing.assert_allclose(found.sum(), whole, rtol=1e-4)


def test_steps_and_groups_that_are_added_up_are_the_whole(case: Case) -> None:
    gains = np.array([0.3, -0.8])
    whole = errors_at_gains(case, gains, [N_OWN])
    parts = errors_at_gains(case, gains, [2, 4, 9, N_OWN])
    np.testing.assert_allclose(parts.sum(axis=1), whole[:, 0], rtol=1e-12)


def test_frames_outside_those_changed_have_the_errors_they_had(case: Case) -> None:
    """So that the errors at a gain tell all that placing changes."""
    before, after = slow_errors(case, case.canvas), slow_errors(case, case.placed(0.7))
    outside = np.ones(N_CANVAS, bool)
    outside[case.changed] = False
    np.testing.assert_array_equal(before[outside], after[outside])


def test_a_part_of_a_phenotype_is_scored_by_itself(case: Case) -> None:
    """Where it hangs over an end of the canvas, the frames outside are left out."""
    part = dataclasses.replace(case, spectra=case.spectra.copy(), at=4)
    part.spectra[:3] = 0.0
    part.spectra[9:] = 0.0
    out = errors_at_gains(part, np.array([0.7]), [6], first=3)
    slow = slow_errors(part, part.placed(0.7))[7:14].sum()
    np.testing.assert_allclose(out.sum(), slow, rtol=1e-4)


def test_level_sums(case: Case) -> None:
    amplitudes = np.sqrt(case.canvas_powers) + np.float32(0.25)
    out = np.empty(2)
    scoring.level_sums(
        amplitudes, case.canvas_powers, 3, case.powers, 1, 8, np.empty((2, N_BANDS)), out
    )
    own = case.powers[1:9].astype(np.float64)
    assert out[0] == pytest.approx(float((np.sqrt(own) * 0.25).sum()), rel=1e-5)
    assert out[1] == pytest.approx(float(own.sum()), rel=1e-5)


@pytest.mark.parametrize("law", LAWS)
def test_compress(rng: np.random.Generator, law: int) -> None:
    powers = (0.01 + rng.random(50)).astype(np.float32)
    out = np.empty_like(powers)
    scoring.compress(powers, law, out)
    np.testing.assert_allclose(out, slow_phi(powers.astype(np.float64), law), rtol=1e-5, atol=1e-6)
