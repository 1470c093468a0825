from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from phenotune.report.charts import DPI, SIZE_INCHES, Chart, Series, chart_png

CHARTS = [
    Chart("lines", "x", "y", (Series("a", (1.0, 2.0, 1.5)), Series("b", (0.5, 0.1), (1.0, 9.0)))),
    Chart("log", "x", "y", (Series("a", (1.0, 20.0), (1.0, 1000.0)),), is_log_x=True, is_log_y=True),
    Chart("bars", "", "GB", (Series("a", (5.0, -0.1)),), kind="bars", names=("one", "other, or so")),
    Chart("marks", "s", "", (Series("a", (0.1, 5.0)), Series("b", ())), kind="marks", span=(0.0, 9.0)),
]  # fmt: skip


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("L"), dtype=np.float64)


@pytest.mark.slow
@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.title)
@pytest.mark.parametrize("is_dark", [True, False])
def test_the_same_chart_gives_the_same_bytes(chart: Chart, is_dark: bool) -> None:
    png = chart_png(chart, is_dark=is_dark)
    assert png == chart_png(chart, is_dark=is_dark)
    assert pixels(png).shape == tuple(round(DPI * side) for side in SIZE_INCHES[::-1])


def test_there_is_a_dark_and_a_light_ground() -> None:
    dark, light = (pixels(chart_png(CHARTS[0], is_dark=is_dark)) for is_dark in (True, False))
    assert np.median(dark) < 40.0
    assert np.median(light) > 230.0


def test_more_marks_leave_more_ink() -> None:
    def ink(n: int) -> float:
        marks = Series("a", tuple(float(i) for i in range(n)))
        chart = Chart("marks", "s", "", (marks,), kind="marks", span=(-1.0, 50.0))
        return float(np.mean(pixels(chart_png(chart, is_dark=True))))

    assert ink(4) < ink(16) < ink(48)
