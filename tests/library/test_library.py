from __future__ import annotations

import gc
import os
import shutil
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import soundfile

from phenotune.audio import entries
from phenotune.audio.cache import SoundCache
from phenotune.audio.digests import sha256_of
from phenotune.audio.files import read_sound, write_sound
from phenotune.audio.levels import active_rms
from phenotune.audio.resampling import resample
from phenotune.errors import AudioFileError, LibraryError, ParameterError
from phenotune.library import library as library_module
from phenotune.library.library import Library, library_of, open_library, source_id
from phenotune.library.scan import find_sounds
from phenotune.library.source import Source


@pytest.fixture
def records(tmp_path: Path, write_noise: Callable[..., Path]) -> Path:
    """Three sounds of different kinds."""
    write_noise("records/a.wav", n_channels=2, level=0.1)
    write_noise("records/b.flac", rate_hz=48_000, level=0.2)
    write_noise("records/deep/c.wav", rate_hz=8_000, duration_s=0.5, level=0.4)
    return tmp_path / "records"


def test_sources_are_what_the_files_are(records: Path, cache: SoundCache) -> None:
    library = open_library([records], cache=cache)
    paths = [records / name for name in ("a.wav", "b.flac", "deep/c.wav")]
    ids = [f"s{sha256_of(path)[:12]}" for path in paths]
    assert library.sources == (
        Source(ids[0], paths[0], sha256_of(paths[0]), 44_100, 2, 4410),
        Source(ids[1], paths[1], sha256_of(paths[1]), 48_000, 1, 4800),
        Source(ids[2], paths[2], sha256_of(paths[2]), 8_000, 1, 4000),
    )
    assert library.skipped == ()
    assert [source.duration_s for source in library.sources] == [0.1, 0.1, 0.5]
    assert library.duration_s == pytest.approx(0.7)
    assert library.source(ids[1]) is library.sources[1]
    assert library.rate_hz(ids[2]) == 8_000


@pytest.mark.parametrize("warm", [False, True])
def test_sound_comes_at_any_rate(warm: bool, records: Path, cache: SoundCache) -> None:
    if warm:
        open_library([records], cache=cache)
    library = open_library([str(records)], cache=SoundCache(cache.folder))
    for source in library.sources:
        own = read_sound(source.path)
        for rate_hz in (source.rate_hz, 22_050, 96_000):
            samples = library.samples(source.id, rate_hz)
            np.testing.assert_array_equal(samples, resample(own.samples, own.rate_hz, rate_hz))
            assert not samples.flags.writeable
            assert library.samples(source.id, rate_hz) is samples


def test_threads_may_share_a_library(records: Path, cache: SoundCache) -> None:
    library = open_library([records], cache=cache)
    ids = [source.id for source in library.sources]
    expected = [library.samples(source_id, 22_050).copy() for source_id in ids]
    fresh = open_library([records], cache=cache)
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda n: fresh.samples(ids[n % 3], 22_050), range(60))
        for n, samples in enumerate(found):
            np.testing.assert_array_equal(samples, expected[n % 3])


