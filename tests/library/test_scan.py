from __future__ import annotations

import os
from pathlib import Path

import pytest

from phenotune.errors import LibraryError
from phenotune.library import scan
from phenotune.library.scan import find_sounds, fingerprints


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library of empty files: finding does not look into them."""
    return touch(
        tmp_path / "records",
        *("b.wav", "a.flac", "a/2.ogg", "a/10.ogg", "a/deep/er/x.MP3", "B.aiff", "notes.txt"),
        *(".hidden.wav", ".git/c.wav", "a/._2.ogg", "cover.jpg"),
    )


def touch(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


def names(found: list[Path], root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in found]


def test_folders_are_searched_to_the_bottom_in_order_of_names(folder: Path) -> None:
    expected = ["B.aiff", "a/10.ogg", "a/2.ogg", "a/deep/er/x.MP3", "a.flac", "b.wav"]
    assert names(find_sounds([folder]), folder) == expected
    assert names(find_sounds([str(folder)]), folder) == expected


def test_the_order_does_not_depend_on_how_accents_are_written(tmp_path: Path) -> None:
    # The same names as Linux and as macOS write them.
    composed = touch(tmp_path / "linux", "\u00e9tude.wav", "eye.wav", "fa.wav")
    decomposed = touch(tmp_path / "mac", "e\u0301tude.wav", "eye.wav", "fa.wav")
    for root in (composed, decomposed):
        found = names(find_sounds([root]), root)
        assert found[:2] == ["eye.wav", "fa.wav"]


def test_paths_are_taken_in_the_order_given(folder: Path) -> None:
    found = find_sounds([folder / "b.wav", folder / "a" / "deep", folder / "a"])
    assert names(found, folder) == ["b.wav", "a/deep/er/x.MP3", "a/10.ogg", "a/2.ogg"]


def test_each_file_is_found_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    found = find_sounds([folder / "b.wav", Path("b.wav"), Path("a/../b.wav"), folder, Path()])
    assert names(found, folder)[0] == "b.wav"
    assert len(found) == 6


def test_a_file_that_is_named_is_taken_whatever_it_is_called(folder: Path) -> None:
    named = [folder / "notes.txt", folder / ".hidden.wav"]
    assert find_sounds(named) == named


def test_a_folder_without_sound(tmp_path: Path) -> None:
    assert find_sounds([touch(tmp_path / "texts", "a.txt", "b/c.md")]) == []
    assert find_sounds([]) == []


def test_a_path_that_does_not_exist(folder: Path) -> None:
    with pytest.raises(LibraryError, match=r"gone: does not exist; name a folder of sounds"):
        find_sounds([folder, folder / "gone"])


def test_what_a_run_has_made_is_left_out(tmp_path: Path) -> None:
    run = touch(
        tmp_path / "music" / "song-mosaic",
        *("phenotune.toml", "out/mosaic.wav", "state/x.wav", "library/a.wav", "library/out/b.wav"),
    )
    other = touch(tmp_path / "music" / "other", "out/c.wav", "state/d.wav")
    found = names(find_sounds([tmp_path / "music"]), tmp_path / "music")
    assert found == [
        *("other/out/c.wav", "other/state/d.wav"),
        *("song-mosaic/library/a.wav", "song-mosaic/library/out/b.wav"),
    ]
    assert names(find_sounds([run / "out"]), run) == ["out/mosaic.wav"]
    assert names(find_sounds([other]), other) == ["out/c.wav", "state/d.wav"]


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("*.wav", ["a.flac", "d/v/y.flac"]),
        ("d", ["a.flac", "b.wav"]),
        ("d/*", ["a.flac", "b.wav"]),
        ("v", ["a.flac", "b.wav", "d/x.wav"]),
        ("d/v/?.flac", ["a.flac", "b.wav", "d/x.wav"]),
        ("[ab].*", ["d/v/y.flac", "d/x.wav"]),
        ("*", []),
        ("records", ["a.flac", "b.wav", "d/v/y.flac", "d/x.wav"]),
    ],
)
def test_patterns_leave_out(pattern: str, left: list[str], tmp_path: Path) -> None:
    root = touch(tmp_path / "records", "a.flac", "b.wav", "d/x.wav", "d/v/y.flac")
    assert names(find_sounds([root], exclude=[pattern]), root) == left


def test_patterns_hold_for_files_that_are_named(folder: Path) -> None:
    named = [folder / "b.wav", folder / "a.flac"]
    assert find_sounds(named, exclude=["*.wav", "nothing"]) == [folder / "a.flac"]


def test_links_are_followed_but_not_in_circles(folder: Path, tmp_path: Path) -> None:
    elsewhere = touch(tmp_path / "elsewhere", "far.wav")
    (folder / "a" / "back").symlink_to(folder, target_is_directory=True)
    (folder / "link").symlink_to(elsewhere, target_is_directory=True)
    (folder / "same.wav").symlink_to(folder / "b.wav")
    (elsewhere / "itself").symlink_to(elsewhere, target_is_directory=True)
    found = names(find_sounds([folder]), folder)
    assert found == [
        *("B.aiff", "a/10.ogg", "a/2.ogg", "a/deep/er/x.MP3", "a.flac", "b.wav", "link/far.wav")
    ]


def test_a_link_to_nothing_is_found_so_that_it_is_told(tmp_path: Path) -> None:
    root = touch(tmp_path / "records", "a.wav")
    (root / "gone.wav").symlink_to(root / "moved away.wav")
    assert names(find_sounds([root]), root) == ["a.wav", "gone.wav"]


def test_a_folder_that_may_not_be_listed_is_found_so_that_it_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scandir = os.scandir

    def refuse(path: Path) -> object:
        if path == folder / "a":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(scan.os, "scandir", refuse)
    assert names(find_sounds([folder]), folder) == ["B.aiff", "a", "a.flac", "b.wav"]


def test_fingerprints_are_of_the_files_that_are_found(folder: Path, tmp_path: Path) -> None:
    (folder / "b.wav").write_bytes(b"12345")
    os.utime(folder / "b.wav", ns=(7, 7))
    nowhere = tmp_path / "nowhere"
    found = fingerprints([folder, nowhere], exclude=["*.MP3"])
    assert list(found) == [str(path) for path in find_sounds([folder], exclude=["*.MP3"])]
    assert found[str(folder / "b.wav")] == (5, 7)
    assert list(fingerprints([folder / "b.wav"])) == [str(folder / "b.wav")]
