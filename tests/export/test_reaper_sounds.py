from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.audio.files import read_sound, write_sound
from phenotune.export.arrangement import Arrangement
from phenotune.export.reaper_sounds import copy_sources
from phenotune.mosaic.facts import SourceFacts


class Opened:
    """Sounds that lie in one folder, as they are decoded."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, source_id: str) -> Path:
        return self.folder / source_id

    def rate_hz(self, source_id: str) -> int:
        return read_sound(self.path(source_id)).rate_hz

    def samples(self, source_id: str, rate_hz: int) -> Samples:
        return read_sound(self.path(source_id)).samples[:2]


@pytest.fixture
def copied(arrangement: Arrangement, tmp_path: Path) -> Callable[..., list[Path]]:
    """Copy files of a folder, by their names, and give where they went."""
    folder = tmp_path / "there"
    folder.mkdir()

    def copy(*names: str) -> list[Path]:
        arrangement.sounds = Opened(folder)
        sources = [SourceFacts(name, f"songs/{name}", "0" * 64, 22_050, 1, 1.0) for name in names]
        files = copy_sources(arrangement, sources, tmp_path / "sources")
        assert list(files) == list(names)
        return list(files.values())

    return copy


def noise(n_channels: int) -> Samples:
    rng = np.random.default_rng(3)
    return rng.uniform(-0.5, 0.5, (n_channels, 22_050)).astype(np.float32)


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg"])
def test_what_every_program_reads_alike_is_copied(
    name: str, copied: Callable[..., list[Path]], tmp_path: Path
) -> None:
    write_sound(tmp_path / "there" / name, noise(2), 22_050, bits=24)
    (path,) = copied(name)
    assert path.name == name
    assert path.read_bytes() == (tmp_path / "there" / name).read_bytes()


def test_what_is_not_is_decoded(copied: Callable[..., list[Path]], tmp_path: Path) -> None:
    write_sound(tmp_path / "there" / "a.mp3", noise(2), 22_050)
    (path,) = copied("a.mp3")
    assert path.name == "a.wav"
    ours, theirs = read_sound(tmp_path / "there" / "a.mp3"), read_sound(path)
    assert np.array_equal(ours.samples, theirs.samples)
    assert ours.rate_hz == theirs.rate_hz


def test_a_file_is_what_it_holds_and_not_what_it_is_called(
    copied: Callable[..., list[Path]], tmp_path: Path
) -> None:
    there = tmp_path / "there"
    write_sound(there / "a.flac", noise(1), 22_050)
    shutil.move(there / "a.flac", there / "loud.WAV")
    write_sound(there / "b.mp3", noise(1), 22_050)
    shutil.move(there / "b.mp3", there / "soft.wav")
    flac, wav = copied("loud.WAV", "soft.wav")
    assert (flac.name, wav.name) == ("loud.flac", "soft.wav")
    assert flac.read_bytes() == (there / "loud.WAV").read_bytes()
    assert wav.read_bytes() != (there / "soft.wav").read_bytes()


def test_more_than_two_channels_are_decoded(
    copied: Callable[..., list[Path]], tmp_path: Path
) -> None:
    write_sound(tmp_path / "there" / "a.wav", noise(4), 22_050, bits=32)
    (path,) = copied("a.wav")
    assert read_sound(path).samples.shape[0] == 2


def test_names_are_unique(copied: Callable[..., list[Path]], tmp_path: Path) -> None:
    for name in ("Kick.wav", "kick.wav", "kick.flac"):
        write_sound(tmp_path / "there" / name, noise(1), 22_050)
    names = [path.name for path in copied("Kick.wav", "kick.wav", "kick.flac")]
    assert names == ["Kick.wav", "kick-2.wav", "kick-3.flac"]
