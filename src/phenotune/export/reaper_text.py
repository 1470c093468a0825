"""The text of a REAPER project: what is written where, and nothing of what it means for the sound.

REAPER's own description of its files does not exist. The fields are those that ReaTeam's "State Chunk Definitions" and
the sources of the SWS extension tell of. Whatever REAPER makes up by itself when it is missing is left out, above all
the random numbers that name tracks and items: the same mosaic gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from phenotune.errors import ParameterError

S_SHAPED = 5
"""Number of the fade that is slow at both ends."""
REVERSED_SECTION = 2
"""Number of the mode of a section that is played backwards."""
MONO = 2
"""Number of the channel mode that folds to the mean."""


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a file that is played backwards, in seconds."""

    start_s: float
    length_s: float


@dataclass(frozen=True, slots=True)
class RppItem:
    """A media item with one take.

    Parameters
    ----------
    name
        What it is called; plain.
    file
        Its sound file, relative to the project, with forward slashes.
    position_s, length_s
        Where it begins, and how long it is.
    offset_s
        The place in the file, or in the section turned round, where it begins.
    speed
        Speed and pitch together.
    section
        Where it is played backwards.
    fade_in_s, fade_out_s
        S-shaped fades.
    volume, pan
        Gain, and balance from -1 to 1.
    is_inverted, is_mono, is_muted, is_locked
        Switches: polarity turned round, folded to mono, not heard, protected from editing.
    group
        Number that the items of a placement share; 0 where it is the only one.
    colour
        Red, green and blue, 0 to 255.
    envelope
        Points of its volume, joined by straight lines: seconds in the file from its beginning, and gain.
    shows_envelope
        Whether it is drawn; it is in force all the same.
    """

    name: str
    file: str
    position_s: float
    length_s: float
    offset_s: float = 0.0
    speed: float = 1.0
    section: Section | None = None
    fade_in_s: float = 0.0
    fade_out_s: float = 0.0
    volume: float = 1.0
    pan: float = 0.0
    is_inverted: bool = False
    is_mono: bool = False
    is_muted: bool = False
    is_locked: bool = False
    group: int = 0
    colour: tuple[int, int, int] = (128, 128, 128)
    envelope: Sequence[tuple[float, float]] = ()
    shows_envelope: bool = True


@dataclass(frozen=True, slots=True)
class RppTrack:
    """A track with its items."""

    name: str
    items: Sequence[RppItem]
    colour: tuple[int, int, int] = (128, 128, 128)


@dataclass(frozen=True, slots=True)
class RppProject:
    """A project: rate, channels that are rendered, tempo, how long it is, markers in seconds, and tracks."""

    rate_hz: int
    n_channels: int
    bpm: float
    duration_s: float
    markers: Sequence[tuple[float, str]]
    tracks: Sequence[RppTrack]


def project_text(project: RppProject) -> str:
    """The whole file."""
    return "\n".join([*_project(project), ""])


def _project(project: RppProject) -> Iterator[str]:
    # Of a version that is old, so that nobody is told that the file is too new for him.
    yield '<REAPER_PROJECT 0.1 "6.0" 0'
    yield "  AUTOXFADE 0"
    yield "  PANLAW 1"
    yield f"  RENDER_FMT 0 {project.n_channels} {project.rate_hz}"
    yield f"  RENDER_RANGE 0 0 {number(project.duration_s)} 0 1000"
    yield "  ITEMMIX 1"
    yield f"  SAMPLERATE {project.rate_hz} 1 0"
    yield f"  TEMPO {number(project.bpm)} 4 4 0"
    yield "  MASTER_NCH 2 2"
    yield "  MASTER_VOLUME 1 0 -1 -1 1"
    for index, (at_s, name) in enumerate(project.markers, start=1):
        yield f"  MARKER {index} {number(at_s)} {quoted(name)} 0"
    for track in project.tracks:
        yield from _track(track)
    yield ">"


def _track(track: RppTrack) -> Iterator[str]:
    yield "  <TRACK"
    yield f"    NAME {quoted(track.name)}"
    yield f"    PEAKCOL {colour_number(track.colour)}"
    # Clips lie at times and not at beats: they stay there when the tempo is changed.
    yield "    BEAT 0"
    yield "    VOLPAN 1 0 -1 -1 1"
    yield "    MUTESOLO 0 0 0"
    yield "    NCHAN 2"
    yield "    MAINSEND 1 0"
    for item in track.items:
        yield from _item(item)
    yield "  >"


