from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from phenotune.audio.cache import SoundCache
from phenotune.audio.digests import sha256_of
from phenotune.audio.files import read_sound, write_sound
from phenotune.audio.resampling import resample
from phenotune.errors import AudioFileError, MissingExtraError, TargetError
from phenotune.library.target import Target, open_target


def opened(path: Path, cache: SoundCache, engine_rate_hz: int = 22_050) -> Target:
    return open_target(path, engine_rate_hz, cache=cache, min_s=0.05)


@pytest.mark.parametrize("rate_hz", [8_000, 22_050, 44_100, 192_000])
@pytest.mark.parametrize("n_channels", [1, 2])
def test_a_target_is_brought_to_the_rate_of_the_engine(
    n_channels: int, rate_hz: int, cache: SoundCache, write_noise: Callable[..., Path]
) -> None:
    path = write_noise("song.wav", duration_s=0.2, n_channels=n_channels, rate_hz=rate_hz)
    target = opened(path, cache)
    assert (target.path, target.sha256) == (path, sha256_of(path))
    assert (target.rate_hz, target.n_channels, target.n_samples) == (
        *(rate_hz, n_channels, round(0.2 * rate_hz)),
    )
    assert (target.duration_s, target.engine_rate_hz) == (0.2, 22_050)
    assert target.samples.shape == (n_channels, 4410)
    assert not target.samples.flags.writeable
    expected = resample(read_sound(path).samples, rate_hz, 22_050)
    np.testing.assert_array_equal(target.samples, expected)


def test_stereo_in_name_only_is_mono(
    cache: SoundCache, tmp_path: Path, rng: np.random.Generator
) -> None:
    mono = (0.1 * rng.standard_normal((1, 5000))).astype(np.float32)
    path = tmp_path / "song.wav"
    write_sound(path, np.repeat(mono, 2, axis=0), 44_100, bits=32)
    target = opened(path, cache, 44_100)
    assert target.n_channels == 1
    np.testing.assert_array_equal(target.samples, mono)
    stereo = np.repeat(mono, 2, axis=0)
    stereo[1, 17] += 0.001
    write_sound(path, stereo, 44_100, bits=32)
    target = opened(path, cache, 44_100)
    assert target.n_channels == 2
    np.testing.assert_array_equal(target.samples, stereo)


def test_one_channel_of_six(cache: SoundCache, tmp_path: Path, rng: np.random.Generator) -> None:
    for channel in range(6):
        samples = np.zeros((6, 5000), dtype=np.float32)
        samples[channel] = 0.1 * rng.standard_normal(5000)
        write_sound(tmp_path / "song.wav", samples, 44_100, bits=32)
        target = opened(tmp_path / "song.wav", cache, 44_100)
        assert target.n_channels == (1 if channel in (2, 3) else 2)
        assert np.abs(target.samples).max() > 0.1


@pytest.mark.parametrize(
    ("samples", "reason"),
    [
        (np.zeros((2, 0), np.float32), r"holds no sound \(0 samples\)"),
        (
            np.ones((1, 1), np.float32),
            r"is too short \(0\.02268 ms; at least 50 ms are needed\)",
        ),
        (
            np.ones((2, 2204), np.float32),
            r"is too short \(49\.98 ms; at least 50 ms are needed\)",
        ),
        (np.zeros((2, 5000), np.float32), r"is silent \(every sample is 0\)"),
    ],
)
def test_targets_that_cannot_be_rebuilt(
    samples: np.ndarray, reason: str, cache: SoundCache, tmp_path: Path
) -> None:
    write_sound(tmp_path / "song.wav", samples, 44_100)
    with pytest.raises(TargetError, match=rf"song\.wav: {reason}; it cannot be rebuilt") as caught:
        opened(tmp_path / "song.wav", cache)
    assert caught.value.exit_code == 1


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_target_that_is_not_finite(bad: float, cache: SoundCache, tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    write_sound(path, np.full((1, 5000), 0.5, np.float32), 44_100, bits=32)
    content = bytearray(path.read_bytes())
    content[-400:-396] = np.float32(bad).tobytes()
    path.write_bytes(content)
    with pytest.raises(TargetError, match=r"holds values that are not finite"):
        opened(path, cache)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", r"is empty \(0 bytes\)"),
        (b"La la la.\n" * 100, "is not a sound file that can be decoded"),
        (b"RIFF\xff\xff\0\0WAVEfmt ", "is cut short"),
    ],
)
def test_files_that_cannot_be_decoded(
    content: bytes, reason: str, cache: SoundCache, tmp_path: Path
) -> None:
    (tmp_path / "song.wav").write_bytes(content)
    with pytest.raises(AudioFileError, match=rf"song\.wav: {reason}"):
        opened(tmp_path / "song.wav", cache)


def test_a_missing_target(cache: SoundCache, tmp_path: Path) -> None:
    with pytest.raises(AudioFileError, match=r"song\.wav: does not exist"):
        opened(tmp_path / "song.wav", cache)


def test_a_target_that_needs_an_extra(
    cache: SoundCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "av", None)
    (tmp_path / "song.m4a").write_bytes(b"\0\0\0\x20ftypM4A " + bytes(100))
    with pytest.raises(MissingExtraError, match=r"pip install 'phenotune\[formats\]'"):
        opened(tmp_path / "song.m4a", cache)


def test_a_real_target(real_audio: Path, cache: SoundCache) -> None:
    path = min(real_audio.glob("targets/*.ogg"), key=lambda path: path.stat().st_size)
    info, target = soundfile.info(path), opened(path, cache)
    assert (target.rate_hz, target.n_samples) == (info.samplerate, info.frames)
    assert target.n_channels <= min(info.channels, 2)
    n_samples = round(info.frames * 22_050 / info.samplerate)
    assert target.samples.shape == (target.n_channels, n_samples)


def test_without_a_cache_the_user_s_own_is_used(
    write_noise: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHENOTUNE_CACHE", str(tmp_path / "mine"))
    open_target(write_noise("song.wav"), 44_100, min_s=0.05)
    assert len(list((tmp_path / "mine" / "sounds").glob("*.sound"))) == 1
