"""Everything else that lies about in a sample collection: risers, dust, bells, cymbals backwards."""

from __future__ import annotations

import numpy as np

from phenotune.demo.drums import ride
from phenotune.demo.envelopes import held
from phenotune.demo.filters import lowpass, sweep
from phenotune.demo.mixing import driven, panned, place
from phenotune.demo.oscillators import cycles, saw, sine, unison
from phenotune.demo.pitch import chord_hz, hz
from phenotune.demo.records.record import Record
from phenotune.demo.room import HALL, in_room
from phenotune.demo.signals import Signal, faded, peak_to, silence, times_s
from phenotune.demo.struck import bell
from phenotune.demo.wear import crackle


def riser(rng: np.random.Generator, rate_hz: int) -> Signal:
    """Noise and saws that climb two octaves and stop."""
    time_s = times_s(2.8, rate_hz)
    climb = time_s / time_s[-1]
    saws = unison(hz("C3") * 4.0**climb, time_s, rng, n=4, cents=25.0)
    noise = rng.standard_normal((2, len(time_s)))
    opened = sweep(0.5 * noise + saws, 300.0 * 30.0**climb, 1.5, rate_hz)
    return faded(opened * (0.05 + climb**2), rate_hz, 0.05, 0.03)


def vinyl(rng: np.random.Generator, rate_hz: int) -> Signal:
    """The groove before the music: crackle on both sides, the motor below."""
    time_s = times_s(3.5, rate_hz)
    middle = crackle(rng, len(time_s), rate_hz)
    sides = np.stack([crackle(rng, len(time_s), rate_hz, clicks_a_s=7.0) for _ in range(2)])
    motor = 0.02 * lowpass(rng.standard_normal(len(time_s)), 60.0, rate_hz) + 0.002 * sine(
        33.3 * time_s
    )
    return driven(peak_to(0.6 * middle + 0.5 * sides + motor), 4.0)


def bells(rng: np.random.Generator, rate_hz: int) -> Signal:
    """Five bells in B minor, struck one after the other in a large room."""
    bus = silence(3.8, rate_hz)
    for i, pitch in enumerate(chord_hz("B4 F#5 D5 C#5 B3")):
        place(bus, panned(bell(pitch, 2.2, rate_hz), rng.uniform(-0.8, 0.8)), 0.42 * i, rate_hz)
    return faded(in_room(bus, HALL, rate_hz, wet=0.4), rate_hz, 0.002, 0.3)


def backwards_cymbal(rng: np.random.Generator, rate_hz: int) -> Signal:
    """A cymbal that ends where others begin."""
    left, right = (ride(rng, rate_hz, 1.8)[::-1] for _ in range(2))
    both = driven(peak_to(np.stack([left, 0.5 * left + 0.5 * right])), 6.0)
    return faded(both, rate_hz, 0.05, 0.004)


def tape_stop(rng: np.random.Generator, rate_hz: int) -> Signal:
    """A chord in G while somebody holds the reel."""
    time_s = times_s(1.9, rate_hz)
    slowing = np.clip(1.0 - np.maximum(time_s - 0.5, 0.0) / 1.3, 0.0, 1.0) ** 1.5
    sound = np.zeros_like(time_s)
    for pitch in chord_hz("G3 B3 D4 A4"):
        sound += saw(cycles(np.maximum(pitch * slowing, 2.0), time_s, rng.uniform()))
    return sweep(sound, 200.0 + 3800.0 * slowing, 0.8, rate_hz) * held(time_s, 0.01, 1.5, 0.3)


RECORDS = (
    Record("fx/riser_c.flac", 48_000, -3.0, riser, "Stairs"),
    Record("fx/vinyl_crackle.wav", 44_100, -9.0, vinyl, "Before the Music"),
    Record("fx/bells_b_minor.flac", 48_000, -4.0, bells, "Quarter Past"),
    Record("fx/cymbal_backwards.wav", 44_100, -5.0, backwards_cymbal, "Return Ticket"),
    Record("fx/tape_stop_g.wav", 48_000, -4.0, tape_stop, "Thumb on the Reel"),
)
