from __future__ import annotations

import dataclasses
import errno
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from phenotune.audio.cache import SoundCache
from phenotune.audio.files import read_sound, write_sound
from phenotune.audio.levels import peak
from phenotune.audio.resampling import resample
from phenotune.canvas.placement import Placement
from phenotune.errors import LibraryError, ParameterError, RunFolderError
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.encode import chromosome_to_json
from phenotune.genome.rendering import render
from phenotune.kernels.mixing import add_fixed, fixed_to_float
from phenotune.library.clip import Clip
from phenotune.mosaic.facts import SourceFacts
from phenotune.mosaic.levelling import CEILING
from phenotune.mosaic.mosaic import Mosaic
from phenotune.mosaic.sources import MosaicSources


def saved(mosaic: Mosaic, project: Path) -> Path:
    path = project / "run" / "out" / "mosaic.json"
    mosaic.save(path)
    return path


def test_a_mosaic_comes_back_as_it_was(mosaic: Mosaic, project: Path) -> None:
    found = Mosaic.load(saved(mosaic, project))
    assert found.placements == mosaic.placements
    assert (found.rate_hz, found.seed, found.explained) == (44_100, 7, 0.5)
    assert (found.n_channels, found.fade_ms, found.n_samples) == (2, 5.0, 22_050)
    assert found.sources[1].path == "../../records/mono.wav"
    assert dataclasses.replace(found.sources[1], path="") == dataclasses.replace(
        mosaic.sources[1], path=""
    )
    assert found.target.path == "../../song.wav"


def test_saving_what_was_loaded_gives_the_same_bytes(mosaic: Mosaic, project: Path) -> None:
    path = saved(mosaic, project)
    first = path.read_bytes()
    Mosaic.load(path).save(path)
    assert path.read_bytes() == first


def test_paths_follow_when_a_mosaic_is_saved_elsewhere(mosaic: Mosaic, project: Path) -> None:
    Mosaic.load(saved(mosaic, project)).save(project / "copy.json")
    assert Mosaic.load(project / "copy.json").sources[0].path == "records/stereo.wav"


def test_the_file_has_a_line_for_each_placement(mosaic: Mosaic, project: Path) -> None:
    text = saved(mosaic, project).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if '"onset_samples"' in line]
    assert len(lines) == 4
    row = json.loads(lines[1].strip().rstrip(","))
    assert row["gains"] == [-0.3, 1 / 3]
    assert row["chromosome"] == chromosome_to_json(mosaic.placements[1].chromosome)
    assert list(json.loads(text))[:4] == ["format", "version", "rate_hz", "n_channels"]


def test_json_in_memory_goes_both_ways(mosaic: Mosaic) -> None:
    assert Mosaic.from_json(mosaic.to_json()) == mosaic
    assert Mosaic.from_json(json.dumps(mosaic.to_json())) == mosaic


def test_an_empty_mosaic_is_silence(mosaic: Mosaic) -> None:
    empty = dataclasses.replace(mosaic, placements=(), sources=())
    again = Mosaic.from_json(empty.to_json())
    assert again == empty
    assert not again.render().any()
    assert again.render().shape == (2, 22_050)


def test_channels_are_as_many_as_gains_where_the_file_does_not_say(mosaic: Mosaic) -> None:
    data = mosaic.to_json()
    del data["n_channels"]
    assert Mosaic.from_json(data).n_channels == 2
    data["placements"] = []
    data["target"]["n_channels"] = 6
    assert Mosaic.from_json(data).n_channels == 2
    data["target"]["n_channels"] = 1
    assert Mosaic.from_json(data).n_channels == 1


def test_at_its_own_rate_it_is_the_canvas_bit_for_bit(mosaic: Mosaic) -> None:
    sounds = MosaicSources(mosaic.sources, Path())
    grown = np.zeros((2, mosaic.n_samples + 400), np.int64)
    for placement in reversed(mosaic.placements):
        samples = render(placement.chromosome, sounds, 44_100)
        add_fixed(grown, samples, np.array(placement.gains), placement.onset_samples + 200, 1)
    wanted = np.empty((2, mosaic.n_samples), np.float32)
    fixed_to_float(grown, 200, wanted)
    assert np.array_equal(mosaic.render(), wanted)
    assert np.array_equal(mosaic.render(44_100), wanted)


