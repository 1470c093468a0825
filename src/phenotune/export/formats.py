"""The formats: what each is called, can do, and makes; and the way in for whoever wants to export a mosaic."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from phenotune.errors import ParameterError
from phenotune.export.arrangement import Arrangement, ExportedMosaic
from phenotune.export.options import By, Mode, Options
from phenotune.export.place import Place, check_is_free, new_place
from phenotune.mosaic.rendering import sources_heard

if TYPE_CHECKING:
    from phenotune.audio.cache import SoundCache
    from phenotune.mosaic.sources import MosaicSources


@dataclass(frozen=True, slots=True)
class Format:
    """A format to export to.

    Its module in this room has a function ``write(arrangement, place, options)``.

    Parameters
    ----------
    name
        What people call it on the command line, and its module.
    what
        What it is, for people.
    suffix
        Of its document; empty where it makes files without one.
    modes
        The modes that it can do, the usual one first.
    by
        What it can make tracks, or stems, of; the usual one first. Empty where it has no tracks.
    needs_sound
        Whether sources have to be there and are opened.
    has_tempo
        Whether it has bars and beats.
    extra
        The extra that it needs.
    """

    name: str
    what: str
    suffix: str = ""
    modes: tuple[Mode, ...] = ()
    by: tuple[By, ...] = ()
    needs_sound: bool = True
    has_tempo: bool = False
    extra: str = ""

    @property
    def write(self) -> Callable[[Arrangement, Place, Options], None]:
        """What writes it; its module is imported now."""
        module = import_module(f"phenotune.export.{self.name}")
        write: Callable[[Arrangement, Place, Options], None] = module.write
        return write


BITS = (16, 24, 32)
MIN_BPM, MAX_BPM = 5.0, 960.0
"""What every program with bars can be set to."""

_LIVE_FIRST: tuple[Mode, ...] = ("live", "baked")
_BAKED_FIRST: tuple[Mode, ...] = ("baked", "live")

FORMATS = {
    each.name: each
    for each in (
        Format(
            "reaper",
            "a project for REAPER",
            ".rpp",
            _LIVE_FIRST,
            ("source", "lane"),
            has_tempo=True,
        ),
        Format(
            "dawproject",
            "a project for Bitwig, Cubase, Studio One and others",
            ".dawproject",
            ("baked",),
            ("source", "lane"),
            has_tempo=True,
        ),
        Format(
            "stems", "sounds that add up to the mosaic", by=("source", "group", "lane", "cycle")
        ),
        Format("clips", "each clip as it sounds, for a sampler", modes=("baked",)),
        Format("csv", "a table, one placement a line", ".csv", needs_sound=False),
        Format("labels", "labels for Audacity", ".txt", needs_sound=False),
        Format("cues", "the sound with markers in it", ".wav"),
        Format(
            "midi",
            "a note for each placement",
            ".mid",
            by=("source", "lane"),
            needs_sound=False,
            has_tempo=True,
        ),
        Format(
            "otio",
            "a timeline for OpenTimelineIO",
            ".otio",
            _BAKED_FIRST,
            ("lane",),
            has_tempo=True,
            extra="otio",
        ),
    )
}


def format_named(name: str) -> Format:
    """The format of this name.

    Raises
    ------
    ParameterError
        If there is none: with the list of those that there are.
    """
    if name not in FORMATS:
        raise ParameterError(
            f"no export format called {name!r}; expected one of {', '.join(FORMATS)}"
        )
    return FORMATS[name]


def checked(
    format: Format, options: Options | None, mode: Mode | None = None, by: By | None = None
) -> Options:
    """The options of an export, with what the format does where nothing is asked for.

    Raises
    ------
    ParameterError
        If the format cannot do what is asked for: with the list of what it can.
    """
    _check_known(format, "mode", mode, format.modes)
    _check_known(format, "by", by, format.by)
    options = Options() if options is None else options
    if options.bits not in BITS:
        raise ParameterError(f"bits: expected 16, 24 or 32 (float), got {options.bits!r}")
    if options.n_parts is not None and options.n_parts < 1:
        raise ParameterError(f"n_parts: expected 1 or more, got {options.n_parts!r}")
    usual_mode, usual_by = (*format.modes, options.mode)[0], (*format.by, options.by)[0]
    return replace(options, mode=mode or usual_mode, by=by or usual_by)


def check_tempo(bpm: float, first_beat_s: float) -> None:
    """Make sure that a tempo is one.

    Raises
    ------
    ParameterError
        If it is not.
    """
    if not MIN_BPM <= bpm <= MAX_BPM:
        raise ParameterError(
            f"bpm: expected {MIN_BPM:g} to {MAX_BPM:g} beats a minute, got {bpm!r}"
        )
    if not 0.0 <= first_beat_s < math.inf:
        raise ParameterError(f"first_beat_s: expected 0 or more seconds, got {first_beat_s!r}")


def _check_known(format: Format, name: str, value: str | None, known: Sequence[str]) -> None:
    if value is not None and value not in known:
        can = f"one of {', '.join(known)}" if known else "none, for it has no use for it"
        raise ParameterError(f"{name} of {format.name}: expected {can}; got {value!r}")


def export_mosaic(
    mosaic: ExportedMosaic,
    to: str,
    out: str | Path,
    options: Options | None = None,
    *,
    mode: Mode | None = None,
    by: By | None = None,
    rate_hz: int | None = None,
    name: str | None = None,
    bpm: float = 120.0,
    first_beat_s: float = 0.0,
    folders: Sequence[str | Path] = (),
    cache: SoundCache | None = None,
    force: bool = False,
) -> Path:
    """Export a mosaic, whole or not at all.

    Parameters
    ----------
    mosaic
        What to export.
    to
        Name of a format: :data:`FORMATS`.
    out
        The folder to make; or the document, if its name ends in the format's suffix, and then the sounds that it needs
        go beside it.
    options
        Bits of the files, the number of parts, and who is told of the progress.
    mode, by
        As in :class:`phenotune.export.options.Options`; the format's own when None.
    rate_hz
        Rate of the sounds that are rendered; the mosaic's own when None.
    name
        The song's name; that of the target's file when None.
    bpm, first_beat_s
        Tempo, for the formats that have bars and beats.
    folders
        Where to look for sources that have moved.
    cache
        Decoded sounds; the user's when None.
    force
        Whether an export that is there already is replaced, and sources that have changed are taken as they are.

    Returns
    -------
    Path
        The document; the folder where there is none.

    Raises
    ------
    ParameterError
        If there is no such format, or it cannot do what is asked for.
    LibraryError
        If sources are missing, or have changed and are not forced.
    RunFolderError
        If there is something at ``out`` already, or if the disk refuses.
    """
    format = format_named(to)
    options = checked(format, options, mode, by)
    check_tempo(bpm, first_beat_s)
    if rate_hz is not None and not 1000 <= rate_hz <= 768_000:
        raise ParameterError(f"rate_hz: expected 1000 to 768000 Hz, got {rate_hz!r}")
    out = Path(out)
    if not force:
        check_is_free(out, format.suffix)  # before sources are looked for, which may take long
    sounds = _sounds(mosaic, format, folders, cache, force)
    for changed in sounds.changed:
        options.say(changed)
    arrangement = Arrangement(
        mosaic,
        sounds,
        rate_hz=rate_hz,
        name=name,
        bpm=bpm,
        first_beat_s=first_beat_s,
    )
    with new_place(out, arrangement.name, format.suffix, force=force) as place:
        format.write(arrangement, place, options)
        options.tell(1.0)
        document = place.document.name if format.suffix else ""
    folder = out.parent if format.suffix and out.suffix.lower() == format.suffix else out
    return folder / document


def _sounds(
    mosaic: ExportedMosaic,
    format: Format,
    folders: Sequence[str | Path],
    cache: SoundCache | None,
    force: bool,
) -> MosaicSources:
    """The sources, all of them found and checked; of those that are only listed nothing is opened."""
    from phenotune.mosaic.sources import MosaicSources

    used = sources_heard(mosaic.placements) if format.needs_sound else set()
    needed = [source for source in mosaic.sources if source.id in used]
    return MosaicSources(needed, mosaic.folder or Path.cwd(), folders, cache, force=force)
