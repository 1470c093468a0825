from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from phenotune.canvas.placement import Placement
from phenotune.export.arrangement import Arrangement
from phenotune.export.csv import write_table
from phenotune.export.formats import export_mosaic
from phenotune.mosaic.encode import placements_from_models
from phenotune.mosaic.facts import SourceFacts
from phenotune.mosaic.mosaic import Mosaic
from phenotune.mosaic.rendering import render_placements
from phenotune.mosaic.schema import PlacementModel
from phenotune.mosaic.sources import MosaicSources


def table(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def placement(row: dict[str, str]) -> Placement:
    """A placement as it stands in its row."""
    clip = {
        "source": row["source_id"],
        "start_samples": int(row["clip_start_samples"]),
        "length_samples": int(row["clip_length_samples"]),
    }
    return placements_from_models(
        [
            PlacementModel.model_validate_json(
                json.dumps(
                    {
                        "id": int(row["id"]),
                        "onset_samples": int(row["onset_samples"]),
                        "gains": [float(row[name]) for name in row if name.startswith("gain_")],
                        "cycle": int(row["cycle"]),
                        "lineage": int(row["lineage"]),
                        "locked": row["locked"] == "1",
                        "muted": row["muted"] == "1",
                        "chromosome": {"clip": clip, "genes": json.loads(row["genes"])},
                    }
                )
            )
        ]
    )[0]


def source(row: dict[str, str]) -> SourceFacts:
    return SourceFacts(
        row["source_id"], row["source"], row["sha256"], int(row["rate_hz"]), int(row["n_channels"]),
        float(row["duration_s"]), row["credit"] or None,
    )  # fmt: skip


def test_from_the_tables_and_the_sources_alone_the_mosaic_sounds_the_same_bit_for_bit(
    mosaic: Mosaic, tmp_path: Path, project: Path
) -> None:
    document = export_mosaic(mosaic, "csv", tmp_path / "out")
    assert sorted(path.name for path in document.parent.iterdir()) == [
        "song-mosaic.csv", "song-sources.csv", "song.csv",
    ]  # fmt: skip
    placements = [placement(row) for row in table(document)]
    sources = [source(row) for row in table(document.with_name("song-sources.csv"))]
    facts = {row["name"]: row["value"] for row in table(document.with_name("song-mosaic.csv"))}
    sound = render_placements(
        placements,
        MosaicSources(sources, project),
        n_channels=int(facts["n_channels"]),
        n_samples=int(facts["n_samples"]),
        own_rate_hz=int(facts["rate_hz"]),
        rate_hz=int(facts["rate_hz"]),
        fade_ms=float(facts["fade_ms"]),
    )
    np.testing.assert_array_equal(sound, mosaic.render())
    assert sorted(placements, key=lambda each: each.id) == list(mosaic.placements)
    assert sources == [each for each in mosaic.sources if each.id != "s8"]


def test_rows_tell_people_what_they_want_to_know(mosaic: Mosaic, tmp_path: Path) -> None:
    rows = {int(row["id"]): row for row in table(export_mosaic(mosaic, "csv", tmp_path / "out"))}
    onsets_s = [float(row["onset_s"]) for row in rows.values()]
    assert onsets_s == sorted(onsets_s)
    first = rows[1]
    assert (len(rows), float(first["onset_s"])) == (20, -1000 / 44_100)
    assert float(first["clip_start_s"]) == 0.1
    assert float(first["clip_length_s"]) == 0.2
    assert (float(first["cents"]), first["reversed"]) == (-317.0, "0")
    assert (float(rows[13]["cents"]), rows[13]["reversed"]) == (-1200.0, "1")
    assert (rows[5]["locked"], rows[5]["muted"], rows[30]["muted"]) == ("1", "0", "1")
    assert first["source"].endswith("records/stereo.wav")


def test_the_sources_tell_how_often_they_are_heard_and_whose_they_are(
    mosaic: Mosaic, tmp_path: Path
) -> None:
    export_mosaic(mosaic, "csv", tmp_path / "out")
    rows = {row["source_id"]: row for row in table(tmp_path / "out" / "song-sources.csv")}
    assert list(rows) == [f"s{number}" for number in range(8)]
    assert (rows["s6"]["n_placements"], rows["s5"]["n_placements"]) == ("2", "2")
    assert rows["s1"]["credit"] == 'Anna "A." & Söhne (CC-BY-4.0)'


@pytest.mark.parametrize("sign", list("=+-@"))
def test_no_name_becomes_a_formula(
    mosaic: Mosaic, arrange: Callable[..., Arrangement], tmp_path: Path, sign: str
) -> None:
    sources = [replace(each, path=f"{sign}1+1.wav", credit=f"{sign}2+2") for each in mosaic.sources]
    evil = replace(mosaic, sources=tuple(sources))
    export_mosaic(evil, "csv", tmp_path / "out", name=f"{sign}song")
    for path in (tmp_path / "out").iterdir():
        assert path.name.startswith("song")
        with open(path, encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [cell for cell in cells if cell.startswith(sign) and not is_number(cell)]
    (row, *_) = table(tmp_path / "out" / "song-sources.csv")
    assert (row["source"], row["credit"]) == (f"./{sign}1+1.wav", f" {sign}2+2")


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_a_table_is_as_the_standard_has_it(tmp_path: Path) -> None:
    write_table(tmp_path / "a.csv", ["x", "y"], [[1, 'say "é"'], [-0.5, "two\nlines"]])
    assert (tmp_path / "a.csv").read_bytes().decode() == (
        'x,y\r\n1,"say ""é"""\r\n-0.5,"two\nlines"\r\n'
    )
