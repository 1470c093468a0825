from __future__ import annotations

import numpy as np
import pytest

from phenotune.audio import levels
from phenotune.audio.levels import active_rms, gain_to_fit, peak, rms, scale_to_fit
from phenotune.errors import ParameterError


def sound(*channels: list[float]) -> np.ndarray:
    return np.array(channels, dtype=np.float32)


def test_rms_and_peak_of_five_samples() -> None:
    samples = sound([0.0, 0.5, -1.0, 0.5, 0.0], [0.0, 0.0, 0.0, 0.0, 0.0])
    assert rms(samples) == pytest.approx((1.5 / 10) ** 0.5)
    assert peak(samples) == 1.0


@pytest.mark.parametrize("n_channels", [1, 2])
def test_levels_of_nothing_are_zero(n_channels: int) -> None:
    nothing = np.zeros((n_channels, 0), dtype=np.float32)
    assert (rms(nothing), peak(nothing), active_rms(nothing, 44_100)) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("n_samples", [1, 2, 7, 8, 9, 23])
def test_long_sound_is_measured_in_pieces(
    n_samples: int, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples = rng.standard_normal((2, n_samples)).astype(np.float32)
    expected = rms(samples), active_rms(samples, 40)  # blocks of two samples
    monkeypatch.setattr(levels, "_SAMPLES_AT_ONCE", 8)
    assert (rms(samples), active_rms(samples, 40)) == pytest.approx(expected, rel=1e-12)


def test_active_rms_leaves_out_rests_and_soft_tails() -> None:
    samples = np.zeros((1, 4000), dtype=np.float32)
    samples[:, :1000] = 0.5
    samples[:, 1000:2000] = 0.5 * 10 ** (-41 / 20)
    assert active_rms(samples, 1000) == pytest.approx(0.5)


def test_active_rms_of_an_incomplete_block_is_not_watered_down() -> None:
    assert active_rms(sound([0.5, 0.5, 0.5]), 40) == pytest.approx(0.5)


def test_active_rms_of_silence_is_zero() -> None:
    assert active_rms(np.zeros((2, 5000), dtype=np.float32), 1000) == 0.0


def test_scale_to_fit_turns_down_and_never_up() -> None:
    loud, soft = sound([0.5, -2.0]), sound([0.25, -0.5])
    assert scale_to_fit(loud).tolist() == [[0.25, -1.0]]
    assert scale_to_fit(soft) is soft
    assert gain_to_fit(loud, ceiling=0.5) == 0.25


def test_scale_to_fit_keeps_to_the_ceiling_in_spite_of_rounding(rng: np.random.Generator) -> None:
    for loudest in rng.uniform(1.0, 50.0, 500):
        scaled = scale_to_fit(sound([float(loudest), -float(loudest)]), ceiling=0.99)
        assert scaled.dtype == np.float32
        assert peak(scaled) <= np.float32(0.99)


@pytest.mark.parametrize("ceiling", [0.0, -1.0, float("nan")])
def test_a_ceiling_is_above_zero(ceiling: float) -> None:
    with pytest.raises(ParameterError, match="ceiling: expected an amplitude above 0"):
        scale_to_fit(sound([1.0]), ceiling)
