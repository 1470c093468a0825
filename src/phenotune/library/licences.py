"""Which licence a sound states, read out of the words of its credit, and what follows from it for a mosaic.

What is recognised stands in docs/credits.md. It is a help to those who publish, and no legal advice: a licence that is
not recognised counts as none, and where several are stated, the strictest one counts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

MAX_NAMED = 3
"""How many files a warning names."""

HEAD_LINES = 8
"""A licence says at its beginning which one it is; further on it may speak of others."""

_MAX_LINE_CHARACTERS = 300
_WINDOW_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class Licence:
    """What a sound may be used for, as far as that is said.

    Parameters
    ----------
    name
        ``"CC BY 4.0"``; None where no licence is stated.
    allows_derivatives
        Whether it may be changed and put together with others, which is what a mosaic does; None where that is not
        said.
    allows_commercial
        Whether money may be earned with it; None where that is not said.
    needs_credit
        Whether its maker has to be named; None where that is not said.
    is_share_alike
        Whether what is made of it has to be under the same licence.
    url
        Where the licence can be read; "" where that is not known.
    """

    name: str | None = None
    allows_derivatives: bool | None = None
    allows_commercial: bool | None = None
    needs_credit: bool | None = None
    is_share_alike: bool = False
    url: str = ""

    @property
    def why_not(self) -> str | None:
        """Why a sound under it is left out where only licensed ones are used, as half a sentence; None if it is not."""
        if self.name is None:
            return "states no licence"
        if self.allows_derivatives is None:
            return f"does not say whether it may be changed ({self.name})"
        return None if self.allows_derivatives else f"may not be changed ({self.name})"


NO_LICENCE = Licence()
_UNSPECIFIED = Licence("Creative Commons, without saying which")
_RESERVED = Licence("all rights reserved", False, False, True)
_PUBLIC_DOMAIN = Licence("public domain", True, True, False)
_CC = "https://creativecommons.org"


def _permissive(name: str, url: str = "", *, needs_credit: bool = True) -> Licence:
    return Licence(name, True, True, needs_credit, url=url)


def _copyleft(name: str, url: str = "") -> Licence:
    return Licence(name, True, True, True, is_share_alike=True, url=url)


# Words of licences that have no parts, in the order in which they are looked for.
_WHOLE: tuple[tuple[str, Licence], ...] = (
    (
        r"\bcc[\s-]?(?:0|zero)\b|creative commons[\s-]*(?:cc)?(?:0|zero)\b",
        Licence("CC0 1.0", True, True, False, url=f"{_CC}/publicdomain/zero/1.0/"),
    ),
    (r"\bnc-sampling\+|noncommercial sampling", Licence("CC NC-Sampling+", True, False, True)),
    (r"(?<!nc-)\bsampling(?:\+|[\s-]plus\b)", Licence("CC Sampling+", True, True, True)),
    (r"\bmit-0\b", _permissive("MIT-0", needs_credit=False)),
    (
        r"\bmit[\s-]licen[cs]e\b|\blicen[cs](?:e|ed)(?: under)?(?: the)?[:\s]+mit\b|[(;|]\s*mit\s*(?=[);|]|$)|^mit$"
        r"|permission is hereby granted, free of charge, to any person",
        _permissive("MIT"),
    ),
    (r"\b0bsd\b", _permissive("0BSD", needs_credit=False)),
    (r"\bbsd[\s-](?:\d-clause|licen[cs]e)|redistribution and use in source", _permissive("BSD")),
    (r"\bapache(?: software)?[\s-](?:licen[cs]e|2)", _permissive("Apache 2.0")),
    (r"\bisc licen[cs]e", _permissive("ISC")),
    (r"\bzlib(?:/libpng)? licen[cs]e", _permissive("zlib")),
    (r"\bboost(?: software)? licen[cs]e", _permissive("Boost")),
    (r"\boga-by\b", _permissive("OGA-BY")),
    (r"\bunlicen[cs]e\b(?!d)", _permissive("Unlicense", needs_credit=False)),
    (r"\bwtfpl\b", _permissive("WTFPL", needs_credit=False)),
    (r"\b(?:gfdl|gnu free documentation)\b", _copyleft("GFDL")),
    (r"\b[al]?gpl(?:[\s-]?v?\d(?:\.\d)?)?\b|\bgnu (?:\w+ )?general public", _copyleft("GPL")),
    (r"\bfree art licen[cs]e|\blicence art libre|\bart libre\b", _copyleft("Free Art License")),
    (r"\bpixabay\b", _permissive("Pixabay licence", needs_credit=False)),
    (r"\bmixkit\b", _permissive("Mixkit licence", needs_credit=False)),
)
_ALL_RIGHTS = (
    r"all rights reserved|alle rechte vorbehalten|tous droits reserves|todos los derechos reservados"
    r"|tutti i diritti riservati"
)
_PUBLIC = (
    r"(?<!not )(?<!not in the )(?<!not in )\b(?:public domain|gemeinfrei|domaine public|dominio publico"
    r"|pubblico dominio|no rights reserved|no known copyright)"
)
# What says something of use and is no licence that has a name. A mosaic is not sure to be allowed by the last two.
_LOOSE: tuple[tuple[str, Licence], ...] = (
    (
        r"\bno (?:derivat|remix)|\bnot be (?:sampled|remixed|modified)",
        Licence("no derivatives", False),
    ),
    (
        r"\bfree to (?:use|share|copy)[^.;]{0,40}\b(?:modify|remix|change|adapt|edit)\b",
        Licence("free to use and change", True, None, None),
    ),
    (
        r"\bnon-?\s?commercial (?:use|purposes)|\bpersonal use only",
        Licence("no commercial use", None, False),
    ),
    (r"\broyalty[\s-]free|\bgemafrei", Licence("royalty-free")),
    (r"\bfree (?:to use|for (?:any|all) use)", Licence("free to use")),
)

_URL = r"creativecommons\.org/(?:licen[cs]es|publicdomain)/([a-z+-]+)(?:/(\d\.\d))?"
_CODE = (
    r"\bcc[\s:()-]*(by)((?:[\s/,-]*(?:nc|nd|sa)\b)*)[\s,(-]*(?:v|ver\.?|version)?\s*(\d(?:\.\d)?)?"
)
_BARE_CODE = r"\b(by)((?:-(?:nc|nd|sa))+)\b[\s-]*(?:v|version)?\s*(\d\.\d)?"
_ATTRIBUTION = (
    r"(?<!no )(?<!without )\b(?:attribution|namensnennung|paternite|atribucion|reconocimiento|attribuzione)\b"
    r"(?! (?:is )?(?:not|un|optional))"
)
_PARTS = {
    "nc": r"non-?\s?commercial|nicht[\s-]?kommerziell|keine kommerzielle|pas d'utilisation commerciale|no ?comercial"
    r"|non commerciale",
    "nd": r"no[\s-]?deriv|keine bearbeitung|pas de modification|sin ?(?:obras? ?)?derivad|non opere derivate",
    "sa": r"share[\s-]?alike|unter gleichen bedingungen|partage (?:dans|a|selon)|compartir ?igual"
    r"|condividi allo stesso modo",
}
_SOUND_FILE = re.compile(r"\.(?:wav|aiff?|flac|ogg|opus|mp3|m4a|wma|aac|w64|caf)\b|\*\.", re.I)
_SWITCHES = re.I | re.MULTILINE


@lru_cache(maxsize=4096)
def licence_of(credit: str | None) -> Licence:
    """Read the licence out of a credit.

    Parameters
    ----------
    credit
        From :meth:`phenotune.library.credits.CreditFinder.credit_of`, or any line that may state one.

    Returns
    -------
    Licence
        Its name is None where none is stated.

    Examples
    --------
    >>> licence_of("Kevin MacLeod: Vibe Ace (CC BY 3.0)").name
    'CC BY 3.0'
    >>> licence_of("https://creativecommons.org/licenses/by-nd/4.0/").allows_derivatives
    False
    >>> licence_of("A. Singer, 2001") == NO_LICENCE
    True
    """
    if not credit:
        return NO_LICENCE
    text = _plain(credit)
    if found := [*_creative_commons(text), *_whole(text)]:
        return min(found, key=_strictness)
    if re.search(_ALL_RIGHTS, text, _SWITCHES):
        return _RESERVED
    if re.search(_PUBLIC, text, _SWITCHES):
        return _PUBLIC_DOMAIN
    if re.search(r"creative ?commons|\bcc[\s:()-]*by\b", text, _SWITCHES):
        return _UNSPECIFIED
    return next((licence for words, licence in _LOOSE if re.search(words, text, re.I)), NO_LICENCE)


def licence_of_text(text: str) -> Licence:
    r"""Read which licence a whole file states for everything beside it: by its title, or in its first lines.

    Lines that speak of single files are not looked at, and where two different licences are stated it is neither.

    Examples
    --------
    >>> licence_of_text("Creative Commons Legal Code\n\nAttribution-NoDerivs 3.0 Unported").name
    'CC BY-ND 3.0'
    >>> licence_of_text("kick.wav: CC0\nsnare.wav: CC BY 4.0").name
    """
    lines = (line.strip()[:_MAX_LINE_CHARACTERS] for line in text.splitlines())
    head = [line for line in lines if line and not _SOUND_FILE.search(line)][:HEAD_LINES]
    stated = {licence for line in head if (licence := licence_of(line)).name}
    if len(stated) > 1:
        stated.discard(_UNSPECIFIED)
    if len(stated) > 1:
        return NO_LICENCE
    return next(iter(stated), licence_of(" ".join(head)))


def licence_warnings(sounds: Iterable[tuple[str, str | None]]) -> list[str]:
    """What to know of the licences of some sounds before a mosaic made of them is published; at most a line a kind.

    Parameters
    ----------
    sounds
        The name of each, and its credit.
    """
    reasons: dict[str, list[str]] = {"states": [], "may": [], "does": []}
    n_all = 0
    for name, credit in sounds:
        n_all += 1
        if why := licence_of(credit).why_not:
            reasons[why.partition(" ")[0]].append(name)
    kinds = (
        ("states", "states no licence", "state no licence"),
        ("may", "may not be changed by its licence", "may not be changed by their licences"),
        (
            "does",
            "does not say whether it may be changed",
            "do not say whether they may be changed",
        ),
    )
    advice = "--only-licensed leaves such sounds out; docs/credits.md tells how to state a licence"
    found = [
        f"{len(reasons[kind])} of {n_all} {'sound' if n_all == 1 else 'sounds'} "
        f"{one if len(reasons[kind]) == 1 else several} ({first_names(reasons[kind])})"
        for kind, one, several in kinds
        if reasons[kind]
    ]
    return [*found[:-1], f"{found[-1]}; {advice}"] if found else []


def first_names(names: Sequence[str], n_most: int = MAX_NAMED) -> str:
    """The first few names, and how many more there are.

    >>> first_names(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    plain = [" ".join(name.split()) for name in names]
    shown = ", ".join(plain[:n_most])
    return f"{shown} and {len(plain) - n_most} more" if len(plain) > n_most else shown


def _plain(text: str) -> str:
    """Text without accents, with plain dashes, apostrophes and spaces."""
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text)
        if not unicodedata.combining(letter)
    )
    for letters, plain in (("‐‑‒–—−", "-"), ("’‘`´", "'"), ("_", " ")):
        bare = re.sub(f"[{letters}]", plain, bare)
    return " ".join(bare.split())


