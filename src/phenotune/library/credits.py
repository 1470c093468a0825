"""Who made a sound, and under which licence it may be used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from phenotune.library.licences import (
    NO_LICENCE,
    Licence,
    first_names,
    licence_of,
    licence_of_text,
)

_NAMES = re.compile(
    r"(credits?|licen[cs]es?|attributions?|copyright|copying)(\.(txt|md))?", re.IGNORECASE
)
_MAX_CREDIT_CHARACTERS = 300
_REMARKS = ("comment", "comments", "description")
"""Tags that may hold anything, and are looked at for a licence alone."""


@dataclass(frozen=True, slots=True)
class CreditRow:
    """One sound in the list of credits.

    Parameters
    ----------
    name
        Name of the file.
    credit
        From :meth:`CreditFinder.credit_of`.
    n_placements
        How many placements use it.
    used_s
        How much of it is used, each second counted once.
    """

    name: str
    credit: str | None
    n_placements: int
    used_s: float

    @property
    def licence(self) -> Licence:
        """The licence that the credit states."""
        return licence_of(self.credit)


class CreditFinder:
    """Who made the sounds of a library, from their tags or from the texts beside them, each read once.

    Parameters
    ----------
    roots
        Folders of the library: texts are looked for beside a sound and from there up to its root.
    """

    def __init__(self, roots: Sequence[str | Path] = ()) -> None:
        self._roots = [Path(root) for root in roots]
        self._texts: dict[Path, dict[str, str]] = {}

    def credit_of(self, path: Path, tags: Mapping[str, str]) -> str | None:
        """Tell who made a sound.

        An artist, a copyright or a licence among the tags is the credit. Else it is what a file called CREDITS,
        LICENSE, LICENCES, ATTRIBUTION or such (``.txt``, ``.md`` or bare) says of the sound: the line that names it,
        or ``"see LICENCES.md"`` where none does. Else it is the title.

        Where that states no licence, the one that a comment among the tags states is added to it, or else the one that
        such a file states by its title or in its first lines: it is that of all sounds beside it.

        Parameters
        ----------
        path
            The file.
        tags
            What the file says of itself, from :func:`phenotune.audio.files.read_sound`.

        Returns
        -------
        str or None
            One line, or None where nothing is known.

        Examples
        --------
        >>> tags = {"artist": "Kevin MacLeod", "title": "Vibe Ace", "copyright": "CC BY 3.0"}
        >>> CreditFinder().credit_of(Path("vibe.ogg"), tags)
        'Kevin MacLeod: Vibe Ace (CC BY 3.0)'
        """
        said = {name: words for name, text in tags.items() if (words := " ".join(text.split()))}
        credit = _credit_in_tags(said) or self._credit_beside(path) or said.get("title")
        if licence_of(credit).name is None:
            credit = _with_terms(credit, _licence_in_remarks(said) or self._licence_beside(path))
        return None if credit is None else _shortened(credit)

    def _credit_beside(self, path: Path) -> str | None:
        credits = (_credit_in_texts(path, self._texts_in(f)) for f in self._folders_up(path))
        return next(filter(None, credits), None)

    def _licence_beside(self, path: Path) -> str | None:
        """The licence that a text states for all that lies beside it; the nearest folder's that states one."""
        for folder in self._folders_up(path):
            texts = self._texts_in(folder)
            stated = {licence_of_text(text) for text in texts.values()} - {NO_LICENCE}
            if stated:
                return next(iter(stated)).name if len(stated) == 1 else None
        return None

    def _folders_up(self, path: Path) -> Iterator[Path]:
        """The folder of a file, then those above it up to the first that is a root."""
        roots = [root for root in self._roots if root in path.parents]
        for folder in path.parents:
            yield folder
            if not roots or folder in roots:
                return

    def _texts_in(self, folder: Path) -> dict[str, str]:
        """Text of each file of credits in a folder, by its name."""
        if folder not in self._texts:
            texts = {}
            with suppress(OSError):
                for path in sorted(folder.iterdir()):
                    if _NAMES.fullmatch(path.name) and path.is_file():
                        texts[path.name] = path.read_text(encoding="utf-8-sig", errors="replace")
            self._texts[folder] = texts
        return self._texts[folder]


def credits_markdown(rows: Sequence[CreditRow]) -> str:
    """Write the list of credits that goes with a mosaic, as Markdown.

    It has a row for each sound, then the lines that the licences ask for, ready to be pasted, and at the end what
    stands against publishing it.

    Parameters
    ----------
    rows
        One for each sound, in the order in which they shall stand.
    """
    lines = [
        "# Credits",
        "",
        "The sounds that this mosaic is made of. Whether it may be published is for their licences to say.",
        "",
        "| sound | who made it | licence | placements | seconds used |",
        "| --- | --- | --- | ---: | ---: |",
    ]
    for row in rows:
        credit = row.credit or "unknown: find out before you publish"
        cells = [row.name, credit, row.licence.name or "none stated"]
        texts = " | ".join(map(_cell, cells))
        lines.append(f"| {texts} | {row.n_placements} | {row.used_s:.1f} |")
    lines += [*_section("What has to be said", _attribution(rows)), *_before_publishing(rows)]
    return "\n".join(lines) + "\n"


def _section(title: str, lines: Sequence[str]) -> list[str]:
    return ["", f"## {title}", "", *lines] if lines else []


