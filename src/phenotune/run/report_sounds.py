"""The two sounds that the report of a run plays: its target, and its mosaic as loud as its placements make it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from phenotune.arrays import Samples
from phenotune.audio.cache import SoundCache
from phenotune.audio.files import read_sound
from phenotune.errors import AudioFileError, LibraryError, MissingExtraError, RunFolderError
from phenotune.library.library import source_id
from phenotune.mosaic.facts import TargetFacts
from phenotune.mosaic.mosaic import Mosaic
from phenotune.mosaic.paths import path_as_read
from phenotune.mosaic.sources import MosaicSources
from phenotune.report.page.facts import Heard
from phenotune.run.folder import RunFolder
from phenotune.run.kept import KeptSounds

TARGET = "target"
UNUSABLE = (AudioFileError, MissingExtraError)


def mosaic_sound(
    folder: RunFolder,
    mosaic: Mosaic | None,
    remarks: list[str],
    *,
    folders: Sequence[str | Path] = (),
    force: bool = False,
    turned_down_db: float = 0.0,
) -> Heard | None:
    """The sound in ``out/``, or else what the sources give anew; None, with a remark, where neither can be had.

    ``turned_down_db`` is how much softer the one in ``out/`` is than its placements.
    """
    if mosaic is None:
        return None
    try:
        sound = read_sound(folder.mosaic_wav)
        if sound.rate_hz == mosaic.rate_hz and sound.samples.shape[1] == mosaic.n_samples:
            return Heard(sound.samples[: mosaic.n_channels], sound.rate_hz, turned_down_db)
    except AudioFileError:
        pass  # it is made anew
    try:
        return Heard(mosaic.render(folders=folders, force=force), mosaic.rate_hz)
    except (AudioFileError, LibraryError) as error:
        remarks.append(f"The mosaic cannot be heard here: {error}")
        return None


def target_sound(
    folder: RunFolder,
    mosaic: Mosaic | None,
    remarks: list[str],
    *,
    folders: Sequence[str | Path] = (),
    force: bool = False,
) -> Heard | None:
    """The song at its own rate; None, with a remark, where it cannot be had.

    It is looked for by its content where the mosaic tells that: at its path, in the cache, in ``folders``, among the
    sounds that the run has kept. ``force`` takes a file at its path that has changed.
    """
    cache = SoundCache()
    if mosaic is None:
        return _unknown_target(folder, cache, remarks)
    facts = mosaic.target
    base = mosaic.folder or Path.cwd()
    found = _by_content(folder, facts, base, cache, folders)
    if found is not None:
        return Heard(found[: facts.n_channels], facts.rate_hz)
    path = path_as_read(facts.path, base)
    if force and path.is_file():
        remarks.append(f"The target has changed since: {path}")
        try:
            sound = cache.fetch(path)
            return Heard(sound.samples[: facts.n_channels], sound.rate_hz)
        except UNUSABLE as error:
            remarks.append(f"The target cannot be heard or seen: {error}")
            return None
    reason = "has changed since the mosaic was made" if path.is_file() else "is not there"
    remarks.append(
        f"The target cannot be heard or seen: {path} {reason}. "
        "Name the folder where it is with --sources."
    )
    return None


def _by_content(
    folder: RunFolder,
    facts: TargetFacts,
    base: Path,
    cache: SoundCache,
    folders: Sequence[str | Path],
) -> Samples | None:
    """The target's samples at its own rate, wherever there is a file, or a copy, of its content."""
    as_source = facts.as_source(TARGET)
    with suppress(LibraryError, *UNUSABLE):
        return MosaicSources([as_source], base, folders, cache).samples(TARGET, facts.rate_hz)
    with suppress(*UNUSABLE):
        return cache.fetch(path_as_read(facts.path, base), sha256=facts.sha256).samples
    with suppress(RunFolderError, *UNUSABLE):
        kept = KeptSounds(folder.state).find(source_id(facts.sha256))
        return None if kept is None else read_sound(kept.path).samples
    return None


def _unknown_target(folder: RunFolder, cache: SoundCache, remarks: list[str]) -> Heard | None:
    """The target of a run that has no mosaic yet."""
    try:
        path = folder.inputs().target
        if path is None:
            remarks.append("The run folder knows of no target.")
            return None
        sound = cache.fetch(path)
        return Heard(sound.samples, sound.rate_hz)
    except (RunFolderError, *UNUSABLE) as error:
        remarks.append(f"The target cannot be heard or seen: {error}")
        return None
