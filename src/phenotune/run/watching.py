"""Looking at the run folder and the library between cycles, for what has changed and has come to rest.

A file is taken for whole when its size and its time were the same at two looks, a second or more apart. Looking costs
a listing of the folders, at most once a second and never more than a hundredth of the time.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from phenotune.audio.formats import is_sound_name
from phenotune.library.scan import fingerprints
from phenotune.run.settings import SETTINGS_FILE

PAUSE_S = 1.0
"""Least time between two looks."""
COST_SHARE = 100.0
"""The time between two looks is at least this many times what a look costs."""

Seen = Mapping[str, tuple[int, int]]
"""Size and time of the last change of files, by path."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look has found to be different, and at rest.

    Parameters
    ----------
    settings, target, inject
        Whether ``phenotune.toml``, ``target.*`` or ``inject.*`` have changed.
    library
        Whether sounds of the library have changed.
    unsettled
        Files of the library that somebody is still writing.
    """

    settings: bool = False
    target: bool = False
    inject: bool = False
    library: bool = False
    unsettled: frozenset[str] = frozenset()


class Settling:
    """Tells when some files have changed and come to rest again.

    Parameters
    ----------
    seen
        What is known of them.

    Examples
    --------
    >>> files = Settling({})
    >>> [files.look({"a": (1, 1)}), files.look({"a": (2, 2)}), files.look({"a": (2, 2)})]
    [False, False, True]
    """

    def __init__(self, seen: Seen) -> None:
        self._known = self._last = dict(seen)
        self.unsettled: frozenset[str] = frozenset()

    def look(self, seen: Seen) -> bool:
        """Whether anything is different from what is known, and at rest; it is known then.

        New files that are still written are left out, and stand in ``unsettled``; one that is known, and is being
        written over or was taken away just now, is waited for.
        """
        last, self._last = self._last, dict(seen)
        if seen == self._known:
            return False
        self.unsettled = frozenset(path for path in seen if last.get(path) != seen[path])
        just_gone = self._known.keys() & last.keys() - seen.keys()
        if just_gone or any(path in self._known for path in self.unsettled):
            return False
        settled = {path: state for path, state in seen.items() if path not in self.unsettled}
        if settled == self._known:
            return False
        self._known = settled
        return True

    def know(self, seen: Seen) -> None:
        """Take what is there for known."""
        self._known = self._last = dict(seen)


class Watcher:
    """Watches a run folder and a library.

    Parameters
    ----------
    folder
        The run folder.
    paths, exclude
        The library, as in :func:`phenotune.library.scan.find_sounds`.
    clock
        Seconds that only grow; tests bring their own.
    """

    def __init__(
        self,
        folder: Path,
        paths: Sequence[Path],
        exclude: Sequence[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._own = {name: Settling(seen) for name, seen in self._entries().items()}
        self._library = Settling(fingerprints(paths, exclude=exclude))
        self._next_s = clock() + PAUSE_S

    def look(self, paths: Sequence[Path], exclude: Sequence[str] = ()) -> Looked | None:
        """Look, if it is time to; None if it is not, or if nothing has changed."""
        began_s = self._clock()
        if began_s < self._next_s:
            return None
        entries = self._entries()
        found = {name: self._own[name].look(seen) for name, seen in entries.items()}
        found["library"] = self._library.look(fingerprints(paths, exclude=exclude))
        now_s = self._clock()
        self._next_s = now_s + max(PAUSE_S, COST_SHARE * (now_s - began_s))
        if not any(found.values()):
            return None
        return Looked(**found, unsettled=self._library.unsettled)

    def know(self, seen: Seen) -> None:
        """Take this state of the library for known: what was changed while it was read is found out then."""
        self._library.know(seen)

    def know_library(self, paths: Sequence[Path], exclude: Sequence[str] = ()) -> None:
        """Watch another library from now on, as it stands now."""
        self._library.know(fingerprints(paths, exclude=exclude))

    def _entries(self) -> dict[str, dict[str, tuple[int, int]]]:
        """What of the run folder's own files concerns a run, by what it is."""
        found: dict[str, dict[str, tuple[int, int]]] = {"settings": {}, "target": {}, "inject": {}}
        with suppress(OSError), os.scandir(self._folder) as listed:
            for entry in listed:
                if entry.name == SETTINGS_FILE:
                    kind = "settings"
                else:
                    kind = entry.name.partition(".")[0].lower()
                    if kind not in ("target", "inject") or not is_sound_name(Path(entry.name)):
                        continue
                with suppress(OSError):
                    status = entry.stat()
                    found[kind][entry.path] = (status.st_size, status.st_mtime_ns)
        return found
