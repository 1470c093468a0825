"""The sound cache: every sound file is decoded once, and its samples are mapped into memory from then on.

Entries are found by the content of a file, so that renaming, copying or touching it costs nothing. Several runs may
share the folder at once without locks: an entry appears whole by a rename, is never changed, and one that somebody
else removes is simply made again.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple, TypeVar

from phenotune.arrays import Samples
from phenotune.audio import digests, entries
from phenotune.audio.channels import fold_to_stereo
from phenotune.audio.entries import CachedSound, SoundFacts, examined
from phenotune.audio.files import check_file, read_sound
from phenotune.errors import AudioFileError, ParameterError

__all__ = [
    "MAX_OPEN_SOUNDS",
    "CachedSound",
    "SoundCache",
    "SoundFacts",
    "cache_folder",
    "default_folder",
]

DEFAULT_MAX_BYTES = 4 << 30

RESERVE_BYTES = 256 << 20
"""The cache leaves this much of the disk to others, above all to the results of the run."""

SUFFIX = ".sound"

# Long sounds are mapped, and each mapping holds a file descriptor: macOS gives a process 256 of them, Linux 1024.
MAX_OPEN_SOUNDS = 160 if sys.platform == "darwin" else 512
"""How many sounds whoever reads from the cache shall hold at a time; the rest is fetched again when it is asked for."""

_MAX_TEMPORARY_AGE_S = 3600.0

_Found = TypeVar("_Found", SoundFacts, CachedSound)


def cache_folder() -> Path:
    """Folder for everything that can be made again: ``$PHENOTUNE_CACHE``, else the user's cache folder."""
    if named := os.environ.get("PHENOTUNE_CACHE"):
        return Path(named).expanduser()
    import platformdirs

    return Path(platformdirs.user_cache_dir("phenotune", appauthor=False))


def default_folder() -> Path:
    """Folder of decoded sounds, ``sounds`` in the :func:`cache_folder`."""
    return cache_folder() / "sounds"