def test_only_so_many_sounds_are_open_at_once(
    write_noise: Callable[..., Path],
    tmp_path: Path,
    cache: SoundCache,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(library_module, "MAX_OPEN_SOUNDS", 2)
    for n in range(4):
        write_noise(f"records/{n}.wav", duration_s=6.5)  # long enough to be mapped
    library = open_library([tmp_path / "records"], cache=cache)
    open_before = n_open_files()
    firsts = [float(library.samples(source.id, 44_100)[0, 0]) for source in library.sources]
    gc.collect()
    assert n_open_files() <= open_before + 2
    assert [float(library.samples(s.id, 44_100)[0, 0]) for s in library.sources] == firsts


@pytest.mark.skipif(sys.platform != "linux", reason="names are text on this system")
def test_a_file_whose_name_is_no_text_is_skipped(records: Path, cache: SoundCache) -> None:
    misnamed = records / os.fsdecode(b"caf\xe9.wav")
    misnamed.write_bytes(next(records.glob("*.wav")).read_bytes())
    library = open_library([records], cache=cache)
    assert [(skip.path, skip.reason) for skip in library.skipped] == [
        (misnamed, "has a name that is no text in UTF-8; rename it")
    ]
    assert len(library.sources) == 3


def test_opening_keeps_nothing_open(
    records: Path, cache: SoundCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries, "_MAX_BYTES_READ", 0)
    open_before = n_open_files()
    libraries = [open_library([records], cache=cache) for _ in ("cold", "warm")]
    assert n_open_files() == open_before
    assert len(libraries[0].sources) == 3


def test_progress_is_told(records: Path, cache: SoundCache) -> None:
    told: list[tuple[int, int]] = []
    open_library([records], cache=cache, progress=lambda *numbers: told.append(numbers))
    assert told == [(1, 3), (2, 3), (3, 3)]


def n_open_files() -> int:
    descriptors = Path("/proc/self/fd")
    if not descriptors.is_dir():
        pytest.skip("this system does not tell which files are open")
    return len(list(descriptors.iterdir()))


def test_the_level_is_the_median_of_what_sounds(
    tmp_path: Path, cache: SoundCache, rng: np.random.Generator
) -> None:
    levels = []
    for n, level in enumerate((0.01, 0.2, 0.9)):
        samples = (level * rng.uniform(-1, 1, (1, 20_000))).astype(np.float32)
        samples[:, 10_000:] = 0.0
        path = tmp_path / "records" / f"{n}.wav"
        path.parent.mkdir(exist_ok=True)
        write_sound(path, samples, 44_100, bits=32)
        levels.append(active_rms(samples, 44_100))
    assert open_library([tmp_path / "records"], cache=cache).level() == pytest.approx(levels[1])
    assert levels[1] == pytest.approx(0.2 / 3**0.5, rel=0.1)


def test_the_same_sound_is_one_source(records: Path, cache: SoundCache) -> None:
    shutil.copy(records / "a.wav", records / "deep" / "again.wav")
    library = open_library([records], cache=cache)
    assert [source.path.name for source in library.sources] == ["a.wav", "b.flac", "c.wav"]
    assert [(skip.path, skip.reason) for skip in library.skipped] == [
        (records / "deep" / "again.wav", f"same sound as {records / 'a.wav'}")
    ]


def spoil(records: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Put bad files into a library; gives the reason for which each is to be skipped."""
    monkeypatch.setitem(sys.modules, "av", None)
    (records / "empty.wav").touch()
    (records / "text.mp3").write_text("La la la.\n" * 1000)
    (records / "song.m4a").write_bytes(b"\0\0\0\x20ftypM4A " + bytes(100))
    write_sound(records / "silent.wav", np.zeros((2, 44_100), np.float32), 44_100)
    write_sound(records / "one.wav", np.ones((1, 1), np.float32), 44_100)
    write_sound(records / "none.wav", np.ones((1, 0), np.float32), 44_100)
    write_sound(records / "nan.wav", np.ones((1, 5000), np.float32), 44_100, bits=32)
    content = bytearray((records / "nan.wav").read_bytes())
    content[-4:] = np.float32(np.nan).tobytes()
    (records / "nan.wav").write_bytes(content)
    whole = (records / "silent.wav").read_bytes()
    (records / "half.wav").write_bytes(whole[: len(whole) // 2])
    (records / "gone.wav").symlink_to(records / "not there.wav")
    (records / "readme.txt").write_text("is no sound and not worth a word")
    return {
        "empty.wav": "is empty (0 bytes)",
        "gone.wav": "does not exist",
        "half.wav": f"is cut short: {len(whole) // 2} of the {len(whole)} bytes that it states are there",
        "nan.wav": "holds values that are not finite (NaN or infinity)",
        "none.wav": "holds no sound (0 samples)",
        "one.wav": "is too short (0.02268 ms; at least 20 ms are needed)",
        "silent.wav": "is silent (every sample is 0)",
        "song.m4a": f"reading {records / 'song.m4a'} needs the extra 'formats': pip install 'phenotune[formats]'",
        "text.mp3": "is not a sound file that can be decoded (format not recognised)",
    }


def test_bad_files_are_named_and_the_others_used(
    records: Path, cache: SoundCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    reasons = spoil(records, monkeypatch)
    library = open_library([records], cache=cache)
    assert [source.path.name for source in library.sources] == ["a.wav", "b.flac", "c.wav"]
    assert {skip.path.name: skip.reason for skip in library.skipped} == reasons
    assert str(library.skipped[0]) == f"{records / 'empty.wav'}: is empty (0 bytes)"
    again = open_library([records], cache=cache)
    assert (again.sources, again.skipped) == (library.sources, library.skipped)


def test_nothing_usable_is_told_with_reasons(
    records: Path, cache: SoundCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in list(records.rglob("*.*")):
        path.unlink()
    spoil(records, monkeypatch)
    with pytest.raises(LibraryError, match=r"none of the 9 sound files in .*records can") as caught:
        open_library([records], cache=cache)
    lines = str(caught.value).splitlines()
    assert lines[1] == f"  {records / 'empty.wav'}: is empty (0 bytes)"
    assert len(lines) == 7
    assert lines[-1] == "  and 4 more"
    assert caught.value.exit_code == 1


def test_no_sound_file_at_all(tmp_path: Path, cache: SoundCache) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "readme.txt").touch()
    with pytest.raises(LibraryError, match=r"no sound file in .*texts; expected WAV, AIFF, FLAC"):
        open_library([tmp_path / "texts"], cache=cache)


def test_everything_left_out(records: Path, cache: SoundCache) -> None:
    assert len(open_library([records], cache=cache, exclude=["*.flac"]).sources) == 2
    with pytest.raises(LibraryError, match=r"that library\.exclude \(\*\.wav, b\*\) lets pass"):
        open_library([records], cache=cache, exclude=["*.wav", "b*"])


def test_a_path_that_does_not_exist(records: Path, cache: SoundCache) -> None:
    with pytest.raises(LibraryError, match=r"gone: does not exist"):
        open_library([records, records / "gone"], cache=cache)


@pytest.mark.parametrize("ask", [Library.source, Library.rate_hz])
def test_an_unknown_source(
    ask: Callable[[Library, str], object], records: Path, cache: SoundCache
) -> None:
    library = open_library([records], cache=cache)
    with pytest.raises(
        ParameterError, match="expected the id of one of the library's 3 sources, got 's3'"
    ):
        ask(library, "s3")


def test_a_source_keeps_its_id_when_others_come_and_go(
    records: Path, cache: SoundCache, write_noise: Callable[..., Path]
) -> None:
    before = {source.path: source.id for source in open_library([records], cache=cache).sources}
    write_noise("records/a-new-one.wav", level=0.3)
    (records / "a.wav").unlink()
    after = {source.path: source.id for source in open_library([records], cache=cache).sources}
    assert len(before.keys() & after.keys()) == 2
    assert all(after[path] == before[path] for path in before.keys() & after.keys())


def test_a_file_may_change_while_its_sound_is_in_the_cache(
    records: Path, cache: SoundCache, write_noise: Callable[..., Path]
) -> None:
    library = open_library([records], cache=cache)
    expected = read_sound(records / "a.wav").samples
    write_noise("records/a.wav")
    first = library.sources[0].id
    np.testing.assert_array_equal(library.samples(first, 44_100), expected)
    library = Library(library.sources, cache=cache, level=0.1)
    cache.clear()
    with pytest.raises(AudioFileError, match=r"a\.wav: has changed since it was first read"):
        library.samples(first, 44_100)


def test_without_a_writable_cache(records: Path, tmp_path: Path, cache: SoundCache) -> None:
    (tmp_path / "file").touch()
    unwritable = SoundCache(tmp_path / "file" / "cache")
    library = open_library([records], cache=unwritable)
    expected = open_library([records], cache=cache)
    assert library.sources == expected.sources
    assert library.level() == expected.level()
    for source in library.sources:
        np.testing.assert_array_equal(
            library.samples(source.id, 22_050), expected.samples(source.id, 22_050)
        )


def test_credits_come_along(
    records: Path, cache: SoundCache, write_noise: Callable[..., Path]
) -> None:
    (records / "LICENCES.md").write_text("| a.wav | by A | CC0 |\n| deep/c.wav | by C | CC BY |\n")
    library = open_library([records], cache=cache)
    assert [source.credit for source in library.sources] == [
        *("by A; CC0", "see LICENCES.md", "by C; CC BY")
    ]


def test_a_real_library(real_audio: Path, cache: SoundCache) -> None:
    library = open_library([real_audio / "library"], cache=cache)
    told = [source.path for source in library.sources] + [skip.path for skip in library.skipped]
    assert sorted(told) == sorted(find_sounds([real_audio / "library"]))
    lengths_s = [soundfile.info(source.path).duration for source in library.sources]
    assert library.duration_s == pytest.approx(sum(lengths_s), rel=1e-6)
    assert 0.001 < library.level() < 1.0
    again = open_library([real_audio / "library"], cache=SoundCache(cache.folder))
    assert again.sources == library.sources


def test_the_target_is_skipped_unless_it_is_named(records: Path, cache: SoundCache) -> None:
    target = records / "a.wav"
    target_sha256 = sha256_of(target)
    library = open_library([records], cache=cache, target_sha256=target_sha256)
    assert [source.path.name for source in library.sources] == ["b.flac", "c.wav"]
    assert [str(skip) for skip in library.skipped] == [
        f"{target}: is the target itself; name it as a library to use it"
    ]
    for paths in ([target, records], [records, target]):
        named = open_library(paths, cache=cache, target_sha256=target_sha256)
        assert len(named.sources) == 3
        assert source_id(target_sha256) in {source.id for source in named.sources}
    assert source_id(target_sha256) not in {source.id for source in library.sources}
    with pytest.raises(LibraryError, match="is the target itself"):
        open_library([records], cache=cache, exclude=["b*", "c*"], target_sha256=target_sha256)


def test_kept_sources_sound_and_are_not_the_librarys(
    records: Path, cache: SoundCache, write_noise: Callable[..., Path]
) -> None:
    (gone,) = open_library([write_noise("gone/d.wav")], cache=cache).sources
    library = open_library([records], cache=cache)
    kept = library.with_kept([library.sources[0], gone])
    assert kept.sources == library.sources
    assert kept.known == (*library.sources, gone)
    assert kept.source(gone.id) == gone
    assert kept.samples(gone.id, 44_100).shape == (1, 4410)
    assert kept.level() == library.level()
    assert library.with_kept([]).known == library.sources


def test_files_that_are_still_written_are_left_out(records: Path, cache: SoundCache) -> None:
    library = open_library([records], cache=cache, without={str(records / "b.flac")})
    assert [source.path.name for source in library.sources] == ["a.wav", "c.wav"]
    assert library.skipped == ()


def test_a_library_is_made_of_sources_that_are_known(records: Path, cache: SoundCache) -> None:
    library = open_library([records], cache=cache)
    sources = library.sources[::-1]
    shutil.rmtree(records)
    again = library_of(sources, cache)
    assert again.sources == sources
    assert again.level() == library.level()
    with pytest.raises(AudioFileError, match="does not exist"):
        library_of(sources, SoundCache(cache.folder / "other"))
