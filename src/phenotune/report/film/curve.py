"""The panel of a film in which the curve of explained grows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from phenotune.report.film.layout import Box
from phenotune.report.film.letters import Frame, blend, rgb
from phenotune.report.style import GRID, INK, PANEL, SOURCE_COLOURS

COLOUR = SOURCE_COLOURS[0]
UNDER = 0.22
"""How much of the curve's colour lies on the ground beneath it."""


class CurvePanel:
    """The curve, drawn once, of which as much is shown as the run had come to.

    Parameters
    ----------
    curve
        Seconds since the run began and the share explained then, in order of time; may be empty.
    box
        The panel.
    thickness_px
        Of the line.
    """

    def __init__(self, curve: Sequence[tuple[float, float]], box: Box, thickness_px: int) -> None:
        points = np.array([(0.0, 0.0), *curve], np.float64)
        self._box = box
        self._end_s = max(float(points[-1, 0]), 1e-9)
        self._thickness = thickness_px
        # The end of the curve keeps clear of the border, so that its dot has room.
        self._width = box.width - 3 * thickness_px
        elapsed_s = np.linspace(0.0, self._end_s, self._width + 1)
        explained = np.interp(elapsed_s, points[:, 0], points[:, 1])
        self._rows = (1.0 - np.clip(explained, 0.0, 1.0)) * (box.height - 1)
        self._ground = self._drawn_ground()
        self._whole = self._drawn_whole()

    def draw_ground(self, frame: Frame) -> None:
        """Draw the empty panel."""
        frame[self._box.rows, self._box.columns] = self._ground

    def draw(self, frame: Frame, elapsed_s: float) -> None:
        """Draw the curve up to a moment of the run, and a dot there."""
        column = min(max(round(elapsed_s / self._end_s * self._width), 0), self._width)
        panel = frame[self._box.rows, self._box.columns]
        panel[:, :column] = self._whole[:, :column]
        middle = self._box.left + column, self._box.top + float(self._rows[column])
        mask = _disc(2.0 * self._thickness)
        half = mask.shape[0] // 2
        blend(frame, middle[0] - half, round(middle[1]) - half, mask, INK)

    def _drawn_ground(self) -> Frame:
        panel: Frame = np.empty((self._box.height, self._box.width, 3), np.uint8)
        panel[:] = rgb(PANEL)
        for share in (0.0, 0.5, 1.0):
            panel[round(share * (self._box.height - 1))] = rgb(GRID)
        return panel

    def _drawn_whole(self) -> Frame:
        """The panel with all of the curve: each column is covered from where the line is to where it goes."""
        half = self._thickness / 2
        low = np.minimum(self._rows[:-1], self._rows[1:]) - half + 0.5
        high = np.maximum(self._rows[:-1], self._rows[1:]) + half + 0.5
        row = np.arange(self._box.height)[:, np.newaxis]
        line = np.clip(np.minimum(row + 1, high) - np.maximum(row, low), 0.0, 1.0)
        under = np.clip(row + 1 - high, 0.0, 1.0) * UNDER
        shares = np.maximum(line, under)[..., np.newaxis]
        panel = self._ground.copy()
        ground = panel[:, : self._width].astype(np.float64)
        panel[:, : self._width] = np.rint(ground + (rgb(COLOUR) - ground) * shares)
        return panel


def _disc(radius: float) -> NDArray[np.uint8]:
    """A disc with a soft edge, as a mask."""
    reach = int(np.ceil(radius)) + 1
    axis = np.arange(-reach, reach + 1)
    distance = np.hypot(axis[:, np.newaxis], axis)
    return np.asarray(np.rint(np.clip(radius + 0.5 - distance, 0.0, 1.0) * 255), np.uint8)
