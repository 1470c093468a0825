"""What each setting of the style does: the figure that it is about, at neutral and at two strengths.

Every run has the same number of cycles and the same seed; the demo's music, and real recordings where there are some.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from music import Pair, audio_folder, pairs

from phenotune.audio.files import read_sound
from phenotune.demo.make import make_demo
from phenotune.fitness.key import parse_key
from phenotune.genome.anatomy import changes, clips, duration_s
from phenotune.measures.clips import ClipStatistics, clip_statistics
from phenotune.measures.steering import (
    in_scale_share,
    on_grid_share,
    repeated_share,
    spectral_centroid_hz,
)
from phenotune.mosaic.mosaic import Mosaic
from phenotune.run.api import evolve, evolving
from phenotune.run.events import KeyFound

CYCLES = 30
BPM, FIRST_BEAT_S, PER_BEAT = 132.0, 0.12, 2


@dataclass(frozen=True)
class Result:
    """A mosaic, and what can be told of it."""

    mosaic: Mosaic
    samples: np.ndarray
    key: str

    @property
    def rates_hz(self) -> dict[str, float]:
        """Rate of each source."""
        return {source.id: source.rate_hz for source in self.mosaic.sources}

    @property
    def onsets_s(self) -> list[float]:
        """Where clips start."""
        return [p.onset_samples / self.mosaic.rate_hz for p in self.mosaic.placements]

    @property
    def statistics(self) -> ClipStatistics:
        """Lengths, density, sources."""
        rows = [
            (onset_s, duration_s(p.chromosome, self.rates_hz), p.chromosome.clip.source)
            for onset_s, p in zip(self.onsets_s, self.mosaic.placements, strict=True)
        ]
        return clip_statistics(rows, self.mosaic.target.duration_s)

    @property
    def repeated(self) -> float:
        """Share of clips that are repeated within 4 s."""
        rows = []
        for onset_s, placement in zip(self.onsets_s, self.mosaic.placements, strict=True):
            for clip in clips(placement.chromosome):
                rate_hz = self.rates_hz[clip.source]
                end = clip.start_samples + clip.length_samples
                rows.append((onset_s, clip.source, clip.start_samples / rate_hz, end / rate_hz))
        return repeated_share(rows, 4.0)

    @property
    def mono(self) -> np.ndarray:
        """The mosaic, its channels averaged."""
        return np.asarray(self.samples.mean(axis=0), np.float64)

    def mean_change(self, name: str) -> float:
        """Mean of one of the figures of :class:`phenotune.genome.anatomy.Changes`."""
        return statistics.fmean(
            getattr(changes(p.chromosome), name) for p in self.mosaic.placements
        )


@dataclass(frozen=True)
class Knob:
    """Settings to compare, and the figures that they are about."""

    name: str
    tried: tuple[dict[str, Any], ...]
    figures: dict[str, Callable[[Result], float]]


def one(name: str, *values: Any, **also: Any) -> tuple[dict[str, Any], ...]:
    """Settings that differ in one name; whatever goes with it is set in all of them."""
    return tuple({**also, name: value} for value in values)


LENGTHS: dict[str, Callable[[Result], float]] = {
    "median clip, s": lambda r: r.statistics.median_clip_s,
    "shortest clip, s": lambda r: r.statistics.min_clip_s,
}
GRID = {"rhythm.bpm": BPM, "rhythm.first_beat_s": FIRST_BEAT_S, "rhythm.per_beat": PER_BEAT}

KNOBS = (
    Knob("length", one("style.min_clip_s", 0.0, 0.4, 0.8), LENGTHS),
    Knob("typical", one("style.typical_clip_s", 0.0, 0.4, 1.5), LENGTHS),
    Knob(
        "density",
        one("style.max_sounding", 0, 4, 2),
        {
            "sounding at once, mean": lambda r: r.statistics.mean_sounding,
            "sounding at once, most": lambda r: r.statistics.most_sounding,
        },
    ),
    Knob(
        "novelty",
        one("style.novelty", 0.0, 0.5, 1.0),
        {"effective sources": lambda r: r.statistics.effective_sources},
    ),
    Knob(
        "boredom",
        one("style.boredom", 0.0, 0.5, 1.0),
        {"repeated within 4 s, share": lambda r: r.repeated},
    ),
    Knob(
        "brightness",
        one("style.brightness_db_per_octave", -3.0, 0.0, 3.0),
        {"centroid, Hz": lambda r: spectral_centroid_hz(r.mono, r.mosaic.rate_hz)},
    ),
    Knob(
        "identity",
        one("style.identity", 0.0, 0.5, 1.0),
        {
            "genes, mean": lambda r: r.mean_change("n_genes"),
            "cents, mean": lambda r: r.mean_change("cents"),
            "median clip, s": lambda r: r.statistics.median_clip_s,
        },
    ),
    Knob(
        "key",
        one("style.in_key", 0.0, 0.5, 1.0),
        {"tones in the scale, share": lambda r: in_scale_share(r.mono, parse_key(r.key).scale)},
    ),
    Knob(
        "rhythm",
        tuple({**GRID, "rhythm.strength": strength} for strength in (0.0, 0.5, 1.0)),
        {
            "onsets within 20 ms of the grid, share": lambda r: on_grid_share(
                r.onsets_s, 60.0 / BPM / PER_BEAT, FIRST_BEAT_S
            )
        },
    ),
    Knob(
        "on the beat",
        one("style.on_the_beat", 0.0, 0.1, 0.3, **GRID),
        {
            "onsets within 20 ms of the grid, share": lambda r: on_grid_share(
                r.onsets_s, 60.0 / BPM / PER_BEAT, FIRST_BEAT_S
            )
        },
    ),
    Knob(
        "untouched",
        one("style.untouched", 0.0, 0.5, 1.0),
        {
            "covered, share": lambda r: r.statistics.covered,
            "sounding at once, mean": lambda r: r.statistics.mean_sounding,
        },
    ),
    Knob("longer", one("style.longer", 0.0, 0.5, 1.0), LENGTHS),
)


def run(pair: Pair, folder: Path, settings: dict[str, Any], key: str) -> Result:
    """Evolve once, into a folder of its own."""
    path = Path(tempfile.mkdtemp(dir=folder)) / "run"
    ended = evolve(
        pair.target,
        pair.library,
        run=path,
        seed=0,
        cycles=CYCLES,
        settings={"run.picture": False, **settings},
    )
    sound = read_sound(path / "out" / "mosaic.wav")
    return Result(ended.mosaic, sound.samples, key)


def key_of(pair: Pair, folder: Path) -> str:
    """The target's key, as the program hears it."""
    path = Path(tempfile.mkdtemp(dir=folder)) / "run"
    events = evolving(pair.target, pair.library, run=path, settings={"style.in_key": 0.1}, cycles=1)
    key = next(event.key for event in events if isinstance(event, KeyFound))
    events.close()
    return key


def main(wanted: list[str]) -> None:
    """Print a line for each target, knob and figure: one value for each setting tried."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        demo = make_demo(folder / "demo")
        found = [Pair("demo", demo.target, demo.library)]
        found += pairs(folder) if audio_folder() is not None else []
        for pair in found:
            key = key_of(pair, folder)
            for knob in KNOBS:
                if wanted and knob.name not in wanted:
                    continue
                results = [run(pair, folder, settings, key) for settings in knob.tried]
                tried = ", ".join(str([*settings.values()][-1]) for settings in knob.tried)
                rows = {**knob.figures, "explained": lambda r: r.mosaic.explained}
                for what, figure in rows.items():
                    values = "  ".join(f"{figure(result):8.3f}" for result in results)
                    print(f"{pair.name}, {knob.name} ({tried}): {what:40} {values}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
