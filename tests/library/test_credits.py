from __future__ import annotations

from pathlib import Path

import pytest

from phenotune.library.credits import CreditFinder, CreditRow, credits_markdown


@pytest.mark.parametrize(
    ("tags", "credit"),
    [
        ({"artist": "A"}, "A"),
        ({"artist": "A", "title": "T"}, "A: T"),
        ({"artist": "A", "title": "T", "copyright": "2001 A"}, "A: T (2001 A)"),
        ({"artist": "A", "copyright": "C", "license": "CC0"}, "A (C; CC0)"),
        ({"title": "T", "license": "CC BY"}, "T (CC BY)"),
        ({"license": "CC0"}, "CC0"),
        ({"artist": "  A\r\n and  B ", "title": " "}, "A and B"),
        ({"title": "T", "comment": "Processed", "software": "x"}, "T"),
        ({"comment": "Processed by a program"}, None),
        ({}, None),
    ],
)
def test_credits_from_tags(tags: dict[str, str], credit: str | None, tmp_path: Path) -> None:
    assert CreditFinder().credit_of(tmp_path / "a.wav", tags) == credit


@pytest.mark.parametrize(
    ("line", "credit"),
    [
        ("| kick.wav | a kick by K | CC BY 3.0 |", "a kick by K; CC BY 3.0"),
        ("| drums/kick.wav | a kick by K | CC0 |", "a kick by K; CC0"),
        ("| `kick.wav` | a kick by K |", "a kick by K"),
        ("| drums/*.wav | drums by D | CC0 each |", "drums by D; CC0 each"),
        ("- kick.wav by K, CC0", "kick.wav by K, CC0"),
        ("* KICK.WAV: K (CC0)", "KICK.WAV: K (CC0)"),
        ("*.wav   by W, CC BY 4.0", "W, CC BY 4.0"),
        ("- `k*.wav`: W (CC0)", "W (CC0)"),
        ("drums/*.wav", "drums/*.wav"),
        ("Everything (*.wav) is by W", "Everything (*.wav) is by W"),
        ("| other/*.wav | not this |", "see CREDITS.md"),
        ("* by nobody in particular", "see CREDITS.md"),
        ("kick.wav", "kick.wav"),
        ('"kick.wav", by K', '"kick.wav", by K'),
        ("| 808kick.wav | not this |", "see CREDITS.md"),
        ("| big-kick.wav | not this |", "see CREDITS.md"),
        ("| kick.wave | not this |", "see CREDITS.md"),
        ("", "see CREDITS.md"),
    ],
)
def test_credits_from_the_text_beside(line: str, credit: str, tmp_path: Path) -> None:
    folder = tmp_path / "drums"
    folder.mkdir()
    (folder / "CREDITS.md").write_text(f"# Credits\n\n| file | who |\n{line}\nThat is all.\n")
    assert CreditFinder([tmp_path]).credit_of(folder / "kick.wav", {}) == credit


