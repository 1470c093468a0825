from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.audio.files import read_sound
from phenotune.canvas.placement import Placement
from phenotune.export.formats import export_mosaic
from phenotune.export.names import plain_name
from phenotune.export.options import By, Options
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.repeat import Repeat
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.library.clip import Clip
from phenotune.mosaic.mosaic import Mosaic


def listed(folder: Path) -> list[dict[str, str]]:
    with open(folder / "stems.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def total(folder: Path) -> Samples:
    """All stems added up, and nothing done to them but what the list says."""
    rows = listed(folder)
    sounds = [read_sound(folder / row["file"]).samples.astype(np.float64) for row in rows]
    (turned_down_db,) = {float(row["turned_down_db"]) for row in rows}
    added: Samples = (sum(sounds) * 10.0 ** (turned_down_db / 20.0)).astype(np.float32)
    return added


@pytest.mark.parametrize("by", ["source", "group", "lane", "cycle"])
@pytest.mark.parametrize(("bits", "least_db"), [(32, 120.0), (24, 115.0), (16, 65.0)])
def test_stems_add_up_to_the_mosaic(
    mosaic: Mosaic,
    tmp_path: Path,
    signal_to_difference_db: Callable[[Samples, Samples], float],
    by: By,
    bits: int,
    least_db: float,
) -> None:
    folder = export_mosaic(mosaic, "stems", tmp_path / "out", Options(bits=bits), by=by)
    assert {row["file"] for row in listed(folder)} == {path.name for path in folder.glob("*.wav")}
    assert signal_to_difference_db(mosaic.render(), total(folder)) > least_db


@pytest.mark.parametrize("rate_hz", [22_050, 48_000])
def test_stems_of_another_rate_add_up_too(
    mosaic: Mosaic,
    tmp_path: Path,
    signal_to_difference_db: Callable[[Samples, Samples], float],
    rate_hz: int,
) -> None:
    folder = export_mosaic(mosaic, "stems", tmp_path / "out", rate_hz=rate_hz)
    assert signal_to_difference_db(mosaic.render(rate_hz), total(folder)) > 120.0
    assert {read_sound(path).rate_hz for path in folder.glob("*.wav")} == {rate_hz}


def test_each_stem_is_as_long_as_the_mosaic_and_sounds_like_its_part_alone(
    mosaic: Mosaic, tmp_path: Path
) -> None:
    folder = export_mosaic(mosaic, "stems", tmp_path / "out", by="source")
    (row,) = [row for row in listed(folder) if row["stem"] == "mono"]
    stem = read_sound(folder / row["file"])
    placements = [each for each in mosaic.placements if each.chromosome.clip.source == "s1"]
    np.testing.assert_array_equal(
        stem.samples, replace(mosaic, placements=tuple(placements)).render()
    )
    for path in folder.glob("*.wav"):
        assert read_sound(path).samples.shape == (2, 88_200)


@pytest.mark.parametrize("bits", [16, 24])
def test_stems_that_would_clip_are_all_turned_down_alike(
    mosaic: Mosaic,
    tmp_path: Path,
    signal_to_difference_db: Callable[[Samples, Samples], float],
    bits: int,
) -> None:
    louder = [replace(each, gains=(9 * each.gains[0], 9 * each.gains[1])) for each in mosaic.placements]  # fmt: skip
    loud = replace(mosaic, placements=tuple(louder))
    folder = export_mosaic(loud, "stems", tmp_path / "out", Options(bits=bits))
    rows = listed(folder)
    assert {row["turned_down_db"] for row in rows} == {rows[0]["turned_down_db"]}
    assert float(rows[0]["turned_down_db"]) > 6.0
    loudest = max(float(np.abs(read_sound(path).samples).max()) for path in folder.glob("*.wav"))
    assert loudest == pytest.approx(0.999, abs=1e-3)
    # The list tells the gain to four decimals of a decibel.
    assert signal_to_difference_db(loud.render(), total(folder)) > (60.0 if bits == 16 else 90.0)


@pytest.mark.parametrize("bits", [16, 24])
def test_whole_numbers_are_rounded_and_not_cut_off(
    mosaic: Mosaic, tmp_path: Path, bits: int
) -> None:
    wide = export_mosaic(mosaic, "stems", tmp_path / "wide")
    narrow = export_mosaic(mosaic, "stems", tmp_path / "narrow", Options(bits=bits))
    for row in listed(wide):
        exact, rounded = (read_sound(f / row["file"]).samples.astype(np.float64) for f in (wide, narrow))  # fmt: skip
        steps = (rounded - exact)[exact != 0.0] * 2.0 ** (bits - 1)
        assert abs(steps.mean()) < 0.1
        assert np.abs(steps).max() < 1.01


def test_floats_are_left_as_loud_as_they_are(mosaic: Mosaic, tmp_path: Path) -> None:
    louder = [replace(each, gains=(99.0, 99.0)) for each in mosaic.placements]
    folder = export_mosaic(replace(mosaic, placements=tuple(louder)), "stems", tmp_path / "out")
    assert {row["turned_down_db"] for row in listed(folder)} == {"0.0"}
    assert max(float(row["peak_db"]) for row in listed(folder)) > 20.0


def test_the_list_tells_what_is_in_a_stem(mosaic: Mosaic, tmp_path: Path) -> None:
    rows = listed(export_mosaic(mosaic, "stems", tmp_path / "out", Options(n_parts=3)))
    assert [row["stem"] for row in rows][-1] == "others"
    assert [row["file"] for row in rows] == [
        plain_name(f"{number} {row['stem']}") + ".wav" for number, row in enumerate(rows, start=1)
    ]
    assert sum(int(row["n_placements"]) for row in rows) == 16
    seconds = [float(row["sounding_s"]) for row in rows[:2]]
    assert seconds == sorted(seconds, reverse=True)


def test_names_are_plain(mosaic: Mosaic, tmp_path: Path) -> None:
    folder = export_mosaic(mosaic, "stems", tmp_path / "out", by="group")
    names = {path.name[2:] for path in folder.glob("*.wav")}
    assert {"records.wav", "songs.wav", "songs_deep er.wav"} <= names
    assert all(letter not in name for name in names for letter in "\"'/\\<>|:%\n\t")


def test_of_what_is_muted_there_is_no_stem(mosaic: Mosaic, tmp_path: Path) -> None:
    rows = listed(export_mosaic(mosaic, "stems", tmp_path / "out"))
    assert "only muted" not in {row["stem"] for row in rows}


def test_a_clip_whose_last_sample_alone_is_heard_is_in_a_stem(
    mosaic: Mosaic, tmp_path: Path
) -> None:
    """How long a clip is told to be can be a little less than it is: of 10 samples slowed down three times."""
    slow = Chromosome(Clip("s1", 300, 10), (Varispeed(-317.3), Repeat(3), Varispeed(-1200.0)))
    plain = replace(mosaic, placements=(Placement(1, slow, 0, (0.5, 0.5), 1, 1),), fade_ms=0.0)
    n_samples = np.flatnonzero(plain.render()[0])[-1] + 1
    last = replace(plain, placements=(Placement(1, slow, 1 - n_samples, (0.5, 0.5), 1, 1),))
    assert last.render()[0, 0] != 0.0
    folder = export_mosaic(last, "stems", tmp_path / "out")
    np.testing.assert_array_equal(total(folder), last.render())


def test_of_sixteen_bits_it_is_told_how_far_off_the_sum_is(mosaic: Mosaic, tmp_path: Path) -> None:
    notes: list[str] = []
    folder = export_mosaic(mosaic, "stems", tmp_path / "16", Options(bits=16, note=notes.append))
    off = total(folder).astype(np.float64) - mosaic.render()
    measured_db = 10.0 * np.log10(np.mean(off**2))
    (told,) = [note for note in notes if "16 bits" in note]
    told_db = float(told.split(" dBFS")[0].split()[-1])
    # Where nothing sounds there is nothing to round; so it is better than told.
    assert told_db - 15.0 < measured_db < told_db + 1.0
    export_mosaic(mosaic, "stems", tmp_path / "24", Options(bits=24, note=notes.append))
    assert not any("24 bits" in note for note in notes)
