"""Writing sound files, as a whole or block by block; beside ``files`` the only place that imports soundfile."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import numpy as np
import soundfile
from numpy.typing import NDArray

from phenotune.arrays import Samples, check_samples
from phenotune.audio import av_files, formats
from phenotune.audio.dither import quantise, quantise_dithered
from phenotune.audio.streams import Stream
from phenotune.audio.undisturbed import undisturbed
from phenotune.errors import ParameterError
from phenotune.whole_files import whole_file

ANY_BITS = (16, 24, 32)

_MAX_WAV_BYTES = 2**32 - 2**16
# In pieces: some releases of libsndfile overflow their stack on a long piece of Vorbis.
_SAMPLES_AT_ONCE = 1 << 16

Write: TypeAlias = Callable[[Any], None]
"""Takes the next piece of sound, float32 or int16 (n_channels, n_samples)."""


@dataclass(frozen=True, slots=True)
class _Format:
    """How one kind of file is written.

    Parameters
    ----------
    name
        What libsndfile calls it; what people call it where PyAV writes it.
    subtypes
        What libsndfile calls each number of bits; the same for all of them where the format has none.
    rates_hz
        The only rates that it has, from low to high; any when empty.
    needs_av
        Whether PyAV writes it.
    """

    name: str
    subtypes: dict[int, str]
    rates_hz: tuple[int, ...] = ()
    needs_av: bool = False

    @property
    def is_lossy(self) -> bool:
        """Whether it has no bits: a mere likeness is written, and no noise shall be put into it."""
        return len(set(self.subtypes.values())) == 1


_AIFF = _Format("AIFF", {16: "PCM_16", 24: "PCM_24", 32: "FLOAT"})
_FORMATS = {
    ".wav": _Format("WAV", {16: "PCM_16", 24: "PCM_24", 32: "FLOAT"}),
    ".flac": _Format("FLAC", {16: "PCM_16", 24: "PCM_24"}),
    ".aiff": _AIFF,
    ".aif": _AIFF,
    ".ogg": _Format("OGG", dict.fromkeys(ANY_BITS, "VORBIS")),
    ".opus": _Format(
        "OGG", dict.fromkeys(ANY_BITS, "OPUS"), (8000, 12_000, 16_000, 24_000, 48_000)
    ),
    ".mp3": _Format("MP3", dict.fromkeys(ANY_BITS, "MPEG_LAYER_III")),
    ".m4a": _Format("M4A", dict.fromkeys(ANY_BITS, "AAC"), av_files.AAC_RATES_HZ, needs_av=True),
}


def write_sound(
    path: str | Path,
    samples: Samples,
    rate_hz: int,
    *,
    bits: int = 24,
    to_nearest: bool = False,
) -> None:
    """Write a sound file whole or not at all; the same sound gives the same bytes in WAV, FLAC and AIFF.

    Parameters
    ----------
    path
        The file; its suffix is the format: ``.wav``, ``.flac``, ``.aiff``, ``.ogg`` (Vorbis), ``.opus``, ``.mp3``, or
        ``.m4a`` (AAC), which needs the extra ``formats``.
    samples
        Sound, float32 of shape (n_channels, n_samples). Beyond 1.0 it clips, save where floats are written; see
        :func:`phenotune.audio.levels.scale_to_fit`.
    rate_hz
        Its rate.
    bits
        16, 24, or 32 for float, which is for WAV and AIFF. Lossy formats have no bits and ignore it.
    to_nearest
        As in :func:`write_blocks`.

    Raises
    ------
    ParameterError
        If there is no such format, or it cannot hold this many bits or channels or this rate.
    MissingExtraError
        If writing it needs an extra that is not installed.
    RunFolderError
        If the disk refuses; what was there before is then untouched.
    """
    check_samples(samples)
    n_channels, n_samples = samples.shape
    starts = range(0, n_samples, _SAMPLES_AT_ONCE)
    pieces = (samples[:, start : start + _SAMPLES_AT_ONCE] for start in starts)
    size = (n_channels, n_samples)
    write_blocks(path, pieces, rate_hz, size=size, bits=bits, to_nearest=to_nearest)


def write_blocks(
    path: str | Path,
    blocks: Iterable[Samples],
    rate_hz: int,
    *,
    size: tuple[int, int],
    bits: int = 24,
    dither: np.random.Generator | None = None,
    to_nearest: bool = False,
) -> None:
    """Write sound that comes in blocks into a file, whole or not at all; no more than a block is held.

    Parameters
    ----------
    path, rate_hz, bits
        As in :func:`write_sound`.
    blocks
        Float32 (n_channels, n_samples each); whatever making them raises comes out, and leaves no file.
    size
        Channels, and samples of all blocks together.
    dither
        Where the noise comes from that is added to 16 bits (:mod:`phenotune.audio.dither`); None for none. Where there
        are more bits, or none, nothing is added.
    to_nearest
        Whether whole numbers are rounded to the nearest, as dithered ones always are; else down, as libsndfile does it,
        which is half a step too low on average.

    Raises
    ------
    ParameterError, MissingExtraError, RunFolderError
        As :func:`write_sound`.
    """
    path = Path(path)
    kind = check_format(path, bits, rate_hz, size[0])
    prepared = _preparation(kind, bits, dither, to_nearest)
    with whole_file(path) as temporary:
        with _encoder(kind, temporary, rate_hz, size, bits) as write:
            for block in blocks:
                for start in range(0, block.shape[1], _SAMPLES_AT_ONCE):
                    piece = block[:, start : start + _SAMPLES_AT_ONCE]
                    write(prepared(piece))
        with open(temporary, "r+b") as file:
            _forget_time_of_writing(file)


def _preparation(
    kind: _Format, bits: int, dither: np.random.Generator | None, to_nearest: bool
) -> Callable[[Samples], Any]:
    """What is done to a piece before libsndfile gets it."""
    if not kind.is_lossy:
        if bits == 16 and dither is not None:
            return lambda piece: quantise_dithered(piece, dither)
        if bits == 16 and to_nearest:
            return quantise
        if (
            bits == 24 and to_nearest and kind.name != "FLAC"
        ):  # which is rounded to the nearest anyway
            # Half a step; float32's own steps are no wider than that below full scale.
            return lambda piece: piece + np.float32(2.0**-24)
    return lambda piece: piece


def check_format(
    path: str | Path, bits: int, rate_hz: int | None = None, n_channels: int = 1
) -> _Format:
    """Make sure that a file can be written under a name, which it is good to know before the sound is made.

    Parameters
    ----------
    path, bits
        As in :func:`write_sound`.
    rate_hz, n_channels
        What it shall hold; not looked at without a rate.

    Raises
    ------
    ParameterError, MissingExtraError
        As :func:`write_sound`.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in _FORMATS:
        raise ParameterError(f"{path}: expected a name that ends in {', '.join(_FORMATS)}")
    kind = _FORMATS[suffix]
    if bits not in kind.subtypes:
        choices = ", ".join(str(choice) for choice in kind.subtypes)
        raise ParameterError(f"{path}: expected bits to be one of {choices}, got {bits!r}")
    if kind.needs_av:
        av_files.import_av(f"writing {path}")
    if rate_hz is not None:
        if kind.rates_hz and rate_hz not in kind.rates_hz:
            choices = ", ".join(str(choice) for choice in kind.rates_hz)
            raise ParameterError(
                f"{path}: expected one of the rates that the format has ({choices} Hz), got {rate_hz} Hz"
            )
        if not kind.needs_av:
            stream = Stream(io.BytesIO())
            with _libsndfile(stream, rate_hz, n_channels, (kind.name, kind.subtypes[bits])):
                pass
    return kind


