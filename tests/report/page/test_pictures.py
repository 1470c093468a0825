from __future__ import annotations

import io

import numpy as np
from PIL import Image

from phenotune.report.page.facts import Heard
from phenotune.report.page.pictures import AXIS, MAX_COLUMNS, colours, spectrograms

RATE_HZ = 44_100


def tone(frequency_hz: float, amplitude: float, duration_s: float = 1.0) -> Heard:
    t = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    return Heard(
        (amplitude * np.sin(2 * np.pi * frequency_hz * t)[np.newaxis]).astype("f4"), RATE_HZ
    )


def indexes(png: bytes) -> np.ndarray:
    image = Image.open(io.BytesIO(png))
    assert image.mode == "P"
    return np.asarray(image)


def test_both_are_drawn_on_one_scale_with_the_bass_at_the_bottom() -> None:
    drawn = spectrograms(tone(1000.0, 0.5), tone(4000.0, 0.05))
    assert drawn.target is not None
    assert drawn.mosaic is not None
    loud, soft = indexes(drawn.target), indexes(drawn.mosaic)
    assert loud.shape == soft.shape == (AXIS.n_bands, 60)
    assert loud.max() == 255
    # 20 dB of 72.
    assert abs(int(soft.max()) - round(255 * (1 - 20 / 72))) <= 8
    at = [AXIS.n_bands - 1 - int(picture[:, 30].argmax()) for picture in (loud, soft)]
    edges_hz = AXIS.edges_hz()
    for band, hz in zip(at, (1000.0, 4000.0), strict=True):
        assert edges_hz[band - 1] <= hz <= edges_hz[band + 2]
    places = dict(drawn.ticks)
    assert abs(places[1000] - (at[0] + 0.5) / AXIS.n_bands) < 0.01


def test_colours_grow_brighter() -> None:
    brightness = colours().astype(float) @ [0.2126, 0.7152, 0.0722]
    assert colours().shape == (256, 3)
    assert (np.diff(brightness) > -1.0).all()
    assert brightness[-1] > 220 > 20 > brightness[0]


def test_a_sound_that_is_missing_has_no_picture() -> None:
    drawn = spectrograms(None, tone(440.0, 0.1))
    assert drawn.target is None
    assert drawn.mosaic is not None
    assert spectrograms(None, None).mosaic is None


def test_a_long_sound_is_no_wider_than_browsers_draw() -> None:
    drawn = spectrograms(None, Heard(np.zeros((1, 8000 * 90), np.float32), 8000))
    assert drawn.mosaic is not None
    assert indexes(drawn.mosaic).shape[1] == MAX_COLUMNS
