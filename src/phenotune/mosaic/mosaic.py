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
from phenotune.mosaic.encode import check_fit, placement_to_json
from phenotune.mosaic.facts import SourceFacts, TargetFacts
from phenotune.mosaic.paths import path_as_read, path_as_written
from phenotune.mosaic.reading import read_mosaic
from phenotune.mosaic.rendering import render_placements, sources_heard
from phenotune.mosaic.schema import FORMAT, VERSION, MosaicModel
from phenotune.progress import Progress, share_of
from phenotune.whole_files import write_whole

if TYPE_CHECKING:
    from phenotune.audio.cache import SoundCache
    from phenotune.mosaic.levelling import Measure, Normalise
    from phenotune.mosaic.sources import MosaicSources
    from phenotune.mosaic.writing import Written


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
        try:
            mosaic = _from_model(*read_mosaic(text), folder)
            check_fit(mosaic.placements, mosaic.sources, mosaic.n_channels)
        except ParameterError as error:
            raise RunFolderError(str(error)) from error
        return mosaic

    def open_sources(
        self,
        folders: Sequence[str | Path] = (),
        cache: SoundCache | None = None,
        *,
        force: bool = False,
        progress: Progress | None = None,
    ) -> MosaicSources:
        """Find and check the sources that are heard.

        Parameters
        ----------
        folders
            Where to look for sources that have moved, or have another name now, with all that lies below.
        cache
            Decoded sounds; the user's when None.
        force
            Whether sources that have changed are used as they are; ``changed`` of what is returned names them.
        progress
            Is told the share that is done.

        Raises
        ------
        LibraryError
            If sources are missing, or have changed and are not forced.
        """
        from phenotune.mosaic.sources import MosaicSources

        heard = sources_heard(each for each in self.placements if not each.muted)
        needed = [source for source in self.sources if source.id in heard]
        folder = self.folder or Path.cwd()
        return MosaicSources(needed, folder, folders, cache, force=force, progress=progress)

    def render(
        self,
        rate_hz: int | None = None,
        *,
        folders: Sequence[str | Path] = (),
        cache: SoundCache | None = None,
        force: bool = False,
        progress: Progress | None = None,
    ) -> Samples:
        """Make its sound, at any rate, in all its channels, not normalised.

        Parameters
        ----------
        rate_hz
            Rate of the sound; its own when None. Clips are cut from the sources resampled to this rate.
        folders, cache, force
            As in :meth:`open_sources`.
        progress
            Is told the share that is done.

        Returns
        -------
        Samples
            Float32 (n_channels, n_samples of the target at that rate). At its own rate bit for bit what the canvas was.

        Raises
        ------
        LibraryError
            If sources are missing or have changed.
        """
        rate_hz = _checked_rate(self.rate_hz if rate_hz is None else rate_hz)
        return render_placements(
            self.placements,
            self.open_sources(folders, cache, force=force),
            n_channels=self.n_channels,
            n_samples=self.target.n_samples(rate_hz),
            own_rate_hz=self.rate_hz,
            rate_hz=rate_hz,
            fade_ms=self.fade_ms,
            progress=progress,
        )

    def write(
        self,
        path: str | Path,
        rate_hz: int | None = None,
        bits: int = 24,
        *,
        sound: Samples | None = None,
        folders: Sequence[str | Path] = (),
        cache: SoundCache | None = None,
        normalise: Normalise | Measure | None = None,
        dither: bool = True,
        from_s: float = 0.0,
        to_s: float | None = None,
        force: bool = False,
        n_threads: int | None = None,
        progress: Progress | None = None,
    ) -> Written:
        """Render into a sound file whose suffix names the format, whole or not at all, in bounded memory.

        Parameters
        ----------
        path
            The file: wav, flac, aiff, ogg, opus, mp3, or m4a with the extra ``formats``.
        rate_hz
            As in :meth:`render`.
        bits
            16, 24 or 32 (float); formats that lose something have none.
        sound
            The whole sound at ``rate_hz``, where it is at hand already; sources are not opened then.
        folders, cache, force
            As in :meth:`open_sources`.
        normalise
            The level it shall have: ``"peak"``, ``"loudness"``, or levels of one's own; None to turn it down only
            where it would clip.
        dither
            Whether 16 bits are dithered, with the same noise every time.
        from_s, to_s
            The part that is wanted, in seconds; to its end when None.
        n_threads
            Threads that render; as many as there are processors when None. The bytes are the same.
        progress
            Is told the share that is done.

        Returns
        -------
        Written
            What was done: ``turned_down_db`` tells by how much everything was turned down so as not to clip.

        Raises
        ------
        ParameterError
            If there is no such format, level or part, or if the file is the target or a source; nothing is rendered
            then.
        MissingExtraError
            If the format needs an extra that is not installed.
        LibraryError
            If sources are missing, or have changed and are not forced.
        RunFolderError
            If the file cannot be written.
        """
        from phenotune.mosaic.levelling import Normalise
        from phenotune.mosaic.writing import OPENED, Wish, check_wish, write_mosaic

        rate_hz = _checked_rate(self.rate_hz if rate_hz is None else rate_hz)
        level = Normalise(normalise) if isinstance(normalise, str) else normalise
        wish = Wish(rate_hz, bits, level, dither, from_s, to_s)
        path = Path(path)
        check_wish(self, path, wish)
        sounds = None
        if sound is None:
            opening = None if progress is None else share_of(progress, 0.0, OPENED)
            sounds = self.open_sources(folders, cache, force=force, progress=opening)
            progress = None if progress is None else share_of(progress, OPENED, 1.0)
        return write_mosaic(
            self, path, wish, sound=sound, sounds=sounds, n_threads=n_threads, progress=progress
        )

    def export(self, to: str, out: str | Path, **asked: Any) -> Path:
        """Write it in another program's format, whole or not at all.

        Parameters
        ----------
        to
            The format: ``"reaper"``, ``"dawproject"``, ``"stems"``, ``"clips"``, ``"csv"``, ``"labels"``, ``"cues"``,
            ``"midi"``, ``"otio"``.
        out
            The folder to make, or the document, if its name ends in the format's suffix.
        **asked
            As in :func:`phenotune.export.formats.export_mosaic`.

        Returns
        -------
        Path
            The document; the folder where there is none.

        Examples
        --------
        >>> import phenotune as pt
        >>> pt.Mosaic.load("run/out/mosaic.json").export("reaper", "song.rpp")  # doctest: +SKIP
        """
        from phenotune.export.formats import export_mosaic

        return export_mosaic(self, to, out, **asked)

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


def _from_model(
    model: MosaicModel, placements: tuple[Placement, ...], folder: Path | None
) -> Mosaic:
    n_gains = len(placements[0].gains) if placements else min(model.target.n_channels, 2)
    return Mosaic(
        rate_hz=model.rate_hz,
        seed=model.seed,
        explained=model.explained,
        target=TargetFacts(**dict(model.target)),
        sources=tuple(SourceFacts(**dict(source)) for source in model.sources),
        placements=placements,
        n_channels=n_gains if model.n_channels is None else model.n_channels,
        fade_ms=model.fade_ms,
        folder=folder,
    )
