from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import pytest

from phenotune.errors import ParameterError, RunFolderError
from phenotune.run.layers import (
    Layer,
    combine,
    flatten,
    parse_assignments,
    parse_environment,
    parse_value,
    read_toml,
)
from phenotune.settings import Settings, setting


class Crumb(Settings):
    size_mm: int = setting(3, "Size.", unit="mm", ge=1, le=9)


class Bread(Settings):
    slices: int = setting(12, "Slices.", ge=1, le=40)
    salt: float = setting(0.02, "Salt.", ge=0.0, lt=1.0)
    rise_s: float = setting(10.0, "Rise.", unit="s", gt=0.0)
    grain: Literal["rye", "wheat"] = setting("rye", "Grain.")
    is_toasted: bool = setting(False, "Toasted.")
    seeds: tuple[str, ...] = setting((), "Seeds.")
    crumbs: tuple[Crumb, ...] = setting((Crumb(),), "Crumbs.")


class Crust(Settings):
    weight: float = setting(1.0, "Weight.")


class Parts(Settings):
    crust: Crust = Crust()


class Kitchen(Settings):
    name: str = setting("home", "Name.")
    bread: Bread = Bread()
    parts: Parts = Parts()


def test_nested_tables_dotted_names_and_mixtures_are_the_same() -> None:
    wanted = {"bread.slices": 7, "parts.crust.weight": 2.0}
    nested = {"bread": {"slices": 7}, "parts": {"crust": {"weight": 2.0}}}
    mixed = {"bread.slices": 7, "parts": {"crust.weight": 2.0}}
    assert flatten(nested, Kitchen, "here").values == wanted
    assert flatten(wanted, Kitchen, "here").values == wanted
    assert flatten(mixed, Kitchen, "here").values == wanted


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("bread.slics", "here: unknown setting 'bread.slics'; did you mean 'bread.slices'?"),
        ("slices", "here: unknown setting 'slices'; did you mean 'bread.slices'?"),
        ("bred.slices", "did you mean 'bread.slices'?"),
        ("parts.crest.weight", "did you mean 'parts.crust.weight'?"),
        ("parts.crusp", "did you mean 'parts.crust'?"),
        ("bread.slices.thin", "unknown setting 'bread.slices.thin'"),
        ("zzz", "here: unknown setting 'zzz'; `phenotune presets guided` lists them all"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest_one(name: str, message: str) -> None:
    with pytest.raises(ParameterError, match=re.escape(message)):
        flatten({name: 1}, Kitchen, "here")


def test_a_value_where_a_group_stands_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"'parts' is a group of settings, got 3; set one of"):
        flatten({"parts": 3}, Kitchen, "here")


def test_the_last_layer_wins_and_the_rest_are_defaults() -> None:
    kitchen = combine(
        Kitchen,
        [Layer("a", {"bread.slices": 5, "bread.salt": 0.5}), Layer("b", {"bread.slices": 6})],
    )
    assert kitchen == Kitchen(bread=Bread(slices=6, salt=0.5))


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("bread.slices", 0, r"there: bread.slices: expected 1 to 40, got 0"),
        (
            "bread.slices",
            "many",
            r"there: bread.slices: expected a whole number, 1 to 40, got 'many'",
        ),
        ("bread.slices", True, r"bread.slices: expected a whole number, 1 to 40, got True"),
        ("bread.slices", 10**400, r"there: bread.slices: expected 1 to 40, got 1000"),
        ("bread.slices", float("inf"), r"expected a whole number, 1 to 40, got inf"),
        ("bread.slices", 2.5, r"there: bread.slices: expected a whole number, 1 to 40, got 2.5"),
        ("bread.salt", "much", r"there: bread.salt: expected a number, at least 0 and .*'much'"),
        ("bread.salt", 1, r"there: bread.salt: expected at least 0 and less than 1, got 1"),
        ("bread.rise_s", 0, r"there: bread.rise_s: expected more than 0 s, got 0"),
        ("bread.rise_s", float("nan"), r"there: bread.rise_s: expected more than 0 s, got nan"),
        ("bread.grain", "oat", r"there: bread.grain: expected 'rye' or 'wheat', got 'oat'"),
        ("bread.is_toasted", "hot", r"bread.is_toasted: expected true or false, got 'hot'"),
        ("bread.seeds", 3, r"there: bread.seeds: expected a list, got 3"),
        ("bread.seeds", ["a", 3], r"there: bread.seeds\[1\]: expected text, got 3"),
        ("bread.crumbs", [{"size_mm": 10}], r"bread.crumbs\[0\].size_mm: input .* 9, got 10"),
        ("bread.crumbs", [{"size": 1}], r"\[0\].size: unknown .*did you mean .size_mm"),
        ("name", 3, r"there: name: expected text, got 3"),
    ],
)
def test_a_wrong_value_is_refused_with_limits_unit_and_place(
    name: str, value: object, message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        combine(Kitchen, [Layer("there", {name: value})])


def test_all_wrong_values_are_told_at_once() -> None:
    with pytest.raises(ParameterError, match="expected") as caught:
        combine(Kitchen, [Layer("a", {"bread.slices": 0}), Layer("b", {"bread.salt": -1.0})])
    assert str(caught.value).splitlines() == [
        "a: bread.slices: expected 1 to 40, got 0",
        "b: bread.salt: expected at least 0 and less than 1, got -1.0",
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("60", 60),
        ("0.5", 0.5),
        ("1e3", 1000.0),
        ("true", True),
        ("'60'", "60"),
        ("['a', 'b']", ["a", "b"]),
        ("60s", "60s"),
        ("two words", "two words"),
        ("", ""),
        ("1\nother = 2", "1\nother = 2"),
    ],
)
def test_the_right_side_is_toml_or_else_bare_words(text: str, value: object) -> None:
    assert parse_value(text) == value


