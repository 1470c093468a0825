"""dev.py: what it decides, without installing anything."""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

PROJECT = Path(__file__).resolve().parents[1]


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, in a project of its own whose environment is the one that runs the tests."""
    spec = importlib.util.spec_from_file_location("dev", PROJECT / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    monkeypatch.setattr(module, "PROJECT", tmp_path)
    monkeypatch.setattr(module, "STAMP", tmp_path / "stamp.txt")
    monkeypatch.setattr(module, "PYTHON", Path(sys.executable))
    return module


@pytest.fixture
def calls(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What would have been run."""
    made: list[list[str]] = []

    def call(
        *command: str | Path,
        folder: Path | None = None,
        environment: dict[str, str] | None = None,
    ) -> int:
        made.append([str(part) for part in command])
        return 0

    monkeypatch.setattr(dev, "call", call)
    return made


def test_it_needs_the_standard_library_alone() -> None:
    ended = subprocess.run(
        [sys.executable, "-I", "-S", str(PROJECT / "dev.py"), "--help"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0
    assert "python3 dev.py demo" in ended.stdout


@pytest.mark.parametrize("arguments", [[], ["tset"]])
def test_an_unknown_command_shows_what_there_is(dev: ModuleType, arguments: list[str]) -> None:
    assert dev.main(arguments) == 2


def test_setting_up_is_done_once(dev: ModuleType, calls: list[list[str]]) -> None:
    dev.set_up(("test",))
    assert calls[0][-1] == f"{dev.PROJECT}[test]"
    dev.set_up(("test",))
    dev.set_up(())
    assert len(calls) == 1


def test_setting_up_adds_to_what_is_there(dev: ModuleType, calls: list[list[str]]) -> None:
    dev.set_up(())
    dev.set_up(("formats", "test"))
    dev.set_up(("test",))
    assert [call[-1] for call in calls] == [str(dev.PROJECT), f"{dev.PROJECT}[formats,test]"]


def test_setting_up_is_done_again_when_the_project_file_changed(
    dev: ModuleType, calls: list[list[str]]
) -> None:
    dev.set_up(("test",))
    changed = b"[project]\nname = 'other'\n"
    (dev.PROJECT / "pyproject.toml").write_bytes(changed)
    dev.set_up(())
    assert len(calls) == 2
    assert dev.STAMP.read_text().split() == [hashlib.sha256(changed).hexdigest()]


def test_a_failed_installation_is_not_taken_for_done(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "call", lambda *command: 1)
    with pytest.raises(SystemExit, match="could not be installed"):
        dev.set_up(())
    assert not dev.STAMP.exists()


def test_without_any_pip_it_says_what_to_install(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "answers", lambda *command: False)
    with pytest.raises(SystemExit, match="apt-get install python3-pip"):
        dev.pip()


def test_the_pip_of_the_outer_python_serves_where_the_inner_has_none(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "answers", lambda *command: "--python" in command)
    monkeypatch.setattr(dev.importlib.util, "find_spec", lambda name: name)
    assert dev.pip() == [sys.executable, "-m", "pip", "--python", dev.PYTHON]


@pytest.mark.parametrize(
    ("given", "passed"),
    [
        ([], ["--dist", "loadfile", "-m", "not slow"]),
        (["--all"], ["--dist", "loadfile"]),
        (["-k", "canvas"], ["--dist", "loadfile", "-m", "not slow", "-k", "canvas"]),
        (["-m", "slow"], ["--dist", "loadfile", "-m", "slow"]),
        (["-n0", "--all", "-x"], ["-n0", "-x"]),
    ],
)
def test_test_passes_arguments_on(
    dev: ModuleType, calls: list[list[str]], given: list[str], passed: list[str]
) -> None:
    assert dev.main(["test", *given]) == 0
    command = calls[-1]
    assert command[1:3] == ["-m", "pytest"]
    assert command[-len(passed) :] == passed


def test_bench_names_the_benchmarks_it_knows(dev: ModuleType, calls: list[list[str]]) -> None:
    (dev.PROJECT / "benchmarks").mkdir()
    (dev.PROJECT / "benchmarks" / "bench_scoring.py").touch()
    assert dev.bench(["scroing"]) == 2
    assert dev.bench(["scoring"]) == 0
    assert calls[-1] == [sys.executable, str(dev.PROJECT / "benchmarks" / "bench_scoring.py")]


def test_the_long_benchmarks_run_when_they_are_named(
    dev: ModuleType, calls: list[list[str]]
) -> None:
    (dev.PROJECT / "benchmarks").mkdir()
    for name in ("marks", "scoring", "where"):
        (dev.PROJECT / "benchmarks" / f"bench_{name}.py").touch()
    calls.clear()
    assert dev.bench([]) == 0
    assert [Path(call[1]).stem for call in calls if "bench_" in call[1]] == [
        "bench_scoring",
        "bench_where",
    ]
    assert dev.bench(["marks", "where", "--seeds", "0", "1"]) == 0
    assert [Path(call[1]).stem for call in calls[-2:]] == ["bench_marks", "bench_where"]
    assert [call[2:] for call in calls[-2:]] == [["--seeds", "0", "1"]] * 2


def test_the_long_benchmarks_exist(dev: ModuleType) -> None:
    for name in dev.LONG_BENCHMARKS:
        assert (PROJECT / "benchmarks" / f"bench_{name}.py").exists()
