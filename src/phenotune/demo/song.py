"""The song as data: "Second Shift", twelve bars of swing in F for a small group. Nothing here makes a sound.

Beats are counted from 0 at the first bar line; eighth notes are written straight and swing when they are played.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

TITLE = "Second Shift"
TEMPO_BPM = 132.0
BEATS_A_BAR = 4
N_BARS = 12
N_BEATS = N_BARS * BEATS_A_BAR
"""Where the last chord falls: on the first beat after the last bar."""

SWING = 0.63
"""Where the second eighth of a beat falls: 0.5 is straight, 0.667 a triplet."""

COUNT_IN_S = 0.12
"""Silence before the first beat, so that nobody can come in too early."""

DURATION_S = 23.8


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord from a beat on: its name for people, and the voicing of the left hand."""

    beat: float
    name: str
    voicing: str


CHORDS = (
    Chord(0, "Fmaj7", "F3 A3 C4 E4"),
    Chord(4, "D7b9", "F#3 A3 C4 Eb4"),
    Chord(8, "Gm7", "F3 Bb3 D4 G4"),
    Chord(12, "C9", "E3 Bb3 D4 G4"),
    Chord(16, "Am7", "G3 C4 E4 G4"),
    Chord(20, "D7#9", "F#3 C4 F4 Bb4"),
    Chord(24, "Gm9", "F3 Bb3 D4 A4"),
    Chord(28, "C7b9", "E3 Bb3 Db4 G4"),
    Chord(32, "Fadd9", "F3 A3 C4 G4"),
    Chord(34, "F7", "F3 A3 C4 Eb4"),
    Chord(36, "Bbmaj7", "D3 A3 Bb3 F4"),
    Chord(38, "Eb9#11", "Db3 G3 A3 F4"),
    Chord(40, "Am7", "C3 G3 C4 E4"),
    Chord(42, "D7b9", "C3 F#3 Eb4 A4"),
    Chord(44, "Gm9", "Bb3 D4 F4 A4"),
    Chord(46, "C9", "Bb3 D4 E4 G4"),
    Chord(48, "F6/9", "F3 A3 D4 G4"),
)

COMPING: tuple[tuple[float, float, float], ...] = (
    (0.0, 1.4, 0.62), (1.5, 0.4, 0.50), (5.5, 1.3, 0.58), (8.0, 0.5, 0.50), (9.5, 2.0, 0.60),
    (13.0, 0.5, 0.48), (14.5, 0.4, 0.55), (15.5, 1.8, 0.62), (18.5, 0.4, 0.46), (20.0, 1.5, 0.60),
    (21.5, 0.4, 0.52), (25.5, 1.5, 0.55), (28.0, 0.4, 0.50), (29.5, 0.4, 0.58), (31.5, 1.9, 0.65),
    (34.5, 1.0, 0.56), (36.0, 0.5, 0.52), (37.5, 1.4, 0.60), (40.5, 0.4, 0.50), (42.0, 0.9, 0.56),
    (43.5, 1.6, 0.62), (46.0, 0.5, 0.55), (46.5, 0.5, 0.60), (48.0, 3.6, 0.66),
)  # fmt: skip
"""The electric piano: ``(beat, beats, velocity)``. A stroke half a beat before a chord already plays it."""

WALK: tuple[str, ...] = (
    "F1 A1 C2 C#2", "D2 C2 A1 F#1", "G1 Bb1 D2 Db2", "C2 Bb1 G1 Ab1",
    "A1 C2 E2 Eb2", "D2 F#2 A2 Ab2", "G2 F2 D2 Db2", "C2 E2 G2 E2",
    "F2 C2 A1 B1", "Bb1 F2 Eb2 Bb1", "A1 C2 D2 F#1", "G1 D2 C2 E1",
)  # fmt: skip
"""The bass, a bar a string, a beat a note."""

LAST_BASS_NOTE = "F1"

SKIPS: tuple[tuple[float, str], ...] = (
    (3.5, ""), (7.5, "F#1"), (13.5, ""), (19.5, "Eb2"), (23.5, ""),
    (27.5, "Db2"), (33.5, ""), (35.5, "B1"), (43.5, ""), (46.5, "C2"),
)  # fmt: skip
"""Eighths that the bass slips in between; without a name, a dead note."""

Row: TypeAlias = tuple[float, float, str, float]
"""``(beat, beats, note, velocity)``."""

