"""Presets: what the settings of a run start from. ``guided`` is the default; the others are what the article tried.

How they are written and found stands in :mod:`phenotune.run.named`.
"""

from __future__ import annotations

from pathlib import Path

from phenotune.run.named import Kind, Named, paths_of, read_named
from phenotune.settings import Settings

DEFAULT_PRESET = "guided"

BUILT_IN = Path(__file__).with_name("presets")
"""Folder of the presets that come with phenotune."""

PRESETS = Kind("preset", "preset", BUILT_IN, DEFAULT_PRESET)


def preset_paths(folder: Path | None = None) -> dict[str, Path]:
    """Every preset's file by its name; see :func:`phenotune.run.named.paths_of`."""
    return paths_of(PRESETS, folder)


def read_preset(name: str, tree: type[Settings], folder: Path | None = None) -> Named:
    """Read a preset with all that it inherits; see :func:`phenotune.run.named.read_named`."""
    return read_named(PRESETS, name, tree, folder)
