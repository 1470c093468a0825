"""The run folder: what is called how in it, who may write where, and its format's version.

::

    RUN/
      phenotune.toml     every setting in force, commented
      target.*           optional: the target
      library/           optional: sounds
      inject.*           optional: a mix to start from
      out/               mosaic.wav, mosaic.json, mosaic.png, credits.md, lineages.png
      log.jsonl          one event a line
      state/             format.json, inputs.json, checkpoint-<cycle>.json, lock, sounds/

A folder that a person made, with ``target.*`` and ``library/`` in it, is a run folder like any other.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from phenotune.arrays import Samples
from phenotune.audio.formats import is_sound_name
from phenotune.errors import ParameterError, RunFolderError
from phenotune.mosaic.credits import mosaic_credits
from phenotune.mosaic.mosaic import Mosaic
from phenotune.mosaic.paths import path_as_read, path_as_written
from phenotune.run.layers import combine, flatten, read_toml
from phenotune.run.settings import SETTINGS_FILE, RunSettings, flat_values
from phenotune.run.toml_text import settings_to_toml
from phenotune.whole_files import write_whole

FORMAT = "phenotune.run"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a run folder works on.

    Parameters
    ----------
    target
        The song to rebuild; None when the folder knows of none.
    library
        Files and folders of sounds, in the order in which they were named; the folder's own ``library/`` comes last.
    """

    target: Path | None
    library: tuple[Path, ...]


class RunFolder:
    """A run folder that is there and that this version can read.

    Make one with :meth:`create` or :meth:`open`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.settings_file = path / SETTINGS_FILE
        self.library = path / "library"
        self.out = path / "out"
        self.mosaic_json = self.out / "mosaic.json"
        self.mosaic_wav = self.out / "mosaic.wav"
        self.picture = self.out / "mosaic.png"
        self.lineages = self.out / "lineages.png"
        self.credits = self.out / "credits.md"
        self.log_file = path / "log.jsonl"
        self.state = path / "state"

    def __repr__(self) -> str:
        return f"RunFolder({str(self.path)!r})"

    @classmethod
    def create(cls, path: str | Path) -> RunFolder:
        """Make a run folder, or take one that is there, and make it ready to be written to.

        Raises
        ------
        RunFolderError
            If the folder holds other things, was made by a newer phenotune, or cannot be written to.
        """
        folder = cls.planned(path)
        folder.make()
        return folder

    @classmethod
    def planned(cls, path: str | Path) -> RunFolder:
        """A run folder that may be made later; nothing is written yet.

        Raises
        ------
        RunFolderError
            If the folder holds other things, or was made by a newer phenotune.
        """
        folder = cls(Path(path))
        if folder.path.is_dir():
            if not is_run_folder(folder.path) and _holds_something(folder.path):
                raise RunFolderError(
                    f"{folder.path}: is not a run folder and not empty; name a new folder, or an empty one"
                )
        elif folder.path.exists():
            raise RunFolderError(f"{folder.path}: is a file; name a folder for the run")
        folder._check_version()
        return folder

    def make(self) -> None:
        """Make the folder and what lies in it ready to be written to.

        Raises
        ------
        RunFolderError
            If the disk refuses.
        """
        for needed in (self.path, self.out, self.state):
            _make(needed)
        marker = {"format": FORMAT, "version": VERSION, "phenotune": program_version()}
        write_whole(self._format_file, json.dumps(marker) + "\n")

    @classmethod
    def open(cls, path: str | Path) -> RunFolder:
        """Open a run folder to read it; nothing is written.

        Raises
        ------
        RunFolderError
            If it is not there, is no run folder, or was made by a newer phenotune.
        """
        folder = cls(Path(path))
        if not folder.path.is_dir():
            raise RunFolderError(f"{folder.path}: there is no such folder")
        if not is_run_folder(folder.path):
            raise RunFolderError(
                f"{folder.path}: is not a run folder; put target.* (a sound file) and library/ in it, "
                "or name a target and a library"
            )
        folder._check_version()
        return folder

    def inputs(self) -> Inputs:
        """What the folder works on: its own ``target.*`` first, else what it remembers; its ``library/`` as well.

        Raises
        ------
        RunFolderError
            If there are two targets, or if what it remembers cannot be read.
        """
        target, named = self._remembered()
        own = one_sound(self.path, "target")
        library = [path_as_read(text, self.path) for text in named]
        if self.library.is_dir():
            library.append(self.library)
        known = path_as_read(target, self.path) if target else None
        return Inputs(own or known, tuple(library))

    def remember(self, target: Path | None, library: Sequence[Path]) -> None:
        """Keep where the target and the sounds lie, for the next time; what lies in the folder needs no keeping.

        A name that is no UTF-8 is written with escapes, which JSON reads back as they were.
        """
        kept = [path for path in library if path.absolute() != self.library.absolute()]
        is_own = target is None or target.absolute().parent == self.path.absolute()
        record = {
            "target": None if is_own or target is None else path_as_written(target, self.path),
            "library": [path_as_written(path, self.path) for path in kept],
        }
        text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
        write_whole(self._inputs_file, text.encode("utf-8", "backslashreplace"))

    def write_settings(self, settings: RunSettings) -> None:
        """Write ``phenotune.toml``, unless it says the same already; what it said goes to ``state/``."""
        if self.settings_file.exists():
            with contextlib.suppress(ParameterError):
                layer = flatten(read_toml(self.settings_file), RunSettings, SETTINGS_FILE)
                present = combine(RunSettings, [layer])
                # Without stages nothing stands of them in the file.
                is_full = layer.values.keys() | {"stage"} == flat_values(settings).keys()
                if is_full and present == settings:
                    return
            write_whole(self.state / f"{SETTINGS_FILE}.before", self.settings_file.read_bytes())
        write_whole(self.settings_file, settings_to_toml(settings))

    def write_results(self, mosaic: Mosaic, sound: Samples | None = None) -> float:
        """Write ``out/mosaic.wav``, ``out/mosaic.json`` and ``out/credits.md``, each whole or not at all.

        Parameters
        ----------
        mosaic
            What to write.
        sound
            Its sound at its own rate where the caller has it already, as the canvas does; else it is rendered.

        Returns
        -------
        float
            How many decibels the sound was turned down so as not to clip; 0.0 when it was not.
        """
        written = mosaic.write(self.mosaic_wav, sound=sound)
        mosaic.save(self.mosaic_json)
        write_whole(self.credits, mosaic_credits(mosaic))
        return written.turned_down_db

    @property
    def _format_file(self) -> Path:
        return self.state / "format.json"

    @property
    def _inputs_file(self) -> Path:
        return self.state / "inputs.json"

    def _remembered(self) -> tuple[str | None, list[str]]:
        """What :meth:`remember` has kept, as text."""
        if not self._inputs_file.exists():
            return None, []
        record = _read_json(self._inputs_file)
        target, library = record.get("target"), record.get("library")
        texts = library if isinstance(library, list) else [None]
        if isinstance(target, str | None) and all(isinstance(text, str) for text in texts):
            return target, [str(text) for text in texts]
        raise RunFolderError(
            f"{self._inputs_file}: does not tell target and library; "
            "remove it, and put target.* and library/ into the run folder"
        )

    def _check_version(self) -> None:
        if not self._format_file.exists():
            return
        marker = _read_json(self._format_file)
        found = marker.get("version")
        if marker.get("format") != FORMAT or not isinstance(found, int):
            raise RunFolderError(
                f"{self._format_file}: does not say '{FORMAT}' and a version; the folder is broken"
            )
        if found > VERSION:
            raise RunFolderError(
                f"{self.path}: was made by a newer phenotune ({marker.get('phenotune', 'unknown')}, "
                f"format {found}; this one reads up to {VERSION}); update phenotune, or start a new folder"
            )


def is_run_folder(path: str | Path) -> bool:
    """Whether a folder is a run's: phenotune has marked it, or a person has put ``target.*`` and ``library/`` in it."""
    path = Path(path)
    if not path.is_dir():
        return False
    if (path / "state" / "format.json").exists():
        return True
    return bool(_sounds(path, "target")) and (path / "library").is_dir()


