from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from phenotune.audio.files import is_sound_name, read_sound
from phenotune.demo import make, song
from phenotune.demo.make import DemoFiles, make_demo
from phenotune.demo.marker import NAME, VERSION, Marker, read_marker, sizes_of, write_marker
from phenotune.demo.records.record import Record
from phenotune.demo.signals import Signal
from phenotune.errors import RunFolderError

pytestmark = pytest.mark.slow


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def beep(rng: np.random.Generator, rate_hz: int) -> Signal:
    return 0.1 * rng.standard_normal(rate_hz // 20)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a demo of three short noises, for tests of files and folders."""
    records = [
        Record(path, 8000, -6.0, beep, path) for path in ("fx/a.wav", "fx/b.flac", "bass/c.wav")
    ]
    monkeypatch.setattr(make, "RECORDS", records)
    monkeypatch.setattr(make, "perform", lambda rate_hz: np.full((2, rate_hz // 20), 0.25))


def test_the_demo_is_a_target_and_a_library(demo: DemoFiles) -> None:
    assert demo.target.name == "second_shift.wav"
    assert demo.target.stem.replace("_", " ").title() == song.TITLE
    assert demo.library == demo.target.parent / "library"
    target = read_sound(demo.target)
    assert (target.rate_hz, target.samples.shape[0]) == (44_100, 2)
    others = [
        path for path in demo.library.rglob("*") if path.is_file() and not is_sound_name(path)
    ]
    assert {path.name for path in others} == {"CREDITS.txt"}


def test_every_sound_is_credited_beside_it(demo: DemoFiles) -> None:
    for path in [demo.target, *demo.library.rglob("*.*")]:
        if is_sound_name(path):
            text = (path.parent / "CREDITS.txt").read_text(encoding="utf-8")
            line = next(line for line in text.splitlines() if line.startswith(f"{path.name} | "))
            assert line.endswith("synthesised by phenotune (CC0 1.0)")


def test_the_demo_is_the_same_bytes_each_time(demo: DemoFiles, tmp_path: Path) -> None:
    again = make_demo(tmp_path / "again")
    assert digests(again.target.parent) == digests(demo.target.parent)


@pytest.mark.usefixtures("quick")
def test_a_folder_and_its_parents_are_made(tmp_path: Path) -> None:
    files = make_demo(tmp_path / "a" / "b")
    assert files == DemoFiles(
        tmp_path / "a" / "b" / "second_shift.wav", tmp_path / "a" / "b" / "library"
    )
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]  # nothing temporary is left
    marker = read_marker(tmp_path / "a" / "b")
    assert marker is not None
    assert marker.is_complete
    assert len(marker.sizes) == 1 + 3 + 3  # target, records, credits


@pytest.mark.usefixtures("quick")
def test_a_complete_demo_is_reused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = make_demo(tmp_path / "demo")
    (files.library / "mine.wav").write_bytes(b"somebody added a record")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "demo").rglob("*")}
    monkeypatch.setattr(make, "perform", lambda rate_hz: pytest.fail("made again"))
    assert make_demo(str(tmp_path / "demo")) == files
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "demo").rglob("*")} == before


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("hidden", [(), (".DS_Store",)])
def test_an_empty_folder_is_filled(hidden: tuple[str, ...], tmp_path: Path) -> None:
    for name in hidden:
        (tmp_path / name).touch()
    make_demo(tmp_path)
    assert {path.name for path in tmp_path.glob(".*")} == set(hidden)  # nothing temporary is left
    assert set(digests(tmp_path)) >= {NAME, "second_shift.wav", "library/fx/a.wav", *hidden}


@pytest.mark.usefixtures("quick")
def test_a_missing_file_is_made_again(tmp_path: Path) -> None:
    files = make_demo(tmp_path / "demo")
    before = digests(tmp_path / "demo")
    (files.library / "fx" / "b.flac").unlink()
    make_demo(tmp_path / "demo")
    assert digests(tmp_path / "demo") == before


@pytest.mark.usefixtures("quick")
def test_an_older_demo_is_replaced_and_strangers_are_left(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    (folder / "library" / "old").mkdir(parents=True)
    (folder / "library" / "old" / "gone.wav").write_bytes(b"old")
    (folder / "target.wav").write_bytes(b"old")
    write_marker(folder, Marker(VERSION - 1, is_complete=True, sizes=sizes_of(folder)))
    (folder / "library" / "mine.wav").write_bytes(b"mine")
    files = make_demo(folder)
    assert read_sound(files.target).samples.shape == (2, 2205)
    assert not (folder / "target.wav").exists()  # what the song was called in version 1
    assert not (folder / "library" / "old" / "gone.wav").exists()
    assert (folder / "library" / "mine.wav").read_bytes() == b"mine"
    marker = read_marker(folder)
    assert marker is not None
    assert marker.is_whole_in(folder)


@pytest.mark.usefixtures("quick")
def test_an_interrupted_replacement_is_finished_by_the_next_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "demo"
    make_demo(folder)
    expected = digests(folder)
    shutil.rmtree(folder / "library" / "bass")
    replace, n_moved = os.replace, iter(range(3))

    def full_disk(source: Path, destination: Path) -> None:
        if Path(destination).is_relative_to(folder / "library") and next(n_moved, None) is None:
            raise OSError(28, "No space left on device")
        replace(source, destination)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full_disk)
        with pytest.raises(RunFolderError, match=r"could not be written \(No space left"):
            make_demo(folder)
    marker = read_marker(folder)
    assert marker is not None
    assert not marker.is_complete
    make_demo(folder)
    assert digests(folder) == expected
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]


@pytest.mark.usefixtures("quick")
def test_what_is_not_a_demo_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear aunt", encoding="utf-8")
    with pytest.raises(RunFolderError, match="is not empty and holds no demo; choose another"):
        make_demo(tmp_path)
    assert list(digests(tmp_path)) == ["letter.txt"]
    with pytest.raises(RunFolderError, match="expected a folder for the demo, found a file"):
        make_demo(tmp_path / "letter.txt")


@pytest.mark.usefixtures("quick")
def test_a_demo_of_a_newer_phenotune_is_left_alone(tmp_path: Path) -> None:
    write_marker(tmp_path, Marker(VERSION + 1, is_complete=True, sizes={}))
    with pytest.raises(RunFolderError, match="made by a newer phenotune"):
        make_demo(tmp_path)


@pytest.mark.usefixtures("quick")
def test_a_changed_file_is_somebodys_work(tmp_path: Path) -> None:
    files = make_demo(tmp_path / "demo")
    files.target.write_bytes(b"another song")
    with pytest.raises(
        RunFolderError, match=r"second_shift\.wav: was changed since the demo was made"
    ):
        make_demo(tmp_path / "demo")
    assert files.target.read_bytes() == b"another song"
