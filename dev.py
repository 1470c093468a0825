#!/usr/bin/env python3
"""Everything a newcomer needs, with nothing but Python: set up, try, test, check, measure speed.

    python3 dev.py demo          set up, then make the demo's music and rebuild it; arguments go to `phenotune demo`
    python3 dev.py test          set up, then run the quick tests; arguments go to pytest: -k canvas
    python3 dev.py test --all    ... and the slow ones, as CI does
    python3 dev.py check         ruff, its formatter, and mypy; --fix repairs what can be repaired
    python3 dev.py bench         the benchmarks, or those named; flags go to them: bench marks --seeds 0
    python3 dev.py run ...       phenotune itself: python3 dev.py run evolve song.wav records/
    python3 dev.py setup         only set up

Setting up makes `.venv` beside this file and installs phenotune into it, editable. It is done once, and again when
`pyproject.toml` has changed. Only the standard library is used, no compiler, and neither ensurepip nor a new pip: the
23.0.1 of Debian 12 will do.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036  (the reader of this message has the old one)
    sys.exit(
        f"phenotune needs Python 3.11 or newer; this is {sys.version.split()[0]} ({sys.executable}). "
        "Install a newer Python and run this file with it: python3.12 dev.py ..."
    )

PROJECT = Path(__file__).resolve().parent
ENVIRONMENT = PROJECT / ".venv"
SCRIPTS = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
PYTHON_AS_TYPED = "py" if os.name == "nt" else "python3"
STAMP = ENVIRONMENT / "phenotune-setup.txt"

TO_USE: tuple[str, ...] = ()
TO_DEVELOP = ("browser", "formats", "otio", "test", "video")

LONG_BENCHMARKS = ("ablation", "marks")
"""Those that take an hour or so: they run when they are named."""

NO_PIP = """\
Neither pip nor ensurepip is there, so nothing can be installed. One of these brings it:
  Debian, Ubuntu     apt-get install python3-pip        (or python3-venv)
  Fedora             dnf install python3-pip
  Windows, macOS     the installer from python.org has pip in it
Then run the same command again."""


def main(arguments: Sequence[str]) -> int:
    """Run the command that the first argument names; the exit code is that of what it ran."""
    if not arguments or arguments[0] not in COMMANDS:
        print(__doc__)
        return 0 if arguments and arguments[0] in ("-h", "--help", "help") else 2
    return COMMANDS[arguments[0]](list(arguments[1:]))


def demo(arguments: list[str]) -> int:
    """Rebuild the demo's music; needs no sound files."""
    return run(["demo", *arguments])


def run(arguments: list[str]) -> int:
    """Run phenotune with the arguments as they are."""
    set_up(TO_USE)
    # What phenotune calls itself in its messages, so that they can be pasted.
    program = f"{PYTHON_AS_TYPED} {shlex.quote(sys.argv[0])} run"
    return call(
        SCRIPTS / "phenotune",
        *arguments,
        folder=Path.cwd(),
        environment={"PHENOTUNE_PROGRAM": program},
    )


def test(arguments: list[str]) -> int:
    """Run pytest: the quick tests, or with --all every one; two workers, a file to each, unless told otherwise."""
    set_up(TO_DEVELOP)
    selection = [] if "--all" in arguments else ["-m", "not slow"]
    arguments = [argument for argument in arguments if argument != "--all"]
    if any(argument.startswith("-m") for argument in arguments):
        selection = []
    workers = ["-n", str(min(4, os.cpu_count() or 1)), "--dist", "loadfile"]
    if any(argument.startswith(("-n", "--pdb", "--numprocesses")) for argument in arguments):
        workers = []
    return call(PYTHON, "-m", "pytest", *workers, *selection, *arguments)


def check(arguments: list[str]) -> int:
    """Run ruff, its formatter and mypy, all three whatever the others find."""
    set_up(TO_DEVELOP)
    fix = "--fix" in arguments
    codes = [
        call(PYTHON, "-m", "ruff", "check", *(["--fix"] if fix else [])),
        call(PYTHON, "-m", "ruff", "format", *([] if fix else ["--check"])),
        call(PYTHON, "-m", "mypy"),
    ]
    return max(codes)