@pytest.mark.parametrize(
    "name", ["CREDITS", "credits.txt", "License.md", "LICENCE", "LICENCES.txt", "attribution.txt"]
)
def test_names_of_texts(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("kick.wav is mine")
    assert CreditFinder().credit_of(tmp_path / "kick.wav", {}) == "kick.wav is mine"


@pytest.mark.parametrize("name", ["README.md", "credits.wav", "my credits.txt"])
def test_other_texts_are_not_read(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("kick.wav is mine")
    assert CreditFinder().credit_of(tmp_path / "kick.wav", {}) is None


def test_a_line_that_names_the_file_goes_before_a_pattern(tmp_path: Path) -> None:
    (tmp_path / "CREDITS").write_text("*.wav by W\nkick.wav by K\n")
    finder = CreditFinder()
    assert finder.credit_of(tmp_path / "kick.wav", {}) == "kick.wav by K"
    assert finder.credit_of(tmp_path / "snare.wav", {}) == "W"


def test_tags_go_before_texts_but_a_mere_title_does_not(tmp_path: Path) -> None:
    (tmp_path / "CREDITS").write_text("kick.wav by K\n")
    finder = CreditFinder()
    assert finder.credit_of(tmp_path / "kick.wav", {"artist": "A"}) == "A"
    assert finder.credit_of(tmp_path / "kick.wav", {"title": "T"}) == "kick.wav by K"


def test_texts_are_looked_for_up_to_the_root_and_no_further(tmp_path: Path) -> None:
    deep = tmp_path / "records" / "drums" / "old"
    deep.mkdir(parents=True)
    (tmp_path / "LICENSE").write_text("kick.wav: not of this library\n")
    root = tmp_path / "records"
    assert CreditFinder([root]).credit_of(deep / "kick.wav", {}) is None
    (root / "CREDITS").write_text("kick.wav by the root\n")
    assert CreditFinder([root]).credit_of(deep / "kick.wav", {}) == "kick.wav by the root"
    assert CreditFinder([str(root)]).credit_of(deep / "kick.wav", {}) == "kick.wav by the root"
    assert CreditFinder([deep / "kick.wav"]).credit_of(deep / "kick.wav", {}) is None
    (deep / "CREDITS").write_text("kick.wav by its neighbour\n")
    assert CreditFinder([root]).credit_of(deep / "kick.wav", {}) == "kick.wav by its neighbour"


def test_a_text_that_is_no_text_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "LICENSE").write_bytes(b"\xff\xfe kick.wav \xff")
    (tmp_path / "COPYING").mkdir()
    credit = CreditFinder().credit_of(tmp_path / "kick.wav", {})
    assert credit is not None
    assert "kick.wav" in credit


def test_the_mark_that_some_editors_put_in_front_is_no_part_of_a_credit(tmp_path: Path) -> None:
    (tmp_path / "CREDITS").write_text("kick.wav by K\n", encoding="utf-8-sig")
    assert CreditFinder().credit_of(tmp_path / "kick.wav", {}) == "kick.wav by K"


def test_long_credits_are_shortened(tmp_path: Path) -> None:
    credit = CreditFinder().credit_of(tmp_path / "a.wav", {"artist": "la " * 200})
    assert credit is not None
    assert len(credit) <= 300
    assert credit.endswith("la...")


@pytest.mark.parametrize(
    ("tags", "credit"),
    [
        (
            {"artist": "A", "comment": "https://creativecommons.org/licenses/by-nc/3.0/"},
            "A (CC BY-NC 3.0)",
        ),
        ({"description": "Licensed under CC0"}, "CC0 1.0"),
        ({"artist": "A", "copyright": "2001 A", "comment": "CC BY 4.0"}, "A (2001 A) (CC BY 4.0)"),
        ({"artist": "A", "copyright": "CC0", "comment": "CC BY 4.0"}, "A (CC0)"),
    ],
)
def test_a_licence_in_a_comment_counts_where_none_is_stated_elsewhere(
    tags: dict[str, str], credit: str, tmp_path: Path
) -> None:
    assert CreditFinder().credit_of(tmp_path / "a.wav", tags) == credit


def test_a_text_that_is_a_licence_is_that_of_all_sounds_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "drums"
    folder.mkdir()
    (tmp_path / "LICENSE").write_text(
        "Attribution 4.0 International\n\nCreative Commons is not a law firm.\n"
    )
    finder = CreditFinder([tmp_path])
    assert finder.credit_of(folder / "kick.wav", {}) == "see LICENSE (CC BY 4.0)"
    assert finder.credit_of(folder / "kick.wav", {"artist": "A"}) == "A (CC BY 4.0)"
    assert finder.credit_of(folder / "kick.wav", {"license": "CC0"}) == "CC0"
    (folder / "CREDITS").write_text("kick.wav by K\nsnare.wav by S, CC BY-ND 3.0\n")
    finder = CreditFinder([tmp_path])
    assert finder.credit_of(folder / "kick.wav", {}) == "kick.wav by K (CC BY 4.0)"
    assert finder.credit_of(folder / "snare.wav", {}) == "snare.wav by S, CC BY-ND 3.0"
    assert finder.credit_of(folder / "hat.wav", {}) == "see CREDITS (CC BY 4.0)"


def test_two_texts_that_state_different_licences_state_none(tmp_path: Path) -> None:
    (tmp_path / "LICENSE").write_text("MIT License\n")
    (tmp_path / "COPYING").write_text("CC0 1.0 Universal\n")
    assert CreditFinder().credit_of(tmp_path / "kick.wav", {}) == "see COPYING"


def test_a_licence_at_the_end_of_a_long_credit_is_kept(tmp_path: Path) -> None:
    tags = {"artist": "la " * 200, "license": "CC BY-ND 4.0"}
    credit = CreditFinder().credit_of(tmp_path / "a.wav", tags)
    assert credit is not None
    assert len(credit) <= 300
    assert credit.endswith("la... (CC BY-ND 4.0)")


def test_the_list_of_credits() -> None:
    rows = [
        CreditRow("kick.wav", "K (CC0) | really", n_placements=3, used_s=1.25),
        CreditRow("s|nare\n<b>.wav", None, n_placements=1, used_s=0.0),
    ]
    assert rows[0].licence.name == "CC0 1.0"
    assert credits_markdown(rows).splitlines() == [
        "# Credits",
        "",
        "The sounds that this mosaic is made of. Whether it may be published is for their licences to say.",
        "",
        "| sound | who made it | licence | placements | seconds used |",
        "| --- | --- | --- | ---: | ---: |",
        r"| kick.wav | K (CC0) \| really | CC0 1.0 | 3 | 1.2 |",
        r"| s\|nare &lt;b>.wav | unknown: find out before you publish | none stated | 1 | 0.0 |",
        "",
        "## Before you publish",
        "",
        "- 1 of 2 sounds state no licence. Nobody has allowed you to publish them: ask, or leave them out: "
        r"s\|nare &lt;b>.wav.",
        "",
        "This list was read out of the words above by a program, and is no legal advice. "
        "`phenotune evolve --only-licensed` leaves out what states no licence or may not be changed.",
    ]
    assert credits_markdown([]).endswith("| ---: |\n")


def test_what_has_to_be_said_is_ready_to_be_pasted() -> None:
    rows = [
        CreditRow("a.wav", "A: One (CC BY 4.0)", 1, 1.0),
        CreditRow("b.wav", "b.wav by ```B```, CC BY-SA 3.0", 1, 1.0),
        CreditRow("c.wav", "A: One (CC BY 4.0)", 1, 1.0),
        CreditRow("d.wav", "D (CC BY-ND 4.0)", 1, 1.0),
        CreditRow("e.wav", "E (CC0)", 1, 1.0),
    ]
    text = credits_markdown(rows)
    block = text.partition("```text\n")[2].partition("\n```")[0]
    assert block.splitlines() == [
        "Made with sounds by others:",
        "a.wav, c.wav: A: One (CC BY 4.0) (https://creativecommons.org/licenses/by/4.0/); "
        "cut, changed and put together anew",
        "b.wav by '''B''', CC BY-SA 3.0 (https://creativecommons.org/licenses/by-sa/3.0/); "
        "cut, changed and put together anew",
    ]
    after = text.partition("## Before you publish")[2]
    assert (
        "1 of 5 sounds may not be changed by their licence, and a mosaic changes them: d.wav."
        in after
    )
    assert "1 of 5 sounds are share-alike" in after
    assert "commercially" not in after


def test_sounds_that_may_be_used_freely_need_no_words() -> None:
    text = credits_markdown([CreditRow("a.wav", "A (CC0)", 1, 1.0)])
    assert "##" not in text
