"""Stabs and hits: saws, brass, strings, organ, guitars, in other keys than the song's."""

from __future__ import annotations

import numpy as np

from phenotune.demo.envelopes import dying, held, struck, through, vibrato
from phenotune.demo.filters import highpass, lowpass, smoothed, sweep
from phenotune.demo.mixing import chorused, driven, echoed, panned, place
from phenotune.demo.oscillators import cycles, modulated, pulse, unison
from phenotune.demo.pitch import chord_hz, hz
from phenotune.demo.plucked import NYLON, STEEL, WIRE, String, string, strum
from phenotune.demo.records.record import Record
from phenotune.demo.room import HALL, PLATE, in_room
from phenotune.demo.signals import Signal, faded, peak_to, silence, times_s
from phenotune.demo.struck import organ

CLAVINET = "Eb3 - Eb4 Db4 - Eb3 Gb3 - Ab3 Bb3 - Db4 Eb4 - Bb3 -"
"""Sixteenths of the clavinet; ``-`` rests."""


def rave_stab(rng: np.random.Generator, rate_hz: int) -> Signal:
    """E minor of 1991: a stack of detuned saws whose filter snaps shut."""
    time_s = times_s(1.1, rate_hz)
    stack = silence(1.1, rate_hz)
    for pitch in chord_hz("E3 B3 E4 G4 B4"):
        stack += unison(pitch, time_s, rng, n=3, cents=14.0)
    shut = 400.0 + 7000.0 * np.exp(-time_s / 0.16)
    loud = held(time_s, 0.003, 0.32, 0.12)
    return in_room(sweep(stack, shut, 0.9, rate_hz) * loud, PLATE, rate_hz, wet=0.5, longer_s=0.3)


def house_chord(rng: np.random.Generator, rate_hz: int) -> Signal:
    """A minor ninth from a cheap keyboard, moved as one block, as samplers do."""
    time_s = times_s(1.3, rate_hz)
    sound = np.zeros_like(time_s)
    for pitch in chord_hz("A3 C4 E4 G4 B4"):
        sound += pulse(cycles(pitch * (1.0 + rng.normal(0.0, 0.001)), time_s, rng.uniform()), 0.3)
    closed = sweep(sound, 500.0 + 2600.0 * np.exp(-time_s / 0.2), 1.2, rate_hz)
    return chorused(closed * held(time_s, 0.004, 0.4, 0.35), rate_hz)


def brass_hit(rng: np.random.Generator, rate_hz: int) -> Signal:
    """Five horns on a B flat seventh with a sharp ninth, and the fall after it; brass by Chowning (1973)."""
    time_s = times_s(1.0, rate_hz)
    fall = 2.0 ** (-through(time_s, [(0.45, 0.0), (0.85, 700.0)]) / 1200.0)
    sound = np.zeros_like(time_s)
    for pitch in chord_hz("Bb2 Bb3 D4 Ab4 C#5"):
        late_s = rng.uniform(0.0, 0.02)
        shape = held(time_s - late_s, 0.05, 0.5, 0.3) * (0.7 + 0.3 * np.exp(-time_s / 0.1))
        phase = cycles(pitch * (1.0 + rng.normal(0.0, 0.002)) * fall, time_s, rng.uniform())
        sound += shape * modulated(phase, phase, 4.5 * shape)
    return lowpass(highpass(sound, 60.0, rate_hz), 6000.0, rate_hz)


def string_stab(rng: np.random.Generator, rate_hz: int) -> Signal:
    """A string section, G minor, one short bow."""
    time_s = times_s(1.2, rate_hz)
    sound = silence(1.2, rate_hz)
    for pitch in chord_hz("G3 D4 Bb4 G5"):
        moving = pitch * vibrato(time_s, rng.uniform(5.0, 6.0), 18.0, 0.08)
        sound += unison(moving, time_s, rng, n=4, cents=11.0)
    bow = held(time_s, 0.06, 0.34, 0.22)
    return in_room(
        lowpass(highpass(sound, 180.0, rate_hz), 4200.0, rate_hz, order=1) * bow,
        HALL,
        rate_hz,
        wet=0.5,
        longer_s=0.5,
    )


def dub_chord(rng: np.random.Generator, rate_hz: int) -> Signal:
    """D minor through an echo that will not stop."""
    time_s = times_s(3.2, rate_hz)
    sound = np.zeros_like(time_s)
    for pitch in chord_hz("D3 A3 D4 F4"):
        sound += pulse(cycles(pitch, time_s, rng.uniform()), 0.42)
    stroke = sweep(sound, 250.0 + 1900.0 * np.exp(-time_s / 0.09), 1.6, rate_hz) * struck(
        time_s, 0.004, 0.7
    )
    return echoed(panned(stroke, -0.5), 0.39, rate_hz, feedback=0.68, n=6)


