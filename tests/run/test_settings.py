from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from phenotune.errors import ParameterError
from phenotune.run.settings import (
    RunGroup,
    RunSettings,
    explain,
    flat_values,
    read_settings,
)
from phenotune.run.toml_text import settings_to_toml
from phenotune.run.tree import fields_of
from phenotune.spectra.layout import make_layout


class Places:
    """A user's folder and a run folder, both empty."""

    def __init__(self, folder: Path) -> None:
        self.user = folder / "config"
        self.user_file = self.user / "phenotune.toml"
        self.own_file = folder / "run" / "phenotune.toml"
        (self.user / "presets").mkdir(parents=True)
        self.own_file.parent.mkdir()

    def preset(self, name: str, text: str) -> None:
        (self.user / "presets" / f"{name}.toml").write_text(text, encoding="utf-8")

    def read(self, preset: str | None = None, **layers: Any) -> RunSettings:
        layers = {"environment": {}, "project": self.own_file} | layers
        return read_settings(preset, folder=self.user, **layers)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path)


def test_without_layers_there_are_the_defaults(places: Places) -> None:
    assert places.read() == RunSettings()
    assert places.read(project=None) == RunSettings()


def test_each_layer_covers_those_below(places: Places) -> None:
    name = "search.population"
    places.preset("mine", "[search]\npopulation = 10\ncapacity = 10\n")
    assert places.read("mine").search.population == 10
    places.user_file.write_text("search.population = 20\n")
    assert places.read("mine").search.population == 20
    places.own_file.write_text("[search]\npopulation = 30\n")
    assert places.read("mine").search.population == 30
    environment = {"PHENOTUNE_SEARCH__POPULATION": "40"}
    assert places.read("mine", environment=environment).search.population == 40
    flags = {name: 50}
    found = places.read("mine", environment=environment, flags=flags)
    assert found.search.population == 50
    found = places.read(
        "mine", environment=environment, flags=flags, assignments=[f"{name}=60", f"{name}=70"]
    )
    assert found.search.population == 70
    assert found.search.capacity == 10


