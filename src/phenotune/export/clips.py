"""Each distinct clip as it sounds, at unit gain, in a file of its own: for samplers and sample folders."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from phenotune.export.arrangement import Arrangement, Item
from phenotune.export.baking import Baked, bake
from phenotune.export.csv import path_cell, write_table
from phenotune.export.labels import changes
from phenotune.export.names import plain_name
from phenotune.export.options import Options
from phenotune.export.place import Place
from phenotune.genome.encode import chromosome_to_json
from phenotune.units import amplitude_to_db, samples_to_s

LIST = "clips.csv"
COLUMNS = (
    "file", "duration_s", "source", "clip_start_s", "clip_length_s", "cents", "reversed", "turned_down_db",
    "n_placements", "placements", "genes",
)  # fmt: skip

_STEM_BYTES = 40
"""Of a source's name in that of a file; what follows must not be cut off."""


def write(arrangement: Arrangement, place: Place, options: Options) -> None:
    """Write the clips, and a list of them beside them.

    Left out are clips that nobody hears: those that are muted wherever they stand, and those empty of sound. Where 16
    or 24 bits would cut off a loud clip, it is turned down, and the list says by how much.
    """
    heard = [item for item in arrangement.items if not item.is_muted]
    files = bake(
        arrangement, heard, place.folder, options, with_gains=False, name=_name, to_fit=True
    )
    write_table(place.folder / LIST, COLUMNS, _rows(heard, files))


def _name(item: Item) -> str:
    """Source, place in it, pitch, and the number of the first placement that sounds like this."""
    clip = item.placement.chromosome.clip
    start_s = samples_to_s(clip.start_samples, item.source.rate_hz)
    stem = plain_name(PurePosixPath(item.source.path).stem, max_bytes=_STEM_BYTES)
    return f"{stem} {start_s:08.3f}s {changes(item)}#{item.placement.id:05d}"


def _rows(items: list[Item], files: Mapping[int, Baked]) -> Iterator[list[object]]:
    alike: dict[int, list[Item]] = {}
    for item in items:
        if item.placement.id in files:
            alike.setdefault(item.sound, []).append(item)
    rows = (_row(group, files[group[0].placement.id]) for group in alike.values())
    yield from sorted(rows, key=lambda row: str(row[0]))


def _row(group: list[Item], file: Baked) -> list[object]:
    first = group[0]
    clip, source = first.placement.chromosome.clip, first.source
    return [
        file.path.name,
        file.duration_s,
        path_cell(source.path),
        samples_to_s(clip.start_samples, source.rate_hz),
        samples_to_s(clip.length_samples, source.rate_hz),
        first.cents,
        int(first.is_reversed),
        round(-amplitude_to_db(file.gain), 3) + 0.0,
        len(group),
        " ".join(str(item.placement.id) for item in group),
        json.dumps(chromosome_to_json(first.placement.chromosome)["genes"]),
    ]
