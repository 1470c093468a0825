"""What is decided when a run is opened."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from phenotune.run.opening import SHORTEST_PHENOTYPE_SAMPLES, _gate
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
