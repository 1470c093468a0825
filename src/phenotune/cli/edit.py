"""``phenotune edit``: change the placements of a run by hand, and take it back."""

from __future__ import annotations

import difflib
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from phenotune.cli.options import AS_JSON, PlainCommand, argument, flag, option
from phenotune.cli.text import columns, print_json, program
from phenotune.cli.values import (
    parse_decibels,
    parse_duration,
    parse_pan,
    parse_ranges,
    parse_shift,
    parse_whole,
)
from phenotune.errors import ParameterError
from phenotune.progress import Progress
from phenotune.words import counted

if TYPE_CHECKING:
    from phenotune.run.edit_history import Record
    from phenotune.run.editing import Edit, EditOutcome
    from phenotune.run.selecting import Selection
    from phenotune.run.standing import PlacementRow

WHICH = "Which clips (those to which all of it applies)"
VALUES = {"nudge": "+20ms, -0.5s, or the moment 12.5s", "gain": "-3dB", "pan": "30L, C or 30R"}
"""Actions that need a value, and what it looks like."""
PLAIN = ("lock", "unlock", "drop", "mute", "unmute")
TURNS = ("undo", "redo")
LOOKS = ("list", "log")
DONE = {
    "lock": "locked",
    "unlock": "unlocked",
    "drop": "dropped",
    "mute": "muted",
    "unmute": "unmuted",
    "nudge": "moved",
    "gain": "changed in gain",
    "pan": "panned",
}


class EditCommand(PlainCommand):
    """A command whose values may begin with a minus: ``nudge -20ms``, ``gain -3dB``."""

    ignore_unknown_options = True


def edit(
    run: Annotated[Path, argument("The folder of a run that rests.", "RUN")],
    words: Annotated[
        list[str],
        argument(
            "lock, unlock, drop, mute, unmute; nudge +20ms (or 12.5s: to there), gain -3dB, pan 30L; undo [N], "
            "redo [N]; list, log.",
            "ACTION [VALUE]",
        ),
    ],
    *,
    ids: Annotated[str, option("By their ids: 17,20-25.", "--id", metavar="IDS", panel=WHICH)] = "",
    from_time: Annotated[
        str | None,
        option("Those that sound after this: 12s.", "--from", metavar="TIME", panel=WHICH),
    ] = None,
    to_time: Annotated[
        str | None,
        option("Those that sound before this: 18s.", "--to", metavar="TIME", panel=WHICH),
    ] = None,
    begin: Annotated[
        bool, flag("Of these only those that begin there.", "--begin", panel=WHICH)
    ] = False,
    source: Annotated[
        str,
        option(
            "Those made of this sound: its name, which may hold * and ?, or its id.",
            "--source",
            metavar="NAME",
            panel=WHICH,
        ),
    ] = "",
    cycles: Annotated[
        str, option("Those that landed in these cycles: 3-7.", "--cycle", metavar="N", panel=WHICH)
    ] = "",
    lineages: Annotated[
        str, option("Those of these lineages.", "--lineage", metavar="N", panel=WHICH)
    ] = "",
    is_all: Annotated[bool, flag("All of them.", "--all", panel=WHICH)] = False,
    is_dry_run: Annotated[
        bool, flag("Say which clips it would be, and change nothing.", "--dry-run")
    ] = False,
    as_json: Annotated[bool, AS_JSON] = False,
    quiet: Annotated[bool, flag("Nothing but the paths.", "--quiet", "-q")] = False,
) -> None:
    """Change clips of a run by hand: lock, drop, mute, move, make louder or softer; and take it back.

    No search touches a locked clip. What is moved, or changed in gain or pan, is locked by that.

    A muted clip is kept and not heard, and the search fills its place.

    The results are written anew, and any edit can be undone, also after the run has gone on.
    """
    from phenotune.run.selecting import Selection

    action, *values = _checked(words)
    selection = Selection(
        ids=parse_ranges(ids, "--id"),
        from_s=None if from_time is None else parse_duration(from_time, "--from"),
        to_s=None if to_time is None else parse_duration(to_time, "--to"),
        only_begin=begin,
        source=source,
        cycles=parse_ranges(cycles, "--cycle"),
        lineages=parse_ranges(lineages, "--lineage"),
        is_all=is_all,
    )
    show = _Show(run, as_json, quiet)
    if action == "list":
        show.rows(selection if selection.words else None)
    elif action == "log":
        _refuse(selection, action)
        show.log()
    elif action in TURNS:
        _refuse(selection, action)
        show.turn(action, parse_whole(values[0], action) if values else 1)
    else:
        show.edit(_edit(action, values, selection), is_dry_run)


