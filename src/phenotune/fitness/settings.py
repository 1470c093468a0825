"""Settings of the mix: what is solved when a clip is tried."""

from __future__ import annotations

from phenotune.settings import Settings, setting


class MixSettings(Settings):
    """How loud and where between the speakers a clip may sound."""

    solve_gain: bool = setting(
        True, "Solve each clip's gain; when off, clips sound as loud as their genes say."
    )
    polarity: bool = setting(True, "Let a clip's polarity be turned where that fits better.")
    pan: bool = setting(
        True, "Solve the gain of each channel by itself, and so the place between the speakers."
    )
    equaliser: bool = setting(
        True,
        "Solve the levels of four bands as well, and land them as an equaliser gene where that pays.",
    )
    max_gain_db: float = setting(
        12.0, "The most that a clip may be raised.", unit="dB", ge=-40, le=40
    )
    min_gain_db: float = setting(
        -48.0, "Below this gain a channel is left silent.", unit="dB", ge=-120, le=0
    )
    fade_ms: float = setting(
        5.0, "Fade at both ends of every placed clip.", unit="ms", ge=0, le=500
    )
    n_exact: int = setting(
        1, "Of the onsets tried, how many have their gain solved to the end.", ge=1, le=64
    )
