"""How a run begins: what it starts from is told, and a mix is injected where there is one."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from phenotune.audio.cache import SoundCache
from phenotune.canvas.placement import Placement
from phenotune.errors import AudioFileError, RunFolderError
from phenotune.genome.chromosome import Chromosome
from phenotune.library.clip import Clip
from phenotune.library.library import source_id
from phenotune.library.source import Source
from phenotune.library.target import Target
from phenotune.library.usable import why_unusable
from phenotune.mosaic.facts import SourceFacts
from phenotune.run.events import InputsRead, MixInjected, StageStarted
from phenotune.run.folder import one_sound
from phenotune.run.kept import KeptSounds
from phenotune.run.stages import changed_values
from phenotune.run.whereabouts import facts_of_target

if TYPE_CHECKING:
    from phenotune.run.project import Project
    from phenotune.run.session import Session

MAX_DIFFERENCE_S = 0.05
"""An injected mix may be this much longer or shorter than the target."""


def begin(session: Session, mix: Source | None, is_new: bool) -> None:
    """Note for the log what a sitting begins with, and lay down the mix that a new run starts from.

    Parameters
    ----------
    session
        With everything that was there before on its canvas.
    mix
        What to inject, from :func:`mix_of`; None for silence.
    is_new
        Whether no checkpoint was taken up.
    """
    session.news.append(
        InputsRead(
            cycle=session.cycle,
            target=asdict(facts_of_target(session.target)),
            sources=tuple(asdict(SourceFacts.of(source)) for source in session.library.sources),
            settings=session.settings.model_dump(mode="json"),
        )
    )
    stage, project = session.stage, session.project
    if is_new and stage is not None:
        changed = changed_values(project.settings, session.settings)
        name = project.settings.stage[stage.number].name
        session.news.append(StageStarted(session.cycle, stage.number + 1, name, changed))
    if mix is not None:
        session.news.append(_inject(session, mix))
    if not is_new:
        _check_is_known(session)


def mix_of(project: Project, target: Target, kept: KeptSounds, cache: SoundCache) -> Source | None:
    """The sound that the canvas of a new run is to start from, a copy of which is kept; None for silence.

    Raises
    ------
    AudioFileError
        If it cannot be read, or is not as long as the target.
    RunFolderError
        If it is not there.
    """
    path = _path_of_mix(project)
    return None if path is None else kept.keep(_source(path, target, cache), cache)


def _path_of_mix(project: Project) -> Path | None:
    """``run.inject``, else the run folder's ``inject.*``."""
    named, folder = project.settings.run.inject, project.folder.path
    if not named:
        return one_sound(folder, "inject") if folder.is_dir() else None
    path = folder / named if (folder / named).exists() else Path(named)
    if not path.exists():
        raise RunFolderError(
            f"run.inject: {path}: there is no such file; name a sound, or leave it out"
        )
    return path


def _inject(session: Session, mix: Source) -> MixInjected:
    """Lay a mix on the canvas, over its whole length and locked."""
    placement = Placement(
        id=session.next_id,
        chromosome=Chromosome(Clip(mix.id, 0, mix.n_samples)),
        onset_samples=0,
        gains=(1.0,) * session.canvas.target.n_speakers,
        cycle=session.cycle,
        lineage=0,
        locked=True,
    )
    session.canvas.place(placement, session.evaluator.phenotypes.recall(placement.chromosome))
    session.injected = placement.id
    session.next_id += 1
    facts = asdict(SourceFacts.of(mix))
    return MixInjected(session.cycle, placement.id, facts, session.canvas.explained)


def _source(path: Path, target: Target, cache: SoundCache) -> Source:
    facts = cache.examine(path)
    if reason := why_unusable(facts, 0.0):
        raise AudioFileError(path, f"{reason}; it cannot be injected")
    if facts.rate_hz != target.rate_hz:
        raise AudioFileError(
            path,
            f"has {facts.rate_hz} Hz, and the target {target.path} has {target.rate_hz} Hz; "
            "an injected mix must have the target's rate",
        )
    if abs(facts.duration_s - target.duration_s) > MAX_DIFFERENCE_S:
        raise AudioFileError(
            path,
            f"is {facts.duration_s:.2f} s long, and the target {target.path} is {target.duration_s:.2f} s long; "
            "an injected mix must be as long as the target",
        )
    return Source(
        id=source_id(facts.sha256),
        path=path,
        sha256=facts.sha256,
        rate_hz=facts.rate_hz,
        n_channels=facts.n_channels,
        n_samples=facts.n_samples,
    )


def _check_is_known(session: Session) -> None:
    """Say that a mix that is named now is not taken up, unless it is the one that the run began with."""
    try:
        path = _path_of_mix(session.project)
    except RunFolderError:
        return  # the one that it began with need not be there any more
    if path is None:
        return
    with suppress(AudioFileError):
        number = source_id(session.cache.examine(path).sha256)
        placed = session.canvas.placements.get(session.injected or 0)
        if placed is None or placed.chromosome.clip.source != number:
            session.warnings.append(ignored(path))


def ignored(path: Path) -> str:
    """Why a mix that came too late changes nothing."""
    return (
        f"{path}: is ignored: a mix is injected at the start of a run and not on the way; "
        "start a new run with it"
    )