class _Show:
    """Does what was asked for in a run, and shows what came of it."""

    def __init__(self, run: Path, as_json: bool, quiet: bool) -> None:
        self._run = run
        self._as_json = as_json
        self._quiet = quiet

    def rows(self, selection: Selection | None) -> None:
        """List clips."""
        from phenotune.run.editing import placements_of

        rows = placements_of(self._run, selection)
        if self._as_json:
            for row in rows:
                print_json({name: _finite(value) for name, value in asdict(row).items()})
        elif rows:
            print(_table(rows))

    def log(self) -> None:
        """List the edits so far."""
        from phenotune.run.editing import edits_of

        records = edits_of(self._run)
        if self._as_json:
            for record in records:
                print_json(_record_as_json(record))
        elif records:
            print(_history(records))
        elif not self._quiet:
            self._say(f"nothing was edited in {self._run}")

    def turn(self, action: str, n: int) -> None:
        """Undo or redo."""
        from phenotune.run.editing import redo, undo

        turn = undo if action == "undo" else redo
        outcomes = self._followed(lambda progress: turn(self._run, n, progress=progress))
        for outcome in outcomes:
            self._tell(outcome, f"{outcome.words}: {counted(len(outcome.ids), 'clip')}")
        self._paths()

    def edit(self, wanted: Edit, is_dry_run: bool) -> None:
        """Edit, or say what it would come to."""
        from phenotune.run.editing import edit as edit_run
        from phenotune.run.editing import placements_of
        from phenotune.run.selecting import Selection

        if is_dry_run:
            outcome = edit_run(self._run, wanted, is_dry_run=True)
            self._tell(
                outcome, f"{counted(len(outcome.ids), 'clip')} would be {DONE[wanted.action]}"
            )
            if outcome.ids and not self._as_json and not self._quiet:
                print(_table(placements_of(self._run, Selection(ids=outcome.ids))))
            return
        (outcome,) = self._followed(
            lambda progress: (edit_run(self._run, wanted, progress=progress),)
        )
        if outcome.ids:
            self._tell(outcome, f"{counted(len(outcome.ids), 'clip')} {DONE[wanted.action]}")
        else:
            self._tell(outcome, "nothing changed: all of these clips are like that already")
        self._paths()

    def _followed(self, work: Callable[[Progress], Sequence[EditOutcome]]) -> Sequence[EditOutcome]:
        from phenotune.cli.bar import Bar

        with Bar("editing", quiet=self._quiet or self._as_json) as bar:
            return work(bar.update)

    def _tell(self, outcome: EditOutcome, message: str) -> None:
        if self._as_json:
            print_json({"event": "edited", **asdict(outcome)})
            return
        if outcome.explained is not None and outcome.explained_before is not None:
            message += f"; {outcome.explained:.1%} explained, {outcome.explained_before:.1%} before"
        if not self._quiet:
            self._say(message)
        for line in _kept_lines(outcome):
            self._say(line)

    def _paths(self) -> None:
        if not self._as_json:
            print(self._run / "out" / "mosaic.json")
            print(self._run / "out" / "mosaic.wav")

    @staticmethod
    def _say(message: str) -> None:
        print(message, file=sys.stderr)


