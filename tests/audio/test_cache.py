from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import namedtuple
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.audio import cache as cache_module
from phenotune.audio import digests, entries
from phenotune.audio.cache import SoundCache, cache_folder, default_folder
from phenotune.audio.channels import fold_to_stereo
from phenotune.audio.files import read_sound, write_sound
from phenotune.audio.resampling import resample
from phenotune.errors import AudioFileError, ParameterError

Maker = Callable[..., Samples]
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that have been decoded so far."""
    names: list[str] = []

    def spy(path: Path) -> object:
        names.append(path.name)
        return read_sound(path)

    monkeypatch.setattr(cache_module, "read_sound", spy)
    return names


@pytest.fixture
def write(tmp_path: Path, noise: Maker) -> Callable[..., Path]:
    """Write a WAV of noise."""

    def make(name: str, n_channels: int = 2, n_samples: int = 4410) -> Path:
        write_sound(tmp_path / name, noise(n_channels, n_samples), 44_100, bits=32)
        return tmp_path / name

    return make


def sounds_in(cache: SoundCache) -> int:
    return len(list(cache.folder.glob(f"*{cache_module.SUFFIX}")))


def make_older(cache: SoundCache, age_s: float) -> None:
    for path in cache.folder.iterdir():
        time_s = path.stat().st_mtime - age_s
        os.utime(path, (time_s, time_s))


@pytest.mark.parametrize("n_samples", [1, 2, 4410, 300_000])
@pytest.mark.parametrize("n_channels", [1, 2, 6])
def test_fetching_gives_the_folded_sound(
    n_channels: int, n_samples: int, cache: SoundCache, write: Callable[..., Path]
) -> None:
    path = write("a.wav", n_channels, n_samples)
    expected = fold_to_stereo(read_sound(path).samples)
    for sound in (cache.fetch(path), cache.fetch(str(path)), SoundCache(cache.folder).fetch(path)):
        assert sound.rate_hz == 44_100
        assert sound.sha256 == digests.sha256_of(path)
        assert not sound.samples.flags.writeable
        np.testing.assert_array_equal(sound.samples, expected)


def test_each_content_is_decoded_once(
    cache: SoundCache, write: Callable[..., Path], tmp_path: Path, decoded: list[str]
) -> None:
    path = write("a.wav")
    shutil.copy(path, tmp_path / "copy.wav")
    for name in ("a.wav", "a.wav", "copy.wav"):
        cache.fetch(tmp_path / name)
        cache.examine(tmp_path / name)
    SoundCache(cache.folder).fetch(path)
    assert decoded == ["a.wav"]
    assert sounds_in(cache) == 1


def test_examining_does_not_need_the_samples(cache: SoundCache, write: Callable[..., Path]) -> None:
    path = write("a.wav", 2, 300_000)
    facts = cache.examine(path)
    again = SoundCache(cache.folder).examine(path)
    assert facts == again
    assert not hasattr(facts, "samples")
    assert (again.n_channels, again.n_samples, again.is_finite) == (2, 300_000, True)


def test_a_changed_file_is_another_sound(
    cache: SoundCache, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("a.wav", 1, 100)
    before = cache.fetch(path)
    write("a.wav", 1, 101)
    after = cache.fetch(path)
    assert (before.n_samples, after.n_samples) == (100, 101)
    assert before.sha256 != after.sha256


def test_an_unchanged_file_is_not_hashed_again(
    cache: SoundCache, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "MIN_AGE_S", 0.0)
    path = write("a.wav")
    expected = cache.fetch(path).samples

    def hashed_again(path: Path) -> str:
        raise AssertionError(path)

    monkeypatch.setattr(digests, "sha256_of", hashed_again)
    np.testing.assert_array_equal(SoundCache(cache.folder).fetch(path).samples, expected)


def test_known_content_is_given_whatever_became_of_the_file(
    cache: SoundCache, write: Callable[..., Path], decoded: list[str]
) -> None:
    path = write("a.wav")
    sound = cache.fetch(path)
    path.unlink()
    np.testing.assert_array_equal(cache.fetch(path, sha256=sound.sha256).samples, sound.samples)
    assert decoded == ["a.wav"]


def test_content_that_has_changed_and_left_the_cache_is_told(
    cache: SoundCache, write: Callable[..., Path]
) -> None:
    path = write("a.wav")
    sha256 = cache.fetch(path).sha256
    cache.clear()
    write("a.wav")
    with pytest.raises(AudioFileError, match="has changed since it was first read; put the old"):
        cache.fetch(path, sha256=sha256)


def test_an_entry_that_vanishes_is_made_again(
    cache: SoundCache, write: Callable[..., Path], decoded: list[str]
) -> None:
    path = write("a.wav", 2, 300_000)
    sound = cache.fetch(path)
    expected = sound.samples.copy()
    for entry in cache.folder.iterdir():
        entry.unlink()
    np.testing.assert_array_equal(sound.samples, expected)  # the mapping outlives the file
    np.testing.assert_array_equal(cache.fetch(path, sha256=sound.sha256).samples, expected)
    np.testing.assert_array_equal(cache.fetch(path).samples, expected)
    assert decoded == ["a.wav", "a.wav"]


def test_a_torn_entry_is_made_again(
    cache: SoundCache, write: Callable[..., Path], decoded: list[str]
) -> None:
    path = write("a.wav")
    expected = cache.fetch(path).samples.copy()
    (entry,) = cache.folder.glob("*.sound")
    entry.write_bytes(entry.read_bytes()[:-4])
    np.testing.assert_array_equal(cache.fetch(path).samples, expected)
    assert decoded == ["a.wav", "a.wav"]


def test_another_decoder_is_another_entry(
    cache: SoundCache,
    write: Callable[..., Path],
    decoded: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = write("a.wav")
    cache.fetch(path)
    monkeypatch.setattr(cache_module, "_decoders", lambda: "newer")
    cache.fetch(path)
    assert decoded == ["a.wav", "a.wav"]
    assert sounds_in(cache) == 2


def test_a_file_that_changes_while_it_is_read(
    cache: SoundCache, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("a.wav")

    def read_while_it_grows(path: Path) -> object:
        sound = read_sound(path)
        with open(path, "ab") as file:
            file.write(b"more")
        return sound

    monkeypatch.setattr(cache_module, "read_sound", read_while_it_grows)
    with pytest.raises(AudioFileError, match="changed while it was read; try again when"):
        cache.fetch(path)
    assert sounds_in(cache) == 0


@pytest.mark.parametrize("rate_hz", [8_000, 22_050, 48_000, 192_000])
def test_another_rate(rate_hz: int, cache: SoundCache, write: Callable[..., Path]) -> None:
    sound = cache.fetch(write("a.wav"))
    expected = resample(sound.samples, 44_100, rate_hz)
    for samples in (cache.at_rate(sound, rate_hz), cache.at_rate(sound, rate_hz)):
        assert not samples.flags.writeable
        np.testing.assert_array_equal(samples, expected)
    assert sounds_in(cache) == 2


def test_another_rate_is_made_once(
    cache: SoundCache, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = cache.fetch(write("a.wav"))
    first = cache.at_rate(sound, 22_050)

    def resampled_again(*args: object) -> None:
        raise AssertionError

    monkeypatch.setattr(entries, "resample", resampled_again)
    np.testing.assert_array_equal(cache.at_rate(sound, 22_050), first)
    np.testing.assert_array_equal(SoundCache(cache.folder).at_rate(sound, 22_050), first)


def test_its_own_rate_costs_nothing(cache: SoundCache, write: Callable[..., Path]) -> None:
    sound = cache.fetch(write("a.wav"))
    assert cache.at_rate(sound, 44_100) is sound.samples


# Trouble with the folder


def test_a_folder_that_cannot_be_made(
    tmp_path: Path, write: Callable[..., Path], decoded: list[str]
) -> None:
    (tmp_path / "file").touch()
    cache = SoundCache(tmp_path / "file" / "cache")
    path = write("a.wav")
    first, second = cache.fetch(path), cache.fetch(path)
    np.testing.assert_array_equal(first.samples, read_sound(path).samples)
    assert second.samples is first.samples
    assert cache.at_rate(first, 22_050) is cache.at_rate(second, 22_050)
    assert cache.examine(path).n_samples == 4410
    assert decoded == ["a.wav"]
    assert cache.problem == f"{cache.folder}: Not a directory"
    assert cache.size_bytes() == 0
    cache.prune()
    cache.clear()


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everything"
)
def test_a_read_only_folder(tmp_path: Path, write: Callable[..., Path]) -> None:
    (tmp_path / "cache").mkdir(mode=0o500)
    cache = SoundCache(tmp_path / "cache")
    assert cache.fetch(write("a.wav")).n_samples == 4410
    assert cache.problem == f"{cache.folder}: Permission denied"


def test_a_full_disk(
    cache: SoundCache, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**9, 10**9 - 1, 1))
    path = write("a.wav")
    np.testing.assert_array_equal(cache.fetch(path).samples, read_sound(path).samples)
    assert cache.problem == f"{cache.folder}: No space left on device"
    assert sounds_in(cache) == 0


def test_a_disk_that_fills_up_while_writing(cache: SoundCache, write: Callable[..., Path]) -> None:
    resource = pytest.importorskip("resource", reason="only Unix can simulate a full disk")
    path = write("a.wav", 2, 300_000)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        sound = cache.fetch(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    np.testing.assert_array_equal(sound.samples, read_sound(path).samples)
    assert cache.problem == f"{cache.folder}: File too large"
    assert not list(cache.folder.glob("*.sound"))
    assert not list(cache.folder.glob("*.tmp"))


def test_an_entry_that_somebody_holds_open_is_used(
    cache: SoundCache, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("a.wav")

    def held_open(entry: Path, sound: entries.CachedSound) -> int:
        write_entry(entry, sound)  # by another process, which has it mapped
        raise PermissionError(13, "Access is denied")

    write_entry = entries.write_entry
    monkeypatch.setattr(entries, "write_entry", held_open)
    np.testing.assert_array_equal(cache.fetch(path).samples, read_sound(path).samples)
    assert cache.problem is None


# Bounds


def test_what_was_used_least_recently_goes_first(
    cache: SoundCache, write: Callable[..., Path], decoded: list[str]
) -> None:
    paths = {name: write(name, 2, 10_000) for name in ("a.wav", "b.wav", "c.wav")}
    for path in paths.values():
        cache.fetch(path)
        make_older(cache, 100.0)
    cache.fetch(paths["a.wav"])  # a was made first, but b is now the oldest
    later = SoundCache(cache.folder, max_bytes=cache.size_bytes() - 1)
    later.prune()
    assert sounds_in(later) == 2
    decoded.clear()
    for name in ("a.wav", "c.wav", "b.wav"):
        later.fetch(paths[name])
    assert decoded == ["b.wav"]


def test_it_stays_within_its_bounds_by_itself(tmp_path: Path, write: Callable[..., Path]) -> None:
    paths = [write(f"{n}.wav", 2, 10_000) for n in range(6)]
    for path in paths:  # each a run of its own
        cache = SoundCache(tmp_path / "cache", max_bytes=200_000)
        cache.fetch(path)
        make_older(cache, 100.0)
        assert cache.size_bytes() <= 200_000
    assert sounds_in(cache) == 2


def test_what_is_in_use_stays(tmp_path: Path, write: Callable[..., Path]) -> None:
    cache = SoundCache(tmp_path / "cache", max_bytes=0)
    for name in ("a.wav", "b.wav"):
        cache.fetch(write(name))
    assert sounds_in(cache) == 2
    SoundCache(cache.folder, max_bytes=0).prune()
    assert sounds_in(cache) == 0


def test_what_is_in_use_is_not_looked_through_for_every_sound(
    tmp_path: Path, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = SoundCache(tmp_path / "cache", max_bytes=0)
    prune, n_prunings = SoundCache.prune, []
    monkeypatch.setattr(
        SoundCache, "prune", lambda cache: (n_prunings.append(cache), prune(cache))[1]
    )
    for n in range(64):
        cache.fetch(write(f"{n}.wav", 1, 100))
    assert len(n_prunings) < 48
    assert sounds_in(cache) == 64


def test_what_a_crash_left_behind_goes_and_work_in_progress_stays(cache: SoundCache) -> None:
    cache.folder.mkdir()
    for name in ("old.tmp", "new.tmp"):
        (cache.folder / name).write_bytes(b"half")
    os.utime(cache.folder / "old.tmp", (0, 0))
    cache.prune()
    assert [path.name for path in cache.folder.iterdir()] == ["new.tmp"]


def test_clearing_leaves_what_is_not_ours(cache: SoundCache, write: Callable[..., Path]) -> None:
    path = write("a.wav")
    sound = cache.fetch(path)
    (cache.folder / "thesis.txt").write_text("do not lose me")
    (cache.folder / "sub").mkdir()
    cache.clear()
    assert cache.size_bytes() == 0
    assert sorted(path.name for path in cache.folder.iterdir()) == ["sub", "thesis.txt"]
    np.testing.assert_array_equal(cache.fetch(path).samples, sound.samples)


def test_size_counts_what_is_ours(cache: SoundCache, write: Callable[..., Path]) -> None:
    assert cache.size_bytes() == 0
    cache.fetch(write("a.wav", 2, 1000))
    assert 8000 < cache.size_bytes() < 20_000
    before = cache.size_bytes()
    (cache.folder / "thesis.txt").write_bytes(bytes(1000))
    assert cache.size_bytes() == before


def test_bounds_are_not_negative(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="max_bytes: expected 0 or more, got -1"):
        SoundCache(tmp_path, max_bytes=-1)


# Sharing


def test_threads_and_caches_share_a_folder(tmp_path: Path, write: Callable[..., Path]) -> None:
    paths = [write(f"{n}.wav", 2, 5000) for n in range(6)]
    expected = [read_sound(path).samples for path in paths]
    caches = [SoundCache(tmp_path / "cache", max_bytes=100_000) for _ in range(4)]

    def fetch_all(cache: SoundCache) -> list[Samples]:
        found = [cache.fetch(path) for path in paths]
        cache.prune()
        return [sound.samples for sound in found]

    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(fetch_all, caches * 5):
            for samples, right in zip(found, expected, strict=True):
                np.testing.assert_array_equal(samples, right)


def test_processes_share_a_folder(tmp_path: Path, write: Callable[..., Path]) -> None:
    paths = [write(f"{n}.wav", 2, 20_000) for n in range(8)]
    code = (
        "import hashlib, sys; from pathlib import Path; from phenotune.audio.cache import SoundCache\n"
        "cache = SoundCache(Path(sys.argv[1]), max_bytes=500_000)\n"
        "for path in sys.argv[2:] * 3:\n"
        "    sound = cache.fetch(path)\n"
        "    print(hashlib.sha256(cache.at_rate(sound, 22_050)).hexdigest())\n"
        "    cache._handed_out.clear(); cache.prune()\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "cache"), *map(str, paths)]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    (first, first_errors), (second, second_errors) = (process.communicate() for process in running)
    assert (first_errors, second_errors) == ("", "")
    assert first == second
    assert len(set(first.split())) == 8


# Where it is


def test_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHENOTUNE_CACHE", str(tmp_path))
    assert (cache_folder(), default_folder()) == (tmp_path, tmp_path / "sounds")
    assert SoundCache().folder == tmp_path / "sounds"
    assert not (tmp_path / "sounds").exists()
    monkeypatch.delenv("PHENOTUNE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder().name == "phenotune" or sys.platform == "win32"
    assert default_folder() == cache_folder() / "sounds"
