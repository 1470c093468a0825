from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from phenotune import whole_files
from phenotune.errors import RunFolderError
from phenotune.whole_files import check_none_is_there, whole_file, write_whole


def test_text_and_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    write_whole(tmp_path / "a.txt", "café\r\nand on\n")
    assert (tmp_path / "a.txt").read_bytes() == b"caf\xc3\xa9\r\nand on\n"
    write_whole(tmp_path / "a.txt", b"\x00\xff")
    assert (tmp_path / "a.txt").read_bytes() == b"\x00\xff"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_the_old_content_stands_until_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"old")
    with whole_file(path) as temporary:
        temporary.write_bytes(b"new")
        assert path.read_bytes() == b"old"
        assert (temporary.parent, temporary.suffix) == (tmp_path, ".wav")
        assert temporary.name.startswith(".")
    assert path.read_bytes() == b"new"


def fail_half_way(path: Path, kind: type[BaseException]) -> None:
    with whole_file(path) as temporary:
        temporary.write_bytes(b"half")
        raise kind("half way")


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt, OSError])
def test_what_goes_wrong_in_the_block_leaves_no_trace(
    kind: type[BaseException], tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    expected = RunFolderError if kind is OSError else kind
    with pytest.raises(expected, match="half way"):
        fail_half_way(path, kind)
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]


def test_two_writers_do_not_meet(tmp_path: Path) -> None:
    with whole_file(tmp_path / "a") as first, whole_file(tmp_path / "a") as second:
        assert first != second
        first.write_bytes(b"1")
        second.write_bytes(b"2")
    assert (tmp_path / "a").read_bytes() == b"1"  # the one that ended last


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (errno.ENOSPC, "free some space, or choose another folder"),
        (errno.EROFS, "choose another folder"),
    ],
)
def test_the_advice_fits_the_trouble(
    code: int, advice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*paths: Path) -> None:
        raise OSError(code, "it said no")

    monkeypatch.setattr(os, "fsync", refuse)
    message = rf"a\.txt: could not be written \(it said no\); {advice}$"
    with pytest.raises(RunFolderError, match=message):
        write_whole(tmp_path / "a.txt", "text")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_missing_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match=r"a\.txt: could not be written .* make its folder"):
        write_whole(tmp_path / "gone" / "a.txt", "text")
    assert not (tmp_path / "gone").exists()


class Held:
    """A file that another program reads for a while, on a system where it cannot be replaced then."""

    def __init__(self, n_refusals: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.n_tries = 0
        self._n_refusals = n_refusals
        self._replace = os.replace
        monkeypatch.setattr(os, "replace", self)
        monkeypatch.setattr(whole_files, "_PAUSES_S", (0.0, 0.0, 0.0))

    def __call__(self, source: Path, destination: Path) -> None:
        self.n_tries += 1
        if self.n_tries <= self._n_refusals:
            raise PermissionError(errno.EACCES, "Access is denied")
        self._replace(source, destination)


@pytest.mark.parametrize("n_refusals", [0, 1, 3])
def test_on_windows_a_file_that_is_read_is_waited_for(
    n_refusals: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole_files, "_IS_WINDOWS", True)
    held = Held(n_refusals, monkeypatch)
    write_whole(tmp_path / "a.txt", "new")
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "new"
    assert held.n_tries == n_refusals + 1


def test_on_windows_nobody_waits_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_files, "_IS_WINDOWS", True)
    held = Held(99, monkeypatch)
    with pytest.raises(RunFolderError, match="close the program that has it open, or choose"):
        write_whole(tmp_path / "a.txt", "new")
    assert held.n_tries == 4
    assert list(tmp_path.iterdir()) == []


def test_elsewhere_a_refusal_is_final(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_files, "_IS_WINDOWS", False)
    held = Held(1, monkeypatch)
    with pytest.raises(RunFolderError, match=r"denied\); choose another folder$"):
        write_whole(tmp_path / "a.txt", "new")
    assert held.n_tries == 1


def test_what_is_there_is_named_be_it_a_link_that_leads_nowhere(tmp_path: Path) -> None:
    check_none_is_there([])
    check_none_is_there([tmp_path / "a.txt", tmp_path / "no folder" / "b.txt"])
    (tmp_path / "link.txt").symlink_to(tmp_path / "gone.txt")
    with pytest.raises(RunFolderError, match=r"link\.txt: is there already; .* -o, .* --force$"):
        check_none_is_there([tmp_path / "a.txt", tmp_path / "link.txt"])