def _checked(words: Sequence[str]) -> list[str]:
    """The action and its value, in lower case.

    Raises
    ------
    ParameterError
        If it is none, if it lacks its value, or if an option that there is not was taken for a value.
    """
    action = words[0].lower()
    actions = (*PLAIN, *VALUES, *TURNS, *LOOKS)
    for word in words:
        if word.startswith("--") or (word.startswith("-") and word[1:2].isalpha()):
            known = [
                "--id", "--from", "--to", "--begin", "--source", "--cycle", "--lineage", "--all", "--dry-run",
                "--json", "--quiet",
            ]  # fmt: skip
            near = difflib.get_close_matches(word, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"`{program()} edit --help` lists them"
            raise ParameterError(f"{word}: there is no such option; {hint}")
    if action not in actions:
        near = difflib.get_close_matches(action, actions, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(actions)}"
        raise ParameterError(f"'{words[0]}': there is no such action; {hint}")
    n_values = len(words) - 1
    if action in VALUES and n_values != 1:
        raise ParameterError(f"{action}: expected a value, {VALUES[action]}; got {n_values}")
    if n_values > (action in (*VALUES, *TURNS)):
        raise ParameterError(f"{action}: expected nothing after it but options, got '{words[-1]}'")
    return [action, *words[1:]]


def _edit(action: str, values: Sequence[str], selection: Selection) -> Edit:
    from phenotune.run.editing import Edit

    more: dict[str, Any] = {}
    if action == "nudge":
        seconds, is_shift = parse_shift(values[0], action)
        more["by_s" if is_shift else "at_s"] = seconds
    elif action == "gain":
        more["gain_db"] = parse_decibels(values[0], action)
    elif action == "pan":
        more["pan"] = parse_pan(values[0], action)
    words = " ".join([action, *values, selection.words])
    return Edit(action, selection, words=words, **more)  # type: ignore[arg-type]


def _refuse(selection: Selection, action: str) -> None:
    if selection.words:
        raise ParameterError(f"{action}: expected no clips to be named, got {selection.words}")


def _table(rows: Sequence[PlacementRow]) -> str:
    cells = [
        [
            str(row.id),
            f"{row.onset_s:.3f}",
            f"{row.duration_s:.3f}",
            f"{row.gain_db:.1f}",
            _pan_words(row.pan),
            str(row.cycle),
            str(row.lineage),
            ", ".join(_state(row)),
            " + ".join(row.sources),
        ]
        for row in rows
    ]
    header = ["id", "at s", "for s", "dB", "pan", "cycle", "lineage", "", "made of"]
    return columns(cells, header=header, right=[0, 1, 2, 3, 4, 5, 6])


def _pan_words(pan: float) -> str:
    """A pan as people type it.

    >>> _pan_words(0.3), _pan_words(-1.0), _pan_words(0.001)
    ('30L', '100R', 'C')
    """
    percent = round(100.0 * pan)
    return "C" if percent == 0 else f"{abs(percent)}{'L' if percent > 0 else 'R'}"


def _state(row: PlacementRow) -> list[str]:
    named = [("locked", row.locked), ("muted", row.muted), ("beyond the end", row.is_beyond)]
    return [name for name, is_so in named if is_so]


def _history(records: Sequence[Record]) -> str:
    states = {"done": "", "undone": "undone", "left": "undone, and past"}
    cells = [
        [
            str(record.number),
            str(record.cycle),
            str(len(record.differences)),
            states[record.state],
            record.words,
        ]
        for record in records
    ]
    header = ["edit", "after cycle", "clips", "", "what"]
    return columns(cells, header=header, right=[0, 1, 2])


def _record_as_json(record: Record) -> dict[str, Any]:
    return {
        "number": record.number,
        "cycle": record.cycle,
        "action": record.action,
        "words": record.words,
        "ids": [difference.id for difference in record.differences],
        "state": record.state,
    }


def _kept_lines(outcome: EditOutcome) -> list[str]:
    """What could not be brought back, a line for each reason."""
    from phenotune.run.selecting import ranges_of, ranges_words

    by_reason: dict[str, list[int]] = {}
    for number, why in outcome.kept:
        by_reason.setdefault(why, []).append(number)
    return [
        f"warning: {counted(len(numbers), 'clip')} ({ranges_words(ranges_of(numbers))}) left as they are: {why}"
        for why, numbers in by_reason.items()
    ]


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
