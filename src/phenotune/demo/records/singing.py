"""Voices: vowels, a choir, people talking about nothing."""

from __future__ import annotations

import numpy as np

from phenotune.demo.envelopes import held, through, vibrato
from phenotune.demo.mixing import panned, place
from phenotune.demo.pitch import chord_hz, hz
from phenotune.demo.records.record import Record
from phenotune.demo.room import HALL, PLATE, in_room
from phenotune.demo.signals import Signal, silence, times_s
from phenotune.demo.voices import babble, choir, held_note, sung

SCAT = (
    (0.0, 0.30, "B3", "oo", "ah"), (0.30, 0.18, "C#4", "mm", "eh"), (0.48, 0.34, "D#4", "oo", "ee"),
    (0.88, 0.18, "F#4", "mm", "ah"), (1.06, 0.34, "E4", "oo", "uh"), (1.46, 0.9, "D#4", "oo", "ah"),
)  # fmt: skip
"""Onset and length in seconds, note, and the vowels that it starts and ends on."""


def ah(rng: np.random.Generator, rate_hz: int) -> Signal:
    """A tenor on A."""
    return held_note(hz("A3"), 1.9, [(0.0, "uh"), (0.2, "ah")], rate_hz, rng)


def oh(rng: np.random.Generator, rate_hz: int) -> Signal:
    """An alto on E, closing to a hum."""
    return held_note(
        hz("E4"), 1.8, [(0.1, "oh"), (1.0, "oh"), (1.5, "mm")], rate_hz, rng, throat=1.17
    )


def ee_glide(rng: np.random.Generator, rate_hz: int) -> Signal:
    """A fifth upwards in one breath, from a closed vowel to an open one and back."""
    time_s = times_s(1.7, rate_hz)
    octaves = through(time_s, [(0.25, np.log2(hz("B3"))), (0.75, np.log2(hz("F#4")))])
    pitch = 2.0**octaves * vibrato(time_s, 5.4, 30.0, 0.85)
    voice = sung(
        pitch, [(0.1, "oo"), (0.5, "ee"), (1.0, "eh"), (1.5, "ee")], rate_hz, rng, throat=1.17
    )
    return voice * held(time_s, 0.06, 1.4, 0.28)


def choir_chord(rng: np.random.Generator, rate_hz: int) -> Signal:
    """A choir in a hall, C minor, from oo to ah."""
    voices = choir(
        chord_hz("C3 G3 C4 Eb4 G4"), 3.9, [(0.3, "oo"), (1.6, "ah"), (3.2, "oh")], rate_hz, rng
    )
    return in_room(voices, HALL, rate_hz, wet=0.5, longer_s=0.6)


def low_talk(rng: np.random.Generator, rate_hz: int) -> Signal:
    """A man explains something."""
    return babble(14, 108.0, rate_hz, rng)


def high_talk(rng: np.random.Generator, rate_hz: int) -> Signal:
    """A woman answers, faster."""
    return babble(15, 205.0, rate_hz, rng, throat=1.17, syllable_s=0.16)


def scat(rng: np.random.Generator, rate_hz: int) -> Signal:
    """A line in B without words."""
    bus = silence(2.6, rate_hz)
    for onset_s, length_s, name, first, second in SCAT:
        time_s = times_s(length_s, rate_hz)
        pitch = hz(name) * vibrato(time_s, 5.5, 30.0, 0.3) * (1.0 - 0.05 * np.exp(-time_s / 0.03))
        note = sung(pitch, [(0.0, first), (0.09, second)], rate_hz, rng, throat=1.1)
        place(
            bus, panned(note * held(time_s, 0.03, length_s - 0.06, 0.055), -0.1), onset_s, rate_hz
        )
    return in_room(bus, PLATE, rate_hz, wet=0.35)


def hey(rng: np.random.Generator, rate_hz: int) -> Signal:
    """Eight people shout once."""
    bus = silence(0.9, rate_hz)
    for i in range(8):
        time_s = times_s(0.5, rate_hz)
        pitch = rng.uniform(190.0, 330.0) * (
            1.0 + 0.25 * np.sin(np.pi * np.clip(time_s / 0.3, 0.0, 1.0))
        )
        throat = rng.uniform(0.95, 1.25)
        shout = sung(
            pitch,
            [(0.0, "ae"), (0.12, "eh"), (0.35, "ee")],
            rate_hz,
            rng,
            throat=throat,
            breath=0.2,
        )
        place(
            bus,
            panned(shout * held(time_s, 0.02, 0.2, 0.25), -0.8 + 0.23 * i),
            rng.uniform(0.0, 0.03),
            rate_hz,
        )
    return in_room(bus, PLATE, rate_hz, wet=0.5, longer_s=0.3)


RECORDS = (
    Record("voices/ah_a.wav", 44_100, -4.0, ah, "Tenor Without a Text"),
    Record("voices/oh_e.flac", 48_000, -4.0, oh, "Alto, Thinking"),
    Record("voices/ee_glide_b.wav", 44_100, -5.0, ee_glide, "Fifth Floor"),
    Record("voices/choir_c_minor.flac", 48_000, -3.0, choir_chord, "Fifteen Coats"),
    Record("voices/talk_low.wav", 44_100, -4.0, low_talk, "He Explains"),
    Record("voices/talk_high.flac", 48_000, -4.0, high_talk, "She Has Heard It Before"),
    Record("voices/scat_b.wav", 44_100, -3.0, scat, "No Words for It"),
    Record("voices/hey.flac", 48_000, -2.0, hey, "Everybody Once"),
)
