"""Variants: several runs over the same song, to be compared, in one folder.

::

    FOLDER/
      variants.json      what they are variants of
      variants/<name>/   a run folder each
      compare.html       a page that plays them at the same moment
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from phenotune.errors import ParameterError, RunFolderError
from phenotune.run.named import paths_of
from phenotune.run.presets import PRESETS
from phenotune.run.series import Job
from phenotune.run.settings import read_settings
from phenotune.run.styles import NO_STYLE, style_paths
from phenotune.whole_files import could_not_be_written, write_whole

FORMAT, VERSION = "phenotune.variants", 1
RECORD = "variants.json"
PAGE = "compare.html"
MAX_VARIANTS = 99

_OF_A_SITTING = (
    "run.workers", "run.cycles", "run.time_s", "run.until_percent", "run.plateau_s", "run.seed",
)  # fmt: skip
"""Settings in which two calls may differ that make the same variants."""


@dataclass(frozen=True, slots=True)
class Variant:
    """What one run is to have that the others have not.

    Parameters
    ----------
    name
        What it is called, and its folder.
    seed, style, preset
        What it has; None where it is like the others.
    """

    name: str
    seed: int | None = None
    style: str | None = None
    preset: str | None = None


@dataclass(frozen=True)
class VariantPlan:
    """Variants that are to be made.

    Parameters
    ----------
    folder
        The folder of them all.
    jobs
        A run for each.
    record
        What all of them have in common, which the folder keeps.
    """

    folder: Path
    jobs: tuple[Job, ...]
    record: Mapping[str, Any]

    def make_folder(self) -> None:
        """Make the folder, and write down in it what its runs are variants of.

        Raises
        ------
        RunFolderError
            If the disk refuses.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise could_not_be_written(self.folder, error) from error
        if not (self.folder / RECORD).exists():
            write_whole(self.folder / RECORD, json.dumps(self.record, indent=1) + "\n")


def variants_called(text: str, seed: int = 0) -> tuple[Variant, ...]:
    """The variants that a word asks for.

    Parameters
    ----------
    text
        A number of seeds, ``"4"``; or names of styles and presets, ``"faithful,collage,classic"``. A name that both a
        style and a preset have is the style's; ``"none"`` is no style.
    seed
        The first seed.

    Raises
    ------
    ParameterError
        If it is neither, or if a name stands twice.

    Examples
    --------
    >>> [variant.name for variant in variants_called("3", 7)]
    ['seed-7', 'seed-8', 'seed-9']
    """
    written = text.strip()
    if written.isascii() and written.isdigit():
        if not 1 <= int(written) <= MAX_VARIANTS:
            raise ParameterError(f"variants: expected 1 to {MAX_VARIANTS} seeds, got {written}")
        return tuple(Variant(f"seed-{n}", seed=n) for n in range(seed, seed + int(written)))
    names = [name.strip() for name in written.split(",")]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ParameterError(f"variants: '{twice}' stands twice in '{text}'; name each once")
    styles, presets = style_paths(), paths_of(PRESETS)
    found = []
    for name in names:
        if name in styles or name == NO_STYLE:
            found.append(Variant(name, style=name))
        elif name in presets:
            found.append(Variant(name, preset=name))
        else:
            raise ParameterError(
                f"variants: expected a number of seeds, or names with commas between them, got '{name}'; "
                f"there are the styles {', '.join(styles)}, {NO_STYLE}, and the presets {', '.join(presets)}"
            )
    return tuple(found)


