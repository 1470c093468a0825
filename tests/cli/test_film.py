from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from phenotune.run import filming
from phenotune.run.filming import Film, FilmOptions


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Any]:
    """What the command asks for; nothing is made."""
    calls: list[Any] = []

    def film(run: Path, path: Path | None, options: FilmOptions, **more: Any) -> Film:
        calls.append((run, path, options, more))
        more["progress"](1.0)
        made = path or tmp_path / "evolution.webp"
        paths = (made, made.with_suffix(".wav")) if made.suffix == ".webp" else (made,)
        return Film(paths, 60.0, (1, 9), 1.25 if path else 0.0)

    monkeypatch.setattr(filming, "film", film)
    return calls


def test_options_reach_the_film(call: Callable[..., Any], asked: list[Any]) -> None:
    called = call(
        "film", "RUN", "-o", "film.mp4", "--size", "1080X1920", "--fps", "25", "--scenes", "5", "--plays", "2",
        "--from", "10s", "--to", "1m", "--sources", "here", "--sources", "there", "--force", "-q",
    )  # fmt: skip
    assert (called.code, called.out) == (0, "film.mp4\n")
    assert called.err == "turned down by 1.2 dB so as not to clip\n"
    run, path, options, more = asked[0]
    assert (run, path) == (Path("RUN"), Path("film.mp4"))
    assert options == FilmOptions((1080, 1920), 25, 5, 2, 10.0, 60.0)
    assert (more["folders"], more["force"]) == ([Path("here"), Path("there")], True)


def test_without_the_extra_it_says_what_brings_sound(
    call: Callable[..., Any], asked: list[Any], tmp_path: Path
) -> None:
    called = call("film", "RUN")
    assert called.out == f"{tmp_path / 'evolution.webp'}\n{tmp_path / 'evolution.wav'}\n"
    assert "pip install 'phenotune[video]'" in called.err
    assert asked[0][2] == FilmOptions()
    assert not asked[0][3]["force"]


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--size", "big", "--size: expected width and height such as 1280x720, got 'big'"),
        ("--from", "soon", "--from: expected a time"),
        ("--stages", "0", "--scenes: expected 1 to 200, got 0"),
    ],
)
def test_values_that_make_no_sense(
    call: Callable[..., Any], asked: list[Any], option: str, value: str, message: str
) -> None:
    called = call("film", "RUN", option, value)
    assert (called.code, called.out, asked) == (2, "", [])
    assert message in called.err


def test_no_run_folder_is_the_worlds_fault(call: Callable[..., Any], tmp_path: Path) -> None:
    called = call("film", tmp_path / "nowhere")
    assert (called.code, called.out) == (1, "")
    assert called.err.endswith("nowhere: there is no such folder\n")
