"""Whole films, decoded again: size, length, what is seen, and that the sound is where it belongs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from phenotune.audio.files import read_sound
from phenotune.errors import MissingExtraError, ParameterError, RunFolderError
from phenotune.report.film import making, video
from phenotune.report.film.layout import Layout
from phenotune.report.film.making import (
    check_suffix,
    film_frame,
    make_animation,
    make_film,
    n_frames_of,
    silent_moments,
)
from phenotune.report.film.painter import Painter, Story
from phenotune.report.film.timeline import Timeline

RATE_HZ = 44_100
TIMELINE = Timeline(RATE_HZ, 2 * RATE_HZ, 1, (0, 29_400, 58_800))
FPS = 25


@pytest.fixture
def sound(rng: np.random.Generator) -> np.ndarray:
    """Two seconds of ticks, which tell of any shift, over a tone; the two channels differ."""
    t = np.arange(2 * RATE_HZ) / RATE_HZ
    tone = 0.1 * np.sin(2 * np.pi * 330 * t)
    ticks = np.exp(-((t % 0.37) / 0.004)) * rng.uniform(-0.4, 0.4, t.size)
    return np.stack([tone + ticks, tone - ticks]).astype(np.float32)


@pytest.fixture
def film(story: Story, layout: Layout, sound: np.ndarray, tmp_path: Path) -> Callable[..., Path]:
    """Make a film of a kind: ``film(".mp4", progress=shares.append)``."""

    def make(suffix: str, *, rate_hz: int = RATE_HZ, progress: Any = lambda share: None) -> Path:
        path = tmp_path / f"film{suffix}"
        timeline = TIMELINE if rate_hz == RATE_HZ else Timeline(rate_hz, 2 * rate_hz, 1, (0,))
        samples = sound if rate_hz == RATE_HZ else sound[:, : 2 * rate_hz]
        make_film(
            path, story, layout, timeline=timeline, fps=FPS, samples=samples, progress=progress
        )
        return path

    return make


def lag_samples(heard: np.ndarray, sent: np.ndarray) -> int:
    """By how much one sound comes later than the other, by their cross-correlation."""
    n = 1 << (heard.size + sent.size).bit_length()
    product = np.fft.rfft(heard, n) * np.conj(np.fft.rfft(sent, n))
    peak = int(np.argmax(np.fft.irfft(product, n)))
    return peak - n if peak > n // 2 else peak


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_a_film_is_as_long_as_its_sound_and_shows_the_scenes(
    film: Callable[..., Path], suffix: str, story: Story, layout: Layout
) -> None:
    av = pytest.importorskip("av")
    shares: list[float] = []
    path = film(suffix, progress=shares.append)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height, stream.average_rate) == (480, 320, FPS)
        pictures = [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)]
        times_s = 1e-6 * container.duration
    assert len(pictures) == 2 * FPS
    assert times_s == pytest.approx(2.0, abs=1.5 / FPS)
    assert shares == [(i + 1) / 50 for i in range(50)]
    panel = layout.mosaic
    bright = [int(pictures[i][panel.rows, panel.columns].astype(int).sum()) for i in (2, 30, 49)]
    assert bright[0] < bright[1] < bright[2]
    painter = Painter(story, layout)
    for number in (10, 49):
        drawn = film_frame(painter, TIMELINE, number, FPS).astype(int)
        # The colours come back as they were, but for what the encoder saves.
        assert np.abs(pictures[number] - drawn).mean() < 4.0


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_the_sound_is_where_it_belongs(
    film: Callable[..., Path], suffix: str, sound: np.ndarray
) -> None:
    pytest.importorskip("av")
    heard = read_sound(film(suffix))
    assert heard.samples.shape[0] == 2
    sent = sound
    if heard.rate_hz != RATE_HZ:
        from phenotune.audio.resampling import resample

        sent = resample(sound, RATE_HZ, heard.rate_hz)
    for channel in range(2):
        assert abs(lag_samples(heard.samples[channel], sent[channel])) <= heard.rate_hz // 1000
    n = min(heard.samples.shape[1], sent.shape[1])
    loss = heard.samples[:, :n] - sent[:, :n]
    assert np.sqrt((loss**2).mean()) < 0.3 * np.sqrt((sent**2).mean())


def test_a_rate_that_the_encoder_does_not_know_is_changed(film: Callable[..., Path]) -> None:
    pytest.importorskip("av")
    assert read_sound(film(".mp4", rate_hz=20_000)).rate_hz == 48_000


def test_without_the_extra_it_says_which(
    film: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "av", None)
    assert not video.is_there()
    with pytest.raises(MissingExtraError, match=r"writing mp4 needs the extra 'video'"):
        film(".mp4")
    assert list(tmp_path.iterdir()) == []


def test_without_an_encoder_it_says_so(
    film: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("av")
    kind = video.Format(video={"nothing": {}}, audio={"aac": {}}, rates_hz=(44_100,), container={})
    monkeypatch.setitem(video.FORMATS, ".mp4", kind)
    with pytest.raises(RunFolderError, match="has none of the encoders nothing; choose another"):
        film(".mp4")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_ctrl_c_leaves_nothing(film: Callable[..., Path], suffix: str, tmp_path: Path) -> None:
    pytest.importorskip("av")

    def interrupt(share: float) -> None:
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        film(suffix, progress=interrupt)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".webp", ".png", ".apng", ".gif"])
def test_an_animation_has_the_scenes_and_repeats(
    story: Story, layout: Layout, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"film{suffix}"
    shares: list[float] = []
    make_animation(path, story, layout, progress=shares.append)
    moments = silent_moments(3)
    painter = Painter(story, layout)
    with Image.open(path) as image:
        assert image.size == (480, 320)
        assert image.n_frames == len(moments)
        assert image.info.get("loop", 0) == 0
        for number in (0, len(moments) // 2, len(moments) - 1):
            image.seek(number)
            seen = np.asarray(image.convert("RGB")).astype(int)
            scene, age_s, _ = moments[number]
            assert np.abs(seen - painter.frame(scene, age_s)).mean() < 4.0
    assert shares == sorted(shares)
    assert list(tmp_path.iterdir()) == [path]


def test_an_animation_that_is_broken_off_leaves_nothing(
    story: Story, layout: Layout, tmp_path: Path
) -> None:
    def interrupt(share: float) -> None:
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_animation(tmp_path / "film.webp", story, layout, progress=interrupt)
    assert list(tmp_path.iterdir()) == []


def test_scenes_of_an_animation_last_a_second_and_the_last_longer() -> None:
    moments = silent_moments(3)
    for scene, length_ms in ((0, 1000), (1, 1000), (2, 4000)):
        assert sum(duration for number, _, duration in moments if number == scene) == length_ms
    assert all(duration > 0 for _, _, duration in moments)


@pytest.mark.parametrize(("fps", "n_frames"), [(25, 50), (1, 2), (30, 60), (24, 48)])
def test_a_film_has_as_many_frames_as_its_sound_lasts(fps: int, n_frames: int) -> None:
    assert n_frames_of(TIMELINE, fps) == n_frames


def test_names_that_are_no_film() -> None:
    assert check_suffix(Path("My.Film.MP4")) == ".mp4"
    assert set(video.FORMATS) == set(making.WITH_SOUND)
    with pytest.raises(ParameterError, match=r"film\.avi: .*\.mp4, \.webm \(with sound\), \.webp,"):
        check_suffix(Path("film.avi"))
