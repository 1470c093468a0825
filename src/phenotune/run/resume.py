"""Going on with a run: what its newest checkpoint holds is taken up again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from phenotune.canvas.placement import Placement
from phenotune.errors import LibraryError, RunFolderError, TargetError
from phenotune.genome.anatomy import clips
from phenotune.library.library import Library
from phenotune.run.checkpoints import Checkpoint
from phenotune.search.engine import EngineState
from phenotune.units import samples_at_rate

if TYPE_CHECKING:
    from phenotune.run.session import Session


def take_up(session: Session, checkpoint: Checkpoint) -> None:
    """Put everything back on the canvas, in the order in which it landed, and the search where it was.

    Raises
    ------
    TargetError
        If the run began with another target.
    LibraryError
        If a sound that a placement was cut from is gone.
    RunFolderError
        If the checkpoint does not tell where the search was.
    """
    target_sha256 = checkpoint.engine.get("target_sha256", session.target.sha256)
    if target_sha256 != session.target.sha256:
        raise TargetError(
            f"{session.target.path}: is not the target that this run began with; "
            "put that one back, or start a new run"
        )
    rate_hz = session.canvas.target.layout.rate_hz
    counted_at_hz = _rate_hz(checkpoint, rate_hz)
    for placement in checkpoint.placements:
        _check_sources(session.library, placement)
        onset = samples_at_rate(placement.onset_samples, counted_at_hz, rate_hz)
        session.canvas.place(
            replace(placement, onset_samples=onset),
            session.evaluator.phenotypes.recall(placement.chromosome),
        )
    try:
        session.n_since_refit = int(checkpoint.engine["n_since_refit"])
        session.engine.state = EngineState(float(checkpoint.engine["best_distance"]))
        worths = checkpoint.engine.get("worths", {})
        session.reviser.roster.worths = {int(i): float(worth) for i, worth in worths.items()}
    except (KeyError, TypeError, ValueError) as error:
        raise RunFolderError(
            f"{session.project.folder.state}: the checkpoint of cycle {checkpoint.cycle} does not tell "
            "where the search was; remove it to go on from the one before"
        ) from error
    session.cycle, session.next_id = checkpoint.cycle, checkpoint.next_id
    session.earlier_s = checkpoint.elapsed_s


def _rate_hz(checkpoint: Checkpoint, otherwise_hz: int) -> int:
    """Rate at which a checkpoint counts its onsets; the settings may ask for another one since."""
    spectra = checkpoint.settings.get("spectra")
    rate_hz = spectra.get("rate_hz") if isinstance(spectra, dict) else None
    return rate_hz if isinstance(rate_hz, int) and rate_hz > 0 else otherwise_hz


def _check_sources(library: Library, placement: Placement) -> None:
    known = {source.id for source in library.sources}
    missing = sorted({clip.source for clip in clips(placement.chromosome)} - known)
    if missing:
        raise LibraryError(
            f"placement {placement.id} was cut from a sound that the library no longer has "
            f"(source {', '.join(missing)}; out/mosaic.json tells its path); put it back to go on"
        )
