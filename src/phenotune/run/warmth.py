"""Whether this machine has compiled kernels already, so that a person can be told why the first start takes longer."""

from __future__ import annotations

import hashlib
import importlib
from importlib.metadata import version
from pathlib import Path

import phenotune.kernels
from phenotune.audio.cache import cache_folder
from phenotune.errors import RunFolderError
from phenotune.whole_files import write_whole


def kernels_are_compiled() -> bool:
    """Whether the kernels have been compiled here before, for these sources and this numba.

    Numba keeps compiled kernels beside their sources, or in a folder of the user where that cannot be written. This
    looks beside the sources first, and then for the mark that :func:`compile_kernels` leaves.
    """
    sources = _kernel_sources()
    beside = [list(path.parent.glob(f"__pycache__/{path.stem}.*.nbi")) for path in sources]
    newest = [max((index.stat().st_mtime for index in found), default=0.0) for found in beside]
    if all(made >= path.stat().st_mtime for made, path in zip(newest, sources, strict=True)):
        return True
    return _mark().exists()


def compile_kernels() -> None:
    """Load every kernel, compiling those that this machine has not compiled before."""
    for path in _kernel_sources():
        importlib.import_module(f"phenotune.kernels.{path.stem}")
    try:
        _mark().parent.mkdir(parents=True, exist_ok=True)
        write_whole(_mark(), "")
    except (OSError, RunFolderError):
        # A cache that cannot be written costs a message at the next start and nothing else.
        return


def _kernel_sources() -> list[Path]:
    folder = Path(phenotune.kernels.__path__[0])
    others = ("__init__.py", "caching.py", "wide.py")
    return sorted(path for path in folder.glob("*.py") if path.name not in others)


def _mark() -> Path:
    digest = hashlib.sha256(version("numba").encode())
    for path in _kernel_sources():
        digest.update(path.read_bytes())
    return cache_folder() / "kernels" / digest.hexdigest()[:16]
