"""``phenotune compare``: runs over the same song beside one another, in figures and to hear."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from phenotune.cli.options import AS_JSON, argument, flag, option
from phenotune.errors import ParameterError
from phenotune.whole_files import check_none_is_there

DEFAULT_PAGE = Path("compare.html")


def compare(
    runs: Annotated[
        list[Path],
        argument("Run folders; a folder of variants stands for all of them.", "RUN"),
    ],
    *,
    out: Annotated[
        Path | None,
        option("The page; compare.html if not given.", "--out", "-o", metavar="FILE.html"),
    ] = None,
    force: Annotated[bool, flag("Write over a page that is there.", "--force")] = False,
    as_json: Annotated[bool, AS_JSON] = False,
    quiet: Annotated[bool, flag("Nothing but the path of the page.", "--quiet", "-q")] = False,
) -> None:
    """Compare runs over the same song: a table of figures, and a page that plays them at the same moment.

    The page is one file that opens in any browser: keys 1 to 9 switch between the mosaics, 0 is the song.
    """
    from phenotune.cli.follow import Output
    from phenotune.cli.variants import show_comparison
    from phenotune.run.comparison import runs_named
    from phenotune.run.variants import PAGE, RECORD

    page = out
    if page is None:
        only = runs[0] if len(runs) == 1 and (runs[0] / RECORD).exists() else None
        # The page in a folder of variants was made by this program, and is made anew.
        page = DEFAULT_PAGE if only is None else only / PAGE
        force = force or only is not None
    if page.suffix.lower() not in (".html", ".htm"):
        raise ParameterError(f"-o: expected a name that ends in .html, got {page}")
    if not force:
        check_none_is_there([page])
    show_comparison(runs_named(runs), page, Output(as_json=as_json, is_quiet=quiet))
    if quiet and not as_json:
        print(page)
