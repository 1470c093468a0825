from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from phenotune.errors import ParameterError, RunFolderError
from phenotune.report.page.facts import ReportFacts
from phenotune.report.page.page import as_json, write_report


class Elements(HTMLParser):
    """Collects the elements of a page, and what stands in its scripts and its title."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags:
            tag, attributes = self.tags[-1]
            key = attributes.get("id") or tag
            self.texts[key] = self.texts.get(key, "") + data


def parse(page: str) -> Elements:
    elements = Elements()
    elements.feed(page)
    return elements


@pytest.fixture(scope="module")
def page(facts: ReportFacts, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of the made-up run."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    write_report(path, facts)
    return path.read_text(encoding="utf-8")


def test_names_are_text_and_never_elements(page: str, facts: ReportFacts) -> None:
    elements = parse(page)
    scripts = [attributes for tag, attributes in elements.tags if tag == "script"]
    kinds = [attributes.get("type") for attributes in scripts]
    # The facts, the one script, and two pieces of each sound.
    assert kinds == ["application/json", None, *["text/plain"] * 4]
    images = [attributes for tag, attributes in elements.tags if tag == "img"]
    assert [image["id"] for image in images] == ["picture-target", "picture-mosaic"]
    data = json.loads(elements.texts["data"])
    assert data["sources"][0]["name"] == facts.sources[0].name
    assert data["sources"][0]["credit"] == facts.sources[0].credit
    assert elements.texts["title"].startswith(facts.name)


def test_the_page_asks_for_nothing_from_outside(page: str) -> None:
    elements = parse(page)
    for _, attributes in elements.tags:
        for name in ("src", "href", "srcset", "action"):
            assert (attributes.get(name) or "#").startswith(("#", "data:"))
    assert not re.search(r"(?<![\w.])(fetch|XMLHttpRequest|WebSocket|importScripts)\b", page)
    assert "@import" not in page
    assert "url(" not in page


def test_only_its_own_script_may_run(page: str) -> None:
    script = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(script) == 1
    digest = base64.b64encode(hashlib.sha256(script[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page
    assert "default-src 'none'" in page


def test_the_same_facts_give_the_same_bytes(page: str, facts: ReportFacts, tmp_path: Path) -> None:
    write_report(tmp_path / "again.html", facts)
    assert (tmp_path / "again.html").read_text(encoding="utf-8") == page


def test_what_is_not_known_is_left_out(facts: ReportFacts, tmp_path: Path) -> None:
    bare = ReportFacts(name="song", run="RUN", state="It has not begun yet.", version="0")
    write_report(tmp_path / "bare.html", bare)
    elements = parse((tmp_path / "bare.html").read_text(encoding="utf-8"))
    data = json.loads(elements.texts["data"])
    assert (data["explained"], data["lineages"], data["measures"]) == (None, None, None)
    assert data["sound"]["has"] == {"target": False, "mosaic": False}
    assert not any(attributes.get("type") == "text/plain" for _, attributes in elements.tags)


def test_one_sound_alone_is_packed_alone(facts: ReportFacts, tmp_path: Path) -> None:
    write_report(tmp_path / "one.html", replace(facts, target=None))
    elements = parse((tmp_path / "one.html").read_text(encoding="utf-8"))
    data = json.loads(elements.texts["data"])
    assert data["sound"]["has"] == {"target": False, "mosaic": True}
    assert data["song"]["explained"] == []
    assert [a["id"] for _, a in elements.tags if a.get("type") == "text/plain"] == [
        "mosaic-0",
        "mosaic-1",
    ]


def test_a_name_that_is_no_text_still_makes_a_page(facts: ReportFacts, tmp_path: Path) -> None:
    broken = replace(facts, name="caf\udce9", target=None, mosaic=None)
    write_report(tmp_path / "broken.html", broken)
    assert "<title>caf? " in (tmp_path / "broken.html").read_text(encoding="utf-8")


def test_progress_rises_to_one(facts: ReportFacts, tmp_path: Path) -> None:
    shares: list[float] = []
    write_report(tmp_path / "page.html", facts, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_an_unknown_kind_of_sound_is_refused(facts: ReportFacts, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="expected one of auto, flac, mp3, none"):
        write_report(tmp_path / "page.html", facts, sound="ogg")  # type: ignore[arg-type]


def test_a_folder_that_is_not_there_is_told(facts: ReportFacts, tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match="make its folder first"):
        write_report(tmp_path / "no" / "page.html", replace(facts, target=None, mosaic=None))


def test_json_ends_no_script() -> None:
    assert as_json(["</script>", "<!--", "&amp;"]) == (
        '["\\u003c/script\\u003e","\\u003c!--","\\u0026amp;"]'
    )
