"""The page about the article names a test for each mechanism: it must be there."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "article.md"


def test_every_mechanism_names_a_test_that_is_there() -> None:
    rows = re.findall(
        r"^\| (M\d+) \|.*\| \[([^\]]+)\]\(\.\./(tests/[^)]+)\) \|$", PAGE.read_text(), re.MULTILINE
    )
    assert [number for number, _, _ in rows] == [f"M{n}" for n in range(1, 43)]
    for number, words, file in rows:
        source = (PAGE.parent.parent / file).read_text(encoding="utf-8")
        assert f"def test_{words.replace(' ', '_')}(" in source, number


def test_every_claim_has_a_verdict() -> None:
    rows = re.findall(r"^\| (C\d+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [f"C{n}" for n in range(1, 15)]
