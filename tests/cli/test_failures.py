from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from phenotune.cli.failures import report_failure
from phenotune.errors import AudioFileError, MissingExtraError, ParameterError, RunFolderError


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("PHENOTUNE_TRACEBACK", raising=False)
    monkeypatch.setenv("PHENOTUNE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (ParameterError("--bits: expected 16, got 7"), 2, "--bits: expected 16, got 7"),
        (AudioFileError("song.wav", "is empty"), 1, "song.wav: is empty"),
        (RunFolderError("RUN: is a file"), 1, "RUN: is a file"),
        (
            MissingExtraError("reading song.m4a", "formats"),
            1,
            "reading song.m4a needs the extra 'formats': pip install 'phenotune[formats]'",
        ),
        (
            OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "log.jsonl"),
            1,
            "log.jsonl: No space left on device",
        ),
        (OSError(errno.EMFILE, "Too many open files"), 1, "Too many open files"),
    ],
)
def test_what_was_foreseen_is_told_in_one_line(
    error: Exception, code: int, message: str, capsys: pytest.CaptureFixture[str], cache: Path
) -> None:
    assert report_failure(error) == code
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", f"error: {message}\n")
    assert not cache.exists()


def test_too_little_memory_is_no_bug(capsys: pytest.CaptureFixture[str]) -> None:
    assert report_failure(MemoryError()) == 1
    assert "not enough memory" in capsys.readouterr().err


def broken() -> Exception:
    try:
        raise KeyError("s17")
    except KeyError as error:
        return error


def test_a_bug_is_saved_and_asked_for(capsys: pytest.CaptureFixture[str], cache: Path) -> None:
    assert report_failure(broken()) == 1
    err = capsys.readouterr().err
    path = cache / "phenotune-last-error.txt"
    assert "this is a bug in phenotune: KeyError: 's17'" in err
    assert "`phenotune doctor`" in err
    assert str(path) in err
    assert "Traceback" not in err
    saved = path.read_text()
    assert "Traceback (most recent call last)" in saved
    assert saved.startswith("phenotune ")


def test_the_traceback_can_be_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHENOTUNE_TRACEBACK", "1")
    report_failure(broken())
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_a_cache_that_cannot_be_made_is_done_without(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    monkeypatch.setenv("PHENOTUNE_CACHE", str(in_the_way / "cache"))
    monkeypatch.setattr("tempfile.tempdir", str(in_the_way))
    assert report_failure(broken()) == 1
    assert "could not be saved" in capsys.readouterr().err
