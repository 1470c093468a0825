from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from phenotune.audio.files import read_sound
from phenotune.export.arrangement import Arrangement
from phenotune.export.formats import export_mosaic
from phenotune.export.options import Options
from phenotune.genome.genes.gain import Gain
from phenotune.mosaic.mosaic import Mosaic


def listed(folder: Path) -> list[dict[str, str]]:
    with open(folder / "clips.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_each_distinct_clip_that_is_heard_is_a_file_as_it_sounds(
    mosaic: Mosaic, arrangement: Arrangement, tmp_path: Path
) -> None:
    folder = export_mosaic(mosaic, "clips", tmp_path / "out")
    rows = listed(folder)
    names = {row["file"] for row in rows}
    assert names == {path.name for path in folder.glob("*.wav")}
    assert len(names) == len(rows) == len(arrangement.chromosomes) - 2  # one is empty, one muted
    sounds = {item.placement.id: item.sound for item in arrangement.items}
    for row in rows:
        numbers = [int(number) for number in row["placements"].split()]
        assert len({sounds[number] for number in numbers}) == 1
        assert int(row["n_placements"]) == len(numbers)
        sound = read_sound(folder / row["file"])
        np.testing.assert_array_equal(sound.samples, arrangement.phenotype(sounds[numbers[0]]))
        assert float(row["duration_s"]) == sound.samples.shape[1] / 44_100
        assert float(row["turned_down_db"]) == 0.0
    played = sorted(int(number) for row in rows for number in row["placements"].split())
    assert played == [*range(1, 15), 16, 17, 18]


def test_names_tell_source_place_pitch_and_number(mosaic: Mosaic, tmp_path: Path) -> None:
    names = {row["file"] for row in listed(export_mosaic(mosaic, "clips", tmp_path / "out"))}
    assert "stereo 0000.100s -317ct #00001.wav" in names
    assert "mono 0000.002s reversed #00003.wav" in names
    assert "stereo 0000.208s -1200ct reversed #00013.wav" in names
    assert all(len(name.encode()) <= 100 for name in names)
    assert [row["file"] for row in listed(tmp_path / "out")] == sorted(names)


def test_the_list_has_the_genes(mosaic: Mosaic, tmp_path: Path) -> None:
    rows = listed(export_mosaic(mosaic, "clips", tmp_path / "out"))
    (row,) = [row for row in rows if row["placements"] == "1 16"]
    assert json.loads(row["genes"]) == [{"gene": "varispeed", "cents": -317.0}]
    assert (float(row["clip_start_s"]), float(row["clip_length_s"])) == (0.1, 0.2)


def test_loud_clips_are_turned_down_for_16_bits_and_the_list_says_so(
    mosaic: Mosaic, arrange: Callable[..., Arrangement], tmp_path: Path
) -> None:
    quiet, loud = mosaic.placements[:2]
    chromosome = replace(loud.chromosome, genes=(Gain(9.0),))
    both = replace(mosaic, placements=(quiet, replace(loud, chromosome=chromosome)))
    folder = export_mosaic(both, "clips", tmp_path / "out", Options(bits=16))
    rows = {int(row["placements"]): row for row in listed(folder)}
    assert float(rows[1]["turned_down_db"]) == 0.0
    gain = 10.0 ** (-float(rows[2]["turned_down_db"]) / 20.0)
    assert gain < 0.7
    sound = read_sound(folder / rows[2]["file"]).samples
    np.testing.assert_allclose(sound / gain, arrange(both).phenotype(1), atol=5e-4)


@pytest.mark.parametrize("rate_hz", [22_050, 48_000])
def test_clips_can_have_another_rate(mosaic: Mosaic, tmp_path: Path, rate_hz: int) -> None:
    folder = export_mosaic(mosaic, "clips", tmp_path / "out", rate_hz=rate_hz)
    assert {read_sound(path).rate_hz for path in folder.glob("*.wav")} == {rate_hz}