def test_the_systems_environment_is_the_default(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHENOTUNE_GENES__VARISPEED__WEIGHT", "0")
    assert read_settings(folder=places.user).genes.varispeed.weight == 0.0


def test_settings_of_ones_own_folder_are_found(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHENOTUNE_CONFIG", str(places.user))
    places.user_file.write_text("[run]\nworkers = 3\n")
    assert read_settings(environment={}).run.workers == 3


def test_flags_may_be_nested(places: Places) -> None:
    found = places.read(flags={"run": {"seed": 7}, "genes": {"varispeed.weight": 2}})
    assert (found.run.seed, found.genes.varispeed.weight) == (7, 2.0)


def test_a_preset_may_be_named_by_any_layer_the_highest_counts(places: Places) -> None:
    for name in ("one", "two", "three", "four"):
        places.preset(name, f"run.seed = {len(name)}\n")
    places.user_file.write_text('preset = "one"\n')
    assert (places.read().preset, places.read().run.seed) == ("one", 3)
    places.own_file.write_text('preset = "three"\n')
    assert (places.read().preset, places.read().run.seed) == ("three", 5)
    found = places.read(assignments=["preset=four"])
    assert (found.preset, found.run.seed) == ("four", 4)
    found = places.read("guided", assignments=["preset=four"])
    assert (found.preset, found.run.seed) == ("guided", 0)


def test_a_preset_that_does_not_exist_is_told_with_its_place(places: Places) -> None:
    with pytest.raises(ParameterError, match=r"^unknown preset 'gided'; did you mean 'guided'"):
        places.read("gided")
    with pytest.raises(ParameterError, match=r"^PHENOTUNE_PRESET: unknown preset 'clasic'; did"):
        places.read(environment={"PHENOTUNE_PRESET": "clasic"})
    places.own_file.write_text("preset = 3\n")
    with pytest.raises(ParameterError, match=r"run.phenotune.toml: unknown preset '3'; there are"):
        places.read("guided")


def test_a_preset_of_ones_own_extends_a_built_in_one(places: Places) -> None:
    places.preset("mine", 'extends = "classic"\n[rhythm]\nbpm = 90\n')
    classic = places.read("classic")
    mine = places.read("mine")
    assert (mine.rhythm.bpm, mine.rhythm.strength) == (90.0, classic.rhythm.strength)
    assert mine.search == classic.search


def test_guided_is_the_defaults(places: Places) -> None:
    assert places.read("guided") == RunSettings()


def test_classic_is_the_articles_last_model(places: Places) -> None:
    classic = places.read("classic")
    search = classic.search
    assert (search.population, search.capacity, search.offspring, search.top) == (100, 500, 5, 10)
    assert (search.min_generations, search.max_generations) == (1, 6)
    assert (search.random_onsets, search.proposed_onsets) == (1, 0)
    rhythm = classic.rhythm
    assert (rhythm.strength, rhythm.bpm, rhythm.first_beat_s) == (0.8, 160.0, 0.0)
    assert not classic.mix.solve_gain
    assert classic.genes.varispeed.max_cents == 600.0
    assert [law.law for law in classic.spectra.laws] == ["log"]


@pytest.mark.parametrize(
    "preset", ["guided", "classic", "correlation", "rust", "spectrogram", "waveform"]
)
def test_what_a_preset_looks_at_can_be_laid_out(places: Places, preset: str) -> None:
    settings = places.read(preset)
    assert make_layout(settings.spectra).n_bands > 40


def test_another_preset_changes_what_either_speaks_of_and_nothing_else(places: Places) -> None:
    """A run folder's file holds every setting; asking for another preset must still do something."""
    places.preset("big", "[search]\npopulation = 999\n")
    places.preset("slow", "[genes.varispeed]\nmax_cents = 0\n")
    begun = places.read("big", flags={"run.seed": 7, "library.min_clip_s": 0.5})
    places.own_file.write_text(settings_to_toml(begun))
    assert places.read() == begun
    assert places.read("big") == begun
    switched = places.read("slow")
    assert switched.preset == "slow"
    assert switched.search.population == RunSettings().search.population
    assert switched.genes.varispeed.max_cents == 0.0
    assert (switched.run.seed, switched.library.min_clip_s) == (7, 0.5)
    assert places.read("slow", flags={"search.population": 5}).search.population == 5


def test_a_wrong_name_is_told_with_its_place_and_the_nearest(places: Places) -> None:
    wanted = "unknown setting 'search.populaton'; did you mean 'search.population'?"
    with pytest.raises(ParameterError, match=f"^{re.escape(wanted)}$"):
        places.read(flags={"search.populaton": 3})
    places.own_file.write_text("[search]\npopulaton = 3\n")
    with pytest.raises(ParameterError, match=f"^{re.escape(f'{places.own_file}: {wanted}')}$"):
        places.read()


def test_a_value_out_of_range_is_told_with_limits_unit_and_place(places: Places) -> None:
    with pytest.raises(ParameterError, match=r"^run.time_s: expected at least 0 s, got -5$"):
        places.read(flags={"run.time_s": -5})
    with pytest.raises(ParameterError, match=r"^--set: run.time_s: expected .*, got '60s'$"):
        places.read(assignments=["run.time_s=60s"])
    with pytest.raises(ParameterError, match=r"^PHENOTUNE_RUN__SEED: run.seed: .* number, 0"):
        places.read(environment={"PHENOTUNE_RUN__SEED": "x"})
    places.own_file.write_text("[run]\ncycles = 2.5\n")
    with pytest.raises(ParameterError, match=r"phenotune.toml: run.cycles: expected a whole"):
        places.read()


def test_settings_that_contradict_each_other_are_told(places: Places) -> None:
    with pytest.raises(ParameterError, match=r"--set: library: min_clip_s \(2 s\) must not exceed"):
        places.read(assignments=["library.min_clip_s=2", "library.max_clip_s=1"])


def test_a_minute_is_the_stop_when_there_is_none() -> None:
    assert RunGroup().time_limit_s == 60.0
    assert RunGroup(time_s=5.0).time_limit_s == 5.0
    assert RunGroup(cycles=3).time_limit_s == math.inf
    assert RunGroup(until_percent=80.0).time_limit_s == math.inf
    assert RunGroup(plateau_s=20.0).time_limit_s == math.inf
    assert RunGroup(cycles=3, time_s=7.0).time_limit_s == 7.0


def test_every_setting_is_explained() -> None:
    rows = {row.name: row for row in explain(RunSettings(run=RunGroup(seed=7)))}
    assert list(rows) == list(fields_of(RunSettings))
    assert all(row.help.endswith((".", "?")) for row in rows.values())
    row = rows["run.seed"]
    assert (row.value, row.default, row.unit) == (7, 0, "")
    assert (rows["run.time_s"].unit, rows["run.time_s"].limits) == ("s", "at least 0")
    assert rows["spectra.laws"].value[0]["law"] == "amplitude"
    assert "weight: Share of this law" in rows["spectra.laws"].help


def test_no_setting_may_be_none_since_toml_has_none() -> None:
    for name, field in fields_of(RunSettings).items():
        assert type(None) not in get_args(field.annotation), name


@pytest.mark.parametrize("name", list(fields_of(RunSettings)))
def test_a_unit_stands_in_the_name_too(name: str) -> None:
    units = {"s": "_s", "ms": "_ms", "Hz": "_hz", "dB": "_db", "cents": "_cents", "%": "_percent"}
    row = next(row for row in explain(RunSettings()) if row.name == name)
    if row.unit in units:
        assert name.endswith(units[row.unit])


def test_flat_values_are_the_whole_tree() -> None:
    values = flat_values(RunSettings())
    assert values["genes.varispeed.max_cents"] == 1200.0
    assert len(values) == len(fields_of(RunSettings))


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (
            {"mix.min_gain_db": -6.0, "mix.max_gain_db": -12.0},
            r"mix.min_gain_db \(-6 dB\) must not exceed mix.max_gain_db \(-12 dB\)",
        ),
        (
            {"search.min_generations": 9},
            r"search: min_generations \(9\) must not exceed max_generations \(6\)",
        ),
    ],
)
def test_limits_that_cross_are_told(flags: dict[str, Any], message: str, places: Places) -> None:
    with pytest.raises(ParameterError, match=message):
        places.read(flags=flags)


@pytest.mark.parametrize("section_s", [0.0, 0.093, 5.0])
def test_sections_hold_a_window(section_s: float) -> None:
    settings = RunSettings.model_validate({"search": {"section_s": section_s}})
    assert settings.search.section_s == section_s


def test_a_section_shorter_than_the_longest_window_is_refused() -> None:
    with pytest.raises(
        ValueError,
        match=r"search.section_s \(0.05 s\) must not be shorter than the longest window of spectra.layers "
        r"\(1024 samples, decimation 4: 0.0929 s\)",
    ):
        RunSettings.model_validate({"search": {"section_s": 0.05}})


def test_what_lands_together_may_not_fill_the_same_hole(places: Places) -> None:
    flags = {"fitness.correlate_with": "missing"}
    assert places.read("correlation", flags=flags).search.placing == "in_turn"
    with pytest.raises(
        ParameterError, match=r"set search.placing to 'in_turn' \(it is 'together'\)"
    ):
        places.read("correlation", flags=flags | {"search.placing": "together"})
