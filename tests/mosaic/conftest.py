"""A small mosaic with sources on the disk: noise, stereo at 48 kHz and mono at 44.1 kHz."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.audio.files import write_sound
from phenotune.canvas.placement import Placement
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.add import Add
from phenotune.genome.genes.reverse import Reverse
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.library.clip import Clip
from phenotune.mosaic.facts import SourceFacts, TargetFacts
from phenotune.mosaic.mosaic import Mosaic

RATE_HZ = 44_100
N_SAMPLES = 22_050


def noise(rng: np.random.Generator, n_channels: int, n_samples: int) -> Samples:
    return rng.uniform(-0.5, 0.5, (n_channels, n_samples)).astype(np.float32)


@pytest.fixture
def project(tmp_path: Path, rng: np.random.Generator) -> Path:
    """A folder with ``records/stereo.wav`` (1 s) and ``records/mono.wav`` (0.5 s)."""
    folder = tmp_path / "project"
    (folder / "records").mkdir(parents=True)
    (folder / "run" / "out").mkdir(parents=True)
    write_sound(folder / "records" / "stereo.wav", noise(rng, 2, 48_000), 48_000, bits=32)
    write_sound(folder / "records" / "mono.wav", noise(rng, 1, 22_050), 44_100, bits=32)
    return folder


def _facts(path: Path, id: str, rate_hz: int, n_channels: int, duration_s: float) -> SourceFacts:
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return SourceFacts(id, str(path), sha256, rate_hz, n_channels, duration_s, "somebody")


@pytest.fixture
def source_facts() -> Callable[..., SourceFacts]:
    """Give the facts of a sound file: path, id, rate_hz, n_channels, duration_s."""
    return _facts


@pytest.fixture
def mosaic(project: Path) -> Mosaic:
    """Four placements: one before the start, one beyond the end, two of the same chromosome."""
    mono = Chromosome(Clip("s1", 100, 5000), (Reverse(),))
    stereo = Chromosome(Clip("s0", 4800, 9600), (Varispeed(-317.0), Add(mono, 0.25)))
    return Mosaic(
        rate_hz=RATE_HZ,
        seed=7,
        explained=0.5,
        target=TargetFacts(str(project / "song.wav"), "0" * 64, RATE_HZ, 2, N_SAMPLES / RATE_HZ),
        sources=(
            _facts(project / "records" / "stereo.wav", "s0", 48_000, 2, 1.0),
            _facts(project / "records" / "mono.wav", "s1", 44_100, 1, 0.5),
        ),
        placements=(
            Placement(1, stereo, -1000, (0.5, 0.25), 1, 3),
            Placement(2, mono, 7000, (-0.3, 1 / 3), 1, 4),
            Placement(3, stereo, 20_000, (0.1, 0.0), 2, 5),
            Placement(5, mono, 7001, (0.2, 0.2), 2, 4, locked=True),
        ),
    )
