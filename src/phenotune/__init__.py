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
    from phenotune.run.api import Film, FilmOptions, Run, evolve, evolving, film, mosaic_at, replay
    from phenotune.run.many import evolve_batch, evolve_variants

# Where each public name lives. Names are fetched when first used, so that importing phenotune costs nothing.
_HOMES = {
    "Film": "phenotune.run.api",
    "FilmOptions": "phenotune.run.api",
    "Mosaic": "phenotune.mosaic.mosaic",
    "ParameterError": "phenotune.errors",
    "PhenotuneError": "phenotune.errors",
    "Run": "phenotune.run.api",
    "WorldError": "phenotune.errors",
    "evolve": "phenotune.run.api",
    "evolve_batch": "phenotune.run.many",
    "evolve_variants": "phenotune.run.many",
    "evolving": "phenotune.run.api",
    "film": "phenotune.run.api",
    "mosaic_at": "phenotune.run.api",
    "replay": "phenotune.run.api",
}

__all__ = [
    "Film",
    "FilmOptions",
    "Mosaic",
    "ParameterError",
    "PhenotuneError",
    "Run",
    "WorldError",
    "evolve",
    "evolve_batch",
    "evolve_variants",
    "evolving",
    "film",
    "mosaic_at",
    "replay",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'phenotune' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
