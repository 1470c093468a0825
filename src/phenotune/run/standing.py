"""How the placements of a run stand, as its newest checkpoint tells it: no sound is read for that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from phenotune.canvas.placement import Placement
from phenotune.errors import RunFolderError
from phenotune.genome.anatomy import clips, duration_s
from phenotune.mosaic.facts import SourceFacts, TargetFacts
from phenotune.run.checkpoints import Checkpoint, read_newest_checkpoint
from phenotune.run.edit_history import EditHistory
from phenotune.run.folder import RunFolder
from phenotune.run.resume import facts_told, rate_of
from phenotune.run.whereabouts import all_placements
from phenotune.units import amplitude_to_db, samples_to_s

if TYPE_CHECKING:
    from phenotune.run.session import Session


@dataclass(frozen=True)
class Standing:
    """The placements of a run between two cycles.

    Parameters
    ----------
    folder
        Of the run.
    cycle
        The last one that is finished.
    rate_hz, n_samples
        At which onsets are counted; length of the target at this rate.
    placements
        All of them, those that are muted or lie beyond the end included, in the order of landing.
    sources
        What is known of their sources, by id.
    """

    folder: Path
    cycle: int
    rate_hz: int
    n_samples: int
    placements: tuple[Placement, ...]
    sources: Mapping[str, SourceFacts]

    @classmethod
    def of_session(cls, session: Session) -> Standing:
        """That of a sitting."""
        target = session.canvas.target
        return cls(
            session.project.folder.path,
            session.cycle,
            target.layout.rate_hz,
            target.n_samples,
            all_placements(session),
            {source.id: SourceFacts.of(source) for source in session.library.known},
        )

    @classmethod
    def of_checkpoint(cls, folder: RunFolder, checkpoint: Checkpoint) -> Standing:
        """That of a run that rests.

        Raises
        ------
        RunFolderError
            If the checkpoint does not tell of its sounds, since an older phenotune has written it.
        """
        try:
            target = TargetFacts(**checkpoint.engine["target"])
            rate_hz = rate_of(checkpoint, target.rate_hz)
            sources = {each.id: each for each in facts_told(checkpoint, folder.state)}
            for placement in checkpoint.placements:
                duration_s(placement.chromosome, _rates_hz(sources))
        except (KeyError, TypeError) as error:
            raise RunFolderError(
                f"{folder.path}: was left by an older phenotune, which did not note where its sounds lie; "
                "evolve it for a cycle first"
            ) from error
        n_samples = target.n_samples(rate_hz)
        placements = checkpoint.placements
        return cls(folder.path, checkpoint.cycle, rate_hz, n_samples, placements, sources)

    @property
    def duration_s(self) -> float:
        """Length of the target."""
        return samples_to_s(self.n_samples, self.rate_hz)

    def rows(self, placements: Sequence[Placement] | None = None) -> tuple[PlacementRow, ...]:
        """Placements as people see them; all of them when None."""
        rates_hz = _rates_hz(self.sources)
        return tuple(
            PlacementRow(
                id=each.id,
                onset_s=samples_to_s(each.onset_samples, self.rate_hz),
                duration_s=duration_s(each.chromosome, rates_hz),
                sources=tuple(Path(self.sources[name].path).name for name in sources_of(each)),
                gain_db=amplitude_to_db(abs(level_of(each.gains))),
                pan=pan_of(each.gains),
                cycle=each.cycle,
                lineage=each.lineage,
                locked=each.locked,
                muted=each.muted,
                is_beyond=each.onset_samples >= self.n_samples,
            )
            for each in (self.placements if placements is None else placements)
        )


@dataclass(frozen=True, slots=True)
class PlacementRow:
    """A placement as people see it.

    Parameters
    ----------
    id, cycle, lineage, locked, muted
        As in :class:`phenotune.canvas.placement.Placement`.
    onset_s, duration_s
        Where it begins, and how long it sounds.
    sources
        Names of the files that it is made of, that of its own clip first.
    gain_db, pan
        Its level in the middle, and how that is shared out, from -1, right, to 1, left.
    is_beyond
        Whether it begins after the end of the target, and so is not heard.
    """

    id: int
    onset_s: float
    duration_s: float
    sources: tuple[str, ...]
    gain_db: float
    pan: float
    cycle: int
    lineage: int
    locked: bool
    muted: bool
    is_beyond: bool


def read_standing(run: str | Path) -> tuple[Standing, EditHistory]:
    """How the placements of a run stand, and what people have edited.

    Raises
    ------
    RunFolderError
        If it is no run folder, or has come to no checkpoint that can be read.
    """
    folder = RunFolder.open(run)
    checkpoint, _ = read_newest_checkpoint(folder.state)
    if checkpoint is None:
        raise RunFolderError(
            f"{folder.path}: has no checkpoint yet, so there is nothing to edit; evolve it first"
        )
    standing = Standing.of_checkpoint(folder, checkpoint)
    try:
        history = EditHistory.from_json(checkpoint.engine.get("edits", {}))
    except (KeyError, TypeError, ValueError) as error:
        raise RunFolderError(
            f"{folder.state}: the checkpoint of cycle {checkpoint.cycle} does not tell what was edited ({error}); "
            "remove it to go on from the one before"
        ) from error
    return standing, history


def sources_of(placement: Placement) -> tuple[str, ...]:
    """Ids of the sources that a placement is made of, that of its own clip first."""
    return tuple(dict.fromkeys(clip.source for clip in clips(placement.chromosome)))


def level_of(gains: Sequence[float]) -> float:
    """The gain in the middle."""
    return sum(gains) / len(gains)


def pan_of(gains: Sequence[float]) -> float:
    """How the gain in the middle is shared out: from -1, right, to 1, left.

    >>> pan_of((0.5,)), pan_of((1.0, 0.0)), pan_of((0.25, 0.75))
    (0.0, 1.0, -0.5)
    """
    level = level_of(gains)
    return gains[0] / level - 1.0 if level else 0.0


def _rates_hz(sources: Mapping[str, SourceFacts]) -> dict[str, float]:
    return {name: source.rate_hz for name, source in sources.items()}