def _attribution(rows: Sequence[CreditRow]) -> list[str]:
    """A line for each credit that has to be given, in a block to copy; sounds of the same credit share one."""
    owed: dict[str, list[CreditRow]] = {}
    for row in rows:
        if row.credit and row.licence.needs_credit and row.licence.allows_derivatives:
            owed.setdefault(row.credit, []).append(row)
    if not owed:
        return []
    lines = []
    for credit, group in owed.items():
        names = first_names([row.name for row in group])
        url = f" ({group[0].licence.url})" if group[0].licence.url else ""
        known = names if len(group) > 1 or group[0].name not in credit else ""
        said = f"{known}: {credit}{url}" if known else f"{credit}{url}"
        lines.append(f"{said}; cut, changed and put together anew".replace("```", "'''"))
    return ["```text", "Made with sounds by others:", *lines, "```"]


def _before_publishing(rows: Sequence[CreditRow]) -> list[str]:
    """What stands against publishing a mosaic, or goes with it."""
    kinds = {
        "state no licence. Nobody has allowed you to publish them: ask, or leave them out": [
            row for row in rows if row.licence.name is None
        ],
        "may not be changed by their licence, and a mosaic changes them": [
            row for row in rows if row.licence.allows_derivatives is False
        ],
        "state a licence that does not say whether they may be changed": [
            row for row in rows if row.licence.name and row.licence.allows_derivatives is None
        ],
        "may not be used commercially": [
            row for row in rows if row.licence.allows_commercial is False
        ],
        "are share-alike: what is made of them has to be under the same licence": [
            row for row in rows if row.licence.is_share_alike
        ],
    }
    lines = []
    for words, found in kinds.items():
        if found:
            sounds = f"{len(found)} of {len(rows)} sounds"
            lines.append(f"- {sounds} {words}: {_cell(first_names([r.name for r in found]))}.")
    if not lines:
        return []
    hint = (
        "This list was read out of the words above by a program, and is no legal advice. "
        "`phenotune evolve --only-licensed` leaves out what states no licence or may not be changed."
    )
    return _section("Before you publish", [*lines, "", hint])


def _credit_in_tags(said: Mapping[str, str]) -> str | None:
    terms = "; ".join(said[name] for name in ("copyright", "license") if name in said)
    work = ": ".join(said[name] for name in ("artist", "title") if name in said)
    if terms:
        return f"{work} ({terms})" if work else terms
    return work if "artist" in said else None


def _credit_in_texts(path: Path, texts: Mapping[str, str]) -> str | None:
    """The line that names a file, else one with a pattern that fits it, else where to look."""
    lines = [line for text in texts.values() for line in text.splitlines()]
    for is_about in (_names, _fits):
        for line in lines:
            if is_about(line, path):
                return _without_markup(line, path)
    return f"see {next(iter(texts))}" if texts else None


def _names(line: str, path: Path) -> bool:
    """Whether a line has a file's name in it, and not merely as the end of a longer one: ``808kick.wav``."""
    return bool(re.search(rf"(?<![\w.-]){re.escape(path.name)}(?!\w)", line, re.IGNORECASE))


def _fits(line: str, path: Path) -> bool:
    words = (word.strip(".,:;`\"'()") for word in re.split(r"[\s|]+", line))
    return any("*" in word and "." in word and path.match(word) for word in words)


def _without_markup(line: str, path: Path) -> str:
    """The words of a list item or of a row of a table, without the cell that only names the file."""
    cells = [cell.strip(" \t-#`") for cell in line.strip().removeprefix("* ").split("|")]
    kept = [cell for cell in cells if cell and not _only_names(cell, path)]
    return _without_pattern("; ".join(kept), path) or line.strip()


def _without_pattern(credit: str, path: Path) -> str:
    """The words behind a pattern that a line begins with: it finds the sounds, and says nothing of their maker."""
    first, _, rest = credit.partition(" ")
    is_pattern = "*" in first and _fits(first, path)
    words = rest.strip().lstrip(":-,").strip() if is_pattern else ""
    return re.sub(r"^by\s+", "", words) or credit


def _only_names(cell: str, path: Path) -> bool:
    without_name = cell.replace(path.name, "")
    return not re.search(r"\s", without_name) and (_names(cell, path) or _fits(cell, path))


def _licence_in_remarks(said: Mapping[str, str]) -> str | None:
    """The licence that a comment states: some put it there, most put anything else."""
    found = (licence_of(said[name]).name for name in _REMARKS if name in said)
    return next(filter(None, found), None)


def _with_terms(credit: str | None, terms: str | None) -> str | None:
    if terms is None:
        return credit
    return terms if credit is None else f"{credit} ({terms})"


def _shortened(text: str) -> str:
    """Text of limited length; the licence that stands at its end is kept."""
    if len(text) <= _MAX_CREDIT_CHARACTERS:
        return text
    licence, cut = licence_of(text), _cut(text, _MAX_CREDIT_CHARACTERS)
    if licence_of(cut) == licence or licence.name is None:
        return cut
    terms = f" ({licence.name})"
    return _cut(text, _MAX_CREDIT_CHARACTERS - len(terms)) + terms


def _cut(text: str, n_characters: int) -> str:
    return f"{text[: n_characters - 3].rstrip()}..."


def _cell(text: str) -> str:
    """Text as a cell of a table takes it: on one line, and no markup."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
