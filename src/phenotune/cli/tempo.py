"""``phenotune tempo``: the tempo of songs, and where their beats fall."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from phenotune.cli.options import AS_JSON, argument
from phenotune.cli.text import columns, print_json

HEADER = ["", "beats/min", "confidence", "first beat", "half", "double"]


def tempo(
    targets: Annotated[list[Path], argument("Songs.", "TARGET")],
    *,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Estimate the tempo of songs.

    It is what onsets are pulled to with rhythm.strength above 0. Confidence goes from 0, no beat, to 1, a drum machine.
    """
    from phenotune.run.beat import tempo_of

    cells = []
    for path in targets:
        found = tempo_of(path)
        halved, doubled = found.half_bpm, found.double_bpm
        figures = [f"{found.bpm:.1f}", f"{found.confidence:.2f}", f"{found.first_beat_s:.3f} s"]
        cells.append([str(path), *figures, f"{halved:.1f}", f"{doubled:.1f}"])
        if as_json:
            row = {**asdict(found), "half_bpm": halved, "double_bpm": doubled}
            print_json({"file": str(path), **row})
    if not as_json:
        print(columns(cells, header=HEADER, right=range(1, len(HEADER))))
