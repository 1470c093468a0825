"""Phenotypes as they land on a canvas: rendered, folded to its channels, and some of them kept."""

from __future__ import annotations

import threading
from collections import OrderedDict

from phenotune.arrays import Samples
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.rendering import Sounds, render, to_channels

MAX_KEPT_BYTES = 192 * 2**20
"""Phenotypes that are kept for the next time, ten minutes of mono at 44.1 kHz and more."""


class Phenotypes:
    """Renders chromosomes, and keeps those that will be wanted again. Several threads may use it at once.

    Parameters
    ----------
    sounds
        Where clips are cut from.
    rate_hz, n_channels
        Of the canvas: sound of more channels is folded.
    fade_ms
        Fade at both ends.
    max_bytes
        How much is kept; what was used longest ago goes first.
    """

    def __init__(
        self,
        sounds: Sounds,
        rate_hz: int,
        n_channels: int,
        *,
        fade_ms: float,
        max_bytes: int = MAX_KEPT_BYTES,
    ) -> None:
        self._sounds = sounds
        self._rate_hz = rate_hz
        self._n_channels = n_channels
        self._fade_ms = fade_ms
        self._max_bytes = max_bytes
        self._kept: OrderedDict[Chromosome, Samples] = OrderedDict()
        self._n_bytes = 0
        self._lock = threading.Lock()

    @property
    def n_bytes(self) -> int:
        """What is kept at the moment."""
        return self._n_bytes

    def render(self, chromosome: Chromosome) -> Samples:
        """The sound of a chromosome, float32 (1 or n_channels, n_samples), in new memory."""
        samples = render(chromosome, self._sounds, self._rate_hz, fade_ms=self._fade_ms)
        return to_channels(samples, self._n_channels)

    def recall(self, chromosome: Chromosome) -> Samples:
        """The same, kept for the next time; do not write to it."""
        with self._lock:
            samples = self._kept.get(chromosome)
            if samples is not None:
                self._kept.move_to_end(chromosome)
                return samples
        samples = self.render(chromosome)
        self.keep(chromosome, samples)
        return samples

    def keep(self, chromosome: Chromosome, samples: Samples) -> None:
        """Keep a sound that has been rendered already."""
        with self._lock:
            if chromosome in self._kept:
                return
            self._kept[chromosome] = samples
            self._n_bytes += samples.nbytes
            while self._n_bytes > self._max_bytes:
                _, dropped = self._kept.popitem(last=False)
                self._n_bytes -= dropped.nbytes
