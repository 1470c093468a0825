"""Settings of the search and of its rhythm."""

from __future__ import annotations

from typing import Any

from phenotune.settings import Settings, setting

SLOWEST_BPM = 20.0


class SearchSettings(Settings):
    """How clips are bred, and how many of them land."""

    population: int = setting(60, "Founders of a cycle.", ge=2, le=100_000)
    capacity: int = setting(60, "Individuals of any later generation.", ge=2, le=100_000)
    survival: float = setting(0.34, "Share of a generation that breeds the next one.", gt=0, le=1)
    offspring: int = setting(2, "Children of each survivor.", ge=1, le=1000)
    crossover: float = setting(0.1, "Share of the children that have two parents.", ge=0, le=1)
    niche_ms: float = setting(
        500.0,
        "The best of each such stretch of the song comes before all others; 0 is off.",
        unit="ms",
        ge=0,
        le=60_000,
    )
    spotlight_s: float = setting(
        90.0,
        "Of a longer song each cycle's founders look at a stretch of this length; 0 is all of it.",
        unit="s",
        ge=0,
        le=3600,
    )
    min_generations: int = setting(2, "Generations that every cycle runs.", ge=1, le=10_000)
    max_generations: int = setting(
        6, "Generations after which a cycle gives up beating the last one.", ge=1, le=10_000
    )
    top: int = setting(30, "Individuals that may land after a cycle.", ge=1, le=10_000)
    proximity_ms: float = setting(
        120.0,
        "No two clips of a cycle start nearer to one another than this.",
        unit="ms",
        ge=0,
        le=60_000,
    )
    overlap: float = setting(
        0.25, "Share of a clip that may lie over clips of the same cycle.", ge=0, le=1
    )
    landing_share: float = setting(
        0.6,
        "Share of the fitness it was bred for that a clip must still have when its turn to land comes.",
        ge=0,
        le=1,
    )
    max_clips_per_s: float = setting(
        48.0,
        "Greatest number of clips, for each second of the song; then the weakest makes room. 0 is no limit.",
        unit="1/s",
        ge=0,
        le=10_000,
    )
    refit_after: float = setting(
        3.0,
        "All gains are solved anew after so many candidates for each clip placed; 0 never does.",
        ge=0,
        le=1000,
    )
    rivals: bool = setting(
        True,
        "Once the list is full, a variation of each placed clip is tried in its place whenever gains are solved anew.",
    )
    regression: bool = setting(False, "Let clips land that make the mosaic worse.")
    random_onsets: int = setting(0, "Onsets drawn by chance for each individual.", ge=0, le=1000)
    pitched_founders: float = setting(
        0.5, "Share of the founders that are tried at the pitch where most is missing.", ge=0, le=1
    )
    proposed_onsets: int = setting(
        3, "Onsets proposed for each individual by what is missing.", ge=0, le=1000
    )

    def model_post_init(self, context: Any, /) -> None:
        """Refuse a smallest number of generations above the greatest."""
        if self.min_generations > self.max_generations:
            raise ValueError(
                f"min_generations ({self.min_generations}) must not exceed "
                f"max_generations ({self.max_generations})"
            )


class RhythmSettings(Settings):
    """Where clips may start."""

    strength: float = setting(
        0.0, "Share of the way that an onset is pulled to the nearest beat.", ge=0, le=1
    )
    bpm: float = setting(
        0.0,
        "Tempo of the target, 20 or more; 0: it is estimated.",
        unit="beats/min",
        ge=0,
        le=400,
    )
    tempo_factor: float = setting(
        1.0,
        "Beats to one of the estimate: 0.5 takes every other one, 2 puts another between two.",
        ge=0.25,
        le=4,
    )
    per_beat: int = setting(1, "Grid lines to a beat.", ge=1, le=64)
    first_beat_s: float = setting(
        -1.0,
        "Where the first beat falls; below 0: it is estimated.",
        unit="s",
        ge=-1,
        le=60,
    )

    def model_post_init(self, context: Any, /) -> None:
        """Refuse a tempo that no one can count."""
        if 0.0 < self.bpm < SLOWEST_BPM:
            raise ValueError(
                f"bpm ({self.bpm:g}) must be at least {SLOWEST_BPM:g} beats/min, or 0 to have it estimated"
            )
