"""The sources of a saved mosaic: found again, checked, and opened."""

from __future__ import annotations

import os
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path

from phenotune.arrays import Samples
from phenotune.audio.cache import MAX_OPEN_SOUNDS, SoundCache
from phenotune.audio.formats import is_sound_name
from phenotune.errors import AudioFileError, LibraryError
from phenotune.mosaic.facts import SourceFacts
from phenotune.mosaic.paths import path_as_read
from phenotune.progress import Progress

N_DIGITS = 12
"""How many digits of a SHA-256 a message shows; the id of a source holds as many."""


class MosaicSources:
    """The sounds that a mosaic is rendered from, all of them checked before any is used; so many are open at a time.

    A source that is not at its path is looked for under its name, and then under any name by its content.

    Parameters
    ----------
    sources
        The ones that are needed.
    folder
        Where the mosaic's file lies: paths are relative to it.
    folders
        Where to look for sources that are not at their path any more, with all that lies below.
    cache
        Decoded sounds; the user's when None.
    force
        Whether a file that has changed is used as it is. Of a shorter one the clips beyond its end are cut, or silent.
    progress
        Is told the share of the sources that have been checked.

    Attributes
    ----------
    changed
        The files that are used although they have changed, a line each; empty without ``force``.

    Raises
    ------
    LibraryError
        If sources are missing or have changed: up to five of them, and what to do.
    """

    def __init__(
        self,
        sources: Sequence[SourceFacts],
        folder: Path,
        folders: Sequence[str | Path] = (),
        cache: SoundCache | None = None,
        *,
        force: bool = False,
        progress: Progress | None = None,
    ) -> None:
        self._cache = SoundCache() if cache is None else cache
        self._force = force
        self.changed: list[str] = []
        self._found: dict[str, _Found] = {}
        self._open = lru_cache(maxsize=MAX_OPEN_SOUNDS)(self._samples)
        finder = _Finder(folder, [Path(other) for other in folders], self._cache)
        problems = []
        for number, source in enumerate(sources, 1):
            try:
                self._found[source.id] = self._find(source, finder)
            except AudioFileError as error:
                problems.append(str(error))
            if progress is not None:
                progress(number / len(sources))
        if problems:
            raise LibraryError(_summary(problems, len(sources)))

    def samples(self, source_id: str, rate_hz: int) -> Samples:
        """Give the whole source at a rate, float32 (n_channels, n_samples), read-only; on any thread."""
        # Else two threads that want the same sound at once would both decode it.
        with self._found[source_id].lock:
            return self._open(source_id, rate_hz)

    def path(self, source_id: str) -> Path:
        """Tell where the source's file was found."""
        return self._found[source_id].path

    def rate_hz(self, source_id: str) -> int:
        """Give the rate at which the mosaic counts the clips of a source: its own."""
        return self._found[source_id].counted_at_hz

    @property
    def paths(self) -> dict[str, Path]:
        """The file that each source was found in, by the source's id."""
        return {name: found.path for name, found in self._found.items()}

    def _samples(self, source_id: str, rate_hz: int) -> Samples:
        found = self._found[source_id]
        return self._cache.at_rate(self._cache.fetch(found.path, sha256=found.sha256), rate_hz)

    def _find(self, source: SourceFacts, finder: _Finder) -> _Found:
        """The first file at one of its places that has its content, else one under another name, else a changed one."""
        others: list[Path] = []
        for path in filter(Path.is_file, finder.candidates(source.path)):
            with suppress(AudioFileError):
                if self._cache.sha256(path) == source.sha256:
                    self._cache.examine(path)
                    return _Found(path, source.sha256, source.rate_hz)
            others.append(path)
        if (renamed := finder.by_content(source)) is not None:
            self._cache.examine(renamed)
            return _Found(renamed, source.sha256, source.rate_hz)
        if others:
            return self._changed(source, others[0])
        reason = f"is not there{finder.nor_elsewhere} (source {source.id})"
        raise AudioFileError(finder.own_path(source.path), reason)

    def _changed(self, source: SourceFacts, path: Path) -> _Found:
        """A file that is no longer what it was: refused, or used as it is."""
        facts = self._cache.examine(path)
        digits = (
            f"SHA-256 {source.sha256[:N_DIGITS]}... expected, {facts.sha256[:N_DIGITS]}... found"
        )
        if not self._force:
            reason = (
                f"has changed since the mosaic was made (source {source.id}: {digits}); "
                "put the old file back, or use it as it is with --force"
            )
            raise AudioFileError(path, reason)
        if not facts.is_finite:
            raise AudioFileError(path, "has changed, and holds values that are not finite")
        self.changed.append(f"{path}: has changed since the mosaic was made ({digits})")
        return _Found(path, facts.sha256, source.rate_hz)


@dataclass(frozen=True, slots=True)
class _Found:
    """Where a source is, what is in it, and the rate at which clips are counted."""

    path: Path
    sha256: str
    counted_at_hz: int
    lock: threading.Lock = field(default_factory=threading.Lock)


class _Finder:
    """Where a source may lie: at its path, or under its name in other folders, or there under any name."""

    def __init__(self, folder: Path, folders: Sequence[Path], cache: SoundCache) -> None:
        self._folder = folder
        self._folders = folders
        self._cache = cache
        self.nor_elsewhere = "".join(f", nor in {place}" for place in folders)

    def own_path(self, text: str) -> Path:
        return path_as_read(text, self._folder)

    def candidates(self, text: str) -> Iterator[Path]:
        name = _name_in_index(text)
        yield self.own_path(text)
        for folder in self._folders:
            yield path_as_read(text, folder)
        yield from self._by_name.get(name, ())

    def by_content(self, source: SourceFacts) -> Path | None:
        """A file with the content of a source, whatever its name."""
        return self._by_sha256.get(source.sha256)

    @cached_property
    def _by_name(self) -> dict[str, list[Path]]:
        index: dict[str, list[Path]] = {}
        for folder in self._folders:
            for place, inner, names in os.walk(folder):
                inner.sort()
                for name in sorted(names):
                    index.setdefault(_name_in_index(name), []).append(Path(place) / name)
        return index

    @cached_property
    def _by_sha256(self) -> dict[str, Path]:
        """Every sound below the folders by its content; the first of those that have the same."""
        index: dict[str, Path] = {}
        for path in chain.from_iterable(self._by_name.values()):
            if is_sound_name(path):
                with suppress(AudioFileError):
                    index.setdefault(self._cache.sha256(path), path)
        return index


def _name_in_index(text: str) -> str:
    """Name of a file, its accents composed: a disk that a Mac has written may hold them as letters of their own."""
    return unicodedata.normalize("NFC", Path(text).name)


def _summary(problems: Sequence[str], n_sources: int) -> str:
    shown = "\n".join(f"  {problem}" for problem in problems[:5])
    more = f"\n  and {len(problems) - 5} more" if len(problems) > 5 else ""
    return (
        f"{len(problems)} of the {n_sources} sources that the mosaic needs cannot be used; put them back, "
        f"or name the folder where they are (--sources FOLDER):\n{shown}{more}"
    )
