from __future__ import annotations

import numpy as np
import pytest

from phenotune.audio.resampling import resample
from phenotune.mosaic.facts import SourceFacts, TargetFacts

SHA = "0" * 64


@pytest.mark.parametrize("n_samples", [0, 1, 2, 80, 240, 44_099, 44_100, 1_323_001])
@pytest.mark.parametrize("rate_hz", [8_000, 44_100, 48_000])
def test_the_length_is_exact_at_the_targets_own_rate(n_samples: int, rate_hz: int) -> None:
    target = TargetFacts("song.wav", SHA, rate_hz, 2, n_samples / rate_hz)
    assert target.n_samples(rate_hz) == n_samples
    assert SourceFacts("s0", "a.wav", SHA, rate_hz, 2, n_samples / rate_hz).n_samples == n_samples


@pytest.mark.parametrize("n_samples", [0, 1, 80, 240, 400, 481, 48_000])
@pytest.mark.parametrize("rate_hz", [8_000, 44_100, 96_000])
def test_elsewhere_it_is_that_of_the_resampled_target(n_samples: int, rate_hz: int) -> None:
    target = TargetFacts("song.wav", SHA, 48_000, 1, n_samples / 48_000)
    resampled = resample(np.zeros((1, n_samples), np.float32), 48_000, rate_hz)
    assert target.n_samples(rate_hz) == resampled.shape[1]