def bench(arguments: list[str]) -> int:
    """Run the benchmarks, or those named, each in a process of its own; what follows the first flag goes to each."""
    set_up(TO_USE)
    n_names = next((i for i, word in enumerate(arguments) if word.startswith("-")), len(arguments))
    names, flags = arguments[:n_names], arguments[n_names:]
    known = {
        file.stem.removeprefix("bench_"): file for file in PROJECT.glob("benchmarks/bench_*.py")
    }
    unknown = [name for name in names if name not in known]
    if unknown:
        print(
            f"no benchmark called {unknown[0]!r}; there are: {', '.join(sorted(known)) or 'none'}"
        )
        return 2
    names = names or sorted(set(known).difference(LONG_BENCHMARKS))
    return max([call(PYTHON, known[name], *flags) for name in names], default=0)


def setup(arguments: list[str]) -> int:
    """Make the environment ready to develop in."""
    set_up(TO_DEVELOP)
    print(f"ready: {PYTHON}")
    return 0


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "demo": demo,
    "test": test,
    "check": check,
    "bench": bench,
    "run": run,
    "setup": setup,
}


def set_up(extras: Sequence[str]) -> None:
    """Make `.venv` where it is missing, and install into it what is missing there."""
    project = hashlib.sha256((PROJECT / "pyproject.toml").read_bytes()).hexdigest()
    installed = installed_extras(project)
    if installed is not None and installed.issuperset(extras):
        return
    if not works(PYTHON):
        make_environment()
    wanted = sorted({*extras, *(installed or ())})
    what = f"{PROJECT}[{','.join(wanted)}]" if wanted else str(PROJECT)
    print(f"setting up {ENVIRONMENT} (once; this downloads packages)", file=sys.stderr, flush=True)
    if call(*pip(), "install", "--quiet", "--disable-pip-version-check", "--editable", what):
        sys.exit("the packages could not be installed: what pip says above tells why")
    STAMP.write_text("\n".join([project, *wanted]) + "\n", encoding="utf-8")


def installed_extras(project: str) -> set[str] | None:
    """Extras that are installed for the present `pyproject.toml`, or None where a set-up is due."""
    if not STAMP.is_file() or not works(PYTHON):
        return None
    was, *extras = STAMP.read_text(encoding="utf-8").split("\n")
    return {extra for extra in extras if extra} if was == project else None


def works(python: Path) -> bool:
    """Whether an interpreter is there, starts, and is new enough; one whose home was moved or removed does not."""
    return python.exists() and answers(
        python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"
    )


def make_environment() -> None:
    """Make `.venv` without pip, since Debian's Python may lack the module that would put one in."""
    if ENVIRONMENT.exists():
        shutil.rmtree(ENVIRONMENT)
    try:
        venv.EnvBuilder(with_pip=False, symlinks=os.name != "nt").create(ENVIRONMENT)
    except OSError as error:
        sys.exit(f"{ENVIRONMENT} could not be made: {error}")


def pip() -> list[str | Path]:
    """The command line of a pip that installs into `.venv`: its own, else this Python's, else a new one."""
    if answers(PYTHON, "-m", "pip", "--version"):
        return [PYTHON, "-m", "pip"]
    if importlib.util.find_spec("pip") and answers(
        sys.executable, "-m", "pip", "--python", PYTHON, "--version"
    ):
        return [sys.executable, "-m", "pip", "--python", PYTHON]
    if answers(PYTHON, "-m", "ensurepip", "--default-pip"):
        return [PYTHON, "-m", "pip"]
    sys.exit(NO_PIP)


def answers(*command: str | Path) -> bool:
    """Whether a command ends well, whatever it prints."""
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def call(
    *command: str | Path, folder: Path = PROJECT, environment: Mapping[str, str] | None = None
) -> int:
    """Run a command in the project's folder, or another, and give its exit code; Ctrl-C is the command's to handle."""
    process = subprocess.Popen(command, cwd=folder, env={**os.environ, **(environment or {})})
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
