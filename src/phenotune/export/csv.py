"""A table of all placements, for spreadsheets and scripts.

Three files, since a table with remarks above it is none: the placements, the sources, and what is true of the mosaic as
a whole. Together they hold all that it takes to render the mosaic again.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from phenotune.export.arrangement import Arrangement, Item
from phenotune.export.options import Options
from phenotune.export.place import Place
from phenotune.genome.anatomy import clips
from phenotune.genome.encode import chromosome_to_json
from phenotune.units import samples_to_s
from phenotune.whole_files import write_whole

COLUMNS = (
    "id", "onset_s", "duration_s", "source", "clip_start_s", "clip_length_s", "cents", "reversed", "cycle", "lineage",
    "locked", "muted", "source_id", "onset_samples", "clip_start_samples", "clip_length_samples",
)  # fmt: skip
SOURCE_COLUMNS = (
    "source_id", "source", "sha256", "rate_hz", "n_channels", "duration_s", "n_placements", "credit",
)  # fmt: skip


def write(arrangement: Arrangement, place: Place, options: Options) -> None:
    """Write the tables; that of the placements has a line to each, in the order of onsets."""
    gains = [f"gain_{number}" for number in range(1, arrangement.n_channels + 1)]
    rows = (_placement_row(item) for item in arrangement.items)
    write_table(place.document, [*COLUMNS, *gains, "genes"], rows)
    sources = place.document.with_name(f"{place.stem}-sources.csv")
    write_table(sources, SOURCE_COLUMNS, _source_rows(arrangement))
    facts = place.document.with_name(f"{place.stem}-mosaic.csv")
    write_table(facts, ("name", "value"), _facts(arrangement))


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table as RFC 4180 has it, in UTF-8.

    A text that a spreadsheet would take for a formula gets a space in front: whoever names a sound file must not be
    able to have something computed in other people's spreadsheets.
    """
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(header)
    table.writerows([_harmless(cell) for cell in row] for row in rows)
    write_whole(path, text.getvalue())


def _harmless(cell: object) -> object:
    return f" {cell}" if isinstance(cell, str) and cell[:1] in set("=+-@\t\r") else cell


def path_cell(path: str) -> str:
    """A path that no spreadsheet computes, and that leads to the same file."""
    return f"./{path}" if path[:1] in set("=+-@\t\r ") else path


def _placement_row(item: Item) -> list[object]:
    placement, source = item.placement, item.source
    clip = placement.chromosome.clip
    genes = chromosome_to_json(placement.chromosome)["genes"]
    return [
        placement.id,
        item.onset_s,
        item.duration_s,
        path_cell(source.path),
        samples_to_s(clip.start_samples, source.rate_hz),
        samples_to_s(clip.length_samples, source.rate_hz),
        item.cents,
        int(item.is_reversed),
        placement.cycle,
        placement.lineage,
        int(placement.locked),
        int(placement.muted),
        source.id,
        placement.onset_samples,
        clip.start_samples,
        clip.length_samples,
        *placement.gains,
        json.dumps(genes),
    ]


def _source_rows(arrangement: Arrangement) -> Iterable[list[object]]:
    """The sources that sound, as the mosaic lists them; how many placements have them, inside chromosomes or not."""
    n_placements = dict.fromkeys(arrangement.sources, 0)
    for item in arrangement.items:
        for source_id in {clip.source for clip in clips(item.placement.chromosome)}:
            n_placements[source_id] += 1
    for source in arrangement.used_sources:
        yield [
            source.id,
            path_cell(source.path),
            source.sha256,
            source.rate_hz,
            source.n_channels,
            source.duration_s,
            n_placements[source.id],
            source.credit or "",
        ]


def _facts(arrangement: Arrangement) -> Iterable[tuple[str, object]]:
    mosaic = arrangement.mosaic
    yield "rate_hz", mosaic.rate_hz
    yield "n_channels", mosaic.n_channels
    yield "n_samples", mosaic.target.n_samples(mosaic.rate_hz)
    yield "fade_ms", mosaic.fade_ms
    yield "duration_s", mosaic.target.duration_s
    yield "relative_to", path_cell(str(mosaic.folder or Path.cwd()))
    yield "target", path_cell(mosaic.target.path)
    yield "target_sha256", mosaic.target.sha256
    yield "n_placements", len(mosaic.placements)
