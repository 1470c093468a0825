"""The transform of 1024 samples, against NumPy's in float64."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.kernels.transform import N_SCRATCH, N_WINDOW, transform_frames


def transformed(samples: np.ndarray, n_frames: int, hop: int, window: np.ndarray) -> np.ndarray:
    out = np.empty((n_frames, N_WINDOW // 2 + 1), np.complex64)
    places = np.arange(out.shape[1])
    scratch = np.full(N_SCRATCH, np.nan, np.float32)
    transform_frames(samples, hop, window, 0, places, scratch, out)
    return out


@pytest.mark.parametrize(("n_frames", "hop"), [(1, 512), (7, 128), (3, 1), (2, 2048)])
def test_frames_equal_their_slow_twin(rng: np.random.Generator, n_frames: int, hop: int) -> None:
    samples = rng.standard_normal((n_frames - 1) * hop + N_WINDOW).astype(np.float32)
    window = rng.random(N_WINDOW).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, N_WINDOW)[::hop]
    slow = np.fft.rfft(frames.astype(np.float64) * window, axis=1)
    found = transformed(samples, n_frames, hop, window)
    assert np.abs(found - slow).max() < 1e-6 * np.abs(slow).max()


def test_every_bin_of_an_impulse_and_of_sines() -> None:
    """Known answers: an error that only one bin or one sample has would be lost among random numbers."""
    t, window = np.arange(N_WINDOW), np.ones(N_WINDOW, np.float32)
    for position in (0, 1, 2, 15, 16, 511, 512, 1023):
        impulse = (t == position).astype(np.float32)
        wanted = np.exp(-2j * np.pi * t[:513] * position / N_WINDOW)
        found = transformed(impulse, 1, 512, window)[0]
        np.testing.assert_allclose(found, wanted, atol=1e-6)
    for line in range(1, 512):
        sine = np.sin(2 * np.pi * t * line / N_WINDOW).astype(np.float32)
        wanted = np.where(np.arange(513) == line, -512j, 0.0)
        np.testing.assert_allclose(transformed(sine, 1, 512, window)[0], wanted, atol=1e-3)


def test_only_the_bins_asked_for_are_written(rng: np.random.Generator) -> None:
    samples = rng.standard_normal(N_WINDOW).astype(np.float32)
    window = np.ones(N_WINDOW, np.float32)
    places = np.array([5, 0, 3])
    out = np.full((1, 6), 7.0, np.complex64)
    transform_frames(samples, 512, window, 510, places, np.empty(N_SCRATCH, np.float32), out)
    np.testing.assert_array_equal(out[0, places], transformed(samples, 1, 512, window)[0, 510:513])
    np.testing.assert_array_equal(out[0, [1, 2, 4]], 7.0)
