"""The library: all sources of a run, and their sound."""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable, Container, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from phenotune.arrays import Samples
from phenotune.audio.cache import MAX_OPEN_SOUNDS, SoundCache, SoundFacts
from phenotune.errors import AudioFileError, LibraryError, MissingExtraError, ParameterError
from phenotune.library.credits import CreditFinder
from phenotune.library.licences import licence_of
from phenotune.library.scan import find_sounds
from phenotune.library.source import Source
from phenotune.library.usable import why_misnamed, why_unusable

MIN_SOURCE_S = 0.02
"""Shorter sounds are skipped: there is not even room for the fades."""

IS_TARGET = "is the target itself; name it as a library to use it"

MAX_REASONS = 5
"""How many files the message names when nothing can be used."""

N_ID_DIGITS = 12
"""Digits of a file's hash in the id of its source: two in a million files might share one."""

_MAX_THREADS = 4


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is not used.

    Parameters
    ----------
    path
        The file.
    reason
        Why, as half a sentence: ``"is silent"``.
    """

    path: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class Library:
    """All sources of a run; the sound of each is fetched from the cache when it is asked for.

    Its ``samples`` and ``rate_hz`` are all that rendering wants of it. Several threads may use it at once.

    Parameters
    ----------
    sources
        The sources, ids all different.
    skipped
        Files that are not used, and why.
    cache
        Where the sound comes from.
    level
        The library's own level, see :meth:`level`.
    kept
        Sources that have left the library and that clips are still made of: they sound, and no new clip is drawn from
        them. One that is back among the sources is not looked at.

    Attributes
    ----------
    sources, skipped
        As given.
    known
        Every source that can sound: those of the library, then those that are kept.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        skipped: Sequence[Skipped] = (),
        *,
        cache: SoundCache,
        level: float,
        kept: Sequence[Source] = (),
    ) -> None:
        self.sources = tuple(sources)
        self.skipped = tuple(skipped)
        own = {source.id for source in self.sources}
        self.known = (*self.sources, *(source for source in kept if source.id not in own))
        self._by_id = {source.id: source for source in self.known}
        self._cache = cache
        self._level = level
        self._open = lru_cache(maxsize=MAX_OPEN_SOUNDS)(self._samples)

    def with_kept(self, kept: Sequence[Source]) -> Library:
        """The same library with these kept sources and no others."""
        return Library(self.sources, self.skipped, cache=self._cache, level=self._level, kept=kept)

    @property
    def duration_s(self) -> float:
        """Length of all sources together."""
        return sum(source.duration_s for source in self.sources)

    def source(self, source_id: str) -> Source:
        """Give a source by its id.

        Raises
        ------
        ParameterError
            If there is none.
        """
        try:
            return self._by_id[source_id]
        except KeyError:
            raise ParameterError(
                f"source: expected the id of one of the library's {len(self.sources)} sources, got {source_id!r}"
            ) from None

    def rate_hz(self, source_id: str) -> int:
        """Give a source's own rate."""
        return self.source(source_id).rate_hz

    def samples(self, source_id: str, rate_hz: int) -> Samples:
        """Give the whole sound of a source.

        Parameters
        ----------
        source_id
            Id of the source.
        rate_hz
            The rate wanted; where it is not the source's own, the sound is resampled as a whole.

        Returns
        -------
        Samples
            float32 of shape (n_channels, n_samples), read-only.

        Raises
        ------
        AudioFileError
            If the sound has left the cache and its file has changed or gone since the library was opened.
        """
        return self._open(source_id, rate_hz)

    def level(self) -> float:
        """Level of the library: the median over its sources of the RMS amplitude of the parts that sound."""
        return self._level

    def _samples(self, source_id: str, rate_hz: int) -> Samples:
        source = self.source(source_id)
        return self._cache.at_rate(self._cache.fetch(source.path, sha256=source.sha256), rate_hz)


