from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from phenotune.audio.cache import SoundCache
from phenotune.audio.files import read_sound
from phenotune.errors import AudioFileError, RunFolderError
from phenotune.library.library import Library, open_library
from phenotune.run.kept import KeptSounds, is_there

from .conftest import tone, write


@pytest.fixture
def library(tmp_path: Path) -> Library:
    folder = tmp_path / "records"
    folder.mkdir()
    write(folder / "bell.wav", tone(415.0, 0.4, 0.2), 0.3 * tone(110.0, 0.4, 0.2))
    (folder / "CREDITS").write_text("bell.wav by somebody\n")
    return open_library([folder], cache=SoundCache(tmp_path / "cache"))


def test_a_kept_sound_is_the_same_sound_under_the_same_id(tmp_path: Path, library: Library) -> None:
    cache, (source,) = SoundCache(tmp_path / "cache"), library.sources
    samples = read_sound(source.path).samples
    source.path.unlink()
    assert not is_there(source, cache)
    kept = KeptSounds(tmp_path / "state").keep(source, cache)
    assert (kept.id, kept.path) == (source.id, tmp_path / "state" / "sounds" / f"{source.id}.wav")
    assert (kept.rate_hz, kept.n_channels, kept.n_samples) == (44_100, 2, source.n_samples)
    assert kept.credit is not None
    assert kept.credit.startswith("bell.wav: ")
    assert is_there(kept, cache)
    np.testing.assert_array_equal(read_sound(kept.path).samples, samples)
    other_library = library.with_kept([kept])
    assert other_library.known == (source,)  # the library's own comes first


def test_the_index_tells_what_it_was_and_is_read_again(tmp_path: Path, library: Library) -> None:
    (source,) = library.sources
    kept = KeptSounds(tmp_path / "state").keep(source, SoundCache(tmp_path / "cache"))
    (row,) = json.loads((tmp_path / "state" / "sounds" / "index.json").read_text())["sounds"]
    assert (row["path"], row["sha256"]) == (source.path.as_posix(), source.sha256)
    again = KeptSounds(tmp_path / "state")
    assert again.find(source.id) == kept
    assert again.find("s0") is None
    kept.path.unlink()
    assert again.find(source.id) is None


def test_another_run_takes_over_file_and_line(tmp_path: Path, library: Library) -> None:
    (source,) = library.sources
    one, other = KeptSounds(tmp_path / "one"), KeptSounds(tmp_path / "other")
    kept = one.keep(source, SoundCache(tmp_path / "cache"))
    adopted = other.adopt(one, source.id)
    assert adopted is not None
    assert (adopted.sha256, adopted.credit) == (kept.sha256, kept.credit)
    assert adopted.path.parent == tmp_path / "other" / "sounds"
    assert other.adopt(one, "s0") is None


def test_a_sound_that_nobody_has_cannot_be_kept(tmp_path: Path, library: Library) -> None:
    (source,) = library.sources
    source.path.unlink()
    with pytest.raises(AudioFileError, match=r"bell\.wav: does not exist"):
        KeptSounds(tmp_path / "state").keep(source, SoundCache(tmp_path / "empty"))


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"format": "x"}', '{"format": "phenotune.sounds", "version": 9}']
)
def test_a_broken_index_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "sounds").mkdir()
    (tmp_path / "sounds" / "index.json").write_text(text)
    with pytest.raises(RunFolderError, match=r"index\.json: does not tell which sounds are kept"):
        KeptSounds(tmp_path).find("s0")
