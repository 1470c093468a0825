from __future__ import annotations

import numpy as np
import pytest

from phenotune.measures.short_time import BLOCK_FRAMES, frame_blocks, hann, magnitude_blocks


def slow_magnitudes(sound, n_fft, hop_length):
    """The definition, frame by frame."""
    padded = np.concatenate([np.zeros(n_fft // 2), sound, np.zeros(n_fft // 2)])
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)
    starts = range(0, len(padded) - n_fft + 1, hop_length)
    return np.array([np.abs(np.fft.rfft(padded[i : i + n_fft] * window)) for i in starts])


@pytest.mark.parametrize("n_samples", [0, 1, 2, 63, 64, 65, 127, 128, 129, 255, 256, 257, 1000])
def test_blocks_equal_the_definition_at_awkward_lengths(rng, n_samples):
    sound = rng.standard_normal(n_samples).astype(np.float32)
    fast = np.concatenate(list(magnitude_blocks(sound, 256, 64)))
    np.testing.assert_allclose(fast, slow_magnitudes(sound, 256, 64), atol=1e-12)


def test_blocks_join_without_a_seam(rng):
    hop_length = 16
    sound = rng.standard_normal(hop_length * (2 * BLOCK_FRAMES + 3)).astype(np.float32)
    blocks = list(magnitude_blocks(sound, 64, hop_length))
    assert [len(block) for block in blocks] == [BLOCK_FRAMES, BLOCK_FRAMES, 4]
    np.testing.assert_allclose(
        np.concatenate(blocks), slow_magnitudes(sound, 64, hop_length), atol=1e-12
    )


def test_a_frame_is_centred_on_its_sample():
    sound = np.zeros(100, dtype=np.float32)
    sound[30] = 1.0
    frames = np.concatenate(list(frame_blocks(sound, 8, 10)))
    assert frames.shape == (11, 8)
    assert frames[3].tolist() == [0, 0, 0, 0, 1, 0, 0, 0]


def test_a_sine_on_a_bin_has_a_quarter_of_the_frame_as_magnitude():
    sound = np.sin(2 * np.pi * 10 / 256 * np.arange(4096)).astype(np.float32)
    (block,) = magnitude_blocks(sound, 256, 64)
    assert block[30, 10] == pytest.approx(64.0, abs=1e-4)
    assert block[30, 20] == pytest.approx(0.0, abs=1e-4)


def test_the_hann_window_is_periodic():
    window = hann(6)
    np.testing.assert_allclose(window[1:], window[1:][::-1])
    assert window[0] == 0.0
    assert window[3] == 1.0
