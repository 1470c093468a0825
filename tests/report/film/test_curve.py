from __future__ import annotations

import numpy as np

from phenotune.report.film.curve import CurvePanel
from phenotune.report.film.layout import Box
from phenotune.report.film.letters import rgb
from phenotune.report.style import SOURCE_COLOURS

BOX = Box(10, 5, 210, 45)


def drawn(curve: list[tuple[float, float]], elapsed_s: float) -> np.ndarray:
    frame = np.zeros((50, 220, 3), np.uint8)
    panel = CurvePanel(curve, BOX, 2)
    panel.draw_ground(frame)
    panel.draw(frame, elapsed_s)
    return frame


def bluish(frame: np.ndarray) -> np.ndarray:
    """Columns in which the curve is to be seen."""
    line = np.abs(frame.astype(int) - rgb(SOURCE_COLOURS[0])).sum(axis=2) < 60
    return np.flatnonzero(line.any(axis=0))


def test_the_curve_grows_with_the_run() -> None:
    curve = [(1.0, 0.5), (2.0, 0.75), (4.0, 0.9)]
    ends = [bluish(drawn(curve, elapsed_s))[-1] for elapsed_s in (1.0, 2.0, 4.0)]
    assert np.allclose(np.array(ends) - BOX.left, np.array([0.25, 0.5, 1.0]) * 194, atol=6)


def test_its_height_is_the_share_explained() -> None:
    frame = drawn([(1.0, 0.0), (1.0001, 0.5), (9.0, 0.5)], 9.0)
    column = frame[BOX.rows, BOX.left + 150].astype(int)
    row = int(np.argmin(np.abs(column - rgb(SOURCE_COLOURS[0])).sum(axis=1)))
    assert abs(row - 20) <= 1


def test_nothing_is_drawn_outside_its_panel() -> None:
    frame = drawn([(1.0, 1.0)], 0.5)
    frame[BOX.top - 5 : BOX.bottom + 5, BOX.columns] = 0
    assert not frame.any()


def test_a_curve_without_points_is_an_empty_panel() -> None:
    assert bluish(drawn([], 0.0)).size == 0
