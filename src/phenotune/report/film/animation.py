"""Animations without sound: WebP, animated PNG and GIF, by Pillow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from phenotune.report.film.letters import Frame

OPTIONS: dict[str, dict[str, Any]] = {
    ".webp": {"format": "WEBP", "quality": 80, "method": 2, "minimize_size": False},
    ".png": {"format": "PNG", "compress_level": 6},
    ".apng": {"format": "PNG", "compress_level": 6},
    ".gif": {"format": "GIF", "optimize": False},
}
"""What each suffix is written with."""


def write_animation(
    path: Path, draw: Callable[[int], Frame], durations_ms: list[int], size: tuple[int, int]
) -> None:
    """Write an animation that repeats for ever.

    Frames are drawn when they are asked for, so that no more of them lie in memory than Pillow keeps.

    Parameters
    ----------
    path
        The file; its suffix is one of :data:`OPTIONS`.
    draw
        Draws a frame by its number, uint8 (height, width, 3).
    durations_ms
        How long each is shown.
    size
        Width and height.

    Raises
    ------
    OSError
        If the disk refuses.
    """
    frames = _Frames(draw, len(durations_ms), size)
    options = OPTIONS[path.suffix.lower()]
    # Opened here: a file that Pillow opens by name stays open when a frame is interrupted.
    with open(path, "wb") as file:
        frames.save(file, save_all=True, duration=durations_ms, loop=0, **options)


class _Frames(Image.Image):
    """An image of many frames, as Pillow sees one, that draws the frame it is asked for."""

    def __init__(self, draw: Callable[[int], Frame], n_frames: int, size: tuple[int, int]) -> None:
        super().__init__()
        self._draw = draw
        self._size = size
        self._mode = "RGB"
        self.n_frames = n_frames
        self.is_animated = n_frames > 1
        self._number = -1
        self.seek(0)

    def seek(self, frame: int) -> None:
        """Draw a frame."""
        if frame >= self.n_frames:
            raise EOFError
        if frame != self._number:
            self.im = Image.fromarray(self._draw(frame)).im
            self._number = frame

    def tell(self) -> int:
        """Number of the frame that was drawn last."""
        return self._number
