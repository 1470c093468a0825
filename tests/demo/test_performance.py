"""Is it music? Tempo, key, balance and manners of the target, measured from its sound alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from phenotune.audio.files import read_sound
from phenotune.demo import song
from phenotune.demo.filters import highpass
from phenotune.demo.make import DemoFiles
from phenotune.demo.performance import PLAYERS, Hand, perform
from phenotune.demo.signals import Signal

RATE_HZ = 44_100
FRAME, HOP = 2048, 441

# How well each tone fits a major key: C. L. Krumhansl, "Cognitive Foundations of Musical Pitch" (1990), p. 30.
MAJOR = np.array([6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88])


@pytest.fixture(scope="module")
def sound(demo: DemoFiles) -> Signal:
    return read_sound(demo.target).samples.astype(np.float64)


def magnitudes(mono: Signal, frame: int, hop: int) -> Signal:
    frames = np.lib.stride_tricks.sliding_window_view(mono, frame)[::hop]
    return np.asarray(np.abs(np.fft.rfft(frames * np.hanning(frame), axis=-1)))


def octave_levels_db(sound: Signal) -> Signal:
    """Level in octaves around 63 Hz to 8 kHz, relative to the whole."""
    power = np.mean(magnitudes(sound.mean(axis=0), 8192, 8192) ** 2, axis=0)
    hz = np.fft.rfftfreq(8192, 1.0 / RATE_HZ)
    octaves = [power[np.abs(np.log2((hz + 1e-9) / (62.5 * 2.0**k))) < 0.5].sum() for k in range(8)]
    return np.asarray(10.0 * np.log10(np.array(octaves) / power.sum()))


def test_length_and_level(sound: Signal) -> None:
    assert sound.shape == (2, round(song.DURATION_S * RATE_HZ))
    assert np.abs(sound).max() == pytest.approx(10.0 ** (-1.0 / 20.0), abs=1e-4)
    assert np.count_nonzero(np.abs(sound) > 0.88) < 20  # nothing is clipped
    assert np.abs(sound.mean(axis=1)).max() < 1e-3


def test_it_is_dynamic_but_not_thin(sound: Signal) -> None:
    crest_db = 20.0 * np.log10(np.abs(sound).max() / np.sqrt(np.mean(sound**2)))
    assert 11.0 < crest_db < 19.0


def test_it_is_stereo_with_the_bass_in_the_middle(sound: Signal) -> None:
    middle, side = sound.mean(axis=0), 0.5 * (sound[0] - sound[1])
    assert 0.1 < np.sqrt(np.mean(side**2) / np.mean(middle**2)) < 0.7
    low_hz = round(100.0 * len(middle) / RATE_HZ)
    low_side, low_middle = (np.sum(np.abs(np.fft.rfft(x)[:low_hz]) ** 2) for x in (side, middle))
    assert low_side < 0.02 * low_middle


def test_it_starts_and_ends_in_silence(sound: Signal) -> None:
    assert np.abs(sound[:, : round(0.05 * RATE_HZ)]).max() < 0.02
    assert np.abs(sound[:, -441:]).max() < 1e-3


def test_the_tempo_can_be_heard(sound: Signal) -> None:
    level = np.log1p(1e3 * magnitudes(sound.mean(axis=0), FRAME, HOP) / FRAME)
    onsets = np.maximum(np.diff(level, axis=0), 0.0).mean(axis=1)
    onsets -= onsets.mean()
    likeness = np.correlate(onsets, onsets, mode="full")[len(onsets) - 1 :]
    lag_s = np.arange(len(likeness)) * HOP / RATE_HZ
    beat_s = 60.0 / song.TEMPO_BPM
    for n_beats in (1, 2):  # a beat, and two, for the brush falls on two and four
        near = np.abs(lag_s - n_beats * beat_s) < 0.25 * beat_s
        best_s = lag_s[near][np.argmax(likeness[near])]
        assert best_s == pytest.approx(n_beats * beat_s, abs=0.015)
        assert likeness[near].max() > 0.25 * likeness[0]
    off_beat = np.abs(lag_s - 1.5 * beat_s) < 0.08
    assert likeness[off_beat].max() < likeness[np.abs(lag_s - beat_s) < 0.03].max()


def test_the_key_can_be_heard(sound: Signal) -> None:
    spectrum = magnitudes(sound.mean(axis=0), 8192, 4096).sum(axis=0)
    hz = np.fft.rfftfreq(8192, 1.0 / RATE_HZ)
    heard = (hz > 60.0) & (hz < 2000.0)
    classes = np.round(69.0 + 12.0 * np.log2(hz[heard] / 440.0)).astype(int) % 12
    chroma = np.bincount(classes, weights=spectrum[heard], minlength=12)
    fit = [np.corrcoef(np.roll(MAJOR, tonic), chroma)[0, 1] for tonic in range(12)]
    assert int(np.argmax(fit)) == 5  # F
    inside = [5, 7, 9, 10, 0, 2, 4]
    outside = [1, 3, 6, 8, 11]
    assert chroma[inside].mean() > 1.7 * chroma[outside].mean()


def test_the_balance_falls_towards_the_treble(sound: Signal) -> None:
    octaves = octave_levels_db(sound)
    assert octaves[:4].max() > -8.0  # bass and chords carry it
    assert (octaves > -30.0).all()  # and no octave is missing
    assert octaves[7] < octaves[5] < octaves[2]


def test_the_balance_is_that_of_a_real_jazz_record_within_reason(
    sound: Signal, real_audio: Path
) -> None:
    real = read_sound(real_audio / "targets" / "vibe_ace.ogg").samples[:, : 40 * RATE_HZ]
    difference_db = octave_levels_db(sound) - octave_levels_db(real.astype(np.float64))
    assert np.abs(difference_db).max() < 15.0  # ours has more of the lead, theirs more of the bass
    assert np.abs(difference_db).mean() < 9.0


def test_hands_are_loose_but_keep_time() -> None:
    hand, again = Hand("test", 10.0, 5.0), Hand("test", 10.0, 5.0)
    late_ms = [1000.0 * (hand.when_s(beat) - song.beat_s(beat)) for beat in range(200)]
    assert np.mean(late_ms) == pytest.approx(10.0, abs=1.5)
    assert 0.0 - 1e-9 <= min(late_ms) < max(late_ms) <= 20.0 + 1e-9
    assert again.when_s(0) - song.beat_s(0) == pytest.approx(0.001 * late_ms[0])
    assert 0.05 <= hand.touch(0.0) <= hand.touch(5.0) <= 1.0


@pytest.mark.slow
@pytest.mark.parametrize("name", PLAYERS)
def test_nobody_is_silent_and_nobody_clicks(name: str) -> None:
    part = PLAYERS[name](RATE_HZ)
    assert np.isfinite(part).all()
    assert np.sqrt(np.mean(part**2)) > 0.01
    if name != "drums":  # what bows, blows or rings has no bursts above 16 kHz
        assert np.abs(highpass(part, 16_000.0, RATE_HZ, order=4)).max() < 0.01 * np.abs(part).max()


@pytest.mark.slow
def test_two_performances_are_the_same() -> None:
    np.testing.assert_array_equal(perform(22_050), perform(22_050))
