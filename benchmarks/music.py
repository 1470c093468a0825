"""Where the benchmarks find music: real recordings where there are some, else what the demo makes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from phenotune.audio.files import read_sound, write_sound
from phenotune.demo.make import make_demo

PROJECT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Pair:
    """A target, and what it is rebuilt from."""

    name: str
    target: Path
    library: Path


def audio_folder() -> Path | None:
    """Folder with ``targets/`` and ``library/``: ``$PHENOTUNE_AUDIO``, else ``../shared/audio`` beside the project."""
    named = os.environ.get("PHENOTUNE_AUDIO")
    folder = Path(named) if named else PROJECT.parent / "shared" / "audio"
    return folder if (folder / "targets").is_dir() else None


def pairs(folder: Path, duration_s: float = 30.0) -> Iterator[Pair]:
    """Pairs of target and library; only the first seconds of a target are used.

    Parameters
    ----------
    folder
        Where shortened targets, or the demo's music, are written.
    duration_s
        Seconds of each target.
    """
    audio = audio_folder()
    if audio is None:
        demo = make_demo(folder / "demo")
        yield Pair("demo", demo.target, demo.library)
        return
    libraries = sorted(path for path in (audio / "library").iterdir() if path.is_dir())
    by_size = sorted(libraries, key=lambda path: -len(list(path.iterdir())))
    targets = {path.stem: path for path in sorted((audio / "targets").iterdir())}
    wanted = [("vibe_ace", by_size[0]), ("hungarian_dance", by_size[-1])]
    known = [(name, library) for name, library in wanted if name in targets]
    for name, library in known or [(name, by_size[0]) for name in targets]:
        sound = read_sound(targets[name])
        short = folder / f"{name}.wav"
        n_samples = round(duration_s * sound.rate_hz)
        write_sound(short, sound.samples[:, :n_samples], sound.rate_hz, bits=24)
        yield Pair(f"{name} from {library.name}", short, library)
