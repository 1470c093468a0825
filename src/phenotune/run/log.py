"""The log of a run: JSON, one event a line."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from phenotune.errors import RunFolderError
from phenotune.run.events import Event, event_as_dict
from phenotune.whole_files import could_not_be_written

BEGINNING = b'{"event": "'
"""How each line begins that :class:`EventLog` writes."""
CURVE_EVENTS = ("run_started", "cycle_finished")
"""The events that :func:`explained_over_time` looks at."""


class EventLog:
    """Appends events to a log, each a whole line that is on its way to the disk before the next.

    A last line that a killed run left unfinished is removed when the log is opened. Use it in a ``with`` block.

    Parameters
    ----------
    path
        The log; made when it is not there.

    Raises
    ------
    RunFolderError
        If it cannot be opened or written.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        try:
            _cut_torn_line(self.path)
            self._file = open(self.path, "ab")  # noqa: SIM115  (closed by close)
        except OSError as error:
            raise could_not_be_written(self.path, error) from error

    def append(self, event: Event) -> None:
        """Write one event.

        A name that is no UTF-8 is written with escapes, which JSON reads back as they were.
        """
        line = json.dumps(event_as_dict(event), ensure_ascii=False, allow_nan=False)
        try:
            self._file.write(line.encode("utf-8", "backslashreplace") + b"\n")
            self._file.flush()
        except OSError as error:
            raise could_not_be_written(self.path, error) from error

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        try:
            self._file.close()
        except OSError as error:
            raise could_not_be_written(self.path, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def read_log(path: str | Path, only: Collection[str] = ()) -> Iterator[dict[str, Any]]:
    """Every event of a log as a dict, in order; an unfinished last line is left out, a missing file is empty.

    Lines are read as they are asked for: the log of a long run need not fit into memory.

    Parameters
    ----------
    path
        The log.
    only
        Names of the events that are wanted; all of them when empty. The others are told by how their line begins, and
        what else stands in it is not looked at.

    Raises
    ------
    RunFolderError
        If it cannot be read, or if another line than the last is not a JSON object.
    """
    path = Path(path)
    if not path.exists():
        return
    wanted = tuple(BEGINNING + name.encode() + b'"' for name in only)
    try:
        with open(path, "rb") as file:
            for number, line in enumerate(file, start=1):
                is_other = bool(only) and line.startswith(BEGINNING) and not line.startswith(wanted)
                if is_other or not line.endswith(b"\n"):
                    continue
                event = _read_event(line, f"{path}: line {number}")
                if not only or event.get("event") in only:
                    yield event
    except OSError as error:
        raise RunFolderError(f"{path}: could not be read ({error.strerror or error})") from error


def _read_event(line: bytes, place: str) -> dict[str, Any]:
    try:
        event = json.loads(line)
    except ValueError as error:
        raise RunFolderError(f"{place} is not JSON ({error})") from error
    if not isinstance(event, dict):
        raise RunFolderError(f"{place}: expected a JSON object, got {event!r}")
    return event


def broken_event(path: Path, event: dict[str, Any], error: Exception) -> RunFolderError:
    """What to raise when an event lacks something, or says what makes no sense."""
    what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
    return RunFolderError(
        f"{path}: the event {event['event']} of cycle {event.get('cycle', '?')} is broken: {what}"
    )


def explained_over_time(events: Iterable[dict[str, Any]]) -> list[tuple[float, float]]:
    """The curve of a run, ``(elapsed_s, explained)`` after each cycle.

    Cycles that a run was killed after, and that it did anew when it went on from an earlier checkpoint, count once.
    """
    curve: dict[int, tuple[float, float]] = {}
    for event in events:
        if event.get("event") == "run_started":
            reached = event.get("resumed_at_cycle", 0)
            curve = {cycle: point for cycle, point in curve.items() if cycle <= reached}
        elif event.get("event") == "cycle_finished":
            curve[event["cycle"]] = (event["elapsed_s"], event["explained"])
    return [curve[cycle] for cycle in sorted(curve)]


def _cut_torn_line(path: Path) -> None:
    """Shorten a file to the end of its last whole line."""
    if not path.exists():
        return
    with open(path, "rb+") as file:
        end = file.seek(0, os.SEEK_END)
        while end > 0:
            start = max(0, end - 65_536)
            file.seek(start)
            newline = file.read(end - start).rfind(b"\n")
            end = start if newline < 0 else start + newline + 1
            if newline >= 0:
                break
        file.truncate(end)
