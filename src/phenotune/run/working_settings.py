"""Settings as the search gets them: what people say in beats in seconds, and what genes.only forbids switched off.

``phenotune.toml`` keeps what people have set; this is worked out anew from it whenever a target has been opened.
"""

from __future__ import annotations

import math

from phenotune.errors import ParameterError
from phenotune.fitness.settings import MixSettings
from phenotune.run.settings import RunSettings
from phenotune.search.settings import RhythmSettings


def wants_lines(settings: RunSettings) -> bool:
    """Whether the style asks where beats fall."""
    return settings.style.on_the_beat > 0.0


def wants_tempo(settings: RunSettings) -> bool:
    """Whether lengths are told in beats."""
    return settings.library.clip_beats > 0.0 or settings.rhythm.min_clip_beats > 0.0


def working_settings(settings: RunSettings, rhythm: RhythmSettings) -> RunSettings:
    """The settings with lengths in seconds, and without solving what ``genes.only`` does not name.

    Parameters
    ----------
    settings
        As people have set them.
    rhythm
        Their rhythm with the tempo known, where any length is told in beats.

    Raises
    ------
    ParameterError
        If a beat of this tempo makes the shortest clip longer than the longest.
    """
    beat_s = _beat_s(rhythm)
    library, style = settings.library, settings.style
    if library.clip_beats:
        library = library.model_copy(update={"clip_s": library.clip_beats * beat_s})
    if rhythm.min_clip_beats:
        shortest_s = max(style.min_clip_s, rhythm.min_clip_beats * beat_s)
        style = style.model_copy(update={"min_clip_s": shortest_s})
    update = {
        "library": library,
        "style": style,
        "rhythm": rhythm,
        "mix": _mix(settings),
    }
    found = settings.model_copy(update=update)
    if wants_tempo(settings):
        _check_lengths(found)
    return found


def shortest_name(settings: RunSettings) -> str:
    """Which setting tells how short a clip may sound, in settings as the search gets them."""
    rhythm = settings.rhythm
    in_beats = rhythm.min_clip_beats > 0.0 and (
        settings.style.min_clip_s <= rhythm.min_clip_beats * _beat_s(rhythm)
    )
    return "rhythm.min_clip_beats" if in_beats else "style.min_clip_s"


def longest_clip_s(settings: RunSettings) -> float:
    """The greatest length of a founder, in settings as the search gets them."""
    return settings.library.clip_s or settings.library.max_clip_s


def _beat_s(rhythm: RhythmSettings) -> float:
    return 60.0 / rhythm.bpm if rhythm.bpm > 0.0 else 0.0


def _mix(settings: RunSettings) -> MixSettings:
    mix, permits = settings.mix, settings.genes.permits
    return mix.model_copy(
        update={
            "equaliser": mix.equaliser and permits("equaliser"),
            "envelope": mix.envelope and permits("envelope"),
        }
    )


def _check_lengths(settings: RunSettings) -> None:
    """Refuse lengths that contradict each other now that the tempo is known."""
    library, rhythm, style = settings.library, settings.rhythm, settings.style
    pieces = "library.clip_beats" if library.clip_beats else "library.clip_s"
    longest = {
        pieces: library.clip_s or math.inf,
        "library.max_clip_s": math.inf if library.clip_s else library.max_clip_s,
        "variation.max_phenotype_s": settings.variation.max_phenotype_s,
    }
    asked = {shortest_name(settings): style.min_clip_s}
    if style.typical_clip_s:
        asked["style.typical_clip_s"] = style.typical_clip_s
        longest["style.typical_clip_s"] = style.typical_clip_s
    for name, length_s in asked.items():
        for limit, longest_s in longest.items():
            if length_s > longest_s:
                raise ParameterError(
                    f"{name} ({length_s:.3g} s at {rhythm.bpm:.4g} beats/min) must not exceed {limit} "
                    f"({longest_s:.3g} s); lower the one or raise the other"
                )
