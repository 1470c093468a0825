"""A small target, and sounds to build it from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.canvas.canvas import Canvas
from phenotune.canvas.placement import Placement
from phenotune.genome.chromosome import Chromosome
from phenotune.library.clip import Clip
from phenotune.spectra.layout import make_layout
from phenotune.spectra.settings import SpectraSettings
from phenotune.spectra.target import prepare_target

RATE_HZ = 44_100


class FewSounds:
    """Sources held in memory."""

    def __init__(self, sounds: dict[str, Samples]) -> None:
        self.sounds = sounds

    def samples(self, source_id: str, rate_hz: int) -> Samples:
        """Give a source; all are at the one rate."""
        assert rate_hz == RATE_HZ
        return self.sounds[source_id]

    def rate_hz(self, source_id: str) -> int:
        """All are at the one rate."""
        return RATE_HZ


def decaying_noise(rng: np.random.Generator, n_samples: int) -> Samples:
    """A burst that dies away: easy to tell where it belongs."""
    envelope = np.exp(-np.arange(n_samples) / (0.2 * n_samples))
    return (0.3 * rng.standard_normal(n_samples) * envelope)[None].astype(np.float32)


def make_canvas(samples: Samples) -> Canvas:
    """A silent canvas for a target."""
    settings = SpectraSettings()
    return Canvas(prepare_target(samples, make_layout(settings), settings))


def place(canvas: Canvas, samples: Samples, onset: int, gains: Sequence[float]) -> float:
    """Place a sound, and tell by how much the distance has fallen."""
    before, number = canvas.distance, len(canvas.placements) + 1
    gains = tuple(float(gain) for gain in gains)
    canvas.place(Placement(number, Chromosome(Clip("s0", 0, 1)), onset, gains, 1, 0), samples)
    return before - canvas.distance


@pytest.fixture
def burst(rng: np.random.Generator) -> Samples:
    """The sound that the target is made of."""
    return decaying_noise(rng, 8000)