def one_sound(folder: Path, stem: str) -> Path | None:
    """The sound file in a folder that is called ``stem.*``; None when there is none.

    Raises
    ------
    RunFolderError
        If there are two: then nobody knows which is meant.
    """
    found = _sounds(folder, stem)
    if len(found) > 1:
        names = " and ".join(path.name for path in found)
        raise RunFolderError(f"{folder}: holds {names}; leave one of them")
    return found[0] if found else None


def program_version() -> str:
    """Version of the phenotune that is running."""
    try:
        return version("phenotune")
    except PackageNotFoundError:
        return "0"


def _sounds(folder: Path, stem: str) -> list[Path]:
    return [
        path
        for path in _entries(folder)
        if path.stem.lower() == stem and is_sound_name(path) and path.is_file()
    ]


def _holds_something(folder: Path) -> bool:
    """Whether a folder holds more than empty folders, which a full disk may have left when a run was to begin here."""
    return any(not path.is_dir() or _entries(path) for path in _entries(folder))


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise RunFolderError(f"{folder}: could not be read ({error.strerror or error})") from error


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunFolderError(
            f"{folder}: could not be made ({error.strerror or error}); choose another folder"
        ) from error


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RunFolderError(f"{path}: could not be read ({error.strerror or error})") from error
    except ValueError as error:
        raise RunFolderError(f"{path}: is not JSON ({error})") from error
    if not isinstance(content, dict):
        raise RunFolderError(f"{path}: expected a JSON object, got {type(content).__name__}")
    return content
