from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from phenotune.demo.signals import Signal
from phenotune.demo.struck import bell, electric_piano, organ, vibraphone

RATE_HZ = 44_100
Instrument = Callable[[], Signal]
ALL: dict[str, Instrument] = {
    "piano": lambda: electric_piano(220.0, 0.8, 0.7, RATE_HZ),
    "vibraphone": lambda: vibraphone(220.0, 1.0, 0.7, RATE_HZ),
    "bell": lambda: bell(220.0, 1.0, RATE_HZ),
    "organ": lambda: organ(220.0, 0.8, RATE_HZ),
}


@pytest.mark.parametrize("name", ALL)
def test_notes_neither_start_nor_end_with_a_click(name: str) -> None:
    note = ALL[name]()
    assert np.isfinite(note).all()
    assert np.abs(note[[0, -1]]).max() < 1e-3
    assert 0.2 < np.abs(note).max() < 1.6


@pytest.mark.parametrize("name", ["piano", "vibraphone", "organ"])
def test_the_pitch_is_the_one_that_was_asked_for(name: str) -> None:
    spectrum = np.abs(np.fft.rfft(ALL[name]()[4410:30_870], RATE_HZ))
    partials = spectrum[220:1760:110]
    assert partials.max() == pytest.approx(spectrum[60:1760].max(), rel=0.1)


def test_a_harder_stroke_on_the_piano_is_brighter() -> None:
    def brightness(velocity: float) -> float:
        power = np.abs(np.fft.rfft(electric_piano(220.0, 0.5, velocity, RATE_HZ))) ** 2
        return float((power * np.arange(len(power))).sum() / power.sum())

    assert brightness(0.9) > 1.15 * brightness(0.3)


def test_drawbars_that_are_pushed_in_are_silent() -> None:
    sound = organ(220.0, 1.5, RATE_HZ, "008000000")[-RATE_HZ:]
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    assert spectrum[[110, 440, 880]].max() < 0.01 * spectrum[330]
