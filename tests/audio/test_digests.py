from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from phenotune.audio import digests
from phenotune.audio.digests import recall, remember, sha256_of


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.wav"
    path.write_bytes(b"content")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.mark.parametrize("content", [b"", b"x", b"abc" * 1_000_000])
def test_sha256_of_a_file(content: bytes, file: Path) -> None:
    file.write_bytes(content)
    assert sha256_of(file) == hashlib.sha256(content).hexdigest()


def test_what_was_remembered_is_recalled(
    file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "MIN_AGE_S", 0.0)
    assert recall(folder, file, file.stat()) is None
    remember(folder, file, file.stat(), "ab" * 32)
    assert recall(folder, file, file.stat()) == "ab" * 32
    monkeypatch.chdir(file.parent)
    assert recall(folder, Path("a.wav"), file.stat()) == "ab" * 32


@pytest.mark.parametrize("content", [b"CONTENT", b"longer content"])
def test_a_changed_file_is_not_recalled(
    content: bytes, file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "MIN_AGE_S", 0.0)
    before = file.stat()
    remember(folder, file, before, "ab" * 32)
    file.unlink()
    file.write_bytes(content)
    if digests.fingerprint(file.stat()) == digests.fingerprint(before):
        pytest.skip("the clock of this file system is too coarse; that is what MIN_AGE_S is for")
    assert recall(folder, file, file.stat()) is None


def test_a_file_that_has_just_changed_is_not_remembered(file: Path, folder: Path) -> None:
    remember(folder, file, file.stat(), "ab" * 32)
    assert not folder.exists()


@pytest.mark.parametrize(
    "note", [b"", b"{", b"[]", b"{}", b'{"fingerprint": null, "sha256": "x"}', b"\xff"]
)
def test_a_broken_note_is_none(
    note: bytes, file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "MIN_AGE_S", 0.0)
    remember(folder, file, file.stat(), "ab" * 32)
    digests.note_of(folder, file).write_bytes(note)
    assert recall(folder, file, file.stat()) is None


def test_a_folder_that_cannot_be_made_does_not_matter(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "MIN_AGE_S", 0.0)
    remember(file / "below a file", file, file.stat(), "ab" * 32)
    assert [path.name for path in file.parent.iterdir()] == ["a.wav"]
