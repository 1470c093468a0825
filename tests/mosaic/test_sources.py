from __future__ import annotations

import dataclasses
import gc
import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import soundfile

from phenotune.audio import entries
from phenotune.audio.files import read_sound, write_sound
from phenotune.errors import LibraryError
from phenotune.mosaic import sources as sources_module
from phenotune.mosaic.facts import SourceFacts
from phenotune.mosaic.mosaic import Mosaic
from phenotune.mosaic.sources import MosaicSources


def test_sources_are_given_at_their_own_rate_and_at_others(mosaic: Mosaic, project: Path) -> None:
    sounds = MosaicSources(mosaic.sources, project)
    own = read_sound(project / "records" / "stereo.wav").samples
    assert sounds.rate_hz("s0") == 48_000
    assert np.array_equal(sounds.samples("s0", 48_000), own)
    assert sounds.samples("s0", 24_000).shape == (2, 24_000)
    assert sounds.samples("s0", 24_000) is sounds.samples("s0", 24_000)


def test_relative_paths_are_relative_to_the_folder(mosaic: Mosaic, project: Path) -> None:
    relative = dataclasses.replace(mosaic.sources[1], path="records/mono.wav")
    assert MosaicSources([relative], project).samples("s1", 44_100).shape == (1, 22_050)


def test_a_file_of_the_same_name_with_other_content_is_passed_over(
    mosaic: Mosaic, project: Path, tmp_path: Path
) -> None:
    for name, source in (("a", "stereo.wav"), ("b", "mono.wav")):
        (tmp_path / "attic" / name).mkdir(parents=True)
        content = (project / "records" / source).read_bytes()
        (tmp_path / "attic" / name / "mono.wav").write_bytes(content)
    gone = dataclasses.replace(mosaic.sources[1], path="nowhere/mono.wav")
    sounds = MosaicSources([gone], project, [tmp_path / "attic"])
    assert sounds.samples("s1", 44_100).shape == (1, 22_050)


def test_a_broken_file_of_the_same_name_is_passed_over(
    mosaic: Mosaic, project: Path, tmp_path: Path
) -> None:
    own = project / "records" / "mono.wav"
    (tmp_path / "attic").mkdir()
    (tmp_path / "attic" / "mono.wav").write_bytes(own.read_bytes())
    own.write_bytes(b"no sound any more")
    sounds = MosaicSources([mosaic.sources[1]], project, [tmp_path / "attic"])
    assert sounds.samples("s1", 44_100).shape == (1, 22_050)


def test_accents_may_be_written_in_another_way(mosaic: Mosaic, project: Path) -> None:
    composed, decomposed = "caf\u00e9.wav", "cafe\u0301.wav"
    (project / "records" / "mono.wav").rename(project / "records" / decomposed)
    gone = dataclasses.replace(mosaic.sources[1], path=f"nowhere/{composed}")
    sounds = MosaicSources([gone], project, [project / "records"])
    assert sounds.samples("s1", 44_100).shape == (1, 22_050)


def test_only_so_many_sounds_are_open_at_once(
    source_facts: Callable[..., SourceFacts], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources_module, "MAX_OPEN_SOUNDS", 2)
    monkeypatch.setattr(
        entries, "_MAX_BYTES_READ", 0
    )  # everything is mapped, and holds a file open
    made = []
    for n in range(5):
        path = tmp_path / f"{n}.wav"
        write_sound(path, np.full((1, 100), 0.1 * n + 0.1, np.float32), 8000, bits=32)
        made.append(source_facts(path, f"s{n}", 8000, 1, 100 / 8000))
    open_before = n_open_files()
    sounds = MosaicSources(made, tmp_path)
    assert n_open_files() == open_before
    levels = [float(sounds.samples(source.id, 8000)[0, 0]) for source in made]
    gc.collect()
    assert n_open_files() <= open_before + 2
    assert levels == [float(sounds.samples(source.id, 8000)[0, 0]) for source in made]
    assert levels == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5])


def n_open_files() -> int:
    descriptors = Path("/proc/self/fd")
    if not descriptors.is_dir():
        pytest.skip("this system does not tell which files are open")
    return len(list(descriptors.iterdir()))


def test_all_that_is_missing_is_told_at_once(mosaic: Mosaic, project: Path) -> None:
    gone = [
        dataclasses.replace(mosaic.sources[0], id=f"s{i}", path=f"gone/{i}.wav", sha256="0" * 64)
        for i in range(7)
    ]
    with pytest.raises(LibraryError, match=f"is not there, nor in {project / 'records'} "):
        MosaicSources(gone, project, [project / "records"])
    with pytest.raises(LibraryError, match="is not there") as caught:
        MosaicSources(gone, project)
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("7 of the 7 sources that the mosaic needs cannot be used; put them")
    assert lines[1] == f"  {project / 'gone' / '0.wav'}: is not there (source s0)"
    assert lines[-1] == "  and 2 more"
    assert len(lines) == 7


