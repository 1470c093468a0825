"""Sound for the tests of the audio room, made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.audio.cache import SoundCache


@pytest.fixture
def noise(rng: np.random.Generator) -> Callable[..., Samples]:
    """Soft white noise of so many channels and samples."""

    def make(n_channels: int, n_samples: int) -> Samples:
        return (0.1 * rng.standard_normal((n_channels, n_samples))).astype(np.float32)

    return make


@pytest.fixture
def tones() -> Callable[..., Samples]:
    """A sine in each channel, each of another frequency."""

    def make(frequencies_hz: list[float], rate_hz: int, duration_s: float = 1.0) -> Samples:
        time_s = np.arange(round(duration_s * rate_hz)) / rate_hz
        return np.stack([0.2 * np.sin(2 * np.pi * hz * time_s) for hz in frequencies_hz]).astype(
            np.float32
        )

    return make


@pytest.fixture
def pitches() -> Callable[..., list[int]]:
    """The loudest frequency of each channel, in Hz."""

    def find(samples: Samples, rate_hz: int) -> list[int]:
        spectra = np.abs(np.fft.rfft(samples * np.hanning(samples.shape[1])))
        return [round(bin_ * rate_hz / samples.shape[1]) for bin_ in spectra.argmax(axis=1)]

    return find


@pytest.fixture
def cache(tmp_path: Path) -> SoundCache:
    return SoundCache(tmp_path / "cache")


@pytest.fixture
def write_with_av() -> Callable[..., None]:
    """Encode sound with PyAV; the test is skipped where there is none."""
    av = pytest.importorskip("av", reason="PyAV is not installed (the extra 'formats')")

    def write(
        path: Path,
        samples: Samples,
        rate_hz: int,
        *,
        codec: str,
        layout: str = "stereo",
        tags: dict[str, str] | None = None,
    ) -> None:
        with av.open(str(path), "w") as container:
            stream = container.add_stream(codec, rate=rate_hz, layout=layout)
            container.metadata.update(tags or {})
            sample_format = stream.codec_context.format
            convert = av.AudioResampler(format=sample_format, layout=layout, rate=rate_hz)
            for start in range(0, samples.shape[1], 1024):
                interleaved = samples[:, start : start + 1024].T.reshape(1, -1)
                frame = av.AudioFrame.from_ndarray(interleaved, format="flt", layout=layout)
                frame.sample_rate = rate_hz
                frame.pts = start
                frame.time_base = Fraction(1, rate_hz)
                for converted in convert.resample(frame):
                    container.mux(stream.encode(converted))
            container.mux(stream.encode(None))

    return write
