from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.audio import files
from phenotune.audio.av_files import read_sound as read_with_av
from phenotune.audio.files import read_sound, write_sound
from phenotune.errors import AudioFileError, MissingExtraError, ParameterError

Maker = Callable[..., Samples]
MP4_HEAD = b"\0\0\0\x20ftypM4A \0\0\x02\0"


@pytest.mark.parametrize("name", ["song.m4a", "song.mp4"])
def test_aac_keeps_length_and_place(
    name: str,
    write_with_av: Callable[..., None],
    tones: Maker,
    pitches: Callable[..., list[int]],
    tmp_path: Path,
) -> None:
    samples = tones([440, 660], 44_100)
    samples[:, :22_050] = 0.0
    write_with_av(tmp_path / name, samples, 44_100, codec="aac")
    sound = read_sound(tmp_path / name)
    assert sound.rate_hz == 44_100
    assert sound.samples.dtype == np.float32
    assert sound.samples.flags.c_contiguous
    assert sound.samples.shape[0] == 2
    assert sound.samples.shape[1] in (44_100, 44_101)  # FFmpeg rounds the stated duration up
    assert pitches(sound.samples[:, 22_050:44_100], 44_100) == [440, 660]
    assert np.abs(sound.samples[:, :20_000]).max() < 0.01
    assert np.abs(sound.samples[:, 22_050:44_100]).max() == pytest.approx(0.2, rel=0.1)


@pytest.mark.parametrize("n_samples", [5000, 44_100, 50_001])
def test_lossless_m4a_is_exact(
    n_samples: int, write_with_av: Callable[..., None], noise: Maker, tmp_path: Path
) -> None:
    samples = noise(2, n_samples)
    write_with_av(tmp_path / "song.m4a", samples, 48_000, codec="alac")
    sound = read_sound(tmp_path / "song.m4a")
    np.testing.assert_allclose(sound.samples, samples, rtol=0, atol=2**-15)


@pytest.mark.parametrize(
    ("layout", "n_channels"), [("mono", 1), ("stereo", 2), ("5.1", 6), ("7.1", 8)]
)
def test_any_number_of_channels(
    layout: str,
    n_channels: int,
    write_with_av: Callable[..., None],
    tones: Maker,
    pitches: Callable[..., list[int]],
    tmp_path: Path,
) -> None:
    frequencies_hz = [300, 500, 800, 60, 1100, 1400, 1700, 2000][:n_channels]
    path = tmp_path / "song.mka"
    write_with_av(path, tones(frequencies_hz, 48_000), 48_000, codec="flac", layout=layout)
    sound = read_sound(path)
    assert pitches(sound.samples, 48_000) == frequencies_hz


def test_opus_in_webm(write_with_av: Callable[..., None], tones: Maker, tmp_path: Path) -> None:
    write_with_av(tmp_path / "song.webm", tones([440, 660], 48_000), 48_000, codec="libopus")
    sound = read_sound(tmp_path / "song.webm")
    assert (sound.samples.shape, sound.rate_hz) == ((2, 48_000), 48_000)


