"""The band: plays the song, each with a hand of their own, and is mixed in a small club."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from phenotune.demo import song
from phenotune.demo.drums import brush_swish, brush_tap, chick, feathered_kick, ride
from phenotune.demo.envelopes import through
from phenotune.demo.filters import highpass, lowpass
from phenotune.demo.horn import Tone, phrase
from phenotune.demo.mixing import mastered, panned, place
from phenotune.demo.pitch import chord_hz, hz
from phenotune.demo.plucked import bass_note, dead_note
from phenotune.demo.room import CLUB, reverberated
from phenotune.demo.signals import Signal, generator, silence, times_s
from phenotune.demo.struck import electric_piano, vibraphone

LEVELS: dict[str, tuple[float, float]] = {
    "bass": (0.85, 0.06),
    "piano": (0.30, 0.30),
    "vibraphone": (0.52, 0.45),
    "trumpet": (0.37, 0.40),
    "drums": (0.9, 0.2),
}
"""Of each player: gain, and how much of it is sent to the room."""


class Hand:
    """Somebody's timing: steady, late or early by habit, and never twice the same.

    Parameters
    ----------
    name
        Keys the die.
    late_ms
        Habit: behind the beat if positive.
    loose_ms
        Standard deviation around it.
    """

    def __init__(self, name: str, late_ms: float, loose_ms: float) -> None:
        self.rng = generator(f"hand {name}")
        self._late_s, self._loose_s = 0.001 * late_ms, 0.001 * loose_ms

    def when_s(self, beat: float) -> float:
        """When this player plays a beat."""
        wobble = float(np.clip(self.rng.normal(), -2.0, 2.0))
        return song.beat_s(beat) + self._late_s + self._loose_s * wobble

    def touch(self, velocity: float, spread: float = 0.08) -> float:
        """A velocity as it comes out."""
        return float(np.clip(velocity * (1.0 + spread * self.rng.normal()), 0.05, 1.0))


def play_bass(rate_hz: int) -> Signal:
    """The walking bass."""
    hand, bus = Hand("bass", -3.0, 5.0), silence(song.DURATION_S, rate_hz)
    walk = [(float(beat), name) for beat, name in enumerate(" ".join(song.WALK).split())]
    skips = dict(song.SKIPS)
    for beat, name in walk + sorted(skips.items()):
        is_skip = beat in skips
        until = beat + 0.5 if is_skip or beat + 0.5 in skips else beat + 1.0
        length_s = 0.97 * (song.beat_s(until) - song.beat_s(beat)) - 0.02
        velocity = hand.touch(0.5 if is_skip else 0.86 if beat % 2.0 else 0.76)
        if name:
            note = bass_note(hz(name), length_s, velocity, rate_hz, hand.rng)
        else:
            note = dead_note(0.4, rate_hz, hand.rng)
        place(bus, panned(note, -0.06), hand.when_s(beat), rate_hz)
    last = bass_note(hz(song.LAST_BASS_NOTE), 1.9, 0.9, rate_hz, hand.rng)
    place(bus, panned(last, -0.06), hand.when_s(song.N_BEATS), rate_hz)
    return lowpass(highpass(bus, 34.0, rate_hz), 4000.0, rate_hz, order=1)


def play_piano(rate_hz: int) -> Signal:
    """The electric piano, chords only, with the slow tremolo of its amplifier from side to side."""
    hand, bus = Hand("piano", 6.0, 6.0), silence(song.DURATION_S, rate_hz)
    for beat, beats, velocity in song.COMPING:
        start_s = hand.when_s(beat)
        length_s = song.beat_s(beat + beats) - song.beat_s(beat)
        for finger, pitch in enumerate(chord_hz(song.chord_at(beat + 0.5).voicing)):
            weight = 1.1 if finger == 3 else 0.95
            tone = electric_piano(pitch, length_s, hand.touch(weight * velocity, 0.06), rate_hz)
            place(bus, panned(tone), start_s + abs(hand.rng.normal(0.0, 0.004)), rate_hz)
    turn = np.sin(2.0 * np.pi * 4.1 * np.arange(bus.shape[-1]) / rate_hz)
    return np.asarray(bus * np.stack([1.0 + 0.22 * turn, 1.0 - 0.22 * turn]))


def play_vibraphone(rate_hz: int) -> Signal:
    """The vibraphone's answers, low bars to the left."""
    hand, bus = Hand("vibraphone", 2.0, 7.0), silence(song.DURATION_S, rate_hz)
    for beat, beats, name, velocity in song.ANSWERS:
        length_s = 0.5 + song.beat_s(beat + beats) - song.beat_s(beat)
        bar = vibraphone(hz(name), length_s, hand.touch(velocity), rate_hz)
        side = float(np.clip(np.log2(hz(name) / 900.0), -0.6, 0.6))
        place(bus, panned(bar, side), hand.when_s(beat), rate_hz)
    return bus


