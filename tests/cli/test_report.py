from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from phenotune.audio.files import write_sound


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run folder made by hand, which has not begun."""
    folder = tmp_path / "RUN"
    (folder / "library").mkdir(parents=True)
    noise = np.random.default_rng(440).standard_normal((2, 22_050)) * 0.1
    write_sound(folder / "target.wav", noise.astype(np.float32), 44_100)
    return folder


def test_the_page_lies_in_the_run_folder_and_may_be_made_again(
    run: Path, call: Callable[..., Any]
) -> None:
    page = run / "out" / "report.html"
    for _ in range(2):
        called = call("report", run)
        assert (called.code, called.out) == (0, f"{page}\n")
        assert "note: The run has not finished a cycle yet" in called.err
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert call("report", run, "-q").err == ""


def test_another_file_is_not_written_over(
    run: Path, call: Callable[..., Any], tmp_path: Path
) -> None:
    mine = tmp_path / "mine.html"
    mine.write_text("mine")
    called = call("report", run, "-o", mine)
    assert called.code == 1
    assert (
        f"{mine}: is there already; name another place with -o, or replace it with --force"
        in called.err
    )
    assert mine.read_text() == "mine"
    assert call("report", run, "-o", mine, "--force").code == 0
    assert mine.read_text(encoding="utf-8") != "mine"


def test_a_folder_is_no_file(run: Path, call: Callable[..., Any], tmp_path: Path) -> None:
    called = call("report", run, "-o", tmp_path)
    assert called.code == 1
    assert "is a folder; name a file" in called.err


def test_an_unknown_kind_of_sound_is_refused(run: Path, call: Callable[..., Any]) -> None:
    called = call("report", run, "--sound", "ogg")
    assert called.code == 2
    assert "--sound: expected one of auto, flac, mp3, none, got 'ogg'" in called.err


def test_what_is_no_run_folder_is_refused(call: Callable[..., Any], tmp_path: Path) -> None:
    called = call("report", tmp_path / "nowhere")
    assert called.code == 1
    assert "there is no such folder" in called.err
    shutil.rmtree(tmp_path / "nowhere", ignore_errors=True)
    assert not (tmp_path / "nowhere").exists()
