from __future__ import annotations

import numpy as np
import pytest

from phenotune.demo.pitch import chord_hz, hz
from phenotune.demo.plucked import (
    BASS_BODY,
    GUT,
    NYLON,
    STEEL,
    WIRE,
    String,
    bass_note,
    body,
    dead_note,
    string,
    strum,
)
from phenotune.demo.signals import Signal

RATE_HZ = 44_100


def pitch_hz(sound: Signal, near_hz: float) -> float:
    """Frequency of the strongest partial near a frequency, by a parabola through the logarithmic spectrum."""
    n = 1 << 18
    level = np.log(np.abs(np.fft.rfft(sound * np.hanning(len(sound)), n)) + 1e-12)
    low, high = (round(near_hz * side * n / RATE_HZ) for side in (0.95, 1.05))
    peak = low + int(np.argmax(level[low:high]))
    before, at, after = level[peak - 1 : peak + 2]
    return float((peak + 0.5 * (before - after) / (before - 2.0 * at + after)) * RATE_HZ / n)


@pytest.mark.parametrize(
    ("kind", "name"),
    [(GUT, "E1"), (GUT, "D3"), (NYLON, "E2"), (NYLON, "F4"), (STEEL, "B4"), (WIRE, "C6")],
)
def test_strings_are_in_tune(kind: String, name: str, rng: np.random.Generator) -> None:
    sound = string(kind, hz(name), 1.5, RATE_HZ, rng)
    assert 1200.0 * abs(np.log2(pitch_hz(sound, hz(name)) / hz(name))) < 0.5


def test_a_string_dies_in_its_time_and_its_treble_sooner(rng: np.random.Generator) -> None:
    sound = string(GUT, hz("A1"), 2.0, RATE_HZ, rng)
    frames = np.abs(np.fft.rfft(sound[: 16 * 5292].reshape(16, 5292) * np.hanning(5292)))
    bins_hz = np.fft.rfftfreq(5292, 1.0 / RATE_HZ)
    fundamental, treble = (
        20.0 * np.log10(frames[:, np.abs(bins_hz - at_hz) < 15.0].max(axis=1))
        for at_hz in (55.0, 990.0)
    )
    fall_a_s = np.polyfit(np.arange(1, 12) * 0.12, fundamental[1:12], 1)[0]
    assert fall_a_s == pytest.approx(-60.0 / GUT.t60_s, rel=0.15)
    assert treble[1] - treble[4] > 3.0 * (fundamental[1] - fundamental[4])


@pytest.mark.parametrize("duration_s", [0.0, 1.0 / RATE_HZ, 0.001, 0.01])
def test_strings_may_be_shorter_than_a_period(duration_s: float, rng: np.random.Generator) -> None:
    sound = string(STEEL, 82.4, duration_s, RATE_HZ, rng)
    assert sound.shape == (round(duration_s * RATE_HZ),)
    assert np.isfinite(sound).all()


def test_a_body_lets_the_direct_sound_through_first() -> None:
    response = body(BASS_BODY, RATE_HZ)
    assert response[0] == pytest.approx(1.0)
    assert np.abs(response[1:]).max() < 0.1


def test_bass_notes_start_soft_end_soft_and_follow_the_velocity(rng: np.random.Generator) -> None:
    note = bass_note(hz("F1"), 0.4, 0.7, RATE_HZ, rng)
    assert np.abs(note).max() == pytest.approx(0.7, abs=0.1)
    assert abs(note[0]) < 1e-6
    assert abs(note[-1]) < 1e-6
    assert len(note) == round(0.49 * RATE_HZ)
    assert len(dead_note(0.4, RATE_HZ, rng)) < len(note)


def test_an_upward_stroke_starts_with_the_high_string(rng: np.random.Generator) -> None:
    low, high = chord_hz("C3 F#4")
    for spread_s, first_hz, last_hz in ((0.2, low, high), (-0.2, high, low)):
        sound = strum((low, high), 1.0, RATE_HZ, rng, spread_s=spread_s)
        head = np.abs(np.fft.rfft(sound[:3000], RATE_HZ))
        assert head[round(first_hz)] > 5.0 * head[round(last_hz)]
