"""A mosaic: the finished list of placements and what it needs to sound.

``mosaic.json`` is versioned, is checked on reading, and has a published JSON schema (``mosaic.schema.json`` beside this
file). Audio at any rate, credits and exports are all made from it and its sources.
"""

from __future__ import annotations

import codecs
import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phenotune.arrays import Samples
from phenotune.canvas.placement import Placement
from phenotune.errors import ParameterError, RunFolderError
from phenotune.mosaic.encode import check_fit, placement_to_json, placements_from_models
from phenotune.mosaic.facts import SourceFacts, TargetFacts
from phenotune.mosaic.paths import path_as_read, path_as_written
from phenotune.mosaic.rendering import render_placements, sources_heard
from phenotune.mosaic.schema import FORMAT, VERSION, MosaicModel, read_model
from phenotune.units import amplitude_to_db
from phenotune.whole_files import write_whole

if TYPE_CHECKING:
    from phenotune.audio.cache import SoundCache

CEILING = 0.999
"""Highest amplitude in a written file; above it everything is turned down together."""


@dataclass(frozen=True)
class Mosaic:
    """A finished, saved list of placements and what it needs.

    Parameters
    ----------
    rate_hz
        Rate at which onsets are counted, and at which it was made.
    seed
        Seed of the run that made it.
    explained
        Share of the target that it explains.
    target
        The song that was rebuilt.
    sources
        The sound files that clips are cut from.
    placements
        What sounds, in the order of landing.
    n_channels
        Channels of its sound, 1 or 2; each placement has as many gains.
    fade_ms
        Fade at both ends of each placement.
    folder
        Where the paths of target and sources are relative to; the working folder when None. Not saved.
    """

    rate_hz: int
    seed: int
    explained: float
    target: TargetFacts
    sources: tuple[SourceFacts, ...]
    placements: tuple[Placement, ...]
    n_channels: int = 2
    fade_ms: float = 5.0
    folder: Path | None = dataclasses.field(default=None, compare=False)

    @cached_property
    def n_samples(self) -> int:
        """Length at its own rate, that of the target."""
        return self.target.n_samples(self.rate_hz)

    def save(self, path: str | Path) -> None:
        """Write ``mosaic.json``, whole or not at all, a line to a placement.

        Paths are written relative to the file where that makes sense, so that a project can be moved as a whole.

        Raises
        ------
        RunFolderError
            If it cannot be written.
        """
        path = Path(path)
        data = self._moved_to(path.absolute().parent).to_json()
        rows = [f' "{key}": {_as_text(value)}' for key, value in data.items()]
        write_whole(path, "{\n" + ",\n".join(rows) + "\n}\n")

    @classmethod
    def load(cls, path: str | Path) -> Mosaic:
        """Read a ``mosaic.json``; its sources are not opened yet, and nothing in it is run.

        Raises
        ------
        RunFolderError
            If it cannot be read, is not a mosaic, holds something wrong (with its place), or is of a newer version.
        """
        path = Path(path)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise RunFolderError(
                f"{path}: could not be read ({error.strerror or error})"
            ) from error
        try:
            # Some editors put a byte order mark in front, which JSON does not know.
            content = content.removeprefix(codecs.BOM_UTF8)
            return cls.from_json(content, folder=path.absolute().parent)
        except RunFolderError as error:
            raise RunFolderError(f"{path}: {error}") from error

    def to_json(self) -> dict[str, Any]:
        """The mosaic as plain dicts, lists, strings and numbers, in the order of the file."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "rate_hz": self.rate_hz,
            "n_channels": self.n_channels,
            "seed": self.seed,
            "explained": self.explained,
            "fade_ms": self.fade_ms,
            "target": dataclasses.asdict(self.target),
            "sources": [dataclasses.asdict(source) for source in self.sources],
            "placements": [placement_to_json(placement) for placement in self.placements],
        }

    @classmethod
    def from_json(
        cls, content: str | bytes | Mapping[str, Any], *, folder: Path | None = None
    ) -> Mosaic:
        """Read a mosaic from JSON text, or from what :meth:`to_json` gives.

        Raises
        ------
        RunFolderError
            As :meth:`load`.
        """
        text = json.dumps(content) if isinstance(content, Mapping) else content
        model = read_model(text)
        try:
            mosaic = _from_model(model, folder)
            check_fit(mosaic.placements, mosaic.sources, mosaic.n_channels)
        except ParameterError as error:
            raise RunFolderError(str(error)) from error
        return mosaic

    def render(
        self,
        rate_hz: int | None = None,
        *,
        folders: Sequence[str | Path] = (),
        cache: SoundCache | None = None,
    ) -> Samples:
        """Make its sound, at any rate, in all its channels, not normalised.

        Parameters
        ----------
        rate_hz
            Rate of the sound; its own when None. Clips are cut from the sources resampled to this rate.
        folders
            Where to look for sources that are not at their path any more.
        cache
            Decoded sounds; the user's when None.

        Returns
        -------
        Samples
            Float32 (n_channels, n_samples of the target at that rate). At its own rate bit for bit what the canvas was.

        Raises
        ------
        LibraryError
            If sources are missing or have changed.
        """
        from phenotune.mosaic.sources import MosaicSources

        rate_hz = _checked_rate(self.rate_hz if rate_hz is None else rate_hz)
        heard = sources_heard(each for each in self.placements if not each.muted)
        needed = [source for source in self.sources if source.id in heard]
        return render_placements(
            self.placements,
            MosaicSources(needed, self.folder or Path.cwd(), folders, cache),
            n_channels=self.n_channels,
            n_samples=self.target.n_samples(rate_hz),
            own_rate_hz=self.rate_hz,
            rate_hz=rate_hz,
            fade_ms=self.fade_ms,
        )

    def write(
        self,
        path: str | Path,
        rate_hz: int | None = None,
        bits: int = 24,
        *,
        sound: Samples | None = None,
        folders: Sequence[str | Path] = (),
    ) -> float:
        """Render into a sound file whose suffix names the format, whole or not at all.

        Parameters
        ----------
        path
            The file.
        rate_hz, folders
            As in :meth:`render`.
        bits
            16, 24 or 32 (float).
        sound
            The sound at ``rate_hz``, where it is at hand already.

        Returns
        -------
        float
            How many decibels everything was turned down so as not to clip; 0.0 when nothing was, as in a WAV of
            floats, which does not clip.

        Raises
        ------
        ParameterError
            If there is no format for this name and these bits; nothing is rendered then.
        LibraryError
            If sources are missing or have changed.
        RunFolderError
            If the file cannot be written.
        """
        from phenotune.audio.files import check_format, write_sound
        from phenotune.audio.levels import gain_to_fit, scale_to_fit

        check_format(path, bits)
        rate_hz = _checked_rate(self.rate_hz if rate_hz is None else rate_hz)
        samples = self.render(rate_hz, folders=folders) if sound is None else sound
        if bits == 32 and Path(path).suffix.lower() == ".wav":  # floats do not clip
            write_sound(path, samples, rate_hz, bits=bits)
            return 0.0
        write_sound(path, scale_to_fit(samples, CEILING), rate_hz, bits=bits)
        return abs(amplitude_to_db(gain_to_fit(samples, CEILING)))

    def _moved_to(self, folder: Path) -> Mosaic:
        """The same mosaic with its paths as a file in ``folder`` writes them."""
        base = self.folder or Path.cwd()

        def moved(text: str) -> str:
            return path_as_written(path_as_read(text, base), folder)

        return dataclasses.replace(
            self,
            target=dataclasses.replace(self.target, path=moved(self.target.path)),
            sources=tuple(
                dataclasses.replace(source, path=moved(source.path)) for source in self.sources
            ),
            folder=folder,
        )


def _checked_rate(rate_hz: int) -> int:
    if not 1000 <= rate_hz <= 768_000:
        raise ParameterError(f"rate_hz: expected 1000 to 768000 Hz, got {rate_hz!r}")
    return rate_hz


def _as_text(value: Any) -> str:
    """A value on one line, a list with a line to each item."""
    if not isinstance(value, list) or not value:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    rows = (json.dumps(item, ensure_ascii=False, allow_nan=False) for item in value)
    return "[\n  " + ",\n  ".join(rows) + "\n ]"


def _from_model(model: MosaicModel, folder: Path | None) -> Mosaic:
    n_gains = (
        len(model.placements[0].gains) if model.placements else min(model.target.n_channels, 2)
    )
    return Mosaic(
        rate_hz=model.rate_hz,
        seed=model.seed,
        explained=model.explained,
        target=TargetFacts(**dict(model.target)),
        sources=tuple(SourceFacts(**dict(source)) for source in model.sources),
        placements=placements_from_models(model.placements),
        n_channels=n_gains if model.n_channels is None else model.n_channels,
        fade_ms=model.fade_ms,
        folder=folder,
    )
