"""Named styles: what the mosaic shall be like, in a word. They are laid over a preset, and under the user's settings.

How they are written and found stands in :mod:`phenotune.run.named`.
"""

from __future__ import annotations

from pathlib import Path

from phenotune.run.named import Kind, Named, paths_of, read_named
from phenotune.settings import Settings

NO_STYLE = "none"
"""What ``--style`` says to go on without one."""

STYLES = Kind("style", "style.name", Path(__file__).with_name("styles"), "faithful")


def style_paths(folder: Path | None = None) -> dict[str, Path]:
    """Every style's file by its name; see :func:`phenotune.run.named.paths_of`."""
    return paths_of(STYLES, folder)


def read_style(name: str, tree: type[Settings], folder: Path | None = None) -> Named:
    """Read a style with all that it inherits; see :func:`phenotune.run.named.read_named`."""
    return read_named(STYLES, name, tree, folder)
