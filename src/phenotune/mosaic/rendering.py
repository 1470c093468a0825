"""From placements to sound: a pure function of the list and the sources.

Sound is made block by block. A phenotype is rendered when the block comes in which it begins, and added at once as far
as it reaches; so memory is bounded by a block and by what sounds in it, however long the mosaic is. Sums are in fixed
point, so neither the blocks, nor the order of placements, nor the number of threads changes a bit of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain

import numpy as np

from phenotune.arrays import Samples
from phenotune.canvas.placement import Placement
from phenotune.errors import ParameterError
from phenotune.genome.anatomy import clips, duration_s
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.rendering import Sounds, render, to_channels
from phenotune.mosaic.ahead import n_threads_here, rendered_ahead
from phenotune.mosaic.sums import Sum
from phenotune.progress import Progress
from phenotune.units import samples_at_rate

BLOCK_SAMPLES = 1 << 18
"""Length of a block, about six seconds; of several groups together no more than this, save for the shortest blocks."""
MIN_BLOCK_SAMPLES = 1 << 14

MARGIN_S = 0.5
"""How far before a stretch a placement must end to be left out unheard: durations are known to within a few samples."""


def render_placements(
    placements: Iterable[Placement],
    sounds: Sounds,
    *,
    n_channels: int,
    n_samples: int,
    own_rate_hz: int,
    rate_hz: int,
    fade_ms: float,
    progress: Progress | None = None,
) -> Samples:
    """Sum what the placements sound like, as a whole; those that are muted do not.

    The sum is made in fixed point (:mod:`phenotune.kernels.mixing`), as that of the canvas is, so at the mosaic's own
    rate the two are the same bit for bit.

    Parameters
    ----------
    placements
        What sounds.
    sounds
        The sources.
    n_channels, n_samples
        Size of the sum.
    own_rate_hz
        Rate at which the onsets are counted.
    rate_hz
        Rate of the sum.
    fade_ms
        Fade at both ends of each phenotype.
    progress
        Is told the share that is done.

    Returns
    -------
    Samples
        Float32 (n_channels, n_samples), not normalised.
    """
    out = np.empty((n_channels, n_samples), np.float32)
    first = 0
    for block in render_blocks(
        placements,
        sounds,
        n_channels=n_channels,
        n_samples=n_samples,
        own_rate_hz=own_rate_hz,
        rate_hz=rate_hz,
        fade_ms=fade_ms,
        progress=progress,
    ):
        out[:, first : first + block.shape[1]] = block
        first += block.shape[1]
    return out


def render_blocks(
    placements: Iterable[Placement],
    sounds: Sounds,
    *,
    n_channels: int,
    n_samples: int,
    own_rate_hz: int,
    rate_hz: int,
    fade_ms: float,
    first_samples: int = 0,
    block_samples: int | None = None,
    n_threads: int | None = None,
    progress: Progress | None = None,
) -> Iterator[Samples]:
    """Sum what the placements sound like, block by block: together bit for bit what :func:`render_placements` gives.

    Parameters
    ----------
    placements, sounds, n_channels, own_rate_hz, rate_hz, fade_ms, progress
        As in :func:`render_placements`.
    n_samples
        Length of all blocks together.
    first_samples
        Where the first block begins, at ``rate_hz``: 0 is the beginning of the mosaic.
    block_samples
        Length of each block but the last; :data:`BLOCK_SAMPLES` when None.
    n_threads
        Threads that render; as many as there are processors for this process when None. The sound is the same.

    Yields
    ------
    Samples
        Float32 (n_channels, block_samples), in new memory.
    """
    groups = render_groups(
        [list(placements)],
        sounds,
        n_channels=n_channels,
        n_samples=n_samples,
        own_rate_hz=own_rate_hz,
        rate_hz=rate_hz,
        fade_ms=fade_ms,
        first_samples=first_samples,
        block_samples=block_samples,
        n_threads=n_threads,
        progress=progress,
    )
    return (blocks[0] for blocks in groups)


def render_groups(
    groups: Sequence[Iterable[Placement]],
    sounds: Sounds,
    *,
    n_channels: int,
    n_samples: int,
    own_rate_hz: int,
    rate_hz: int,
    fade_ms: float,
    first_samples: int = 0,
    block_samples: int | None = None,
    n_threads: int | None = None,
    progress: Progress | None = None,
) -> Iterator[list[Samples]]:
    """Sum several groups of placements side by side, block by block, each group to a sound of its own.

    Groups that share out the placements of a mosaic add up to it, but for the rounding to float32 of each: their sums
    in fixed point add up exactly. A chromosome that lands in several groups is rendered once.

    Parameters
    ----------
    groups
        Placements; a placement may be in several.
    sounds, n_channels, n_samples, own_rate_hz, rate_hz, fade_ms, first_samples, n_threads, progress
        As in :func:`render_blocks`.
    block_samples
        Length of each block but the last; when None the shorter the more groups there are, so that all of them
        together take no more memory than one.

    Yields
    ------
    list of Samples
        For each group float32 (n_channels, block_samples), in new memory.

    Raises
    ------
    ParameterError
        If a length or a number of threads makes no sense.
    """
    if block_samples is None:
        block_samples = max(MIN_BLOCK_SAMPLES, BLOCK_SAMPLES // max(len(groups), 1))
    n_threads = n_threads_here() if n_threads is None else n_threads
    for name, value in (("block_samples", block_samples), ("n_threads", n_threads)):
        if value < 1:
            raise ParameterError(f"{name}: expected 1 or more, got {value!r}")
    stretch = _Stretch(first_samples, max(n_samples, 0), own_rate_hz, rate_hz)
    landings = _landings(groups, sounds, stretch)

    def phenotype(chromosome: Chromosome) -> Samples:
        return to_channels(render(chromosome, sounds, rate_hz, fade_ms=fade_ms), n_channels)

    sums = [Sum(n_channels) for _ in groups]
    return _blocks(sums, landings, phenotype, (n_samples, block_samples, n_threads), progress)


def sources_heard(placements: Iterable[Placement]) -> set[str]:
    """Ids of all sources that sound in the placements, or would if they were not muted."""
    found = (clips(placement.chromosome) for placement in placements)
    return {clip.source for clip in chain.from_iterable(found)}


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A part of the mosaic, at the rate of the sound."""

    first_samples: int
    n_samples: int
    own_rate_hz: int
    rate_hz: int

    def onset(self, placement: Placement) -> int:
        """Where a placement begins, counted from the beginning of the stretch."""
        at = samples_at_rate(placement.onset_samples, self.own_rate_hz, self.rate_hz)
        return at - self.first_samples


