"""What can be asked of an export, whatever its format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from phenotune.progress import Progress, share_of

Mode: TypeAlias = Literal["live", "baked"]
By: TypeAlias = Literal["source", "group", "lane", "cycle"]


@dataclass(frozen=True, slots=True)
class Options:
    """What can be asked of an export; a format that has no use for something does not look at it.

    Parameters
    ----------
    mode
        ``"live"``: the original sources with their transforms, where the format can say it. ``"baked"``: each distinct
        chromosome rendered into a file of its own.
    by
        What shares a track, or a stem: clips of a source, of a group of sources (the folder that a source lies in),
        lanes on which no clips overlap, or cycles.
    bits
        Of rendered files: 16, 24, or 32 (float).
    n_parts
        Into how many ranges the cycles are divided, where stems are made by them; else how many stems there may be,
        the last of them for all that is used least. The format's own when None.
    progress
        Is told the share that is done, from 0 to 1.
    note
        Is told what people should know of what was made, in a sentence.
    """

    mode: Mode = "baked"
    by: By = "source"
    bits: int = 32
    n_parts: int | None = None
    progress: Progress | None = None
    note: Callable[[str], None] | None = None

    def tell(self, share: float) -> None:
        """Tell how much is done."""
        if self.progress is not None:
            self.progress(share)

    def say(self, text: str) -> None:
        """Tell people something."""
        if self.note is not None:
            self.note(text)

    def part(self, start: float, end: float) -> Progress:
        """Whom to tell of a piece of the work whose own share of it goes from ``start`` to ``end``."""
        return share_of(self.tell, start, end)