def play_trumpet(rate_hz: int) -> Signal:
    """The lead, a little behind the beat."""
    hand, bus = Hand("trumpet", 16.0, 5.0), silence(song.DURATION_S, rate_hz)
    for rows in song.PHRASES:
        tones = _tones(rows, hand)
        place(bus, panned(phrase(tones, rate_hz, hand.rng), 0.12), tones[0].start_s, rate_hz)
    return bus


def _tones(rows: Sequence[song.Row], hand: Hand) -> list[Tone]:
    """The tones of a breath; one that is followed at once is held until then."""
    starts_s = [hand.when_s(beat) for beat, _, _, _ in rows]
    tones: list[Tone] = []
    for i, (beat, beats, name, velocity) in enumerate(rows):
        end_s = starts_s[i] + song.beat_s(beat + beats) - song.beat_s(beat)
        if i + 1 < len(rows) and rows[i + 1][0] - beat - beats < 0.3:
            end_s = starts_s[i + 1]
        is_tongued = beat % 1.0 == 0.5 or (i > 0 and rows[i - 1][2] == name)
        touch = hand.touch(velocity, 0.05)
        tones.append(Tone(starts_s[i], end_s, hz(name), touch, is_tongued=is_tongued))
    return tones


def play_drums(rate_hz: int) -> Signal:
    """Brushes for four bars, then the ride; the foot on two and four, the bass drum hardly there."""
    bus = silence(song.DURATION_S, rate_hz)
    _play_feet(bus, rate_hz)
    _play_brushes(bus, rate_hz)
    _play_ride(bus, rate_hz)
    return bus


def _play_feet(bus: Signal, rate_hz: int) -> None:
    hand = Hand("feet", 0.0, 3.0)
    drums, hats = ([make(hand.rng, rate_hz) for _ in range(3)] for make in (feathered_kick, chick))
    for beat in range(song.N_BEATS + 1):
        level = 0.9 if beat == song.N_BEATS else 0.24 if beat % song.BEATS_A_BAR else 0.34
        place(bus, panned(hand.touch(level) * drums[beat % 3]), hand.when_s(beat), rate_hz)
        if beat % 2:
            place(bus, panned(hand.touch(0.15) * hats[beat % 3], -0.35), hand.when_s(beat), rate_hz)


def _play_brushes(bus: Signal, rate_hz: int) -> None:
    hand = Hand("brushes", 2.0, 4.0)
    taps = [brush_tap(hand.rng, rate_hz) for _ in range(4)]
    for beat in range(song.N_BEATS):
        lean = -1.0 if beat % 2 else 1.0
        circle = brush_swish(hand.rng, rate_hz, 1.15 * 60.0 / song.TEMPO_BPM, lean)
        level = (0.08 if beat % 2 else 0.055) * (0.6 if beat >= song.RIDE_FROM else 1.0)
        place(bus, hand.touch(level) * circle, hand.when_s(beat) - 0.04, rate_hz)
    for i, (at, level) in enumerate(song.TAPS):
        place(bus, panned(hand.touch(level) * taps[i % 4], 0.08), hand.when_s(at), rate_hz)


def _play_ride(bus: Signal, rate_hz: int) -> None:
    hand = Hand("ride", 0.0, 4.0)
    cymbals = [ride(hand.rng, rate_hz) for _ in range(3)]
    for i, (beat, level) in enumerate(song.RIDE):
        stroke = hand.touch(level, 0.12) * cymbals[i % 3]
        place(bus, panned(stroke, 0.4), hand.when_s(beat), rate_hz)


PLAYERS = {
    "bass": play_bass,
    "piano": play_piano,
    "vibraphone": play_vibraphone,
    "trumpet": play_trumpet,
    "drums": play_drums,
}


def perform(rate_hz: int) -> Signal:
    """The song, mixed and mastered: ``(2, n)``, peak -1 dBFS."""
    mix = silence(song.DURATION_S, rate_hz)
    sent = silence(song.DURATION_S, rate_hz)
    for name, player in PLAYERS.items():
        gain, send = LEVELS[name]
        part = gain * player(rate_hz)
        mix += part
        sent += send * part
    time_s = times_s(song.DURATION_S, rate_hz)
    ending = through(time_s, [(song.DURATION_S - 1.1, 1.0), (song.DURATION_S, 0.0)])
    return mastered((mix + reverberated(sent, CLUB, rate_hz)) * ending**2, rate_hz)
