"""Drum breaks at other tempi than the song's, written as sixteenths and played by one kit with many faces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from phenotune.demo.drums import clave, conga, hat, kick, ride, shaker, snare
from phenotune.demo.filters import lowpass
from phenotune.demo.mixing import driven, panned, place
from phenotune.demo.records.record import Record
from phenotune.demo.room import PLATE, Room, in_room
from phenotune.demo.signals import Signal, peak_to, silence
from phenotune.demo.wear import crackle, crushed, taped

GARAGE = Room("garage", t60_s=0.45, first_s=0.005)
STRENGTH = {"X": 1.0, "x": 0.72, "o": 0.4, ".": 0.2}
"""Marks of a pattern: accent, stroke, soft, ghost; ``-`` rests."""


@dataclass(frozen=True, slots=True)
class Groove:
    """A pattern and how it is played.

    Parameters
    ----------
    tempo_bpm
        Its tempo; a mark is a sixteenth.
    parts
        Marks of each drum, all of the same length.
    swing
        Where the second of two sixteenths falls, 0.5 is straight.
    loose_ms
        Standard deviation of each stroke's time.
    """

    tempo_bpm: float
    parts: Mapping[str, str]
    swing: float = 0.5
    loose_ms: float = 4.0

    @property
    def duration_s(self) -> float:
        """Length of the pattern, from its first sixteenth to the end of its last."""
        return max(len(marks) for marks in self.parts.values()) * 15.0 / self.tempo_bpm


def played(
    groove: Groove,
    kit: Mapping[str, Sequence[Signal]],
    rng: np.random.Generator,
    rate_hz: int,
    places: Mapping[str, float] | None = None,
) -> Signal:
    """A groove on a kit of a few takes of each drum: stereo, as long as the pattern, ready to be looped."""
    bus = silence(groove.duration_s, rate_hz)
    for drum, marks in groove.parts.items():
        side = (places or {}).get(drum, 0.0)
        for step, mark in enumerate(marks):
            if mark == "-":
                continue
            late = (step % 2) * 2.0 * (groove.swing - 0.5)
            wobble_s = (
                0.001 * groove.loose_ms * float(np.clip(rng.normal(), -2.0, 2.0)) if step else 0.0
            )
            onset_s = (step + late) * 15.0 / groove.tempo_bpm + max(0.0, wobble_s)
            take = kit[drum][int(rng.integers(len(kit[drum])))]
            place(
                bus, panned(STRENGTH[mark] * rng.uniform(0.9, 1.0) * take, side), onset_s, rate_hz
            )
    return bus


def funk_kit(
    rng: np.random.Generator, rate_hz: int, *, snare_hz: float = 188.0
) -> dict[str, list[Signal]]:
    """Three takes each of kick, snare, closed hat and open hat."""
    takes = range(3)
    return {
        "kick": [kick(rng, rate_hz, low_hz=56.0, t60_s=0.3) for _ in takes],
        "snare": [0.9 * snare(rng, rate_hz, hz=snare_hz) for _ in takes],
        "hat": [0.4 * hat(rng, rate_hz) for _ in takes],
        "open": [0.42 * hat(rng, rate_hz, t60_s=0.8) for _ in takes],
    }


FUNK = Groove(
    98.0,
    {
        "kick": "X-x----o--X--x--X-x----o-xX-----",
        "snare": "----X--.-.--X--.----X--.-.-.X-oo",
        "hat": "x-o-x-o-x-o-x-o-x-o-x-o-x-o-x---",
        "open": "------------------------------x-",
    },
    swing=0.54,
)
DUSTY = Groove(
    87.0,
    {
        "kick": "X--o---x--X-----X--o-x----X---x-",
        "snare": "----X-------X--.----X--.----X---",
        "hat": "x-x-x-x-x-xox-x-x-x-x-x-x-xox-x-",
    },
    swing=0.61,
    loose_ms=7.0,
)
JUNGLE = Groove(
    168.0,
    {
        "kick": "X-x-------xx----X-x-------x-----",
        "snare": "----X--.-.--X--.----X--.-.----X.",
        "hat": "x-x-x-x-x-x-x-x-x-x-x-x-x-x-x-x-",
        "open": "----------------------------x---",
    },
    swing=0.53,
)
HOUSE = Groove(
    124.0,
    {
        "kick": "X---X---X---X---X---X---X---X---",
        "snare": "----x-------x-------x------.x--o",
        "hat": "o-.-o-.-o-.-o-.-o-.-o-.-o-.-o-.o",
        "open": "--X---X---X---X---X---X---X---X-",
    },
    loose_ms=0.5,
)
BOOM_BAP = Groove(
    90.0,
    {"kick": "X-----xx--X-----", "snare": "----X-------X-.-", "hat": "x-x-x-x-x-x-x-x-"},
    swing=0.6,
    loose_ms=6.0,
)
LATIN = Groove(
    104.0,
    {
        "low": "--------x-----xx--------x-----x-",
        "high": "x--o--x-o-x--o--x--o--x-o-x--o-o",
        "slap": "----X-------X-------X-------X---",
        "clave": "X--X--X---X-X---X--X--X---X-X---",
        "shaker": "x.o.x.o.x.o.x.o.x.o.x.o.x.o.x.o.",
    },
)
CYMBALS = Groove(
    150.0,
    {"ride": "X---x-x-X---x-x-X---x-x-X---x-o-", "hat": "----x-------x-------x-------x---"},
    swing=0.6,
)


def funk_break(rng: np.random.Generator, rate_hz: int) -> Signal:
    """Two bars of a drummer alone in a garage."""
    kit = funk_kit(rng, rate_hz)
    groove = played(FUNK, kit, rng, rate_hz, {"hat": 0.3, "open": 0.3, "snare": -0.1})
    return driven(peak_to(in_room(groove, GARAGE, rate_hz, wet=0.35)), 1.8)


def dusty_break(rng: np.random.Generator, rate_hz: int) -> Signal:
    """The same kit from a worn 45, mono."""
    groove = played(DUSTY, funk_kit(rng, rate_hz, snare_hz=168.0), rng, rate_hz)
    worn = taped(peak_to(in_room(groove, GARAGE, rate_hz, wet=0.5).mean(axis=0)), rate_hz, rng)
    return worn + 0.12 * crackle(rng, len(worn), rate_hz)


def jungle_break(rng: np.random.Generator, rate_hz: int) -> Signal:
    """A funk kit pitched up by a sampler, and compressed hard."""
    kit = funk_kit(rng, round(rate_hz / 1.32))
    groove = played(JUNGLE, kit, rng, rate_hz, {"hat": 0.25, "open": -0.3})
    return driven(peak_to(in_room(groove, PLATE, rate_hz, wet=0.18)), 2.6)


def house_loop(rng: np.random.Generator, rate_hz: int) -> Signal:
    """A machine: four to the floor, the open hat between."""
    kit = funk_kit(rng, rate_hz, snare_hz=215.0)
    kit["kick"] = [kick(rng, rate_hz, low_hz=45.0, t60_s=0.5)]
    return driven(peak_to(played(HOUSE, kit, rng, rate_hz, {"open": 0.2, "hat": -0.2})), 1.5)


def boom_bap(rng: np.random.Generator, rate_hz: int) -> Signal:
    """One bar through a twelve-bit sampler at 22 kHz."""
    mono = played(BOOM_BAP, funk_kit(rng, rate_hz), rng, rate_hz).mean(axis=0)
    return crushed(driven(peak_to(mono), 2.2), rate_hz, bits=7, converter_hz=13_000.0)


def latin_percussion(rng: np.random.Generator, rate_hz: int) -> Signal:
    """Congas, clave and shaker."""
    takes = range(3)
    kit = {
        "low": [conga(rng, rate_hz, 178.0) for _ in takes],
        "high": [0.7 * conga(rng, rate_hz, 246.0) for _ in takes],
        "slap": [0.7 * conga(rng, rate_hz, 262.0, slap=True) for _ in takes],
        "clave": [0.35 * clave(rate_hz)],
        "shaker": [0.4 * shaker(rng, rate_hz) for _ in takes],
    }
    places = {"low": -0.4, "high": 0.3, "slap": 0.35, "clave": 0.6, "shaker": -0.6}
    return in_room(played(LATIN, kit, rng, rate_hz, places), PLATE, rate_hz, wet=0.2)


def ride_alone(rng: np.random.Generator, rate_hz: int) -> Signal:
    """A dark ride cymbal, as left over from a session."""
    kit = {"ride": [ride(rng, rate_hz, 1.6) for _ in range(3)], "hat": [0.4 * hat(rng, rate_hz)]}
    return lowpass(
        played(CYMBALS, kit, rng, rate_hz, {"ride": -0.3, "hat": 0.4}), 9000.0, rate_hz, order=1
    )


RECORDS = (
    Record("breaks/funk_98.wav", 44_100, -0.5, funk_break, "Garage, Take Two"),
    Record("breaks/dusty_87.flac", 48_000, -3.0, dusty_break, "Attic 45"),
    Record("breaks/jungle_168.wav", 44_100, -0.5, jungle_break, "Night Bus"),
    Record("breaks/house_124.flac", 48_000, -1.0, house_loop, "Four Walls"),
    Record("breaks/boom_bap_90.wav", 44_100, -2.0, boom_bap, "Seven Bits"),
    Record("breaks/latin_104.flac", 48_000, -2.0, latin_percussion, "Seeds and Skins"),
    Record("breaks/ride_150.wav", 44_100, -4.0, ride_alone, "Left Over Cymbal"),
)
