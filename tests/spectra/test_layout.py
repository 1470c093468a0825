"""How frames are laid out."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.errors import ParameterError
from phenotune.spectra.layout import deal_bands, hz_to_mel, make_layout, mel_to_hz
from phenotune.spectra.settings import LayerSettings, SpectraSettings


def test_the_default_layout_covers_the_whole_spectrum_twice_below_4_khz() -> None:
    layout = make_layout(SpectraSettings())
    short, long = layout.layers
    assert (short.first_bin, short.last_bin) == (0, 513)
    assert long.decimation == 4
    assert long.first_bin * 44_100 / 4 / 1024 == pytest.approx(30.0, abs=11.0)
    assert long.last_bin * 44_100 / 4 / 1024 == pytest.approx(4200.0, abs=11.0)
    assert layout.n_bands == layout.layer_of_band().size


def test_bands_are_disjoint_and_leave_no_bin_out() -> None:
    layout = make_layout(SpectraSettings())
    assert layout.edges[0] == 0
    assert np.all(np.diff(layout.edges) >= 1)
    assert layout.edges[-1] == sum(layer.n_bins for layer in layout.layers)


def test_mel_scale_has_1000_mel_near_1000_hz_and_an_inverse() -> None:
    assert hz_to_mel(np.array([1000.0]))[0] == pytest.approx(1000.0, abs=0.1)
    hz = np.array([0.0, 50.0, 440.0, 20_000.0])
    np.testing.assert_allclose(mel_to_hz(hz_to_mel(hz)), hz, atol=1e-9)


def test_the_low_pass_lets_pass_what_is_heard_and_stops_what_would_fold_into_it() -> None:
    layer = make_layout(SpectraSettings()).layers[1]
    response = np.abs(np.fft.rfft(layer.taps, 8192))
    hz = np.fft.rfftfreq(8192, 1 / 44_100)
    heard = response[hz <= 4200.0]
    assert 20 * np.log10(heard.min()) > -1.0
    folds = response[hz >= 44_100 / 4 - 4200.0]
    assert 20 * np.log10(folds.max()) < -55.0


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (LayerSettings(window=1000), "power of two"),
        (LayerSettings(decimation=3), "does not divide"),
        (LayerSettings(decimation=4, min_hz=6000.0), "below max_hz"),
    ],
)
def test_layers_that_make_no_sense_are_refused(layer: LayerSettings, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        make_layout(SpectraSettings(layers=(layer,)))


def test_no_layer_at_all_is_refused() -> None:
    with pytest.raises(ParameterError, match="at least one resolution"):
        make_layout(SpectraSettings(layers=()))


def test_bands_that_fall_into_one_bin_are_refused() -> None:
    layer = LayerSettings(window=64, min_hz=100.0, max_hz=101.0)
    with pytest.raises(ParameterError, match=r"min_hz 100 to max_hz 101 is less than .*\(689 Hz\)"):
        make_layout(SpectraSettings(layers=(layer,)))


@pytest.mark.parametrize("n_bands", [1, 7, 8, 9, 24, 30])
def test_bins_of_eight_bands_stand_side_by_side(rng: np.random.Generator, n_bands: int) -> None:
    widths = rng.integers(1, 6, n_bands)
    edges = np.concatenate([[0], np.cumsum(widths)])
    octets, places = deal_bands(edges)
    assert places.size == edges[-1] == np.unique(places).size
    start = 0
    for k, n_rows in enumerate(octets):
        assert n_rows == widths[8 * k : 8 * k + 8].max()
        for b in range(8 * k, min(8 * k + 8, n_bands)):
            found = places[edges[b] : edges[b + 1]]
            np.testing.assert_array_equal(found, start + b % 8 + 8 * np.arange(widths[b]))
        start += 8 * n_rows
    assert places.max() < start


def test_places_and_gaps_make_up_a_frame() -> None:
    layout = make_layout(SpectraSettings())
    both = np.concatenate([layout.places, layout.gaps])
    np.testing.assert_array_equal(np.sort(both), np.arange(layout.n_bins))
    assert layout.places.size == layout.edges[-1]