def is_clipped(path: str | Path, bits: int) -> bool:
    """Whether a file with this name and these bits clips beyond full scale, as all do but those of floats.

    >>> is_clipped("song.wav", 24), is_clipped("song.wav", 32), is_clipped("song.mp3", 32)
    (True, False, True)
    """
    return _FORMATS[Path(path).suffix.lower()].subtypes[bits] != "FLOAT"


def fitting_rate_hz(path: str | Path, rate_hz: int) -> int:
    """The rate itself where the format of a name has it, else the next higher that it has, else its highest.

    >>> fitting_rate_hz("song.opus", 44_100), fitting_rate_hz("song.wav", 44_100)
    (48000, 44100)
    """
    kind = _FORMATS.get(Path(path).suffix.lower())
    if kind is None or not kind.rates_hz or rate_hz in kind.rates_hz:
        return rate_hz
    return min((each for each in kind.rates_hz if each > rate_hz), default=kind.rates_hz[-1])


@contextmanager
def _encoder(
    kind: _Format, path: Path, rate_hz: int, size: tuple[int, int], bits: int
) -> Iterator[Write]:
    """Open the encoder of a format on a file that is there already."""
    n_channels, n_samples = size
    if kind.needs_av:
        with av_files.writing_aac(path, rate_hz, n_channels) as write:
            yield write
        return
    is_huge = kind.name == "WAV" and n_channels * n_samples * bits // 8 > _MAX_WAV_BYTES
    names = ("RF64" if is_huge else kind.name, kind.subtypes[bits])
    with (
        open(path, "r+b") as file,
        _libsndfile(Stream(file), rate_hz, n_channels, names) as write,
    ):
        yield write


@contextmanager
def _libsndfile(
    stream: Stream, rate_hz: int, n_channels: int, format_and_subtype: tuple[str, str]
) -> Iterator[Write]:
    """Open an encoder on a stream, give what writes blocks, and finish the file whatever happens meanwhile."""
    name, subtype = format_and_subtype
    encoder: soundfile.SoundFile | None = None
    try:
        with _translated(stream), undisturbed():
            try:
                encoder = soundfile.SoundFile(
                    stream, "w", rate_hz, n_channels, format=name, subtype=subtype
                )
            except soundfile.LibsndfileError as error:
                raise stream.error or ParameterError(
                    f"{name} cannot hold {n_channels} channels at {rate_hz} Hz ({words(error, stream)})"
                ) from error

        def write(samples: Samples | NDArray[np.int16]) -> None:
            with _translated(stream), undisturbed():
                encoder.write(samples.T)

        yield write
    finally:
        if encoder is not None:
            with _translated(stream), undisturbed():
                encoder.close()


@contextmanager
def _translated(stream: Stream) -> Iterator[None]:
    """Raise what writing met as what it was, which no callback can."""
    try:
        yield
    except (soundfile.LibsndfileError, AssertionError) as error:
        raise stream.error or OSError(str(error)) from error
    if stream.error is not None:
        raise stream.error


def _forget_time_of_writing(file: BinaryIO) -> None:
    """Blank the time stamp that libsndfile puts into the PEAK chunk of a file of floats."""
    file.seek(0)
    place = file.read(formats.HEAD_BYTES).find(b"PEAK")
    if place >= 0:
        # Name, size and version of the chunk, four bytes each, come before the time.
        file.seek(place + 12)
        file.write(bytes(4))


def words(error: soundfile.LibsndfileError, stream: Stream) -> str:
    """What libsndfile has to say, without the name of the stream."""
    if stream.error is not None:
        return str(stream.error.strerror)
    if (
        error.code == 7
    ):  # "File does not exist or is not a regular file", said of what only looks like MP3
        return "no sound found in it"
    text = str(error.error_string).removeprefix("Error : ").rstrip(".")
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]  # not "mPEG"
