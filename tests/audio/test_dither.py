from __future__ import annotations

import numpy as np
import pytest

from phenotune.audio.dither import STEPS, quantise_dithered

SEED = 7


def error_in_steps(level: float, n_samples: int = 200_000) -> np.ndarray:
    samples = np.full((1, n_samples), level / STEPS, np.float32)
    return quantise_dithered(samples, np.random.default_rng(SEED)).astype(float)[0] - level


@pytest.mark.parametrize("level", [0.0, 0.25, 0.5, 0.9, -1234.3])
def test_mean_and_power_of_the_error_do_not_depend_on_the_sound(level: float) -> None:
    error = error_in_steps(level)
    assert error.mean() == pytest.approx(0.0, abs=0.01)
    # A quarter of a step squared: a twelfth of rounding and two twelfths of triangular noise.
    assert (error**2).mean() == pytest.approx(0.25, rel=0.02)
    assert np.abs(error).max() <= 1.5 + 1e-2


def test_a_soft_tone_comes_through_without_distortion() -> None:
    n_samples, bin_ = 1 << 16, 1001
    tone = 0.7 * np.sin(2.0 * np.pi * bin_ * np.arange(n_samples) / n_samples) / STEPS
    samples = tone[None].astype(np.float32)
    rounded = np.rint(samples * STEPS)[0]
    dithered = quantise_dithered(samples, np.random.default_rng(SEED))[0]
    harmonics = [bin_ * k for k in (3, 5, 7, 9)]

    def levels(steps: np.ndarray) -> np.ndarray:
        return np.abs(np.fft.rfft(steps))[[bin_, *harmonics]] * 2.0 / n_samples

    assert levels(rounded)[1:].max() > 0.1
    assert levels(dithered)[0] == pytest.approx(0.7, abs=0.02)
    assert levels(dithered)[1:].max() < 0.02


def test_blocks_get_the_noise_of_the_whole(rng: np.random.Generator) -> None:
    samples = rng.uniform(-1.0, 1.0, (2, 1000)).astype(np.float32)
    whole = quantise_dithered(samples, np.random.default_rng(SEED))
    chance = np.random.default_rng(SEED)
    pieces = [quantise_dithered(samples[:, at : at + 77], chance) for at in range(0, 1000, 77)]
    assert np.array_equal(np.concatenate(pieces, axis=1), whole)


def test_channels_get_noise_of_their_own() -> None:
    silence = quantise_dithered(np.zeros((2, 10_000), np.float32), np.random.default_rng(SEED))
    assert abs(np.corrcoef(silence)[0, 1]) < 0.03


def test_what_is_beyond_full_scale_clips() -> None:
    loud = np.array([[2.0, -2.0]], np.float32)
    assert quantise_dithered(loud, np.random.default_rng(SEED)).tolist() == [[32_767, -32_768]]
