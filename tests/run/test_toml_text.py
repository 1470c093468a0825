from __future__ import annotations

import datetime
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phenotune.errors import ParameterError
from phenotune.run.settings import RunSettings, explain, read_settings
from phenotune.run.toml_text import settings_to_toml, toml_value


@pytest.mark.parametrize("preset", ["guided", "classic"])
def test_reading_back_gives_the_same_settings(preset: str, tmp_path: Path) -> None:
    settings = read_settings(
        preset,
        flags={"run.seed": 2**63 - 1, "library.exclude": ('a "b"\\*', "ünï"), "run.time_s": 1e-7},
        environment={},
        folder=tmp_path,
    )
    file = tmp_path / "phenotune.toml"
    file.write_text(settings_to_toml(settings), encoding="utf-8")
    assert read_settings(project=file, environment={}, folder=tmp_path) == settings


def test_every_setting_has_its_help_limits_and_default_above_it() -> None:
    text = settings_to_toml(RunSettings())
    assert "# Shortest clip. (0.02 to 10 s; default 0.15)\nmin_clip_s = 0.15\n" in text
    assert "[genes.varispeed]\n" in text
    for row in explain(RunSettings()):
        if row.name == "stage":
            assert "\n# [[stage]], as often as you like. Parts of the run" in text
            continue
        assert f"\n{row.name.rpartition('.')[2]} = " in text


def test_no_line_of_prose_is_longer_than_a_hundred_columns() -> None:
    lines = settings_to_toml(RunSettings()).splitlines()
    assert max(len(line) for line in lines if line.startswith("#")) <= 100


def test_lists_of_groups_stand_a_line_each() -> None:
    text = settings_to_toml(RunSettings())
    assert '\nlaws = [\n  { law = "amplitude", weight = 2.0 },\n' in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (0, "0"),
        (-0.5, "-0.5"),
        (1e-7, "1e-07"),
        (1e22, "1e+22"),
        ("a\nb", '"a\\nb"'),
        ("\x7f", '"\\u007f"'),
        ((), "[]"),
        ((1, 2), "[1, 2]"),
        ({"a": "b"}, '{ a = "b" }'),
    ],
)
def test_values_as_toml_writes_them(value: object, text: str) -> None:
    assert toml_value(value) == text
    read = tomllib.loads(f"value = {text}")["value"]
    assert (tuple(read) if isinstance(value, tuple) else read) == value


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back(text: str) -> None:
    assert tomllib.loads(f"value = {toml_value(text)}")["value"] == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_number_comes_back(number: float) -> None:
    assert tomllib.loads(f"value = {toml_value(number)}")["value"] == number


@pytest.mark.parametrize("value", [None, datetime.date(2020, 1, 1), b"x"])
def test_what_settings_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(ParameterError, match=r"expected a value that TOML can hold, got"):
        toml_value(value)
