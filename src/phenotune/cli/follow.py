"""Follow a run to its end: the display, the lines of JSON, Ctrl-C, and what is said at the end."""

from __future__ import annotations

import math
import shlex
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from phenotune.cli.began import started_at
from phenotune.cli.display import open_display
from phenotune.cli.interrupts import Interrupts
from phenotune.cli.lines import stop_words
from phenotune.cli.progress import RunProgress
from phenotune.cli.text import print_json, program
from phenotune.errors import WorldError
from phenotune.run.events import (
    Edited,
    Event,
    PlacementsChanged,
    RunFinished,
    Warned,
    event_as_dict,
)
from phenotune.words import clock, counted

if TYPE_CHECKING:
    from phenotune.run.api import Project


@dataclass(frozen=True, slots=True)
class Output:
    """What to show of a run, and how.

    Parameters
    ----------
    as_json
        Each event as a line of JSON on standard output, and no display. What each cycle and what people have changed
        on the canvas (:class:`PlacementsChanged`, :class:`Edited`) stands in the log alone.
    is_quiet
        No display, and at the end nothing but the run folder's path.
    is_verbose
        A line for each cycle and each skipped file.
    tags
        What stands in each line of JSON besides the event: which run of several it is of.
    """

    as_json: bool = False
    is_quiet: bool = False
    is_verbose: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended.

    Parameters
    ----------
    finished
        Its last event.
    is_interrupted
        Whether Ctrl-C ended it.
    """

    finished: RunFinished
    is_interrupted: bool


def follow(
    project: Project, output: Output, *, is_first: bool = True, told: set[str] | None = None
) -> Ending:
    """Run a project to its end and show how it goes.

    Parameters
    ----------
    project
        What to run.
    output
        What to show.
    is_first
        Whether its time counts from the start of the program; from now otherwise.
    told
        Warnings that the display has shown in other runs of a series, and does not show again; those of this run are
        added.

    Raises
    ------
    KeyboardInterrupt
        At the second Ctrl-C; the last checkpoint stands then.
    """
    from phenotune.run.api import evolving_project
    from phenotune.run.checkpoints import checkpoint_files

    progress = RunProgress(project.settings.run)
    progress.time_limit_s = project.settings.time_limit_s
    display = open_display(
        progress,
        is_quiet=output.is_quiet or output.as_json,
        is_verbose=output.is_verbose,
    )

    def stop() -> None:
        project.request_stop()
        display.stopping()

    finished: RunFinished | None = None
    # The generator's close() is what stops a run at once, whatever ends this block.
    events = evolving_project(project, started_at() if is_first else None)
    try:
        with closing(events), Interrupts(stop) as interrupts, display:
            for event in events:
                if not _is_known(event, told):
                    display.take(event)
                # What a cycle or a person has changed may be a long list: it is for the log.
                if output.as_json and not isinstance(event, (Edited, PlacementsChanged)):
                    print_json({**output.tags, **event_as_dict(event)})
                if isinstance(event, RunFinished):
                    finished = event
    except KeyboardInterrupt:
        print(_stopped_at_once(project), file=sys.stderr)
        raise
    except WorldError:
        if progress.started and checkpoint_files(project.folder.state):
            print(f"the last checkpoint stands; go on from it: {_go_on(project)}", file=sys.stderr)
        raise
    if finished is None:
        raise RuntimeError("the run ended without its last event")
    return Ending(finished, interrupts.count > 0)


def _is_known(event: Event, told: set[str] | None) -> bool:
    """Whether an event is a warning that people have read already."""
    if told is None or not isinstance(event, Warned):
        return False
    is_known = event.message in told
    told.add(event.message)
    return is_known


def _stopped_at_once(project: Project) -> str:
    from phenotune.run.checkpoints import checkpoint_files

    if checkpoint_files(project.folder.state):
        return f"stopped at once; go on from the last checkpoint: {_go_on(project)}"
    return "stopped at once, before there was a checkpoint to go on from"


def _go_on(project: Project) -> str:
    return go_on(project.folder.path)


def print_ending(ending: Ending, output: Output, project: Project) -> None:
    """Say on standard output what a run left, and how to go on."""
    if output.is_quiet:
        print(ending.finished.run)
    elif not output.as_json:
        has_picture = project.settings.run.picture
        print(summary(ending.finished, project.target.name, has_picture=has_picture))


def summary(finished: RunFinished, name: str, *, has_picture: bool = True) -> str:
    """What a finished run leaves, in few lines.

    Parameters
    ----------
    finished
        The last event of the run.
    name
        The song's name.
    has_picture
        Whether its picture was drawn.
    """
    run = Path(finished.run)
    lineages = run / "out" / "lineages.png"
    down_db = finished.turned_down_db
    turned_down = (
        f"  (turned down by {down_db:.1f} dB so as not to clip)" if down_db >= 0.05 else ""
    )
    picture = [f"  picture  {run / 'out' / 'mosaic.png'}"] if has_picture else []
    picture += [f"  lineages {lineages}"] if has_picture and lineages.exists() else []
    return "\n".join(
        [
            f"{name}: {finished.explained:.1%} explained by {counted(finished.n_placements, 'clip')}, "
            f"{clock(round(finished.elapsed_s))}, {counted(finished.cycles, 'cycle')}, "
            f"{stop_words(finished.stopped_by)}",
            f"  sound    {run / 'out' / 'mosaic.wav'}{turned_down}",
            f"  clips    {run / 'out' / 'mosaic.json'}",
            *picture,
            f"  credits  {run / 'out' / 'credits.md'}",
            f"go on: {go_on(run, finished)}",
        ]
    )


def go_on(run: Path, finished: RunFinished | None = None) -> str:
    """The command that goes on with a run.

    Cycles and explained are counted over all sittings and kept in ``phenotune.toml``: where one of them has ended the
    run, the command asks for more, since it would end at once otherwise.
    """
    command = f"{program()} evolve {shlex.quote(str(run))}"
    if finished and finished.stopped_by == "cycles":
        return f"{command} --cycles {2 * finished.cycles}"
    if finished and finished.stopped_by == "explained":
        return f"{command} --until {math.ceil(50.0 * (1.0 + finished.explained))}%"
    if finished and finished.stopped_by == "stages":
        return f"{command}  # with another [[stage]] in its phenotune.toml"
    return command
