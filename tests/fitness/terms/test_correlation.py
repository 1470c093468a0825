"""The correlation as a term."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.fitness.heard import Heard
from phenotune.fitness.terms.correlation import Correlation
from phenotune.spectra.layout import make_layout
from phenotune.spectra.settings import SpectraSettings


class Fake:
    """Its value is the first sample times the onset."""

    def peaks(
        self,
        samples: Samples,
        n_peaks: int,
        *,
        around: int = 0,
        within: int = 0,
        span: tuple[int, int] | None = None,
    ) -> list[tuple[int, float]]:
        raise AssertionError("the term asks for no peaks")

    def value(self, samples: Samples, onset: int) -> float:
        return float(samples[0, 0]) * onset


def half(heard: Heard, onset: int) -> float:
    """The level of every sound, whatever lies there."""
    return 0.5


@pytest.fixture
def heard() -> Heard:
    return Heard(np.full((1, 10), 0.5, np.float32), make_layout(SpectraSettings()))


def test_fitness_is_the_value_with_the_sign_of_the_gain(heard: Heard) -> None:
    term = Correlation(Fake(), polarity=True, level_of=half)
    assert term.distance() == 1.0
    assert term.fitness(heard, 40, 1.0) == term.fitness(heard, 40, 0.1) == 20.0
    assert term.fitness(heard, 40, -3.0) == -20.0
    assert term.fitness(heard, 40, 0.0) == 0.0


def test_polarity_is_turned_where_it_may_be_and_helps(heard: Heard) -> None:
    assert Correlation(Fake(), polarity=True, level_of=half).best_gain(heard, 3) == 0.5
    assert Correlation(Fake(), polarity=True, level_of=half).best_gain(heard, -3) == -0.5
    assert Correlation(Fake(), polarity=False, level_of=half).best_gain(heard, -3) == 0.5
