"""Names of notes, and what they mean in hertz."""

from __future__ import annotations

from phenotune.errors import ParameterError

_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SHIFTS = {"#": 1, "b": -1}


def midi(name: str) -> int:
    """MIDI number of a note such as ``"Bb3"``; ``"C4"``, the middle C, is 60.

    Raises
    ------
    ParameterError
        If the name is not a letter, an optional ``#`` or ``b``, and an octave.

    Examples
    --------
    >>> midi("A4"), midi("Bb2")
    (69, 46)
    """
    letter, shift, octave = name[:1], name[1:-1], name[-1:]
    if letter not in _SEMITONES or shift not in ("", *_SHIFTS) or not octave.isdigit():
        raise ParameterError(f"expected a note such as 'Bb3', got '{name}'")
    return 12 * (int(octave) + 1) + _SEMITONES[letter] + _SHIFTS.get(shift, 0)


def hz(note: str | float) -> float:
    """Frequency of a note's name or MIDI number, equal temperament, A4 = 440 Hz.

    >>> hz("A4"), round(hz(60), 2)
    (440.0, 261.63)
    """
    number = midi(note) if isinstance(note, str) else note
    return float(440.0 * 2.0 ** ((number - 69) / 12.0))


def chord_hz(names: str) -> tuple[float, ...]:
    """Frequencies of several notes, written with spaces between.

    >>> [round(f) for f in chord_hz("A3 C4 E4")]
    [220, 262, 330]
    """
    return tuple(hz(name) for name in names.split())
