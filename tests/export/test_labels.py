from __future__ import annotations

from pathlib import Path

import pytest

from phenotune.export.arrangement import Arrangement
from phenotune.export.formats import export_mosaic
from phenotune.export.labels import label
from phenotune.mosaic.mosaic import Mosaic


def labels(path: Path) -> list[tuple[float, float, str]]:
    """The labels of a file, read as Audacity reads them: a line each, columns by tabs."""
    text = path.read_text(encoding="utf-8")
    assert text.endswith("\n")
    rows = [line.split("\t") for line in text.split("\n")[:-1]]
    assert all(len(row) == 3 for row in rows)
    return [(float(start), float(end), text) for start, end, text in rows]


def test_there_is_a_label_to_each_placement_that_is_heard(
    mosaic: Mosaic, arrangement: Arrangement, tmp_path: Path
) -> None:
    found = labels(export_mosaic(mosaic, "labels", tmp_path / "out"))
    # 17 lies beyond the end, 18 before the start, 30 and 31 are muted; 15 is empty, and takes no time.
    numbers = [int(text.rpartition("#")[2]) for _, _, text in found]
    assert sorted(numbers) == list(range(1, 17))
    assert numbers == [item.placement.id for item in arrangement.heard]


def test_labels_are_sorted_and_lie_within_the_mosaic(mosaic: Mosaic, tmp_path: Path) -> None:
    found = labels(export_mosaic(mosaic, "labels", tmp_path / "out"))
    starts = [start for start, _, _ in found]
    assert starts == sorted(starts)
    assert all(0.0 <= start <= end <= 2.0 for start, end, _ in found)
    assert found[0][0] == 0.0
    assert found[-1][1] == 2.0


def test_places_are_those_of_the_placements(
    mosaic: Mosaic, arrangement: Arrangement, tmp_path: Path
) -> None:
    found = labels(export_mosaic(mosaic, "labels", tmp_path / "out"))
    for (start, end, _), item in zip(found, arrangement.heard, strict=True):
        assert start == pytest.approx(max(0.0, item.onset_s), abs=1e-6)
        assert end == pytest.approx(min(2.0, item.end_s), abs=1e-6)


def test_a_label_tells_file_place_pitch_direction_and_number(arrangement: Arrangement) -> None:
    texts = {item.placement.id: label(item) for item in arrangement.items}
    assert texts[1] == "stereo.wav 0.100s -317ct #1"
    assert texts[2] == "mono.wav 0.002s #2"
    assert texts[3] == "mono.wav 0.002s reversed #3"
    assert texts[13] == "stereo.wav 0.208s -1200ct reversed #13"
    assert not [text for text in texts.values() if {"\n", "\t", "\r"} & set(text)]
