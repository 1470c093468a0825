"""Who made a sound, and under which licence it may be used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_NAMES = re.compile(
    r"(credits?|licen[cs]es?|attributions?|copyright|copying)(\.(txt|md))?", re.IGNORECASE
)
_MAX_CREDIT_CHARACTERS = 300


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
        if credit := _credit_in_tags(said):
            return _shortened(credit)
        for folder in self._folders_up(path):
            if credit := _credit_in_texts(path, self._texts_in(folder)):
                return _shortened(credit)
        return said.get("title")

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


def credits_markdown(rows: Iterable[CreditRow]) -> str:
    """Write the list of credits that goes with a mosaic, as Markdown.

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
        "| sound | who made it | placements | seconds used |",
        "| --- | --- | ---: | ---: |",
    ]
    for row in rows:
        credit = row.credit or "unknown: find out before you publish"
        lines.append(
            f"| {_cell(row.name)} | {_cell(credit)} | {row.n_placements} | {row.used_s:.1f} |"
        )
    return "\n".join(lines) + "\n"


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
    return "; ".join(kept) or line.strip()


def _only_names(cell: str, path: Path) -> bool:
    without_name = cell.replace(path.name, "")
    return not re.search(r"\s", without_name) and (_names(cell, path) or _fits(cell, path))


def _shortened(text: str) -> str:
    if len(text) <= _MAX_CREDIT_CHARACTERS:
        return text
    return f"{text[: _MAX_CREDIT_CHARACTERS - 3].rstrip()}..."


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
