"""The sources of a saved mosaic: found again, checked, and opened."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from phenotune.arrays import Samples
from phenotune.audio.cache import MAX_OPEN_SOUNDS, SoundCache, SoundFacts
from phenotune.errors import AudioFileError, LibraryError
from phenotune.mosaic.facts import SourceFacts
from phenotune.mosaic.paths import path_as_read


class MosaicSources:
    """The sounds that a mosaic is rendered from, all of them checked before any is used; so many are open at a time.

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
    ) -> None:
        self._cache = SoundCache() if cache is None else cache
        self._found: dict[str, tuple[Path, SoundFacts]] = {}
        self._open = lru_cache(maxsize=MAX_OPEN_SOUNDS)(self._samples)
        finder = _Finder(folder, [Path(other) for other in folders])
        problems = []
        for source in sources:
            try:
                self._found[source.id] = self._find(source, finder)
            except AudioFileError as error:
                problems.append(str(error))
        if problems:
            raise LibraryError(_summary(problems, len(sources)))

    def samples(self, source_id: str, rate_hz: int) -> Samples:
        """Give the whole source at a rate, float32 (n_channels, n_samples), read-only."""
        return self._open(source_id, rate_hz)

    def rate_hz(self, source_id: str) -> int:
        """Give the source's own rate."""
        return self._found[source_id][1].rate_hz

    def _samples(self, source_id: str, rate_hz: int) -> Samples:
        path, facts = self._found[source_id]
        return self._cache.at_rate(self._cache.fetch(path, sha256=facts.sha256), rate_hz)

    def _find(self, source: SourceFacts, finder: _Finder) -> tuple[Path, SoundFacts]:
        """The first file at one of its places that has its content, else what is wrong with the first that is there."""
        problem: AudioFileError | None = None
        for path in filter(Path.is_file, finder.candidates(source.path)):
            try:
                facts = self._cache.examine(path)
            except AudioFileError as error:
                problem = problem or error
                continue
            if facts.sha256 == source.sha256:
                return path, facts
            reason = (
                f"has changed since the mosaic was made (source {source.id}); put the old file back"
            )
            problem = problem or AudioFileError(path, reason)
        reason = f"is not there{finder.nor_elsewhere} (source {source.id})"
        raise problem or AudioFileError(finder.own_path(source.path), reason)


class _Finder:
    """Where a source may lie: at its path, or under its name in other folders."""

    def __init__(self, folder: Path, folders: Sequence[Path]) -> None:
        self._folder = folder
        self._folders = folders
        self._index: dict[str, list[Path]] | None = None
        self.nor_elsewhere = "".join(f", nor in {place}" for place in folders)

    def own_path(self, text: str) -> Path:
        return path_as_read(text, self._folder)

    def candidates(self, text: str) -> Iterator[Path]:
        name = _name_in_index(text)
        yield self.own_path(text)
        for folder in self._folders:
            yield path_as_read(text, folder)
        if self._index is None:
            self._index = _by_name(self._folders)
        yield from self._index.get(name, ())


def _by_name(folders: Sequence[Path]) -> dict[str, list[Path]]:
    index: dict[str, list[Path]] = {}
    for folder in folders:
        for place, inner, names in os.walk(folder):
            inner.sort()
            for name in sorted(names):
                index.setdefault(_name_in_index(name), []).append(Path(place) / name)
    return index


def _name_in_index(text: str) -> str:
    """Name of a file, its accents composed: a disk that a Mac has written may hold them as letters of their own."""
    return unicodedata.normalize("NFC", Path(text).name)


def _summary(problems: Sequence[str], n_sources: int) -> str:
    shown = "\n".join(f"  {problem}" for problem in problems[:5])
    more = f"\n  and {len(problems) - 5} more" if len(problems) > 5 else ""
    return (
        f"{len(problems)} of the {n_sources} sources that the mosaic needs cannot be used; put them back, "
        f"or name the folder where they are (`phenotune render --sources FOLDER`):\n{shown}{more}"
    )
