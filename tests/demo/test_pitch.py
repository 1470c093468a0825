from __future__ import annotations

import pytest

from phenotune.demo.pitch import chord_hz, hz, midi
from phenotune.errors import ParameterError


@pytest.mark.parametrize(
    ("name", "number"), [("A4", 69), ("C4", 60), ("Bb2", 46), ("F#3", 54), ("E1", 28), ("Cb4", 59)]
)
def test_names_are_midi_numbers(name: str, number: int) -> None:
    assert midi(name) == number


@pytest.mark.parametrize("name", ["", "A", "4", "H4", "Ax4", "a4", "A#b4", "A-1"])
def test_what_is_no_note_is_refused(name: str) -> None:
    with pytest.raises(ParameterError, match=f"expected a note such as 'Bb3', got '{name}'"):
        midi(name)


def test_frequencies_are_tempered() -> None:
    assert hz("A4") == 440.0
    assert hz("A3") == pytest.approx(220.0)
    assert hz("Bb4") / hz("A4") == pytest.approx(2.0 ** (1.0 / 12.0))
    assert hz(69.5) / hz(69) == pytest.approx(2.0 ** (1.0 / 24.0))
    assert chord_hz("A3 A4") == pytest.approx((220.0, 440.0))
