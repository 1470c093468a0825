"""One sitting of a run: the sounds are open, the canvas stands as the last checkpoint left it."""

from __future__ import annotations

import math
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from phenotune.audio.cache import SoundCache
from phenotune.canvas.canvas import Canvas
from phenotune.canvas.placement import Placement
from phenotune.errors import RunFolderError
from phenotune.fitness.scoring import Scorer
from phenotune.genome.anatomy import clips, duration_s
from phenotune.library.library import Library
from phenotune.library.target import Target
from phenotune.mosaic.facts import SourceFacts
from phenotune.mosaic.mosaic import Mosaic
from phenotune.run.carrying import Numbering
from phenotune.run.checkpoints import Checkpoint, write_checkpoint
from phenotune.run.edit_history import EditHistory
from phenotune.run.engine_state import state_to_json
from phenotune.run.events import Event, TempoFound
from phenotune.run.journal import Journal
from phenotune.run.kept import KeptSounds
from phenotune.run.lineages import wants_picture
from phenotune.run.log import CURVE_EVENTS, explained_over_time, read_log
from phenotune.run.pace import Pace
from phenotune.run.project import Project
from phenotune.run.revision import Reviser
from phenotune.run.settings import RunSettings
from phenotune.run.stages import StagePlace
from phenotune.run.watching import Seen
from phenotune.run.whereabouts import (
    all_placements,
    as_delivered,
    delivered,
    facts_of_target,
    whereabouts,
)
from phenotune.search.engine import Engine

PICTURE_S = 1.2
"""About what drawing the picture takes, with loading the library that draws."""
LINEAGES_S = 0.6
"""About what drawing the lineages takes after that."""
LEAVING_S = 1.0
"""About what closing everything and leaving the program takes."""
CHECKPOINT_SHARE = 20.0
"""A checkpoint is due no sooner than after this many times what the last one cost."""