class SoundCache:
    """Decoded sounds in a folder, bounded in size; several threads and processes may use it at once.

    A folder that cannot be written is no error: sounds are then decoded into memory and kept there, and ``problem``
    says why.

    Parameters
    ----------
    folder
        Where the entries lie; :func:`default_folder` when None. It is made when the first entry is.
    max_bytes
        Beyond this, what was used least recently is removed, but nothing that this object has handed out.

    Attributes
    ----------
    folder
        Where the entries lie.
    max_bytes
        As given.
    problem
        Why the folder cannot be written, or None.
    """

    def __init__(self, folder: Path | None = None, max_bytes: int = DEFAULT_MAX_BYTES) -> None:
        if max_bytes < 0:
            raise ParameterError(f"max_bytes: expected 0 or more, got {max_bytes!r}")
        self.folder = default_folder() if folder is None else Path(folder)
        self.max_bytes = max_bytes
        self.problem: str | None = None
        self._handed_out: set[str] = set()
        self._in_memory: dict[str, CachedSound] = {}
        self._n_bytes: int | None = None
        self._prune_above = max_bytes

    def fetch(self, path: str | Path, *, sha256: str | None = None) -> CachedSound:
        """Give the decoded sound of a file, folded to at most two channels.

        Parameters
        ----------
        path
            The file.
        sha256
            The content that is wanted, where it is known already: it is then given even if the file has changed or
            gone since, as long as it is in the cache.

        Raises
        ------
        AudioFileError
            If the file cannot be decoded, changes while it is read, or has not the content that is wanted.
        MissingExtraError
            If reading it needs an extra that is not installed.
        """
        path = Path(path)
        if sha256 is not None and (sound := self._look_up(_name(sha256), entries.read_entry)):
            return sound
        content = self._content(path)
        if sha256 not in (None, content.sha256):
            raise AudioFileError(path, "has changed since it was first read; put the old file back")
        name = _name(content.sha256)
        return self._look_up(name, entries.read_entry) or self._decode(path, content)

    def sha256(self, path: str | Path) -> str:
        """Give the SHA-256 of a file's bytes, in hexadecimal digits; what has not changed is read only once.

        Raises
        ------
        AudioFileError
            If there is no file, an empty one, or one that cannot be read.
        """
        return self._content(Path(path)).sha256

    def examine(self, path: str | Path) -> SoundFacts:
        """Give the facts of a file's sound, decoding it only if it is not in the cache.

        Raises
        ------
        AudioFileError, MissingExtraError
            As :meth:`fetch`.
        """
        path = Path(path)
        content = self._content(path)
        name = _name(content.sha256)
        # The facts alone, so that nothing is kept open for them.
        found = self._look_up(name, entries.read_facts) or self._decode(path, content)
        return entries.facts_of(found)

    def at_rate(self, sound: CachedSound, rate_hz: int) -> Samples:
        """Give the samples of a sound at another rate, resampled as a whole; read-only, and cached as well.

        Parameters
        ----------
        sound
            From :meth:`fetch`.
        rate_hz
            The rate wanted.
        """
        if rate_hz == sound.rate_hz:
            return sound.samples
        name = _name(sound.sha256, rate_hz)
        found = self._look_up(name, entries.read_entry)
        if found is None:
            found = self._keep(name, entries.resampled(sound, rate_hz))
        return found.samples

    def size_bytes(self) -> int:
        """Size of everything in the folder that belongs to the cache."""
        return sum(status.st_size for _, status in self._files())

    def prune(self) -> None:
        """Remove what was used least recently until the cache is within its bounds, and what a crash left behind."""
        files = sorted(self._files(), key=lambda file: (file[1].st_mtime_ns, file[0].name))
        total = sum(status.st_size for _, status in files)
        oldest_temporary = time.time() - _MAX_TEMPORARY_AGE_S
        for path, status in files:
            if path.suffix == entries.TEMPORARY_SUFFIX:
                is_due = status.st_mtime < oldest_temporary
            else:
                is_due = total > self.max_bytes and path.name not in self._handed_out
            if is_due and _remove(path):
                total -= status.st_size
        self._n_bytes = total
        # What is in use stays, however much it is; it is not looked through again for every sound that joins it.
        self._prune_above = max(self.max_bytes, total + total // 16)

    def clear(self) -> None:
        """Remove every entry, also those in use: they are decoded again when they are wanted again."""
        for path, _ in list(self._files()):
            _remove(path)
        self._in_memory.clear()
        self._n_bytes = 0

    def _content(self, path: Path) -> _Content:
        status = check_file(path)
        sha256 = digests.recall(self.folder, path, status)
        if sha256 is not None:
            _touch(digests.note_of(self.folder, path))
            return _Content(sha256, digests.fingerprint(status))
        try:
            sha256 = digests.sha256_of(path)
        except OSError as error:
            raise AudioFileError(path, f"cannot be read ({error.strerror})") from error
        digests.remember(self.folder, path, status, sha256)
        return _Content(sha256, digests.fingerprint(status))

    def _look_up(self, name: str, read: Callable[[Path], _Found | None]) -> _Found | None:
        if sound := self._in_memory.get(name):
            return sound
        found = read(self.folder / name)
        if found is not None:
            self._handed_out.add(name)
            _touch(self.folder / name)
        return found

    def _decode(self, path: Path, content: _Content) -> CachedSound:
        sound = read_sound(path)
        if digests.fingerprint(check_file(path)) != content.fingerprint:
            raise AudioFileError(path, "changed while it was read; try again when it is complete")
        samples = fold_to_stereo(sound.samples)
        return self._keep(
            _name(content.sha256), examined(samples, sound.rate_hz, content.sha256, sound.tags)
        )

    def _keep(self, name: str, sound: CachedSound) -> CachedSound:
        """Put a sound into the cache and give it as the cache has it; keep it in memory where the disk refuses.

        On Windows nothing can take the place of a file that is mapped. Then somebody else has put the same sound there.
        """
        self._handed_out.add(name)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(self.folder).free < RESERVE_BYTES + sound.samples.nbytes:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            n_bytes = entries.write_entry(self.folder / name, sound)
        except OSError as error:
            if found := entries.read_entry(self.folder / name):
                return found
            self.problem = f"{self.folder}: {error.strerror}"
            self._in_memory[name] = sound
            return sound
        self._bound(n_bytes)
        return entries.read_entry(self.folder / name) or sound

    def _bound(self, n_bytes_added: int) -> None:
        self._n_bytes = (
            self.size_bytes() if self._n_bytes is None else self._n_bytes + n_bytes_added
        )
        if self._n_bytes > self._prune_above:
            self.prune()

    def _files(self) -> Iterator[tuple[Path, os.stat_result]]:
        """Everything in the folder that is ours; the folder may hold other things if somebody chose it so."""
        ours = (SUFFIX, digests.SUFFIX, entries.TEMPORARY_SUFFIX)
        with suppress(OSError), os.scandir(self.folder) as listed:
            for entry in listed:
                if entry.name.endswith(ours):
                    # It may be gone by now: another process prunes as well.
                    with suppress(OSError):
                        yield Path(entry.path), entry.stat()


class _Content(NamedTuple):
    """What a file held when it was hashed: its SHA-256, and the state it was in."""

    sha256: str
    fingerprint: list[int]


@lru_cache(maxsize=1)
def _decoders() -> str:
    """Short digest of what decodes and resamples, since another release may give other samples."""
    versions = []
    for package in ("soundfile", "soxr", "av"):
        try:
            versions.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            versions.append(f"no {package}")
    return hashlib.sha256(", ".join(versions).encode()).hexdigest()[:8]


def _name(sha256: str, rate_hz: int | None = None) -> str:
    rate = "" if rate_hz is None else f"-{rate_hz}"
    return f"{sha256}{rate}-{_decoders()}{SUFFIX}"


def _touch(path: Path) -> None:
    with suppress(OSError):
        os.utime(path)


def _remove(path: Path) -> bool:
    try:
        path.unlink()
    except OSError:
        # Gone already, or mapped by another process on a system that minds.
        return False
    return True
