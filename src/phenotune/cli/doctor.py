"""``phenotune doctor``: what this machine has, for people who look for a fault and for those who report one."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

from phenotune.cli.options import AS_JSON
from phenotune.cli.text import columns, megabytes, print_json, terminal_width

PACKAGES = (
    "numpy",
    "scipy",
    "numba",
    "soundfile",
    "soxr",
    "pydantic",
    "typer",
    "rich",
    "platformdirs",
    "matplotlib",
)
EXTRAS = {
    "formats": ("av", "m4a, aac, mp4, wma, webm, and opus that libsndfile refuses"),
    "video": ("av", "films with sound: mp4 and webm"),
    "otio": ("opentimelineio", "export --to otio"),
}
"""Extra: the package that it brings, and what that reads or writes."""

ALWAYS_READ = "wav, aiff, flac, ogg, opus, mp3, caf, au, w64 and more"


def doctor(*, as_json: Annotated[bool, AS_JSON] = False) -> None:
    """Show versions, caches, kernels and formats.

    It is what a report of a fault should hold.
    """
    facts = examine()
    if as_json:
        print_json(facts)
        return
    rows = [
        [name.replace("_", " "), text] for name, value in facts.items() for text in _lines(value)
    ]
    for i in range(len(rows) - 1, 0, -1):
        if rows[i][0] == rows[i - 1][0]:
            rows[i][0] = ""
    print(columns(rows, width=terminal_width()))


def examine() -> dict[str, Any]:
    """What this machine has: name to text, or to texts by name."""
    return {
        "phenotune": f"{package_version('phenotune')} in {Path(__file__).parents[1]}",
        "python": f"{platform.python_version()} ({platform.python_implementation()}) in {sys.prefix}",
        "system": platform.platform(),
        "processors": _processors(),
        "packages": {name: package_version(name) for name in PACKAGES},
        "kernels": _kernels(),
        "folders": _folders(),
        "formats": {"always": ALWAYS_READ} | {name: _extra(name) for name in EXTRAS},
        "terminal": _terminal(),
    }


def package_version(name: str) -> str:
    """Version of an installed package; "not installed" of any other."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _processors() -> str:
    n_all = os.cpu_count() or 1
    affinity = getattr(os, "sched_getaffinity", None)
    n_usable = len(affinity(0)) if affinity else n_all
    return f"{n_all}, of which {n_usable} may be used; {platform.machine()}"


def _kernels() -> str:
    from phenotune.run.warmth import kernels_are_compiled

    if kernels_are_compiled():
        return "compiled"
    return "not compiled for this machine yet; the first run does it, once"


def _folders() -> dict[str, str]:
    from phenotune.audio.cache import SoundCache, cache_folder
    from phenotune.run.named import config_folder

    cache, config = cache_folder(), config_folder()
    decoded = f"{megabytes(SoundCache().size_bytes())} of decoded sounds"
    own_settings = "with" if (config / "phenotune.toml").exists() else "without"
    return {
        "cache": f"{cache} ({_access(cache)}; {decoded})",
        "settings": f"{config} ({own_settings} a phenotune.toml)",
    }


def _access(folder: Path) -> str:
    """Whether a folder can be written to, or could be made."""
    existing = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    if not os.access(existing, os.W_OK):
        return "cannot be written, so that each run decodes anew"
    return "can be written" if folder.exists() else "is made when it is needed"


def _extra(name: str) -> str:
    package, reads = EXTRAS[name]
    if find_spec(package) is None:
        return f"not installed; pip install 'phenotune[{name}]' brings {reads}"
    return f"{package} {package_version(package)}: {reads}"


def _terminal() -> str:
    kind = "a terminal" if sys.stderr.isatty() else "no terminal"
    return f"standard error is {kind}, {sys.stderr.encoding}"


def _lines(value: Any) -> list[str]:
    if not isinstance(value, dict):
        return [str(value)]
    return columns([[name, text] for name, text in value.items()]).splitlines()
