"""Letters in a frame: set once by Pillow, then blended in as masks."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from phenotune.report.film.layout import MOST

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

Frame = NDArray[np.uint8]
"""uint8 (height, width, 3)."""

LEAST_PX = 8
SHADE = 140
"""How dark it is beneath letters over a picture, 0 to 255."""


class Letters:
    """Sets text in one of the two weights of the house's letters.

    Parameters
    ----------
    size_px
        Height of the letters.
    is_bold
        Their weight.
    """

    def __init__(self, size_px: int, *, is_bold: bool = False) -> None:
        self._font = _font(max(size_px, LEAST_PX), is_bold)
        ascent, descent = self._font.getmetrics()
        self.ascent, self.height = ascent, ascent + descent

    def width(self, text: str) -> int:
        """Pixels that a text is wide."""
        return round(self._font.getlength(text))

    def fitted(self, text: str, width: int) -> str:
        """The text, or as much of its beginning as has room."""
        if self.width(text) <= width:
            return text
        while text and self.width(f"{text}…") > width:
            text = text[:-1].rstrip()
        return f"{text}…"

    def draw(
        self, frame: Frame, place: tuple[int, int], text: str, colour: str, *, align: str = "left"
    ) -> None:
        """Write into a frame.

        Parameters
        ----------
        frame
            Changed in place; what lies outside is left out.
        place
            Column and row of the beginning of the baseline; of its end or its middle by ``align``.
        text
            One line.
        colour
            ``"#rrggbb"``.
        align
            ``left``, ``right`` or ``middle``.
        """
        if not text:
            return
        mask = _mask(self._font, text)
        shift = {"left": 0, "right": mask.shape[1], "middle": mask.shape[1] // 2}[align]
        blend(frame, place[0] - shift, place[1] - self.ascent, mask, colour)

    def draw_on_shade(self, frame: Frame, place: tuple[int, int], text: str, colour: str) -> None:
        """Write over a picture, which is darkened beneath."""
        pad = max(2, self.height // 5)
        left, top = place[0] - pad, place[1] - self.ascent
        mask = np.full((self.height, self.width(text) + 2 * pad), SHADE, np.uint8)
        blend(frame, left, top, mask, "#000000")
        self.draw(frame, place, text, colour)


def rgb(colour: str) -> NDArray[np.uint8]:
    """A colour's three values.

    >>> rgb("#0a00ff").tolist()
    [10, 0, 255]
    """
    return np.frombuffer(bytes.fromhex(colour[1:]), np.uint8)


def blend(frame: Frame, left: int, top: int, mask: NDArray[np.uint8], colour: str) -> None:
    """Lay a colour over a frame, as much of it as the mask says, 0 to 255; what lies outside is left out."""
    first, above = max(0, -left), max(0, -top)
    part = mask[above : max(0, frame.shape[0] - top), first : max(0, frame.shape[1] - left)]
    rows = slice(top + above, top + above + part.shape[0])
    ground = frame[rows, left + first : left + first + part.shape[1]]
    shares = part[..., np.newaxis].astype(np.uint16)
    mixed = (ground * (255 - shares) + rgb(colour) * shares + 127) // 255
    ground[:] = mixed.astype(np.uint8)


@lru_cache(maxsize=64)
def _font(size_px: int, is_bold: bool) -> FreeTypeFont:
    """DejaVu Sans, which matplotlib brings along."""
    from pathlib import Path

    import matplotlib
    from PIL import ImageFont

    name = "DejaVuSans-Bold.ttf" if is_bold else "DejaVuSans.ttf"
    path = Path(matplotlib.get_data_path(), "fonts", "ttf", name)
    return ImageFont.truetype(str(path), size_px, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=512)
def _mask(font: FreeTypeFont, text: str) -> NDArray[np.uint8]:
    from PIL import Image, ImageDraw

    ascent, descent = font.getmetrics()
    width = min(round(font.getlength(text)) + 1, MOST)
    image = Image.new("L", (max(width, 1), ascent + descent), 0)
    ImageDraw.Draw(image).text((0, 0), text, fill=255, font=font)
    return np.asarray(image)