@dataclass(frozen=True, slots=True)
class _Landing:
    """A placement as it is summed: where, what, into which group and how loud."""

    onset: int
    chromosome: Chromosome
    group: int
    gains: tuple[float, ...]


def _landings(
    groups: Sequence[Iterable[Placement]], sounds: Sounds, stretch: _Stretch
) -> list[_Landing]:
    """Everything that may sound in a stretch, by its onset."""
    found = [
        _Landing(onset, placement.chromosome, group, placement.gains)
        for group, placements in enumerate(groups)
        for placement in placements
        if not placement.muted
        and (onset := stretch.onset(placement)) < stretch.n_samples
        and (onset >= 0 or _reaches(placement.chromosome, -onset, sounds, stretch.rate_hz))
    ]
    return sorted(found, key=lambda landing: landing.onset)


def _reaches(chromosome: Chromosome, n_samples: int, sounds: Sounds, rate_hz: int) -> bool:
    """Whether a chromosome may sound longer than so many samples."""
    rates_hz = {clip.source: sounds.rate_hz(clip.source) for clip in clips(chromosome)}
    return (duration_s(chromosome, rates_hz) + MARGIN_S) * rate_hz > n_samples


def _blocks(
    sums: list[Sum],
    landings: list[_Landing],
    phenotype: Callable[[Chromosome], Samples],
    sizes: tuple[int, int, int],
    progress: Progress | None,
) -> Iterator[list[Samples]]:
    """Render what begins in each block, add it, and give the block."""
    n_samples, block_samples, n_threads = sizes
    sounds = rendered_ahead(phenotype, [landing.chromosome for landing in landings], n_threads)
    with closing(sounds):
        rendered = zip(landings, sounds, strict=True)
        upcoming = next(rendered, None)
        for first in range(0, n_samples, block_samples):
            size = min(block_samples, n_samples - first)
            while upcoming is not None and upcoming[0].onset < first + size:
                landing, samples = upcoming
                at, room = landing.onset - first, n_samples - first
                sums[landing.group].add(samples, landing.gains, at, room)
                upcoming = next(rendered, None)
            yield [each.take(size) for each in sums]
            if progress is not None:
                progress((first + size) / n_samples)
    if progress is not None and n_samples <= 0:
        progress(1.0)
