from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pytest

from phenotune.audio import files, writing
from phenotune.audio.files import read_sound, write_sound
from phenotune.audio.undisturbed import undisturbed

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C otherwise")


def press_ctrl_c() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_ctrl_c_waits_until_the_block_is_left() -> None:
    steps = []
    before = signal.getsignal(signal.SIGINT)

    @undisturbed()
    def go_on() -> None:
        press_ctrl_c()
        steps.append("went on")

    with pytest.raises(KeyboardInterrupt):
        go_on()
    assert steps == ["went on"]
    assert signal.getsignal(signal.SIGINT) is before


def test_each_ctrl_c_reaches_the_handler_that_was_there() -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: heard.append(number))
    try:
        with undisturbed():
            press_ctrl_c()
            press_ctrl_c()
            assert heard == []
        assert heard == [signal.SIGINT, signal.SIGINT]
    finally:
        signal.signal(signal.SIGINT, before)


def test_elsewhere_than_in_the_main_thread_nothing_is_done() -> None:
    handlers = []

    @undisturbed()
    def look() -> None:
        handlers.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert handlers == [signal.getsignal(signal.SIGINT)]


class Impatient:
    """A file during whose reading and writing somebody presses Ctrl-C."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def read(self, n_bytes: int) -> bytes:
        press_ctrl_c()
        return self._file.read(n_bytes)

    def write(self, data: bytes) -> int:
        press_ctrl_c()
        return self._file.write(data)


def test_sound_files_are_not_damaged_by_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.wav"
    old, new = np.zeros((1, 500), np.float32), np.ones((1, 500), np.float32)
    write_sound(path, old, 8000)
    stream = files.Stream
    for door in (files, writing):
        monkeypatch.setattr(door, "Stream", lambda file: stream(Impatient(file)))  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        write_sound(path, new, 8000)
    with pytest.raises(KeyboardInterrupt):
        read_sound(path)
    monkeypatch.undo()
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.wav"]
    assert np.array_equal(read_sound(path).samples, old)
    assert capfd.readouterr().err == ""
