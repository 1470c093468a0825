"""Where everything lies in a frame of any size, wide, square or upright."""

from __future__ import annotations

from dataclasses import dataclass

from phenotune.errors import ParameterError

LEAST, MOST = 320, 4096
DEFAULT_SIZE = (1280, 720)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of pixels; ``right`` and ``bottom`` lie just outside it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """In pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """In pixels."""
        return self.bottom - self.top

    @property
    def rows(self) -> slice:
        """Its rows of a frame."""
        return slice(self.top, self.bottom)

    @property
    def columns(self) -> slice:
        """Its columns of a frame."""
        return slice(self.left, self.right)


@dataclass(frozen=True, slots=True)
class Layout:
    """The places of a frame.

    Parameters
    ----------
    width, height
        Of the frame, in pixels.
    unit
        Pixels to a unit of letters and distances: 1 in a frame of 1280 by 720.
    target, mosaic, clips, curve, legend
        The panels; the first three share their columns.
    """

    width: int
    height: int
    unit: float
    target: Box
    mosaic: Box
    clips: Box
    curve: Box
    legend: Box

    def px(self, units: float) -> int:
        """Units in whole pixels, at least one."""
        return max(1, round(units * self.unit))


def layout_for(width: int, height: int) -> Layout:
    """Lay out a frame.

    Parameters
    ----------
    width, height
        In pixels.

    Raises
    ------
    ParameterError
        If there is no room for what is to be seen, or if a side is odd, which films cannot have.
    """
    for name, side in (("width", width), ("height", height)):
        if not LEAST <= side <= MOST or side % 2:
            raise ParameterError(
                f"size: expected a {name} of {LEAST} to {MOST} pixels, an even number, got {side}"
            )
    unit = min(width / 900, height / 720)
    is_wide = width >= 1.25 * height

    def px(units: float) -> int:
        return round(units * unit)

    margin, gap = px(36), px(7)
    left, right = margin, width - margin
    top, bottom = px(104), height - px(30)
    legend_height = px(84) if is_wide else px(96)
    footer_top = bottom - (px(84) if is_wide else px(22) + px(62) + px(20) + legend_height)
    panels = footer_top - px(38) - top - gap - px(28)
    spectrogram = round(panels * 0.35)
    target = Box(left, top, right, top + spectrogram)
    mosaic = Box(left, target.bottom + gap, right, target.bottom + gap + spectrogram)
    clips = Box(left, mosaic.bottom + px(28), right, top + gap + px(28) + panels)
    middle = left + round((right - left) * 0.47)
    if is_wide:
        curve = Box(left, footer_top + px(22), middle, bottom)
        legend = Box(middle + px(44), footer_top, right, bottom)
    else:
        curve = Box(left, footer_top + px(22), right, footer_top + px(84))
        legend = Box(left, bottom - legend_height, right, bottom)
    return Layout(width, height, unit, target, mosaic, clips, curve, legend)
