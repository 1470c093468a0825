"""Basses: the ones that shake walls, and one with fingers."""

from __future__ import annotations

import numpy as np

from phenotune.demo.envelopes import dying, held, struck, through
from phenotune.demo.filters import highpass, lowpass, sweep
from phenotune.demo.mixing import driven, place
from phenotune.demo.oscillators import cycles, saw, sine, unison
from phenotune.demo.pitch import hz
from phenotune.demo.plucked import String, string
from phenotune.demo.records.record import Record
from phenotune.demo.signals import Signal, faded, peak_to, silence, times_s

ACID = "A1 A1 A2~ A1 - C2 A1 G2~ A1 A1 E2~ D2 - A1 C2~ A2"
"""Sixteenths; a note with ``~`` slides into the next, ``-`` rests."""

FINGERS = "E1 - - E2 x D2 - E1 - x G1 - A1 x B1 D2"
"""Sixteenths; ``x`` is a dead note."""


def sub_bass(rng: np.random.Generator, rate_hz: int) -> Signal:
    """A tuned bass drum of a drum machine, F sharp, driven."""
    time_s = times_s(1.8, rate_hz)
    phase = cycles(hz("F#1") * (1.0 + 2.5 * np.exp(-time_s / 0.012)), time_s)
    click = highpass(rng.standard_normal(len(time_s)), 1500.0, rate_hz) * dying(time_s, 0.01)
    return driven(sine(phase) * struck(time_s, 0.002, 2.2) + 0.1 * click, 2.4) * held(
        time_s, 0.001, 1.5, 0.28
    )


def sub_slide(rng: np.random.Generator, rate_hz: int) -> Signal:
    """The same machine slides from B up to F sharp and back down."""
    time_s = times_s(2.0, rate_hz)
    glide = through(
        time_s, [(0.5, hz("B1")), (0.62, hz("F#2")), (1.1, hz("F#2")), (1.35, hz("B1"))]
    )
    phase = cycles(glide * (1.0 + 1.5 * np.exp(-time_s / 0.01)), time_s, rng.uniform(0.0, 0.01))
    return driven(sine(phase) * struck(time_s, 0.002, 4.0), 3.0) * held(time_s, 0.001, 1.7, 0.28)


def reese(rng: np.random.Generator, rate_hz: int) -> Signal:
    """Detuned saws on D that beat against each other under a wandering filter."""
    time_s = times_s(2.8, rate_hz)
    sound = unison(hz("D1"), time_s, rng, n=3, cents=22.0) + unison(
        hz("D2"), time_s, rng, n=2, cents=16.0
    )
    wandering = 500.0 + 380.0 * sine(0.8 * time_s + 0.7)
    under = sine(hz("D1") * time_s)
    return driven(peak_to(sweep(sound, wandering, 1.1, rate_hz)) + 0.4 * under, 1.6) * held(
        time_s, 0.02, 2.5, 0.25
    )


def acid_line(rng: np.random.Generator, rate_hz: int) -> Signal:
    """Sixteenths at 125 in A minor: a saw, slides, accents, a filter at the edge of whistling."""
    step_s = 60.0 / 125.0 / 4.0
    steps = ACID.split()
    time_s = times_s(16 * step_s, rate_hz)
    octaves, level, snap = (np.zeros(len(time_s)) for _ in range(3))
    for i, step in enumerate(steps):
        span = time_s >= i * step_s
        since_s = time_s[span] - i * step_s
        if step == "-":
            level[span] = 0.0
            continue
        slides = step.endswith("~")
        octaves[span] = np.log2(hz(step.rstrip("~")))
        level[span] = held(since_s, 0.002, step_s * (1.0 if slides else 0.55), 0.03)
        snap[span] = np.exp(-since_s / (0.16 if i % 4 == 2 else 0.08)) * (
            1.0 if i % 4 == 2 else 0.6
        )
    pitch = 2.0 ** lowpass(octaves, 40.0, rate_hz, settled=True)
    cutoff = (260.0 + 900.0 * time_s / time_s[-1]) * (
        1.0 + 4.0 * lowpass(snap, 60.0, rate_hz, settled=True)
    )
    voice = sweep(saw(cycles(pitch, time_s, rng.uniform())), cutoff, 3.2, rate_hz)
    return driven(peak_to(voice * lowpass(level, 90.0, rate_hz)), 2.5)


def finger_line(rng: np.random.Generator, rate_hz: int) -> Signal:
    """An electric bass at 100, E minor, with dead notes between."""
    roundwound = String(
        t60_s=3.0, t60_high_s=0.5, high_hz=2000.0, pluck_at=0.12, softness_hz=2600.0
    )
    bus = silence(2.5, rate_hz, is_stereo=False)
    for step, name in enumerate(FINGERS.split()):
        if name == "-":
            continue
        length_s = 0.06 if name == "x" else 0.26
        note = peak_to(
            string(roundwound, hz("E1" if name == "x" else name), length_s, rate_hz, rng)
        )
        short = faded(note * (0.45 if name == "x" else 0.9), rate_hz, 0.001, 0.04)
        place(bus, short, 0.15 * step, rate_hz)
    return lowpass(driven(peak_to(bus), 1.4), 3500.0, rate_hz)


RECORDS = (
    Record("bass/sub_f_sharp.wav", 44_100, -2.0, sub_bass, "Downstairs Neighbour"),
    Record("bass/slide_b.flac", 48_000, -2.0, sub_slide, "Trunk"),
    Record("bass/reese_d.wav", 48_000, -3.0, reese, "Two Saws and a Tunnel"),
    Record("bass/acid_a_minor_125.flac", 44_100, -3.0, acid_line, "Silver Box"),
    Record("bass/fingers_e_minor_100.wav", 44_100, -3.0, finger_line, "Session Fee"),
)
