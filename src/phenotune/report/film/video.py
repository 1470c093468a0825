"""Films with sound: MP4 and WebM, by PyAV, which the extra ``video`` brings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phenotune.arrays import Samples
from phenotune.audio.resampling import resample
from phenotune.errors import MissingExtraError, RunFolderError
from phenotune.report.film.letters import Frame

AUDIO_BITS_PER_S = 192_000
GAP_S = 0.5
"""How far pictures run ahead of the sound in the file at most."""


@dataclass(frozen=True, slots=True)
class Format:
    """What a film of a kind is made of.

    Parameters
    ----------
    video, audio
        Names of encoders by FFmpeg, the wanted one first, with their options.
    rates_hz
        Rates that the sound may have; the last is the one for sound of any other.
    container
        Options of the file.
    """

    video: dict[str, dict[str, str]]
    audio: dict[str, dict[str, str]]
    rates_hz: tuple[int, ...]
    container: dict[str, str]


FORMATS = {
    ".mp4": Format(
        video={
            "libx264": {"crf": "19", "preset": "veryfast"},
            "libopenh264": {"b": "6000000"},
            "mpeg4": {"b": "8000000"},
        },
        audio={"aac": {}},
        rates_hz=(44_100, 48_000),
        # The index at the beginning, so that a browser can start before it has all.
        container={"movflags": "+faststart"},
    ),
    ".webm": Format(
        video={
            "libvpx-vp9": {
                "crf": "30",
                "b": "0",
                "deadline": "realtime",
                "cpu-used": "8",
                "row-mt": "1",
                "tile-columns": "2",
            },
            "libvpx": {"crf": "10", "b": "4000000", "deadline": "realtime", "cpu-used": "8"},
        },
        audio={"libopus": {}, "opus": {"strict": "-2"}, "libvorbis": {}},
        rates_hz=(48_000,),
        container={},
    ),
}


def is_there() -> bool:
    """Whether films with sound can be made here."""
    try:
        import av  # noqa: F401
    except ImportError:
        return False
    return True


def write_film(
    path: Path, frames: Iterable[Frame], fps: int, samples: Samples, rate_hz: int
) -> None:
    """Write a film with sound.

    Parameters
    ----------
    path
        The file, which ends in ``.mp4`` or ``.webm``; whoever calls sees to it that it is written whole.
    frames
        uint8 (height, width, 3) each, all of the same size; taken one by one.
    fps
        Frames a second.
    samples
        The sound, float32 (n_channels, n_samples), one or two channels.
    rate_hz
        Its rate.

    Raises
    ------
    MissingExtraError
        If PyAV is not installed.
    RunFolderError
        If this PyAV has no encoder for it, or FFmpeg fails.
    OSError
        If the disk refuses.
    """
    try:
        import av
    except ImportError as error:
        raise MissingExtraError(f"writing {path.suffix[1:]}", "video") from error
    kind = FORMATS[path.suffix.lower()]
    wanted_hz = rate_hz if rate_hz in kind.rates_hz else kind.rates_hz[-1]
    sound = np.clip(resample(samples, rate_hz, wanted_hz), -1.0, 1.0)
    names = _encoder(av, kind.video, path), _encoder(av, kind.audio, path)
    try:
        # An absolute path, lest a name with a colon be taken for a protocol.
        with av.open(str(path.absolute()), "w", container_options=kind.container) as container:
            writer = _Writer(av, container, kind, names, fps)
            writer.write(frames, sound, wanted_hz)
    except OSError:
        raise
    except (av.FFmpegError, ValueError) as error:
        raise RunFolderError(f"{path.name}: FFmpeg could not make it ({error})") from error


class _Writer:
    """Two streams of a file, fed side by side."""

    def __init__(
        self, av: Any, container: Any, kind: Format, names: tuple[str, str], fps: int
    ) -> None:
        self._av, self._container, self._fps = av, container, fps
        self._video_options, self._audio_options = kind.video[names[0]], kind.audio[names[1]]
        self._names = names
        self._video: Any = None
        self._audio: Any = None

    def write(self, frames: Iterable[Frame], sound: Samples, rate_hz: int) -> None:
        self._audio = self._add_audio(sound.shape[0], rate_hz)
        n_sent = 0
        for number, frame in enumerate(frames):
            if self._video is None:
                self._video = self._add_video(frame.shape[1], frame.shape[0])
            until = round((number / self._fps + GAP_S) * rate_hz)
            self._send_sound(sound[:, n_sent:until], n_sent, rate_hz)
            n_sent = max(n_sent, min(until, sound.shape[1]))
            self._container.mux(self._video.encode(self._picture(frame, number)))
        self._send_sound(sound[:, n_sent:], n_sent, rate_hz)
        for stream in (self._video, self._audio):
            if stream is not None:
                self._container.mux(stream.encode(None))

    def _add_video(self, width: int, height: int) -> Any:
        stream = self._container.add_stream(
            self._names[0], rate=self._fps, options=self._video_options
        )
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = Fraction(1, self._fps)
        stream.codec_context.thread_type = "AUTO"
        # Said to the player as well: without it some take the colours of old television.
        context = stream.codec_context
        context.colorspace = context.color_primaries = context.color_trc = BT709
        context.color_range = TELEVISION_RANGE
        return stream

    def _add_audio(self, n_channels: int, rate_hz: int) -> Any:
        stream = self._container.add_stream(
            self._names[1], rate=rate_hz, options=self._audio_options
        )
        stream.codec_context.layout = "mono" if n_channels == 1 else "stereo"
        stream.bit_rate = AUDIO_BITS_PER_S
        return stream

    def _picture(self, frame: Frame, number: int) -> Any:
        picture = self._av.VideoFrame.from_ndarray(frame, format="rgb24").reformat(
            format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG"
        )
        picture.pts, picture.time_base = number, Fraction(1, self._fps)
        return picture

    def _send_sound(self, sound: NDArray[np.float32], start: int, rate_hz: int) -> None:
        if sound.shape[1] == 0:
            return
        planes = np.ascontiguousarray(sound)
        layout = "mono" if len(planes) == 1 else "stereo"
        piece = self._av.AudioFrame.from_ndarray(planes, format="fltp", layout=layout)
        piece.sample_rate, piece.pts = rate_hz, start
        piece.time_base = Fraction(1, rate_hz)
        self._container.mux(self._audio.encode(piece))


BT709 = 1
TELEVISION_RANGE = 1
"""Numbers by which FFmpeg knows the colours of high-definition television, and their range."""


def _encoder(av: Any, wanted: dict[str, dict[str, str]], path: Path) -> str:
    """The first encoder that this PyAV has."""
    for name in wanted:
        try:
            av.codec.Codec(name, "w")
        except ValueError:  # UnknownCodecError
            continue
        return name
    raise RunFolderError(
        f"{path.name}: this PyAV has none of the encoders {', '.join(wanted)}; choose another suffix"
    )
