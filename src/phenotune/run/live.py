"""What changes a run while it goes: its stages, and people who copy files into its folder."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import replace
from pathlib import Path

from phenotune.errors import ParameterError, WorldError
from phenotune.library.library import IS_TARGET, Library, open_library
from phenotune.library.licences import licence_warnings
from phenotune.run.beginning import ignored
from phenotune.run.changes import Change, apply
from phenotune.run.events import Event, SourceSkipped
from phenotune.run.folder import one_sound
from phenotune.run.opening import open_target_for
from phenotune.run.project import Project, paths_to_watch, sounds_in_force
from phenotune.run.session import Session
from phenotune.run.settings import RunSettings, read_settings
from phenotune.run.stages import (
    FIXED,
    StagePlace,
    changed_values,
    check_stages,
    settings_of_stage,
    stage_words,
    stops_of,
    with_values,
)
from phenotune.run.stops import Reached, Stops
from phenotune.run.watching import Looked, Watcher
from phenotune.spectra.layout import make_layout

HARMLESS = (IS_TARGET, "same sound as")
"""Reasons to skip a file that nobody needs to be warned of."""


class Live:
    """The boundary of a run that goes its own way.

    Parameters
    ----------
    session
        Changed here.
    """

    heeds_stops = True

    def __init__(self, session: Session) -> None:
        self._session = session
        self._skipped = {str(skip) for skip in session.library.skipped}
        self._stage_is_over = False
        self._stops = self._stage_stops()
        self._watcher: Watcher | None = None
        if session.settings.run.watch:
            folder, exclude = session.project.folder.path, session.settings.library.exclude
            self._watcher = Watcher(folder, paths_to_watch(session.project, session.stage), exclude)
            self._watcher.know(session.seen)

    def stopped_by(self) -> str | None:
        """``"stages"`` when the last stage is over."""
        session, stage = self._session, self._session.stage
        n_stages = len(session.project.settings.stage)
        self._stage_is_over = False
        if stage is None or n_stages == 0:
            return None
        if stage.number >= n_stages:
            return "stages"
        if self._stops is not None and session.cycle > stage.began_cycle:
            n_cycles = session.cycle - stage.began_cycle
            elapsed_s = session.elapsed_s - stage.began_s
            now = Reached(n_cycles, elapsed_s, session.canvas.explained)
            self._stage_is_over = self._stops.reached(now) is not None
        return "stages" if self._stage_is_over and stage.number == n_stages - 1 else None

    def cross(self) -> Iterator[Event]:
        """Begin the next stage if its turn has come, and take up what people have changed."""
        session = self._session
        if self._stage_is_over and session.stage is not None:
            yield from self._begin_stage(session.stage.number + 1)
        if self._watcher is None:
            return
        paths = paths_to_watch(session.project, session.stage)
        looked = self._watcher.look(paths, session.settings.library.exclude)
        if looked is not None:
            yield from self._take_up(looked)

    def _begin_stage(self, number: int) -> Iterator[Event]:
        session = self._session
        place = StagePlace(number, session.cycle, session.elapsed_s)
        named = session.project.settings.stage[number]
        try:
            settings = settings_of_stage(session.project.settings, number)
            change = self._change(session.project, place, settings)
            yield from apply(session, replace(change, stage=place, name=named.name))
        except (ParameterError, WorldError) as error:
            session.warnings.append(
                f"{stage_words(number, named)} begins with the sounds and settings that were there before: {error}"
            )
            yield from apply(session, Change(stage=place, name=named.name))
        self._stops = self._stage_stops()
        if self._watcher is not None:
            paths = paths_to_watch(session.project, place)
            self._watcher.know_library(paths, session.settings.library.exclude)

    def _take_up(self, looked: Looked) -> Iterator[Event]:
        session = self._session
        if looked.inject:
            path = self._own_sound("inject")
            if path is not None:
                session.warnings.append(ignored(path))
        if looked.settings:
            yield from self._tried(self._read_settings)
        if looked.target:
            yield from self._tried(self._read_target)
        if looked.library:
            yield from self._tried(lambda: self._read_library(looked.unsettled))

    def _tried(self, read: Callable[[], Iterator[Event]]) -> Iterator[Event]:
        """Take up a change; one that cannot be worked with is warned of, and all stays as it was."""
        session = self._session
        before = session.project
        try:
            yield from read()
        except (ParameterError, WorldError) as error:
            session.project = before
            session.warnings.append(f"{error}; the run goes on as before")

    def _read_settings(self) -> Iterator[Event]:
        session, project = self._session, self._session.project
        file = project.folder.settings_file
        if not file.exists():
            return
        wanted = read_settings(project=file, environment={})
        check_stages(wanted, project.folder.path)
        before = project.settings
        changed = changed_values(before, wanted)
        refused = [name for name in FIXED if name in changed]
        if refused:
            wanted = with_values(wanted, {name: _value(before, name) for name in refused})
            session.warnings.append(
                f"{file}: {', '.join(refused)} cannot change while the run goes on; "
                "stop it, and go on with it or start a new one"
            )
        if wanted == before:
            return
        project = replace(project, settings=wanted)
        place = session.stage
        if wanted.stage and place is None:
            place = StagePlace(0, session.cycle, session.elapsed_s)
        settings = settings_of_stage(wanted, place.number if place else None)
        change = self._change(project, place, settings)
        is_new_stage = place is not session.stage
        if is_new_stage:
            change = replace(change, stage=place, name=wanted.stage[0].name)
        yield from apply(session, change)
        session.project = project
        self._stops = self._stage_stops()

    def _read_target(self) -> Iterator[Event]:
        session, project = self._session, self._session.project
        target = project.folder.inputs().target
        if target is None or not target.exists():
            session.warnings.append(
                f"{project.folder.path}: its target has gone; the run goes on as before, but once it has stopped it "
                "cannot go on without one"
            )
            return
        project = replace(project, target=target)
        change = self._change(project, session.stage, session.settings, is_swapped=True)
        yield from apply(session, change)
        session.project = project

    def _read_library(self, unsettled: Container[str]) -> Iterator[Event]:
        session, project = self._session, self._session.project
        library = self._open_library(session.settings, session.stage, project, without=unsettled)
        yield from self._newly_skipped(library)
        known = {source.id for source in session.library.known}
        session.warnings += licence_warnings(
            (source.path.name, source.credit)
            for source in library.sources
            if source.id not in known
        )
        yield from apply(session, Change(library=library))

    def _change(
        self,
        project: Project,
        place: StagePlace | None,
        settings: RunSettings,
        *,
        is_swapped: bool = False,
    ) -> Change:
        """What is another when this is in force: sounds that stay are not read again."""
        session = self._session
        path, paths = sounds_in_force(project, place)
        was_path, were_paths = sounds_in_force(session.project, session.stage)
        target = session.target
        layout = make_layout(settings.spectra)
        if is_swapped or path != was_path:
            target = open_target_for(layout, path, session.cache)
        library: Library | None = None
        is_other = target.sha256 != session.target.sha256 or paths != were_paths
        limits, before = settings.library, session.settings.library
        is_other |= (limits.exclude, limits.only_licensed) != (before.exclude, before.only_licensed)
        if is_other:
            library = self._open_library(settings, place, project, target_sha256=target.sha256)
        return Change(settings=settings, library=library, target=target)

    def _open_library(
        self,
        settings: RunSettings,
        place: StagePlace | None,
        project: Project,
        *,
        target_sha256: str | None = None,
        without: Container[str] = (),
    ) -> Library:
        return open_library(
            [path for path in paths_to_watch(project, place) if path.exists()],
            cache=self._session.cache,
            exclude=settings.library.exclude,
            target_sha256=target_sha256 or self._session.target.sha256,
            without=without,
            only_licensed=settings.library.only_licensed,
        )

    def _newly_skipped(self, library: Library) -> Iterator[Event]:
        """Tell of files that cannot be used, each once."""
        for skip in library.skipped:
            if str(skip) not in self._skipped:
                self._skipped.add(str(skip))
                yield SourceSkipped(str(skip.path), skip.reason)
                if not skip.reason.startswith(HARMLESS):
                    self._session.warnings.append(f"{skip}; the run goes on without it")

    def _stage_stops(self) -> Stops | None:
        stages, place = self._session.project.settings.stage, self._session.stage
        if place is None or place.number >= len(stages) or not stages[place.number].has_stop:
            return None
        return Stops(stops_of(stages[place.number]))

    def _own_sound(self, stem: str) -> Path | None:
        return one_sound(self._session.project.folder.path, stem)


def _value(settings: RunSettings, name: str) -> object:
    value: object = settings
    for part in name.split("."):
        value = getattr(value, part)
    return value
