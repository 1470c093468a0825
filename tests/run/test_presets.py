from __future__ import annotations

from pathlib import Path

import pytest

from phenotune.errors import ParameterError
from phenotune.run.named import config_folder
from phenotune.run.presets import BUILT_IN, preset_paths, read_preset
from phenotune.settings import Settings, setting


class Tea(Settings):
    leaves: int = setting(3, "Leaves.", ge=1)
    steep_s: float = setting(180.0, "Steep.", unit="s")


class Pot(Settings):
    tea: Tea = Tea()


def own_preset(folder: Path, name: str, text: str) -> Path:
    path = folder / "presets" / f"{name}.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_these_come_with_the_program(tmp_path: Path) -> None:
    paths = preset_paths(tmp_path)
    assert list(paths) == [
        "guided",
        "classic",
        "correlation",
        "rust",
        "spectrogram",
        "waveform",
    ]
    assert all(path.parent == BUILT_IN for path in paths.values())


def test_a_preset_of_ones_own_is_found_and_read(tmp_path: Path) -> None:
    path = own_preset(tmp_path, "strong", 'about = "Dark."\n[tea]\nleaves = 9\n')
    preset = read_preset("strong", Pot, tmp_path)
    assert preset.path == path
    assert (preset.about, preset.values) == ("Dark.", {"tea.leaves": 9})


def test_a_preset_inherits_and_overrides(tmp_path: Path) -> None:
    own_preset(tmp_path, "strong", 'about = "Dark."\n[tea]\nleaves = 9\nsteep_s = 300.0\n')
    own_preset(tmp_path, "stronger", 'extends = "strong"\n[tea]\nleaves = 12\n')
    preset = read_preset("stronger", Pot, tmp_path)
    assert preset.values == {"tea.leaves": 12, "tea.steep_s": 300.0}
    assert preset.about == "Dark."


def test_a_preset_may_extend_a_built_in_one(tmp_path: Path) -> None:
    own_preset(tmp_path, "strong", 'extends = "guided"\n[tea]\nleaves = 9\n')
    assert read_preset("strong", Pot, tmp_path).values == {"tea.leaves": 9}


def test_an_unknown_preset_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"unknown preset 'guidde'; did you mean 'guided'\?"):
        read_preset("guidde", Pot, tmp_path)
    with pytest.raises(ParameterError, match=r"'zz'; there are: guided, classic"):
        read_preset("zz", Pot, tmp_path)
    with pytest.raises(ParameterError, match=r"unknown preset '\.\./guided'"):
        read_preset("../guided", Pot, tmp_path)


def test_an_unknown_parent_is_refused_with_the_file(tmp_path: Path) -> None:
    own_preset(tmp_path, "strong", 'extends = "gided"\n')
    with pytest.raises(ParameterError, match=r"strong.toml: extends an unknown preset 'gided'"):
        read_preset("strong", Pot, tmp_path)
    own_preset(tmp_path, "strong", "extends = 3\n")
    with pytest.raises(ParameterError, match=r"strong.toml: extends an unknown preset '3'"):
        read_preset("strong", Pot, tmp_path)


def test_presets_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    own_preset(tmp_path, "egg", 'extends = "hen"\n')
    own_preset(tmp_path, "hen", 'extends = "egg"\n')
    with pytest.raises(ParameterError, match=r"hen.toml: extends 'egg', which extends this one"):
        read_preset("egg", Pot, tmp_path)


def test_the_name_of_a_built_in_preset_is_taken(tmp_path: Path) -> None:
    own_preset(tmp_path, "guided", "")
    with pytest.raises(ParameterError, match=r"guided.toml: 'guided' is the name of a preset"):
        read_preset("classic", Pot, tmp_path)


def test_a_name_that_is_no_setting_is_refused_with_the_file(tmp_path: Path) -> None:
    own_preset(tmp_path, "strong", "[tea]\nleafs = 9\n")
    with pytest.raises(ParameterError, match=r"strong.toml: unknown setting 'tea.leafs'; did you"):
        read_preset("strong", Pot, tmp_path)
    own_preset(tmp_path, "strong", 'preset = "guided"\n')
    with pytest.raises(ParameterError, match=r"a preset says 'extends', not 'preset'"):
        read_preset("strong", Pot, tmp_path)


def test_the_folder_can_be_named_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHENOTUNE_CONFIG", str(tmp_path))
    assert config_folder() == tmp_path
    own_preset(tmp_path, "strong", "[tea]\nleaves = 9\n")
    assert read_preset("strong", Pot).values == {"tea.leaves": 9}
    monkeypatch.delenv("PHENOTUNE_CONFIG")
    assert config_folder().name == "phenotune"


def test_the_folder_is_found_as_the_cache_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHENOTUNE_CONFIG", str(Path("~", "tea")))
    assert config_folder() == Path.home() / "tea"
    monkeypatch.delenv("PHENOTUNE_CONFIG")
    monkeypatch.setattr(
        "platformdirs.user_config_dir", lambda name, appauthor: f"{appauthor}/{name}"
    )
    assert config_folder() == Path("False", "phenotune")