def test_assignments_become_a_layer() -> None:
    layer = parse_assignments(["bread.slices=3", " bread.grain = wheat"], Kitchen)
    assert layer == Layer("--set", {"bread.slices": 3, "bread.grain": "wheat"})


@pytest.mark.parametrize("assignment", ["bread.slices", "=3", "  =3"])
def test_an_assignment_without_name_or_sign_is_refused(assignment: str) -> None:
    with pytest.raises(ParameterError, match=r"--set: expected NAME=VALUE"):
        parse_assignments([assignment], Kitchen)


def test_the_environment_is_read_by_double_underscores() -> None:
    layers = parse_environment(
        {"PHENOTUNE_BREAD__SLICES": "4", "PHENOTUNE_CACHE": "somewhere", "OTHER__NAME": "1"},
        Kitchen,
    )
    assert layers == [Layer("PHENOTUNE_BREAD__SLICES", {"bread.slices": 4})]
    deep = parse_environment({"PHENOTUNE_PARTS__CRUST__WEIGHT": "2"}, Kitchen)
    assert deep[0].values == {"parts.crust.weight": 2}


def test_the_one_setting_without_a_group_is_read_from_the_environment_too() -> None:
    assert parse_environment({"PHENOTUNE_NAME": "villa"}, Kitchen) == [
        Layer("PHENOTUNE_NAME", {"name": "villa"})
    ]


def test_a_variable_with_one_underscore_too_few_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"write PHENOTUNE_BREAD__IS_TOASTED$"):
        parse_environment({"PHENOTUNE_BREAD_IS_TOASTED": "true"}, Kitchen)


def test_an_unknown_variable_is_refused_by_its_name() -> None:
    with pytest.raises(ParameterError, match=r"PHENOTUNE_BREAD__SLICS: unknown setting"):
        parse_environment({"PHENOTUNE_BREAD__SLICS": "4"}, Kitchen)


def test_a_file_that_is_not_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "phenotune.toml"
    file.write_text("[run]\nseed = = 3\n")
    with pytest.raises(ParameterError, match=r"phenotune.toml: is not TOML: .*line 2"):
        read_toml(file)
    file.write_bytes(b"# caf\xe9\n")
    with pytest.raises(ParameterError, match=r"is not UTF-8 text, at byte 5"):
        read_toml(file)
    with pytest.raises(RunFolderError, match=r"none.toml: could not be read \(No such file"):
        read_toml(tmp_path / "none.toml")


def test_a_byte_order_mark_does_not_matter(tmp_path: Path) -> None:
    file = tmp_path / "phenotune.toml"
    file.write_bytes(b"\xef\xbb\xbfseed = 3\n")
    assert read_toml(file) == {"seed": 3}
