from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from phenotune.demo.make import DemoFiles


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the demo asks of the rest, which is made up here."""
    asked: dict[str, Any] = {}

    def make(folder: Path) -> DemoFiles:
        asked["folder"] = folder
        return DemoFiles(folder / "second_shift.wav", folder / "library")

    def run_it(output: object, **arguments: Any) -> None:
        asked.update(arguments)

    monkeypatch.setattr("phenotune.demo.make.make_demo", make)
    monkeypatch.setattr("phenotune.cli.evolve.run_it", run_it)
    return asked


def test_it_makes_sounds_and_rebuilds_them(
    asked: dict[str, Any], tmp_path: Path, call: Callable[..., Any]
) -> None:
    called = call("demo", "-o", tmp_path, "--time", "1m", "--seed", "3")
    assert called.code == 0
    assert f"The run folder is {tmp_path / 'mosaic'}." in called.out
    assert f"Listen to {tmp_path / 'second_shift.wav'}" in called.out
    assert asked == {
        "folder": tmp_path,
        "target": tmp_path / "second_shift.wav",
        "library": [tmp_path / "library"],
        "run": tmp_path / "mosaic",
        "flags": {"run.time_s": 60.0, "run.seed": 3},
    }


def test_it_takes_half_a_minute_and_a_folder_of_its_own(
    asked: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Callable[..., Any]
) -> None:
    monkeypatch.chdir(tmp_path)
    call("demo")
    assert asked["run"] == Path("phenotune-demo", "mosaic")
    assert asked["flags"] == {"run.time_s": 30.0}


def test_it_can_be_run_again(
    asked: dict[str, Any], tmp_path: Path, call: Callable[..., Any]
) -> None:
    (tmp_path / "mosaic").mkdir()
    (tmp_path / "mosaic-2").mkdir()
    call("demo", "-o", tmp_path)
    assert asked["run"] == tmp_path / "mosaic-3"


def test_the_time_is_checked_before_anything_is_made(
    asked: dict[str, Any], tmp_path: Path, call: Callable[..., Any]
) -> None:
    assert call("demo", "-o", tmp_path, "--time", "soon").code == 2
    assert asked == {}


@pytest.mark.parametrize("is_there", [False, True])
def test_it_says_that_sounds_are_made_only_where_they_are(
    is_there: bool,
    asked: dict[str, Any],
    tmp_path: Path,
    call: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("phenotune.demo.make.has_demo", lambda folder: is_there)
    assert ("making a song" in call("demo", "-o", tmp_path).err) != is_there


def test_a_slip_in_the_seed_is_shown(asked: dict[str, Any], call: Callable[..., Any]) -> None:
    called = call("demo", "--seed", "x")
    assert (called.code, called.err) == (2, "error: --seed: expected a whole number, got 'x'\n")
    assert asked == {}
