"""A phenotype's frames."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.fitness.heard import Heard
from phenotune.spectra.analysis import analyse, bands_of
from phenotune.spectra.layout import make_layout
from phenotune.spectra.settings import SpectraSettings

LAYOUT = make_layout(SpectraSettings())


@pytest.mark.parametrize("onset", [0, 1, 511, 512, 51_200, 51_333, -7, -51_200])
def test_frames_are_those_of_the_sound_at_its_onset(burst: Samples, onset: int) -> None:
    """As the canvas itself would analyse it there."""
    frames = Heard(burst, LAYOUT).at(onset)
    n_frames = LAYOUT.n_touched(burst.shape[1], onset % 512)
    there = analyse(burst, onset, frames.first, n_frames, LAYOUT)
    np.testing.assert_array_equal(frames.spectra, there[0])
    np.testing.assert_array_equal(frames.powers, bands_of(there, LAYOUT)[0])
    assert frames.first == onset // 512 - LAYOUT.lead_frames


def test_frames_are_computed_once_for_all_onsets_that_fall_alike(burst: Samples) -> None:
    heard = Heard(burst, LAYOUT)
    one, other, between = heard.at(1024), heard.at(51_200), heard.at(1025)
    assert one.spectra is other.spectra
    assert one.powers is other.powers
    assert one.spectra is not between.spectra
    assert heard.frames(0)[0] is one.spectra
    assert other.first - one.first == 98


def test_the_length_is_known(burst: Samples) -> None:
    assert Heard(burst, LAYOUT).n_samples == 8000


def test_spectra_are_those_of_the_frames_and_need_no_bands(burst: Samples) -> None:
    heard = Heard(burst, LAYOUT)
    spectra = heard.spectra(7)
    assert heard.frames(7)[0] is spectra
    assert heard.samples is burst
