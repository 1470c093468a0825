"""Going on with a run: what its newest checkpoint holds is taken up again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from phenotune.audio.cache import SoundCache
from phenotune.canvas.placement import Placement
from phenotune.errors import AudioFileError, LibraryError, RunFolderError
from phenotune.genome.anatomy import clips
from phenotune.genome.chromosome import Chromosome
from phenotune.library.library import Library
from phenotune.library.source import Source
from phenotune.mosaic.facts import SourceFacts
from phenotune.mosaic.paths import path_as_read
from phenotune.run.carrying import Numbering, carried, names_changed
from phenotune.run.checkpoints import Checkpoint
from phenotune.run.edit_history import EditHistory
from phenotune.run.engine_state import state_from_json
from phenotune.run.kept import KeptSounds, is_there, source_of
from phenotune.run.laying import lay, split_muted
from phenotune.run.stages import StagePlace
from phenotune.run.whereabouts import sources_named
from phenotune.units import samples_at_rate

if TYPE_CHECKING:
    from phenotune.run.session import Session


def take_up(session: Session, checkpoint: Checkpoint) -> None:
    """Put everything back on the canvas, in the order in which it landed, and the search where it was.

    The target may be another one by now: then what lies beyond its end is not heard.

    Raises
    ------
    LibraryError
        If a sound that a placement was cut from is gone.
    RunFolderError
        If the checkpoint does not tell where the search was.
    """
    target_sha256 = checkpoint.engine.get("target_sha256", session.target.sha256)
    is_swapped = target_sha256 != session.target.sha256
    rate_hz = session.canvas.target.layout.rate_hz
    _lay(session, checkpoint, is_swapped)
    try:
        session.n_since_refit = int(checkpoint.engine["n_since_refit"])
        counted_at_hz = rate_of(checkpoint, rate_hz)
        state = state_from_json(checkpoint.engine, counted_at_hz, rate_hz)
        told = checkpoint.engine.get("edits", {})
        session.edits = EditHistory.from_json(told).at_rate(counted_at_hz, rate_hz)
        state = state.only(partial(_is_known, session.library))
        changed = names_changed(checkpoint.settings, session.settings.model_dump(mode="json"))
        session.engine.state = carried(state, changed, is_new_target=is_swapped)
        _number_on(session, checkpoint)
        session.injected = checkpoint.engine.get("injected")
        worths = checkpoint.engine.get("worths", {})
        session.reviser.roster.worths = {
            int(i): float(worth)
            for i, worth in worths.items()
            if int(i) not in session.silent and int(i) not in session.muted
        }
    except (KeyError, TypeError, ValueError) as error:
        raise RunFolderError(
            f"{session.project.folder.state}: the checkpoint of cycle {checkpoint.cycle} does not tell "
            "where the search was; remove it to go on from the one before"
        ) from error
    session.cycle, session.next_id = checkpoint.cycle, checkpoint.next_id
    session.earlier_s = checkpoint.elapsed_s
    if is_swapped:
        _keep_target(session, checkpoint)
        session.warnings.append(
            f"{session.target.path}: is another target than when this run was left; "
            f"{len(session.silent)} clips lie beyond its end and are silent"
        )


def _number_on(session: Session, checkpoint: Checkpoint) -> None:
    """Count founders on from all that there have been; an older checkpoint does not tell of them."""
    told = checkpoint.engine.get("numbering")
    if isinstance(told, dict):
        session.numbering = Numbering(**told)
        session.engine.lineage_offset = session.numbering.offset_for(
            session.engine, checkpoint.cycle
        )


def _keep_target(session: Session, checkpoint: Checkpoint) -> None:
    """Keep the target that was rebuilt so far, if the sound cache has it and its file is gone."""
    told = checkpoint.engine.get("target")
    if session.kept is not None and isinstance(told, dict):
        folder, sha256 = session.project.folder.state, str(told.get("sha256"))
        path = path_as_read(str(told.get("path")), folder)
        session.kept.keep_target(path, sha256, session.cache)


def kept_for(
    checkpoint: Checkpoint, library: Library, kept: KeptSounds, cache: SoundCache
) -> tuple[list[Source], list[Source]]:
    """The sounds that a checkpoint needs and that the library no longer has, as far as they can be had.

    Returns
    -------
    tuple
        All of them, from their files, the kept copies or the sound cache; and those whose files have gone since.
    """
    placed = {c.source for p in checkpoint.placements for c in clips(p.chromosome)}
    needed = placed | sources_named(checkpoint.engine)
    facts = {facts.id: facts for facts in facts_told(checkpoint, kept.folder.parent)}
    found, gone = [], []
    for number in sorted(needed - {source.id for source in library.sources}):
        source = source_of(facts[number]) if number in facts else None
        if source is None or not is_there(source, cache):
            was, source = source, kept.find(number)
            if source is None and was is not None:
                source = _kept_now(was, kept, cache)
                gone += [] if source is None else [was]
        if source is not None:
            found.append(source)
    return found, gone


def place_of(checkpoint: Checkpoint | None) -> StagePlace:
    """Where a run stands among its stages: at the first one, if it had none so far."""
    if checkpoint is None:
        return StagePlace(0)
    stage = checkpoint.engine.get("stage")
    if isinstance(stage, dict):
        try:
            return StagePlace(**stage)
        except TypeError:
            pass
    return StagePlace(0, checkpoint.cycle, checkpoint.elapsed_s)


def _lay(session: Session, checkpoint: Checkpoint, is_swapped: bool) -> None:
    rate_hz = session.canvas.target.layout.rate_hz
    counted_at_hz = rate_of(checkpoint, rate_hz)
    placements = []
    for placement in checkpoint.placements:
        _check_sources(session.library, placement)
        onset = samples_at_rate(placement.onset_samples, counted_at_hz, rate_hz)
        placements.append(replace(placement, onset_samples=onset))
    before = checkpoint.engine.get("silent")
    was_silent = set(before) if isinstance(before, list) else set()
    is_silent = silence(session.canvas.target.n_samples) if is_swapped else None
    unheard = lay(
        session.canvas,
        session.evaluator.phenotypes,
        placements,
        is_silent or (lambda placement: placement.id in was_silent),
    )
    session.silent, session.muted = split_muted(unheard)


def silence(n_samples: int) -> Callable[[Placement], bool]:
    """Which placements are not heard in a target of this length: those that begin after its end."""
    return lambda placement: placement.onset_samples >= n_samples


def facts_told(checkpoint: Checkpoint, folder: Path) -> list[SourceFacts]:
    """What a checkpoint in a folder tells of its sources; an older one tells nothing."""
    told = checkpoint.engine.get("sources")
    try:
        found = [SourceFacts(**facts) for facts in told] if isinstance(told, list) else []
    except TypeError:
        return []
    return [replace(f, path=path_as_read(f.path, folder).as_posix()) for f in found]


def _kept_now(source: Source, kept: KeptSounds, cache: SoundCache) -> Source | None:
    try:
        return kept.keep(source, cache)
    except AudioFileError:
        return None


def rate_of(checkpoint: Checkpoint, otherwise_hz: int) -> int:
    """Rate at which a checkpoint counts its onsets; the settings may ask for another one since."""
    spectra = checkpoint.settings.get("spectra")
    rate_hz = spectra.get("rate_hz") if isinstance(spectra, dict) else None
    return rate_hz if isinstance(rate_hz, int) and rate_hz > 0 else otherwise_hz


def _is_known(library: Library, chromosome: Chromosome) -> bool:
    """Whether the library still has all that a chromosome is cut from."""
    known = {source.id for source in library.known}
    return all(clip.source in known for clip in clips(chromosome))


def _check_sources(library: Library, placement: Placement) -> None:
    known = {source.id for source in library.known}
    missing = sorted({clip.source for clip in clips(placement.chromosome)} - known)
    if missing:
        raise LibraryError(
            f"placement {placement.id} was cut from a sound that the library no longer has "
            f"(source {', '.join(missing)}; out/mosaic.json tells its path); put it back to go on"
        )
