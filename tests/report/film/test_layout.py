from __future__ import annotations

import pytest

from phenotune.errors import ParameterError
from phenotune.report.film.layout import Layout, layout_for


def boxes(layout: Layout) -> list[tuple[int, int, int, int]]:
    """All panels."""
    panels = (layout.target, layout.mosaic, layout.clips, layout.curve, layout.legend)
    return [(each.left, each.top, each.right, each.bottom) for each in panels]


@pytest.mark.parametrize(
    "size",
    [
        (1280, 720),
        (1920, 1080),
        (1080, 1920),
        (1080, 1080),
        (320, 320),
        (640, 360),
        (4096, 2160),
        (320, 640),
    ],
)
def test_panels_lie_inside_and_apart(size: tuple[int, int]) -> None:
    layout = layout_for(*size)
    found = boxes(layout)
    for left, top, right, bottom in found:
        assert 0 <= left < right <= size[0]
        assert 0 <= top < bottom <= size[1]
    for i, a in enumerate(found):
        for b in found[:i]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
    assert layout.target.width == layout.mosaic.width == layout.clips.width
    assert layout.target.height == layout.mosaic.height >= 60
    assert layout.clips.height >= 40


@pytest.mark.parametrize("size", [(1281, 720), (1280, 0), (318, 720), (1280, 4098)])
def test_sizes_that_no_film_has(size: tuple[int, int]) -> None:
    with pytest.raises(ParameterError, match="320 to 4096 pixels, an even number, got"):
        layout_for(*size)