def _item(item: RppItem) -> Iterator[str]:
    yield "    <ITEM"
    yield f"      POSITION {number(item.position_s)}"
    yield f"      LENGTH {number(item.length_s)}"
    yield "      LOOP 0"
    yield f"      COLOR {colour_number(item.colour)}"
    yield f"      FADEIN {_fade(item.fade_in_s)}"
    yield f"      FADEOUT {_fade(item.fade_out_s)}"
    yield f"      MUTE {item.is_muted:d} 0"
    if item.is_locked:
        yield "      LOCK 1"
    if item.group:
        yield f"      GROUP {item.group}"
    yield f"      NAME {quoted(item.name)}"
    take_volume = -1 if item.is_inverted else 1
    yield f"      VOLPAN {number(item.volume)} {number(item.pan)} {take_volume} -1"
    yield f"      SOFFS {number(item.offset_s)}"
    yield f"      PLAYRATE {number(item.speed)} 0 0 -1 0 0.0025"
    yield f"      CHANMODE {MONO if item.is_mono else 0}"
    yield from _source(item)
    if item.envelope:
        yield from _envelope(item)
    yield "    >"


def _source(item: RppItem) -> Iterator[str]:
    file = (f"<SOURCE {_kind(item.file)}", f"  FILE {quoted(item.file)}", ">")
    if item.section is None:
        yield from (f"      {line}" for line in file)
        return
    yield "      <SOURCE SECTION"
    yield f"        LENGTH {number(item.section.length_s)}"
    yield f"        MODE {REVERSED_SECTION}"
    yield f"        STARTPOS {number(item.section.start_s)}"
    yield "        OVERLAP 0"
    yield from (f"        {line}" for line in file)
    yield "      >"


def _envelope(item: RppItem) -> Iterator[str]:
    yield "      <VOLENV"
    yield "        ACT 1 -1"
    yield f"        VIS {item.shows_envelope:d} 1 1"
    yield "        DEFSHAPE 0 -1 -1"
    for at_s, gain in item.envelope:
        yield f"        PT {_rounded(at_s, 9)} {_rounded(gain, 6)} 0"
    yield "      >"


def _fade(length_s: float) -> str:
    shape = S_SHAPED if length_s > 0.0 else 0
    return f"{shape} {number(length_s)} 0 {shape} 0 0 0"


_KINDS = {".flac": "FLAC", ".ogg": "VORBIS"}


def _kind(file: str) -> str:
    return next((kind for suffix, kind in _KINDS.items() if file.endswith(suffix)), "WAVE")


def number(value: float) -> str:
    """A number in decimal digits, as many as it takes to read the very same one back, and never with an exponent.

    >>> number(30.0), number(1 / 3), number(1e-7)
    ('30', '0.3333333333333333', '0.0000001')
    """
    return np.format_float_positional(value, trim="-")


def _rounded(value: float, n_digits: int) -> str:
    """The same to so many digits, in a third of the time; points are most of a project."""
    return f"{value:.{n_digits}f}".rstrip("0").rstrip(".")


def colour_number(rgb: tuple[int, int, int]) -> int:
    """A colour as REAPER counts it: blue, green, red from the highest byte on, and a bit that says that it is set.

    >>> hex(colour_number((0x11, 0x22, 0x33)))
    '0x1332211'
    """
    red, green, blue = rgb
    return 0x1000000 | blue << 16 | green << 8 | red


def quoted(text: str) -> str:
    """A text in the kind of quotes that does not occur in it.

    >>> quoted("a `b`") == '"a `b`"', quoted('a "b"') == "'" + 'a "b"' + "'"
    (True, True)

    Raises
    ------
    ParameterError
        If all three kinds occur, or a line ends in it, which no REAPER project can hold.
    """
    quote = next((sign for sign in "\"'`" if sign not in text), None)
    if quote is None or len(text.splitlines()) > 1:
        raise ParameterError(
            f"{text!r}: expected a name without line ends that leaves one of the quotes \" ' ` for REAPER to put it in;"
            " name the project otherwise with -o"
        )
    return f"{quote}{text}{quote}"