def test_its_sound_is_the_sum_of_what_its_placements_sound_like(mosaic: Mosaic) -> None:
    sounds = MosaicSources(mosaic.sources, Path())
    wanted = np.zeros((2, 60_000))
    for placement in mosaic.placements:
        samples = render(placement.chromosome, sounds, 44_100)
        start = placement.onset_samples + 10_000
        wanted[:, start : start + samples.shape[1]] += samples * np.array(placement.gains)[:, None]
    np.testing.assert_allclose(mosaic.render(), wanted[:, 10_000:32_050], atol=1e-6)


@pytest.mark.parametrize("rate_hz", [8_000, 44_100, 48_000, 192_000])
def test_at_any_rate_it_is_as_long_as_the_target(mosaic: Mosaic, rate_hz: int) -> None:
    sound = mosaic.render(rate_hz)
    target = np.zeros((1, 22_050), np.float32)
    assert sound.dtype == np.float32
    assert sound.shape == (2, resample(target, 44_100, rate_hz).shape[1])
    assert sound.any()


def test_at_another_rate_it_sounds_the_same(
    mosaic: Mosaic, project: Path, source_facts: Callable[..., SourceFacts]
) -> None:
    path = project / "records" / "sine.wav"
    wave = 0.5 * np.sin(2.0 * np.pi * 500.0 * np.arange(48_000) / 48_000.0)
    write_sound(path, wave[None].astype(np.float32), 48_000, bits=32)
    whole = Placement(1, Chromosome(Clip("s2", 1001, 12_345)), 1234, (1.0, 0.5), 1, 1)
    sine = dataclasses.replace(
        mosaic, sources=(source_facts(path, "s2", 48_000, 1, 1.0),), placements=(whole,)
    )
    here = sine.render()
    for rate_hz in (16_000, 48_000, 96_000):
        # Positions are rounded to a sample, so that the phase may be off by half a sample at the lower rate.
        there = resample(sine.render(rate_hz), rate_hz, 44_100)
        error = np.sqrt(np.mean((there - here) ** 2) / np.mean(here**2))
        assert error < 2.0 * np.pi * 500.0 / min(rate_hz, 44_100)


def test_a_mono_mosaic_folds_stereo_sources(mosaic: Mosaic) -> None:
    mono = dataclasses.replace(
        mosaic,
        n_channels=1,
        placements=(Placement(1, Chromosome(Clip("s0", 0, 4800)), 0, (1.0,), 1, 1),),
    )
    stereo = dataclasses.replace(
        mosaic, placements=(Placement(1, Chromosome(Clip("s0", 0, 4800)), 0, (1.0, 1.0), 1, 1),)
    )
    sound = mono.render()
    assert sound.shape == (1, 22_050)
    np.testing.assert_allclose(sound, stereo.render().mean(axis=0, keepdims=True), atol=1e-7)


def test_a_rate_that_no_sound_has_is_refused(mosaic: Mosaic) -> None:
    with pytest.raises(ParameterError, match=r"rate_hz: expected 1000 to 768000 Hz, got 0"):
        mosaic.render(0)


