from __future__ import annotations

import re
from html.parser import HTMLParser

from phenotune.study.page import Page, study_page

from .conftest import claim_that_finds, made_up


class Reader(HTMLParser):
    """Notes which tags are open, and what is linked to."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.links += [values[name] or "" for name in ("href", "src", "srcset") if name in values]
        self.ids |= {values["id"] or ""} if "id" in values else set()
        if tag not in {"meta", "img", "source"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def page() -> str:
    made = Page("song <1>.wav", "records", 7)
    finding = made_up("does not hold")
    made.add(claim_that_finds(finding), finding)
    return study_page(made)


def test_it_is_whole_and_needs_nothing_but_itself() -> None:
    reader = Reader()
    reader.feed(page())
    assert reader.open == []
    assert {link[:22] for link in reader.links if link[0] != "#"} == {"data:image/png;base64,"}
    assert {link[1:] for link in reader.links if link[0] == "#"} == reader.ids == {"C1"}
    assert "http" not in re.sub(r"base64,[^\"]+", "", page())


def test_it_shows_each_claim_with_table_plot_and_verdict() -> None:
    text = page()
    assert "song &lt;1&gt;.wav rebuilt out of records, seed 7" in text
    assert "<td>one</td><td>0.50</td>" in text
    assert "share &amp; count" in text
    assert (
        '<span class="verdict no">does not hold</span>: 0.50 is more than 0.25 &lt;and&gt;' in text
    )
    assert text.count("<picture>") == 1


def test_it_is_made_for_telephones_and_for_the_night() -> None:
    assert 'name="viewport" content="width=device-width' in page()
    assert "prefers-color-scheme: dark" in page()
