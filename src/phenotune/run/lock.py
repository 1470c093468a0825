"""One process at a time evolves in a run folder: ``state/lock`` says which."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from phenotune.errors import RunFolderError
from phenotune.whole_files import could_not_be_written

NAME = "lock"

_PAUSE_S = 0.1
"""Whoever has made a lock has written into it by then."""

_HELD: set[str] = set()
"""Locks that this process holds: a lock with its number that is not among them was left by an older one."""


class Holder(NamedTuple):
    """A process that holds a lock: its number and its machine."""

    pid: int
    host: str


class RunLock:
    """The lock of a run folder; use it in a ``with`` block, which takes nothing yet and releases at its end.

    A lock that a process of this machine has left when it was killed is taken over.

    Parameters
    ----------
    state
        The run folder's ``state/``.
    """

    def __init__(self, state: Path) -> None:
        self.path = state / NAME
        self._is_held = False

    def take(self) -> None:
        """Take the lock; a second time does nothing.

        Raises
        ------
        RunFolderError
            If another process holds it, or if the disk refuses.
        """
        if self._is_held:
            return
        while not self._make():
            holder = _read(self.path)
            if holder is not None and _goes_on(holder, self.path):
                raise RunFolderError(self._refusal(holder))
            self.path.unlink(missing_ok=True)
        _HELD.add(_key(self.path))
        self._is_held = True

    def release(self) -> None:
        """Give the lock back; does nothing where it is not held."""
        if self._is_held:
            self._is_held = False
            _HELD.discard(_key(self.path))
            if _read(self.path) == _ourselves():
                self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()

    def _make(self) -> bool:
        """Make the lock; False if there is one already."""
        try:
            handle = os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
            with open(handle, "w", encoding="ascii") as file:
                json.dump(_ourselves()._asdict(), file)
        except FileExistsError:
            return False
        except OSError as error:
            raise could_not_be_written(self.path, error) from error
        return True

    def _refusal(self, holder: Holder) -> str:
        is_here = holder.host == socket.gethostname()
        machine = "" if is_here else f" on {holder.host}"
        return (
            f"{self.path.parent.parent}: is being evolved by another phenotune (process {holder.pid}{machine}); "
            f"wait for it or stop it; if there is none, remove {self.path}"
        )


def process_is_alive(pid: int) -> bool:
    """Whether a process of this machine is still there.

    >>> process_is_alive(os.getpid())
    True
    """
    if sys.platform == "win32":
        return _is_alive_on_windows(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _is_alive_on_windows(pid: int) -> bool:
    """As :func:`process_is_alive`; on Windows ``os.kill`` would end the process instead of asking for it."""
    import ctypes

    query_limited_information, still_active, access_denied = 0x1000, 259, 5
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined,unused-ignore]
    kernel.OpenProcess.restype = ctypes.c_void_p
    handle = kernel.OpenProcess(query_limited_information, False, pid)
    if not handle:
        return bool(ctypes.get_last_error() == access_denied)  # type: ignore[attr-defined,unused-ignore]
    code = ctypes.c_ulong()
    kernel.GetExitCodeProcess(ctypes.c_void_p(handle), ctypes.byref(code))
    kernel.CloseHandle(ctypes.c_void_p(handle))
    return code.value == still_active


def _goes_on(holder: Holder, path: Path) -> bool:
    """Whether the holder of a lock may still be at work; of another machine nobody here can know."""
    if holder.host != socket.gethostname():
        return True
    if holder.pid == os.getpid():
        return _key(path) in _HELD
    return process_is_alive(holder.pid)


def _read(path: Path) -> Holder | None:
    """Who holds a lock; None if it is gone, or if whoever made it was killed before it could say."""
    for pause_s in (_PAUSE_S, 0.0):
        try:
            content = json.loads(path.read_text(encoding="ascii"))
            if content["pid"] > 0:
                return Holder(int(content["pid"]), str(content["host"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            time.sleep(pause_s)
    return None


def _ourselves() -> Holder:
    return Holder(os.getpid(), socket.gethostname())


def _key(path: Path) -> str:
    return os.path.realpath(path)
