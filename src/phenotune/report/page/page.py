"""The report as HTML: a template, a style and scripts of this folder, with what the run brings put into them.

All that comes from people, such as names of files, goes into the page as JSON, which the scripts set as text; nothing
of it is ever taken for HTML. The page forbids itself every other script and every request by a policy of its own.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from phenotune.arrays import Samples
from phenotune.audio.resampling import resample
from phenotune.lanes import pack_lanes
from phenotune.progress import Progress, unheard
from phenotune.report.lineages import layers_of
from phenotune.report.page.facts import ClipRow, Heard, ReportFacts
from phenotune.report.page.over_song import explained_over_song, step_for
from phenotune.report.page.pictures import Spectrograms, colours, spectrograms
from phenotune.report.page.sound import (
    OVERLAP_S,
    PIECE_S,
    Kind,
    Packed,
    gains_matched,
    pack_sounds,
    pieces_of,
)
from phenotune.units import db_to_amplitude
from phenotune.whole_files import whole_file

SCRIPTS = ("text.js", "sound.js", "view.js", "stage.js", "charts.js", "tables.js", "main.js")
"""In the order in which they follow one another in the page's one script."""

NO_PICTURE = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="
"""A GIF of one clear point."""

MAX_CURVE_POINTS = 2000
N_LINEAGE_COLUMNS = 500


def write_report(
    path: str | Path,
    facts: ReportFacts,
    *,
    sound: Kind = "auto",
    progress: Progress | None = None,
) -> None:
    """Write the page, whole or not at all; the same facts give the same bytes.

    Parameters
    ----------
    path
        The file.
    facts
        What it tells.
    sound
        How its sound is packed; see :func:`phenotune.report.page.sound.pack_sounds`.
    progress
        Told what share is done.

    Raises
    ------
    ParameterError
        If ``sound`` is none of the kinds.
    RunFolderError
        If the disk refuses.
    """
    told = progress or unheard
    pictures = spectrograms(facts.target, facts.mosaic, lambda share: told(0.4 * share))
    over_song, step_s = _over_song(facts)
    told(0.5)
    packed = pack_sounds(facts.target, facts.mosaic, sound, lambda share: told(0.5 + 0.45 * share))
    data = page_data(facts, pictures, packed, over_song, step_s)
    with whole_file(path) as temporary, open(temporary, "w", encoding="utf-8") as out:
        out.write(_page(facts.name, data, pictures))
        for name, number, text in pieces_of(packed):
            out.write(f'<script type="text/plain" id="{name}-{number}">{text}</script>\n')
        out.write("</body>\n</html>\n")
    told(1.0)


def page_data(
    facts: ReportFacts,
    pictures: Spectrograms,
    packed: Packed,
    over_song: Sequence[float | None],
    step_s: float,
) -> dict[str, Any]:
    """All that the scripts of the page show, as plain values for JSON."""
    remarks = [*facts.remarks, *([packed.note] if packed.note else [])]
    return {
        "name": facts.name,
        "run": facts.run,
        "state": facts.state,
        "version": facts.version,
        "seed": None if facts.seed is None else str(facts.seed),
        "preset": facts.preset,
        "style": facts.style,
        "cycles": facts.n_cycles,
        "elapsed_s": _short(facts.elapsed_s),
        "explained": facts.explained,
        "duration_s": facts.duration_s,
        "landed": facts.n_landed,
        "remarks": remarks,
        "sound": _sound_data(packed),
        "spectrograms": _picture_data(pictures),
        "song": {"step_s": step_s, "explained": [_short(value) for value in over_song]},
        "clips": _clip_data(facts.clips),
        "sources": [asdict(row) for row in facts.sources],
        "curve": _curve_data(facts),
        "marks": [asdict(mark) for mark in facts.marks],
        "genes": [asdict(row) for row in facts.genes],
        "operators": [asdict(row) for row in facts.operators],
        "lineages": _lineage_data(facts),
        "settings": [asdict(line) for line in facts.settings],
        "commands": [asdict(command) for command in facts.commands],
        "measures": None if facts.measures is None else asdict(facts.measures),
    }


def as_json(data: object) -> str:
    r"""JSON that can stand in a script of HTML: nothing in it ends the script or begins a comment.

    >>> print(as_json("</script><!--&"))
    "\u003c/script\u003e\u003c!--\u0026"
    """
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _page(name: str, data: dict[str, Any], pictures: Spectrograms) -> str:
    """The page up to its pieces of sound."""
    script = "(() => {\n'use strict';\n" + "\n".join(map(_file, SCRIPTS)) + "\n})();\n"
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    parts = {
        "title": escape(_whole(name)),
        "policy": f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'",
        "style": _file("page.css"),
        "target": _data_uri(pictures.target),
        "mosaic": _data_uri(pictures.mosaic),
        "data": as_json(_whole(data)),
        "script": script,
    }
    # All at once, since a name may look like a place for another part.
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], _file("page.html"))


def _file(name: str) -> str:
    return (files("phenotune.report.page") / name).read_text(encoding="utf-8")


