from __future__ import annotations

from dataclasses import asdict, astuple, fields

import numpy as np
import pytest

from phenotune.errors import ParameterError, TargetError
from phenotune.measures.measure import MeasuredTarget, Measures, measure

RATE_HZ = 44_100


@pytest.fixture
def song(rng):
    """One second of decaying chirps in stereo."""
    times_s = np.arange(RATE_HZ) / RATE_HZ
    decay = np.exp(-8.0 * np.mod(times_s, 0.25))
    tone = np.sin(2 * np.pi * (300 + 500 * np.mod(times_s, 0.5)) * times_s)
    noise = 0.02 * rng.standard_normal(RATE_HZ)
    return np.stack([0.3 * decay * tone, 0.2 * decay * (tone + noise)]).astype(np.float32)


def test_the_columns_come_in_the_order_of_the_page():
    assert [field.name for field in fields(Measures)] == [
        *("lmsd_db", "sc", "mrstft", "chroma", "chroma_c", "onset_r", "mel_expl", "mel_expl_c"),
        *("gain_db", "lag_ms"),
    ]


def test_the_target_itself_is_perfect(song):
    perfect = Measures(0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 100.0, 100.0, gain_db=0.0, lag_ms=0.0)
    assert astuple(measure(song, RATE_HZ, song, RATE_HZ)) == pytest.approx(
        astuple(perfect), abs=1e-5
    )


def test_silence_has_the_worst_figures_that_mean_something(song):
    silent = measure(song, RATE_HZ, np.zeros_like(song), RATE_HZ)
    assert (silent.sc, silent.mel_expl, silent.mel_expl_c) == (1.0, 0.0, 0.0)
    assert (silent.chroma, silent.chroma_c, silent.onset_r) == (0.0, 0.0, 0.0)
    assert (silent.gain_db, silent.lag_ms) == (0.0, 0.0)
    assert silent.lmsd_db > 10.0


@pytest.mark.parametrize("n_samples", [0, 1, 2, 511, 3000])
def test_what_is_missing_at_the_end_counts_as_silence(song, n_samples):
    cut = song[:, :n_samples]
    filled = np.pad(cut, ((0, 0), (0, RATE_HZ - n_samples)))
    assert measure(song, RATE_HZ, cut, RATE_HZ) == measure(song, RATE_HZ, filled, RATE_HZ)


def test_what_is_longer_is_cut(song):
    longer = np.concatenate([song, song], axis=1)
    assert measure(song, RATE_HZ, longer, RATE_HZ) == measure(song, RATE_HZ, song, RATE_HZ)


def test_channels_are_averaged(song):
    mono = song.mean(axis=0, dtype=np.float64).astype(np.float32)[np.newaxis]
    assert measure(song, RATE_HZ, mono, RATE_HZ) == measure(song, RATE_HZ, song, RATE_HZ)
    assert measure(mono, RATE_HZ, song, RATE_HZ) == measure(song, RATE_HZ, song, RATE_HZ)


def test_channels_that_cancel_are_silent(song):
    opposite = np.stack([song[0], -song[0]])
    assert measure(song, RATE_HZ, opposite, RATE_HZ).sc == 1.0


def test_align_takes_the_lag_away(song):
    n_late = 8 * 128
    late = np.pad(song, ((0, 0), (n_late, 0)))
    as_it_is = measure(song, RATE_HZ, late, RATE_HZ)
    aligned = measure(song, RATE_HZ, late, RATE_HZ, align=True)
    assert as_it_is.lag_ms == aligned.lag_ms == pytest.approx(1000 * n_late / RATE_HZ)
    assert as_it_is.onset_r < 0.5
    assert aligned.onset_r > 0.9
    assert aligned.mel_expl > 95.0 > as_it_is.mel_expl


def test_several_outputs_against_one_target(song):
    target = MeasuredTarget(song, RATE_HZ)
    reversed_song = np.ascontiguousarray(song[:, ::-1])
    for audio in (song, reversed_song, song):
        assert target.measure(audio, RATE_HZ) == measure(song, RATE_HZ, audio, RATE_HZ)


def test_neither_sound_is_changed(song):
    before = song.copy()
    other = song[:, ::-1].copy()
    measure(song, RATE_HZ, other, RATE_HZ, align=True)
    np.testing.assert_array_equal(song, before)
    np.testing.assert_array_equal(other, before[:, ::-1])


@pytest.mark.parametrize("n_samples", [1, 2, 3, 127, 128, 129, 511, 512, 513, 2047, 2048, 2049])
def test_targets_of_awkward_lengths(rng, n_samples):
    sound = rng.standard_normal((1, n_samples)).astype(np.float32)
    itself = measure(sound, RATE_HZ, sound, RATE_HZ)
    assert np.isfinite(list(asdict(itself).values())).all()
    assert itself.mel_expl == pytest.approx(100.0)
    assert itself.sc == pytest.approx(0.0, abs=1e-5)


@pytest.mark.parametrize("rate_hz", [8000, 22_050, 48_000, 96_000])
def test_sounds_at_the_same_other_rate(rng, rate_hz):
    sound = rng.standard_normal((2, rate_hz // 2)).astype(np.float32)
    assert measure(sound, rate_hz, sound, rate_hz).mel_expl == pytest.approx(100.0)


@pytest.mark.parametrize("n_samples", [0, 1, 500])
def test_a_silent_target_is_refused(n_samples):
    with pytest.raises(TargetError, match="target: expected a sound to measure against"):
        MeasuredTarget(np.zeros((2, n_samples), dtype=np.float32), RATE_HZ)


def test_values_of_the_target_that_are_not_finite_count_as_zero(song):
    broken, mended = song.copy(), song.copy()
    broken[0, 7], mended[0, 7] = np.nan, 0.0
    with pytest.warns(RuntimeWarning, match="target: 1 samples are not finite"):
        found = measure(broken, RATE_HZ, song, RATE_HZ)
    assert found == measure(mended, RATE_HZ, song, RATE_HZ)


@pytest.mark.parametrize("shape", [(100,), (0, 100), (1, 2, 3)])
def test_other_shapes_are_refused(song, shape):
    wrong = np.ones(shape, dtype=np.float32)
    with pytest.raises(ParameterError, match=r"target: expected shape \(n_channels, n_samples\)"):
        measure(wrong, RATE_HZ, song, RATE_HZ)
    with pytest.raises(ParameterError, match=r"audio: expected shape \(n_channels, n_samples\)"):
        measure(song, RATE_HZ, wrong, RATE_HZ)


@pytest.mark.parametrize("rate_hz", [0, -44_100, float("nan"), float("inf")])
def test_rates_that_are_none_are_refused(song, rate_hz):
    with pytest.raises(ParameterError, match="audio: expected a sample rate above 0 Hz"):
        measure(song, RATE_HZ, song, rate_hz)
