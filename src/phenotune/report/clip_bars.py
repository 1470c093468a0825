"""The panel that shows where the clips lie: a bar for each, coloured by source, in as few lanes as will do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import numpy as np

from phenotune.lanes import pack_lanes
from phenotune.report.style import FAINT, OTHERS_COLOUR, SOURCE_COLOURS, mark_time, shortened
from phenotune.words import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

N_NAMED_SOURCES = 7
MIN_LANES = 8


@dataclass(frozen=True, slots=True)
class ClipBar:
    """A placed clip as the picture shows it.

    Parameters
    ----------
    onset_s, duration_s
        Where it sounds in the song.
    source
        Name of its source, as people know it: ``"loop_amen.flac"``.
    gain
        How loud it was placed, linear, of either sign; louder bars are brighter.
    """

    onset_s: float
    duration_s: float
    source: str
    gain: float = 1.0


def draw_clips(panel: Axes, clips: Sequence[ClipBar], duration_s: float) -> None:
    """Draw the bars over the song's time, and a legend of the sources beside them."""
    from matplotlib.collections import PolyCollection

    lanes = pack_lanes([(clip.onset_s, clip.onset_s + clip.duration_s) for clip in clips])
    n_lanes = max(lanes, default=0) + 1
    colours = source_colours(clips)
    gap_s = duration_s / 2500
    bars, faces = [], []
    for clip, lane in zip(clips, lanes, strict=True):
        start, end = clip.onset_s, clip.onset_s + max(clip.duration_s - gap_s, gap_s)
        low, high = lane + 0.1, lane + 0.9
        bars.append([(start, low), (start, high), (end, high), (end, low)])
        faces.append((colours.get(clip.source, OTHERS_COLOUR), brightness(clip.gain)))
    panel.add_collection(PolyCollection(bars, facecolors=faces, linewidths=0))
    panel.set_xlim(0.0, duration_s)
    panel.set_ylim(max(n_lanes, MIN_LANES), 0.0)
    panel.set_yticks([])
    panel.set_ylabel(f"up to {n_lanes if clips else 0} at once", labelpad=8)
    panel.set_title("where the clips lie")
    mark_time(panel, duration_s)
    _draw_legend(panel, clips, colours)


def _draw_legend(panel: Axes, clips: Sequence[ClipBar], colours: dict[str, str]) -> None:
    seconds = _seconds_by_source(clips)
    total_s = sum(seconds.values()) or 1.0
    rows = [(source, colour, seconds[source]) for source, colour in colours.items()]
    n_others = len(seconds) - len(rows)
    if n_others > 0:
        others_s = total_s - sum(row[2] for row in rows)
        rows.append((counted(n_others, "other"), OTHERS_COLOUR, others_s))
    for i, (source, colour, source_s) in enumerate(rows):
        y = 0.94 - i * 0.125
        place: dict[str, Any] = {"transform": panel.transAxes, "va": "center", "clip_on": False}
        panel.text(1.01, y, "■", color=colour, fontsize=11, **place)
        panel.text(1.025, y, shortened(PurePath(source).stem, 18), fontsize=9, **place)
        panel.text(1.187, y, f"{source_s / total_s:.0%}", color=FAINT, ha="right", **place)


def _seconds_by_source(clips: Sequence[ClipBar]) -> dict[str, float]:
    seconds: dict[str, float] = {}
    for clip in clips:
        seconds[clip.source] = seconds.get(clip.source, 0.0) + clip.duration_s
    return seconds


def source_colours(clips: Sequence[ClipBar]) -> dict[str, str]:
    """Colours of the sources that sound longest, longest first; ties go by name."""
    seconds = _seconds_by_source(clips)
    longest = sorted(seconds, key=lambda source: (-seconds[source], source))[:N_NAMED_SOURCES]
    return dict(zip(longest, SOURCE_COLOURS, strict=False))


def brightness(gain: float) -> float:
    """Opacity of a bar: full at gain 1, and a third 30 dB below."""
    level_db = 20.0 * np.log10(max(abs(gain), 1e-9))
    return float(np.clip(1.0 + level_db / 45.0, 0.3, 1.0))
