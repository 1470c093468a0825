"""What the search knows of the target."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.errors import ParameterError, TargetError
from phenotune.spectra.analysis import analyse_bands
from phenotune.spectra.layout import make_layout
from phenotune.spectra.settings import LawSettings, SpectraSettings
from phenotune.spectra.target import TargetSpectra, prepare_target

SETTINGS = SpectraSettings()
LAYOUT = make_layout(SETTINGS)


def prepare(samples: np.ndarray, settings: SpectraSettings = SETTINGS) -> TargetSpectra:
    return prepare_target(samples.astype(np.float32), LAYOUT, settings)


def test_silence_has_the_distance_one(rng: np.random.Generator) -> None:
    target = prepare(rng.standard_normal((2, 20_000)))
    silence = np.zeros_like(target.amplitudes)
    assert target.errors(silence).sum() == pytest.approx(1.0, rel=1e-5)


def test_the_target_itself_has_the_distance_zero(rng: np.random.Generator) -> None:
    samples = rng.standard_normal((1, 20_000)).astype(np.float32)
    target = prepare(samples)
    powers = analyse_bands(samples, target.n_frames, LAYOUT)
    np.testing.assert_array_equal(target.errors(powers), 0.0)


def test_loudness_of_the_target_does_not_matter(rng: np.random.Generator) -> None:
    """The distance is relative to the target, so twice the level asks for twice the level and is otherwise the same."""
    samples = rng.standard_normal((1, 20_000))
    quiet, loud = prepare(0.25 * samples), prepare(samples)
    half = analyse_bands((0.5 * samples).astype(np.float32), loud.n_frames, LAYOUT)
    eighth = analyse_bands((0.125 * samples).astype(np.float32), quiet.n_frames, LAYOUT)
    np.testing.assert_allclose(loud.errors(half), quiet.errors(eighth), rtol=1e-4)


def test_each_law_contributes_its_weight(rng: np.random.Generator) -> None:
    laws = (LawSettings(law="log", weight=3.0), LawSettings(law="fourth_root", weight=1.0))
    target = prepare(rng.standard_normal((1, 20_000)), SpectraSettings(laws=laws))
    silence = np.broadcast_to(target.floors, target.amplitudes.shape)
    logs = (target.compressed[0] - np.log(silence)) ** 2 * target.weights[0]
    assert float(logs.sum()) == pytest.approx(0.75, rel=1e-4)


def test_a_channel_that_is_silent_counts_as_silent(rng: np.random.Generator) -> None:
    samples = rng.standard_normal((2, 20_000))
    samples[1] = 0.0
    target = prepare(samples)
    errors = target.errors(np.zeros_like(target.amplitudes))
    assert errors[0].sum() == pytest.approx(1.0, rel=1e-4)
    assert errors[1].sum() == 0.0


def test_a_target_of_silence_is_refused() -> None:
    with pytest.raises(TargetError, match="silent where the search listens"):
        prepare(np.zeros((1, 20_000)))


def test_no_law_at_all_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"spectra\.laws: expected at least one law, got none"):
        prepare(np.ones((1, 20_000)), SpectraSettings(laws=()))
