"""Stems: sounds of parts of a mosaic, all as long as it and beginning with it, which add up to it."""

from __future__ import annotations

import math

from phenotune.audio.dither import STEPS
from phenotune.export.arrangement import Arrangement
from phenotune.export.csv import write_table
from phenotune.export.names import Names
from phenotune.export.options import By, Options
from phenotune.export.place import Place
from phenotune.export.summing import gain_for, sums_of
from phenotune.export.tracks import Track, tracks_of
from phenotune.units import amplitude_to_db

LIST = "stems.csv"
COLUMNS = ("file", "stem", "n_placements", "sounding_s", "peak_db", "turned_down_db")

MOST_STEMS: dict[By, int] = {"source": 24, "group": 24, "lane": 64, "cycle": 8}
"""How many there are at most where nobody says: as many as one can still find one's way among in a mixer."""


def write(arrangement: Arrangement, place: Place, options: Options) -> None:
    """Write the stems, and a list of them beside them.

    With 16 or 24 bits, all of them are turned down alike if one would clip, so that they still add up; the list says by
    how much.
    """
    n_parts = MOST_STEMS[options.by] if options.n_parts is None else options.n_parts
    tracks = tracks_of(arrangement.heard, options.by, n_parts)
    names, width = Names(), len(str(len(tracks)))
    files = [
        f"{names.give(f'{number:0{width}d} {track.name}')}.wav"
        for number, track in enumerate(tracks, start=1)
    ]
    groups = [track.items for track in tracks]
    sums = sums_of(arrangement, groups, place.folder, options.part(0.0, _RENDERED))
    gain = gain_for(sums, options.bits)
    if gain < 1.0:
        options.say(f"all are turned down by {-amplitude_to_db(gain):.1f} dB so as not to clip")
    if options.bits == 16 and len(sums) > 0:
        options.say(_rounding(len(sums)))
    for n_written, (file, each) in enumerate(zip(files, sums, strict=True), start=1):
        each.write(place.folder / file, options.bits, gain)
        options.tell(_RENDERED + (1.0 - _RENDERED) * n_written / len(sums))
    peaks = [each.peak * gain for each in sums]
    rows = [_row(*row, gain) for row in zip(files, tracks, peaks, strict=True)]
    write_table(place.folder / LIST, COLUMNS, rows)


def _rounding(n_stems: int) -> str:
    """How far off stems of 16 bits are together: each is rounded on its own, by up to half a step."""
    off_db = amplitude_to_db(math.sqrt(n_stems / 12.0) / STEPS)
    return (
        f"of 16 bits, {n_stems} stems add up to the mosaic only to {off_db:.0f} dBFS, for each is rounded on its own; "
        "with --bits 24 or 32 they do to the last bit that is heard"
    )


def _row(file: str, track: Track, loudest: float, gain: float) -> list[object]:
    peak_db = round(amplitude_to_db(loudest), 2) if loudest > 0.0 else ""
    turned_down_db = round(-amplitude_to_db(gain), 4) + 0.0
    sounding_s = round(track.sounding_s, 3)
    return [file, track.name, len(track.items), sounding_s, peak_db, turned_down_db]


_RENDERED = 0.8
"""Share of the progress that is rendering; the rest is writing."""
