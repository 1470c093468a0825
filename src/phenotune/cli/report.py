"""``phenotune report``: one page that tells of a run, to hear, to see and to send."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from phenotune.cli.options import Sources, argument, flag, option
from phenotune.errors import ParameterError, RunFolderError
from phenotune.whole_files import check_none_is_there


def report(
    run: Annotated[Path, argument("A run folder.", "RUN")],
    *,
    out: Annotated[
        Path | None,
        option("The page; RUN/out/report.html if not given.", "--out", "-o", metavar="FILE.html"),
    ] = None,
    sound: Annotated[
        str,
        option(
            "How the page carries sound: auto (flac, or mp3 where that would be too big), flac, mp3, none.",
            metavar="KIND",
        ),
    ] = "auto",
    measures: Annotated[
        bool,
        flag("Measure songs of more than two minutes as well, which takes longer.", "--measures"),
    ] = False,
    sources: Sources = None,
    force: Annotated[
        bool,
        flag("Write over FILE, and take sounds that have changed since.", "--force"),
    ] = False,
    quiet: Annotated[bool, flag("Nothing but the path of the page.", "--quiet", "-q")] = False,
) -> None:
    """Make a page of a run that opens in any browser: both sounds side by side, and all that is known of them.

    It is one file and asks the network nothing, so that it can be sent as it is. Prints the path of the file.
    """
    from phenotune.cli.bar import Bar
    from phenotune.report.page.page import write_report
    from phenotune.report.page.sound import KINDS
    from phenotune.run.reporting import report_facts

    kind = next((each for each in KINDS if each == sound), None)
    if kind is None:
        raise ParameterError(f"--sound: expected one of {', '.join(KINDS)}, got '{sound}'")
    path = _place(run, out, force)
    with Bar("report", quiet=quiet) as bar:
        facts = report_facts(
            run,
            folders=sources or (),
            force=force,
            measures=True if measures else None,
            progress=lambda share: bar.update(0.4 * share),
        )
        path.parent.mkdir(exist_ok=True)
        write_report(path, facts, sound=kind, progress=lambda share: bar.update(0.4 + 0.6 * share))
    if not quiet:
        for remark in facts.remarks:
            typer.echo(f"note: {remark}", err=True)
    print(path)


def _place(run: Path, out: Path | None, force: bool) -> Path:
    """Where the page is to lie; what people may have made is not written over.

    Raises
    ------
    RunFolderError
        If something lies there already.
    """
    if out is None:
        return run / "out" / "report.html"
    if out.is_dir():
        raise RunFolderError(f"{out}: is a folder; name a file, as {out / 'report.html'}")
    if not force:
        check_none_is_there([out])
    return out
