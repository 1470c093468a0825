"""From placements to sound: a pure function of the list and the sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

import numpy as np

from phenotune.arrays import Samples
from phenotune.canvas.placement import Placement
from phenotune.genome.anatomy import clips
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.rendering import Sounds, render, to_channels
from phenotune.units import samples_at_rate


def render_placements(
    placements: Iterable[Placement],
    sounds: Sounds,
    *,
    n_channels: int,
    n_samples: int,
    own_rate_hz: int,
    rate_hz: int,
    fade_ms: float,
) -> Samples:
    """Sum what the placements sound like; those that are muted do not.

    The sum is made in fixed point (:mod:`phenotune.kernels.mixing`), as that of the canvas is, so at the mosaic's own
    rate the two are the same bit for bit. A chromosome that landed several times is rendered once.

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

    Returns
    -------
    Samples
        Float32 (n_channels, n_samples), not normalised.
    """
    # Not at the top: numba takes longer to import than reading a mosaic does.
    from phenotune.kernels.mixing import add_fixed, fixed_to_float

    sound = np.zeros((n_channels, n_samples), np.int64)
    for chromosome, landed in by_chromosome(placements).items():
        samples = to_channels(render(chromosome, sounds, rate_hz, fade_ms=fade_ms), n_channels)
        for placement in landed:
            onset = samples_at_rate(placement.onset_samples, own_rate_hz, rate_hz)
            add_fixed(sound, samples, np.array(placement.gains, np.float64), onset, 1)
    out = np.empty(sound.shape, np.float32)
    fixed_to_float(sound, 0, out)
    return out


def by_chromosome(placements: Iterable[Placement]) -> Mapping[Chromosome, list[Placement]]:
    """Group placements by what sounds, in the order in which each chromosome landed first; the muted are left out."""
    groups: dict[Chromosome, list[Placement]] = {}
    for placement in placements:
        if placement.muted:
            continue
        groups.setdefault(placement.chromosome, []).append(placement)
    return groups


def sources_heard(placements: Iterable[Placement]) -> set[str]:
    """Ids of all sources that sound in the placements, or would if they were not muted."""
    found = (clips(placement.chromosome) for placement in placements)
    return {clip.source for clip in chain.from_iterable(found)}
