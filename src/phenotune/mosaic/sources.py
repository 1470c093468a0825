"""The sources of a saved mosaic: found again, checked, and opened."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from phenotune.arrays import Samples
from phenotune.audio.cache import CachedSound, SoundCache
from phenotune.errors import AudioFileError, LibraryError
from phenotune.mosaic.facts import SourceFacts
from phenotune.mosaic.paths import path_as_read


class MosaicSources:
    """The sounds that a mosaic is rendered from, opened once, with all of them checked before any is used.

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
        self._sounds: dict[str, CachedSound] = {}
        self._at_rate: dict[tuple[str, int], Samples] = {}
        finder = _Finder(folder, [Path(other) for other in folders])
        problems = []
        for source in sources:
            try:
                self._sounds[source.id] = self._open(source, finder)
            except AudioFileError as error:
                problems.append(str(error))
        if problems:
            raise LibraryError(_summary(problems, len(sources)))

    def samples(self, source_id: str, rate_hz: int) -> Samples:
        """Give the whole source at a rate, float32 (n_channels, n_samples), read-only."""
        key = (source_id, rate_hz)
        if key not in self._at_rate:
            self._at_rate[key] = self._cache.at_rate(self._sounds[source_id], rate_hz)
        return self._at_rate[key]

    def rate_hz(self, source_id: str) -> int:
        """Give the source's own rate."""
        return self._sounds[source_id].rate_hz

    def _open(self, source: SourceFacts, finder: _Finder) -> CachedSound:
        changed: Path | None = None
        for path in finder.candidates(source.path):
            if path.is_file():
                sound = self._cache.fetch(path)
                if sound.sha256 == source.sha256:
                    return sound
                changed = changed or path
        if changed is not None:
            raise AudioFileError(
                changed,
                f"has changed since the mosaic was made (source {source.id}); put the old file back",
            )
        raise AudioFileError(
            source.path, f"is not there (source {source.id}; looked in {finder.place_names})"
        )


class _Finder:
    """Where a source may lie: at its path, or under its name in other folders."""

    def __init__(self, folder: Path, folders: Sequence[Path]) -> None:
        self._folder = folder
        self._folders = folders
        self._index: dict[str, list[Path]] | None = None
        self.place_names = ", ".join(str(place.absolute()) for place in (folder, *folders))

    def candidates(self, text: str) -> Iterator[Path]:
        name = Path(text).name
        yield path_as_read(text, self._folder)
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
                index.setdefault(name, []).append(Path(place) / name)
    return index


def _summary(problems: Sequence[str], n_sources: int) -> str:
    shown = "\n".join(f"  {problem}" for problem in problems[:5])
    more = f"\n  and {len(problems) - 5} more" if len(problems) > 5 else ""
    return (
        f"{len(problems)} of the {n_sources} sources that the mosaic needs cannot be used; put them back, "
        f"or name the folder where they are:\n{shown}{more}"
    )