def plan_variants(
    variants: str,
    target: Path,
    library: Sequence[Path],
    *,
    folder: Path | None = None,
    preset: str | None = None,
    style: str | None = None,
    flags: Mapping[str, Any] | None = None,
    assignments: Sequence[str] = (),
) -> VariantPlan:
    """Plan variants of a song: the folder of them all, and a run for each; nothing is made yet.

    Parameters
    ----------
    variants
        As in :func:`variants_called`; the first seed is the one that the settings have.
    target, library
        The song and the other sounds.
    folder
        Where they are to live: a new folder, or one that holds variants of the same. When None, the first of
        ``song-mosaic``, ``song-mosaic-2``, ... in the working folder that is such a one.
    preset, style, flags, assignments
        What all of them have, as in :func:`phenotune.run.project.prepare`.

    Raises
    ------
    ParameterError
        For variants that do not exist, or that contradict what all of them are to have.
    RunFolderError
        If the folder holds something else.
    """
    common = read_settings(preset, style=style, flags=flags, assignments=assignments)
    chosen = variants_called(variants, common.run.seed)
    for variant in chosen:
        if variant.style is not None and style is not None:
            raise ParameterError(
                f"variants: '{variant.name}' is a style, and --style {style} is another; leave it out"
            )
        if variant.preset is not None and preset is not None:
            raise ParameterError(
                f"variants: '{variant.name}' is a preset, and --preset {preset} is another; leave it out"
            )
    record = _record(
        target,
        library,
        preset=preset,
        style=style,
        flags=flags or {},
        assignments=assignments,
    )
    place = _free_folder(target, record) if folder is None else _checked(folder, record)
    jobs = (
        Job(
            name=variant.name,
            folder=place / "variants" / variant.name,
            target=target,
            library=tuple(library),
            preset=variant.preset or preset,
            style=variant.style or style,
            flags=dict(flags or {}),
            # Last of all, so that no other layer has the last word on what makes a variant.
            assignments=(
                *assignments,
                *([] if variant.seed is None else [f"run.seed={variant.seed}"]),
            ),
        )
        for variant in chosen
    )
    return VariantPlan(place, tuple(jobs), record)


def variant_folders(folder: Path) -> list[Path] | None:
    """The run folders of the variants in a folder, those with a mosaic; None where it is no folder of variants."""
    if not (folder / RECORD).exists():
        return None
    found = [path.parents[1] for path in (folder / "variants").glob("*/out/mosaic.json")]
    return sorted(found, key=lambda path: (_seed_in(path.name), path.name))


def _seed_in(name: str) -> int:
    """The seed that a variant is called after, so that the tenth comes after the second; 0 for others."""
    number = name.rpartition("-")[2]
    return int(number) if number.isascii() and number.isdigit() else 0


def _record(
    target: Path,
    library: Sequence[Path],
    *,
    preset: str | None,
    style: str | None,
    flags: Mapping[str, Any],
    assignments: Sequence[str],
) -> dict[str, Any]:
    """What all variants of a folder have in common."""
    lasting = {name: value for name, value in flags.items() if name not in _OF_A_SITTING}
    fixed = [a for a in assignments if a.partition("=")[0].strip() not in _OF_A_SITTING]
    return {
        "format": FORMAT,
        "version": VERSION,
        "target": _whole(target),
        "library": [_whole(path) for path in library],
        "preset": preset,
        "style": style,
        "flags": json.loads(json.dumps(lasting, default=str)),
        "assignments": fixed,
    }


def _whole(path: Path) -> str:
    return path.absolute().as_posix()


def _free_folder(target: Path, record: Mapping[str, Any]) -> Path:
    for number in count(1):
        path = Path(f"{target.stem}-mosaic{f'-{number}' if number > 1 else ''}")
        if not path.exists() or _read(path) == record:
            return path
    raise AssertionError("there is always another number")


def _checked(folder: Path, record: Mapping[str, Any]) -> Path:
    """A folder that may hold variants of this."""
    if folder.is_file():
        raise RunFolderError(f"{folder}: is a file; name a folder for the variants")
    if not folder.exists() or not any(folder.iterdir()):
        return folder
    before = _read(folder)
    if before is None:
        raise RunFolderError(
            f"{folder}: holds other things than variants; name a new folder, or an empty one"
        )
    differing = [name for name, value in record.items() if before.get(name) != value]
    if differing:
        raise RunFolderError(
            f"{folder}: holds variants that were made otherwise ({', '.join(differing)}); "
            "name another folder, or call it as it was called before"
        )
    return folder


def _read(folder: Path) -> dict[str, Any] | None:
    try:
        content = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None