def test_a_file_that_is_no_sound_is_told(mosaic: Mosaic, project: Path) -> None:
    (project / "records" / "mono.wav").write_text("a letter to your aunt")
    with pytest.raises(LibraryError, match=r"mono.wav: is not a sound file"):
        MosaicSources(mosaic.sources, project)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_is_not_waited_for(mosaic: Mosaic, project: Path) -> None:
    path = project / "records" / "mono.wav"
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(LibraryError, match=r"mono.wav: is not there"):
        MosaicSources(mosaic.sources, project)


def test_a_source_is_found_under_another_name(
    mosaic: Mosaic, project: Path, tmp_path: Path
) -> None:
    wanted = MosaicSources(mosaic.sources, project).samples("s0", 44_100).copy()
    (tmp_path / "attic" / "deep").mkdir(parents=True)
    (project / "records" / "stereo.wav").rename(tmp_path / "attic" / "deep" / "Track 07.WAV")
    (tmp_path / "attic" / "empty.wav").touch()
    (tmp_path / "attic" / "letter.txt").write_text("to your aunt")
    sounds = MosaicSources(mosaic.sources, project, [tmp_path / "attic"])
    assert np.array_equal(sounds.samples("s0", 44_100), wanted)
    assert sounds.paths["s0"] == tmp_path / "attic" / "deep" / "Track 07.WAV"
    assert sounds.paths["s1"] == project / "records" / "mono.wav"
    assert sounds.changed == []


def test_the_old_file_elsewhere_is_preferred_to_a_changed_one(
    mosaic: Mosaic, project: Path, tmp_path: Path
) -> None:
    own, old = project / "records" / "mono.wav", tmp_path / "attic" / "before.wav"
    old.parent.mkdir()
    old.write_bytes(own.read_bytes())
    write_sound(own, np.full((1, 100), 0.5, np.float32), 44_100)
    sounds = MosaicSources(mosaic.sources, project, [old.parent], force=True)
    assert (sounds.paths["s1"], sounds.changed) == (old, [])


def test_a_changed_file_is_refused_by_its_hash(mosaic: Mosaic, project: Path) -> None:
    path = project / "records" / "mono.wav"
    write_sound(path, np.full((1, 100), 0.5, np.float32), 44_100)
    now = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(LibraryError, match="has changed since the mosaic was made") as caught:
        MosaicSources(mosaic.sources, project)
    message = str(caught.value)
    for part in (str(path), mosaic.sources[1].sha256[:12], now[:12], "--force", "s1"):
        assert part in message


def test_a_changed_file_is_used_when_that_is_asked_for(mosaic: Mosaic, project: Path) -> None:
    path = project / "records" / "mono.wav"
    write_sound(path, np.full((2, 4000), 0.5, np.float32), 8000, bits=32)
    sounds = MosaicSources(mosaic.sources, project, force=True)
    assert len(sounds.changed) == 1
    assert sounds.changed[0].startswith(f"{path}: has changed since the mosaic was made (SHA-256 ")
    # Clips go on being counted at the rate that the mosaic knows, whatever the file has now.
    assert sounds.rate_hz("s1") == 44_100
    assert sounds.samples("s1", 8000).tolist() == [[0.5] * 4000] * 2


def test_a_changed_file_that_cannot_sound_is_refused_all_the_same(
    mosaic: Mosaic, project: Path
) -> None:
    path = project / "records" / "mono.wav"
    soundfile.write(path, np.full((100, 1), np.nan), 44_100, subtype="FLOAT")
    with pytest.raises(LibraryError, match="holds values that are not finite"):
        MosaicSources(mosaic.sources, project, force=True)
    path.write_text("a letter to your aunt")
    with pytest.raises(LibraryError, match="is not a sound file"):
        MosaicSources(mosaic.sources, project, force=True)


def test_two_threads_that_want_the_same_sound_decode_it_once(
    mosaic: Mosaic, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sounds = MosaicSources(mosaic.sources, project)
    resampled: list[int] = []
    honest = entries.resampled

    def spy(sound: entries.CachedSound, rate_hz: int) -> entries.CachedSound:
        resampled.append(rate_hz)
        return honest(sound, rate_hz)

    monkeypatch.setattr(entries, "resampled", spy)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: sounds.samples("s0", 31_000), range(32)))
    assert resampled == [31_000]


def test_opening_tells_how_far_it_is(mosaic: Mosaic, project: Path) -> None:
    told: list[float] = []
    MosaicSources(mosaic.sources, project, progress=told.append)
    assert told == [0.5, 1.0]