def open_library(
    paths: Sequence[str | Path],
    *,
    cache: SoundCache | None = None,
    exclude: Sequence[str] = (),
    target_sha256: str | None = None,
    without: Container[str] = (),
    only_licensed: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Library:
    """Open a library: find its files, decode those that are not in the cache, and set aside what cannot be used.

    Parameters
    ----------
    paths
        Files and folders, as in :func:`phenotune.library.scan.find_sounds`.
    cache
        Decoded sounds; the user's when None.
    exclude
        Patterns of what to leave out.
    target_sha256
        Content of the song to rebuild: a file of a folder that holds the same is skipped, since a song rebuilt from
        itself is no mosaic. A file that is named outright is used all the same.
    without
        Paths of files that are not looked at, since somebody is still writing them.
    only_licensed
        Whether sounds that state no licence, or one that does not let them be changed, are skipped.
    progress
        Called after each file with the number of files read so far and that of all; hours of sound that are not in the
        cache take a while.

    Returns
    -------
    Library
        Sources in the order in which they are found; files of the same content are one source. A source is called after
        its content, so that clips still know it when other files have come or gone. Files that cannot be used are in
        ``skipped``.

    Raises
    ------
    LibraryError
        If a path does not exist, or nothing can be used.
    """
    cache = SoundCache() if cache is None else cache
    found = [path for path in find_sounds(paths, exclude=exclude) if str(path) not in without]
    if not found:
        raise LibraryError(_nothing_found(paths, exclude))
    named = {os.path.realpath(path) for path in paths}
    usable: dict[str, tuple[Path, SoundFacts]] = {}
    skipped = []
    for path, facts in zip(found, _examine_all(found, cache, progress), strict=True):
        if isinstance(facts, Skipped):
            skipped.append(facts)
        elif facts.sha256 == target_sha256 and os.path.realpath(path) not in named:
            skipped.append(Skipped(path, IS_TARGET))
        elif facts.sha256 in usable:
            skipped.append(Skipped(path, f"same sound as {usable[facts.sha256][0]}"))
        else:
            usable[facts.sha256] = path, facts
    if not usable:
        raise LibraryError(_nothing_usable(paths, skipped))
    credits = CreditFinder(paths)
    sources = [_source(path, facts, credits) for path, facts in usable.values()]
    if only_licensed:
        sources, unlicensed = _licensed(sources)
        if not sources:
            raise LibraryError(_nothing_licensed(paths, unlicensed))
        skipped += unlicensed
    return Library(
        sources,
        skipped,
        cache=cache,
        level=statistics.median(usable[source.sha256][1].active_rms for source in sources),
    )


def _licensed(sources: Sequence[Source]) -> tuple[list[Source], list[Skipped]]:
    """Sources whose licence lets them be changed, and the others with what it says."""
    why = {source.id: licence_of(source.credit).why_not for source in sources}
    skipped = [Skipped(s.path, reason) for s in sources if (reason := why[s.id]) is not None]
    return [source for source in sources if why[source.id] is None], skipped


def source_id(sha256: str) -> str:
    """What a source of this content is called.

    >>> source_id("3f9a01c77be2d0")
    's3f9a01c77be2'
    """
    return f"s{sha256[:N_ID_DIGITS]}"


def library_of(sources: Sequence[Source], cache: SoundCache) -> Library:
    """The library that holds these sources in this order, each found by its content.

    Raises
    ------
    AudioFileError
        If one is neither in the cache nor where it was.
    """
    sounds = [cache.fetch(source.path, sha256=source.sha256) for source in sources]
    level = statistics.median(sound.active_rms for sound in sounds)
    return Library(sources, cache=cache, level=level)


def _examine_all(
    paths: Sequence[Path], cache: SoundCache, progress: Callable[[int, int], None] | None
) -> Iterator[SoundFacts | Skipped]:
    """Examine files on several threads, for decoding releases the GIL; the results come in the order of the files."""
    with ThreadPoolExecutor(max_workers=min(_MAX_THREADS, os.cpu_count() or 1)) as pool:
        for n, facts in enumerate(pool.map(lambda path: _examine(path, cache), paths), start=1):
            if progress is not None:
                progress(n, len(paths))
            yield facts


def _examine(path: Path, cache: SoundCache) -> SoundFacts | Skipped:
    if reason := why_misnamed(path):
        return Skipped(path, reason)
    try:
        facts = cache.examine(path)
    except AudioFileError as error:
        return Skipped(path, error.reason)
    except MissingExtraError as error:
        return Skipped(path, str(error))
    reason = why_unusable(facts, MIN_SOURCE_S)
    return facts if reason is None else Skipped(path, reason)


def _source(path: Path, facts: SoundFacts, credits: CreditFinder) -> Source:
    return Source(
        id=source_id(facts.sha256),
        path=path,
        sha256=facts.sha256,
        rate_hz=facts.rate_hz,
        n_channels=facts.n_channels,
        n_samples=facts.n_samples,
        credit=credits.credit_of(path, facts.tags),
    )


def _nothing_found(paths: Sequence[str | Path], exclude: Sequence[str]) -> str:
    places = ", ".join(str(path) for path in paths)
    excluded = f" that library.exclude ({', '.join(exclude)}) lets pass" if exclude else ""
    return f"no sound file in {places}{excluded}; expected WAV, AIFF, FLAC, OGG, MP3 or such"


def _nothing_licensed(paths: Sequence[str | Path], skipped: Sequence[Skipped]) -> str:
    places = ", ".join(str(path) for path in paths)
    head = (
        f"library.only_licensed leaves nothing of {places}; say in a file called CREDITS which licence the sounds are "
        "under (docs/credits.md), or use them all the same without it:"
    )
    return "\n".join([head, *_reasons(skipped)])


def _reasons(skipped: Sequence[Skipped]) -> list[str]:
    reasons = [f"  {skip}" for skip in skipped[:MAX_REASONS]]
    if len(skipped) > MAX_REASONS:
        reasons.append(f"  and {len(skipped) - MAX_REASONS} more")
    return reasons


def _nothing_usable(paths: Sequence[str | Path], skipped: Sequence[Skipped]) -> str:
    places = ", ".join(str(path) for path in paths)
    which = f"none of the {len(skipped)} sound files" if len(skipped) > 1 else "the only sound file"
    verb = "can" if len(skipped) > 1 else "cannot"
    return "\n".join([f"{which} in {places} {verb} be used:", *_reasons(skipped)])
