"""The sound of a mosaic with a marker wherever a clip begins.

The chunks are those of the Multimedia Programming Interface and Data Specifications 1.0 (IBM and Microsoft, 1991):
``cue `` for the places, and a list ``adtl`` with ``labl`` for their names and ``ltxt`` for their lengths.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from phenotune.errors import ParameterError
from phenotune.export.arrangement import Arrangement, Item
from phenotune.export.labels import label
from phenotune.export.options import Options
from phenotune.export.place import Place
from phenotune.export.summing import gain_for, sums_of
from phenotune.units import amplitude_to_db, s_to_samples

MAX_RIFF_BYTES = 2**32 - 1
_UTF_8 = 65_001
"""The code page, for programs that look at it."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A marker: where, for how long, and what it is called."""

    start_samples: int
    length_samples: int
    text: str


def write(arrangement: Arrangement, place: Place, options: Options) -> None:
    """Write the sound, and behind it the markers.

    With 16 or 24 bits the sound is turned down so as not to clip, as that of a mosaic is.

    Raises
    ------
    ParameterError
        If sound and markers are more than a WAV can hold, 4 GiB.
    """
    sums = sums_of(arrangement, [arrangement.heard], place.folder, options.part(0.0, 0.8))
    gain = gain_for(sums, options.bits)
    if gain < 1.0:
        options.say(f"turned down by {-amplitude_to_db(gain):.1f} dB so as not to clip")
    sums[0].write(place.document, options.bits, gain)
    add_cues(place.document, [_cue(arrangement, item) for item in arrangement.heard])


def add_cues(path: Path, cues: Sequence[Cue]) -> None:
    """Put markers behind the sound of a WAV file, in place.

    Raises
    ------
    ParameterError
        If the file would be longer than a WAV can be.
    """
    added = b"".join(_chunks(cues))
    with open(path, "r+b") as file:
        n_bytes = file.seek(0, 2)
        added = b"\0" * (n_bytes % 2) + added
        file.seek(0)
        if file.read(4) != b"RIFF" or n_bytes + len(added) > MAX_RIFF_BYTES:
            raise ParameterError(
                f"cues: {n_bytes / 2**30:.1f} GiB of sound are more than a WAV with markers can hold, 4 GiB; "
                "ask for fewer bits or a lower rate, or take the format labels"
            )
        file.seek(0, 2)
        file.write(added)
        file.seek(4)
        file.write(struct.pack("<I", n_bytes + len(added) - 8))


def _cue(arrangement: Arrangement, item: Item) -> Cue:
    """The part of an item that lies within the mosaic."""
    start = max(0, item.onset_samples)
    end = item.onset_samples + s_to_samples(item.duration_s, arrangement.rate_hz)
    return Cue(start, max(0, min(end, arrangement.n_samples) - start), label(item))


def _chunks(cues: Sequence[Cue]) -> Iterator[bytes]:
    points = [
        struct.pack("<II4sIII", number, cue.start_samples, b"data", 0, 0, cue.start_samples)
        for number, cue in enumerate(cues, start=1)
    ]
    yield _chunk(b"cue ", struct.pack("<I", len(cues)) + b"".join(points))
    texts = []
    for number, cue in enumerate(cues, start=1):
        text = cue.text.encode("utf-8", errors="replace") + b"\0"
        texts.append(_chunk(b"labl", struct.pack("<I", number) + text))
        region = struct.pack("<II4sHHHH", number, cue.length_samples, b"rgn ", 0, 0, 0, _UTF_8)
        texts.append(_chunk(b"ltxt", region))
    yield _chunk(b"LIST", b"adtl" + b"".join(texts))


def _chunk(name: bytes, content: bytes) -> bytes:
    """A chunk, of even length; its size does not count what fills it up."""
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
