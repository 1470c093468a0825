"""Settings of the search and of its rhythm."""

from __future__ import annotations

from typing import Any, Literal

from phenotune.settings import Settings, setting
from phenotune.units import s_to_samples

SLOWEST_BPM = 20.0

Schedule = Literal["cycles", "generations"]
Survivors = Literal["ranked", "children"]
EliteSchedule = Literal["none", "constant", "late"]
Placing = Literal["in_turn", "together"]
Proposal = Literal["missing", "correlation"]


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

    schedule: Schedule = setting(
        "cycles",
        "cycles: generations until the best beats the last cycle's best, then a fresh population; "
        "generations: each lands its best, and the population lives on.",
    )
    restart_every: int = setting(
        0,
        "With the schedule generations: so many generations after, the initial population again; 0 never.",
        ge=0,
        le=1_000_000,
    )
    survivors: Survivors = setting(
        "ranked",
        "ranked: parents and children are ranked together; children: only children go on, but for the elite.",
    )
    elite_schedule: EliteSchedule = setting(
        "none",
        "Whether an elite lives on beside the children: none, constant, or late, which lets it grow.",
    )
    elite: int = setting(
        0, "Individuals of the elite, drawn by their rank alone.", ge=0, le=100_000
    )
    elite_ramp_from: int = setting(
        50, "With a late elite: the generation at which it begins to grow.", ge=0, le=1_000_000
    )
    elite_ramp_generations: int = setting(
        50, "With a late elite: generations that it takes to grow.", ge=1, le=1_000_000
    )
    placing: Placing = setting(
        "in_turn",
        "in_turn: each is scored again on what has landed before it; together: all land at once, as they were "
        "scored when bred, and are taken back if that made the mosaic worse.",
    )
    proposal: Proposal = setting(
        "missing",
        "How onsets are proposed: missing, by what the mosaic lacks; correlation, by cross-correlation of the sound.",
    )
    seed_width_s: float = setting(
        0.0,
        "A child's onset is looked for only so far before and after its parent's (the onset seed); 0 is off.",
        unit="s",
        ge=0,
        le=3600,
    )
    seed_reset_every: int = setting(
        0,
        "Every so many generations the children's onsets are looked for in the whole target again; 0 never.",
        ge=0,
        le=1_000_000,
    )
    false_seeds: float = setting(
        0.0, "Share of the children whose onset seed is drawn anywhere, to mislead.", ge=0, le=1
    )
    section_s: float = setting(
        0.0,
        "The target in sections of about this length, each with a population of its own; 0 is off.",
        unit="s",
        ge=0,
        le=3600,
    )

    from_s: float = setting(
        0.0,
        "With to_s: clips are looked for from here on, and nothing before it is touched.",
        unit="s",
        ge=0,
        le=1_000_000,
    )
    to_s: float = setting(
        0.0,
        "Clips are looked for before this moment, and nothing that begins after it is touched; 0 is off.",
        unit="s",
        ge=0,
        le=1_000_000,
    )

    def stretch_samples(self, rate_hz: int) -> tuple[int, int] | None:
        """The stretch that the search keeps to, its first sample and the one after the last; None: all."""
        if self.to_s == 0.0:
            return None
        return s_to_samples(self.from_s, rate_hz), s_to_samples(self.to_s, rate_hz)

    def model_post_init(self, context: Any, /) -> None:
        """Refuse settings that contradict one another, with a message that names both."""
        if self.min_generations > self.max_generations:
            raise ValueError(
                f"min_generations ({self.min_generations}) must not exceed "
                f"max_generations ({self.max_generations})"
            )
        for problem in (
            self._schedule_problem(),
            self._elite_problem(),
            self._seed_problem(),
            self._stretch_problem(),
        ):
            if problem:
                raise ValueError(problem)

    def _schedule_problem(self) -> str:
        if self.restart_every and self.schedule != "generations":
            return (
                f"restart_every ({self.restart_every}) needs schedule = 'generations', got "
                f"schedule = '{self.schedule}', where every cycle has a fresh population anyway; "
                "leave one of them as it was"
            )
        return ""

    def _elite_problem(self) -> str:
        if self.elite > self.population:
            return f"elite ({self.elite}) must not exceed population ({self.population})"
        if (self.elite_schedule == "none") != (self.elite == 0):
            return (
                f"elite ({self.elite}) and elite_schedule ('{self.elite_schedule}') contradict one another: "
                "set both, a number and constant or late, or neither"
            )
        if not self.elite:
            return ""
        if self.survivors != "children":
            return (
                f"elite ({self.elite}) needs survivors = 'children', got survivors = '{self.survivors}', "
                "where all parents are ranked with their children anyway"
            )
        if self.elite >= self.capacity:
            return f"elite ({self.elite}) must be less than capacity ({self.capacity}), or nothing is bred"
        return self._ramp_problem()

    def _ramp_problem(self) -> str:
        """An elite that would begin to grow after its population has gone."""
        is_cyclic = self.schedule == "cycles"
        name = "max_generations" if is_cyclic else "restart_every"
        last = self.max_generations if is_cyclic else self.restart_every
        if self.elite_schedule != "late" or not last or self.elite_ramp_from < last:
            return ""
        return (
            f"elite_ramp_from ({self.elite_ramp_from}) must be less than {name} ({last}): "
            "each population begins anew after so many generations"
        )

    def _stretch_problem(self) -> str:
        if self.from_s < self.to_s or self.from_s == self.to_s == 0.0:
            return ""
        return (
            f"from_s ({self.from_s:g} s) must be before to_s ({self.to_s:g} s); both at 0 are off"
        )

    def _seed_problem(self) -> str:
        if self.seed_width_s:
            if self.proposed_onsets == 0:
                return (
                    f"seed_width_s ({self.seed_width_s:g} s) needs proposed_onsets of 1 or more, got "
                    f"proposed_onsets = {self.proposed_onsets}: onsets drawn by chance are not looked for"
                )
            return ""
        for name in ("seed_reset_every", "false_seeds"):
            if getattr(self, name):
                return (
                    f"{name} ({getattr(self, name):g}) needs a seed_width_s above 0, got seed_width_s = 0: "
                    "without it there are no onset seeds"
                )
        if self.proposed_onsets:
            return ""
        if self.proposal == "correlation":
            return "proposal = 'correlation' needs proposed_onsets of 1 or more, got proposed_onsets = 0"
        if self.random_onsets == 0:
            return "proposed_onsets (0) and random_onsets (0) leave no onset to try; set one of them to 1 or more"
        return ""


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
    min_clip_beats: float = setting(
        0.0,
        "No clip sounds shorter than so many beats; 0 is no limit.",
        unit="beats",
        ge=0,
        le=64,
    )

    def model_post_init(self, context: Any, /) -> None:
        """Refuse a tempo that no one can count."""
        if 0.0 < self.bpm < SLOWEST_BPM:
            raise ValueError(
                f"bpm ({self.bpm:g}) must be at least {SLOWEST_BPM:g} beats/min, or 0 to have it estimated"
            )
