"""A mosaic that is hard to export: every gene, sources of all kinds with hostile names, and placements everywhere."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.audio.files import write_sound
from phenotune.canvas.placement import Placement
from phenotune.export.arrangement import Arrangement
from phenotune.genome.chromosome import Chromosome, Gene
from phenotune.genome.genes.add import Add
from phenotune.genome.genes.append import Append
from phenotune.genome.genes.chunk import Chunk
from phenotune.genome.genes.duplicate import Duplicate
from phenotune.genome.genes.envelope import Envelope
from phenotune.genome.genes.equaliser import Equaliser
from phenotune.genome.genes.gain import Gain
from phenotune.genome.genes.high_shelf import HighShelf
from phenotune.genome.genes.low_shelf import LowShelf
from phenotune.genome.genes.repeat import Repeat
from phenotune.genome.genes.reverse import Reverse
from phenotune.genome.genes.split import Split
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.library.clip import Clip
from phenotune.mosaic.facts import SourceFacts, TargetFacts
from phenotune.mosaic.mosaic import Mosaic
from phenotune.mosaic.sources import MosaicSources

RATE_HZ = 44_100
N_SAMPLES = 2 * RATE_HZ

HOSTILE = (
    ("quo'te\"d.wav", "100% </x> <b>&amp; `a`.wav", "💥 é ü 音\nnew\tline | c:\\d.wav", f"{'long ' * 47}.wav")
    if os.name == "posix"
    else ("quo'ted.wav", "100% &amp; `a`.wav", "💥 é ü 音.wav", f"{'long ' * 20}.wav")
)  # fmt: skip
"""File names with all that a format may trip over; those that this system can have."""


@dataclass(frozen=True)
class Record:
    """A source to make: its id, its path, rate, channels and length in samples, and whose it is."""

    id: str
    path: str
    rate_hz: int
    n_channels: int
    n_samples: int
    credit: str | None = None


RECORDS = (
    Record("s0", "records/stereo.wav", 48_000, 2, 48_000, "somebody (CC0)"),
    Record("s1", "records/mono.wav", 44_100, 1, 22_050, 'Anna "A." & Söhne (CC-BY-4.0)'),
    Record("s2", f"records/{HOSTILE[0]}", 22_050, 1, 11_025),
    Record("s3", f"songs/deep er/{HOSTILE[1]}", 32_000, 2, 32_000),
    Record("s4", f"songs/deep er/{HOSTILE[2]}", 44_100, 2, 30_000),
    Record("s5", f"songs/{HOSTILE[3]}", 96_000, 1, 48_000),
    Record("s6", "songs/only inside.wav", 44_100, 1, 22_050),
    Record("s7", "songs/only muted.wav", 44_100, 1, 22_050),
    Record("s8", "songs/never used.wav", 44_100, 1, 22_050),
)


def tone(rng: np.random.Generator, record: Record) -> Samples:
    """Some tones and some noise, different in each channel."""
    time_s = np.arange(record.n_samples) / record.rate_hz
    pitches_hz = rng.uniform(80.0, 3000.0, (record.n_channels, 4, 1))
    tones = np.sin(2.0 * np.pi * pitches_hz * time_s).sum(axis=1)
    noise = rng.standard_normal((record.n_channels, record.n_samples))
    return np.asarray(0.1 * tones + 0.05 * noise, np.float32)


def _facts(project: Path, record: Record) -> SourceFacts:
    path = project / record.path
    return SourceFacts(
        record.id,
        str(path),
        hashlib.sha256(path.read_bytes()).hexdigest(),
        record.rate_hz,
        record.n_channels,
        record.n_samples / record.rate_hz,
        record.credit,
    )


@pytest.fixture
def project(tmp_path: Path, rng: np.random.Generator) -> Path:
    """A folder with the sources, all of them WAV files of floats."""
    folder = tmp_path / "project"
    for record in RECORDS:
        path = folder / record.path
        path.parent.mkdir(parents=True, exist_ok=True)
        write_sound(path, tone(rng, record), record.rate_hz, bits=32)
    return folder


def _chromosome(source: str, start: int, length: int, *genes: Gene) -> Chromosome:
    return Chromosome(Clip(source, start, length), genes)


def _placements() -> tuple[Placement, ...]:
    plain = _chromosome("s1", 100, 5000)
    backwards = _chromosome("s1", 100, 5000, Reverse())
    lower = _chromosome("s0", 4800, 9600, Varispeed(-317.0))
    inside = _chromosome("s6", 2000, 6000, Varispeed(250.5), Gain(0.7))
    placed: list[tuple[Chromosome, int, tuple[float, float]]] = [
        (lower, -1000, (0.5, 0.25)),
        (plain, 0, (0.4, 0.4)),
        (backwards, 7000, (-0.3, 1 / 3)),
        (backwards, 7001, (0.2, 0.2)),
        (_chromosome("s2", 0, 11_025), 9000, (0.6, 0.0)),
        (_chromosome("s3", 1, 8000, Split(0.375, "tail"), Reverse()), 12_345, (0.25, -0.25)),
        (_chromosome("s3", 100, 6000, Chunk(5, 2), Repeat(3)), 20_000, (0.3, 0.2)),
        (_chromosome("s4", 0, 9000, Envelope((0.0, -12.0, 3.0, -40.0))), 25_000, (0.5, 0.1)),
        (_chromosome("s4", 512, 7000, Equaliser(3.0, -6.0, 0.0, 9.0, -12.0)), 31_000, (0.3, 0.3)),
        (_chromosome("s5", 9600, 20_000, Add(inside, 0.25), HighShelf(-9.0, 3000.0)), 36_000, (0.2, 0.4)),
        (_chromosome("s5", 0, 9000, Append(inside), LowShelf(6.0, 200.0)), 40_000, (0.5, -0.5)),
        (_chromosome("s0", 20_000, 9000, Duplicate(2), Gain(1.25), Varispeed(1200.0)), 50_000, (0.3, 0.3)),
        (_chromosome("s0", 10_000, 2000, Reverse(), Varispeed(-1200.0), Envelope((0.0, -6.0))), 60_000, (0.7, 0.6)),
        (_chromosome("s1", 21_000, 3), 70_000, (0.9, 0.9)),
        (_chromosome("s1", 0, 1, Split(0.01, "head")), 71_000, (0.5, 0.5)),
        (lower, N_SAMPLES - 3000, (0.1, 0.0)),
        (plain, N_SAMPLES + 500, (0.5, 0.5)),
        (plain, -6000, (0.5, 0.5)),
    ]  # fmt: skip
    landed = [
        Placement(number, chromosome, onset, gains, 1 + number // 3, number, locked=number % 5 == 0)
        for number, (chromosome, onset, gains) in enumerate(placed, start=1)
    ]
    # Ids need not follow on one another: placements that do not pay any more are dropped.
    muted = Placement(
        30, _chromosome("s7", 0, 9000, Varispeed(-50.0)), 15_000, (0.9, 0.9), 7, 30, muted=True
    )
    muted_too = Placement(31, plain, 33_000, (0.4, 0.8), 8, 2, locked=True, muted=True)
    return (*landed, muted, muted_too)


@pytest.fixture
def mosaic(project: Path) -> Mosaic:
    """Twenty placements in 2 s of stereo at 44.1 kHz, with every gene there is.

    Some are muted, locked, begin before the start, lie beyond an end, overlap by all but a sample, share a chromosome,
    last three samples, or are empty; sources are mono and stereo, of five rates, and named with malice; one is heard
    inside other chromosomes alone, one is muted, one not used.
    """
    return Mosaic(
        rate_hz=RATE_HZ,
        seed=7,
        explained=0.5,
        target=TargetFacts(str(project / "song.wav"), "0" * 64, RATE_HZ, 2, N_SAMPLES / RATE_HZ),
        sources=tuple(_facts(project, record) for record in RECORDS),
        placements=_placements(),
        folder=project,
    )


@pytest.fixture
def arrange(mosaic: Mosaic) -> Callable[..., Arrangement]:
    """Give the arrangement of that mosaic, or of another one, with whatever an arrangement can be given."""

    def arranged(other: Mosaic | None = None, **given: object) -> Arrangement:
        chosen = mosaic if other is None else other
        sounds = MosaicSources(chosen.sources, chosen.folder or Path.cwd())
        return Arrangement(chosen, sounds, **given)  # type: ignore[arg-type]

    return arranged


@pytest.fixture
def arrangement(arrange: Callable[..., Arrangement]) -> Arrangement:
    """The mosaic as a list of items, at its own rate."""
    return arrange()


def _difference_db(ours: Samples, theirs: Samples) -> float:
    assert ours.shape == theirs.shape
    power = float(np.sum(np.square(ours, dtype=np.float64)))
    difference = float(np.sum(np.square(ours.astype(np.float64) - theirs)))
    return float("inf") if difference == 0.0 else 10.0 * np.log10(power / difference)


@pytest.fixture
def signal_to_difference_db() -> Callable[[Samples, Samples], float]:
    """Tell how far below our own sound the difference of another one from it lies; infinite where they are the same."""
    return _difference_db
