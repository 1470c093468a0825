"""``phenotune measure``: the neutral measures between a target and sounds, a row a file."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from phenotune.cli.options import AS_JSON, argument, flag
from phenotune.cli.text import columns, print_json

if TYPE_CHECKING:
    from phenotune.measures.measure import Measures

DIRECTIONS = {
    "lmsd_db": "lower",
    "sc": "lower",
    "mrstft": "lower",
    "chroma": "higher",
    "chroma_c": "higher",
    "onset_r": "higher",
    "mel_expl": "higher",
    "mel_expl_c": "higher",
}
"""Which way each measure is better; the others only inform."""

DIGITS = {"lmsd_db": 2, "mel_expl": 1, "mel_expl_c": 1, "gain_db": 1, "lag_ms": 1}
"""Digits after the point; three where nothing is said."""


def measure(
    target: Annotated[Path, argument("The song.", "TARGET")],
    audio: Annotated[
        list[Path],
        argument("Sounds to compare with it; a run folder stands for its mosaic.", "AUDIO"),
    ],
    *,
    align: Annotated[bool, flag("Take each sound's latency away first.", "--align")] = False,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Measure how close sounds are to a target.

    The measures are neutral: no search of phenotune optimises them. A row a file; the last says which way is better.
    """
    from phenotune.audio.files import read_sound
    from phenotune.measures.measure import MeasuredTarget

    song = read_sound(target)
    measured = MeasuredTarget(song.samples, song.rate_hz)
    rows: list[tuple[Path, Measures]] = []
    for path in audio:
        sound = read_sound(sound_of(path))
        rows.append((path, measured.measure(sound.samples, sound.rate_hz, align=align)))
        if as_json:
            print_json({"file": str(path), **asdict(rows[-1][1])})
    if not as_json:
        print(measures_table(rows))


def sound_of(path: Path) -> Path:
    """The sound that a path stands for: the file itself, or a run folder's mosaic."""
    mosaic = path / "out" / "mosaic.wav"
    return mosaic if path.is_dir() and mosaic.exists() else path


def measures_table(rows: list[tuple[Path, Measures]]) -> str:
    """Measures as a table, a row a file, with a last row that says which way is better."""
    names = list(asdict(rows[0][1]))
    cells = [[str(path), *figures(asdict(row))] for path, row in rows]
    cells.append(["better", *(DIRECTIONS.get(name, "") for name in names)])
    return columns(cells, header=["", *names], right=range(1, len(names) + 1))


def figures(row: dict[str, Any]) -> list[str]:
    """Measures as text, with as many digits as they deserve.

    >>> figures({"lmsd_db": 6.891, "sc": 0.5214})
    ['6.89', '0.521']
    >>> figures({"gain_db": -0.01})
    ['0.0']
    """
    digits = {name: DIGITS.get(name, 3) for name in row}
    # Zero is added because a hair below it is rounded to -0.0.
    return [f"{round(value, digits[name]) + 0.0:.{digits[name]}f}" for name, value in row.items()]
