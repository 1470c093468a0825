"""Who may import whom. The tables are the rule; the rest of the file reads the sources and holds them against it.

Imports inside functions count. Those under ``TYPE_CHECKING`` count for our own rooms, not for other people's packages.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "phenotune"

# What exporters know of a mosaic: they take any object that has its parts, so that a mosaic can call them.
MOSAIC_DOORS = "mosaic.ahead mosaic.facts mosaic.paths mosaic.rendering mosaic.sources mosaic.sums"
GROUND = "arrays errors lanes progress settings units whole_files words"
CREDIT_DOORS = "library.credits library.licences"
ROOMS = {
    # room: what of ours it may import; a name with a dot is that one module of a room and no other
    "kernels": "",
    "audio": f"{GROUND}",
    "spectra": f"{GROUND} kernels",
    "library": f"{GROUND} audio",
    "genome": f"{GROUND} kernels library.clip audio.resampling",
    "canvas": f"{GROUND} kernels spectra genome.chromosome",
    "fitness": f"{GROUND} kernels spectra library genome canvas",
    "search": f"{GROUND} genome library.clip library.settings",
    "mosaic": f"{GROUND} kernels audio library genome canvas.placement export",
    "measures": f"{GROUND} audio",
    "export": f"{GROUND} kernels audio {CREDIT_DOORS} library.clip genome canvas.placement {MOSAIC_DOORS}",
    "report": f"{GROUND} audio spectra mosaic measures run.events",
    "demo": f"{GROUND} audio",
    "run": f"{GROUND} kernels audio spectra library genome canvas fitness search mosaic measures report demo export",
    "study": f"{GROUND} audio library genome search mosaic measures report run",
    "cli": f"{GROUND} audio library genome mosaic measures report demo export run study",
}
# What phenotune/__init__.py gives by name, and the ground floor, whose modules may import one another.
ROOMS |= {"__init__": "run mosaic errors", "__main__": "cli"} | dict.fromkeys(
    GROUND.split(), GROUND
)

PACKAGES = {
    # package: the only places that may import it
    "PIL": "report",
    "av": "audio report",
    "matplotlib": "report",
    "llvmlite": "kernels",
    "mido": "export.midi",
    "numba": "kernels",
    "opentimelineio": "export.otio",
    "platformdirs": "audio run",
    "pydantic": f"{GROUND} genome.genes.ranges mosaic run",
    "pyloudnorm": "audio.loudness",
    "rich": "cli",
    "scipy": "measures demo",
    "scipy.fft": "spectra fitness.pages genome.genes.equaliser measures demo",
    "scipy.signal": "audio.loudness",
    "soundfile": "audio.files audio.packed audio.writing",
    "soxr": "audio.resampling",
    "typer": "cli",
}
EVERYWHERE = {"numpy"}  # and the standard library, except:
NOWHERE = {
    "random": "chance comes from an np.random.Generator that is passed in",
    "pickle": "files are JSON, TOML or sound; a pickle is unsafe to open and breaks across versions",
    "shelve": "it pickles",
    "marshal": "files are JSON, TOML or sound",
}
CHANCE_THAT_IS_PASSED_IN = {
    "Generator",
    "SeedSequence",
    "default_rng",
    "BitGenerator",
    "PCG64",
    "Philox",
}


@dataclass(frozen=True)
class Import:
    """One import: the module that has it, the dotted name it asks for, its line, and whether only types need it."""

    by: str
    name: str
    line: int
    for_types: bool

    def __str__(self) -> str:
        return f"phenotune.{self.by}, line {self.line}: {self.name}"


def modules() -> dict[str, ast.Module]:
    """Every module of the package by its dotted name within it, ``"audio.files"``; a room's own is ``"audio"``."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    return found


MODULES = modules()


def imports_of(by: str, node: ast.AST, for_types: bool = False) -> Iterator[Import]:
    """All imports below a node of the syntax tree."""
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        for_types = True
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Import(by, alias.name, node.lineno, for_types)
    if isinstance(node, ast.ImportFrom):
        for alias in node.names:
            yield Import(by, f"{node.module}.{alias.name}", node.lineno, for_types)
    for child in ast.iter_child_nodes(node):
        yield from imports_of(by, child, for_types)


IMPORTS = [found for by, tree in MODULES.items() for found in imports_of(by, tree)]
OURS = [found for found in IMPORTS if found.name.split(".")[0] == "phenotune"]
THEIRS = [
    found
    for found in IMPORTS
    if found.name.split(".")[0] not in sys.stdlib_module_names | {"phenotune"}
]


