"""Settings of the library: what may be cut out of it, and how."""

from __future__ import annotations

from typing import Any

from phenotune.settings import Settings, setting


class LibrarySettings(Settings):
    """Which sounds are used and how clips are cut out of them."""

    clip_s: float = setting(
        0.0,
        "Length of the pieces that the sources are cut into beforehand; 0 cuts clips anywhere.",
        unit="s",
        ge=0.0,
        le=60.0,
    )
    clip_beats: float = setting(
        0.0,
        "The same length in beats of the target, by rhythm.bpm or the estimate; 0 is off.",
        unit="beats",
        ge=0.0,
        le=64.0,
    )
    min_clip_s: float = setting(0.15, "Shortest clip.", unit="s", ge=0.02, le=10.0)
    max_clip_s: float = setting(3.0, "Longest clip.", unit="s", ge=0.02, le=60.0)
    rms_gate: float = setting(
        0.05,
        "Clips quieter than this share of the library's own level are not drawn; 0 lets all pass.",
        ge=0.0,
        le=1.0,
    )
    exclude: tuple[str, ...] = setting(
        (), 'Patterns of files and folders that are left out, such as "*.mp3" or "vocals".'
    )

    only_licensed: bool = setting(
        False,
        "Leave out sounds that state no licence, or one that does not let them be changed.",
    )

    def model_post_init(self, context: Any, /) -> None:
        """Refuse a shortest clip that is longer than the longest, and pieces of two lengths."""
        if self.clip_s and self.clip_beats:
            raise ValueError(
                f"clip_s ({self.clip_s:g} s) and clip_beats ({self.clip_beats:g} beats) both tell how long pieces are; "
                "set one of them to 0"
            )
        if self.min_clip_s > self.max_clip_s:
            raise ValueError(
                f"min_clip_s ({self.min_clip_s:g} s) must not exceed max_clip_s ({self.max_clip_s:g} s)"
            )
