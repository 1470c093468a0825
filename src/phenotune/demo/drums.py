"""Two drum kits: brushes for the song, and a hard kit from which the library's breaks are made."""

from __future__ import annotations

import numpy as np

from phenotune.demo.envelopes import dying, struck
from phenotune.demo.filters import bandpass, highpass, lowpass
from phenotune.demo.oscillators import cycles, partial_cloud, sine
from phenotune.demo.signals import Signal, faded, peak_to, times_s


def ride(rng: np.random.Generator, rate_hz: int, duration_s: float = 2.2) -> Signal:
    """A ride cymbal: partials in four registers, the lower the longer, and the ping of the stick."""
    time_s = times_s(duration_s, rate_hz)
    registers = (
        (330.0, 900.0, 14, 2.5, 0.10),
        (900.0, 3000.0, 45, 3.5, 0.16),
        (3000.0, 7000.0, 140, 2.4, 0.38),
        (7000.0, 12000.0, 300, 1.4, 0.38),
        (12000.0, 18000.0, 260, 0.8, 0.22),
    )
    wash = np.zeros_like(time_s)
    for low_hz, high_hz, n, t60_s, level in registers:
        wash += (
            level
            * partial_cloud(rng, len(time_s), rate_hz, low_hz, high_hz, n=n)
            * dying(time_s, t60_s)
        )
    ping = partial_cloud(rng, len(time_s), rate_hz, 2300.0, 6500.0, n=9) * struck(
        time_s, 0.001, 0.35
    )
    return peak_to(faded((wash + 1.6 * ping) * struck(time_s, 0.001, 6.0), rate_hz, 0.0, 0.3))


def chick(rng: np.random.Generator, rate_hz: int) -> Signal:
    """A hi-hat closed with the foot."""
    time_s = times_s(0.14, rate_hz)
    metal = partial_cloud(rng, len(time_s), rate_hz, 2500.0, 12000.0, n=160)
    return peak_to(faded(metal * struck(time_s, 0.004, 0.11), rate_hz, 0.0, 0.02))


def brush_tap(rng: np.random.Generator, rate_hz: int) -> Signal:
    """A tap of the brush on the snare: wires on the head, a little of the drum below."""
    time_s = times_s(0.26, rate_hz)
    wires = bandpass(rng.standard_normal(len(time_s)), 1100.0, 7500.0, rate_hz) * struck(
        time_s, 0.004, 0.24
    )
    head = (sine(192.0 * time_s) + 0.5 * sine(331.0 * time_s)) * struck(time_s, 0.003, 0.16)
    return peak_to(faded(wires + 0.28 * head, rate_hz, 0.0, 0.03))


def brush_swish(rng: np.random.Generator, rate_hz: int, duration_s: float, lean: float) -> Signal:
    """One circle of the brush over the head, ``(2, n)``, from one side to the other as ``lean`` (-1 or 1) says."""
    time_s = times_s(duration_s, rate_hz)
    part = time_s / duration_s
    noise = bandpass(rng.standard_normal((2, len(time_s))), 1500.0, 6500.0, rate_hz)
    noise[1] = 0.6 * noise[0] + 0.8 * noise[1]
    stroke = np.sin(np.pi * part**0.7) ** 1.5
    side = 0.5 + 0.35 * lean * np.cos(np.pi * part)
    places = np.stack([np.cos(0.5 * np.pi * side), np.sin(0.5 * np.pi * side)])
    return np.asarray(noise * stroke * places)


def feathered_kick(rng: np.random.Generator, rate_hz: int) -> Signal:
    """A bass drum touched rather than hit, more felt than heard."""
    time_s = times_s(0.32, rate_hz)
    phase = cycles(52.0 + 30.0 * np.exp(-time_s / 0.02), time_s)
    felt = lowpass(rng.standard_normal(len(time_s)), 500.0, rate_hz) * dying(time_s, 0.03)
    return peak_to(
        faded(sine(phase) * struck(time_s, 0.004, 0.3) + 0.15 * felt, rate_hz, 0.001, 0.05)
    )


