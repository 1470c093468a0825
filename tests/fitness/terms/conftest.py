"""A short target, sounds that land on its canvas by chance, and the check that every term has to pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.canvas.canvas import Canvas
from phenotune.canvas.placement import Placement
from phenotune.fitness.heard import Heard
from phenotune.fitness.terms.gain_search import GainLimits
from phenotune.fitness.terms.term import Term
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.rendering import to_channels
from phenotune.library.clip import Clip
from phenotune.spectra.analysis import analyse
from phenotune.spectra.layout import make_layout
from phenotune.spectra.settings import LayerSettings, SpectraSettings
from phenotune.spectra.target import prepare_target

N_TARGET = 50_001
LIMITS = GainLimits(0.004, 4.0, True)
TWO_LAYERS = SpectraSettings(hop=512)
NO_OVERLAP = SpectraSettings(
    hop=768, layers=(LayerSettings(window=256, decimation=3, bands=64, max_hz=7350.0),)
)


@dataclass
class Bench:
    """A canvas beside its target, both stereo, and what has been placed."""

    settings: SpectraSettings
    rng: np.random.Generator
    sounds: dict[int, Samples] = field(default_factory=dict)

    def __post_init__(self) -> None:
        time = np.arange(N_TARGET) / N_TARGET
        tones = np.sin(2 * np.pi * np.array([[900.0], [1400.0]]) * time) * np.exp(-3 * time)
        self.target = (tones + 0.05 * self.rng.standard_normal((2, N_TARGET))).astype(np.float32)
        self.layout = make_layout(self.settings)
        self.canvas = Canvas(prepare_target(self.target, self.layout, self.settings))
        self.margin = (self.layout.lead_frames + 1) * self.layout.hop

    def sound(self, n_samples: int | None = None) -> Samples:
        """Noise in stereo that dies away."""
        n = int(self.rng.integers(500, 12_000)) if n_samples is None else n_samples
        noise = self.rng.standard_normal((2, n)) * np.exp(-4 * np.arange(n) / n)
        return (float(self.rng.uniform(0.05, 0.6)) * noise).astype(np.float32)

    def place(self, samples: Samples, onset: int, gain: float) -> None:
        """Place a sound in the middle."""
        number, samples = len(self.sounds) + 1, np.ascontiguousarray(samples)
        placement = Placement(number, Chromosome(Clip("s", 0, 1)), onset, (gain, gain), 1, 0)
        self.canvas.place(placement, samples)
        self.sounds[number] = samples

    def middle(self) -> np.ndarray:
        """The canvas's middle with its margins, float64."""
        n_sound = self.canvas.target.n_frames * self.layout.hop + 2 * self.margin
        return np.asarray(self.canvas.samples(-self.margin, n_sound).mean(axis=0), np.float64)

    def middle_with(self, samples: Samples, onset: int, gain: float) -> np.ndarray:
        """The same with a sound on it."""
        out = self.middle()
        first, last = (
            max(0, onset + self.margin),
            min(out.size, onset + self.margin + samples.shape[1]),
        )
        if last > first:
            begin = first - onset - self.margin
            out[first:last] += gain * samples.mean(axis=0)[begin : begin + last - first]
        return out

    def spectra_of(self, middle: np.ndarray) -> np.ndarray:
        """Spectra of a middle with margins, complex64 (n_frames, n_places)."""
        samples = middle[None].astype(np.float32)
        return analyse(samples, -self.margin, 0, self.canvas.target.n_frames, self.layout)[0]

    def target_middle(self) -> np.ndarray:
        """The target's middle with margins like the canvas's."""
        out = np.zeros_like(self.middle())
        out[self.margin : self.margin + N_TARGET] = self.target.mean(axis=0)
        return out

    def onset(self) -> int:
        """Anywhere, also before the beginning and close to the end."""
        return int(self.rng.integers(-6000, N_TARGET))


def check(bench: Bench, term: Term, slow: Callable[[np.ndarray], float], atol: float) -> None:
    """Hold a term against its slow twin, which has the whole middle of the canvas to compare.

    On silence, then while sounds land, change their gain and go, and at several gains.
    """
    assert term.distance() == pytest.approx(1.0, abs=1e-6)
    for step in range(8):
        before = slow(bench.middle())
        assert term.distance() == pytest.approx(before, abs=atol)
        samples, onset = bench.sound(), bench.onset()
        heard = Heard(to_channels(samples, 1), bench.layout)
        for gain in (1.0, -0.7, 0.02, 3.0):
            after = slow(bench.middle_with(samples, onset, gain))
            assert term.fitness(heard, onset, gain) == pytest.approx(before - after, abs=atol)
        assert term.fitness(heard, onset, 0.0) == pytest.approx(0.0, abs=1e-9)
        bench.place(samples, onset, 1.0)
        if step == 5:
            bench.canvas.remove(3, bench.sounds[3])
    assert term.distance() == pytest.approx(slow(bench.middle()), abs=atol)


def is_best_of_many(term: Term, heard: Heard, onset: int, tolerance: float) -> bool:
    """Whether hardly any gain within the limits is worth more than the one that a term likes best."""
    gain = term.best_gain(heard, onset)
    assert gain is not None
    tried = np.geomspace(LIMITS.lowest, LIMITS.highest, 60)
    most = max(term.fitness(heard, onset, float(g)) for g in (*tried, *-tried))
    return term.fitness(heard, onset, gain) >= most - tolerance


@pytest.fixture(params=[TWO_LAYERS, NO_OVERLAP], ids=["two layers", "no overlap"])
def bench(request: pytest.FixtureRequest, rng: np.random.Generator) -> Bench:
    """Two layers that overlap, and one that does not."""
    return Bench(request.param, rng)
