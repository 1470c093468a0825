from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from phenotune.demo import drums
from phenotune.demo.signals import Signal

RATE_HZ = 44_100
Drum = Callable[[np.random.Generator], Signal]
ALL: dict[str, tuple[Drum, float, float]] = {
    # the drum, and between which frequencies the middle of its spectrum lies
    "ride": (lambda rng: drums.ride(rng, RATE_HZ), 2500.0, 9000.0),
    "chick": (lambda rng: drums.chick(rng, RATE_HZ), 4000.0, 10_000.0),
    "brush tap": (lambda rng: drums.brush_tap(rng, RATE_HZ), 500.0, 5000.0),
    "feathered kick": (lambda rng: drums.feathered_kick(rng, RATE_HZ), 30.0, 120.0),
    "kick": (lambda rng: drums.kick(rng, RATE_HZ), 40.0, 400.0),
    "snare": (lambda rng: drums.snare(rng, RATE_HZ), 400.0, 5000.0),
    "hat": (lambda rng: drums.hat(rng, RATE_HZ), 6000.0, 14_000.0),
    "conga": (lambda rng: drums.conga(rng, RATE_HZ, 200.0), 150.0, 600.0),
    "slap": (lambda rng: drums.conga(rng, RATE_HZ, 260.0, slap=True), 300.0, 2500.0),
    "clave": (lambda _: drums.clave(RATE_HZ), 2000.0, 3500.0),
    "shaker": (lambda rng: drums.shaker(rng, RATE_HZ), 5000.0, 11_000.0),
}


@pytest.mark.parametrize("name", ALL)
def test_drums_lie_where_they_belong_and_end_quietly(name: str, rng: np.random.Generator) -> None:
    make, low_hz, high_hz = ALL[name]
    sound = make(rng)
    power = np.abs(np.fft.rfft(sound)) ** 2
    centroid_hz = (power * np.fft.rfftfreq(len(sound), 1.0 / RATE_HZ)).sum() / power.sum()
    assert np.abs(sound).max() == pytest.approx(1.0)
    assert low_hz < centroid_hz < high_hz
    assert np.abs(sound[-20:]).max() < 0.01


@pytest.mark.parametrize("name", ["ride", "snare", "hat"])
def test_two_strokes_are_never_the_same(name: str, rng: np.random.Generator) -> None:
    first, second = ALL[name][0](rng), ALL[name][0](rng)
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.9


def test_an_open_hat_rings_longer(rng: np.random.Generator) -> None:
    assert len(drums.hat(rng, RATE_HZ, t60_s=0.4)) > 3 * len(drums.hat(rng, RATE_HZ))


def test_a_circle_of_the_brush_wanders_to_the_other_side(rng: np.random.Generator) -> None:
    circle = drums.brush_swish(rng, RATE_HZ, 0.5, lean=-1.0)
    first, last = np.array_split(circle, 2, axis=1)
    assert np.sum(first[0] ** 2) > 1.5 * np.sum(first[1] ** 2)
    assert np.sum(last[1] ** 2) > 1.5 * np.sum(last[0] ** 2)