def _whole(text: str) -> list[Licence]:
    return [licence for words, licence in _WHOLE if re.search(words, text, _SWITCHES)]


def _creative_commons(text: str) -> list[Licence]:
    """The licences of Creative Commons that are made of parts, by address, code or name."""
    found = []
    for match in re.finditer(_URL, text, re.I):
        code, version = match[1].lower(), match[2] or ""
        if code in ("zero", "mark"):
            found.append(_WHOLE[0][1] if code == "zero" else _PUBLIC_DOMAIN)
        elif code.startswith("by"):
            found.append(_attribution(code.split("-"), version))
    for pattern in (_CODE, _BARE_CODE):
        for match in re.finditer(pattern, text, re.I):
            parts, version = re.findall("nc|nd|sa", match[2].lower()), match[3] or ""
            # "(cc) by Sandra" says who and not which.
            is_name = (
                match[1] != "BY" and not (parts or version) and text[match.end() :][:1].isalpha()
            )
            says_licence = re.match(r"licen|lizenz|attribution", text[match.end() :], re.I)
            if not is_name or says_licence:
                found.append(_attribution(parts, version))
    return [*found, *_by_name(text)]


def _by_name(text: str) -> list[Licence]:
    """``Attribution-ShareAlike 4.0``, in some languages."""
    match = re.search(_ATTRIBUTION, text, re.I)
    if match is None:
        return []
    window = text[match.end() : match.end() + _WINDOW_CHARACTERS]
    parts = [part for part, words in _PARTS.items() if re.search(words, window, re.I)]
    version = re.match(r"[^;.|]*?\b(\d\.\d)\b", window)
    is_cell = re.search(r"(?:^|[;(|,])\s*attribution\s*(?:[);|,]|$)", text, re.I)
    is_licence = re.match(r"\s*(?:licen|lizenz)", window, re.I)
    if parts or version or is_cell or is_licence or re.search("creative ?commons", text, re.I):
        return [_attribution(parts, version[1] if version else "")]
    return []


def _attribution(parts: Iterable[str], version: str) -> Licence:
    kept = [part for part in ("nc", "nd", "sa") if part in set(parts)]
    version = f"{version}.0" if len(version) == 1 else version
    code = "-".join(["by", *kept])
    return Licence(
        f"CC {code.upper()} {version}".rstrip(),
        "nd" not in kept,
        "nc" not in kept,
        True,
        is_share_alike="sa" in kept,
        url=f"{_CC}/licenses/{code}/{version}/" if version else "",
    )


def _strictness(licence: Licence) -> tuple[bool, bool, bool, bool, bool]:
    """What sorts the strictest licence first, and of two that are the same the one that says which version."""
    return (
        licence.allows_derivatives is not False,
        licence.allows_commercial is not False,
        not licence.is_share_alike,
        not licence.needs_credit,
        not licence.url,
    )
