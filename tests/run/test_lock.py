"""One process at a time in a run folder."""

from __future__ import annotations

import errno
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from phenotune.errors import RunFolderError
from phenotune.run.lock import RunLock, process_is_alive

HOST = socket.gethostname()


def leave(path: Path, pid: int, host: str = HOST) -> None:
    """A lock as a process leaves it that was killed, or holds it that goes on."""
    path.write_text(json.dumps({"pid": pid, "host": host}))


@pytest.fixture
def dead_pid() -> int:
    """Number of a process that is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_lock_tells_who_holds_it_and_is_gone_at_the_end(tmp_path: Path) -> None:
    with RunLock(tmp_path) as lock:
        assert not lock.path.exists()
        lock.take()
        lock.take()
        assert json.loads(lock.path.read_text()) == {"pid": os.getpid(), "host": HOST}
    assert not lock.path.exists()


def test_an_error_gives_it_back(tmp_path: Path) -> None:
    def fail() -> None:
        with RunLock(tmp_path) as lock:
            lock.take()
            raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        fail()
    assert os.listdir(tmp_path) == []


def test_a_lock_that_is_held_is_respected(tmp_path: Path) -> None:
    with RunLock(tmp_path) as lock, RunLock(tmp_path) as other:
        lock.take()
        with pytest.raises(
            RunFolderError, match=rf"another phenotune \(process {os.getpid()}\); wait"
        ):
            other.take()
        other.release()
        assert lock.path.exists()


def test_a_process_that_goes_on_is_respected(tmp_path: Path) -> None:
    leave(tmp_path / "lock", os.getppid())
    with pytest.raises(
        RunFolderError, match=rf"\(process {os.getppid()}\); wait for it or stop it"
    ):
        RunLock(tmp_path).take()
    assert (tmp_path / "lock").exists()


def test_what_a_dead_process_left_is_taken_over(tmp_path: Path, dead_pid: int) -> None:
    leave(tmp_path / "lock", dead_pid)
    with RunLock(tmp_path) as lock:
        lock.take()
        assert json.loads(lock.path.read_text())["pid"] == os.getpid()


def test_what_an_older_process_of_our_number_left_is_taken_over(tmp_path: Path) -> None:
    """As in a container, whose only process has the same number each time."""
    leave(tmp_path / "lock", os.getpid())
    with RunLock(tmp_path) as lock:
        lock.take()
    assert not lock.path.exists()


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"pid": "x", "host": "y"}', '{"pid": 0}']
)
def test_a_lock_that_says_nothing_is_taken_over(tmp_path: Path, content: str) -> None:
    (tmp_path / "lock").write_text(content)
    with RunLock(tmp_path) as lock:
        lock.take()


def test_of_another_machine_nobody_here_can_know(tmp_path: Path, dead_pid: int) -> None:
    leave(tmp_path / "lock", dead_pid, "elsewhere")
    with pytest.raises(
        RunFolderError, match=r"\(process \d+ on elsewhere\).*if there is none, remove"
    ):
        RunLock(tmp_path).take()


def test_a_lock_that_somebody_else_has_taken_since_is_left_to_them(tmp_path: Path) -> None:
    with RunLock(tmp_path) as lock:
        lock.take()
        leave(lock.path, os.getppid())
    assert lock.path.exists()


def test_a_folder_that_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object) -> int:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(RunFolderError, match=r"lock: could not be written \(Read-only file system"):
        RunLock(tmp_path).take()


def test_a_process_is_alive_until_it_ends(dead_pid: int) -> None:
    assert process_is_alive(os.getpid())
    assert process_is_alive(os.getppid())
    assert not process_is_alive(dead_pid)