def test_sources_are_found_from_any_working_folder(
    mosaic: Mosaic, project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wanted = mosaic.render()
    path = saved(mosaic, project)
    monkeypatch.chdir(tmp_path)
    assert np.array_equal(Mosaic.load(path).render(), wanted)


def test_a_project_can_be_moved_as_a_whole(mosaic: Mosaic, project: Path, tmp_path: Path) -> None:
    wanted = mosaic.render()
    path = saved(mosaic, project)
    shutil.move(project, tmp_path / "elsewhere")
    moved = tmp_path / "elsewhere" / path.relative_to(project)
    assert np.array_equal(Mosaic.load(moved).render(), wanted)


def test_a_copied_mosaic_finds_its_sources_in_a_folder_that_is_named(
    mosaic: Mosaic, project: Path, tmp_path: Path
) -> None:
    wanted = mosaic.render()
    alone = tmp_path / "far" / "away"
    alone.mkdir(parents=True)
    shutil.copy(saved(mosaic, project), alone / "mosaic.json")
    shutil.move(project / "records", tmp_path / "attic" / "old" / "records")
    copied = Mosaic.load(alone / "mosaic.json")
    with pytest.raises(LibraryError, match=r"2 of the 2 sources that the mosaic needs cannot be"):
        copied.render()
    assert np.array_equal(copied.render(folders=[tmp_path / "attic"]), wanted)


def test_a_missing_source_matters_only_when_it_sounds(mosaic: Mosaic, project: Path) -> None:
    (project / "records" / "stereo.wav").unlink()
    with pytest.raises(LibraryError, match=r"stereo.wav: is not there \(source s0\)"):
        mosaic.render()
    only_mono = dataclasses.replace(mosaic, placements=(mosaic.placements[1],))
    assert only_mono.render().any()


def test_a_changed_source_is_refused(mosaic: Mosaic, project: Path) -> None:
    path = project / "records" / "mono.wav"
    path.write_bytes((project / "records" / "stereo.wav").read_bytes())
    with pytest.raises(LibraryError, match=r"mono.wav: has changed since the mosaic was made"):
        mosaic.render()


def test_the_cache_may_be_given(mosaic: Mosaic, tmp_path: Path) -> None:
    cache = SoundCache(tmp_path / "cache")
    assert mosaic.render(cache=cache).any()
    assert cache.size_bytes() > 0


def test_a_file_is_written_as_it_sounds_when_nothing_clips(mosaic: Mosaic, tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    written = mosaic.write(path)
    assert (written.path, written.gain_db, written.turned_down_db) == (path, 0.0, 0.0)
    assert (written.rate_hz, written.n_channels, written.n_samples) == (44_100, 2, 22_050)
    found = read_sound(path)
    assert found.rate_hz == 44_100
    np.testing.assert_allclose(found.samples, mosaic.render(), atol=2.0**-23)


def test_a_loud_one_is_turned_down_and_tells_by_how_much(mosaic: Mosaic, tmp_path: Path) -> None:
    placements = tuple(
        dataclasses.replace(placement, gains=tuple(8.0 * gain for gain in placement.gains))
        for placement in mosaic.placements
    )
    loud = dataclasses.replace(mosaic, placements=placements)
    sound = loud.render()
    turned_down_db = loud.write(tmp_path / "out.wav", bits=16, dither=False).turned_down_db
    assert turned_down_db == pytest.approx(20.0 * np.log10(peak(sound) / CEILING))
    found = read_sound(tmp_path / "out.wav").samples
    assert peak(found) == pytest.approx(CEILING, abs=2.0**-15)
    np.testing.assert_allclose(found, sound * (CEILING / peak(sound)), atol=2.0**-15)


def test_floats_are_written_as_they_are(mosaic: Mosaic, tmp_path: Path) -> None:
    sound = 5.0 * mosaic.render()
    assert mosaic.write(tmp_path / "out.wav", bits=32, sound=sound).gain_db == 0.0
    assert np.array_equal(read_sound(tmp_path / "out.wav").samples, sound)


def test_a_file_at_another_rate(mosaic: Mosaic, tmp_path: Path) -> None:
    mosaic.write(tmp_path / "out.flac", 48_000, 16)
    found = read_sound(tmp_path / "out.flac")
    assert (found.rate_hz, found.samples.shape) == (48_000, (2, 24_000))


@pytest.mark.parametrize(
    ("name", "bits", "message"),
    [
        (
            "out.au",
            24,
            r"out.au: expected a name that ends in .wav, .flac, .aiff, .aif, .ogg, .opus",
        ),
        ("out.flac", 32, r"out.flac: expected bits to be one of 16, 24, got 32"),
    ],
)
def test_what_has_no_format_is_refused_before_it_is_rendered(
    name: str, bits: int, message: str, mosaic: Mosaic, tmp_path: Path
) -> None:
    gone = dataclasses.replace(mosaic, folder=tmp_path / "nowhere", sources=())
    with pytest.raises(ParameterError, match=message):
        gone.write(tmp_path / name, bits=bits)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_channels": 1}, r"placements\[0\].gains: expected 1, one for each channel, got 2"),
        ({"sources": []}, r"placements\[0\].chromosome: unknown source 's0'"),
    ],
)
def test_what_does_not_fit_together_is_told(
    mosaic: Mosaic, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(RunFolderError, match=message):
        Mosaic.from_json(mosaic.to_json() | change)


def test_a_clip_beyond_its_source_is_told(mosaic: Mosaic) -> None:
    data = mosaic.to_json()
    data["placements"][1]["chromosome"]["clip"]["start_samples"] = 20_000
    with pytest.raises(RunFolderError, match=r"placements\[1\].* ends at sample 25000 .* 22050"):
        Mosaic.from_json(data)
    data = mosaic.to_json()
    data["placements"][0]["chromosome"]["genes"][1]["chromosome"]["clip"]["source"] = "s9"
    with pytest.raises(RunFolderError, match=r"placements\[0\].chromosome: unknown source 's9'"):
        Mosaic.from_json(data)


def test_ids_that_come_twice_are_told(mosaic: Mosaic) -> None:
    data = mosaic.to_json()
    data["placements"][2]["id"] = 1
    with pytest.raises(RunFolderError, match=r"placements\[2\].id: expected each id once, got 1"):
        Mosaic.from_json(data)
    data = mosaic.to_json()
    data["sources"][1]["id"] = "s0"
    with pytest.raises(RunFolderError, match=r"sources\[1\].id: expected each id once, got 's0'"):
        Mosaic.from_json(data)


def test_a_gene_refuses_what_makes_no_sense(mosaic: Mosaic) -> None:
    data = mosaic.to_json()
    data["placements"][0]["chromosome"]["genes"][0]["cents"] = 90_000
    with pytest.raises(
        RunFolderError, match=r"placements\[0\].chromosome.genes\[0\].cents: .* got 90000.0"
    ):
        Mosaic.from_json(data)


def test_a_file_that_is_no_mosaic_is_told_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "mosaic.json"
    with pytest.raises(RunFolderError, match=r"mosaic.json: could not be read \(No such file"):
        Mosaic.load(path)
    path.write_bytes(b"RIFF\x00\x00")
    with pytest.raises(RunFolderError, match=r"mosaic.json: is not JSON"):
        Mosaic.load(path)
    path.write_bytes(b'{"format": "phenotune.mosaic", "version": 3}')
    with pytest.raises(RunFolderError, match=r"mosaic.json: was made by a newer phenotune"):
        Mosaic.load(path)
    with pytest.raises(RunFolderError, match=r"could not be read \(Is a directory"):
        Mosaic.load(tmp_path)


def test_a_byte_order_mark_does_no_harm(mosaic: Mosaic, project: Path) -> None:
    path = saved(mosaic, project)
    path.write_text(path.read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert Mosaic.load(path).placements == mosaic.placements


def test_a_full_disk_leaves_the_old_mosaic(
    mosaic: Mosaic, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(mosaic, project)
    before = path.read_bytes()

    def refuse(*args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(RunFolderError, match=r"mosaic.json: could not be written \(No space"):
        dataclasses.replace(mosaic, placements=()).save(path)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["mosaic.json"]


def test_three_thousand_placements_go_both_ways(mosaic: Mosaic, project: Path) -> None:
    placements = tuple(
        dataclasses.replace(mosaic.placements[i % 4], id=i + 1, onset_samples=7 * i)
        for i in range(3000)
    )
    many = dataclasses.replace(mosaic, placements=placements)
    assert Mosaic.load(saved(many, project)).placements == placements
