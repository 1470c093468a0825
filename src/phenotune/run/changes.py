"""Changes between two cycles: other settings, another library, another target, wherever they come from.

Whatever follows from them is made anew; what has been placed, what placements are worth and where the search stands
stay. A run that nothing changes is not touched by any of this.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from phenotune.canvas.placement import Placement
from phenotune.genome.anatomy import clips
from phenotune.library.library import Library
from phenotune.library.source import Source
from phenotune.library.target import Target
from phenotune.mosaic.facts import SourceFacts
from phenotune.run.carrying import carried
from phenotune.run.events import (
    Event,
    KeyFound,
    LibraryChanged,
    SettingsChanged,
    StageStarted,
    TargetChanged,
)
from phenotune.run.kept import KeptSounds, is_there
from phenotune.run.laying import lay, split_muted
from phenotune.run.opening import Workings, set_up
from phenotune.run.resume import silence
from phenotune.run.settings import RunSettings
from phenotune.run.stages import StagePlace, changed_values
from phenotune.run.whereabouts import all_placements, facts_of_target, sources_used

if TYPE_CHECKING:
    from phenotune.run.session import Session

SEED = "run.seed"
REDRAWN = ("spectra.", "style.brightness_db_per_octave", "mix.fade_ms")
"""Settings that a canvas is made with."""


@dataclass(frozen=True)
class Change:
    """What is another from the next cycle on; None where it stays.

    Parameters
    ----------
    settings
        The settings in force.
    library
        The sounds to draw from; those that are still needed besides are found here.
    target
        The song.
    stage, name
        The stage that begins with it, and what it is called.
    """

    settings: RunSettings | None = None
    library: Library | None = None
    target: Target | None = None
    stage: StagePlace | None = None
    name: str = ""


def apply(session: Session, change: Change) -> Iterator[Event]:
    """Make a change, and tell of it.

    Nothing is changed where something cannot be worked with.

    Raises
    ------
    ParameterError, WorldError
        If the sounds or the settings cannot be worked with together.
    """
    settings = change.settings or session.settings
    target = change.target or session.target
    changed = changed_values(session.settings, settings)
    events: list[Event] = []
    if change.stage is not None:
        events.append(StageStarted(session.cycle, change.stage.number + 1, change.name, changed))
    elif changed:
        events.append(SettingsChanged(session.cycle, changed))
    is_new_target = target.sha256 != session.target.sha256
    library = session.library
    if change.library is not None and change.library.sources != library.sources:
        library, event = _with_kept(session, change.library)
        events.append(event)
    is_new_library = library is not session.library
    needs_all = is_new_library or is_new_target
    if needs_all or any(map(_is_worked_with, changed)):
        were_silent, old = set(session.silent), session.target
        events += _rebuild(session, settings, target, library, changed)
        if is_new_target:
            _place_for_sounds(session).keep_target(old.path, old.sha256, session.cache)
            events.append(_told(session, were_silent))
    session.in_force = settings
    session.stage = change.stage or session.stage
    return iter(events)


def _is_worked_with(name: str) -> bool:
    """Whether anything has to be made anew for a setting."""
    return name == SEED or not name.startswith(("run.", "stage"))


def _with_kept(session: Session, library: Library) -> tuple[Library, LibraryChanged]:
    """The new library with all that clips are still made of, and what is told of it.

    Of sounds whose files are gone copies are kept; one that merely belongs to another stage is taken where it lies.
    """
    before = {source.id: source for source in session.library.sources}
    now = {source.id: source for source in library.sources}
    used = sources_used(session)
    place = _place_for_sounds(session)
    kept, gone = [], []
    for source in session.library.known:
        if source.id in now or source.id not in used | session.journal.ever:
            continue
        is_whole = is_there(source, session.cache)
        found = source if is_whole else place.keep(source, session.cache)
        # What only the mosaics of earlier cycles are made of is kept for them, and needs not be known any more.
        if source.id in used:
            kept.append(found)
            if source.id in before:
                gone.append(source.id)
    event = LibraryChanged(
        cycle=session.cycle,
        added=_facts([source for number, source in now.items() if number not in before]),
        removed=_facts([source for number, source in before.items() if number not in now]),
        kept=tuple(gone),
        n_kept_clips=sum(_is_made_of(p, gone) for p in all_placements(session)),
        order=tuple(now),
    )
    return library.with_kept(kept), event


def _place_for_sounds(session: Session) -> KeptSounds:
    assert session.kept is not None, "a session that is open has one"
    return session.kept


def _facts(sources: Sequence[Source]) -> tuple[dict[str, Any], ...]:
    return tuple(asdict(SourceFacts.of(source)) for source in sources)


def _is_made_of(placement: Placement, sources: Sequence[str]) -> bool:
    return any(clip.source in sources for clip in clips(placement.chromosome))


def _rebuild(
    session: Session,
    settings: RunSettings,
    target: Target,
    library: Library,
    changed: dict[str, Any],
) -> list[Event]:
    """Make all that works on the sounds anew, and give it what was known before."""
    is_new_target = target.sha256 != session.target.sha256
    is_redrawn = is_new_target or any(name.startswith(REDRAWN) for name in changed)
    canvas = None if is_redrawn else session.canvas
    workings = set_up(settings, target, library, session.pool, canvas)
    silent, muted = session.silent, session.muted
    if is_redrawn:
        silent, muted = split_muted(_laid(session, workings, is_new_target))
    workings.engine.state = carried(session.engine.state, changed, is_new_target=is_new_target)
    if session.numbering is not None:
        workings.engine.lineage_offset = session.numbering.offset_for(
            workings.engine, session.cycle
        )
    known = session.reviser.roster.worths
    workings.reviser.roster.worths = {
        number: worth for number, worth in known.items() if number in workings.canvas.placements
    }
    events = _news(session, workings)
    session.warnings += [doubt for doubt in workings.doubts if is_new_target or changed]
    session.canvas, session.engine = workings.canvas, workings.engine
    session.evaluator, session.reviser = workings.evaluator, workings.reviser
    session.target, session.library = target, library
    session.silent, session.muted, session.tempo = silent, muted, workings.tempo
    return events


def _laid(session: Session, workings: Workings, is_new_target: bool) -> dict[int, Placement]:
    """Lay everything on the new canvas; what is muted, or begins after the end of a new target, is given back."""
    is_silent = silence(workings.canvas.target.n_samples)
    was_silent = set(session.silent)
    return lay(
        workings.canvas,
        workings.evaluator.phenotypes,
        all_placements(session),
        is_silent if is_new_target else (lambda placement: placement.id in was_silent),
    )


def _news(session: Session, workings: Workings) -> list[Event]:
    """The beat and the key, where they are others than before."""
    events: list[Event] = []
    if workings.tempo is not None and workings.tempo != session.tempo:
        events.append(workings.tempo)
    before, now = (
        None if evaluator.direction is None else evaluator.direction.key
        for evaluator in (session.evaluator, workings.evaluator)
    )
    if now is not None and now != before:
        events.append(KeyFound(str(now.key), now.is_given, now.correlation))
    return events


def _told(session: Session, were_silent: set[int]) -> TargetChanged:
    silent = len(session.silent)
    if silent:
        session.warnings.append(
            f"{session.target.path}: {silent} clips lie beyond its end; they are kept and not heard, "
            "and sound again with a longer target"
        )
    return TargetChanged(
        cycle=session.cycle,
        target=asdict(facts_of_target(session.target)),
        n_silent=silent,
        n_sounding_again=len(were_silent - session.silent.keys()),
        explained=session.canvas.explained,
    )
