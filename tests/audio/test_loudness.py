from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from pyloudnorm import Meter

from phenotune.arrays import Samples
from phenotune.audio.files import read_sound
from phenotune.audio.loudness import LoudnessMeter
from phenotune.errors import ParameterError
from phenotune.units import amplitude_to_db, db_to_amplitude


def sine(hz: float, rate_hz: int, duration_s: float, level_db: float = 0.0) -> Samples:
    time_s = np.arange(round(duration_s * rate_hz)) / rate_hz
    wave = db_to_amplitude(level_db) * np.sin(2.0 * np.pi * hz * time_s)
    return wave[None].astype(np.float32)


def measured(samples: Samples, rate_hz: int, block: int = 30_011) -> LoudnessMeter:
    meter = LoudnessMeter(rate_hz, samples.shape[0])
    for start in range(0, samples.shape[1], block):
        meter.add(samples[:, start : start + block])
    return meter


def of_pyloudnorm(samples: Samples, rate_hz: int) -> float:
    """The slow twin, over the whole sound at once."""
    meter = Meter(rate_hz, filter_class="DeMan")
    return float(meter.integrated_loudness(samples.T.astype(np.float64)))


@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
def test_the_tone_that_the_recommendation_names(rate_hz: int) -> None:
    tone = sine(997.0, rate_hz, 5.0)
    assert measured(tone, rate_hz).integrated_lufs() == pytest.approx(-3.01, abs=0.01)
    both = np.repeat(tone, 2, axis=0)
    assert measured(both, rate_hz).integrated_lufs() == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize("rate_hz", [8000, 11_025, 22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("n_channels", [1, 2])
def test_blocks_give_what_pyloudnorm_gives(
    n_channels: int, rate_hz: int, rng: np.random.Generator
) -> None:
    n_samples = round(3.17 * rate_hz)
    swell = np.abs(np.sin(np.arange(n_samples) * 3.0 / rate_hz)) ** 6
    samples = (0.3 * swell * rng.standard_normal((n_channels, n_samples))).astype(np.float32)
    wanted = of_pyloudnorm(samples, rate_hz)
    for block in (997, 30_011, 10**9):
        found = measured(samples, rate_hz, block).integrated_lufs()
        assert found == pytest.approx(wanted, abs=1e-6)


@pytest.mark.slow
def test_real_music_gives_what_pyloudnorm_gives(real_audio: Path) -> None:
    for path in sorted((real_audio / "targets").glob("*.ogg")):
        sound = read_sound(path)
        for samples in (sound.samples, sound.samples[:1]):
            found = measured(samples, sound.rate_hz).integrated_lufs()
            assert found == pytest.approx(of_pyloudnorm(samples, sound.rate_hz), abs=0.001)
            usual = Meter(sound.rate_hz).integrated_loudness(samples.T.astype(np.float64))
            assert found == pytest.approx(
                usual, abs=0.06
            )  # its other filters, less like the tables


def test_rests_do_not_count() -> None:
    tone, rest = sine(440.0, 48_000, 4.0, -20.0), np.zeros((1, 48_000 * 20), np.float32)
    alone = measured(tone, 48_000).integrated_lufs()
    with_rest = measured(np.concatenate([tone, rest], axis=1), 48_000).integrated_lufs()
    assert with_rest == pytest.approx(alone, abs=0.3)


def test_silence_has_no_loudness() -> None:
    for samples in (np.zeros((2, 50_000), np.float32), np.zeros((2, 0), np.float32)):
        meter = measured(samples, 44_100)
        assert meter.integrated_lufs() == -math.inf
        assert meter.gain_to(-14.0) is None


def test_less_than_a_block_is_a_block() -> None:
    short, long = sine(997.0, 48_000, 0.2, -6.0), sine(997.0, 48_000, 4.0, -6.0)
    assert measured(short, 48_000).integrated_lufs() == pytest.approx(
        measured(long, 48_000).integrated_lufs(), abs=0.1
    )


@pytest.mark.parametrize("level_db", [-3.0, -40.0, -90.0])
def test_the_gain_that_is_told_reaches_the_loudness(level_db: float) -> None:
    soft = np.concatenate(
        [sine(500.0, 44_100, 2.0, level_db), sine(500.0, 44_100, 2.0, level_db - 12.0)], axis=1
    )
    meter = measured(soft, 44_100)
    gain = meter.gain_to(-14.0)
    assert gain is not None
    assert meter.integrated_lufs(gain) == pytest.approx(-14.0, abs=0.001)
    louder = measured(soft * np.float32(gain), 44_100)
    assert louder.integrated_lufs() == pytest.approx(-14.0, abs=0.01)
    if level_db > -50.0:
        assert amplitude_to_db(gain) == pytest.approx(-14.0 - meter.integrated_lufs(), abs=0.01)


def test_what_cannot_be_measured_is_refused() -> None:
    with pytest.raises(ParameterError, match="expected 4000 Hz or more to measure loudness"):
        LoudnessMeter(2000, 1)
    with pytest.raises(ParameterError, match="n_channels: expected 1 or 2, got 3"):
        LoudnessMeter(48_000, 3)
