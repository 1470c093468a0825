"""What is decided when a run is opened."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from phenotune.canvas.placement import Placement
from phenotune.genome.chromosome import Chromosome
from phenotune.library.clip import Clip
from phenotune.run.opening import SHORTEST_PHENOTYPE_SAMPLES, _direction, _gate
from phenotune.run.settings import read_settings


@pytest.mark.parametrize(
    ("rms_gate", "level", "is_heard"),
    [
        (0.0, 1e-9, True),
        (0.0, 0.0, False),
        (0.5, 0.06, True),
        (0.5, 0.04, False),
        (0.5, 0.0, False),
    ],
)
def test_the_gate_is_relative_to_the_library(rms_gate: float, level: float, is_heard: bool) -> None:
    library: Any = SimpleNamespace(level=lambda: 0.1)
    gate = _gate(library, read_settings(flags={"library.rms_gate": rms_gate}, environment={}))
    sound = np.full((2, SHORTEST_PHENOTYPE_SAMPLES), level, np.float32)
    assert gate(sound) == is_heard
    assert not gate(sound[:, 1:])


def test_what_is_too_short_for_the_style_is_not_heard() -> None:
    library: Any = SimpleNamespace(level=lambda: 0.1)
    gate = _gate(library, read_settings(flags={"style.min_clip_s": 0.5}, environment={}))
    sound = np.full((1, 22_050), 0.1, np.float32)
    assert gate(sound)
    assert gate(sound[:, 1:])  # rounded at another rate
    assert not gate(sound[:, 100:])


def test_how_worn_a_source_is_does_not_depend_on_sounds_that_are_kept() -> None:
    a, b, kept = (SimpleNamespace(id=name, rate_hz=100) for name in ("a", "b", "kept"))
    settings = read_settings(flags={"style.novelty": 1.0}, environment={})
    clip = Chromosome(Clip("a", 0, 500))
    target = SimpleNamespace(layout=SimpleNamespace(rate_hz=100, hop=10), n_frames=100)
    canvas: Any = SimpleNamespace(
        target=target, placements={1: Placement(1, clip, 0, (1.0,), 1, 0)}
    )
    weights = set()
    for known in ([a, b], [a, b, kept]):
        library: Any = SimpleNamespace(sources=[a, b], known=known)
        direction = _direction(library, canvas, settings, settings.rhythm, own_place=None)
        assert direction is not None
        direction.look(lambda chromosome: 500)
        weights.add(direction.weight_at(clip, 0, 500))
    assert len(weights) == 1
    assert weights.pop() < 1.0
