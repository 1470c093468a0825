from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.audio.files import read_sound
from phenotune.audio.levels import peak
from phenotune.errors import RunFolderError
from phenotune.export.arrangement import Arrangement, Item
from phenotune.export.baking import Baked, bake
from phenotune.export.options import Options
from phenotune.genome.genes.gain import Gain
from phenotune.kernels.mixing import add_fixed, fixed_to_float
from phenotune.mosaic.mosaic import Mosaic


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder."""
    path = tmp_path / "baked"
    path.mkdir()
    return path


def with_files(arrangement: Arrangement, files: Mapping[int, Baked]) -> list[tuple[Item, Baked]]:
    found = ((item, files.get(item.placement.id)) for item in arrangement.items)
    return [(item, file) for item, file in found if file is not None]


def test_each_distinct_sound_has_one_file_and_the_empty_has_none(
    arrangement: Arrangement, folder: Path
) -> None:
    files = bake(arrangement, iter(arrangement.items), folder, Options(), with_gains=False)
    baked = with_files(arrangement, files)
    assert {item.placement.id for item in arrangement.items} - set(files) == {15}
    assert (
        len({(item.sound, file.path) for item, file in baked}) == len(arrangement.chromosomes) - 1
    )
    assert {file.path for file in files.values()} == set(folder.iterdir())
    for item, file in baked:
        sound = read_sound(file.path)
        np.testing.assert_array_equal(sound.samples, arrangement.phenotype(item.sound))
        assert (file.n_channels, file.n_samples) == sound.samples.shape
        assert file.duration_s == file.n_samples / 44_100


def test_the_baked_files_add_up_to_the_mosaic_bit_for_bit(
    mosaic: Mosaic, arrangement: Arrangement, folder: Path
) -> None:
    files = bake(arrangement, arrangement.items, folder, Options(), with_gains=False)
    total = np.zeros((2, arrangement.n_samples), np.int64)
    for item, file in with_files(arrangement, files):
        if not item.is_muted:
            gains = np.array(item.placement.gains, np.float64)
            add_fixed(total, read_sound(file.path).samples, gains, item.onset_samples, 1)
    out: Samples = np.empty(total.shape, np.float32)
    fixed_to_float(total, 0, out)
    np.testing.assert_array_equal(out, mosaic.render())


def test_gains_are_in_the_files_where_that_is_asked_for(
    arrangement: Arrangement, folder: Path
) -> None:
    files = bake(arrangement, arrangement.items, folder, Options(), with_gains=True)
    baked = with_files(arrangement, files)
    keys = {(item.sound, item.placement.gains) for item, _ in baked}
    assert len({file.path for file in files.values()}) == len(keys)
    for item, file in baked:
        gains = np.array(item.placement.gains)[:, None]
        expected = (arrangement.phenotype(item.sound) * gains).astype(np.float32)
        np.testing.assert_array_equal(read_sound(file.path).samples, expected)


def test_names_have_the_number_and_the_source_in_them(
    arrangement: Arrangement, folder: Path
) -> None:
    files = bake(arrangement, arrangement.items, folder, Options(), with_gains=False)
    assert files[1].path.name == "00001 stereo.wav"
    names = {file.path.name for file in files.values()}
    assert all(letter not in name for name in names for letter in "\"'/\\<>|:%\n\t")


def test_files_may_be_named_otherwise_and_none_replaces_another(
    arrangement: Arrangement, folder: Path
) -> None:
    items = arrangement.items[:3]
    bake(arrangement, items, folder, Options(), with_gains=False, name=lambda item: "same")
    assert sorted(path.name for path in folder.iterdir()) == ["same-2.wav", "same.wav"]


def test_the_same_files_come_of_it_every_time(arrangement: Arrangement, folder: Path) -> None:
    written = []
    for name in ("a", "b"):
        (folder / name).mkdir()
        bake(arrangement, arrangement.items, folder / name, Options(), with_gains=True)
        written.append({path.name: path.read_bytes() for path in (folder / name).iterdir()})
    assert written[0] == written[1]


@pytest.mark.parametrize("bits", [16, 24])
def test_what_would_be_cut_off_is_turned_down_where_that_is_asked_for(
    arrange: Callable[..., Arrangement], mosaic: Mosaic, folder: Path, bits: int
) -> None:
    loud = mosaic.placements[1]
    chromosome = replace(loud.chromosome, genes=(Gain(9.0),))
    arrangement = arrange(replace(mosaic, placements=(replace(loud, chromosome=chromosome),)))
    sound = arrangement.phenotype(0)
    assert peak(sound) > 1.5
    options = Options(bits=bits)
    files = bake(arrangement, arrangement.items, folder, options, with_gains=False, to_fit=True)
    (file,) = files.values()
    assert file.gain == pytest.approx(0.999 / peak(sound))
    written = read_sound(file.path).samples
    np.testing.assert_allclose(written, sound * file.gain, atol=2.0 ** (2 - bits))
    (folder / "as it is").mkdir()
    files = bake(arrangement, arrangement.items, folder / "as it is", options, with_gains=False)
    assert [file.gain for file in files.values()] == [1.0]


def test_progress_is_told_within_its_span(arrangement: Arrangement, folder: Path) -> None:
    told: list[float] = []
    options = Options(progress=told.append)
    bake(arrangement, arrangement.items, folder, options, with_gains=False, span=(0.25, 0.75))
    assert told == sorted(told)
    assert 0.25 < told[0] < told[-1] == 0.75


def test_an_error_while_baking_is_not_swallowed(arrangement: Arrangement, folder: Path) -> None:
    with pytest.raises(RunFolderError, match="could not be written"):
        bake(arrangement, arrangement.items, folder / "none", Options(), with_gains=False)
