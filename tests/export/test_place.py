from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from phenotune.errors import RunFolderError
from phenotune.export.place import Place, check_is_free, new_place
from phenotune.whole_files import write_whole

IS_NOT_ROOT = hasattr(os, "geteuid") and os.geteuid() != 0


def fill(place: Place, text: str = "new") -> None:
    (place.sounds / "one.wav").write_text(text)
    place.document.write_text(text)


def put(out: Path, *brought: str, then: Callable[[], None] = lambda: None, **asked: bool) -> None:
    """Export to a place: what it brings there, and what happens at the end."""
    with new_place(out, "song", out.suffix or ".rpp", **asked) as place:
        fill(place)
        for name in brought:
            (place.folder / name).write_text("new")
        then()


def raising(error: BaseException) -> Callable[[], None]:
    def call() -> None:
        raise error

    return call


def below(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_a_folder_of_its_own_appears_whole(tmp_path: Path) -> None:
    with new_place(tmp_path / "deep" / "out", "song", ".rpp") as place:
        fill(place)
        assert not (tmp_path / "deep" / "out").exists()
    assert below(tmp_path) == [
        "deep",
        "deep/out",
        "deep/out/song-sounds",
        "deep/out/song-sounds/one.wav",
        "deep/out/song.rpp",
    ]


def test_a_document_is_put_where_it_is_named_and_its_sounds_beside_it(tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("mine")
    with new_place(tmp_path / "Mine.RPP", "song", ".rpp") as place:
        fill(place)
    assert below(tmp_path) == ["Mine-sounds", "Mine-sounds/one.wav", "Mine.RPP", "other.txt"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with new_place(tmp_path / "out", "song", ".rpp") as place:
        fill(place)
    assert (tmp_path / "out" / "song.rpp").read_text() == "new"


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_what_is_there_is_refused_and_stays(tmp_path: Path, kind: str) -> None:
    out = tmp_path / "out"
    if kind == "file":
        out.write_text("mine")
    elif kind == "link":
        try:
            out.symlink_to(tmp_path / "nowhere")
        except OSError:
            pytest.skip("this system makes no links")
    else:
        out.mkdir()
        (out / "mine.txt").write_text("mine")
    before = below(tmp_path)
    with pytest.raises(RunFolderError, match=r"out: is there already; .* -o, .* --force"):
        new_place(out, "song", ".rpp").__enter__()
    with pytest.raises(RunFolderError, match="is there already"):
        check_is_free(out, ".rpp")
    assert below(tmp_path) == before


@pytest.mark.parametrize("name", ["song.rpp", "song-sounds"])
def test_a_document_is_refused_where_it_or_its_sounds_are(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(RunFolderError, match=f"{name}: is there already"):
        new_place(tmp_path / "song.rpp", "x", ".rpp").__enter__()


def test_no_other_file_that_an_export_brings_replaces_one(tmp_path: Path) -> None:
    (tmp_path / "song-more.csv").write_text("mine")
    with pytest.raises(RunFolderError, match=r"song-more\.csv: is there already"):
        put(tmp_path / "song.csv", "song-more.csv")
    assert below(tmp_path) == ["song-more.csv"]
    assert (tmp_path / "song-more.csv").read_text() == "mine"


def test_force_replaces_what_comes_and_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with new_place(out, "song", ".rpp") as place:
        fill(place, "old")
        (place.sounds / "old only.wav").write_text("old")
    (out / "notes.txt").write_text("mine")
    with new_place(out, "song", ".rpp", force=True) as place:
        fill(place)
    assert below(tmp_path) == [
        "out",
        "out/notes.txt",
        "out/song-sounds",
        "out/song-sounds/one.wav",
        "out/song.rpp",
    ]
    assert (out / "song.rpp").read_text() == "new"
    assert (out / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
@pytest.mark.parametrize("name", ["deep/er/out", "deep/er/song.rpp"])
def test_what_ends_badly_leaves_nothing(
    tmp_path: Path, error: type[BaseException], name: str
) -> None:
    with pytest.raises(error, match="stop"):
        put(tmp_path / name, then=raising(error("stop")))
    assert below(tmp_path) == []


def test_what_ends_badly_leaves_what_was_there(tmp_path: Path) -> None:
    with new_place(tmp_path / "out", "song", ".rpp") as place:
        fill(place, "old")
    before = below(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        put(tmp_path / "out", then=raising(KeyboardInterrupt()), force=True)
    assert below(tmp_path) == before
    assert (tmp_path / "out" / "song.rpp").read_text() == "old"


def test_what_cannot_be_moved_into_place_brings_the_old_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with new_place(tmp_path / "out", "song", ".rpp") as place:
        fill(place, "old")
    before, replace = below(tmp_path), os.replace

    def refuse(here: Path, there: Path) -> None:
        if Path(there).name == "song-sounds" and Path(here).name == "song-sounds":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        replace(here, there)

    with pytest.raises(RunFolderError, match="free some space"):
        put(tmp_path / "out", then=lambda: monkeypatch.setattr(os, "replace", refuse), force=True)
    assert below(tmp_path) == before
    assert (tmp_path / "out" / "song-sounds" / "one.wav").read_text() == "old"


@pytest.mark.parametrize("name", ["file/out", "file/song.rpp"])
def test_a_place_that_cannot_be_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(RunFolderError, match="could not be written"):
        new_place(tmp_path / name, "song", ".rpp").__enter__()
    assert below(tmp_path) == ["file"]


@pytest.mark.skipif(not IS_NOT_ROOT, reason="root may write everything")
@pytest.mark.parametrize("name", ["out", "song.rpp", "deep/er/out"])
def test_a_folder_that_may_not_be_written_to_is_told(tmp_path: Path, name: str) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    with pytest.raises(RunFolderError, match="could not be written"):
        new_place(locked / name, "song", ".rpp").__enter__()
    assert below(tmp_path) == ["locked"]


def test_a_disk_that_fails_while_writing_is_told(tmp_path: Path) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with pytest.raises(RunFolderError, match=r"out: could not be written .*; free some space"):
        put(tmp_path / "out", then=raising(full))
    assert below(tmp_path) == []


def test_names_in_a_project_are_plain_ones(tmp_path: Path) -> None:
    with new_place(tmp_path / "out", 'a "b"\n../c', ".rpp") as place:
        assert (place.stem, place.document.name) == ("a _b_ .._c", "a _b_ .._c.rpp")
        assert place.sounds.name == "a _b_ .._c-sounds"


def test_a_name_that_a_person_chose_stays_and_that_of_its_sounds_is_plain(tmp_path: Path) -> None:
    with new_place(tmp_path / "it's %.rpp", "song", ".rpp") as place:
        assert (place.document.name, place.sounds.name) == ("it's %.rpp", "it_s-sounds")


def test_what_a_full_disk_is_told_of_is_the_place_that_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not a file in a folder that is gone by then."""

    def full(path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("phenotune.whole_files._synchronise", full)
    told = pytest.raises(RunFolderError, match=r"/song: could not be written \(No space left")
    with told, new_place(tmp_path / "song", "song", ".csv") as place:
        write_whole(place.document, "a,b")
    assert not list(tmp_path.iterdir())
