"""What came of a run: the neutral measures of the mosaic as delivered, its clips, and its faults."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from phenotune.audio.files import read_sound
from phenotune.measures.clicks import find_clicks
from phenotune.measures.clips import ClipRow, clip_statistics
from phenotune.measures.holes import find_holes
from phenotune.measures.measure import MeasuredTarget
from phenotune.mosaic.mosaic import Mosaic
from phenotune.run.log import read_log

COLUMNS = ("lmsd_db", "sc", "mrstft", "chroma_c", "onset_r", "mel_expl")
LOWER_IS_BETTER = frozenset({"lmsd_db", "sc", "mrstft"})
DIGITS = {"lmsd_db": 2, "mel_expl": 1}


@dataclass(frozen=True)
class Outcome:
    """Figures of a run.

    Parameters
    ----------
    measures
        The neutral measures by name.
    median_clip_s, clips_per_s
        How long a clip sounds, and how many there are for each second of the target.
    n_clips, n_clicks, n_holes
        Placements; boundaries of clips that click; stretches above 100 ms in which the mosaic is missing.
    explained
        The engine's own share.
    """

    measures: dict[str, float]
    median_clip_s: float
    clips_per_s: float
    n_clips: int
    n_clicks: int
    n_holes: int
    explained: float


@dataclass(frozen=True)
class Reference:
    """Another program that gives the measures: ``PYTHON SCRIPT TARGET MOSAIC --json``."""

    python: str
    script: Path

    def measure(self, target: Path, mosaic: Path) -> dict[str, float]:
        """The measures that it gives, by name."""
        called = subprocess.run(
            [self.python, self.script, target, f"mosaic={mosaic}", "--json"],
            capture_output=True,
            text=True,
            check=True,
        )
        (_, measures), *_ = json.loads(called.stdout)
        return {name: float(measures[name]) for name in COLUMNS}


def outcome_of(run: Path, target: Path, reference: Reference | None = None) -> Outcome:
    """Measure ``out/mosaic.wav`` of a run folder; by another program where one is given."""
    sound_file = run / "out" / "mosaic.wav"
    mosaic = Mosaic.load(run / "out" / "mosaic.json")
    sound, song = read_sound(sound_file), read_sound(target)
    clips = sounding(mosaic, run / "log.jsonl")
    statistics = clip_statistics(clips, mosaic.target.duration_s)
    # At the level at which it was made: the file may have been turned down so as not to clip.
    as_made = mosaic.render(song.rate_hz)
    return Outcome(
        measures=reference.measure(target, sound_file)
        if reference
        else measures(target, sound_file),
        median_clip_s=statistics.median_clip_s,
        clips_per_s=statistics.placements_per_s,
        n_clips=statistics.n_placements,
        n_clicks=len(find_clicks(sound.samples, sound.rate_hz, boundaries(clips, sound.rate_hz))),
        n_holes=len(find_holes(song.samples, as_made, song.rate_hz)),
        explained=mosaic.explained,
    )


def measures(target: Path, sound_file: Path) -> dict[str, float]:
    """The neutral measures of a sound file, by name."""
    sound = read_sound(sound_file)
    found = asdict(_measured(target).measure(sound.samples, sound.rate_hz))
    return {name: found[name] for name in COLUMNS}


@lru_cache(maxsize=4)
def _measured(target: Path) -> MeasuredTarget:
    song = read_sound(target)
    return MeasuredTarget(song.samples, song.rate_hz)


def sounding(mosaic: Mosaic, log: Path) -> list[ClipRow]:
    """When each clip of a mosaic sounds: the log tells how long, to the sample."""
    lengths_s = {
        event["id"]: event["duration_s"]
        for event in read_log(log)
        if event["event"] == "clip_placed"
    }
    return [
        ClipRow(p.onset_samples / mosaic.rate_hz, lengths_s[p.id], p.chromosome.clip.source)
        for p in mosaic.placements
    ]


def boundaries(clips: Iterable[ClipRow], rate_hz: int) -> list[int]:
    """Where clips begin and end, in samples."""
    times_s = (
        time_s for clip in clips for time_s in (clip.onset_s, clip.onset_s + clip.duration_s)
    )
    return [round(time_s * rate_hz) for time_s in times_s]


def shown(name: str, value: float) -> str:
    """A measure with the digits that it deserves: ``.52`` rather than ``0.520``."""
    text = f"{value:.{DIGITS.get(name, 3)}f}"
    return text.replace("0.", ".", 1) if name not in DIGITS else text
