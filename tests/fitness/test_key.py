"""Keys: read, estimated, and held against a sound."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.errors import ParameterError
from phenotune.fitness.key import PROFILES, Key, NoteReader, estimate_key, parse_key
from phenotune.spectra.analysis import analyse_bands
from phenotune.spectra.layout import make_layout
from phenotune.spectra.settings import LayerSettings, SpectraSettings

LAYOUT = make_layout(SpectraSettings())
RATE_HZ = 44_100


def notes_of(*pitches: int) -> tuple[np.ndarray, float]:
    """Notes of the chords of tones at MIDI pitches, one after the other, a quarter of a second each."""
    t = np.arange(RATE_HZ // 4) / RATE_HZ
    tones = [
        sum(np.sin(2 * np.pi * 440.0 * 2 ** ((p - 69) / 12) * k * t) / k for k in (1, 2))
        for p in pitches
    ]
    sound = np.concatenate(tones).astype(np.float32)[None]
    return NoteReader(LAYOUT).notes(analyse_bands(sound, LAYOUT.n_frames(sound.shape[1]), LAYOUT))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("F major", Key(5, "major")),
        ("a minor", Key(9, "minor")),
        ("Bb MAJOR", Key(10, "major")),
        (" f# minor ", Key(6, "minor")),
        ("Cb major", Key(11, "major")),
    ],
)
def test_keys_are_read_as_people_write_them(text: str, key: Key) -> None:
    assert parse_key(text) == key


@pytest.mark.parametrize("text", ["H major", "F", "F dur", "major", "F## major"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r'expected a key as "F major" or "a minor".*got'):
        parse_key(text)


@pytest.mark.parametrize("mode", ["major", "minor"])
def test_each_profile_is_its_own_key(mode: str) -> None:
    for tonic in range(12):
        key, correlation = estimate_key(np.roll(PROFILES[mode], tonic))
        assert key == Key(tonic, mode)
        assert correlation == pytest.approx(1.0)


def test_a_minor_scale_has_both_sevenths() -> None:
    assert Key(9, "minor").scale == (0, 2, 4, 5, 7, 8, 9, 11)


@pytest.mark.parametrize("pitch", [60, 66, 69, 75])
def test_a_tone_is_read_as_its_note(pitch: int) -> None:
    notes, tones = notes_of(pitch)
    assert int(np.argmax(notes)) == pitch % 12
    assert notes[pitch % 12] > 0.5
    assert notes.sum() == pytest.approx(1.0)
    assert tones > 0.5


def test_a_tune_gives_its_key() -> None:
    tune = (65, 69, 72, 77, 70, 74, 77, 72, 76, 79, 70, 67, 65, 69, 72, 65)
    assert estimate_key(notes_of(*tune)[0])[0] == Key(5, "major")


def test_noise_has_hardly_any_tones_and_silence_none(rng: np.random.Generator) -> None:
    noise = rng.standard_normal((1, RATE_HZ)).astype(np.float32)
    reader = NoteReader(LAYOUT)
    assert reader.notes(analyse_bands(noise, 80, LAYOUT))[1] < 0.2
    notes, tones = reader.notes(analyse_bands(0 * noise, 80, LAYOUT))
    assert (notes.tolist(), tones) == ([0.0] * 12, 0.0)
    assert estimate_key(notes)[1] == 0.0


def test_windows_that_cannot_tell_notes_apart_are_refused() -> None:
    short = make_layout(SpectraSettings(layers=(LayerSettings(window=1024),)))
    with pytest.raises(ParameterError, match=r"style.in_key: expected .* 16 Hz or less, got 43 Hz"):
        NoteReader(short)
    high = LayerSettings(window=4096, min_hz=3000.0, max_hz=9000.0)
    with pytest.raises(ParameterError, match=r"style.in_key: expected .* from 250 to 2500 Hz"):
        NoteReader(make_layout(SpectraSettings(layers=(high,))))
