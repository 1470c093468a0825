"""``phenotune study``: the article's claims, put to the test."""

from __future__ import annotations

import math
import sys
import tempfile
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from phenotune.cli.interrupts import Interrupts, write_now
from phenotune.cli.options import AS_JSON, option
from phenotune.cli.text import print_json
from phenotune.cli.values import parse_whole
from phenotune.words import clock, counted

if TYPE_CHECKING:
    from phenotune.study.laboratory import Sounds
    from phenotune.study.study import StudyEvent

EXCERPT_S = 10.0
FULL_SCALE = 4
STOPPING = "stopping; what has been found stays in the report. Ctrl-C again stops at once"


def study(
    claims: Annotated[
        list[str] | None,
        typer.Argument(
            help="Which claims: C1 to C14; all of them if none is named.",
            metavar="CLAIM...",
            show_default=False,
        ),
    ] = None,
    *,
    full: Annotated[
        tuple[Path, Path] | None,
        option(
            "A song and a library of your own, all of it and for longer.",
            "--full",
            metavar="TARGET LIBRARY",
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Where the report goes.", metavar="FOLDER")
    ] = Path("study"),
    seed: Annotated[str | None, option("The same seed gives the same runs.", metavar="N")] = None,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Put what the article says of its search to the test.

    Small runs on the demo's sounds, some minutes in all; each claim gets a table, a plot and a verdict in report.html.
    Ctrl-C leaves what is done.
    """
    from phenotune.study.laboratory import Laboratory
    from phenotune.study.study import claims_called, studying

    chosen = claims_called(claims or [])
    number = 0 if seed is None else parse_whole(seed, "--seed")
    display = _Display(as_json)
    stopped: list[bool] = []

    def stop() -> None:
        stopped.append(True)
        write_now(STOPPING)

    with (
        tempfile.TemporaryDirectory(prefix="phenotune-demo-") as folder,
        Interrupts(stop) as interrupts,
        Laboratory(
            _sounds(full, Path(folder)),
            seed=number,
            excerpt_s=EXCERPT_S if full is None else math.inf,
            scale=1 if full is None else FULL_SCALE,
            tell=display.tell,
            is_stopped=lambda: bool(stopped),
        ) as laboratory,
    ):
        display.follow(studying(chosen, laboratory, out))
    if interrupts.count > 0:
        from phenotune.cli.failures import INTERRUPTED

        raise typer.Exit(INTERRUPTED)


def _sounds(full: tuple[Path, Path] | None, folder: Path) -> Sounds:
    """One's own sounds, or the demo's, made for the occasion."""
    from phenotune.study.laboratory import Sounds

    if full is not None:
        return Sounds(*full)
    from phenotune.demo.make import make_demo

    print("making the demo's song and library", file=sys.stderr)
    files = make_demo(folder / "demo")
    return Sounds(files.target, files.library)


class _Display:
    """Progress on standard error, verdicts on standard output."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._is_live = sys.stderr.isatty()
        self._heading = ""

    def tell(self, words: str) -> None:
        """Show what is being done, on a terminal only: a line that is written over."""
        if self._is_live:
            print(f"\r\x1b[K{self._heading}, {words}", end="", file=sys.stderr, flush=True)

    def follow(self, events: Generator[StudyEvent, None, None]) -> None:
        """Show a study to its end."""
        from phenotune.study.study import ClaimStarted, ClaimStudied
        from phenotune.study.study_json import claim_as_dict

        with closing(events):
            for event in events:
                if isinstance(event, ClaimStarted):
                    claim = event.claim
                    self._heading = (
                        f"{claim.id} ({event.number} of {event.n_claims}): {claim.title}"
                    )
                    if not self._is_live:
                        print(self._heading, file=sys.stderr)
                    continue
                self._clear()
                if isinstance(event, ClaimStudied):
                    found = claim_as_dict(event.claim, event.finding, event.elapsed_s)
                    if self._as_json:
                        print_json({"event": "claim_studied", **found})
                    else:
                        print(f"{event.claim.id} {found['verdict']}: {found['line']}", flush=True)
                elif self._as_json:
                    print_json(
                        {
                            "event": "finished",
                            "report": str(event.report) if event.n_studied else None,
                            "n_studied": event.n_studied,
                            "is_whole": event.is_whole,
                            "elapsed_s": round(event.elapsed_s, 3),
                        }
                    )
                elif event.n_studied:
                    studied = counted(event.n_studied, "claim")
                    print(
                        f"\n{studied} in {clock(round(event.elapsed_s))}; the report is {event.report}"
                    )

    def _clear(self) -> None:
        if self._is_live:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
