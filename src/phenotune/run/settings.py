"""Every setting of a run, and the layers that they come from.

Each room owns its group; this module puts the groups together and reads the layers, the later over the earlier:

defaults < preset < the user's ``phenotune.toml`` < the run folder's ``phenotune.toml`` < ``PHENOTUNE_GROUP__NAME`` in
the environment < flags < ``--set group.name=value``.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phenotune.errors import ParameterError
from phenotune.fitness.settings import MixSettings
from phenotune.genome.genes.catalogue import GenesSettings
from phenotune.genome.variation import VariationSettings
from phenotune.library.settings import LibrarySettings
from phenotune.run.layers import (
    Layer,
    combine,
    flatten,
    parse_assignments,
    parse_environment,
    read_toml,
)
from phenotune.run.presets import (
    DEFAULT_PRESET,
    config_folder,
    preset_paths,
    read_preset,
    unknown_preset,
)
from phenotune.run.tree import fields_of, help_text, limits_text, unit_of
from phenotune.search.settings import RhythmSettings, SearchSettings
from phenotune.settings import Settings, setting
from phenotune.spectra.settings import SpectraSettings

SETTINGS_FILE = "phenotune.toml"
DEFAULT_TIME_S = 60.0


class RunGroup(Settings):
    """Chance, stops, workers and checkpoints. Whichever stop comes first stops the run."""

    seed: int = setting(
        0, "Seed of all chance: the same seed gives the same mosaic.", ge=0, le=2**63 - 1
    )
    time_s: float = setting(
        0.0,
        "Stop after this time; 0 is no limit, or a minute if there is no other.",
        unit="s",
        ge=0.0,
    )
    cycles: int = setting(0, "Stop after this many cycles; 0 is no limit.", ge=0)
    until_percent: float = setting(
        0.0, "Stop when this much is explained; 0 is no limit.", unit="%", ge=0.0, le=100.0
    )
    plateau_s: float = setting(
        0.0,
        "Stop when this much time has brought less than a tenth of a percent; 0 is no limit.",
        unit="s",
        ge=0.0,
    )
    workers: int = setting(
        0, "Threads that score; 0 is one for each processor. The mosaic is the same.", ge=0, le=256
    )
    checkpoint_s: float = setting(
        10.0, "Time between two checkpoints, taken at the end of a cycle.", unit="s", ge=0.0
    )

    picture: bool = setting(True, "Draw out/mosaic.png at the end.")

    @property
    def time_limit_s(self) -> float:
        """When to stop for time: ``time_s``, or a minute when no stop at all is set, or infinity."""
        if self.time_s > 0.0:
            return self.time_s
        has_another = self.cycles > 0 or self.until_percent > 0.0 or self.plateau_s > 0.0
        return math.inf if has_another else DEFAULT_TIME_S


class RunSettings(Settings):
    """The whole tree: a group of each room, and the name of the preset that was laid under it."""

    preset: str = setting(DEFAULT_PRESET, "The preset that these settings started from.")
    run: RunGroup = RunGroup()
    library: LibrarySettings = LibrarySettings()
    genes: GenesSettings = GenesSettings()
    variation: VariationSettings = VariationSettings()
    search: SearchSettings = SearchSettings()
    rhythm: RhythmSettings = RhythmSettings()
    mix: MixSettings = MixSettings()
    spectra: SpectraSettings = SpectraSettings()

    def model_post_init(self, context: Any, /) -> None:
        """Refuse a smallest gain above the largest."""
        mix = self.mix
        if mix.min_gain_db > mix.max_gain_db:
            raise ValueError(
                f"mix.min_gain_db ({mix.min_gain_db:g} dB) must not exceed mix.max_gain_db ({mix.max_gain_db:g} dB)"
            )


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting as it is shown to people: in the commented file, and by ``phenotune presets NAME``.

    Values are plain numbers, words, tuples and dicts.
    """

    name: str
    value: Any
    default: Any
    unit: str
    limits: str
    help: str


