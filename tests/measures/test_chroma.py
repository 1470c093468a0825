from __future__ import annotations

import numpy as np
import pytest

from phenotune.measures.chroma import chroma, similarity

RATE_HZ = 44_100


@pytest.mark.parametrize(("semitones", "pitch_class"), [(-9, 0), (0, 9), (2, 11), (3, 0), (15, 0)])
def test_a_note_sounds_in_its_pitch_class(semitones, pitch_class):
    times_s = np.arange(2 * RATE_HZ) / RATE_HZ
    note = np.sin(2 * np.pi * 440.0 * 2 ** (semitones / 12) * times_s).astype(np.float32)
    middle = chroma(note, 0.0)[86]
    assert int(np.argmax(middle)) == pitch_class
    assert middle[pitch_class] > 5 * np.delete(middle, pitch_class).max()


def test_similarity_of_itself_is_one(rng):
    frames = rng.random((20, 12))
    plain, centred = similarity(frames, 3.0 * frames, np.ones(20))
    assert plain == pytest.approx(1.0)
    assert centred == pytest.approx(1.0)


def test_a_sound_that_stays_as_it_is_has_no_centred_similarity(rng):
    frames = rng.random((200, 12))
    plain, centred = similarity(frames, np.ones((200, 12)), np.ones(200))
    assert plain > 0.8
    assert centred == pytest.approx(0.0, abs=1e-9)


def test_quiet_frames_of_the_target_are_left_out():
    target = np.eye(12)[[0, 1, 2]]
    audio = np.eye(12)[[0, 1, 5]]
    assert similarity(target, audio, np.array([1.0, 1.0, 1e-7]))[0] == 1.0
    assert similarity(target, audio, np.array([1.0, 1.0, 1e-5]))[0] == pytest.approx(2 / 3)


def test_a_silent_frame_of_the_audio_counts_zero():
    target = np.eye(12)[[0, 1]]
    audio = np.vstack([np.eye(12)[0], np.zeros(12)])
    assert similarity(target, audio, np.ones(2))[0] == 0.5
    assert similarity(target, np.zeros((2, 12)), np.ones(2)) == (0.0, 0.0)


def test_the_longer_is_cut(rng):
    frames = rng.random((10, 12))
    assert similarity(frames, frames[:7], np.ones(9))[0] == pytest.approx(1.0)