def test_opus_that_libsndfile_refuses(
    write_with_av: Callable[..., None],
    tones: Maker,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "song.ogg"
    write_with_av(path, tones([440, 660], 48_000), 48_000, codec="libopus")

    def refuse(path: Path) -> None:
        raise AudioFileError(path, "is malformed")

    monkeypatch.setattr(files, "_decode", refuse)
    assert read_sound(path).samples.shape == (2, 48_000)


def test_the_content_counts_and_not_the_name(
    write_with_av: Callable[..., None], noise: Maker, tmp_path: Path
) -> None:
    write_with_av(tmp_path / "song.m4a", noise(2, 44_100), 44_100, codec="alac")
    (tmp_path / "song.m4a").rename(tmp_path / "song.mp3")
    assert read_sound(tmp_path / "song.mp3").samples.shape == (2, 44_100)
    write_sound(tmp_path / "other.wav", noise(1, 100), 44_100)
    (tmp_path / "other.wav").rename(tmp_path / "other.m4a")
    assert read_sound(tmp_path / "other.m4a").samples.shape == (1, 100)


def test_a_name_with_a_colon_is_no_protocol(
    write_with_av: Callable[..., None],
    noise: Maker,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_with_av(tmp_path / "song.m4a", noise(2, 5000), 44_100, codec="alac")
    monkeypatch.chdir(tmp_path)
    Path("song.m4a").rename("concat:song.m4a")
    assert read_sound("concat:song.m4a").samples.shape == (2, 5000)


def test_tags(write_with_av: Callable[..., None], noise: Maker, tmp_path: Path) -> None:
    path = tmp_path / "song.m4a"
    tags = {"artist": "Björk", "title": "Jóga", "copyright": "all of it"}
    write_with_av(path, noise(2, 5000), 44_100, codec="aac", tags=tags)
    assert tags.items() <= read_sound(path).tags.items()


@pytest.mark.parametrize("suffix", ["m4a", "wma", "webm", "aac"])
def test_without_av_the_message_names_the_extra(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    heads = {
        "m4a": MP4_HEAD,
        "wma": bytes.fromhex("3026b2758e66cf11"),
        "webm": b"\x1a\x45\xdf\xa3",
        "aac": b"\xff\xf1\x50\x80",
    }
    path = tmp_path / f"song.{suffix}"
    path.write_bytes(heads[suffix] + bytes(100))
    with pytest.raises(
        MissingExtraError, match=rf"song\.{suffix} needs the extra 'formats': pip install"
    ) as caught:
        read_sound(path)
    assert (caught.value.extra, caught.value.exit_code) == ("formats", 1)


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_an_m4a_cut_short(
    share: float, write_with_av: Callable[..., None], noise: Maker, tmp_path: Path
) -> None:
    path = tmp_path / "song.m4a"
    write_with_av(path, noise(2, 44_100), 44_100, codec="aac")
    whole = path.read_bytes()
    path.write_bytes(whole[: max(100, int(share * len(whole)))])
    with pytest.raises(AudioFileError, match=r"is not a sound file that can be decoded \(inv"):
        read_sound(path)


def test_a_film_without_sound(tmp_path: Path) -> None:
    av = pytest.importorskip("av", reason="PyAV is not installed (the extra 'formats')")
    with av.open(str(tmp_path / "film.mp4"), "w") as container:
        stream = container.add_stream("mpeg4", rate=24)
        stream.width = stream.height = 16
        stream.pix_fmt = "yuv420p"
        picture = np.zeros((16, 16, 3), dtype=np.uint8)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    with pytest.raises(AudioFileError, match="has no sound track"):
        read_sound(tmp_path / "film.mp4")


def test_av_and_libsndfile_agree(noise: Maker, tmp_path: Path) -> None:
    pytest.importorskip("av", reason="PyAV is not installed (the extra 'formats')")
    for name in ("song.wav", "song.flac", "song.ogg", "song.mp3"):
        write_sound(tmp_path / name, noise(2, 44_100), 44_100)
        ours, theirs = read_sound(tmp_path / name), read_with_av(tmp_path / name)
        assert ours.rate_hz == theirs.rate_hz
        np.testing.assert_allclose(ours.samples, theirs.samples, atol=1e-4)


@pytest.mark.parametrize("n_channels", [1, 2])
@pytest.mark.parametrize("n_samples", [1, 1024, 50_001])
def test_aac_comes_back_where_it_was(
    n_samples: int, n_channels: int, tones: Callable[..., Samples], tmp_path: Path
) -> None:
    pytest.importorskip("av", reason="PyAV is not installed (the extra 'formats')")
    samples = tones([440, 660][:n_channels], 48_000, 2.0)[:, :n_samples]
    write_sound(tmp_path / "song.m4a", samples, 48_000)
    sound = read_sound(tmp_path / "song.m4a")
    assert (sound.rate_hz, sound.samples.shape) == (48_000, samples.shape)
    inner = slice(2000, n_samples - 2000)
    assert np.abs(sound.samples - samples)[:, inner].max(initial=0.0) < 0.01


def test_no_sound_at_all_as_aac(tmp_path: Path) -> None:
    pytest.importorskip("av", reason="PyAV is not installed (the extra 'formats')")
    write_sound(tmp_path / "song.m4a", np.zeros((2, 0), np.float32), 48_000)
    assert (tmp_path / "song.m4a").stat().st_size > 0


def test_the_same_sound_gives_the_same_aac(noise: Callable[..., Samples], tmp_path: Path) -> None:
    pytest.importorskip("av", reason="PyAV is not installed (the extra 'formats')")
    samples = noise(2, 10_000)
    for name in ("a.m4a", "b.m4a"):
        write_sound(tmp_path / name, samples, 44_100)
    assert (tmp_path / "a.m4a").read_bytes() == (tmp_path / "b.m4a").read_bytes()


def test_more_channels_than_aac_is_given(tmp_path: Path) -> None:
    pytest.importorskip("av", reason="PyAV is not installed (the extra 'formats')")
    with pytest.raises(ParameterError, match="expected one channel or two to write, got 3"):
        write_sound(tmp_path / "song.m4a", np.zeros((3, 10), np.float32), 44_100)
    assert not list(tmp_path.iterdir())


def test_writing_without_pyav_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(MissingExtraError, match=r"writing .*song.m4a needs the extra 'formats'"):
        write_sound(tmp_path / "song.m4a", np.zeros((1, 10), np.float32), 44_100)
    assert not list(tmp_path.iterdir())
