"""From sound to frames."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.spectra.analysis import analyse, analyse_bands, bands_of
from phenotune.spectra.layout import Layout, make_layout
from phenotune.spectra.settings import SpectraSettings


@pytest.fixture(scope="module")
def layout() -> Layout:
    return make_layout(SpectraSettings())


def slow_frame(samples: np.ndarray, centre: int, layout: Layout) -> np.ndarray:
    """One frame from the definition: low-pass by convolution, cut, window, transform, in float64."""
    parts = []
    for layer in layout.layers:
        half, step = layer.window.size // 2, layer.decimation
        taps = layer.taps.astype(np.float64)
        margin = half * step + taps.size
        padded = np.pad(samples.astype(np.float64), margin)
        low = np.convolve(padded, taps[::-1], mode="same")
        positions = margin + centre + step * np.arange(-half, half)
        cut = np.array([low[p] if 0 <= p < low.size else 0.0 for p in positions])
        bins = np.fft.rfft(cut * layer.window)
        parts.append(bins[layer.first_bin : layer.last_bin])
    return np.concatenate(parts)


@pytest.mark.parametrize("frame", [-5, 0, 3, 17, 21])
def test_analyse_equals_its_slow_twin(rng: np.random.Generator, layout: Layout, frame: int) -> None:
    samples = rng.standard_normal((1, 9000)).astype(np.float32)
    spectra = analyse(samples, 0, frame, 1, layout)[0, 0]
    np.testing.assert_allclose(
        spectra[layout.places], slow_frame(samples[0], frame * layout.hop, layout), atol=2e-6
    )
    assert not spectra[layout.gaps].any()


@pytest.mark.parametrize("window", [256, 1024, 4096])
def test_windows_of_any_length_equal_their_slow_twin(rng: np.random.Generator, window: int) -> None:
    layers = (
        {"window": window, "bands": 30},
        {"window": window, "decimation": 2, "max_hz": 9000.0},
    )
    layout = make_layout(SpectraSettings.model_validate({"layers": layers}))
    samples = rng.standard_normal((1, 3000)).astype(np.float32)
    spectra = analyse(samples, 100, 4, 1, layout)[0, 0, layout.places]
    slow = slow_frame(samples[0], 4 * layout.hop - 100, layout)
    np.testing.assert_allclose(spectra, slow, atol=2e-6)


@pytest.mark.parametrize("n_samples", [0, 1, 2, 511, 512, 513, 1023, 1025, 4097])
def test_a_frame_does_not_depend_on_the_frames_beside_it(
    rng: np.random.Generator, layout: Layout, n_samples: int
) -> None:
    """Bit for bit: a canvas that is refreshed piece by piece equals one that is analysed whole."""
    samples = rng.standard_normal((2, n_samples)).astype(np.float32)
    n_frames = layout.n_touched(n_samples)
    together = analyse(samples, 0, -layout.lead_frames, n_frames, layout)
    for i in range(n_frames):
        alone = analyse(samples, 0, i - layout.lead_frames, 1, layout)
        np.testing.assert_array_equal(alone[:, 0], together[:, i])


@pytest.mark.parametrize("onset", [0, 1, 511, 512, 1300])
def test_moving_the_sound_by_hops_moves_its_frames(
    rng: np.random.Generator, layout: Layout, onset: int
) -> None:
    samples = rng.standard_normal((1, 3000)).astype(np.float32)
    residue, first = onset % layout.hop, onset // layout.hop - layout.lead_frames
    n_frames = layout.n_touched(3000, residue)
    own = analyse(samples, residue, -layout.lead_frames, n_frames, layout)
    there = analyse(samples, onset, first, n_frames, layout)
    np.testing.assert_array_equal(own, there)


def test_the_frames_touched_hold_all_of_the_sound(rng: np.random.Generator, layout: Layout) -> None:
    samples = rng.standard_normal((1, 2000)).astype(np.float32)
    n_frames = layout.n_touched(2000, 100)
    outside = analyse(samples, 100, -layout.lead_frames - 3, 3, layout)
    beyond = analyse(samples, 100, n_frames - layout.lead_frames, 3, layout)
    assert not outside.any()
    assert not beyond.any()


def test_a_sine_of_amplitude_one_shows_as_a_half_in_every_layer(layout: Layout) -> None:
    rate_hz, frequency_hz = 44_100, 44_100 / 4 / 1024 * 80
    t = np.arange(rate_hz) / rate_hz
    samples = np.sin(2 * np.pi * frequency_hz * t)[None].astype(np.float32)
    spectra = np.abs(analyse(samples, 0, 40, 1, layout)[0, 0, layout.places])
    long = spectra[layout.layers[0].n_bins :]
    assert spectra[:513].max() == pytest.approx(0.5, rel=0.02)
    assert long.max() == pytest.approx(0.5, rel=0.02)


def test_bands_of_a_whole_sound_do_not_depend_on_the_block(
    rng: np.random.Generator, layout: Layout
) -> None:
    samples = rng.standard_normal((2, 30_000)).astype(np.float32)
    n_frames = layout.n_frames(30_000)
    whole = bands_of(analyse(samples, 0, 0, n_frames, layout), layout)
    np.testing.assert_array_equal(analyse_bands(samples, n_frames, layout, block=7), whole)
