"""What a sitting holds besides the canvas: what sounds no more, what it still needs, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phenotune.canvas.placement import Placement
from phenotune.genome.anatomy import clips
from phenotune.library.target import Target
from phenotune.mosaic.facts import SourceFacts, TargetFacts
from phenotune.mosaic.paths import path_as_written

if TYPE_CHECKING:
    from phenotune.run.session import Session


def all_placements(session: Session) -> tuple[Placement, ...]:
    """Those that sound, those that lie beyond the end and those that are muted, in the order of landing."""
    placed = {**session.canvas.placements, **session.silent, **session.muted}
    return tuple(placed[number] for number in sorted(placed))


def delivered(session: Session) -> dict[int, Placement]:
    """What the results hold, by id: all that sounds or is muted, but for an injected mix that shall not stay."""
    placed = {**session.canvas.placements, **session.muted}
    if session.injected is not None and not session.settings.run.keep_inject:
        placed.pop(session.injected, None)
    return placed


def sources_used(session: Session) -> set[str]:
    """Ids of the sources that placements, and what the search keeps from cycle to cycle, are made of.

    What a person has dropped counts as well: it can be brought back.
    """
    placed = {c.source for p in all_placements(session) for c in clips(p.chromosome)}
    edited = [(d.was, d.now) for record in session.edits.records for d in record.differences]
    return placed | sources_named(asdict(session.engine.state)) | sources_named(edited)


def sources_named(value: Any) -> set[str]:
    """Every source that nested dicts and lists name as the source of a clip.

    >>> sources_named({"clip": {"source": "s1"}, "more": [{"source": "s2"}]}) == {"s1", "s2"}
    True
    """
    if isinstance(value, Mapping):
        found = {value["source"]} if isinstance(value.get("source"), str) else set()
        return found.union(*map(sources_named, value.values()))
    if isinstance(value, (list, tuple)):
        return set().union(*map(sources_named, value))
    return set()


def whereabouts(session: Session) -> dict[str, Any]:
    """What a checkpoint tells of a run's past, as JSON holds it; paths are relative to its folder where they can be."""
    used, folder = sources_used(session), session.project.folder.state

    def told(facts: TargetFacts | SourceFacts) -> dict[str, Any]:
        return {**asdict(facts), "path": path_as_written(Path(facts.path), folder)}

    return {
        "target": told(facts_of_target(session.target)),
        "sources": [told(SourceFacts.of(s)) for s in session.library.known if s.id in used],
        "numbering": None if session.numbering is None else asdict(session.numbering),
        "stage": None if session.stage is None else asdict(session.stage),
        "silent": sorted(session.silent),
        "injected": session.injected,
    }


@contextmanager
def as_delivered(session: Session) -> Iterator[None]:
    """Take the injected mix off the canvas for a while, where it is to be left out of the results."""
    number, canvas = session.injected, session.canvas
    if session.settings.run.keep_inject or number is None or number not in canvas.placements:
        yield
        return
    before = dict(canvas.placements)
    samples = session.evaluator.phenotypes.recall(before[number].chromosome)
    placement = canvas.remove(number, samples)
    try:
        yield
    finally:
        canvas.place(placement, samples)
        canvas.placements = before


def facts_of_target(target: Target) -> TargetFacts:
    """What a mosaic, or the log, knows of a target."""
    return TargetFacts(
        path=target.path.absolute().as_posix(),
        sha256=target.sha256,
        rate_hz=target.rate_hz,
        n_channels=target.n_channels,
        duration_s=target.duration_s,
    )