def _whole(value: Any) -> Any:
    """The same without the halves of letters that stand for bytes of a file name which are no UTF-8."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_whole(item) for item in value]
    return value


def _data_uri(png: bytes | None) -> str:
    if png is None:
        return NO_PICTURE
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")


def _picture_data(pictures: Spectrograms) -> dict[str, Any]:
    return {
        "has": {"target": bool(pictures.target), "mosaic": bool(pictures.mosaic)},
        "ticks": pictures.ticks,
        "range_db": pictures.range_db,
        "ramp": _ramp(),
    }


def _ramp() -> str:
    """The colours of the spectrograms as a gradient of CSS."""
    steps = colours()[::32]
    return ", ".join(f"#{bytes(step).hex()}" for step in steps)


def _sound_data(packed: Packed) -> dict[str, Any]:
    return {
        "kind": packed.kind,
        "rate_hz": packed.quality.rate_hz if packed.quality else None,
        "channels": packed.quality.n_channels if packed.quality else None,
        "kbps": packed.quality.kbps if packed.quality else None,
        "duration_s": packed.duration_s,
        "piece_s": PIECE_S,
        "overlap_s": OVERLAP_S,
        "has": {"target": bool(packed.target), "mosaic": bool(packed.mosaic)},
        "matched": dict(zip(("target", "mosaic"), gains_matched(packed.levels), strict=True)),
    }


def _over_song(facts: ReportFacts) -> tuple[list[float | None], float]:
    """The share explained in each stretch of the song, and how long a stretch is."""
    step_s = step_for(facts.duration_s)
    target, mosaic, spectra = facts.target, facts.mosaic, facts.spectra
    if target is None or mosaic is None or spectra is None:
        return [], step_s
    louder = _louder(mosaic)
    at_rate = [resample(each.samples, each.rate_hz, spectra.rate_hz) for each in (target, louder)]
    n_channels = min(map(len, at_rate))
    n_samples = min(each.shape[1] for each in at_rate)
    heard, made = (_in_speakers(each, n_channels)[:, :n_samples] for each in at_rate)
    tilt = facts.tilt_db_per_octave
    shares = explained_over_song(heard, made, spectra, step_s, tilt_db_per_octave=tilt)
    return shares, step_s


def _louder(sound: Heard) -> Heard:
    """The same as loud as it was before it was turned down."""
    if sound.turned_down_db == 0.0:
        return sound
    gain = db_to_amplitude(sound.turned_down_db)
    return Heard(sound.samples * np.float32(gain), sound.rate_hz)


def _in_speakers(samples: Samples, n_channels: int) -> Samples:
    if len(samples) == n_channels:
        return samples
    mean: Samples = samples.mean(axis=0, keepdims=True, dtype=np.float32)
    return mean


def _clip_data(clips: Sequence[ClipRow]) -> dict[str, Any]:
    """The clips by columns, which take a third of the room of rows."""
    known = [clip.fitness for clip in clips if clip.fitness is not None and not clip.muted]
    ends = [(clip.onset_s, clip.onset_s + clip.duration_s) for clip in clips]
    return {
        "id": [clip.id for clip in clips],
        "cycle": [clip.cycle for clip in clips],
        "lineage": [clip.lineage for clip in clips],
        "onset_s": [_short(clip.onset_s) for clip in clips],
        "duration_s": [_short(clip.duration_s) for clip in clips],
        "source": [clip.source for clip in clips],
        "start_s": [_short(clip.start_s) for clip in clips],
        "length_s": [_short(clip.length_s) for clip in clips],
        "gains": [[_short(gain) for gain in clip.gains] for clip in clips],
        "genes": ["\n".join(clip.genes) for clip in clips],
        "muted": [int(clip.muted) for clip in clips],
        "locked": [int(clip.locked) for clip in clips],
        "lane": pack_lanes(ends),
        "fitness_sum": sum(known),
        "n_known": len(known),
    }


def _curve_data(facts: ReportFacts) -> dict[str, list[Any]]:
    """The curve, of a long run every so many cycles and always the last."""
    points = facts.curve
    step = -(-len(points) // MAX_CURVE_POINTS) or 1
    shown = [*points[:-1:step], *points[-1:]]
    return {
        "elapsed_s": [_short(point.elapsed_s) for point in shown],
        "cycle": [point.cycle for point in shown],
        "explained": [_short(point.explained) for point in shown],
        "placements": [point.n_placements for point in shown],
    }


def _lineage_data(facts: ReportFacts) -> dict[str, Any] | None:
    if not facts.generations:
        return None
    layers = layers_of(facts.generations, N_LINEAGE_COLUMNS)
    return {
        "named": [
            {"number": number, "founder": facts.founders.get(number)} for number in layers.named
        ],
        "shares": [[_short(share) for share in row] for row in layers.shares.tolist()],
        "landed": [int(row[-1]) if len(row) else 0 for row in layers.landed.tolist()],
        "edges": [_short(edge) for edge in layers.edges.tolist()],
        "generations": len(facts.generations),
        "is_of_ends": layers.is_of_ends,
    }


def _short(value: float | None) -> float | None:
    """Five digits are more than any screen shows."""
    return None if value is None else float(f"{value:.5g}")
