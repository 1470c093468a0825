"""Sounds that a run needs and that the library no longer has: their decoded copies, in ``state/sounds/``.

A copy is a WAV of floats at the sound's own rate, so that nothing is lost, and is named after the source's id, which
placements go on calling it. ``index.json`` beside the copies tells what each was.
"""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from phenotune.audio.cache import SoundCache
from phenotune.audio.digests import sha256_of
from phenotune.audio.files import write_sound
from phenotune.errors import AudioFileError, MissingExtraError, RunFolderError
from phenotune.library.library import source_id
from phenotune.library.source import Source
from phenotune.mosaic.facts import SourceFacts
from phenotune.whole_files import could_not_be_written, write_whole

FORMAT = "phenotune.sounds"
VERSION = 1


@dataclass(frozen=True, slots=True)
class KeptSound:
    """One line of the index.

    Parameters
    ----------
    id
        Of the source.
    path, sha256
        Where its file lay, and what was in it.
    copy_sha256
        Of the copy's bytes.
    rate_hz, n_channels, n_samples, credit
        As in :class:`phenotune.library.source.Source`.
    """

    id: str
    path: str
    sha256: str
    copy_sha256: str
    rate_hz: int
    n_channels: int
    n_samples: int
    credit: str | None


class KeptSounds:
    """The kept sounds of a run folder; nothing is read or written before it is asked for.

    Parameters
    ----------
    state
        The run folder's ``state/``.
    """

    def __init__(self, state: Path) -> None:
        self.folder = state / "sounds"
        self._index: dict[str, KeptSound] | None = None

    def find(self, number: str) -> Source | None:
        """A kept source by its id, whose path is that of the copy; None if it is not kept.

        Raises
        ------
        RunFolderError
            If the index is broken.
        """
        sound = self._read().get(number)
        if sound is None or not self._copy(number).is_file():
            return None
        return Source(
            id=sound.id,
            path=self._copy(sound.id),
            sha256=sound.copy_sha256,
            rate_hz=sound.rate_hz,
            n_channels=sound.n_channels,
            n_samples=sound.n_samples,
            credit=_credit(sound),
        )

    def keep(self, source: Source, cache: SoundCache) -> Source:
        """Keep a copy of a source, if there is none yet, and give the source as it is from now on.

        Raises
        ------
        AudioFileError
            If its sound is neither in the cache nor where it was.
        RunFolderError
            If the disk refuses.
        """
        kept = self.find(source.id)
        if kept is not None:
            return kept
        sound = cache.fetch(source.path, sha256=source.sha256)
        copy = self._copy(source.id)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise could_not_be_written(self.folder, error) from error
        write_sound(copy, sound.samples, sound.rate_hz, bits=32)
        self._read()[source.id] = KeptSound(
            id=source.id,
            path=source.path.absolute().as_posix(),
            sha256=source.sha256,
            copy_sha256=sha256_of(copy),
            rate_hz=source.rate_hz,
            n_channels=source.n_channels,
            n_samples=source.n_samples,
            credit=source.credit,
        )
        self._write()
        kept = self.find(source.id)
        assert kept is not None, "it was written just now"
        return kept

    def keep_target(self, path: Path, sha256: str, cache: SoundCache) -> None:
        """Keep a copy of a target that is rebuilt no more, unless its file is still there or nobody has its sound."""
        with suppress(AudioFileError):
            sound = cache.fetch(path, sha256=sha256)
            source = Source(
                id=source_id(sha256),
                path=path,
                sha256=sha256,
                rate_hz=sound.rate_hz,
                n_channels=sound.n_channels,
                n_samples=sound.n_samples,
            )
            if not is_there(source, cache):
                self.keep(source, cache)

    def adopt(self, other: KeptSounds, number: str) -> Source | None:
        """Take over what another run has kept, file and line; None if it has not."""
        if other.find(number) is None or self.find(number) is not None:
            return self.find(number)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(other._copy(number), self._copy(number))
        except OSError as error:
            raise could_not_be_written(self.folder, error) from error
        self._read()[number] = other._read()[number]
        self._write()
        return self.find(number)

    def _copy(self, number: str) -> Path:
        return self.folder / f"{number}.wav"

    @property
    def _index_file(self) -> Path:
        return self.folder / "index.json"

    def _read(self) -> dict[str, KeptSound]:
        if self._index is None:
            self._index = _read_index(self._index_file) if self._index_file.exists() else {}
        return self._index

    def _write(self) -> None:
        sounds = [asdict(sound) for sound in self._read().values()]
        content = {"format": FORMAT, "version": VERSION, "sounds": sounds}
        text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
        write_whole(self._index_file, text.encode("utf-8", "backslashreplace"))


def source_of(facts: SourceFacts) -> Source:
    """A source from its facts, whose path is absolute or relative to the working folder."""
    return Source(
        id=facts.id,
        path=Path(facts.path),
        sha256=facts.sha256,
        rate_hz=facts.rate_hz,
        n_channels=facts.n_channels,
        n_samples=facts.n_samples,
        credit=facts.credit,
    )


def is_there(source: Source, cache: SoundCache) -> bool:
    """Whether a source's file lies where it was and holds what it held."""
    try:
        return cache.examine(source.path).sha256 == source.sha256
    except (AudioFileError, MissingExtraError):
        return False


def _credit(sound: KeptSound) -> str:
    """Who made it, behind the name that the copy does not have."""
    name = Path(sound.path).name
    if sound.credit is None:
        return f"{name}: unknown; find out before you publish"
    return sound.credit if sound.credit.startswith(f"{name}: ") else f"{name}: {sound.credit}"


def _read_index(path: Path) -> dict[str, KeptSound]:
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT or content["version"] > VERSION:
            raise ValueError("is not an index of this version")
        sounds = [KeptSound(**sound) for sound in content["sounds"]]
    except OSError as error:
        raise RunFolderError(f"{path}: could not be read ({error.strerror or error})") from error
    except (ValueError, KeyError, TypeError) as error:
        raise RunFolderError(
            f"{path}: does not tell which sounds are kept ({error}); put the sounds back, and remove it"
        ) from error
    return {sound.id: sound for sound in sounds}
