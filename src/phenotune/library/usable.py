"""Whether a sound can be worked with: the one judgement that library and target share."""

from __future__ import annotations

from pathlib import Path

from phenotune.audio.cache import SoundFacts
from phenotune.units import amplitude_to_db

SILENCE_DB = -80.0
"""A sound whose loudest sample is below this counts as silent: dither and the crumbs of lossy codecs are."""

MIN_RATE_HZ = 1_000
MAX_RATE_HZ = 768_000


def why_misnamed(path: Path) -> str | None:
    """Tell why a file cannot be used for its name, as half a sentence; None if it can.

    Linux takes any bytes for a name. ``mosaic.json``, the log and the credits take text.
    """
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError:
        return "has a name that is no text in UTF-8; rename it"
    return None


def why_unusable(sound: SoundFacts, min_s: float) -> str | None:
    """Tell why a sound cannot be used, as half a sentence; None if it can.

    Parameters
    ----------
    sound
        What is known of it.
    min_s
        Shortest duration that is of use.
    """
    if sound.n_samples == 0:
        return "holds no sound (0 samples)"
    if not MIN_RATE_HZ <= sound.rate_hz <= MAX_RATE_HZ:
        limits = f"expected {MIN_RATE_HZ} to {MAX_RATE_HZ} Hz"
        return f"states a sampling rate that cannot be right ({sound.rate_hz} Hz; {limits})"
    if not sound.is_finite:
        return "holds values that are not finite (NaN or infinity)"
    if sound.duration_s < min_s:
        length_ms, min_ms = 1000.0 * sound.duration_s, 1000.0 * min_s
        return f"is too short ({length_ms:.4g} ms; at least {min_ms:.4g} ms are needed)"
    if sound.peak == 0.0:
        return "is silent (every sample is 0)"
    if (peak_db := amplitude_to_db(sound.peak)) < SILENCE_DB:
        return f"is silent (its peak is at {peak_db:.0f} dB)"
    return None
