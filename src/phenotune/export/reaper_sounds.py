"""The sources beside a REAPER project: copied where REAPER reads the same samples from them, else written as WAV."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from phenotune.audio.files import read_header, write_sound
from phenotune.export.arrangement import Arrangement
from phenotune.export.names import Names
from phenotune.mosaic.facts import SourceFacts

_SUFFIXES = {
    "WAV": ".wav",
    "WAVEX": ".wav",
    "RF64": ".wav",
    "AIFF": ".aiff",
    "FLAC": ".flac",
    "OGG": ".ogg",
}
_PLAIN = frozenset({"PCM_U8", "PCM_S8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "VORBIS"})


def copy_sources(
    arrangement: Arrangement, sources: Iterable[SourceFacts], folder: Path
) -> dict[str, Path]:
    """Put sources into a folder under plain names.

    Parameters
    ----------
    arrangement
        Where they belong.
    sources
        Which ones.
    folder
        Where they go; made if it is not there.

    Returns
    -------
    dict
        The file of each by its id.
    """
    names = Names()
    files = {}
    for source in sources:
        folder.mkdir(exist_ok=True)
        there = arrangement.sounds.path(source.id)
        suffix = _suffix(there)
        name = names.give(Path(source.path).stem)
        path = files[source.id] = folder / f"{name}{suffix or '.wav'}"
        if suffix is not None:
            shutil.copyfile(there, path)
        else:
            rate_hz = arrangement.sounds.rate_hz(source.id)
            write_sound(path, arrangement.sounds.samples(source.id, rate_hz), rate_hz, bits=32)
    return files


def _suffix(path: Path) -> str | None:
    """The suffix of a file of which every program reads the same samples, told by its content; else None.

    MP3 and its like begin with a silence that one decoder leaves out and another does not, and more than two channels
    are folded by us.
    """
    header = read_header(path)
    if header is None or header.n_channels > 2 or header.subtype not in _PLAIN:
        return None
    return _SUFFIXES.get(header.format)
