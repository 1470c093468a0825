"""Rooms: synthetic impulse responses, and the sound in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from phenotune.demo.envelopes import dying
from phenotune.demo.filters import bandpass, convolved, highpass
from phenotune.demo.signals import Signal, faded, generator, times_s


@dataclass(frozen=True, slots=True)
class Room:
    """A room.

    Parameters
    ----------
    name
        Keys the noise of its tail.
    t60_s
        Reverberation time in the middle of the spectrum; the bass takes 1.2 times as long, the treble half.
    first_s
        When the first reflection arrives.
    """

    name: str
    t60_s: float
    first_s: float


CLUB = Room("club", t60_s=0.75, first_s=0.009)
HALL = Room("hall", t60_s=1.9, first_s=0.022)
PLATE = Room("plate", t60_s=1.2, first_s=0.002)

_BANDS = ((120.0, 500.0, 1.2), (500.0, 2500.0, 1.0), (2500.0, 6000.0, 0.7), (6000.0, 12000.0, 0.45))


def impulse_response(room: Room, rate_hz: int) -> Signal:
    """Impulse response of a room, ``(2, n)``, RMS sum 1 a channel.

    Noise that dies exponentially, faster in the treble, after a handful of early reflections: J. A. Moorer, "About
    this reverberation business", Computer Music J. 3 (1979).
    """
    rng = generator(f"room {room.name}")
    time_s = times_s(1.25 * room.t60_s, rate_hz)
    noise = rng.standard_normal((2, len(time_s)))
    tail = np.zeros_like(noise)
    for low_hz, high_hz, longer in _BANDS:
        tail += bandpass(noise, low_hz, high_hz, rate_hz) * dying(time_s, room.t60_s * longer)
    tail *= 1.0 - np.exp(-time_s / (3.0 * room.first_s))
    for i in range(7):
        for channel in tail:
            at_s = room.first_s * (1.0 + 0.8 * i + rng.uniform(0.0, 0.6))
            channel[round(at_s * rate_hz)] += rng.choice((-1.0, 1.0)) * 5.0 * 0.8**i
    response = faded(highpass(tail, 150.0, rate_hz), rate_hz, 0.0, 0.1)
    return np.asarray(response / np.sqrt(np.sum(response**2, axis=-1, keepdims=True)))


def reverberated(sent: Signal, room: Room, rate_hz: int) -> Signal:
    """What the room answers to a stereo signal, without the signal itself; as long as the signal."""
    return convolved(sent, impulse_response(room, rate_hz))[:, : sent.shape[-1]]


def in_room(
    sound: Signal, room: Room, rate_hz: int, *, wet: float, longer_s: float = 0.0
) -> Signal:
    """A stereo sound together with its room, made longer by a time in which the tail fades."""
    extended = np.pad(sound, ((0, 0), (0, round(longer_s * rate_hz))))
    return faded(extended + wet * reverberated(extended, room, rate_hz), rate_hz, 0.0, longer_s)
