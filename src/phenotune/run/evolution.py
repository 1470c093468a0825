"""The loop where everything meets."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING

from phenotune.library.scan import find_sounds
from phenotune.run.carrying import Numbering
from phenotune.run.events import (
    BatchRefused,
    CheckpointWritten,
    ClipPlaced,
    CycleFinished,
    CycleStarted,
    Event,
    GainsRefitted,
    GenerationScored,
    KernelsCompiling,
    KeyFound,
    ReadingSounds,
    RunFinished,
    RunStarted,
    SourceSkipped,
    Warned,
)
from phenotune.run.journal import journal_opened, journal_turned
from phenotune.run.lineages import draw_picture, wants_picture
from phenotune.run.lock import RunLock
from phenotune.run.log import EventLog
from phenotune.run.project import Project
from phenotune.run.stops import Reached, Stops
from phenotune.run.warmth import compile_kernels, kernels_are_compiled
from phenotune.run.whereabouts import as_delivered
from phenotune.search.landing import LandingFilter, contenders
from phenotune.search.population import Individual

if TYPE_CHECKING:
    from phenotune.canvas.placement import Placement
    from phenotune.run.boundary import Boundary
    from phenotune.run.revision import Landing
    from phenotune.run.session import Session


def evolving(project: Project, started_at: float | None = None) -> Generator[Event, None, None]:
    """Evolve, and tell what happens, event by event.

    The last event is :class:`RunFinished`; the results then lie in the run folder. Closing the generator stops at once,
    and the last checkpoint stands; ``project.request_stop()`` ends the cycle and writes everything.

    Parameters
    ----------
    project
        What to work on.
    started_at
        Time of the monotonic clock that the time of the run counts from; now when None. Compiling kernels, which
        happens once, is not counted.

    Yields
    ------
    Event
        Frozen; the same go to ``log.jsonl``, but for those that come before the sounds are read.
    """
    started_at = time.monotonic() if started_at is None else started_at
    if not kernels_are_compiled():
        yield KernelsCompiling()
        began = time.monotonic()
        compile_kernels()
        started_at += time.monotonic() - began
    # Not at the top: importing the kernels is what compiles them.
    from phenotune.run.opening import open_session

    with RunLock(project.folder.state) as lock:
        if project.folder.state.is_dir():
            lock.take()
        yield ReadingSounds(_n_files(project))
        with open_session(project, started_at) as session:
            project.folder.make()
            lock.take()
            project.write_down()
            with EventLog(project.folder.log_file) as log:
                for event in _events(session):
                    log.append(event)
                    yield event


def _n_files(project: Project) -> int:
    """Files of sound that are about to be looked at."""
    if project.script is not None:
        return project.script.n_sources
    return len(find_sounds(project.library, exclude=project.settings.library.exclude))


def _events(session: Session) -> Iterator[Event]:
    yield from (SourceSkipped(str(s.path), s.reason) for s in session.library.skipped)
    yield from _warnings(session)
    yield _started(session)
    if session.tempo is not None:
        yield session.tempo
    yield from _key(session)
    yield from journal_opened(session)
    yield from session.news
    yield from _evolve(session)


def _key(session: Session) -> Iterator[Event]:
    """The key that clips are held to, where the style asks for one."""
    direction = session.evaluator.direction
    if direction is not None and direction.key is not None:
        found = direction.key
        yield KeyFound(str(found.key), found.is_given, found.correlation)


def _evolve(session: Session) -> Iterator[Event]:
    # Not at the top, as above.
    from phenotune.run.boundary import boundary_of

    boundary = boundary_of(session)
    stops = Stops(session.settings.run, session.settings.time_limit_s)
    while (stopped_by := _stopped_by(session, stops, boundary)) is None:
        yield from _cross(session, boundary)
        stops.follow(session.settings.run, session.settings.time_limit_s)
        yield from _cycle(session)
        if session.checkpoint_is_due:
            yield _checkpoint(session)
        yield from _warnings(session)
    if stopped_by in ("cycles", "edit") and not boundary.heeds_stops:
        # A run that was gone on with, and had no cycle left to do, wrote its results anew all the same.
        yield from _cross(session, boundary)
    if session.has_news:
        yield _checkpoint(session, is_last=True)
    # Drawing takes as long as an edit; the next sitting that evolves draws anew.
    if session.settings.run.picture and stopped_by != "edit":
        session.draw_picture()
    if wants_picture(session.settings) and stopped_by != "edit":
        session.warnings += draw_picture(session.project.folder)
    yield from _warnings(session)
    yield _finished(session, stopped_by)


def _cross(session: Session, boundary: Boundary) -> Iterator[Event]:
    """Change what is to be changed before the next cycle, and tell of the canvas if it is another."""
    canvas = session.canvas
    for event in boundary.cross():
        session.has_changed = True
        yield event
    if session.canvas is not canvas:
        yield from journal_opened(session)
    yield from _warnings(session)


def _cycle(session: Session) -> Iterator[Event]:
    """One cycle: breed until it is over, then land the winners."""
    engine, canvas = session.engine, session.canvas
    session.cycle += 1
    session.pace.begin_cycle(session.sitting_s)
    first_id, n_candidates, generation = session.next_id, 0, 0
    yield CycleStarted(session.cycle)
    session.reviser.look()
    engine.begin_cycle(session.cycle, session.evaluator.distance)
    session.numbering = Numbering.of(engine, session.cycle, session.numbering)
    while not engine.cycle_is_over:
        candidates = engine.ask()
        summary = engine.tell(session.evaluator.evaluate(candidates, session.pool))
        n_candidates, generation = n_candidates + len(candidates), summary.generation
        yield GenerationScored(
            cycle=session.cycle,
            generation=generation,
            n_candidates=len(candidates),
            best_fitness=summary.best_fitness,
            n_lineages=summary.n_lineages,
            largest_lineage_share=summary.largest_lineage_share,
            explained=canvas.explained,
            lineages=summary.lineages,
            operators=summary.operators,
        )
    yield from _land(session, engine.end_cycle())
    n_placed = session.next_id - first_id
    if session.refit_is_due(n_candidates):
        yield _refit(session)
    yield journal_turned(session)
    yield CycleFinished(
        cycle=session.cycle,
        n_generations=generation,
        n_candidates=n_candidates,
        n_placed=n_placed,
        n_placements=len(canvas.placements),
        explained=canvas.explained,
        elapsed_s=session.elapsed_s,
    )


def _land(session: Session, populations: Sequence[Sequence[Individual]]) -> Iterator[Event]:
    """Land the winners of each section, one by one or all at once."""
    settings = session.settings.search
    rules = LandingFilter(settings, session.canvas.target.layout.rate_hz)
    for section, population in enumerate(populations):
        ranked = list(contenders(population, settings.regression))
        if settings.placing == "together":
            yield from _land_together(session, section, ranked, rules)
            continue
        for landing in session.reviser.landings(ranked, rules, settings.top):
            placement = landing.placement(session.next_id, session.cycle)
            session.reviser.place(placement, landing.landed)
            session.next_id += 1
            yield _clip_placed(session, landing, placement)


def _land_together(
    session: Session, section: int, ranked: Sequence[Individual], rules: LandingFilter
) -> Iterator[Event]:
    """Land the winners of a section at once; all of them are taken back if that made the mosaic worse."""
    # Not at the top: importing the kernels is what compiles them.
    from phenotune.run.batch import land_batch

    batch = land_batch(session, rules.together(ranked, session.settings.search.top))
    if batch.is_refused:
        n_clips = len(batch.placed)
        yield BatchRefused(session.cycle, section, n_clips, batch.distance, batch.distance_with)
        return
    session.next_id += len(batch.placed)
    for placement, landing in batch.placed:
        rules.note(landing.trial.onset_samples, landing.trial.n_samples)
        yield _clip_placed(session, landing, placement)


def _clip_placed(session: Session, landing: Landing, placement: Placement) -> ClipPlaced:
    rate_hz = session.canvas.target.layout.rate_hz
    return ClipPlaced(
        cycle=session.cycle,
        id=placement.id,
        lineage=placement.lineage,
        source=session.library.source(placement.chromosome.clip.source).path.name,
        onset_s=placement.onset_samples / rate_hz,
        duration_s=landing.trial.n_samples / rate_hz,
        gains=placement.gains,
        fitness=landing.trial.fitness,
        replaces=landing.replaces,
        explained=session.canvas.explained,
        also_replaces=landing.also_replaces,
    )


def _refit(session: Session) -> GainsRefitted:
    engine = session.engine
    began_s = session.sitting_s
    refitted = session.reviser.refit_all(
        (lambda placement: engine.rival(placement.id, placement.chromosome))
        if session.settings.search.rivals and session.reviser.roster.is_full
        else None
    )
    session.pace.note_refit(session.sitting_s - began_s)
    return GainsRefitted(
        cycle=session.cycle,
        n_removed=refitted.n_removed,
        n_exchanged=refitted.n_exchanged,
        n_placements=len(session.canvas.placements),
        explained=session.canvas.explained,
    )


def _stopped_by(session: Session, stops: Stops, boundary: Boundary) -> str | None:
    if session.project.stop_is_requested:
        return "request"
    if (over := boundary.stopped_by()) is not None or not boundary.heeds_stops:
        return over
    now = Reached(session.cycle, session.sitting_s, session.canvas.explained, session.ahead_s)
    stop = stops.reached(now)
    # A time that reading the sounds has used up is no reason to leave without a mosaic.
    return None if stop == "time" and session.cycle == session.first_cycle else stop


def _checkpoint(session: Session, is_last: bool = False) -> CheckpointWritten:
    session.write_checkpoint(is_last)
    return CheckpointWritten(session.cycle, session.elapsed_s)


def _warnings(session: Session) -> Iterator[Event]:
    """What people should know of and have not been told yet."""
    if session.cache.problem and not session.has_told_of_cache:
        session.has_told_of_cache = True
        session.warnings.append(
            f"the sound cache cannot be written ({session.cache.problem}), so every start decodes anew; "
            "free some space there, or set PHENOTUNE_CACHE to another folder"
        )
    told, session.warnings = session.warnings, []
    yield from (Warned(message) for message in told)


def _finished(session: Session, stopped_by: str) -> RunFinished:
    """What the results hold: an injected mix that shall not stay is not counted."""
    with as_delivered(session):
        mosaic = session.mosaic()
    return RunFinished(
        run=str(session.project.folder.path),
        seed=mosaic.seed,
        cycles=session.cycle,
        n_placements=sum(not placement.muted for placement in mosaic.placements),
        explained=mosaic.explained,
        elapsed_s=session.elapsed_s,
        stopped_by=stopped_by,
        turned_down_db=session.turned_down_db,
    )


def _started(session: Session) -> RunStarted:
    return RunStarted(
        run=str(session.project.folder.path),
        seed=session.settings.run.seed,
        preset=session.settings.preset,
        target=session.target.path.name,
        target_s=session.target.duration_s,
        n_sources=len(session.library.sources),
        n_skipped=len(session.library.skipped),
        library_s=session.library.duration_s,
        workers=session.n_workers,
        resumed_at_cycle=session.cycle,
        n_placements=len(session.canvas.placements),
        explained=session.canvas.explained,
        n_edits=session.edits.n_made,
    )
