from __future__ import annotations

from pathlib import Path

import pytest

from phenotune.mosaic.paths import path_as_read, path_as_written


def test_files_of_one_project_are_named_relative_to_each_other(tmp_path: Path) -> None:
    assert path_as_written(tmp_path / "run" / "song.wav", tmp_path / "run") == "song.wav"
    written = path_as_written(tmp_path / "records" / "a.flac", tmp_path / "run" / "out")
    assert written == "../../records/a.flac"
    assert path_as_read(written, tmp_path / "run" / "out") == tmp_path / "records" / "a.flac"


def test_files_that_share_the_root_alone_are_named_absolutely() -> None:
    assert path_as_written(Path("/disk/a.flac"), Path("/home/someone/run")) == "/disk/a.flac"
    assert path_as_read("/disk/a.flac", Path("/home/someone/run")) == Path("/disk/a.flac")


def test_a_relative_path_is_relative_to_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert path_as_written(Path("a.flac"), Path("run")) == "../a.flac"


def test_a_link_on_the_way_does_not_lead_astray(tmp_path: Path) -> None:
    (tmp_path / "disk" / "deep" / "run").mkdir(parents=True)
    (tmp_path / "home").mkdir()
    link = tmp_path / "home" / "run"
    link.symlink_to(tmp_path / "disk" / "deep" / "run")
    source = tmp_path / "home" / "a.flac"
    source.touch()
    written = path_as_written(source, link)
    assert path_as_read(written, link) == source
    assert path_as_read(written, tmp_path / "disk" / "deep" / "run") == source


def test_a_linked_file_keeps_the_name_that_people_know(tmp_path: Path) -> None:
    (tmp_path / "9f3a.bin").touch()
    (tmp_path / "library").mkdir()
    link = tmp_path / "library" / "break.flac"
    link.symlink_to(tmp_path / "9f3a.bin")
    assert path_as_written(link, tmp_path) == "library/break.flac"