def within(name: str, places: str) -> bool:
    """Whether a dotted name is one of the places or lies in one.

    >>> within("audio.files", "spectra audio"), within("audio.files", "audio.resampling")
    (True, False)
    """
    return any(name == place or name.startswith(f"{place}.") for place in places.split())


def module_asked_for(found: Import) -> str:
    """Our module that an import reaches; the last part of its name may be a thing inside that module."""
    name = found.name.removeprefix("phenotune").removeprefix(".")
    return name if name in MODULES else name.rpartition(".")[0]


def test_every_room_is_in_the_table() -> None:
    assert {name.split(".")[0] for name in MODULES} <= set(ROOMS)


def test_rooms_import_only_what_the_table_allows() -> None:
    wrong = []
    for found in OURS:
        room = found.by.split(".")[0]
        if not within(module_asked_for(found), f"{room} {ROOMS[room]}"):
            wrong.append(str(found))
    assert not wrong


def test_packages_are_imported_only_at_their_doors() -> None:
    wrong = []
    for found in THEIRS:
        if found.for_types or found.name.split(".")[0] in EVERYWHERE:
            continue
        doors = [places for package, places in PACKAGES.items() if within(found.name, package)]
        if not within(found.by, " ".join(doors)):
            wrong.append(str(found))
    assert not wrong


def test_some_modules_are_imported_nowhere() -> None:
    wrong = [
        f"{found}: {NOWHERE[found.name.split('.')[0]]}"
        for found in IMPORTS
        if found.name.split(".")[0] in NOWHERE
    ]
    assert not wrong


def test_chance_comes_only_from_generators_that_are_passed_in() -> None:
    wrong = []
    for name, tree in MODULES.items():
        for node in ast.walk(tree):
            used = ast.unparse(node) if isinstance(node, ast.Attribute) else ""
            if (
                used.startswith(("np.random.", "numpy.random."))
                and used.split(".")[2] not in CHANCE_THAT_IS_PASSED_IN
            ):
                wrong.append(f"phenotune.{name}, line {node.lineno}: {used}")
            if (
                isinstance(node, ast.Call)
                and not node.args
                and ast.unparse(node.func).endswith("default_rng")
            ):
                wrong.append(f"phenotune.{name}, line {node.lineno}: default_rng() without a seed")
    assert not wrong


def cycle_in(graph: dict[str, set[str]]) -> list[str]:
    """A cycle of a directed graph, or nothing.

    >>> cycle_in({"a": {"b"}, "b": {"a"}}), cycle_in({"a": {"b"}})
    (['a', 'b', 'a'], [])
    """
    done: set[str] = set()

    def visit(node: str, path: list[str]) -> list[str]:
        if node in path:
            return [*path[path.index(node) :], node]
        if node not in done:
            for follower in sorted(graph.get(node, ())):
                if cycle := visit(follower, [*path, node]):
                    return cycle
            done.add(node)
        return []

    return next((cycle for node in sorted(graph) if (cycle := visit(node, []))), [])


def test_there_is_no_cycle_between_rooms() -> None:
    # A module that another room may import by itself (run.events) is a node of its own.
    doors = {place for places in ROOMS.values() for place in places.split() if "." in place}
    graph: dict[str, set[str]] = {}
    for found in OURS:
        here, there = (
            name if name in doors else name.split(".")[0]
            for name in (found.by, module_asked_for(found))
        )
        if here != there:
            graph.setdefault(here, set()).add(there)
    assert not cycle_in(graph)


def test_there_is_no_cycle_between_modules() -> None:
    graph: dict[str, set[str]] = {}
    for found in OURS:
        if not found.for_types and module_asked_for(found) != found.by:
            graph.setdefault(found.by, set()).add(module_asked_for(found))
    assert not cycle_in(graph)


HEAVY = [
    "PIL",
    "av",
    "matplotlib",
    "mido",
    "numba",
    "opentimelineio",
    "pydantic",
    "pyloudnorm",
    "scipy",
    "soundfile",
    "soxr",
]
HELP = "sys.argv = ['phenotune', '--help']\nfrom phenotune.cli.main import main\nmain()"


@pytest.mark.parametrize(
    "code", ["import phenotune", HELP], ids=["import phenotune", "phenotune --help"]
)
def test_nothing_heavy_is_imported_before_it_is_needed(code: str) -> None:
    lines = "\n    ".join(["try:", *code.split("\n")])
    told = f"import sys\n{lines}\nfinally:\n    print('loaded:', *sorted(set({HEAVY}) & set(sys.modules)))"
    ended = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-1] == "loaded:"
