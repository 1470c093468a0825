from __future__ import annotations

import itertools

import pytest

from phenotune.demo import song
from phenotune.demo.pitch import midi

F_MAJOR = {midi(f"{name}4") % 12 for name in ("F", "G", "A", "Bb", "C", "D", "E")}


def test_the_form_is_twelve_bars_and_a_last_chord() -> None:
    assert song.N_BEATS == 48
    assert [chord.beat for chord in song.CHORDS] == sorted(chord.beat for chord in song.CHORDS)
    assert song.CHORDS[-1].beat == song.N_BEATS
    assert len(" ".join(song.WALK).split()) == song.N_BEATS


def test_beats_are_in_tempo_and_eighths_swing() -> None:
    beat_s = 60.0 / song.TEMPO_BPM
    assert song.beat_s(0.0) == song.COUNT_IN_S
    assert song.beat_s(8.0) - song.beat_s(4.0) == pytest.approx(4.0 * beat_s)
    assert (song.beat_s(5.5) - song.beat_s(5.0)) / beat_s == pytest.approx(song.SWING)
    assert (song.beat_s(5.0 + 1.0 / 3.0) - song.beat_s(5.0)) / beat_s == pytest.approx(1.0 / 3.0)


def test_the_song_ends_in_time() -> None:
    assert 20.0 <= song.DURATION_S <= 24.0
    assert song.beat_s(song.N_BEATS) < song.DURATION_S - 1.5


def test_chords_change_on_their_beat() -> None:
    assert song.chord_at(0.0).name == "Fmaj7"
    assert song.chord_at(3.9).name == "Fmaj7"
    assert song.chord_at(4.0).name == "D7b9"
    assert song.chord_at(99.0).name == "F6/9"


def test_nobody_plays_over_themselves() -> None:
    for phrase in song.PHRASES:
        for now, after in itertools.pairwise(phrase):
            assert now[0] + now[1] <= after[0] + 1e-9
    for before, behind in itertools.pairwise(song.PHRASES):
        assert before[-1][0] + before[-1][1] <= behind[0][0]


def test_the_trumpet_rests_for_a_fifth_of_the_song_and_stays_in_its_range() -> None:
    notes = [note for phrase in song.PHRASES for note in phrase]
    assert (
        sum(beats for _, beats, _, _ in notes) <= 0.8 * song.N_BEATS + 3.0
    )  # the last tone rings after the last bar
    assert all(midi("E4") <= midi(name) <= midi("C6") for _, _, name, _ in notes)


def test_melody_and_bass_are_in_f() -> None:
    melody = [(beats, name) for phrase in song.PHRASES for _, beats, name, _ in phrase]
    bass = [(1.0, name) for name in " ".join(song.WALK).split()]
    for part in (melody, bass):
        inside = sum(beats for beats, name in part if midi(name) % 12 in F_MAJOR)
        assert inside > 0.75 * sum(beats for beats, _ in part)
    assert midi(song.PHRASES[-1][-1][2]) % 12 == midi(song.LAST_BASS_NOTE) % 12 == midi("F4") % 12


def test_the_bass_walks_into_each_bar_by_a_half_step() -> None:
    notes = [midi(name) for name in [*" ".join(song.WALK).split(), song.LAST_BASS_NOTE]]
    into_bars = [abs(notes[beat] - notes[beat - 1]) for beat in range(4, len(notes), 4)]
    assert into_bars == [1] * song.N_BARS
    assert all(midi("E1") <= note <= midi("A2") for note in notes)
