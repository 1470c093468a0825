"""Where the benchmarks find music: real recordings where there are some, else what the demo makes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from phenotune.audio.channels import fold_to_stereo
from phenotune.audio.files import read_sound, write_sound
from phenotune.audio.resampling import resample
from phenotune.demo.make import make_demo
from phenotune.library.scan import find_sounds

PROJECT = Path(__file__).resolve().parents[1]
RATE_HZ = 44_100
ONE_SHOTS, SONGS = "one-shots", "songs"


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
    """Pairs of target and library: two of real recordings where there are some, else the demo's.

    Parameters
    ----------
    folder
        Where shortened targets, or the demo's music, are written.
    duration_s
        Seconds of each target, from its beginning.
    """
    wanted = [("vibe_ace", ONE_SHOTS), ("hungarian_dance", SONGS)]
    found = [pair for name, kind in wanted if (pair := find_pair(name, kind, folder, duration_s))]
    yield from found or [demo_pair(folder)]


def find_pair(target: str, kind: str, folder: Path, duration_s: float = 30.0) -> Pair | None:
    """A target by its name, and a library by its kind; None where these recordings are not there.

    Parameters
    ----------
    target
        Name of a file in ``targets/``, without its suffix; or ``demo``.
    kind
        ``one-shots``, the library of the most files, or ``songs``, that of the fewest.
    folder, duration_s
        As for :func:`pairs`.
    """
    if target == "demo":
        return demo_pair(folder)
    audio = audio_folder()
    found = sorted((audio / "targets").glob(f"{target}.*")) if audio else []
    if audio is None or not found:
        return None
    libraries = sorted(path for path in (audio / "library").iterdir() if path.is_dir())
    by_size = sorted(libraries, key=lambda path: -len(list(path.iterdir())))
    library = by_size[0] if kind == ONE_SHOTS else by_size[-1]
    short = folder / f"{target}.wav"
    if not short.exists():
        sound = read_sound(found[0])
        n_samples = round(duration_s * sound.rate_hz)
        write_sound(short, sound.samples[:, :n_samples], sound.rate_hz, bits=24)
    return Pair(f"{target} from {library.name}", short, library)


def demo_pair(folder: Path) -> Pair:
    """The demo's music, which is the same everywhere."""
    demo = make_demo(folder / "demo")
    return Pair("demo", demo.target, demo.library)


def write_long(folder: Path, sound: np.ndarray, n_minutes: int) -> Path:
    """A library of so many minutes, a minute a file, out of one stereo sound that is long enough to be told apart.

    Every file begins somewhere else in the sound, which goes on from its beginning where it ends: so files differ, and
    what is cut out of a small library is like what is cut out of a large one.
    """
    folder.mkdir(parents=True)
    n_samples = 60 * RATE_HZ
    for minute in range(n_minutes):
        first = minute * 1_000_003
        at = np.arange(first, first + n_samples) % sound.shape[1]
        write_sound(folder / f"minute-{minute:03}.wav", sound[:, at], RATE_HZ)
    return folder


def all_of(library: Path) -> np.ndarray:
    """Every sound of a library, one after the other, float32 (2, n_samples) at 44.1 kHz."""
    parts = []
    for path in find_sounds([library]):
        sound = read_sound(path)
        samples = resample(fold_to_stereo(sound.samples), sound.rate_hz, RATE_HZ)
        parts.append(np.broadcast_to(samples, (2, samples.shape[1])))
    return np.concatenate(parts, axis=1)
