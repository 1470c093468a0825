from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from phenotune.demo.marker import NAME, VERSION, Marker, read_marker, sizes_of, write_marker

GOOD = {"format": "phenotune.demo", "version": 1, "complete": True, "files": {"a/b.wav": 3}}


def test_a_marker_comes_back_as_it_was_written(tmp_path: Path) -> None:
    marker = Marker(7, is_complete=False, sizes={"song.wav": 12, "library/a.wav": 5})
    write_marker(tmp_path, marker)
    assert read_marker(tmp_path) == marker


def test_no_marker_is_none(tmp_path: Path) -> None:
    assert read_marker(tmp_path) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        json.dumps({**GOOD, "format": "other"}).encode(),
        json.dumps({**GOOD, "version": True}).encode(),
        json.dumps({**GOOD, "complete": 1}).encode(),
        json.dumps({**GOOD, "files": ["a"]}).encode(),
        json.dumps({**GOOD, "files": {"a": "1"}}).encode(),
        json.dumps({**GOOD, "files": {"../a": 1}}).encode(),
        json.dumps({**GOOD, "files": {"/a": 1}}).encode(),
    ],
)
def test_what_phenotune_did_not_write_is_no_marker(content: bytes, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(content)
    assert read_marker(tmp_path) is None


def test_sizes_are_of_all_files_by_their_path_inside(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "c").write_bytes(b"123")
    (tmp_path / "a").write_bytes(b"")
    assert sizes_of(tmp_path) == {"a": 0, "b/c": 3}


@pytest.mark.parametrize(
    ("changes", "is_whole", "is_changed"),
    [
        ({}, True, False),
        ({"version": VERSION + 1}, False, False),
        ({"is_complete": False}, False, False),
        ({"sizes": {"a": 3, "gone": 1}}, False, False),
        ({"sizes": {"a": 4}}, True, True),
        ({"sizes": {"a": 4}, "is_complete": False}, False, False),
    ],
)
def test_whole_and_changed(
    changes: dict[str, Any], is_whole: bool, is_changed: bool, tmp_path: Path
) -> None:
    (tmp_path / "a").write_bytes(b"123")
    marker = Marker(**{"version": VERSION, "is_complete": True, "sizes": {"a": 3}, **changes})
    assert marker.is_whole_in(tmp_path) is is_whole
    assert marker.changed_in(tmp_path) == (tmp_path / "a" if is_changed else None)
