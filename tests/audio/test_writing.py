from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from phenotune.arrays import Samples
from phenotune.audio import writing
from phenotune.audio.dither import quantise_dithered
from phenotune.audio.files import read_sound, write_sound
from phenotune.audio.writing import check_format, fitting_rate_hz, is_clipped, write_blocks
from phenotune.errors import ParameterError, RunFolderError

Maker = Callable[..., Samples]


def cut(samples: Samples, *lengths: int) -> Iterator[Samples]:
    first = 0
    for length in lengths:
        yield samples[:, first : first + length]
        first += length


@pytest.mark.parametrize(
    ("name", "bits"),
    [("a.wav", 16), ("a.wav", 24), ("a.wav", 32), ("a.flac", 24), ("a.aiff", 24), ("a.aif", 32)],
)
def test_blocks_give_the_file_of_the_whole(
    name: str, bits: int, noise: Maker, tmp_path: Path
) -> None:
    samples = noise(2, 150_000)
    write_sound(tmp_path / name, samples, 44_100, bits=bits)
    whole = (tmp_path / name).read_bytes()
    blocks = cut(samples, 1, 99_999, 0, 50_000)
    write_blocks(tmp_path / name, blocks, 44_100, size=(2, 150_000), bits=bits)
    assert (tmp_path / name).read_bytes() == whole


@pytest.mark.parametrize(("bits", "tolerance"), [(16, 2**-15), (24, 2**-23), (32, 0.0)])
def test_aiff_keeps_what_its_bits_hold(
    bits: int, tolerance: float, noise: Maker, tmp_path: Path
) -> None:
    samples = noise(2, 1000)
    write_sound(tmp_path / "a.aiff", samples, 48_000, bits=bits)
    sound = read_sound(tmp_path / "a.aiff")
    assert sound.rate_hz == 48_000
    np.testing.assert_allclose(sound.samples, samples, rtol=0, atol=tolerance)


def test_opus_comes_back_where_it_was(tones: Maker, tmp_path: Path) -> None:
    samples = tones([440, 660], 48_000, 2.0)
    write_sound(tmp_path / "a.opus", samples, 48_000)
    sound = read_sound(tmp_path / "a.opus")
    assert (sound.rate_hz, sound.samples.shape) == (48_000, samples.shape)
    assert np.abs(sound.samples - samples)[:, 5000:-5000].max() < 0.06


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.aiff"])
def test_sixteen_bits_are_dithered_as_they_are_read(
    name: str, noise: Maker, tmp_path: Path
) -> None:
    samples = noise(2, 100_000)
    chance = np.random.default_rng(5)
    wanted = quantise_dithered(samples, np.random.default_rng(5))
    write_blocks(
        tmp_path / name,
        cut(samples, 70_000, 30_000),
        44_100,
        size=(2, 100_000),
        bits=16,
        dither=chance,
    )
    found, _ = soundfile.read(tmp_path / name, dtype="int16")
    assert np.array_equal(found.T, wanted)


@pytest.mark.parametrize(("name", "bits"), [("a.wav", 24), ("a.wav", 32), ("a.ogg", 16)])
def test_what_has_no_sixteen_bits_gets_no_noise(name: str, bits: int, tmp_path: Path) -> None:
    chance = np.random.default_rng(5)
    before = chance.bit_generator.state
    silence = np.zeros((1, 1000), np.float32)
    write_blocks(tmp_path / name, [silence], 44_100, size=(1, 1000), bits=bits, dither=chance)
    assert chance.bit_generator.state == before
    assert not read_sound(tmp_path / name).samples.any()