def read_settings(
    preset: str | None = None,
    *,
    project: Path | None = None,
    flags: Mapping[str, Any] | None = None,
    assignments: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> RunSettings:
    """Read all the layers and give the settings in force.

    Parameters
    ----------
    preset
        Asked for by name. None: the one that a layer names, else ``guided``.
    project
        The run folder's ``phenotune.toml``; need not exist.
    flags
        What the command line or the Python call sets: dotted names, nested tables, or a mixture.
    assignments
        The ``--set`` ones, each ``"group.name=value"``.
    environment
        ``os.environ`` when None.
    folder
        Folder of the user's settings and presets; see :func:`phenotune.run.presets.config_folder`.

    Raises
    ------
    ParameterError
        For unknown names, wrong types and values out of range, with the place they come from.

    Examples
    --------
    >>> read_settings(flags={"run.seed": 7}, assignments=["run.time_s=30"], environment={}).run.seed
    7
    """
    folder = config_folder() if folder is None else folder
    user = _file_layer(folder / SETTINGS_FILE)
    own = _file_layer(project)
    above = [
        *parse_environment(os.environ if environment is None else environment, RunSettings),
        flatten(flags or {}, RunSettings, ""),
        parse_assignments(assignments, RunSettings),
    ]
    recorded = _named_preset([user, own])
    _check_presets([user, own, *above], folder)
    chosen = preset or _named_preset(above) or recorded or DEFAULT_PRESET
    base = _preset_layer(chosen, folder)
    switched = _switched_layer(recorded, chosen, own, folder)
    name = Layer("preset", {"preset": chosen})
    return combine(RunSettings, [base, user, own, switched, *above, name])


def _file_layer(path: Path | None) -> Layer:
    if path is None or not path.exists():
        return Layer("", {})
    return flatten(read_toml(path), RunSettings, str(path))


def _named_preset(layers: Sequence[Layer]) -> str | None:
    names = [layer.values["preset"] for layer in layers if "preset" in layer.values]
    return str(names[-1]) if names else None


def _check_presets(layers: Sequence[Layer], folder: Path) -> None:
    """Refuse a preset that does not exist, with the place that names it."""
    known = preset_paths(folder)
    for layer in layers:
        name = str(layer.values.get("preset", DEFAULT_PRESET))
        if name not in known:
            place = f"{layer.origin}: " if layer.origin else ""
            raise ParameterError(place + unknown_preset(name, known))


def _preset_layer(name: str, folder: Path) -> Layer:
    return Layer(f"the preset '{name}'", read_preset(name, RunSettings, folder).values)


def _switched_layer(recorded: str | None, chosen: str, own: Layer, folder: Path) -> Layer:
    """What another preset than the recorded one changes in a folder whose file holds every setting.

    Only what either preset speaks of is taken from the new one; the seed and the user's other choices stay.
    """
    if not own.values or recorded is None or recorded == chosen:
        return Layer("", {})
    new = _preset_layer(chosen, folder)
    spoken_of = new.values.keys() | _preset_layer(recorded, folder).values.keys()
    values = flat_values(combine(RunSettings, [new]))
    return Layer(new.origin, {name: values[name] for name in values if name in spoken_of})


def flat_values(settings: Settings) -> dict[str, Any]:
    """Every value in force under its dotted name, in the order of the tree."""
    values: dict[str, Any] = {}
    for name in fields_of(type(settings)):
        value: Any = settings
        for part in name.split("."):
            value = getattr(value, part)
        values[name] = value
    return values


def explain(settings: Settings) -> list[SettingRow]:
    """A row for each setting, in the order of the tree."""
    fields = fields_of(type(settings))
    return [
        SettingRow(
            name,
            _plain(value),
            _plain(fields[name].get_default()),
            unit_of(fields[name]),
            limits_text(fields[name]),
            help_text(fields[name]),
        )
        for name, value in flat_values(settings).items()
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, Settings):
        return {name: _plain(item) for name, item in dict(value).items()}
    if isinstance(value, (tuple, list)):
        return tuple(_plain(item) for item in value)
    return value
