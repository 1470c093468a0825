"""The options of a run, for every command that evolves: each is declared here, and read here into settings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from phenotune.cli.options import flag, option
from phenotune.cli.values import parse_duration, parse_percent, parse_whole

STOPS = "When to stop (whichever comes first; with none given, after 60s)"
LOOKS = "What to show"

Preset = Annotated[
    str | None, option("What the settings start from; see `phenotune presets`.", metavar="NAME")
]
Style = Annotated[
    str | None, option("What the mosaic shall be like; see `phenotune styles`.", metavar="NAME")
]
Seed = Annotated[str | None, option("The same seed gives the same mosaic.", metavar="N")]
Inject = Annotated[
    Path | None,
    option("A sound as long as the song that the mosaic starts from.", metavar="FILE"),
]
OnlyLicensed = Annotated[
    bool,
    flag(
        "Leave out sounds that state no licence, or one that does not let them be changed.",
        "--only-licensed",
    ),
]
Assignments = Annotated[
    list[str] | None,
    option("Any setting, as search.population=60; repeatable.", "--set", metavar="NAME=VALUE"),
]
Workers = Annotated[
    str | None,
    option("Threads; one for each processor if not given. The result is the same.", metavar="N"),
]
Time = Annotated[
    str | None, option("After this time: 60s, 2m, 1h30m.", metavar="TIME", panel=STOPS)
]
Cycles = Annotated[str | None, option("After so many cycles.", metavar="N", panel=STOPS)]
Until = Annotated[
    str | None, option("When so much is explained: 85%.", metavar="PERCENT", panel=STOPS)
]
Plateau = Annotated[
    str | None,
    option("When it has got no better for so long: 20s.", metavar="TIME", panel=STOPS),
]
AsJson = Annotated[
    bool, flag("One JSON object a line; the last is the result.", "--json", panel=LOOKS)
]
Verbose = Annotated[
    bool, flag("A line for each cycle and each skipped file.", "--verbose", "-v", panel=LOOKS)
]


def run_flags(
    *,
    seed: str | None = None,
    workers: str | None = None,
    cycles: str | None = None,
    time: str | None = None,
    until: str | None = None,
    plateau: str | None = None,
    inject: Path | None = None,
    only_licensed: bool = False,
) -> dict[str, Any]:
    """What these options set, by the names of the settings; what is not given is left to the layers below.

    Raises
    ------
    ParameterError
        If one is not what it should be.
    """
    flags = {
        "run.seed": None if seed is None else parse_whole(seed, "--seed"),
        "run.workers": None if workers is None else parse_whole(workers, "--workers"),
        "run.cycles": None if cycles is None else parse_whole(cycles, "--cycles"),
        "run.time_s": None if time is None else parse_duration(time, "--time"),
        "run.until_percent": None if until is None else parse_percent(until, "--until"),
        "run.inject": None if inject is None else str(inject.absolute()),
        "run.plateau_s": None if plateau is None else parse_duration(plateau, "--plateau"),
        "library.only_licensed": True if only_licensed else None,
    }
    return {name: value for name, value in flags.items() if value is not None}