def kick(
    rng: np.random.Generator, rate_hz: int, *, low_hz: float = 48.0, t60_s: float = 0.42
) -> Signal:
    """A hard bass drum: a sine that falls two octaves in a moment, driven, with a click."""
    time_s = times_s(1.1 * t60_s, rate_hz)
    phase = cycles(low_hz + 4.0 * low_hz * np.exp(-time_s / 0.017), time_s)
    click = highpass(rng.standard_normal(len(time_s)), 2000.0, rate_hz) * dying(time_s, 0.012)
    return peak_to(
        faded(
            np.tanh(2.2 * sine(phase) * struck(time_s, 0.001, t60_s)) + 0.25 * click,
            rate_hz,
            0.0,
            0.04,
        )
    )


def snare(
    rng: np.random.Generator, rate_hz: int, *, hz: float = 188.0, wires_s: float = 0.34
) -> Signal:
    """A snare drum: two modes of the head, the wires, the crack of the stick."""
    time_s = times_s(0.36, rate_hz)
    bend = 1.0 + 0.25 * np.exp(-time_s / 0.012)
    head = sine(cycles(hz * bend, time_s)) + 0.6 * sine(cycles(1.78 * hz * bend, time_s))
    noise = rng.standard_normal(len(time_s))
    wires = bandpass(noise, 1200.0, 9000.0, rate_hz) * struck(time_s, 0.001, wires_s)
    crack = highpass(noise, 3000.0, rate_hz) * dying(time_s, 0.03)
    sound = head * struck(time_s, 0.001, 0.19) + 0.9 * wires + 0.5 * crack
    return peak_to(faded(np.tanh(1.4 * sound), rate_hz, 0.0, 0.05))


def hat(rng: np.random.Generator, rate_hz: int, *, t60_s: float = 0.12) -> Signal:
    """A hi-hat struck with a stick: closed by default, open with a longer ``t60_s``."""
    time_s = times_s(min(1.2 * t60_s, 0.7) + 0.02, rate_hz)
    metal = partial_cloud(rng, len(time_s), rate_hz, 4500.0, 15000.0, n=120)
    noise = highpass(rng.standard_normal(len(time_s)), 6500.0, rate_hz)
    return peak_to(faded((metal + 0.7 * noise) * struck(time_s, 0.0008, t60_s), rate_hz, 0.0, 0.02))


def conga(rng: np.random.Generator, rate_hz: int, hz: float, *, slap: bool = False) -> Signal:
    """A hand drum: two modes of its skin and the hand; a slap is shorter and brighter."""
    time_s = times_s(0.3, rate_hz)
    t60_s = 0.18 if slap else 0.5
    phase = cycles(hz * (1.0 + 0.08 * np.exp(-time_s / 0.02)), time_s)
    skin = sine(phase) + 0.4 * sine(1.59 * phase) * dying(time_s, 0.15)
    hand = bandpass(rng.standard_normal(len(time_s)), 700.0, 5000.0, rate_hz) * dying(time_s, 0.035)
    return peak_to(
        faded(
            skin * struck(time_s, 0.001, t60_s) + (1.2 if slap else 0.25) * hand, rate_hz, 0.0, 0.04
        )
    )


def clave(rate_hz: int, hz: float = 2480.0) -> Signal:
    """Two sticks of hard wood."""
    time_s = times_s(0.12, rate_hz)
    return peak_to(
        faded(
            (sine(hz * time_s) + 0.2 * sine(2.7 * hz * time_s)) * struck(time_s, 0.0007, 0.12),
            rate_hz,
        )
    )


def shaker(rng: np.random.Generator, rate_hz: int) -> Signal:
    """Seeds that are thrown forward and stopped."""
    time_s = times_s(0.11, rate_hz)
    seeds = bandpass(rng.standard_normal(len(time_s)), 4200.0, 12000.0, rate_hz)
    return peak_to(faded(seeds * np.sin(np.pi * np.clip(time_s / 0.1, 0.0, 1.0)) ** 2, rate_hz))
