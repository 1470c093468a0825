"""The tempo of a song for programs that have bars: what people have set, what a run has found, or an estimate."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from phenotune.errors import WorldError
from phenotune.library.target import Target, open_target
from phenotune.mosaic.facts import TargetFacts
from phenotune.mosaic.paths import path_as_read
from phenotune.run.beat import LEAST_CONFIDENCE
from phenotune.run.folder import RunFolder
from phenotune.run.log import read_log
from phenotune.run.settings import read_settings
from phenotune.spectra.settings import SpectraSettings
from phenotune.spectra.tempo import find_first_beat_s, find_tempo

USUAL_BPM = 120.0


@dataclass(frozen=True, slots=True)
class KnownTempo:
    """A tempo, and how it is known.

    Parameters
    ----------
    bpm
        Beats a minute.
    first_beat_s
        Where the first beat falls.
    how
        Where it comes from, for people.
    """

    bpm: float
    first_beat_s: float
    how: str


def known_tempo(
    target: TargetFacts,
    folder: Path,
    run: Path | None = None,
    *,
    bpm: float | None = None,
    first_beat_s: float | None = None,
) -> KnownTempo:
    """The tempo of a mosaic's song, from the surest place that knows it.

    That is, in this order: what is asked for, what the run has found (its log), what its settings say, an estimate from
    the target if it is there, unchanged, and has a clear beat; and 120 beats a minute if all of them fail.

    Parameters
    ----------
    target
        The song.
    folder
        Where its path is relative to.
    run
        The run that made the mosaic, where there is one.
    bpm, first_beat_s
        What is asked for, each by itself.
    """
    if bpm is None:
        found = _of_run(run) or _estimated(target, folder)
    else:
        found = KnownTempo(bpm, -1.0, "as asked for")
    if first_beat_s is None and found.first_beat_s < 0.0:
        first_beat_s = _first_beat_s(target, folder, found.bpm)
    return KnownTempo(
        found.bpm, found.first_beat_s if first_beat_s is None else first_beat_s, found.how
    )


def _of_run(run: Path | None) -> KnownTempo | None:
    """What the log of a run tells last, else what its settings say; a first beat below 0 is unknown."""
    if run is None:
        return None
    try:
        folder = RunFolder(run)
        last: KnownTempo | None = None
        for event in read_log(folder.log_file, ["tempo_found"]):
            if event.get("bpm", 0.0) > 0.0:
                last = KnownTempo(event["bpm"], event.get("first_beat_s", -1.0), "as the run found")
        if last is not None:
            return last
        rhythm = read_settings(project=folder.settings_file, environment={}).rhythm
    except (WorldError, ValueError):
        return None  # the mosaic can be exported all the same
    if rhythm.bpm == 0.0:
        return None
    return KnownTempo(rhythm.bpm, rhythm.first_beat_s, "by the setting rhythm.bpm")


def _estimated(target: TargetFacts, folder: Path) -> KnownTempo:
    song = _open(target, folder)
    if song is None:
        return KnownTempo(USUAL_BPM, 0.0, "for the target is not there to be asked")
    tempo = find_tempo(song.samples, song.engine_rate_hz)
    if tempo.confidence < LEAST_CONFIDENCE:
        return KnownTempo(USUAL_BPM, 0.0, "for the target has no clear beat")
    how = f"estimated from the target (confidence {tempo.confidence:.2f})"
    return KnownTempo(tempo.bpm, tempo.first_beat_s, how)


def _first_beat_s(target: TargetFacts, folder: Path, bpm: float) -> float:
    """Where the first beat of a known tempo falls; 0 where the target cannot be asked."""
    song = _open(target, folder)
    return 0.0 if song is None else find_first_beat_s(song.samples, song.engine_rate_hz, bpm)


def _open(target: TargetFacts, folder: Path) -> Target | None:
    """The target, if it is still what it was."""
    path = path_as_read(target.path, folder)
    try:
        song = open_target(path, SpectraSettings().rate_hz, min_s=0.0, sha256=target.sha256)
    except WorldError:
        return None
    return song if song.sha256 == target.sha256 else None
