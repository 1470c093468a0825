"""The commands that do a run again."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from phenotune.errors import ParameterError
from phenotune.report.page.facts import Command
from phenotune.run.folder import RunFolder
from phenotune.run.settings import RunSettings, flat_values, read_settings
from phenotune.run.toml_text import STAGE, toml_value
from phenotune.settings import Settings

OWN_FLAGS = ("preset", "style.name", "run.seed", "run.cycles", "run.workers")
"""What :func:`commands` has flags for, or what does not matter to the mosaic."""

STOPS = ("run.time_s", "run.until_percent", "run.plateau_s")
"""Stops that the number of cycles takes the place of."""

BESIDE_THE_SOUND = ("run.checkpoint_s", "run.picture", "run.watch")


def commands(
    folder: RunFolder, settings: RunSettings, n_cycles: int, *, was_changed: bool
) -> tuple[Command, ...]:
    """The commands that do a run again from its log, and from its sounds and settings.

    Parameters
    ----------
    folder
        Of the run.
    settings
        In force.
    n_cycles
        That it has come to.
    was_changed
        Whether something was changed on its way, or it has stages: then its log alone knows all.
    """
    run = str(folder.path)
    again = Command(
        "Do it again from its log, with all that was changed on its way, and compare",
        f"phenotune replay {shlex.quote(run)} -o {shlex.quote(run.rstrip('/') + '-again')}",
    )
    inputs = folder.inputs()
    if was_changed or inputs.target is None or not inputs.library:
        return (again,)
    words = ["phenotune", "evolve", str(inputs.target), *map(str, inputs.library)]
    words += ["-o", f"{Path(run).name}-again", "--preset", settings.preset]
    words += ["--style", settings.style.name] if settings.style.name else []
    words += ["--seed", str(settings.run.seed), "--cycles", str(n_cycles)]
    for assignment in _assignments(settings):
        words += ["--set", assignment]
    fresh = Command(
        "Make it anew from the same sounds and settings", " ".join(map(shlex.quote, words))
    )
    return (again, fresh)


def _assignments(settings: RunSettings) -> Sequence[str]:
    """What the settings say otherwise than their preset and style do."""
    flags = {"run.seed": settings.run.seed}
    try:
        base = read_settings(
            settings.preset, style=settings.style.name or None, flags=flags, environment={}
        )
    except ParameterError:  # a preset of the user's own that is gone
        base = RunSettings()
    plain, usual = flat_values(settings), flat_values(base)
    left_out = {*OWN_FLAGS, *STOPS, *BESIDE_THE_SOUND, STAGE}
    return [
        f"{name}={_on_one_line(value)}"
        for name, value in plain.items()
        if name not in left_out and value != usual[name]
    ]


def _on_one_line(value: object) -> str:
    return " ".join(toml_value(plain(value)).split())


def plain(value: object) -> object:
    """A value of settings as numbers, words, lists and dicts."""
    if isinstance(value, Settings):
        return {name: plain(item) for name, item in dict(value).items()}
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    return value
