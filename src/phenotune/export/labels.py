"""A track of labels for Audacity: a line to each placement that is heard.

The format is that of the manual, <https://manual.audacityteam.org/man/importing_and_exporting_labels.html>: start and
end in seconds and a text, with tabs between them.
"""

from __future__ import annotations

from phenotune.export.arrangement import Arrangement, Item
from phenotune.export.options import Options
from phenotune.export.place import Place
from phenotune.whole_files import write_whole


def write(arrangement: Arrangement, place: Place, options: Options) -> None:
    """Write the labels in the order of onsets; each is cut to the length of the mosaic."""
    lines = (_line(item, arrangement.duration_s) for item in arrangement.heard)
    write_whole(place.document, "".join(lines))


def _line(item: Item, duration_s: float) -> str:
    start_s, end_s = max(0.0, item.onset_s), min(duration_s, item.end_s)
    return f"{start_s:.6f}\t{max(start_s, end_s):.6f}\t{label(item)}\n"


def label(item: Item) -> str:
    """What a placement is called where one line is all there is: file, place in it, pitch, and number.

    A line must not break, nor a column: white space of any kind becomes a space. Everything else stays as it is.
    """
    text = f"{item.name} {changes(item)}#{item.placement.id}"
    return " ".join(text.replace("\0", " ").split())


def changes(item: Item) -> str:
    """How the pitch and the direction of an item's own clip are changed, ``"-317ct reversed "``; mostly nothing."""
    pitch = f"{item.cents:+.0f}ct " if round(item.cents) else ""
    return f"{pitch}reversed " if item.is_reversed else pitch
