from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from phenotune.audio.files import write_sound
from phenotune.audio.packed import flac_bytes, mp3_bytes
from phenotune.errors import ParameterError


@pytest.fixture
def samples(rng: np.random.Generator) -> np.ndarray:
    """Two seconds of noise in stereo."""
    return (0.1 * rng.standard_normal((2, 88_200))).astype(np.float32)


def test_flac_holds_sixteen_bits_of_every_sample(samples: np.ndarray) -> None:
    content = flac_bytes(samples, 44_100)
    assert content == flac_bytes(samples, 44_100)
    read, rate_hz = soundfile.read(io.BytesIO(content), dtype="float32")
    assert rate_hz == 44_100
    np.testing.assert_allclose(read.T, samples, atol=2**-15)


@pytest.mark.parametrize("kbps", [32, 64, 128, 192])
def test_mp3_takes_the_bits_that_it_is_given(samples: np.ndarray, kbps: int) -> None:
    content = mp3_bytes(samples, 44_100, kbps)
    assert len(content) * 8 / 2.0 / 1000 == pytest.approx(kbps, rel=0.07)
    assert soundfile.info(io.BytesIO(content)).samplerate == 44_100


def test_what_the_formats_do_not_have_is_refused(samples: np.ndarray) -> None:
    with pytest.raises(ParameterError, match="expected 32 to 320 kbit/s"):
        mp3_bytes(samples, 44_100, 500)
    with pytest.raises(ParameterError, match="got 128 at 22050 Hz"):
        mp3_bytes(samples, 22_050, 128)
    with pytest.raises(ParameterError, match="FLAC cannot hold 9 channels"):
        flac_bytes(np.zeros((9, 100), np.float32), 44_100)


@pytest.mark.parametrize("rate_hz", [22_050, 44_100])
def test_mp3_without_a_rate_of_bits_is_that_of_a_file(
    samples: np.ndarray, tmp_path: Path, rate_hz: int
) -> None:
    write_sound(tmp_path / "sound.mp3", samples, rate_hz)
    assert mp3_bytes(samples, rate_hz) == (tmp_path / "sound.mp3").read_bytes()
