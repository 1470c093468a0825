"""Our measures against the figures of a second implementation, frozen by generate_reference.py."""

from __future__ import annotations

import importlib.util
import json
import math
from dataclasses import asdict
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from phenotune.audio.files import read_sound
from phenotune.measures.measure import measure

HERE = Path(__file__).parent
FROZEN = json.loads((HERE / "reference.json").read_text(encoding="utf-8"))
NEAR_ZERO = 5e-4
GAIN_TOLERANCE_DB = 0.05


def load_generator() -> ModuleType:
    specification = importlib.util.spec_from_file_location(
        "generate_reference", HERE / "generate_reference.py"
    )
    assert specification is not None
    assert specification.loader is not None
    generator = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(generator)
    return generator


GENERATOR = load_generator()


@pytest.fixture(scope="module")
def synthetic_pairs():
    return GENERATOR.synthetic_pairs()


@pytest.fixture(scope="module")
def real_pairs(real_audio):
    def read(name):
        if not (real_audio / name).exists():
            pytest.skip(f"{name} is not among the real music; the frozen figures are of it")
        sound = read_sound(real_audio / name)
        return GENERATOR.Sound(sound.samples, sound.rate_hz)

    return GENERATOR.real_pairs(read)


def tolerance(name: str, expected: float) -> float:
    """Half a unit in the third digit; the gain is only searched to 0.02 dB, by the reference as well."""
    if name == "gain_db":
        return GAIN_TOLERANCE_DB
    digit = math.floor(math.log10(abs(expected))) - 2 if expected else -3
    return max(NEAR_ZERO, 0.5 * 10.0**digit)


def assert_agrees(pair, frozen: dict[str, float]) -> None:
    measured = asdict(measure(*pair.target, *pair.audio, align=pair.align))
    assert measured.keys() == frozen.keys()
    apart = {
        name: (measured[name], expected)
        for name, expected in frozen.items()
        if not abs(measured[name] - expected) <= tolerance(name, expected)
    }
    assert apart == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [name for name in FROZEN["synthetic"] if name != "values that are not finite"]
)
def test_agrees_with_the_reference_on_synthetic_sound(synthetic_pairs, name):
    assert_agrees(synthetic_pairs[name], FROZEN["synthetic"][name])


def test_values_that_are_not_finite_count_as_zero(synthetic_pairs):
    name = "values that are not finite"
    with pytest.warns(RuntimeWarning, match="audio: 4 samples are not finite and are taken as 0"):
        assert_agrees(synthetic_pairs[name], FROZEN["synthetic"][name])


@pytest.mark.parametrize("name", FROZEN["real"])
def test_agrees_with_the_reference_on_real_music(real_pairs, name):
    assert_agrees(real_pairs[name], FROZEN["real"][name])


def test_every_frozen_pair_is_tested(synthetic_pairs):
    assert synthetic_pairs.keys() == FROZEN["synthetic"].keys()


def test_signals_are_the_same_every_time(synthetic_pairs):
    again = GENERATOR.synthetic_pairs()
    for name in ("late", "noise as target", "at 48 kHz"):
        for sound, same in zip(synthetic_pairs[name][:2], again[name][:2], strict=True):
            np.testing.assert_array_equal(sound.samples, same.samples)
