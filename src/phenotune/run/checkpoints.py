"""Checkpoints: all that a run needs to go on as if it had never stopped.

Each is a JSON file, ``checkpoint-<cycle>.json``, written whole or not at all; nothing in it is run when it is read. The
last few are kept, so that one which a broken disk has spoilt costs some cycles and not the run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from phenotune.canvas.placement import Placement
from phenotune.errors import ParameterError, RunFolderError
from phenotune.mosaic.encode import placement_to_json, placements_from_models
from phenotune.mosaic.schema import Header, PlacementModel, describe_errors
from phenotune.whole_files import write_whole

FORMAT = "phenotune.checkpoint"
VERSION = 1
N_KEPT = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a run at the end of a cycle.

    Parameters
    ----------
    cycle
        The last cycle that is finished; 0 before the first.
    elapsed_s
        Time spent so far, in all sittings.
    placements
        What lies on the canvas, in the order in which it must be placed again.
    next_id
        Id of the next placement.
    engine
        State of the search: anything that JSON can hold, infinities and long integers included.
    settings
        The settings in force, nested.
    """

    cycle: int
    elapsed_s: float
    placements: tuple[Placement, ...]
    next_id: int
    engine: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    format: Literal["phenotune.checkpoint"]
    version: int
    cycle: int = Field(ge=0)
    elapsed_s: float = Field(ge=0.0, allow_inf_nan=False)
    next_id: int = Field(ge=1)
    engine: dict[str, Any]
    settings: dict[str, Any]
    placements: list[PlacementModel]


def write_checkpoint(folder: Path, checkpoint: Checkpoint, n_kept: int = N_KEPT) -> Path:
    """Write a checkpoint into a folder, and remove all but the newest ``n_kept`` there.

    Raises
    ------
    RunFolderError
        If the disk refuses; the checkpoints before this one are then untouched.
    """
    path = folder / f"checkpoint-{checkpoint.cycle}.json"
    content = {
        "format": FORMAT,
        "version": VERSION,
        "cycle": checkpoint.cycle,
        "elapsed_s": checkpoint.elapsed_s,
        "next_id": checkpoint.next_id,
        "engine": dict(checkpoint.engine),
        "settings": dict(checkpoint.settings),
        "placements": [placement_to_json(placement) for placement in checkpoint.placements],
    }
    write_whole(path, json.dumps(content) + "\n")
    # What a later cycle has left behind belongs to a run that was taken back to this one.
    known = checkpoint_files(folder)
    for other in [file for file in known if _cycle(file) > checkpoint.cycle]:
        _remove(other)
    for other in checkpoint_files(folder)[n_kept:]:
        _remove(other)
    return path


def read_newest_checkpoint(folder: Path) -> tuple[Checkpoint | None, tuple[str, ...]]:
    """Read the newest checkpoint of a folder that can be read.

    Returns
    -------
    tuple
        The checkpoint, None where there is none; and a message for each newer one that is broken.

    Raises
    ------
    RunFolderError
        If the newest was made by a newer phenotune, or if there are some and all are broken.
    """
    messages: list[str] = []
    files = checkpoint_files(folder)
    for path in files:
        try:
            return read_checkpoint(path), tuple(messages)
        except BrokenCheckpointError as error:
            messages.append(str(error))
    if messages:
        lines = "\n".join(f"  {message}" for message in messages)
        raise RunFolderError(
            f"{folder}: none of its checkpoints can be read; remove them to start anew:\n{lines}"
        )
    return None, ()


class BrokenCheckpointError(RunFolderError):
    """A checkpoint that is torn or says what makes no sense."""


def read_checkpoint(path: Path) -> Checkpoint:
    """Read one checkpoint and check all of it.

    Raises
    ------
    BrokenCheckpointError
        If it is torn, or holds something wrong.
    RunFolderError
        If it was made by a newer phenotune.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BrokenCheckpointError(
            f"{path}: could not be read ({error.strerror or error})"
        ) from error
    try:
        version = Header.model_validate_json(content).version
        if version > VERSION:
            raise RunFolderError(
                f"{path}: was made by a newer phenotune (checkpoint version {version}; "
                f"this one reads up to {VERSION}); update phenotune"
            )
        model = _Model.model_validate_json(content)
        placements = placements_from_models(model.placements)
    except ValidationError as error:
        raise BrokenCheckpointError(f"{path}: {describe_errors(error)}") from error
    except ParameterError as error:
        raise BrokenCheckpointError(f"{path}: {error}") from error
    if placements and max(placement.id for placement in placements) >= model.next_id:
        raise BrokenCheckpointError(
            f"{path}: next_id: expected more than every id, got {model.next_id}"
        )
    return Checkpoint(
        model.cycle, model.elapsed_s, placements, model.next_id, model.engine, model.settings
    )


def checkpoint_files(folder: Path) -> list[Path]:
    """The checkpoints in a folder, the newest first."""
    files = [path for path in folder.glob("checkpoint-*.json") if _cycle(path) >= 0]
    return sorted(files, key=_cycle, reverse=True)


def _cycle(path: Path) -> int:
    match = re.fullmatch(r"checkpoint-(\d+)\.json", path.name)
    return int(match[1]) if match else -1


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise RunFolderError(f"{path}: could not be removed ({error.strerror or error})") from error
