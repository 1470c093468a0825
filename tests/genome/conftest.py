"""A few sources, and chromosomes as they come out of variation."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.audio.resampling import resample
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.catalogue import GenesSettings
from phenotune.genome.spans import Span, Spans
from phenotune.genome.variation import VariationSettings, cross, founder, vary
from phenotune.mosaic.encode import chromosome_from_model
from phenotune.mosaic.schema import ChromosomeModel

RATE_HZ = 8000


class Tape:
    """Sources held in memory, read-only as a library's are."""

    def __init__(self, sources: dict[str, tuple[Samples, int]]) -> None:
        self._sources = sources
        for samples, _ in sources.values():
            samples.flags.writeable = False

    def samples(self, source_id: str, rate_hz: int) -> Samples:
        samples, own_hz = self._sources[source_id]
        return samples if rate_hz == own_hz else resample(samples, own_hz, rate_hz)

    def rate_hz(self, source_id: str) -> int:
        return self._sources[source_id][1]


@pytest.fixture(scope="session")
def sounds() -> Tape:
    """Noise: "s0" mono, "s1" stereo, "s2" mono at twice the rate; two seconds each."""
    rng = np.random.default_rng(440)

    def noise(n_channels: int, n_samples: int) -> Samples:
        return (0.1 * rng.standard_normal((n_channels, n_samples))).astype(np.float32)

    return Tape(
        {
            "s0": (noise(1, 2 * RATE_HZ), RATE_HZ),
            "s1": (noise(2, 2 * RATE_HZ), RATE_HZ),
            "s2": (noise(1, 4 * RATE_HZ), 2 * RATE_HZ),
        }
    )


@pytest.fixture(scope="session")
def spans() -> Spans:
    """The same sources in numbers."""
    return Spans(
        [
            Span("s0", RATE_HZ, 2 * RATE_HZ),
            Span("s1", RATE_HZ, 2 * RATE_HZ),
            Span("s2", 2 * RATE_HZ, 4 * RATE_HZ),
        ],
        max_clip_s=0.6,
    )


@pytest.fixture(scope="session")
def grow(spans: Spans) -> Callable[[int], Chromosome]:
    """Grow a chromosome from a seed: a founder, up to twelve changes, and crossover now and then."""
    genes, settings = GenesSettings(), VariationSettings()

    def grown(seed: int) -> Chromosome:
        rng = np.random.default_rng(seed)
        chromosome = founder(rng, spans)
        for _ in range(int(rng.integers(13))):
            children = vary(chromosome, rng, genes, settings, spans)
            chromosome = children[int(rng.integers(len(children)))]
            if rng.random() < 0.2:
                parents = [chromosome, founder(rng, spans)]
                first, second = parents if rng.random() < 0.5 else parents[::-1]
                chromosome = cross(first, second, rng, genes, settings, spans=spans)
        return chromosome

    return grown


@pytest.fixture(scope="session")
def read() -> Callable[[Any], Chromosome]:
    """Read a chromosome from what ``chromosome_to_json`` gives, as a mosaic does."""

    def read_it(data: Any) -> Chromosome:
        model = ChromosomeModel.model_validate_json(json.dumps(data))
        return chromosome_from_model(model, "chromosome")

    return read_it
