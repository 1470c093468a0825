"""Baking with gains for formats that have none of their own, so that nothing clips whatever the bits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from phenotune.audio.files import read_sound, write_sound
from phenotune.export.arrangement import Arrangement, Item
from phenotune.export.baking import Baked, bake
from phenotune.export.options import Options
from phenotune.export.summing import CEILING


def bake_to_fit(
    arrangement: Arrangement,
    items: Iterable[Item],
    folder: Path,
    options: Options,
    span: tuple[float, float] = (0.0, 1.0),
) -> tuple[Mapping[int, Baked], float]:
    """Render items with their gains, each distinct sound once, all of them turned down by the same factor if need be.

    Parameters
    ----------
    arrangement
        Where the items belong.
    items
        Which ones.
    folder
        Where the files go.
    options
        Bits of the files, and who is told of the progress. Floats do not clip and are never turned down.
    span
        The part of the progress that this is, from and to.

    Returns
    -------
    Mapping
        The file of each item by the id of its placement; items that are empty of sound have none.
    float
        The factor, 1.0 where nothing had to be turned down: what the files add up to is the mosaic times this.
    """
    chosen = tuple(items)
    floats = replace(options, bits=32)
    baked = bake(arrangement, chosen, folder, floats, with_gains=True, span=span)
    if options.bits == 32:
        return baked, 1.0
    paths = dict.fromkeys(each.path for each in baked.values())
    peak = max((_peak(path) for path in paths), default=0.0)
    factor = min(1.0, CEILING / peak) if peak > 0.0 else 1.0
    for path in paths:
        quieter = np.float32(factor) * read_sound(path).samples
        write_sound(path, quieter, arrangement.rate_hz, bits=options.bits, to_nearest=True)
    return baked, factor


def _peak(path: Path) -> float:
    return float(np.max(np.abs(read_sound(path).samples)))
