"""Pulling onsets to the beat."""

from __future__ import annotations

from phenotune.search.settings import RhythmSettings


def to_grid(onset_samples: int, settings: RhythmSettings, rate_hz: int) -> int:
    """Move an onset towards the nearest line of the beat grid by the share ``strength``; 0 leaves it, 1 puts it there.

    Tempo and first beat must be known here, set by people or estimated before the search began.

    Examples
    --------
    >>> rhythm = RhythmSettings(strength=1.0, bpm=120.0, first_beat_s=0.0)
    >>> to_grid(1000, rhythm, rate_hz=1000)
    1000
    >>> to_grid(900, rhythm.model_copy(update={"strength": 0.5}), rate_hz=1000)
    950
    """
    step = rate_hz * 60.0 / (settings.bpm * settings.per_beat)
    first = settings.first_beat_s * rate_hz
    nearest = first + round((onset_samples - first) / step) * step
    return max(0, round(onset_samples + settings.strength * (nearest - onset_samples)))
