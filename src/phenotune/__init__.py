"""phenotune rebuilds a song out of other sounds, by a genetic algorithm.

>>> import phenotune as pt
>>> run = pt.evolve("song.wav", "records/", seed=7, time_s=30)  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from phenotune.errors import ParameterError, PhenotuneError, WorldError
    from phenotune.mosaic.mosaic import Mosaic
    from phenotune.run.api import (
        Film,
        FilmOptions,
        Run,
        evolve,
        evolving,
        film,
        mosaic_at,
        regrow,
        replay,
    )
    from phenotune.run.editing import Edit, edit, redo, undo
    from phenotune.run.many import evolve_batch, evolve_variants
    from phenotune.run.selecting import Selection

# Where each public name lives. Names are fetched when first used, so that importing phenotune costs nothing.
_HOMES = {
    "Edit": "phenotune.run.editing",
    "Film": "phenotune.run.api",
    "FilmOptions": "phenotune.run.api",
    "Mosaic": "phenotune.mosaic.mosaic",
    "ParameterError": "phenotune.errors",
    "PhenotuneError": "phenotune.errors",
    "Run": "phenotune.run.api",
    "Selection": "phenotune.run.selecting",
    "WorldError": "phenotune.errors",
    "edit": "phenotune.run.editing",
    "evolve": "phenotune.run.api",
    "evolve_batch": "phenotune.run.many",
    "evolve_variants": "phenotune.run.many",
    "evolving": "phenotune.run.api",
    "film": "phenotune.run.api",
    "mosaic_at": "phenotune.run.api",
    "redo": "phenotune.run.editing",
    "regrow": "phenotune.run.api",
    "replay": "phenotune.run.api",
    "undo": "phenotune.run.editing",
}

__all__ = [
    "Edit",
    "Film",
    "FilmOptions",
    "Mosaic",
    "ParameterError",
    "PhenotuneError",
    "Run",
    "Selection",
    "WorldError",
    "edit",
    "evolve",
    "evolve_batch",
    "evolve_variants",
    "evolving",
    "film",
    "mosaic_at",
    "redo",
    "regrow",
    "replay",
    "undo",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'phenotune' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
