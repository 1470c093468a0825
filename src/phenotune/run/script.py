"""What a run did, read from its log, so that it can be done again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from phenotune.audio.cache import SoundCache
from phenotune.errors import AudioFileError, LibraryError, RunFolderError
from phenotune.library.library import Library, library_of, source_id
from phenotune.library.source import Source
from phenotune.library.target import Target, open_target
from phenotune.mosaic.facts import SourceFacts, TargetFacts
from phenotune.run.folder import RunFolder
from phenotune.run.kept import KeptSounds, is_there, source_of
from phenotune.run.log import read_log
from phenotune.run.settings import RunSettings
from phenotune.run.stages import with_values

CHANGES = (
    "inputs_read",
    "settings_changed",
    "stage_started",
    "library_changed",
    "target_changed",
    "edited",
)
MAX_NAMED = 10


@dataclass
class Script:
    """A run to be done again.

    Parameters
    ----------
    folder
        Its run folder.
    first
        What it began with, as the event ``inputs_read`` tells it.
    changes
        Events that changed it, in their order; ``cycle`` is the last one before each.
    injected
        The event ``mix_injected``, if there was one.
    last_cycle
        That of its last checkpoint, which its results are of.
    """

    folder: RunFolder
    first: Mapping[str, Any]
    changes: Sequence[Mapping[str, Any]]
    injected: Mapping[str, Any] | None
    last_cycle: int
    _found: dict[str, Source] = field(default_factory=dict)

    @property
    def settings(self) -> RunSettings:
        """The settings that it began with, those of its first stage included."""
        return settings_of(self.first["settings"])

    @property
    def n_sources(self) -> int:
        """Sounds that it began with."""
        return len(self.first["sources"])

    @property
    def target(self) -> Path:
        """Where the target lies that it began with."""
        return Path(self.first["target"]["path"])

    def open_sounds(self, state: Path, rate_hz: int, cache: SoundCache) -> tuple[Target, Library]:
        """Target and library as they were at the start; whatever will be needed is looked for first.

        Raises
        ------
        LibraryError
            With a list of the sounds that are missing or have changed.
        """
        self._find_all(KeptSounds(state), cache)
        library = self.library([facts["id"] for facts in self.first["sources"]], cache)
        return self.open_target(self.first["target"], rate_hz, cache), library

    def open_target(self, facts: Mapping[str, Any], rate_hz: int, cache: SoundCache) -> Target:
        """A target by its facts: where it was, or else as the run or the sound cache has kept it."""
        path, sha256 = Path(facts["path"]), facts["sha256"]
        copy = KeptSounds(self.folder.state).find(source_id(sha256))
        if _why(path, sha256, cache) is None or copy is None:
            return open_target(path, rate_hz, cache=cache, min_s=0.0, sha256=sha256)
        return replace(open_target(copy.path, rate_hz, cache=cache, min_s=0.0), sha256=sha256)

    def library(self, order: Iterable[str], cache: SoundCache) -> Library:
        """The library of these sources."""
        return library_of([self._found[number] for number in order], cache)

    def mix(self, kept: KeptSounds, cache: SoundCache) -> Source | None:
        """The sound that it started from, kept with the new run as well."""
        if self.injected is None:
            return None
        source = self._found[self.injected["source"]["id"]]
        return kept.keep(source, cache)

    def _find_all(self, kept: KeptSounds, cache: SoundCache) -> None:
        told = [self.first, *self.changes]
        targets = [TargetFacts(**event["target"]) for event in told if "target" in event]
        others = KeptSounds(self.folder.state)
        missing = [_why_not(facts, others, cache) for facts in targets]
        for facts in self._sources():
            found = _find(source_of(facts), kept, others, cache)
            if found is None:
                missing.append(_why(Path(facts.path), facts.sha256, cache))
            else:
                self._found[facts.id] = found
        lines = list(dict.fromkeys(filter(None, missing)))
        if lines:
            more = [f"and {len(lines) - MAX_NAMED} more"] if len(lines) > MAX_NAMED else []
            rows = "\n".join(f"  {line}" for line in [*lines[:MAX_NAMED], *more])
            raise LibraryError(
                f"{self.folder.path}: {len(lines)} sounds that it was made of cannot be had; put them back:\n{rows}"
            )

    def _sources(self) -> list[SourceFacts]:
        """All that sounded or could have, each once."""
        told = [facts for event in [self.first, *self.changes] for facts in _told_by(event)]
        if self.injected is not None:
            told.append(self.injected["source"])
        return list({facts["id"]: SourceFacts(**facts) for facts in told}.values())


def read_script(folder: RunFolder) -> Script:
    """Read from a run's log what has to be done to do it again.

    Cycles that a run was killed after, and did anew, count once.

    Raises
    ------
    RunFolderError
        If the log does not tell, since it is that of an older phenotune, or of a run that has not finished a cycle; or
        if the rate of the search was changed on the way.
    """
    changes: list[dict[str, Any]] = []
    injected: dict[str, Any] | None = None
    last_cycle, n_edits = -1, 0
    seals: list[tuple[int, int]] = []
    for event in read_log(folder.log_file):
        name = event.get("event")
        if name == "inputs_read":
            # What was done after the checkpoint that is gone on from is done anew.
            reached = event["cycle"]
            seals = [seal for seal in seals if seal[0] <= reached]
            n_done = _n_done(changes, seals, n_edits)
            changes = changes[:n_done]
            seals.append((reached, n_done))
            last_cycle = min(last_cycle, reached)
        elif name == "run_started":
            n_edits = event.get("n_edits", 0)
            if event["n_placements"] == 0 and n_edits == 0:
                # A start that came to no checkpoint, and whose mix was taken away before the next.
                injected = None
        if name in CHANGES:
            changes.append(event)
        elif name == "mix_injected":
            injected = event
        elif name == "checkpoint_written":
            last_cycle = event["cycle"]
            seals.append((last_cycle, len(changes)))
    if not changes or changes[0]["event"] != "inputs_read" or changes[0]["cycle"] != 0:
        raise RunFolderError(
            f"{folder.log_file}: does not tell what the run began with; "
            "only runs of this version, from their first cycle on, can be done again"
        )
    if last_cycle < 0:
        raise RunFolderError(
            f"{folder.path}: has not come to a checkpoint, so there is nothing to do again"
        )
    # What came after the last checkpoint is in no results.
    changes = changes[: seals[-1][1]]
    _check_rate(folder, changes)
    return Script(folder, changes[0], changes[1:], injected, last_cycle)


def _n_done(
    changes: Sequence[Mapping[str, Any]], seals: Sequence[tuple[int, int]], n_edits: int
) -> int:
    """How many of the changes are in the checkpoint that is gone on from.

    Parameters
    ----------
    changes
        In their order.
    seals
        Of each checkpoint that still counts: its cycle, and how many changes came before it.
    n_edits
        Edits that are in it for certain, though the run may have been killed before the log could say so.
    """
    n_sealed = seals[-1][1] if seals else 0
    edited = (
        i + 1
        for i, change in enumerate(changes)
        if change["event"] == "edited" and change["number"] <= n_edits
    )
    return max(n_sealed, *edited, 0)


def settings_of(tree: Mapping[str, Any]) -> RunSettings:
    """The settings that an event tells as a tree; stages have been resolved by then."""
    values = {name: value for name, value in tree.items() if name != "stage"}
    return with_values(RunSettings(), values)


def _check_rate(folder: RunFolder, changes: Sequence[Mapping[str, Any]]) -> None:
    rates_hz = {event["settings"]["spectra"]["rate_hz"] for event in changes if "settings" in event}
    if len(rates_hz) > 1:
        rates = " and ".join(f"{rate_hz} Hz" for rate_hz in sorted(rates_hz))
        raise RunFolderError(
            f"{folder.log_file}: the run went on at another spectra.rate_hz ({rates}), "
            "which moves what was placed before; it cannot be done again"
        )


def _told_by(event: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Facts of the sources that an event brings."""
    found: list[Mapping[str, Any]] = [*event.get("sources", ()), *event.get("added", ())]
    return found


def _find(source: Source, kept: KeptSounds, others: KeptSounds, cache: SoundCache) -> Source | None:
    """A source where it was, or else as the run or the sound cache has kept it; then the new run keeps it too."""
    if is_there(source, cache):
        return source
    adopted = kept.adopt(others, source.id)
    if adopted is not None:
        return adopted
    try:
        return kept.keep(source, cache)
    except AudioFileError:
        return None


def _why_not(target: TargetFacts, others: KeptSounds, cache: SoundCache) -> str | None:
    """Why a target cannot be had; None if it can."""
    why = _why(Path(target.path), target.sha256, cache)
    if why is None or others.find(source_id(target.sha256)) is not None:
        return None
    try:
        cache.fetch(target.path, sha256=target.sha256)
    except AudioFileError:
        return why
    return None


def _why(path: Path, sha256: str, cache: SoundCache) -> str | None:
    """What is wrong with a sound file; None if nothing is."""
    try:
        found = cache.examine(path).sha256
    except AudioFileError as error:
        return str(error)
    return None if found == sha256 else f"{path}: has changed since"