def test_what_goes_wrong_in_between_comes_out_and_leaves_nothing(
    noise: Maker, tmp_path: Path
) -> None:
    def blocks() -> Iterator[Samples]:
        yield noise(1, 100_000)
        raise RunFolderError("the well is dry")

    (tmp_path / "a.flac").write_bytes(b"old")
    with pytest.raises(RunFolderError, match="the well is dry"):
        write_blocks(tmp_path / "a.flac", blocks(), 44_100, size=(1, 200_000))
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.flac", b"old")]


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C otherwise")
@pytest.mark.parametrize("name", ["a.wav", "a.ogg", "a.m4a"])
def test_ctrl_c_between_two_blocks_leaves_nothing(
    name: str, noise: Maker, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    if name == "a.m4a":
        pytest.importorskip("av", reason="PyAV is not installed (the extra 'formats')")

    def blocks() -> Iterator[Samples]:
        yield noise(1, 100_000)
        os.kill(os.getpid(), signal.SIGINT)
        yield noise(1, 100_000)

    with pytest.raises(KeyboardInterrupt):
        write_blocks(tmp_path / name, blocks(), 44_100, size=(1, 200_000))
    assert not list(tmp_path.iterdir())
    assert capfd.readouterr().err == ""


def test_rates_that_a_format_has_not_got() -> None:
    with pytest.raises(ParameterError, match=r"a.opus: expected one of the rates .* got 44100 Hz"):
        check_format("a.opus", 24, 44_100)
    with pytest.raises(ParameterError, match="MP3 cannot hold 2 channels at 96000 Hz"):
        check_format("a.mp3", 24, 96_000, 2)
    check_format("a.flac", 24, 96_000, 2)


@pytest.mark.parametrize(
    ("name", "rate_hz", "fitting_hz"),
    [
        ("a.opus", 44_100, 48_000),
        ("a.opus", 96_000, 48_000),
        ("a.opus", 12_000, 12_000),
        ("a.OPUS", 8001, 12_000),
        ("a.wav", 44_101, 44_101),
        ("a.xyz", 44_100, 44_100),
    ],
)
def test_the_rate_that_fits(name: str, rate_hz: int, fitting_hz: int) -> None:
    assert fitting_rate_hz(name, rate_hz) == fitting_hz


def test_floats_do_not_clip_and_all_else_does() -> None:
    names = ["a.wav", "a.aiff", "a.flac", "a.ogg", "a.opus", "a.mp3", "a.m4a"]
    assert [is_clipped(name, 24) for name in names] == [True] * 7
    assert [name for name in names if name != "a.flac" and not is_clipped(name, 32)] == names[:2]


def test_a_huge_wav_is_an_rf64(
    noise: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples = noise(2, 1000)
    monkeypatch.setattr(writing, "_MAX_WAV_BYTES", 5999)
    write_sound(tmp_path / "a.wav", samples, 44_100, bits=24)
    assert (tmp_path / "a.wav").read_bytes().startswith(b"RF64")
    np.testing.assert_allclose(read_sound(tmp_path / "a.wav").samples, samples, atol=2**-23)
    write_sound(tmp_path / "a.wav", samples, 44_100, bits=16)
    assert (tmp_path / "a.wav").read_bytes().startswith(b"RIFF")


@pytest.mark.parametrize(("bits", "step"), [(16, 2.0**-15), (24, 2.0**-23)])
@pytest.mark.parametrize("suffix", ["wav", "flac", "aiff"])
def test_whole_numbers_can_be_rounded_to_the_nearest(
    rng: np.random.Generator, tmp_path: Path, suffix: str, bits: int, step: float
) -> None:
    """libsndfile by itself rounds down: half a step of constant offset."""
    samples = rng.uniform(-0.25, 0.25, (2, 20_000)).astype(np.float32)
    path = tmp_path / f"a.{suffix}"
    write_sound(path, samples, 44_100, bits=bits, to_nearest=True)
    error = (read_sound(path).samples.astype(np.float64) - samples) / step
    assert np.abs(error).max() <= 0.51  # its full scale is 2**31 - 1
    assert (
        abs(error.mean()) < 0.06
    )  # floats often lie halfway between two steps of 24 bits; those go up
