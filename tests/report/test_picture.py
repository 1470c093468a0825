from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image

from phenotune.arrays import Samples
from phenotune.errors import RunFolderError
from phenotune.report.clip_bars import ClipBar
from phenotune.report.picture import draw_mosaic
from phenotune.report.style import clock

RATE_HZ = 8000
CURVE = [(0.0, 0.0), (1.0, 0.4), (2.5, 0.625)]
CLIPS = [
    ClipBar(-0.1, 0.5, "break.flac", 0.8),
    ClipBar(0.2, 0.5, "voice $x^2$.wav", -0.1),
    ClipBar(0.9, 0.4, "音.ogg", 0.0),
]


@pytest.fixture
def target(rng: np.random.Generator) -> Samples:
    return rng.normal(0.0, 0.2, (2, RATE_HZ)).astype(np.float32)


def draw(path: Path, target: Samples, **changed: object) -> bytes:
    arguments: dict[str, object] = {
        "name": "song.ogg",
        "explained": 0.625,
        "curve": CURVE,
        "clips": CLIPS,
    }
    draw_mosaic(path, target, target[:1] * 0.5, RATE_HZ, **(arguments | changed))  # type: ignore[arg-type]
    return path.read_bytes()


@pytest.mark.slow
def test_the_same_arguments_give_the_same_bytes(tmp_path: Path, target: Samples) -> None:
    first = draw(tmp_path / "a.png", target)
    with mpl.rc_context({"font.size": 30.0, "axes.grid": True}):
        second = draw(tmp_path / "b.png", target)
    assert first == second
    with Image.open(tmp_path / "a.png") as image:
        assert image.size == (1680, 1200)
        assert not {"Software", "Creation Time"} & set(image.info)


def test_what_is_drawn_follows_the_arguments(tmp_path: Path, target: Samples) -> None:
    plain = draw(tmp_path / "a.png", target)
    assert draw(tmp_path / "b.png", target, explained=0.1) != plain
    assert draw(tmp_path / "c.png", target, clips=CLIPS[:2]) != plain
    assert draw(tmp_path / "d.png", target, curve=CURVE[:2]) != plain


def test_nothing_placed_yet_can_be_drawn(tmp_path: Path, target: Samples) -> None:
    assert draw(tmp_path / "a.png", target * 0.0, clips=[], curve=[], explained=0.0)
    assert draw(tmp_path / "b.png", target[:, :0], clips=[], curve=[(0.0, 0.0)], explained=0.0)


def test_a_missing_folder_is_the_worlds_fault(tmp_path: Path, target: Samples) -> None:
    with pytest.raises(RunFolderError, match="could not be written"):
        draw(tmp_path / "nowhere" / "a.png", target)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "0:00"), (59.999, "1:00"), (61.5, "1:01.5"), (3599.0, "59:59"), (7325.0, "2:02:05")],
)
def test_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text
