"""The documents are held to what they say: snippets run, command lines parse, settings exist, links lead somewhere.

Python snippets run, in the order of their file and in one namespace, in a folder that has a ``song.wav`` and a folder
``records/``. One that only shows what something looks like has ``text`` for its language.
"""

from __future__ import annotations

import inspect
import re
import shlex
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer.main

from phenotune.cli.main import app
from phenotune.genome.chromosome import Gene
from phenotune.run.settings import RunSettings, flat_values

PROJECT = Path(__file__).resolve().parents[1]
PAGES = [
    *sorted(PROJECT.glob("*.md")),
    *sorted(PROJECT.glob("docs/**/*.md")),
    PROJECT / "benchmarks" / "README.md",
]
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
RATE_HZ = 22_050


@dataclass(frozen=True)
class Snippet:
    """A fenced block of a page."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(PROJECT)}:{self.line}"


def snippets(page: Path) -> list[Snippet]:
    """All fenced blocks of a page, with the line that each begins on."""
    text = page.read_text(encoding="utf-8")
    return [
        Snippet(page, text.count("\n", 0, found.start(2)) + 1, found[1], found[2])
        for found in re.finditer(r"^```(\w*)[^\n]*\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    ]


SNIPPETS = [snippet for page in PAGES for snippet in snippets(page)]


def command_lines(snippet: Snippet) -> list[str]:
    """The calls of phenotune in a block of shell, without the prompt and the comment; lines of output are left out."""
    joined = snippet.text.replace("\\\n", " ")
    calls = re.findall(r"^(?:\$ )?(?:python3 dev\.py run|phenotune) (.*)$", joined, re.MULTILINE)
    return [re.sub(r"\s+#.*$", "", call) for call in calls]


CALLS = [
    pytest.param(call, id=f"{snippet}: {call}")
    for snippet in SNIPPETS
    if snippet.language in {"bash", "console", "sh"}
    for call in command_lines(snippet)
]


def write_tones(path: Path, pitches_hz: list[float], duration_s: float) -> None:
    """A mono WAV in which decaying tones follow one another."""
    n_samples = round(duration_s * RATE_HZ / len(pitches_hz))
    time_s = np.arange(n_samples) / RATE_HZ
    tones = [np.sin(2 * np.pi * pitch * time_s) * np.exp(-3 * time_s) for pitch in pitches_hz]
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        file.writeframes((np.concatenate(tones) * 20_000).astype("<i2").tobytes())


@pytest.fixture
def studio_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the snippets speak of, and a run that ends after one small cycle."""
    write_tones(tmp_path / "song.wav", [220.0, 330.0, 440.0, 330.0], 2.0)
    (tmp_path / "records").mkdir()
    for name, pitch in (("bass", 110.0), ("keys", 415.0), ("bell", 900.0)):
        write_tones(tmp_path / "records" / f"{name}.wav", [pitch, 1.5 * pitch], 1.5)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PHENOTUNE_RUN__CYCLES", "1")
    monkeypatch.setenv("PHENOTUNE_SEARCH__POPULATION", "12")
    return tmp_path


PAGES_WITH_PYTHON = sorted({snippet.page for snippet in SNIPPETS if snippet.language == "python"})
SLOW_PAGES = {"choosing.md", "editing.md", "film.md"}


@pytest.mark.usefixtures("studio_desk")
@pytest.mark.parametrize(
    "page",
    [
        pytest.param(
            page,
            marks=[pytest.mark.slow] if page.name in SLOW_PAGES else [],
            id=str(page.relative_to(PROJECT)),
        )
        for page in PAGES_WITH_PYTHON
    ],
)
def test_python_snippets_run(page: Path) -> None:
    names: dict[str, object] = {"__name__": "snippet"}
    for snippet in snippets(page):
        if snippet.language == "python":
            blank_lines = "\n" * (snippet.line - 1)  # so that a traceback names the page's own line
            exec(compile(blank_lines + snippet.text, page, "exec", dont_inherit=True), names)  # noqa: S102


@pytest.mark.parametrize("call", CALLS)
def test_command_lines_parse(call: str) -> None:
    name, *arguments = shlex.split(call)
    if name in {"--help", "--version"} or "--help" in arguments:
        return
    assert name in COMMANDS
    COMMANDS[name].make_context(name, arguments)


def test_flags_named_in_the_readme_exist() -> None:
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    named = set(re.findall(r"`(--[a-z][a-z-]*)", prose)) - {"--all", "--help"}
    known = {
        flag for command in COMMANDS.values() for option in command.params for flag in option.opts
    }
    assert named
    assert named <= known


def test_settings_named_in_the_documents_exist() -> None:
    settings = {name.split("[")[0] for name in flat_values(RunSettings())}
    unknown = []
    for page in PAGES:
        for name in re.findall(
            r"[`\s]([a-z]+(?:\.[a-z_0-9]+)+)(?=[`= ])", page.read_text(encoding="utf-8")
        ):
            is_group = name.split(".")[0] in RunSettings.model_fields
            # Rooms and groups share some names: library.clip is a module.
            is_module = (PROJECT / "src" / "phenotune" / f"{name.replace('.', '/')}.py").exists()
            if is_group and not is_module and name not in settings:
                unknown.append(f"{page.relative_to(PROJECT)}: {name}")
    assert not unknown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(
        r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)]
    broken = [
        target
        for target in targets
        if target and ":" not in target and not (page.parent / target).exists()
    ]
    assert not broken


def test_the_gene_in_the_readme_is_the_gene_of_the_code() -> None:
    names: dict[str, Any] = {}
    for snippet in snippets(PROJECT / "README.md"):
        if snippet.language == "python" and "ClassVar" in snippet.text:
            exec(compile(snippet.text, str(snippet), "exec", dont_inherit=True), names)  # noqa: S102
    for member in ("random", "mutate", "apply"):
        shown, real = (inspect.signature(getattr(gene, member)) for gene in (names["Gene"], Gene))
        assert list(shown.parameters) == list(real.parameters)
    assert isinstance(names["Reverse"](), Gene)


def test_pages_that_the_code_refers_to_exist() -> None:
    missing = []
    for path in sorted((PROJECT / "src").rglob("*.py")):
        for page in re.findall(r"docs/[\w/-]+\.md", path.read_text(encoding="utf-8")):
            if not (PROJECT / page).exists():
                missing.append(f"{path.relative_to(PROJECT)}: {page}")
    assert not missing


def test_every_decision_is_in_the_index() -> None:
    folder = PROJECT / "docs" / "decisions"
    index = dict(
        re.findall(
            r"\[(.+?)\]\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8")
        )
    )
    titles = {}
    for page in sorted(folder.glob("0*.md")):
        title = page.read_text(encoding="utf-8").partition("\n")[0]
        titles[title.removeprefix(f"# {int(page.name[:4])}. ")] = page.name
    assert index == titles
