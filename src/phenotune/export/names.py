"""Names for exported files and tracks that every system and every program can take.

Sources may be called anything: quotes, line ends, emoji, 300 characters, ``..``. What is written into a project keeps
the letters and digits of all scripts and a few signs; the rest becomes an underscore.
"""

from __future__ import annotations

import re
import unicodedata

MAX_BYTES = 80
"""UTF-8 bytes of a name, with room for a suffix in the 143 that the strictest file systems in use allow."""

_SIGNS = " -_.,()[]+&#=@"
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def plain_name(text: str, otherwise: str = "sound", max_bytes: int = MAX_BYTES) -> str:
    r"""A name made of letters, digits and a few signs, of limited length, that is no path.

    Parameters
    ----------
    text
        Anything.
    otherwise
        The name where nothing is left.
    max_bytes
        Of the name in UTF-8; a reserved name gets one more.

    Examples
    --------
    >>> plain_name('a "quoted"\nname.wav'), plain_name("../../etc"), plain_name("💥"), plain_name("con")
    ('a _quoted_ name.wav', 'etc', 'sound', 'con_')
    """
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    kept = "".join(letter if _is_plain(letter) else "_" for letter in spaced)
    short = kept.encode("utf-8")[:max_bytes].decode("utf-8", errors="ignore")
    # Windows drops full stops and spaces at the end, a leading full stop hides a file elsewhere, and what begins with a
    # sign is taken for an option by commands and for a formula by spreadsheets.
    name = short.rstrip(" ._").lstrip(" ._-=+@")
    if not name:
        return otherwise
    return f"{name}_" if _RESERVED.fullmatch(name) else name


def _is_plain(letter: str) -> bool:
    return letter in _SIGNS or unicodedata.category(letter)[0] in "LNM"


class Names:
    """Gives each thing a plain name that none of the others has, whatever the case of its letters.

    >>> names = Names()
    >>> names.give("Kick.wav"), names.give("kick.wav"), names.give("snare.wav")
    ('Kick.wav', 'kick.wav-2', 'snare.wav')
    """

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def give(self, text: str, otherwise: str = "sound") -> str:
        """The name of one more thing."""
        name = base = plain_name(text, otherwise)
        number = 1
        while name.casefold() in self._taken:
            number += 1
            name = f"{base}-{number}"
        self._taken.add(name.casefold())
        return name
