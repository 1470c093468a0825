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
