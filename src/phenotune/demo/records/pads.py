"""Pads: slow sounds that change while they stay."""

from __future__ import annotations

import numpy as np

from phenotune.demo.envelopes import held, through
from phenotune.demo.filters import bandpass, highpass, sweep
from phenotune.demo.mixing import chorused, panned
from phenotune.demo.oscillators import cycles, harmonics, modulated, pulse, saw, sine, unison
from phenotune.demo.pitch import chord_hz, hz
from phenotune.demo.records.record import Record
from phenotune.demo.room import HALL, in_room
from phenotune.demo.signals import Signal, silence, times_s
from phenotune.demo.wear import taped


def glass_pad(rng: np.random.Generator, rate_hz: int) -> Signal:
    """D with an added ninth, frequency modulation with an index that comes and goes."""
    time_s = times_s(4.6, rate_hz)
    sound = silence(4.6, rate_hz)
    for i, pitch in enumerate(chord_hz("D4 A4 E5 F#5")):
        index = 0.6 + 0.6 * sine(0.21 * time_s + rng.uniform())
        tone = modulated(cycles(pitch, time_s), cycles(3.0 * pitch + 0.4, time_s), index)
        beside = modulated(cycles(pitch * 1.003, time_s), cycles(2.0 * pitch, time_s), 0.5 * index)
        sound += panned(tone, -0.7 + 0.45 * i) + panned(beside, 0.7 - 0.45 * i)
    return in_room(sound * held(time_s, 0.7, 3.0, 1.5), HALL, rate_hz, wet=0.6)


def string_machine(rng: np.random.Generator, rate_hz: int) -> Signal:
    """A flat major from a string machine of the 1970s: saws through three wavering delays."""
    time_s = times_s(4.8, rate_hz)
    sound = np.zeros_like(time_s)
    for pitch in chord_hz("Ab2 Eb3 Ab3 C4 Eb4"):
        sound += saw(cycles(pitch, time_s, rng.uniform())) + 0.5 * saw(
            cycles(2.0 * pitch, time_s, rng.uniform())
        )
    shaped = highpass(sound, 200.0, rate_hz) * held(time_s, 0.35, 4.0, 0.75)
    opening = through(time_s, [(0.0, 1200.0), (2.4, 4200.0), (4.8, 1500.0)])
    return chorused(sweep(shaped, opening, 0.7, rate_hz), rate_hz, depth_ms=2.6, speed_hz=0.65)


def drone(rng: np.random.Generator, rate_hz: int) -> Signal:
    """C sharp and nothing else; the overtones take turns."""
    time_s = times_s(5.0, rate_hz)
    number = np.arange(1, 25)
    turns = np.stack(
        [0.5 + 0.5 * sine(rng.uniform(0.1, 0.6) * time_s + rng.uniform()) for _ in number]
    )
    strengths = turns**2 / number[:, None] ** 0.8
    air = 0.02 * bandpass(rng.standard_normal(len(time_s)), 400.0, 2500.0, rate_hz)
    return (harmonics(cycles(hz("C#2"), time_s), strengths) + air) * held(time_s, 0.6, 4.0, 0.95)


def tape_flutes(rng: np.random.Generator, rate_hz: int) -> Signal:
    """E minor on a keyboard that plays tapes of flutes, none of them in good repair."""
    time_s = times_s(4.2, rate_hz)
    sound = np.zeros_like(time_s)
    for pitch in chord_hz("E4 G4 B4 F#5"):
        breath = bandpass(rng.standard_normal(len(time_s)), 0.8 * pitch, 3.0 * pitch, rate_hz)
        tone = harmonics(cycles(pitch, time_s, rng.uniform()), np.array([1.0, 0.35, 0.12, 0.03]))
        late_s = rng.uniform(0.0, 0.06)
        sound += taped(
            (0.5 * tone + 0.12 * breath) * held(time_s - late_s, 0.12, 3.5, 0.4), rate_hz, rng
        )
    return sound


def pulse_pad(rng: np.random.Generator, rate_hz: int) -> Signal:
    """F sharp minor with an eleventh: pulses whose width breathes, under a slow filter."""
    time_s = times_s(4.6, rate_hz)
    sound = silence(4.6, rate_hz)
    for i, pitch in enumerate(chord_hz("F#2 C#3 A3 B3 E4")):
        width = 0.5 + 0.35 * sine(rng.uniform(0.15, 0.4) * time_s + rng.uniform())
        sound += panned(pulse(cycles(pitch, time_s, rng.uniform()), width), -0.8 + 0.4 * i)
    sound += 0.2 * unison(hz("F#3"), time_s, rng, n=4, cents=12.0)
    opening = through(time_s, [(0.0, 250.0), (3.0, 2400.0), (4.6, 500.0)])
    return sweep(sound, opening, 1.4, rate_hz) * held(time_s, 0.5, 3.7, 0.85)


RECORDS = (
    Record("pads/glass_d_ninth.flac", 48_000, -4.0, glass_pad, "Window"),
    Record("pads/string_machine_a_flat.wav", 44_100, -5.0, string_machine, "Orchestra in a Case"),
    Record("pads/drone_c_sharp.flac", 44_100, -4.0, drone, "One Note, Long Evening"),
    Record("pads/tape_flutes_e_minor.wav", 48_000, -6.0, tape_flutes, "Keyboard with a Cold"),
    Record("pads/pulse_f_sharp_minor.flac", 44_100, -5.0, pulse_pad, "Breathing Exercise"),
)
