"""Every setting of a run, and the layers that they come from.

Each room owns its group; this module puts the groups together and reads the layers, the later over the earlier:

defaults < preset < style < the user's ``phenotune.toml`` < the run folder's ``phenotune.toml`` <
``PHENOTUNE_GROUP__NAME`` in the environment < flags < ``--set group.name=value``.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phenotune.errors import ParameterError
from phenotune.fitness.own_place import octaves_within
from phenotune.fitness.settings import FitnessSettings, MixSettings
from phenotune.fitness.style import StyleSettings
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
from phenotune.run.named import config_folder, paths_of, unknown
from phenotune.run.presets import DEFAULT_PRESET, PRESETS, read_preset
from phenotune.run.stage_settings import StageSettings
from phenotune.run.styles import NO_STYLE, STYLES, read_style
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
    inject: str = setting(
        "", "A sound as long as the target that the canvas starts from; empty starts from silence."
    )
    keep_inject: bool = setting(True, "Leave the injected sound in the results.")
    watch: bool = setting(
        True, "Look at the run folder and the library between cycles, and take up what has changed."
    )

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
    fitness: FitnessSettings = FitnessSettings()
    mix: MixSettings = MixSettings()
    spectra: SpectraSettings = SpectraSettings()
    style: StyleSettings = StyleSettings()
    stage: tuple[StageSettings, ...] = setting(
        (), "Parts of the run, one after the other, with stops, sounds and settings of their own."
    )

    @property
    def time_limit_s(self) -> float:
        """When the run stops for time; stages that end by themselves are a stop like any other."""
        is_limited = self.run.time_limit_s < math.inf and not self.run.time_s
        return math.inf if is_limited and self.ends_with_stages else self.run.time_limit_s

    @property
    def ends_with_stages(self) -> bool:
        """Whether the run is over after its last stage."""
        return bool(self.stage) and self.stage[-1].has_stop

    def model_post_init(self, context: Any, /) -> None:
        """Refuse a smallest gain above the largest, and a style that no clip could follow."""
        self._check_lengths()
        self._check_sections()
        self._check_octave()
        self._check_holes()
        mix = self.mix
        if mix.min_gain_db > mix.max_gain_db:
            raise ValueError(
                f"mix.min_gain_db ({mix.min_gain_db:g} dB) must not exceed mix.max_gain_db ({mix.max_gain_db:g} dB)"
            )

    def _check_sections(self) -> None:
        """Refuse sections, and a stretch, in which no window of the analysis fits."""
        section_s, rate_hz = self.search.section_s, self.spectra.rate_hz
        longest = max(self.spectra.layers, key=lambda layer: layer.window * layer.decimation)
        window_s = longest.window * longest.decimation / rate_hz
        if 0.0 < section_s < window_s:
            raise ValueError(
                f"search.section_s ({section_s:g} s) must not be shorter than the longest window of spectra.layers "
                f"({longest.window} samples, decimation {longest.decimation}: {window_s:.3g} s); 0 is off"
            )
        stretch_s = self.search.to_s - self.search.from_s
        if 0.0 < stretch_s < window_s:
            raise ValueError(
                f"search.from_s to search.to_s ({stretch_s:.3g} s) must not be shorter than the longest window of "
                f"spectra.layers ({window_s:.3g} s); both at 0 are off"
            )

    def _check_lengths(self) -> None:
        is_sliced = self.library.clip_s or self.library.clip_beats
        longest = {
            "library.clip_s": self.library.clip_s or math.inf,
            "library.max_clip_s": math.inf if is_sliced else self.library.max_clip_s,
            "variation.max_phenotype_s": self.variation.max_phenotype_s,
        }
        for asked in ("min_clip_s", "typical_clip_s"):
            length_s = getattr(self.style, asked)
            for name, longest_s in longest.items():
                if length_s > longest_s:
                    raise ValueError(
                        f"style.{asked} ({length_s:g} s) must not exceed {name} ({longest_s:g} s)"
                    )

    def _check_holes(self) -> None:
        """Refuse clips that land together, each to fill the same hole, where no distance tells that it overflows."""
        fills = self.fitness.correlate_with == "missing" and self.search.placing == "together"
        if fills and all(each.term == "correlation" for each in self.fitness.terms):
            raise ValueError(
                "fitness.correlate_with = 'missing' lets all that land together fill the same hole; "
                "set search.placing to 'in_turn' (it is 'together'), or add another term to fitness.terms"
            )

    def _check_octave(self) -> None:
        """Refuse another octave where nothing may change the pitch, or not by so much."""
        genes, ranges = self.genes, self.genes.varispeed
        reasons = {
            f"genes.only ({', '.join(genes.only)}) names no varispeed": not genes.permits(
                "varispeed"
            ),
            "genes.varispeed.weight is 0": genes.weight_of("varispeed") == 0.0,
            f"genes.varispeed reaches from {ranges.min_cents:g} to {ranges.max_cents:g} cents": not (
                octaves_within(ranges.min_cents, ranges.max_cents)
            ),
            "variation.max_genes is 0": self.variation.max_genes == 0,
        }
        for reason, forbids in reasons.items():
            if self.style.other_octave and forbids:
                raise ValueError(f"style.other_octave asks for another octave, but {reason}")


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
    style: str | None = None,
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
    style
        Likewise; ``"none"`` for none. None: the one that a layer names in ``style.name``, else none.
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
    recorded = _Choice.named_by([user, own])
    _check_names([user, own, *above], folder)
    chosen = _Choice(preset, style).over(_Choice.named_by(above)).over(recorded)
    base = _layers_of(chosen, folder)
    switched = _switched_layer(recorded, chosen, own, folder)
    names = Layer("", {"preset": chosen.preset or DEFAULT_PRESET, "style.name": chosen.style or ""})
    return combine(RunSettings, [*base, user, own, switched, *above, names])


def _file_layer(path: Path | None) -> Layer:
    if path is None or not path.exists():
        return Layer("", {})
    return flatten(read_toml(path), RunSettings, str(path))


@dataclass(frozen=True, slots=True)
class _Choice:
    """A preset and a style by their names; None where nothing is said of it, "" for no style."""

    preset: str | None
    style: str | None

    @classmethod
    def named_by(cls, layers: Sequence[Layer]) -> _Choice:
        """What the layers name, the last one first."""
        found = [
            [str(layer.values[setting]) for layer in layers if setting in layer.values]
            for setting in (PRESETS.setting, STYLES.setting)
        ]
        return cls(*(names[-1] if names else None for names in found))

    def over(self, other: _Choice) -> _Choice:
        """What this one says, and the other where this one says nothing."""
        style = other.style if self.style is None else self.style
        return _Choice(self.preset or other.preset, "" if style == NO_STYLE else style)


def _check_names(layers: Sequence[Layer], folder: Path) -> None:
    """Refuse a preset or a style that does not exist, with the place that names it."""
    for kind, no_name in ((PRESETS, DEFAULT_PRESET), (STYLES, "")):
        known = paths_of(kind, folder)
        for layer in layers:
            name = str(layer.values.get(kind.setting, no_name))
            if name not in known and not (kind is STYLES and name in ("", NO_STYLE)):
                place = f"{layer.origin}: " if layer.origin else ""
                raise ParameterError(place + unknown(kind, name, known))


def _layers_of(choice: _Choice, folder: Path) -> list[Layer]:
    """The layers of a preset, by default the usual one, and of a style, if there is one."""
    name = choice.preset or DEFAULT_PRESET
    layers = [Layer(f"the preset '{name}'", read_preset(name, RunSettings, folder).values)]
    if choice.style:
        values = read_style(choice.style, RunSettings, folder).values
        layers.append(Layer(f"the style '{choice.style}'", values))
    return layers


def _switched_layer(recorded: _Choice, chosen: _Choice, own: Layer, folder: Path) -> Layer:
    """What another preset or style than the recorded one changes in a folder whose file holds every setting.

    Only what the old or the new one speaks of is taken from the new one; the seed and the user's other choices stay.
    """
    if not own.values:
        return Layer("", {})
    # What was not recorded has not been changed.
    before = _layers_of(_Choice(None, None).over(recorded).over(chosen), folder)
    after = _layers_of(chosen, folder)
    changed = [layer for layer in [*before, *after] if (layer in before) != (layer in after)]
    spoken_of = {name for layer in changed for name in layer.values}
    values = flat_values(combine(RunSettings, after))
    return Layer(after[-1].origin, {name: values[name] for name in values if name in spoken_of})


def choosing(settings: RunSettings, preset: str, style: str, folder: Path | None = None) -> Layer:
    """What another preset or style would change in settings that are in force; "" leaves one as it is.

    Raises
    ------
    ParameterError
        If there is none of that name.
    """
    recorded = _Choice(settings.preset, settings.style.name)
    chosen = _Choice(preset or None, style or None).over(recorded)
    folder = config_folder() if folder is None else folder
    names = {"preset": chosen.preset or DEFAULT_PRESET, "style.name": chosen.style or ""}
    _check_names([Layer("", names)], folder)
    switched = _switched_layer(recorded, chosen, Layer("", flat_values(settings)), folder)
    return Layer(switched.origin, {**switched.values, **names})


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
