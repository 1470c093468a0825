"""Settings of the style: what the mosaic shall be like, beside resembling the target."""

from __future__ import annotations

from typing import Any

from phenotune.fitness.key import parse_key
from phenotune.settings import Settings, setting


class StyleSettings(Settings):
    """What people steer by. At its default each of them has no effect and costs nothing."""

    name: str = setting("", "The named style that these settings started from; empty for none.")
    min_clip_s: float = setting(
        0.0, "No clip sounds shorter than this; 0 is no limit.", unit="s", ge=0.0, le=60.0
    )
    typical_clip_s: float = setting(
        0.0,
        "Clips of about this length are preferred, and so the median clip is near it; 0 is off.",
        unit="s",
        ge=0.0,
        le=60.0,
    )
    clip_spread_octaves: float = setting(
        0.5,
        "How far from the typical length a clip may lie until it weighs 0.6 times as much.",
        unit="octaves",
        ge=0.1,
        le=4.0,
    )
    max_sounding: int = setting(
        0, "No more clips than this sound at once; 0 is no limit.", ge=0, le=1000
    )
    novelty: float = setting(
        0.0, "How much a source that has been used more than others weighs less.", ge=0.0, le=1.0
    )
    boredom: float = setting(
        0.0, "How much a clip weighs less near where the same clip sounds already.", ge=0.0, le=1.0
    )
    boredom_s: float = setting(
        4.0, "Within which time a clip counts as repeated.", unit="s", gt=0.0, le=600.0
    )
    brightness_db_per_octave: float = setting(
        0.0,
        "The target is heard tilted by this much about 1 kHz: above 0 brighter, below 0 darker.",
        unit="dB/octave",
        ge=-6.0,
        le=6.0,
    )
    identity: float = setting(
        0.0,
        "0 is the closest fit; towards 1 clips stay recognisable: longer, and changed less.",
        ge=0.0,
        le=1.0,
    )
    in_key: float = setting(
        0.0, "How much a clip with tones outside the target's scale weighs less.", ge=0.0, le=1.0
    )
    key: str = setting(
        "", 'The target\'s key, as "F major" or "a minor"; empty to have it estimated.'
    )
    untouched: float = setting(
        0.0,
        "How much a clip weighs less where all of its span has a clip already.",
        ge=0.0,
        le=1.0,
    )
    longer: float = setting(
        0.0,
        "How much shorter clips weigh less: at 1 one of half the greatest length weighs half.",
        ge=0.0,
        le=1.0,
    )
    on_the_beat: float = setting(
        0.0,
        "How much a clip that starts off the grid of the rhythm weighs less; nothing pulls it.",
        ge=0.0,
        le=1.0,
    )
    own_place_s: float = setting(
        0.0,
        "No moment of the target, used as a library, sounds within this time of where it is in the target; 0 is off.",
        unit="s",
        ge=0.0,
        le=3600.0,
    )
    other_octave: bool = setting(
        False, "Clips cut from the target itself sound an octave or more above or below."
    )

    def model_post_init(self, context: Any, /) -> None:
        """Refuse a key that is none, and a typical clip that is too short to be placed."""
        if self.key:
            parse_key(self.key)
        if 0.0 < self.typical_clip_s < self.min_clip_s:
            raise ValueError(
                f"min_clip_s ({self.min_clip_s:g} s) must not exceed typical_clip_s ({self.typical_clip_s:g} s)"
            )

    @property
    def weighs(self) -> bool:
        """Whether any of them weighs candidates, or limits how many clips sound at once."""
        return any(
            (
                self.typical_clip_s,
                self.max_sounding,
                self.novelty,
                self.boredom,
                self.identity,
                self.in_key,
                self.untouched,
                self.longer,
                self.on_the_beat,
            )
        )
