"""Phenotypes: folded as the canvas wants them, and kept within bounds."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.fitness.phenotypes import Phenotypes
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.reverse import Reverse
from phenotune.library.clip import Clip

from .conftest import RATE_HZ, FewSounds


@pytest.fixture
def sounds(rng: np.random.Generator) -> FewSounds:
    return FewSounds({"wide": rng.standard_normal((2, 5000)).astype(np.float32)})


def clip(start: int, n_samples: int = 1000) -> Chromosome:
    return Chromosome(Clip("wide", start, n_samples), (Reverse(),))


def test_stereo_is_folded_for_a_mono_canvas(sounds: FewSounds) -> None:
    stereo = Phenotypes(sounds, RATE_HZ, 2, fade_ms=0.0).render(clip(0))
    mono = Phenotypes(sounds, RATE_HZ, 1, fade_ms=0.0).render(clip(0))
    assert stereo.shape == (2, 1000)
    np.testing.assert_array_equal(mono, stereo.mean(axis=0, keepdims=True))


def test_the_middle_is_the_mean_of_what_lands(sounds: FewSounds) -> None:
    phenotypes = Phenotypes(sounds, RATE_HZ, 2, fade_ms=5.0)
    middle, stereo = phenotypes.render_middle(clip(0)), phenotypes.render(clip(0))
    assert middle.shape == (1, 1000)
    np.testing.assert_allclose(middle, stereo.mean(axis=0, keepdims=True), rtol=0.0, atol=1e-6)
    assert phenotypes.n_bytes == 0


def test_what_is_recalled_is_what_is_rendered(sounds: FewSounds) -> None:
    phenotypes = Phenotypes(sounds, RATE_HZ, 2, fade_ms=5.0)
    first = phenotypes.recall(clip(10))
    assert phenotypes.recall(clip(10)) is first
    np.testing.assert_array_equal(first, phenotypes.render(clip(10)))


def test_what_is_kept_is_bounded_and_stays_until_it_is_forgotten(sounds: FewSounds) -> None:
    phenotypes = Phenotypes(sounds, RATE_HZ, 2, fade_ms=0.0, max_bytes=3 * 8000)
    kept = [phenotypes.recall(clip(start)) for start in range(3)]
    fourth = phenotypes.recall(clip(3))
    assert phenotypes.n_bytes == 3 * 8000
    assert phenotypes.recall(clip(3)) is not fourth
    assert all(phenotypes.recall(clip(start)) is kept[start] for start in range(3))
    phenotypes.forget(clip(1))
    assert phenotypes.n_bytes == 2 * 8000
    fourth = phenotypes.recall(clip(3))
    assert phenotypes.recall(clip(3)) is fourth
    phenotypes.forget(clip(2000))


def test_lengths_are_known_without_rendering(sounds: FewSounds) -> None:
    phenotypes = Phenotypes(sounds, RATE_HZ, 2, fade_ms=0.0, max_bytes=0)
    assert phenotypes.n_samples(clip(0, 700)) == 700
    sounds.sounds.clear()
    assert phenotypes.n_samples(clip(0, 700)) == 700


def test_what_is_too_large_to_be_kept_is_rendered_all_the_same(sounds: FewSounds) -> None:
    phenotypes = Phenotypes(sounds, RATE_HZ, 2, fade_ms=0.0, max_bytes=100)
    assert phenotypes.recall(clip(0)).shape == (2, 1000)
    assert phenotypes.n_bytes == 0


def test_a_sound_that_is_at_hand_is_kept_once(sounds: FewSounds) -> None:
    phenotypes = Phenotypes(sounds, RATE_HZ, 2, fade_ms=0.0)
    samples = phenotypes.render(clip(0))
    phenotypes.keep(clip(0), samples)
    phenotypes.keep(clip(0), samples.copy())
    assert phenotypes.recall(clip(0)) is samples
    assert phenotypes.n_bytes == samples.nbytes
