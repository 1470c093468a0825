"""Struck instruments with pitch: electric piano, vibraphone, bell, and an organ that is close enough to stand here."""

from __future__ import annotations

import numpy as np

from phenotune.demo.envelopes import dying, held, struck
from phenotune.demo.filters import highpass, lowpass
from phenotune.demo.oscillators import cycles, modulated, sine
from phenotune.demo.signals import Signal, faded, peak_to, times_s


def electric_piano(hz: float, length_s: float, velocity: float, rate_hz: int) -> Signal:
    """A tine piano by two pairs of operators, one for the tone, one for the ring of the tine.

    J. M. Chowning (1973), section "Simulation of instrument tones": the index falls with the loudness. The second pair
    (ratio 1 : 14) is the habit of the 1980s.
    """
    release_s = 0.18
    time_s = times_s(length_s + release_s, rate_hz)
    phase = cycles(hz, time_s)
    fade = struck(time_s, 0.002, 6.0 * (220.0 / hz) ** 0.35)
    tone = modulated(phase, phase, (0.3 + 2.3 * velocity**1.5) * dying(time_s, 3.5))
    beside = modulated(cycles(hz * 1.0009, time_s), phase, 0.6 * velocity * dying(time_s, 5.0))
    tine = modulated(phase, cycles(14.0 * hz, time_s), 0.35 * velocity * dying(time_s, 0.6))
    level = velocity / (1.0 + (hz / 900.0) ** 2)
    sound = fade * (0.55 * tone + 0.3 * beside + 0.3 * tine)
    without_mean = highpass(sound, 0.4 * hz, rate_hz)  # sidebands of 1 : 1 fold onto 0 Hz
    return level * faded(lowpass(without_mean, 5200.0, rate_hz, order=1), rate_hz, 0.001, release_s)


def vibraphone(
    hz: float, duration_s: float, velocity: float, rate_hz: int, motor_hz: float = 5.3
) -> Signal:
    """A bar tuned 1 : 4 : 10 over a resonator whose lid turns.

    Partials of such a bar: N. H. Fletcher and T. D. Rossing, "The Physics of Musical Instruments" (2nd ed. 1998),
    section 19.5.
    """
    time_s = times_s(duration_s, rate_hz)
    low = sine(hz * time_s) * struck(time_s, 0.003, 7.0 * (440.0 / hz) ** 0.5)
    middle = sine(3.98 * hz * time_s) * struck(time_s, 0.001, 1.2)
    high = sine(10.3 * hz * time_s) * struck(time_s, 0.001, 0.2)
    lid = 1.0 - 0.28 * (0.5 - 0.5 * np.cos(2.0 * np.pi * motor_hz * time_s))
    sound = low * lid + 0.16 * velocity * middle + 0.08 * velocity * high
    return velocity * faded(sound, rate_hz, 0.001, 0.12)


def bell(hz: float, duration_s: float, rate_hz: int) -> Signal:
    """A bell by frequency modulation: the ratio is 1 : 1.4, the index falls with the loudness (Chowning 1973)."""
    time_s = times_s(duration_s, rate_hz)
    fade = struck(time_s, 0.002, duration_s)
    index = 6.0 * dying(time_s, 0.9 * duration_s)
    tone = modulated(cycles(hz, time_s), cycles(1.4 * hz, time_s), index)
    hum = modulated(cycles(0.502 * hz, time_s), cycles(0.7 * hz, time_s), 0.4 * index)
    return faded(fade * (tone + 0.4 * hum), rate_hz, 0.001, 0.2)


DRAWBARS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)
"""Pitches of the nine drawbars of a tone-wheel organ, as multiples of the key."""


def organ(hz: float, length_s: float, rate_hz: int, drawbars: str = "888000003") -> Signal:
    """A tone-wheel organ: nine sines by their drawbars (3 dB a step), a key click, a spark of percussion."""
    time_s = times_s(length_s + 0.03, rate_hz)
    sound = np.zeros_like(time_s)
    for pitch, pulled in zip(DRAWBARS, drawbars, strict=True):
        if pulled != "0":
            sound += 10.0 ** (0.15 * (int(pulled) - 8)) * sine(pitch * hz * time_s)
    sound += 1.2 * sine(3.0 * hz * time_s) * dying(time_s, 0.35)
    click = highpass(np.sign(sine(1700.0 * time_s)), 900.0, rate_hz) * dying(time_s, 0.012)
    return peak_to((sound + 0.4 * click) * held(time_s, 0.004, length_s, 0.025))
