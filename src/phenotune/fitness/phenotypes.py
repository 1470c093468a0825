"""Phenotypes as they land on a canvas: rendered, folded to its channels, and some of them kept."""

from __future__ import annotations

import threading

from phenotune.arrays import Samples
from phenotune.genome.anatomy import duration_s
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.rendering import Sounds, render, to_channels

MAX_KEPT_BYTES = 128 * 2**20
"""Phenotypes that are kept for the next time, twelve minutes of mono at 44.1 kHz."""


SLACK_SAMPLES = 64
"""As far as rounding at every gene may lead."""


class _Rates(dict[str, float]):
    """The rate of each source, asked for once."""

    def __init__(self, sounds: Sounds) -> None:
        super().__init__()
        self._sounds = sounds

    def __missing__(self, source_id: str) -> float:
        rate_hz = self[source_id] = self._sounds.rate_hz(source_id)
        return rate_hz


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
        How much is kept.
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
        self._rates_hz = _Rates(sounds)
        self._rate_hz = rate_hz
        self._n_channels = n_channels
        self._fade_ms = fade_ms
        self._max_bytes = max_bytes
        self._kept: dict[Chromosome, Samples] = {}
        self._lengths: dict[Chromosome, int] = {}
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

    def render_middle(self, chromosome: Chromosome, *, quick: bool = False) -> Samples:
        """The mean of its channels, float32 (1, n_samples), in new memory; quickly and roughly if that will do."""
        return render(
            chromosome, self._sounds, self._rate_hz, fade_ms=self._fade_ms, mono=True, quick=quick
        )

    def recall(self, chromosome: Chromosome) -> Samples:
        """The same, kept for the next time where there is room; do not write to it."""
        with self._lock:
            samples = self._kept.get(chromosome)
        if samples is None:
            samples = self.render(chromosome)
            self.keep(chromosome, samples)
        return samples

    def n_samples(self, chromosome: Chromosome) -> int:
        """Length of its sound, remembered for all that have been kept or recalled."""
        known = self._lengths.get(chromosome)
        return self.recall(chromosome).shape[1] if known is None else known

    def about_n_samples(self, chromosome: Chromosome) -> int:
        """Length of its sound as the genes tell it, a little more rather than less; nothing is rendered."""
        return round(duration_s(chromosome, self._rates_hz) * self._rate_hz) + SLACK_SAMPLES

    def keep(self, chromosome: Chromosome, samples: Samples) -> None:
        """Keep a sound that has been rendered already.

        What is kept stays until it is forgotten, and when there is no room, what is new is not kept. Gains are refitted
        in rounds over the whole list; to drop what was used longest ago would drop everything just before its turn.
        """
        with self._lock:
            self._lengths[chromosome] = samples.shape[1]
            if chromosome not in self._kept and self._n_bytes + samples.nbytes <= self._max_bytes:
                self._kept[chromosome] = samples
                self._n_bytes += samples.nbytes

    def forget(self, chromosome: Chromosome) -> None:
        """Make room: this one is not on the canvas any more."""
        with self._lock:
            self._lengths.pop(chromosome, None)
            samples = self._kept.pop(chromosome, None)
            if samples is not None:
                self._n_bytes -= samples.nbytes
