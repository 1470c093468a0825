from __future__ import annotations

import threading
from collections import Counter

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.genome.chromosome import Chromosome
from phenotune.library.clip import Clip
from phenotune.mosaic import ahead
from phenotune.mosaic.ahead import n_threads_here, rendered_ahead


def some(*numbers: int) -> list[Chromosome]:
    return [Chromosome(Clip("s0", number, 1)) for number in numbers]


class Maker:
    """Renders a chromosome to the number of its clip, and counts."""

    def __init__(self, n_samples: int = 1) -> None:
        self.made: Counter[int] = Counter()
        self._n_samples = n_samples
        self._lock = threading.Lock()

    def __call__(self, chromosome: Chromosome) -> Samples:
        with self._lock:
            self.made[chromosome.clip.start_samples] += 1
        return np.full((1, self._n_samples), chromosome.clip.start_samples, np.float32)


@pytest.mark.parametrize("n_threads", [1, 2, 5])
@pytest.mark.parametrize("n_wanted", [0, 1, 7, 8, 9, 100])
def test_sounds_come_in_their_order(n_wanted: int, n_threads: int) -> None:
    wanted = some(*range(n_wanted))
    values = [float(made[0, 0]) for made in rendered_ahead(Maker(), wanted, n_threads)]
    assert values == list(range(n_wanted))


def test_what_is_wanted_again_is_rendered_once() -> None:
    render = Maker()
    wanted = some(*[1, 2, 1] * 20, 3, 1)
    values = [float(made[0, 0]) for made in rendered_ahead(render, wanted, 2)]
    assert values == [1, 2, 1] * 20 + [3, 1]
    assert render.made == {1: 1, 2: 1, 3: 1}


def test_no_more_is_kept_than_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "KEPT_BYTES", 40)
    render = Maker(n_samples=10)  # 40 bytes each: one is kept
    wanted = some(*range(20), *range(20))
    values = [float(made[0, 0]) for made in rendered_ahead(render, wanted, 1)]
    assert values == [*range(20), *range(20)]
    assert max(render.made.values()) == 2


def test_only_a_few_are_rendered_before_they_are_wanted() -> None:
    render = Maker()
    sounds = rendered_ahead(render, some(*range(1000)), 2)
    next(sounds)
    sounds.close()
    assert len(render.made) <= ahead.N_AHEAD * 2


def test_there_is_a_processor() -> None:
    assert n_threads_here() >= 1
