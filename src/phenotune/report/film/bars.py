"""The clips of a film as bars: each keeps its row from scene to scene; those that are new or sound light up."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phenotune.report.clip_bars import ClipBar, brightness, source_colours
from phenotune.report.film.layout import Box
from phenotune.report.film.letters import Frame, rgb
from phenotune.report.style import OTHERS_COLOUR, PANEL, SOURCE_COLOURS

MIN_LANES = 8
PALE = 0.4
"""How much colour sources have that the legend does not name; the rest is grey."""
Key = tuple[int, float, float]
"""What makes a bar the same from scene to scene: the placement's id, where it begins, and how long it is."""


@dataclass(frozen=True)
class Bars:
    """The bars of one scene, as pixels of their panel.

    Parameters
    ----------
    left, right, top, bottom
        Of each bar, int64 (n_bars,).
    colours
        uint8 (n_bars, 3).
    is_new
        Whether the scene before did not have it, (n_bars,).
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    top: NDArray[np.int64]
    bottom: NDArray[np.int64]
    colours: NDArray[np.uint8]
    is_new: NDArray[np.bool_]

    def draw(
        self, panel: Frame, which: NDArray[np.int64] | None = None, *, lit: float = 0.0
    ) -> None:
        """Draw bars.

        Parameters
        ----------
        panel
            The part of a frame that is the panel.
        which
            Numbers of the bars; all of them when None.
        lit
            How far their colour goes towards white, 0 to 1.
        """
        colours = self.colours
        if lit > 0.0:
            colours = np.asarray(colours + (255 - colours) * np.float32(lit), np.uint8)
        for i in range(len(colours)) if which is None else which:
            panel[self.top[i] : self.bottom[i], self.left[i] : self.right[i]] = colours[i]

    def sounding(self, column: int) -> NDArray[np.int64]:
        """Numbers of the bars that sound at a column of the panel."""
        return np.flatnonzero((self.left <= column) & (column < self.right))


def bars_of(
    scenes: Sequence[Mapping[int, ClipBar]], box: Box, begin_s: float, end_s: float
) -> list[Bars]:
    """The bars of every scene.

    Parameters
    ----------
    scenes
        The clips of each scene by their id.
    box
        The panel.
    begin_s, end_s
        The stretch of the song that it shows; clips that do not sound in it are left out.
    """
    shown = [_shown(scene, begin_s, end_s) for scene in scenes]
    lanes = steady_lanes([list(scene) for scene in shown])
    n_lanes = max([MIN_LANES - 1, *(lane for each in lanes for lane in each.values())]) + 1
    order = spread(n_lanes)
    colours = bar_colours(scenes)
    found = []
    before: set[Key] = set()
    for scene, rows in zip(shown, lanes, strict=True):
        faces = [_face(bar, colours) for bar in scene.values()]
        left, right = _columns(list(scene), box.width, begin_s, end_s)
        top, bottom = _rows([order[rows[key]] for key in scene], box.height / n_lanes)
        found.append(
            Bars(
                left=left,
                right=right,
                top=top,
                bottom=np.minimum(bottom, box.height),
                colours=np.array(faces, np.float64).reshape(-1, 3).astype(np.uint8),
                is_new=np.array([key not in before for key in scene], np.bool_),
            )
        )
        before = set(scene)
    return found


def bar_colours(scenes: Sequence[Mapping[int, ClipBar]]) -> dict[str, NDArray[np.float64]]:
    """The colour of each source: those of the last scene that have one in its picture, and a pale one for each other.

    Returns
    -------
    dict
        float64 (3,) by the name of the source.
    """
    named = source_colours(list(scenes[-1].values()))
    names = {bar.source for scene in scenes for bar in scene.values()}
    colours = {name: rgb(colour).astype(np.float64) for name, colour in named.items()}
    grey = rgb(OTHERS_COLOUR).astype(np.float64)
    for i, name in enumerate(sorted(names - named.keys())):
        colour = rgb(SOURCE_COLOURS[i % len(SOURCE_COLOURS)])
        colours[name] = grey + PALE * (colour - grey)
    return colours


def spread(n_lanes: int) -> list[int]:
    """The row of each lane, such that the first few, which are the fullest, lie all over the panel.

    Lanes go where the binary digits of their number, read backwards, would put them (van der Corput's sequence).

    >>> spread(5)
    [0, 3, 2, 4, 1]
    """
    places = [int(f"{lane:016b}"[::-1], 2) for lane in range(n_lanes)]
    ranks = {place: row for row, place in enumerate(sorted(places))}
    return [ranks[place] for place in places]


def steady_lanes(scenes: Sequence[Sequence[Key]]) -> list[dict[Key, int]]:
    """Give each bar the lowest lane that is free when it comes, which it keeps for as long as it stays.

    Parameters
    ----------
    scenes
        The bars of each scene.

    Returns
    -------
    list of dict
        For each scene the lane of each bar, counted from 0. In no scene do two bars of a lane overlap. One that goes
        and comes again has the lane that it had, if that is free.

    Examples
    --------
    >>> steady_lanes([[(1, 0.0, 2.0)], [(1, 0.0, 2.0), (2, 1.0, 2.0)], [(2, 1.0, 2.0)]])
    [{(1, 0.0, 2.0): 0}, {(1, 0.0, 2.0): 0, (2, 1.0, 2.0): 1}, {(2, 1.0, 2.0): 1}]
    """
    found: list[dict[Key, int]] = []
    had: dict[Key, int] = {}
    rows: list[list[tuple[float, float]]] = []
    before: set[Key] = set()
    for scene in scenes:
        now = set(scene)
        for key in sorted(before - now):
            rows[had[key]].remove(_span(key))
        for key in sorted(now - before, key=lambda key: (key[1], key)):
            wanted = [had[key]] if key in had else []
            lane = next((i for i in [*wanted, *range(len(rows))] if _is_free(rows[i], key)), None)
            if lane is None:
                lane = len(rows)
                rows.append([])
            insort(rows[lane], _span(key))
            had[key] = lane
        found.append({key: had[key] for key in scene})
        before = now
    return found


def _span(key: Key) -> tuple[float, float]:
    return key[1], key[1] + key[2]


def _is_free(row: Sequence[tuple[float, float]], key: Key) -> bool:
    """Whether a bar overlaps none of a row, whose bars are in order and do not overlap."""
    begin, end = _span(key)
    i = bisect_left(row, (begin, begin))
    return (i == 0 or row[i - 1][1] <= begin) and (i == len(row) or row[i][0] >= end)


def _shown(scene: Mapping[int, ClipBar], begin_s: float, end_s: float) -> dict[Key, ClipBar]:
    return {
        (number, bar.onset_s, bar.duration_s): bar
        for number, bar in scene.items()
        if bar.duration_s > 0.0 and bar.onset_s < end_s and bar.onset_s + bar.duration_s > begin_s
    }


def _columns(
    keys: Sequence[Key], width: int, begin_s: float, end_s: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First column of each bar, and the one after its last."""
    scale = width / (end_s - begin_s)
    onset_s = np.array([key[1] for key in keys], np.float64)
    duration_s = np.array([key[2] for key in keys], np.float64)
    left = np.floor((onset_s - begin_s) * scale).astype(np.int64)
    right = np.floor((onset_s + duration_s - begin_s) * scale).astype(np.int64)
    # A pixel between two bars that follow one another, unless nothing would be left of the first.
    right = np.maximum(right - (right - left > 3), left + 1)
    return np.clip(left, 0, width), np.clip(right, 0, width)


def _rows(lanes: Sequence[int], height: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First row of each bar, and the one after its last; all are as thick, with a row between where there is room."""
    top = np.floor(np.array(lanes, np.int64) * height).astype(np.int64)
    thickness = max(1, int(height) - (height >= 3.0))
    return top, top + thickness


def _face(bar: ClipBar, colours: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    ground = rgb(PANEL).astype(np.float64)
    return ground + (colours[bar.source] - ground) * brightness(bar.gain)