def organ_riff(rng: np.random.Generator, rate_hz: int) -> Signal:
    """A tone-wheel organ, C seventh, three stabs through a horn that turns."""
    bus = silence(1.9, rate_hz, is_stereo=False)
    for onset_s, length_s in ((0.0, 0.14), (0.28, 0.14), (0.55, 0.9)):
        for pitch in chord_hz("E3 Bb3 C4 G4"):
            place(
                bus,
                organ(pitch, length_s, rate_hz, "868400004"),
                onset_s + rng.uniform(0.0, 0.006),
                rate_hz,
            )
    turn = np.sin(2.0 * np.pi * 6.4 * np.arange(len(bus)) / rate_hz)
    return driven(peak_to(bus), 2.0) * (1.0 + 0.2 * turn)


def guitar_chank(rng: np.random.Generator, rate_hz: int) -> Signal:
    """A funk guitar on E ninth: sixteenths at 104, most of them choked by the left hand."""
    bus = silence(2.4, rate_hz, is_stereo=False)
    choked = String(0.12, 0.06, 4000.0, 0.13, 6000.0)
    for step, mark in enumerate("x-xO-x-Ox-xO-xxO"):
        if mark != "-":
            kind = STEEL if mark == "O" else choked
            stroke = strum(
                chord_hz("G#3 D4 F#4 B4"),
                0.16,
                rate_hz,
                rng,
                kind=kind,
                spread_s=0.014 * (-1) ** step,
            )
            short = faded(stroke * (0.9 if mark == "O" else 0.45), rate_hz, 0.001, 0.05)
            place(bus, short, 0.1442 * step, rate_hz)
    return highpass(bus, 220.0, rate_hz)


def guitar_strum(rng: np.random.Generator, rate_hz: int) -> Signal:
    """An acoustic guitar lets A minor ring, then strokes it upwards."""
    bus = silence(3.4, rate_hz)
    down = strum(chord_hz("A2 E3 A3 C4 E4"), 3.4, rate_hz, rng, spread_s=0.07)
    up = strum(chord_hz("A3 C4 E4"), 1.9, rate_hz, rng, spread_s=-0.03)
    place(bus, panned(down, -0.4), 0.0, rate_hz)
    place(bus, panned(0.6 * up, 0.4), 1.5, rate_hz)
    return bus


def nylon_arpeggio(rng: np.random.Generator, rate_hz: int) -> Signal:
    """A nylon guitar, B flat minor, six notes."""
    bus = silence(3.0, rate_hz, is_stereo=False)
    for i, pitch in enumerate(chord_hz("Bb2 F3 Bb3 Db4 F4 Db4")):
        note = peak_to(string(NYLON, pitch, 1.6, rate_hz, rng))
        place(bus, faded(note, rate_hz, 0.001, 0.3), 0.24 * i, rate_hz)
    return bus


def clavinet_riff(rng: np.random.Generator, rate_hz: int) -> Signal:
    """A clavinet in E flat minor, through a filter that opens with each stroke."""
    bus = silence(2.2, rate_hz, is_stereo=False)
    for step, name in enumerate(CLAVINET.split()):
        if name != "-":
            time_s = times_s(0.2, rate_hz)
            note = peak_to(string(WIRE, hz(name), 0.2, rate_hz, rng)) * held(
                time_s, 0.001, 0.12, 0.05
            )
            place(
                bus,
                sweep(note, 700.0 + 4500.0 * dying(time_s, 0.3), 2.0, rate_hz),
                0.136 * step,
                rate_hz,
            )
    return smoothed(bus, rate_hz, 0.00002)


RECORDS = (
    Record("stabs/rave_e_minor.wav", 44_100, -1.0, rave_stab, "Warehouse Key"),
    Record("stabs/house_a_minor_ninth.flac", 48_000, -3.0, house_chord, "Cheap Keyboard"),
    Record("stabs/brass_b_flat_fall.wav", 44_100, -2.0, brass_hit, "Five Horns, One Note Late"),
    Record("stabs/strings_g_minor.flac", 48_000, -3.0, string_stab, "Short Bow"),
    Record("stabs/dub_d_minor.wav", 48_000, -3.0, dub_chord, "Echo Chamber Landlord"),
    Record("stabs/organ_c_seventh.flac", 44_100, -4.0, organ_riff, "Choir Practice Cancelled"),
    Record("stabs/guitar_e_ninth_104.wav", 44_100, -4.0, guitar_chank, "Left Hand Lazy"),
    Record("stabs/guitar_a_minor.flac", 48_000, -3.0, guitar_strum, "Porch"),
    Record("stabs/nylon_b_flat_minor.flac", 44_100, -5.0, nylon_arpeggio, "Six Notes for Rent"),
    Record("stabs/clavinet_e_flat_minor.wav", 48_000, -3.0, clavinet_riff, "Rubber Keys"),
)
