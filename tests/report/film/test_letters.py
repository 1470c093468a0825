from __future__ import annotations

import numpy as np
import pytest

from phenotune.report.film.letters import Letters, blend, rgb


def ground() -> np.ndarray:
    return np.zeros((40, 120, 3), np.uint8)


def test_text_is_drawn_in_its_colour_where_it_belongs() -> None:
    frame, letters = ground(), Letters(16)
    letters.draw(frame, (10, 30), "HIM", "#ff8000")
    columns = np.flatnonzero(frame.any(axis=(0, 2)))
    rows = np.flatnonzero(frame.any(axis=(1, 2)))
    assert 10 <= columns[0] < 14
    assert columns[-1] <= 10 + letters.width("HIM")
    assert rows[-1] == 29  # capitals stand on their line
    assert frame[..., 0].max() == 255
    assert frame[..., 2].max() == 0


def test_text_ends_or_centres_where_it_is_told() -> None:
    right, middle, letters = ground(), ground(), Letters(16, is_bold=True)
    letters.draw(right, (100, 30), "HIM", "#ffffff", align="right")
    letters.draw(middle, (60, 30), "HIM", "#ffffff", align="middle")
    columns = np.flatnonzero(right.any(axis=(0, 2)))
    assert 95 <= columns[-1] < 100
    columns = np.flatnonzero(middle.any(axis=(0, 2)))
    assert abs((columns[0] + columns[-1]) / 2 - 60) <= 2


@pytest.mark.parametrize("place", [(-15, 5), (110, 45), (500, 20), (20, -100), (20, 400)])
def test_what_lies_outside_is_left_out(place: tuple[int, int]) -> None:
    frame, letters = ground(), Letters(16)
    letters.draw(frame, place, "HIM", "#ffffff")
    letters.draw(frame, place, "", "#ffffff")
    letters.draw_on_shade(frame, place, "HIM", "#ffffff")
    assert frame.shape == (40, 120, 3)


def test_long_text_is_cut_to_the_room_it_has() -> None:
    letters = Letters(16)
    cut = letters.fitted("Reconstructing music with genetic algorithms", 120)
    assert cut.endswith("…")
    assert letters.width(cut) <= 120
    assert letters.fitted("short", 120) == "short"
    assert letters.fitted("anything", 0) == "…"


def test_shade_darkens_and_a_mask_mixes() -> None:
    frame = np.full((40, 120, 3), 200, np.uint8)
    Letters(16).draw_on_shade(frame, (20, 25), "i", "#000000")
    assert frame.min() < 100
    frame = np.full((2, 2, 3), 100, np.uint8)
    blend(frame, 1, 0, np.array([[255], [51]], np.uint8), "#ff0000")
    assert frame[:, 0].tolist() == [[100, 100, 100]] * 2
    assert frame[0, 1].tolist() == rgb("#ff0000").tolist()
    assert frame[1, 1].tolist() == [131, 80, 80]
