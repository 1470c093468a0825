"""One file of the sound cache: what is known of a sound, and its samples, ready to be mapped into memory.

An entry is a line ``phenotune sound 1 HEADER_BYTES``, a line of JSON, blanks up to ``HEADER_BYTES``, and the samples as
little-endian float32, one channel after the other. Facts and samples are one file, so they can never disagree.
"""

from __future__ import annotations

import dataclasses
import json
import mmap
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from phenotune.arrays import Samples
from phenotune.audio.levels import active_rms, peak
from phenotune.audio.resampling import resample
from phenotune.units import samples_to_s

TEMPORARY_SUFFIX = ".tmp"

_MAGIC = "phenotune sound 1"
_PAGE_BYTES = 4096

# Every mapping holds a file descriptor, of which a process has a few hundred; short sounds are read instead.
_MAX_BYTES_READ = 1 << 20


@dataclass(frozen=True)
class SoundFacts:
    """What is known of a decoded sound without listening to it again.

    Parameters
    ----------
    sha256
        Of the bytes of the file, in hexadecimal digits.
    rate_hz, n_channels, n_samples
        The sound's own rate, its channels after folding (1 or 2), and its samples in each.
    is_finite
        Whether it is free of NaN and infinity.
    peak, active_rms
        Largest absolute amplitude, and the level of the parts that sound; both 0.0 for what is not finite.
    tags
        What the file says of itself.
    """

    sha256: str
    rate_hz: int
    n_channels: int
    n_samples: int
    is_finite: bool
    peak: float
    active_rms: float
    tags: dict[str, str]

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return samples_to_s(self.n_samples, self.rate_hz)


@dataclass(frozen=True)
class CachedSound(SoundFacts):
    """A decoded sound: its facts, and its samples.

    Parameters
    ----------
    samples
        float32 of shape (n_channels, n_samples), read-only; mapped into memory where it is long.
    """

    samples: Samples


_FACTS = tuple(field.name for field in dataclasses.fields(SoundFacts))


def examined(samples: Samples, rate_hz: int, sha256: str, tags: dict[str, str]) -> CachedSound:
    """Take the facts of sound of one or two channels that has just been decoded."""
    is_finite = bool(np.isfinite(samples).all())
    return CachedSound(
        sha256=sha256,
        rate_hz=rate_hz,
        n_channels=samples.shape[0],
        n_samples=samples.shape[1],
        is_finite=is_finite,
        peak=peak(samples) if is_finite else 0.0,
        active_rms=active_rms(samples, rate_hz) if is_finite else 0.0,
        tags=tags,
        samples=_read_only(samples),
    )


def facts_of(sound: SoundFacts) -> SoundFacts:
    """Give the facts without the samples."""
    return SoundFacts(**{name: getattr(sound, name) for name in _FACTS})


def resampled(sound: CachedSound, rate_hz: int) -> CachedSound:
    """Take a sound to another rate; its levels are those of the original."""
    samples = resample(sound.samples, sound.rate_hz, rate_hz)
    return dataclasses.replace(
        sound, rate_hz=rate_hz, n_samples=samples.shape[1], samples=_read_only(samples)
    )


def write_entry(path: Path, sound: CachedSound) -> int:
    """Write an entry whole or not at all, and return its size in bytes.

    Unlike the files that a run leaves, it is not synchronised to the disk: it can always be made again, and one whose
    tail is missing after a crash is found out by its size.

    Raises
    ------
    OSError
        If the disk refuses.
    """
    header = _header(sound)
    handle, name = tempfile.mkstemp(suffix=TEMPORARY_SUFFIX, dir=path.parent)
    try:
        with open(handle, "wb") as file:
            file.write(header)
            for channel in sound.samples.astype("<f4", copy=False):
                file.write(np.ascontiguousarray(channel).data)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return len(header) + sound.samples.nbytes


def read_facts(path: Path) -> SoundFacts | None:
    """Read the facts of an entry; None if there is none, or a broken one."""
    try:
        with open(path, "rb") as file:
            return _read_header(file)[0]
    except (OSError, ValueError, TypeError):
        return None


def read_entry(path: Path) -> CachedSound | None:
    """Open an entry, mapping its samples or reading them; None if there is none, or a broken one."""
    try:
        with open(path, "rb") as file:
            facts, start = _read_header(file)
            n_bytes = 4 * facts.n_channels * facts.n_samples
            if n_bytes <= _MAX_BYTES_READ:
                flat = np.frombuffer(file.read(n_bytes), dtype="<f4")
            else:
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                flat = np.frombuffer(mapped, dtype="<f4", offset=start)
            samples = flat.reshape(facts.n_channels, facts.n_samples)
    except (OSError, ValueError, TypeError):
        return None
    return CachedSound(**vars(facts), samples=samples)


def _read_only(samples: Samples) -> Samples:
    view = samples.view()
    view.flags.writeable = False
    return view


def _header(sound: CachedSound) -> bytes:
    line = json.dumps(vars(facts_of(sound)))
    # The first line is always shorter than 64 bytes.
    n_bytes = _PAGE_BYTES * -(-(len(line) + 64) // _PAGE_BYTES)
    return f"{_MAGIC} {n_bytes}\n{line}\n".encode("ascii").ljust(n_bytes)


def _read_header(file: BinaryIO) -> tuple[SoundFacts, int]:
    """Read the facts, and where the samples begin; leaves the file there. ValueError or TypeError if broken."""
    page = file.read(_PAGE_BYTES)
    first_line = page.partition(b"\n")[0]
    magic, _, number = first_line.decode("ascii").rpartition(" ")
    if magic != _MAGIC:
        raise ValueError("not an entry of this version")
    n_header = int(number)
    n_bytes = os.fstat(file.fileno()).st_size
    if not _PAGE_BYTES <= n_header <= n_bytes:
        raise ValueError("the header is torn")
    header = page + file.read(n_header - len(page))
    facts = SoundFacts(**json.loads(header[len(first_line) :]))
    if n_bytes != n_header + 4 * facts.n_channels * facts.n_samples:
        raise ValueError("the entry is torn")
    return facts, n_header