@dataclass
class Session:
    """What the loop works on.

    Parameters
    ----------
    project
        Where it started from.
    cache, target, library
        The sounds.
    canvas
        The one mutable thing.
    engine
        Asked for candidates, told their trials.
    evaluator
        Scores candidates on the canvas.
    reviser
        Lands winners, and refits what has landed.
    pool
        Threads that score side by side.
    cycle, next_id, earlier_s
        Where the last checkpoint left off.
    first_cycle
        The cycle that this sitting went on from.
    n_since_refit
        Candidates scored since gains were last solved anew.
    warnings
        What people should know of and have not been told yet.
    has_told_of_cache
        Whether a cache that cannot be written has been told of; once is enough.
    pace
        How long cycles take.
    tempo
        The beat that onsets are pulled to, if any of it was estimated.
    journal
        What the log has been told of the canvas.
    kept
        Sounds that have left the library and are still needed.
    in_force
        The settings of the stage; the project's own where there is none.
    stage
        Where the run stands among its stages, if it has any.
    silent
        Placements that lie beyond the end of a target that was swapped for a shorter one, by id.
    muted
        Placements that a person has muted, by id: they are kept, and do not lie on the canvas.
    edits
        What people have changed of the placements.
    injected
        Id of the mix that the canvas started from, if it did.
    numbering
        How founders were numbered in the last cycle; None before the first.
    news
        Events of the opening that have not been told yet.
    seen
        The state of the library's files before they were read.
    has_changed
        Whether something has happened since that no cycle has brought.
    turned_down_db
        By how much the sound that was last written is softer than the canvas, so as not to clip.
    """

    project: Project
    cache: SoundCache
    target: Target
    library: Library
    canvas: Canvas
    engine: Engine
    evaluator: Scorer
    reviser: Reviser
    pool: ThreadPoolExecutor
    started_at: float
    n_workers: int
    cycle: int = 0
    next_id: int = 1
    n_since_refit: int = 0
    earlier_s: float = 0.0
    first_cycle: int = 0
    warnings: list[str] = field(default_factory=list)
    has_told_of_cache: bool = False
    pace: Pace = field(default_factory=Pace)
    tempo: TempoFound | None = None
    journal: Journal = field(default_factory=Journal)
    kept: KeptSounds | None = None
    in_force: RunSettings | None = None
    stage: StagePlace | None = None
    silent: dict[int, Placement] = field(default_factory=dict)
    muted: dict[int, Placement] = field(default_factory=dict)
    edits: EditHistory = field(default_factory=EditHistory)
    injected: int | None = None
    numbering: Numbering | None = None
    news: list[Event] = field(default_factory=list)
    seen: Seen = field(default_factory=dict)
    has_changed: bool = False
    _written_at: float = -math.inf
    turned_down_db: float = 0.0
    _written_cycle: int = -1
    _cost_s: float = 0.0
    _n_last_candidates: int = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.pool.shutdown(wait=True, cancel_futures=True)

    @property
    def settings(self) -> RunSettings:
        """The settings in force."""
        return self.project.settings if self.in_force is None else self.in_force

    @property
    def sitting_s(self) -> float:
        """Time since this sitting began."""
        return time.monotonic() - self.started_at

    @property
    def elapsed_s(self) -> float:
        """Time spent on the run in all sittings."""
        return self.earlier_s + self.sitting_s

    def mosaic(self) -> Mosaic:
        """The mosaic as it stands."""
        placements = self._placements()
        used = {clip.source for placement in placements for clip in clips(placement.chromosome)}
        return Mosaic(
            rate_hz=self.canvas.target.layout.rate_hz,
            seed=self.settings.run.seed,
            explained=self.canvas.explained,
            target=facts_of_target(self.target),
            sources=tuple(SourceFacts.of(s) for s in self.library.known if s.id in used),
            placements=placements,
            n_channels=self.canvas.target.n_speakers,
            fade_ms=self.settings.mix.fade_ms,
        )

    def _placements(self) -> tuple[Placement, ...]:
        """All placements that the results hold, in the order of landing."""
        placed = delivered(self)
        return tuple(placed[number] for number in sorted(placed))

    def refit_is_due(self, n_candidates: int) -> bool:
        """Count the candidates of a cycle, and say whether there have been enough since gains were last solved anew.

        Counted in candidates and not in seconds, so that it falls on the same cycle in every run with the same seed.
        """
        pause = self._refit_pause
        self.n_since_refit += n_candidates
        self._n_last_candidates = n_candidates
        if pause == 0.0 or self.n_since_refit < pause:
            return False
        self.n_since_refit = 0
        return True

    @property
    def _refit_pause(self) -> float:
        return self.settings.search.refit_after * self.reviser.roster.n_counted

    @property
    def _refit_is_near(self) -> bool:
        """Whether the next cycle may well end with one."""
        return 0.0 < self._refit_pause <= self.n_since_refit + 1.5 * self._n_last_candidates

    @property
    def has_news(self) -> bool:
        """Whether anything has happened since the last checkpoint and its results were written."""
        return self.has_changed or self.cycle != self._written_cycle

    @property
    def ahead_s(self) -> float:
        """About what one more cycle, and writing everything at the end, would take.

        The end is reckoned at a fifth of the time at most.
        """
        picture_s = PICTURE_S if self.settings.run.picture else 0.0
        picture_s += LINEAGES_S if wants_picture(self.settings) else 0.0
        most_s = 0.2 * self.settings.time_limit_s
        ending_s = min(self._cost_s + picture_s + LEAVING_S, most_s)
        return ending_s + self.pace.next_cycle_s(self._refit_is_near)

    @property
    def checkpoint_is_due(self) -> bool:
        """Whether it is time to write: after the first cycle, and then as often as the settings say.

        Never so often that writing takes more than a twentieth of the time.
        """
        pause_s = max(self.settings.run.checkpoint_s, CHECKPOINT_SHARE * self._cost_s)
        return time.monotonic() - self._written_at >= pause_s

    def write_checkpoint(self, is_last: bool = False) -> None:
        """Write all that is needed to go on from the end of this cycle, and then the results so far.

        Parameters
        ----------
        is_last
            Whether the sitting ends here. Results that the disk refuses, as it does where a player holds one of them
            open, are an error then; otherwise they are warned of and can wait for the next time.

        Raises
        ------
        RunFolderError
            If the disk refuses the checkpoint, or the results at the end.
        """
        began = time.monotonic()
        write_checkpoint(self.project.folder.state, self._checkpoint())
        try:
            with as_delivered(self):
                self.turned_down_db = self.project.folder.write_results(
                    self.mosaic(), self.canvas.samples()
                )
            self._written_cycle, self.has_changed = self.cycle, False
        except RunFolderError as error:
            if is_last:
                raise
            self.warnings.append(f"{error}; the next checkpoint tries again")
        self._written_at = time.monotonic()
        self._cost_s = self._written_at - began

    def _checkpoint(self) -> Checkpoint:
        self.edits.follow(all_placements(self))
        return Checkpoint(
            cycle=self.cycle,
            elapsed_s=self.elapsed_s,
            placements=all_placements(self),
            next_id=self.next_id,
            engine={
                **state_to_json(self.engine.state),
                "n_since_refit": self.n_since_refit,
                "worths": {str(i): worth for i, worth in self.reviser.roster.worths.items()},
                "target_sha256": self.target.sha256,
                **whereabouts(self),
                "edits": self.edits.to_json(),
            },
            settings=self.settings.model_dump(mode="json"),
        )

    def draw_picture(self) -> None:
        """Draw ``out/mosaic.png``."""
        with as_delivered(self):
            self._draw_picture()

    def _draw_picture(self) -> None:
        # Not at the top: matplotlib takes a third of a second, and is wanted once a run.
        from phenotune.report.clip_bars import ClipBar
        from phenotune.report.picture import draw_mosaic

        rate_hz = self.canvas.target.layout.rate_hz
        rates_hz = {source.id: source.rate_hz for source in self.library.known}
        clip_bars = [
            ClipBar(
                onset_s=placement.onset_samples / rate_hz,
                duration_s=duration_s(placement.chromosome, rates_hz),
                source=self.library.source(placement.chromosome.clip.source).path.name,
                gain=max(placement.gains, key=abs),
            )
            for placement in self.canvas.placements.values()
        ]
        draw_mosaic(
            self.project.folder.picture,
            self.target.samples,
            self.canvas.samples(),
            rate_hz,
            name=self.target.path.stem,
            explained=self.canvas.explained,
            curve=self._curve(),
            clips=clip_bars,
        )

    def _curve(self) -> list[tuple[float, float]]:
        """Explained over time, as the log tells it; a log that a disk has spoilt costs the curve and no more."""
        try:
            return explained_over_time(read_log(self.project.folder.log_file, CURVE_EVENTS))
        except RunFolderError as error:
            self.warnings.append(f"{error}; the picture goes without its curve")
            return []
