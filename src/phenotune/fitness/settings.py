"""Settings of the mix, what is solved when a clip is tried, and of fitness, what it is made of."""

from __future__ import annotations

from typing import Any, Literal

from phenotune.genome.genes.envelope import MAX_STEPS
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
        "Solve the levels of five bands as well, and land them as an equaliser gene where that pays.",
    )
    envelope: bool = setting(
        True,
        "Solve the levels of a few steps of time as well, and land them as an envelope gene where that pays.",
    )
    step_ms: float = setting(
        80.0, "Length of such a step; shorter clips have none.", unit="ms", ge=20, le=2000
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

    @property
    def shapes(self) -> bool:
        """Whether levels are solved by band or by time."""
        return self.solve_gain and (self.equaliser or self.envelope)

    def n_steps(self, n_samples: int, rate_hz: int) -> int:
        """Number of steps of an envelope for a sound of this length; 1 is no envelope."""
        if not self.envelope:
            return 1
        n_steps = round(1000.0 * n_samples / rate_hz / self.step_ms)
        return max(1, min(n_steps, MAX_STEPS))


TermName = Literal[
    "spectral", "spectral_norm", "centroid", "waveform", "psnr", "decibels", "correlation"
]


class TermSettings(Settings):
    """One measure that fitness is made of."""

    term: TermName = setting(
        "spectral",
        "spectral (compressed bands, as in guided), spectral_norm (plain magnitudes), centroid (brightness, deaf to "
        "level: to go with another), waveform, psnr, decibels (deaf to level too), or correlation.",
    )
    weight: float = setting(1.0, "Share of this term in fitness.", gt=0.0)


class FitnessSettings(Settings):
    """What makes one clip better than another."""

    terms: tuple[TermSettings, ...] = setting(
        (TermSettings(term="spectral", weight=1.0),),
        "The measures whose gains are added; any but spectral alone hear the song and the clips in mono.",
    )
    correlate_with: Literal["target", "missing"] = setting(
        "target",
        "What clips are correlated with: target, the song itself, or missing, what the mosaic lacks of it.",
    )
    correlation_scale: Literal["raw", "unit"] = setting(
        "raw",
        "raw: louder clips correlate more, as in the article; unit: divided by how loud the clip is.",
    )

    def model_post_init(self, context: Any, /) -> None:
        """Refuse a fitness that is made of nothing."""
        if not self.terms:
            raise ValueError("terms: expected at least one term, got none")

    @property
    def is_spectral(self) -> bool:
        """Whether it is made of the spectral term alone."""
        return all(each.term == "spectral" for each in self.terms)

    @property
    def correlates(self) -> bool:
        """Whether correlation is one of the terms."""
        return any(each.term == "correlation" for each in self.terms)
