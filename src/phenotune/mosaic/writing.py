"""A mosaic into a sound file: rendered, levelled and encoded block by block, so that an hour fits into memory."""

from __future__ import annotations

import errno
import math
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from phenotune.arrays import Samples, check_samples
from phenotune.audio.files import check_format
from phenotune.audio.writing import is_clipped, write_blocks
from phenotune.errors import ParameterError
from phenotune.mosaic.levelling import Levelling, LevelMeter, Normalise
from phenotune.mosaic.paths import path_as_read
from phenotune.mosaic.rendering import BLOCK_SAMPLES, render_blocks
from phenotune.mosaic.sources import MosaicSources
from phenotune.mosaic.spool import Spool
from phenotune.progress import Progress, share_of, unheard
from phenotune.units import amplitude_to_db, s_to_samples
from phenotune.whole_files import could_not_be_written

if TYPE_CHECKING:
    from phenotune.mosaic.mosaic import Mosaic

DITHER_SEED = 1770
"""The noise is the same each time, so that the same mosaic gives the same bytes."""

OPENED, RENDERED = 0.05, 0.9
"""Shares of the work that are done when the sources are open, and of the rest when all is rendered."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What kind of file is wanted.

    Parameters
    ----------
    rate_hz
        Its rate.
    bits
        16, 24 or 32 (float).
    normalise
        The level that it shall have; None to turn it down only where it would clip.
    dither
        Whether 16 bits are dithered.
    from_s, to_s
        The part of the mosaic that is wanted; to its end when None.
    """

    rate_hz: int
    bits: int = 24
    normalise: Normalise | None = None
    dither: bool = True
    from_s: float = 0.0
    to_s: float | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A sound file that was written, and what was done to the sound.

    Parameters
    ----------
    path
        The file.
    rate_hz, n_channels, n_samples
        Its size.
    gain_db
        By how much the whole was turned up; below 0 when it was turned down.
    peak_db
        Its highest sample, in decibels below full scale; minus infinity for silence.
    lufs
        Its integrated loudness, where it was measured.
    softer_by_lu
        By how much it stays softer than was asked for, so as not to pass the ceiling; 0.0 when it does not.
    changed
        Sources that were used although they have changed, a line each.
    """

    path: Path
    rate_hz: int
    n_channels: int
    n_samples: int
    gain_db: float
    peak_db: float
    lufs: float | None = None
    softer_by_lu: float = 0.0
    changed: tuple[str, ...] = ()

    @property
    def turned_down_db(self) -> float:
        """How many decibels everything was turned down; 0.0 when it was not."""
        return max(0.0, -self.gain_db)


def write_mosaic(
    mosaic: Mosaic,
    path: Path,
    wish: Wish,
    *,
    sound: Samples | None = None,
    sounds: MosaicSources | None = None,
    n_threads: int | None = None,
    progress: Progress | None = None,
) -> Written:
    """Render a mosaic into a sound file, whole or not at all.

    Where its level must be known before it can be written, the sound waits for it in a
    :class:`phenotune.mosaic.spool.Spool`.

    Parameters
    ----------
    mosaic
        What to render.
    path
        The file; its suffix is the format.
    wish
        What kind of file.
    sound
        The sound of the whole at the rate of the file, where it is at hand already.
    sounds
        The sources, where it is not.
    n_threads, progress
        As in :func:`phenotune.mosaic.rendering.render_blocks`.

    Raises
    ------
    ParameterError, MissingExtraError, RunFolderError
        As :meth:`phenotune.mosaic.mosaic.Mosaic.write`.
    """
    check_wish(mosaic, path, wish)
    first, n_samples = _stretch(mosaic, wish)
    tell: Progress = progress or unheard
    if sounds is None:
        whole = np.zeros((mosaic.n_channels, 0), np.float32) if sound is None else sound
        blocks = _pieces(check_samples(whole)[:, first : first + n_samples])
    else:
        _check_is_no_input(path, mosaic, sounds)
        blocks = render_blocks(
            mosaic.placements,
            sounds,
            n_channels=mosaic.n_channels,
            n_samples=n_samples,
            own_rate_hz=mosaic.rate_hz,
            rate_hz=wish.rate_hz,
            fade_ms=mosaic.fade_ms,
            first_samples=first,
            n_threads=n_threads,
            progress=share_of(tell, 0.0, RENDERED),
        )
    size = (mosaic.n_channels, n_samples)
    try:
        levelling = _written(path, blocks, wish, size, share_of(tell, RENDERED, 1.0))
    except OSError as error:
        raise could_not_be_written(path, error) from error
    tell(1.0)
    return Written(
        path,
        wish.rate_hz,
        *size,
        gain_db=amplitude_to_db(levelling.gain),
        peak_db=levelling.peak_db,
        lufs=levelling.lufs,
        softer_by_lu=levelling.softer_by_lu,
        changed=() if sounds is None else tuple(sounds.changed),
    )


def check_wish(mosaic: Mosaic, path: Path, wish: Wish) -> None:
    """Make sure of all that can be known before anything is opened.

    Raises
    ------
    ParameterError, MissingExtraError
        If the format cannot hold what is wished for, or there is no such part.
    RunFolderError
        If there is no folder to write to.
    """
    check_format(path, wish.bits, wish.rate_hz, mosaic.n_channels)
    LevelMeter(wish.normalise, wish.rate_hz, mosaic.n_channels, clips=True)
    _stretch(mosaic, wish)
    if not path.absolute().parent.is_dir():
        raise could_not_be_written(path, FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)))


def _written(
    path: Path, blocks: Iterator[Samples], wish: Wish, size: tuple[int, int], progress: Progress
) -> Levelling:
    """Write blocks, in one pass or two, and tell how they were levelled."""
    meter = LevelMeter(wish.normalise, wish.rate_hz, size[0], clips=is_clipped(path, wish.bits))
    rng = np.random.default_rng(DITHER_SEED) if wish.dither else None

    def write(ready: Iterable[Samples]) -> None:
        # Of 24 bits half a step is nothing, and a run's own sound keeps its bytes.
        to_nearest = wish.bits == 16
        write_blocks(
            path,
            ready,
            wish.rate_hz,
            size=size,
            bits=wish.bits,
            dither=rng,
            to_nearest=to_nearest,
        )

    if not meter.needs_two_passes:
        write(_measured(blocks, meter))
        return meter.levelling()
    with Spool(path.absolute().parent) as spool:
        for block in _measured(blocks, meter):
            spool.append(block)
        levelling = meter.levelling()
        n_done = 0

        def levelled() -> Iterator[Samples]:
            nonlocal n_done
            for block in spool.blocks():
                yield levelling.apply(block)
                n_done += block.shape[1]
                progress(n_done / size[1])

        write(levelled())
    return levelling


def _measured(blocks: Iterable[Samples], meter: LevelMeter) -> Iterator[Samples]:
    for block in blocks:
        meter.add(block)
        yield block


def _pieces(samples: Samples) -> Iterator[Samples]:
    for start in range(0, samples.shape[1], BLOCK_SAMPLES):
        yield samples[:, start : start + BLOCK_SAMPLES]


def _stretch(mosaic: Mosaic, wish: Wish) -> tuple[int, int]:
    """Where the part that is wanted begins, and how long it is, in samples of the file."""
    n_all = mosaic.target.n_samples(wish.rate_hz)
    for name, value in (("from_s", wish.from_s), ("to_s", wish.to_s)):
        if value is not None and not 0.0 <= value < math.inf:
            raise ParameterError(f"{name}: expected 0 s or more, got {value!r}")
    first = s_to_samples(wish.from_s, wish.rate_hz)
    last = n_all if wish.to_s is None else min(n_all, s_to_samples(wish.to_s, wish.rate_hz))
    if first > 0 and first >= n_all:
        raise ParameterError(
            f"from_s: expected less than the {mosaic.target.duration_s:.2f} s of the mosaic, "
            f"got {wish.from_s:g}"
        )
    if wish.to_s is not None and last <= first:
        raise ParameterError(
            f"to_s: expected more than from_s ({wish.from_s:g}), got {wish.to_s:g}"
        )
    return first, last - first


def _check_is_no_input(path: Path, mosaic: Mosaic, sounds: MosaicSources) -> None:
    """Refuse to write over what the mosaic is made from."""
    target = path_as_read(mosaic.target.path, mosaic.folder or Path.cwd())
    for other in (target, *sounds.paths.values()):
        with suppress(OSError):
            if os.path.samefile(path, other):
                what = "the target" if other == target else "a source"
                raise ParameterError(
                    f"{path}: is {what} of the mosaic and would be written over; choose another name"
                )
