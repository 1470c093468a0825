"""The mixing desk: placing, panning, echo, chorus, drive, and the master."""

from __future__ import annotations

import numpy as np

from phenotune.demo.filters import highpass, smoothed
from phenotune.demo.signals import Signal, faded, peak_to
from phenotune.units import db_to_amplitude, s_to_samples


def panned(sound: Signal, position: float = 0.0) -> Signal:
    """A mono sound as stereo at a place from -1 (left) to 1 (right), at constant power."""
    angle = 0.25 * np.pi * (position + 1.0)
    return np.array([[np.cos(angle)], [np.sin(angle)]]) * sound


def place(bus: Signal, sound: Signal, onset_s: float, rate_hz: int) -> None:
    """Add a sound to a bus of as many channels; what lies beyond either end of the bus is lost."""
    start = s_to_samples(onset_s, rate_hz)
    sound = sound[..., max(0, -start) :]
    start = max(0, start)
    room_left = bus[..., start : start + sound.shape[-1]]
    room_left += sound[..., : room_left.shape[-1]]


def echoed(sound: Signal, time_s: float, rate_hz: int, *, feedback: float, n: int) -> Signal:
    """A stereo sound and ``n`` echoes that change sides and lose treble; as long as the sound."""
    result, repeat = sound.copy(), sound
    for _ in range(n):
        repeat = feedback * np.apply_along_axis(smoothed, -1, repeat[::-1], rate_hz, 0.00005)
        shift = s_to_samples(time_s, rate_hz)
        repeat = np.pad(repeat, ((0, 0), (shift, 0)))[:, : sound.shape[-1]]
        result += repeat
    return result


def delayed(sound: Signal, delay_samples: Signal) -> Signal:
    """A mono sound read behind its time by a moving number of samples, linear in between."""
    position = np.arange(len(sound), dtype=np.float64)
    return np.interp(position - delay_samples, position, sound, left=0.0)


def chorused(
    sound: Signal, rate_hz: int, *, depth_ms: float = 3.0, speed_hz: float = 0.7
) -> Signal:
    """A mono sound doubled by copies whose delay wavers, a different one on each side: ``(2, n)``."""
    turn = 2.0 * np.pi * speed_hz * np.arange(len(sound)) / rate_hz
    sides = []
    for start in (0.0, 0.5 * np.pi):
        copies = [
            delayed(sound, 0.001 * rate_hz * (7.0 + depth_ms * np.sin(turn + start + i * np.pi)))
            for i in range(2)
        ]
        sides.append(0.6 * sound + 0.5 * copies[0] + 0.5 * copies[1])
    return np.stack(sides)


def driven(sound: Signal, drive: float) -> Signal:
    """Soft saturation by a hyperbolic tangent that leaves a peak of 1 where it is."""
    return np.asarray(np.tanh(drive * sound) / np.tanh(drive))


def mastered(mix: Signal, rate_hz: int, *, ceiling_db: float = -1.0, drive: float = 0.8) -> Signal:
    """A finished mix: no subsonic rumble, the highest peaks bent, ends faded, peak at ``ceiling_db`` dBFS."""
    clean = peak_to(highpass(mix, 28.0, rate_hz))
    return peak_to(faded(driven(clean, drive), rate_hz, 0.003, 0.02), db_to_amplitude(ceiling_db))
