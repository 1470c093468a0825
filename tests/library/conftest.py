"""Small libraries for the tests of the library room, made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from phenotune.audio.cache import SoundCache
from phenotune.audio.files import write_sound


@pytest.fixture
def cache(tmp_path: Path) -> SoundCache:
    return SoundCache(tmp_path / "cache")


@pytest.fixture
def write_noise(rng: np.random.Generator, tmp_path: Path) -> Callable[..., Path]:
    """Write noise, each time other noise, to a path below the test's folder."""

    def write(
        name: str,
        *,
        duration_s: float = 0.1,
        n_channels: int = 1,
        rate_hz: int = 44_100,
        level: float = 0.1,
    ) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shape = (n_channels, round(duration_s * rate_hz))
        samples = (level * rng.standard_normal(shape)).astype(np.float32)
        write_sound(path, samples, rate_hz, bits=24 if path.suffix == ".flac" else 32)
        return path

    return write
