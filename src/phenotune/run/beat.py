"""The target's beat: what people have set, and the rest estimated."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from phenotune.library.target import Target, open_target
from phenotune.run.events import TempoFound
from phenotune.search.settings import RhythmSettings
from phenotune.spectra.settings import SpectraSettings
from phenotune.spectra.tempo import Tempo, find_first_beat_s, find_tempo

LEAST_CONFIDENCE = 0.4
"""An estimate below this comes with a warning; of the recorded loops not found, none had more (decision 13)."""


def find_beat(
    target: Target,
    rhythm: RhythmSettings,
    *,
    wants_lines: bool = False,
    wants_tempo: bool = False,
) -> TempoFound | None:
    """Find what the settings leave open of the beat; None if nothing is, or if nobody asks for a beat.

    Parameters
    ----------
    target
        Whose beat.
    rhythm
        What people have set of it.
    wants_lines
        Whether anybody else than the rhythm asks for the lines of the grid.
    wants_tempo
        Whether anybody else asks for the tempo, without which lengths in beats are unknown.

    Notes
    -----
    A pure function of the target and the settings, so that a run that goes on finds the same beat.
    """
    wants_lines = wants_lines or rhythm.strength > 0.0
    wants_tempo = wants_tempo or wants_lines or rhythm.min_clip_beats > 0.0
    is_open = rhythm.bpm == 0.0 or (wants_lines and rhythm.first_beat_s < 0.0)
    if not (wants_tempo and is_open):
        return None
    if rhythm.bpm > 0.0:
        beat = TempoFound(rhythm.bpm, rhythm.first_beat_s, None)
    else:
        tempo = find_tempo(target.samples, target.engine_rate_hz)
        first_beat_s = tempo.first_beat_s if rhythm.tempo_factor == 1.0 else -1.0
        beat = TempoFound(tempo.bpm * rhythm.tempo_factor, first_beat_s, tempo.confidence)
    if rhythm.first_beat_s >= 0.0:
        return replace(beat, first_beat_s=rhythm.first_beat_s)
    if beat.first_beat_s >= 0.0:
        return beat
    first_beat_s = find_first_beat_s(target.samples, target.engine_rate_hz, beat.bpm)
    return replace(beat, first_beat_s=first_beat_s)


def on_the_beat(rhythm: RhythmSettings, beat: TempoFound | None) -> RhythmSettings:
    """The settings with nothing left open; those in ``phenotune.toml`` stay as people have set them."""
    if beat is None:
        return rhythm
    return rhythm.model_copy(update={"bpm": beat.bpm, "first_beat_s": beat.first_beat_s})


def doubts(beat: TempoFound | None) -> list[str]:
    """What people should know of an estimate that is little more than a guess; mostly nothing."""
    if beat is None or beat.confidence is None or beat.confidence >= LEAST_CONFIDENCE:
        return []
    return [
        f"the target has no clear beat (confidence {beat.confidence:.2f}), and what goes by the beat goes by a guess "
        f"of {beat.bpm:.1f} beats/min; set rhythm.bpm to its tempo, or do without the beat"
    ]


def tempo_of(path: Path) -> Tempo:
    """Estimate the tempo of a sound file as a run would that has it for its target.

    Raises
    ------
    AudioFileError
        If the file cannot be decoded.
    MissingExtraError
        If reading it needs an extra that is not installed.
    TargetError
        If nothing can be heard in it.
    """
    target = open_target(path, SpectraSettings().rate_hz, min_s=0.0)
    return find_tempo(target.samples, target.engine_rate_hz)
