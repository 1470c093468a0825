from __future__ import annotations

import base64
import io

import numpy as np
import pytest
import soundfile

from phenotune.report.page import sound as module
from phenotune.report.page.facts import Heard
from phenotune.report.page.sound import OVERLAP_S, PIECE_S, pack_sounds, pieces_of

RATE_HZ = 44_100


def noise(rng: np.random.Generator, duration_s: float, n_channels: int = 2) -> Heard:
    samples = 0.1 * rng.standard_normal((n_channels, round(duration_s * RATE_HZ)))
    return Heard(samples.astype(np.float32), RATE_HZ)


def decoded(text: str) -> tuple[np.ndarray, int]:
    samples, rate_hz = soundfile.read(io.BytesIO(base64.b64decode(text)), always_2d=True)
    return samples.T, rate_hz


def test_pieces_hold_the_sound_and_a_little_of_their_neighbours(rng: np.random.Generator) -> None:
    target, mosaic = noise(rng, 25.0), noise(rng, 25.0)
    packed = pack_sounds(target, mosaic)
    assert (packed.kind, packed.duration_s, packed.note) == ("flac", 25.0, "")
    assert [(name, number) for name, number, _ in pieces_of(packed)] == [
        ("target", 0),
        ("mosaic", 0),
        ("target", 1),
        ("mosaic", 1),
    ]
    lead, piece = round(OVERLAP_S * RATE_HZ), round(PIECE_S * RATE_HZ)
    for sound, texts in ((target, packed.target), (mosaic, packed.mosaic)):
        first, rate_hz = decoded(texts[0])
        second, _ = decoded(texts[1])
        assert rate_hz == RATE_HZ
        assert first.shape == second.shape == (2, piece + 2 * lead)
        assert not first[:, :lead].any()
        np.testing.assert_allclose(first[:, lead:], sound.samples[:, : piece + lead], atol=2**-15)
        rest = sound.samples[:, piece - lead :]
        np.testing.assert_allclose(second[:, : rest.shape[1]], rest, atol=2**-15)
        assert not second[:, rest.shape[1] :].any()


@pytest.mark.slow
def test_a_page_without_room_for_flac_has_mp3(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_TEXT_BYTES", 2e6)
    packed = pack_sounds(noise(rng, 25.0), noise(rng, 25.0))
    assert packed.kind == "mp3"
    assert packed.quality == module.MP3[0]
    assert "MP3: stereo, 192 kbit/s" in packed.note
    samples, rate_hz = decoded(packed.target[0])
    assert (len(samples), rate_hz) == (2, 44_100)


def test_a_very_long_song_is_heard_from_its_beginning(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_TEXT_BYTES", 4e5)
    packed = pack_sounds(noise(rng, 61.0), None)
    assert packed.quality == module.MP3[-1]
    assert packed.duration_s == pytest.approx(4e5 / (2 * 32 * 125 * 4 / 3))
    assert "Only the first 1 minutes" in packed.note
    assert len(packed.target) == 2


@pytest.mark.slow
def test_progress_never_falls_though_packing_begins_anew(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_TEXT_BYTES", 6e6)
    shares: list[float] = []
    pack_sounds(noise(rng, 100.0, 1), noise(rng, 100.0, 1), progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_what_exceeds_full_scale_is_turned_down(rng: np.random.Generator) -> None:
    loud = noise(rng, 1.0)
    loud.samples[0, 100] = 4.0
    samples, _ = decoded(pack_sounds(loud, None).target[0])
    lead = round(OVERLAP_S * RATE_HZ)
    np.testing.assert_allclose(
        samples[:, lead : lead + RATE_HZ], loud.samples * 0.999 / 4.0, atol=2**-14
    )


def test_mono_beside_stereo_is_packed_alike(rng: np.random.Generator) -> None:
    packed = pack_sounds(noise(rng, 1.0, 1), noise(rng, 1.0, 2))
    shapes = {decoded(texts[0])[0].shape for texts in (packed.target, packed.mosaic)}
    assert len(shapes) == 1


def test_a_page_may_be_silent(rng: np.random.Generator) -> None:
    packed = pack_sounds(noise(rng, 1.0), noise(rng, 1.0), "none")
    assert (packed.kind, packed.target, packed.note) == (
        None,
        (),
        "The page was made without sound.",
    )
    assert pack_sounds(None, None).note == ""
