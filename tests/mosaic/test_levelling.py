from __future__ import annotations

import math

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.audio.levels import peak, scale_to_fit
from phenotune.audio.loudness import LoudnessMeter
from phenotune.errors import ParameterError
from phenotune.mosaic.levelling import CEILING, Levelling, LevelMeter, Normalise
from phenotune.units import amplitude_to_db, db_to_amplitude

RATE_HZ = 8000


@pytest.fixture
def sound(rng: np.random.Generator) -> Samples:
    """Two seconds of noise with one high peak, 0.5."""
    samples = (0.02 * rng.standard_normal((2, 2 * RATE_HZ))).astype(np.float32)
    samples[1, 5000] = 0.5
    return samples


def levelled(
    samples: Samples, normalise: Normalise | None = None, *, clips: bool = True
) -> tuple[Levelling, Samples]:
    meter = LevelMeter(normalise, RATE_HZ, samples.shape[0], clips=clips)
    for start in range(0, samples.shape[1], 999):
        meter.add(samples[:, start : start + 999])
    levelling = meter.levelling()
    return levelling, levelling.apply(samples)


def lufs(samples: Samples) -> float:
    meter = LoudnessMeter(RATE_HZ, samples.shape[0])
    meter.add(samples)
    return meter.integrated_lufs()


def test_what_fits_is_left_alone(sound: Samples) -> None:
    levelling, out = levelled(sound)
    assert out is sound
    assert (levelling.gain, levelling.lufs, levelling.softer_by_lu) == (1.0, None, 0.0)
    assert levelling.peak_db == pytest.approx(amplitude_to_db(0.5))


def test_what_would_clip_is_turned_down_as_it_always_was(sound: Samples) -> None:
    levelling, out = levelled(4.0 * sound)
    assert np.array_equal(out, scale_to_fit(4.0 * sound, CEILING))
    assert levelling.gain == CEILING / 2.0
    assert levelled(4.0 * sound, clips=False)[0].gain == 1.0


@pytest.mark.parametrize("gain", [0.01, 1.0, 9.0])
@pytest.mark.parametrize("clips", [False, True])
def test_peaks_come_to_where_they_shall_be(clips: bool, gain: float, sound: Samples) -> None:
    for peak_db in (-1.0, -6.0):
        levelling, out = levelled(gain * sound, Normalise("peak", peak_db), clips=clips)
        assert amplitude_to_db(peak(out)) == pytest.approx(peak_db, abs=1e-4)
        assert levelling.peak_db == pytest.approx(peak_db)
        assert levelling.softer_by_lu == 0.0
    assert peak(levelled(sound, Normalise("peak", 0.0))[1]) == pytest.approx(CEILING)


def test_loudness_comes_to_where_it_shall_be(sound: Samples) -> None:
    for wanted in (-40.0, -35.0):
        levelling, out = levelled(sound, Normalise("loudness", lufs=wanted))
        assert lufs(out) == pytest.approx(wanted, abs=0.01)
        assert levelling.lufs == pytest.approx(wanted, abs=0.01)
        assert levelling.softer_by_lu == 0.0


def test_no_peak_passes_the_ceiling_and_what_stays_softer_is_told(sound: Samples) -> None:
    levelling, out = levelled(sound, Normalise("loudness", -3.0, -14.0), clips=False)
    assert peak(out) == pytest.approx(db_to_amplitude(-3.0), abs=1e-6)
    assert lufs(out) == pytest.approx(levelling.lufs, abs=0.01)
    assert levelling.softer_by_lu == pytest.approx(-14.0 - lufs(out), abs=0.01)
    assert levelling.softer_by_lu > 3.0


@pytest.mark.parametrize("to", ["peak", "loudness"])
def test_silence_stays_silence(to: str) -> None:
    for n_samples in (0, 5000):
        silence = np.zeros((1, n_samples), np.float32)
        levelling, out = levelled(silence, Normalise(to))  # type: ignore[arg-type]
        assert out is silence
        assert (levelling.gain, levelling.peak_db) == (1.0, -math.inf)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("rms",), "normalise: expected peak or loudness, got 'rms'"),
        (("peak", 1.0), "peak_db: expected -60 to 0 dB, got 1"),
        (("peak", math.nan), "peak_db: expected -60 to 0 dB, got nan"),
        (("loudness", -1.0, -70.0), "lufs: expected -60 to 0 LUFS, got -70"),
    ],
)
def test_levels_that_make_no_sense(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        Normalise(*arguments)  # type: ignore[arg-type]
