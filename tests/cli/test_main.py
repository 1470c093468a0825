from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from phenotune.errors import AudioFileError

COMMANDS = [
    "evolve",
    "render",
    "lineages",
    "measure",
    "tempo",
    "library",
    "presets",
    "styles",
    "genes",
    "demo",
    "doctor",
]
HEAVY = ["numba", "numpy", "scipy", "matplotlib", "soundfile", "soxr", "phenotune.settings"]


def test_what_changes_a_run_stands_together(call: Callable[..., Any]) -> None:
    words = call("--help").out.split()
    assert words.index("replay") < words.index("edit") < words.index("regrow")


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )


def test_help_names_every_command(call: Callable[..., Any]) -> None:
    called = call("--help")
    assert called.code == 0
    assert all(command in called.out for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, call: Callable[..., Any]) -> None:
    called = call(command, "-h")
    assert (called.code, called.err) == (0, "")
    assert f"phenotune {command}" in called.out
    assert "<" not in called.out  # no types of Python


def test_whoever_calls_it_may_say_what_people_type(
    call: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHENOTUNE_PROGRAM", "python3 dev.py run")
    assert "Usage: python3 dev.py run evolve [OPTIONS]" in call("evolve", "-h").out
    assert "`python3 dev.py run --help` shows" in call("evolv").err


def test_without_a_command_there_is_help(call: Callable[..., Any]) -> None:
    called = call()
    assert "evolve" in called.out + called.err
    assert "error" not in called.err


def test_version(call: Callable[..., Any]) -> None:
    called = call("--version")
    assert (called.code, called.out) == (0, f"phenotune {version('phenotune')}\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["evolv"], ["no such command 'evolv'", "'evolve'", "`phenotune --help`"]),
        (
            ["evolve", "--sede", "3"],
            ["no such option: --sede", "--seed", "`phenotune evolve --help`"],
        ),
        (["evolve"], ["missing argument"]),
        (["evolve", "a", "b", "--seed", "x"], ["--seed: expected a whole number, got 'x'"]),
        (["measure", "song.wav"], ["missing argument"]),
    ],
)
def test_slips_are_explained(
    arguments: list[str], words: list[str], call: Callable[..., Any]
) -> None:
    called = call(*arguments)
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith("error: ")
    assert all(word in called.err for word in words)


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (AudioFileError("a.wav", "is empty"), 1, "error: a.wav: is empty"),
        (ZeroDivisionError("by zero"), 1, "error: this is a bug in phenotune: ZeroDivisionError"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_nothing_leaves_as_a_traceback(
    error: BaseException,
    code: int,
    message: str,
    call: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*arguments: object) -> None:
        raise error

    monkeypatch.setattr("phenotune.cli.doctor.examine", fail)
    called = call("doctor")
    assert (called.code, called.out) == (code, "")
    assert called.err.startswith(message)
    assert "Traceback" not in called.err


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys; from phenotune.cli.main import run; run(['evolve', '--help']); "
        f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    )
    assert python("-c", script).stderr == "[]\n"


def test_python_m_phenotune() -> None:
    called = python("-m", "phenotune", "--version")
    assert (called.returncode, called.stdout) == (0, f"phenotune {version('phenotune')}\n")


def test_the_exit_code_reaches_the_shell() -> None:
    called = python("-m", "phenotune", "evolve", "nowhere")
    assert called.returncode == 2
    assert called.stderr.startswith("error: nowhere: expected a target and a library")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such file names")
def test_any_file_name_can_be_printed(tmp_path: Path) -> None:
    odd = os.fsdecode(b"odd-\xff-name")
    called = subprocess.run(
        [sys.executable, "-m", "phenotune", "evolve", odd],
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        check=False,
    )
    assert called.returncode == 2
    assert called.stderr.startswith(b"error: odd-")
    assert b"Traceback" not in called.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows pipes end otherwise")
def test_a_pipe_that_closes_is_no_error() -> None:
    command = f"'{sys.executable}' -m phenotune presets guided --json | head -n 1"
    called = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert called.stdout.startswith('{"name": "run.seed"')
    assert called.stderr == ""
