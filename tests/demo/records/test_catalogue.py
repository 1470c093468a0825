from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from phenotune.audio.files import read_sound
from phenotune.audio.sound import Sound
from phenotune.demo.make import DemoFiles
from phenotune.demo.records.catalogue import RECORDS, cut
from phenotune.demo.records.record import Record

pytestmark = pytest.mark.slow

FOLDERS = {"stabs", "breaks", "pads", "voices", "bass", "fx"}


@pytest.fixture(scope="module")
def sounds(demo: DemoFiles) -> dict[str, Sound]:
    """Every record as read from its file."""
    return {record.path: read_sound(demo.library / record.path) for record in RECORDS}


def centroid_hz(sound: Sound) -> float:
    mono = sound.samples.mean(axis=0, dtype=np.float64)
    power = np.abs(np.fft.rfft(mono)) ** 2
    return float((power * np.fft.rfftfreq(len(mono), 1.0 / sound.rate_hz)).sum() / power.sum())


def duration_s(sound: Sound) -> float:
    return sound.samples.shape[1] / sound.rate_hz


def test_there_is_a_collection_in_six_folders() -> None:
    assert 24 <= len(RECORDS) <= 40
    assert {Path(record.path).parent.as_posix() for record in RECORDS} == FOLDERS
    assert len({record.path for record in RECORDS}) == len(RECORDS)
    assert len({record.title for record in RECORDS}) == len(RECORDS)


def test_rates_channels_and_formats_are_mixed(sounds: dict[str, Sound]) -> None:
    rates = Counter(sound.rate_hz for sound in sounds.values())
    channels = Counter(sound.samples.shape[0] for sound in sounds.values())
    formats = Counter(Path(path).suffix for path in sounds)
    assert set(rates) == {44_100, 48_000}
    assert set(channels) == {1, 2}
    assert set(formats) == {".wav", ".flac"}
    for counted in (rates, channels, formats):
        assert min(counted.values()) >= 10
    for record in RECORDS:
        assert sounds[record.path].rate_hz == record.rate_hz


def test_it_is_a_minute_or_two_altogether(sounds: dict[str, Sound]) -> None:
    lengths_s = [duration_s(sound) for sound in sounds.values()]
    assert 60.0 <= sum(lengths_s) <= 120.0
    assert 0.5 < min(lengths_s) < max(lengths_s) < 6.0


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.path)
def test_each_is_clean(record: Record, sounds: dict[str, Sound]) -> None:
    samples = sounds[record.path].samples.astype(np.float64)
    assert np.abs(samples).max() == pytest.approx(10.0 ** (record.peak_db / 20.0), abs=1e-3)
    assert np.sqrt(np.mean(samples**2)) > 10.0 ** (-34.0 / 20.0)
    assert np.abs(samples.mean(axis=1)).max() < 1e-3
    assert np.abs(samples[:, [0, -1]]).max() < 2e-3


def test_the_spectra_are_spread(sounds: dict[str, Sound]) -> None:
    centroids = np.array([centroid_hz(sound) for sound in sounds.values()])
    assert centroids.min() < 80.0
    assert centroids.max() > 4000.0
    low, high = np.percentile(centroids, [10.0, 90.0])
    assert high > 6.0 * low
    assert np.count_nonzero(centroids > 1500.0) >= 6
    assert np.count_nonzero(centroids < 400.0) >= 6


def test_no_two_are_alike(sounds: dict[str, Sound]) -> None:
    digests = {hashlib.sha256(sound.samples.tobytes()).digest() for sound in sounds.values()}
    assert len(digests) == len(sounds)


@pytest.mark.parametrize(
    "path", ["stabs/guitar_e_ninth_104.wav", "voices/hey.flac", "bass/reese_d.wav"]
)
def test_a_record_is_cut_the_same_each_time(path: str) -> None:
    record = next(record for record in RECORDS if record.path == path)
    first, second = cut(record), cut(record)
    assert first.dtype == np.float32
    np.testing.assert_array_equal(first, second)
