"""Baking: what items sound like, each distinct sound once, as files beside a project."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from phenotune.arrays import Samples
from phenotune.audio.files import write_sound
from phenotune.audio.levels import gain_to_fit
from phenotune.export.arrangement import Arrangement, Item
from phenotune.export.names import Names
from phenotune.export.options import Options
from phenotune.export.summing import CEILING
from phenotune.units import samples_to_s

Key: TypeAlias = tuple[int, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Baked:
    """A file that sounds like an item.

    Parameters
    ----------
    path
        Where it lies.
    n_samples, rate_hz, n_channels
        Its length, rate and channels.
    gain
        The factor by which it was turned down so as not to clip; 1 where it was not.
    """

    path: Path
    n_samples: int
    rate_hz: int
    n_channels: int
    gain: float = 1.0

    @property
    def duration_s(self) -> float:
        """Its length in seconds."""
        return samples_to_s(self.n_samples, self.rate_hz)


def bake(
    arrangement: Arrangement,
    items: Iterable[Item],
    folder: Path,
    options: Options,
    *,
    with_gains: bool,
    name: Callable[[Item], str] | None = None,
    to_fit: bool = False,
    span: tuple[float, float] = (0.0, 1.0),
) -> Mapping[int, Baked]:
    """Render items into WAV files, each distinct sound once.

    Parameters
    ----------
    arrangement
        Where the items belong.
    items
        Which ones.
    folder
        Where the files go.
    options
        Bits of the files, and who is told of the progress.
    with_gains
        Whether an item's gains are in its file, for formats that know of none: then items that differ in them have
        files of their own. Floats take gains of any size; of 16 or 24 bits is cut off what passes full scale.
    name
        What an item's file is called; the number of its placement and its source's name when None.
    to_fit
        Whether a file of 16 or 24 bits that would pass full scale is turned down by itself; its ``gain`` tells by how
        much. For all files alike there is :func:`phenotune.export.fitting.bake_to_fit`.
    span
        The part of the progress that this is, from and to.

    Returns
    -------
    Mapping
        The file of each item by the id of its placement. Items that are empty of sound have none.
    """
    items = tuple(items)
    keys = {item.placement.id: _key(item, with_gains) for item in items}
    firsts: dict[Key, Item] = {}
    for item in items:
        firsts.setdefault(keys[item.placement.id], item)
    names = Names()
    paths = {
        key: folder / f"{names.give((name or _file_name)(item), 'clip')}.wav"
        for key, item in firsts.items()
    }

    def made(key: Key) -> Baked:
        samples = _sound(arrangement, key)
        gain = gain_to_fit(samples, CEILING) if to_fit and options.bits < 32 else 1.0
        if samples.shape[1] > 0:
            fitting = samples if gain == 1.0 else samples * np.float32(gain)
            write_sound(
                paths[key], fitting, arrangement.rate_hz, bits=options.bits, to_nearest=True
            )
        return Baked(paths[key], samples.shape[1], arrangement.rate_hz, samples.shape[0], gain)

    files = dict(zip(firsts, _side_by_side(made, firsts, options, span), strict=True))
    return {number: files[key] for number, key in keys.items() if files[key].n_samples > 0}


def _side_by_side(
    made: Callable[[Key], Baked], keys: Iterable[Key], options: Options, span: tuple[float, float]
) -> Iterator[Baked]:
    chosen = list(keys)
    with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as pool:
        try:
            for n_done, baked in enumerate(pool.map(made, chosen), start=1):
                options.part(*span)(n_done / len(chosen))
                yield baked
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _key(item: Item, with_gains: bool) -> Key:
    return item.sound, (item.placement.gains if with_gains else ())


def _sound(arrangement: Arrangement, key: Key) -> Samples:
    samples = arrangement.phenotype(key[0])
    if not key[1]:
        return samples
    gains = np.array(key[1], np.float64)[:, None]
    with_gains: Samples = (samples * gains).astype(np.float32)
    return with_gains


def _file_name(item: Item) -> str:
    """The source's name and the number of the first placement that sounds like this."""
    return f"{item.placement.id:05d} {Path(item.source.path).stem}"