PHRASES: tuple[tuple[Row, ...], ...] = (
    (
        (2.5, 0.5, "C5", 0.55), (3.0, 0.5, "E5", 0.60), (3.5, 1.0, "G5", 0.85), (4.5, 0.5, "F#5", 0.62),
        (5.0, 0.5, "Eb5", 0.60), (5.5, 1.0, "C5", 0.70), (6.5, 0.5, "A4", 0.50), (7.0, 0.5, "Bb4", 0.60),
        (7.5, 0.5, "D5", 0.66), (8.0, 1.7, "F5", 0.82), (10.0, 0.5, "D5", 0.58), (10.5, 1.3, "Bb4", 0.56),
    ),
    (
        (14.5, 0.5, "E5", 0.58), (15.0, 0.5, "D5", 0.55), (15.5, 0.5, "C5", 0.60), (16.0, 1.0, "C5", 0.76),
        (17.0, 0.5, "D5", 0.58), (17.5, 0.5, "E5", 0.62), (18.0, 1.4, "G5", 0.88), (19.5, 1.0, "F5", 0.78),
        (20.5, 0.5, "Eb5", 0.60), (21.0, 0.5, "C5", 0.62), (21.5, 0.5, "Bb4", 0.56), (22.0, 0.5, "Ab4", 0.58),
        (22.5, 0.5, "F#4", 0.55), (23.0, 1.0, "A4", 0.66), (24.0, 0.5, "Bb4", 0.60), (24.5, 0.5, "D5", 0.66),
        (25.0, 1.6, "F5", 0.80),
    ),
    (
        (28.5, 0.5, "Bb5", 0.75), (29.0, 0.5, "A5", 0.70), (29.5, 0.5, "G5", 0.66), (30.0, 0.5, "E5", 0.62),
        (30.5, 0.5, "Db5", 0.66), (31.0, 0.5, "Bb4", 0.56), (31.5, 0.5, "C5", 0.60), (32.0, 1.5, "A4", 0.74),
    ),
    (
        (34.0, 1.0, "Eb5", 0.80), (35.0, 0.5, "D5", 0.62), (35.5, 0.5, "Eb5", 0.66),
        (36.0, 1.0, "F5", 0.86), (37.0, 0.5, "D5", 0.62), (37.5, 0.5, "F5", 0.70), (38.0, 1.0, "A5", 0.95),
        (39.0, 0.5, "G5", 0.72), (39.5, 0.5, "F5", 0.66), (40.0, 1.3, "E5", 0.78),
    ),
    (
        (43.0, 0.5, "C5", 0.58), (43.5, 0.5, "A4", 0.56),
        (44.0, 0.5, "Bb4", 0.60), (44.5, 0.5, "D5", 0.62), (45.0, 0.5, "F5", 0.70), (45.5, 1.0, "A5", 0.85),
        (46.5, 0.5, "G5", 0.68), (47.0, 0.5, "E5", 0.60), (47.5, 0.5, "G5", 0.64), (48.0, 3.0, "F5", 0.74),
    ),
)  # fmt: skip
"""The trumpet, a breath a tuple."""

ANSWERS: tuple[Row, ...] = (
    (11.5, 1.5, "D6", 0.46), (12.0, 1.5, "A5", 0.42), (12.5, 2.0, "E5", 0.44), (13.5, 2.0, "Bb5", 0.38),
    (26.5, 1.0, "F5", 0.40), (27.0, 1.0, "A5", 0.44), (27.5, 2.0, "C6", 0.50), (28.0, 1.5, "Db6", 0.40),
    (41.0, 1.0, "G5", 0.36), (41.5, 1.5, "C6", 0.42), (49.0, 4.0, "D5", 0.32), (49.5, 4.0, "G5", 0.34),
    (50.0, 4.0, "C6", 0.38), (50.5, 4.0, "E6", 0.34),
)  # fmt: skip
"""The vibraphone, where the trumpet breathes."""

TAPS: tuple[tuple[float, float], ...] = (
    *((beat, 0.42) for beat in range(1, N_BEATS, 2)),
    *((beat, 0.20) for beat in (3.5, 6.5, 9.5, 11.5, 17.5, 22.5, 26.5, 29.5, 34.5, 37.5, 41.5)),
    *((beat + i / 3, 0.26 + 0.05 * i) for beat in (15, 31, 46, 47) for i in range(3)),
    (N_BEATS, 0.5),
)
"""The brush on the snare: ``(beat, level)``; two and four, what slips in between, triplets before a new part."""

RIDE_FROM = 16
"""Beat on which the drummer moves to the cymbal."""

RIDE: tuple[tuple[float, float], ...] = (
    (0, 0.3),
    *(
        (bar + at, level)
        for bar in range(RIDE_FROM, N_BEATS, BEATS_A_BAR)
        for at, level in ((0, 0.30), (1, 0.40), (1.5, 0.20), (2, 0.30), (3, 0.40), (3.5, 0.22))
    ),
    (N_BEATS, 0.5),
)
"""The ride cymbal: ``(beat, level)``."""


def chord_at(beat: float) -> Chord:
    """The chord that sounds at a beat.

    >>> chord_at(5.5).name
    'D7b9'
    """
    return max((chord for chord in CHORDS if chord.beat <= beat), key=lambda chord: chord.beat)


def beat_s(beat: float) -> float:
    """When a beat is played, in seconds. Eighths swing; the thirds of a beat do not, for swing is made of them.

    >>> round(beat_s(1.5) - beat_s(1.0), 3), round(beat_s(2.0) - beat_s(1.5), 3)
    (0.286, 0.168)
    """
    whole, part = divmod(beat, 1.0)
    if part not in (0.0, 0.5):
        return COUNT_IN_S + beat * 60.0 / TEMPO_BPM
    swung = 2.0 * part * SWING
    return COUNT_IN_S + (whole + swung) * 60.0 / TEMPO_BPM
