"""From genotype to phenotype.

Rendering is a pure function of the chromosome, the sources and the rate. It happens when somebody wants to hear or to
score a chromosome, and not before: a chromosome holds no sound, so a split after a varispeed re-pitches its own part
only, and a hundred thousand chromosomes fit into memory.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from phenotune.arrays import Samples
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.fades import fade_in, fade_out, fade_samples
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.units import samples_at_rate

FADE_MS = 5.0
"""Fade at both ends of a phenotype, in milliseconds."""


class Sounds(Protocol):
    """Where the sound of the sources comes from: a library, or the sources of a saved mosaic."""

    def samples(self, source_id: str, rate_hz: int) -> Samples:
        """Give the whole source at a rate, float32 of shape ``(n_channels, n_samples)``; it may be read-only."""
        ...

    def rate_hz(self, source_id: str) -> int:
        """Give the source's own rate, at which clips are counted."""
        ...


def render(
    chromosome: Chromosome,
    sounds: Sounds,
    rate_hz: int,
    *,
    fade_ms: float = FADE_MS,
    mono: bool = False,
    quick: bool = False,
) -> Samples:
    """Render a chromosome: cut out the clip, apply the genes in their order, fade both ends.

    Parameters
    ----------
    chromosome
        What is to sound.
    sounds
        The sources that its clips are cut from.
    rate_hz
        Rate of the sound that comes out. The positions of the clip are those of its source, converted to this rate.
    fade_ms
        Raised-cosine fade in and out, at most a quarter of the sound each. Chromosomes inside a chromosome are not
        faded by it: the genes that hold them fade their joins.
    mono
        Fold clips to the mean of their channels as they are cut. Genes treat all channels alike and are linear, so this
        is the mean of the stereo phenotype, at half the cost.
    quick
        Let genes that can do so take a short cut that a rough look cannot tell from the real thing: it has the same
        length, and is not to be heard.

    Returns
    -------
    Samples
        Float32 of shape ``(n_channels, n_samples)``, contiguous and in new memory. What ends up empty (a short clip
        split too often) has no samples, and is no error.
    """
    samples = _unfaded(chromosome, sounds, rate_hz, mono, quick)
    # Copied even where a gene has made new memory: a microsecond or two, and then no gene can break the promise.
    phenotype = np.array(samples, dtype=np.float32, order="C")
    n_fade = fade_samples(phenotype.shape[1], rate_hz, fade_ms)
    fade_in(phenotype, n_fade)
    fade_out(phenotype, n_fade)
    return phenotype


def to_channels(samples: Samples, n_channels: int) -> Samples:
    """Fold a phenotype for a canvas that has fewer channels, to their mean.

    Parameters
    ----------
    samples
        Sound of one or two channels.
    n_channels
        Channels of the canvas. A phenotype of one channel serves each of them and stays as it is.

    Returns
    -------
    Samples
        Float32 of shape ``(1 or n_channels, n_samples)``; the very same array where nothing had to be done.

    Examples
    --------
    >>> to_channels(np.array([[1.0], [0.5]], dtype=np.float32), 1).tolist()
    [[0.75]]
    """
    if samples.shape[0] <= n_channels:
        return samples
    # The two rows added up are the same numbers as numpy's mean, at a tenth of its cost.
    if samples.shape[0] == 2:
        half: Samples = ((samples[0] + samples[1]) * np.float32(0.5))[None]
        return half
    mean: Samples = samples.mean(axis=0, keepdims=True)
    return mean


def _unfaded(
    chromosome: Chromosome, sounds: Sounds, rate_hz: int, mono: bool, quick: bool
) -> Samples:
    def render_inner(inner: Chromosome) -> Samples:
        return _unfaded(inner, sounds, rate_hz, mono, quick)

    clip = chromosome.clip
    own_hz = sounds.rate_hz(clip.source)
    start = samples_at_rate(clip.start_samples, own_hz, rate_hz)
    end = samples_at_rate(clip.start_samples + clip.length_samples, own_hz, rate_hz)
    # A memory map becomes a plain array: slicing it is ten times quicker.
    samples = np.asarray(sounds.samples(clip.source, rate_hz))[:, start:end]
    if mono:
        samples = to_channels(samples, 1)
    for gene in chromosome.genes:
        if quick and isinstance(gene, Varispeed):
            samples = gene.apply_quickly(samples, rate_hz)
        else:
            samples = gene.apply(samples, rate_hz, render_inner)
    return samples
