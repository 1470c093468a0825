"""Tempo and first beat of clicks, drums and music; and how little is said of what has no beat."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.audio.files import read_sound
from phenotune.demo.performance import perform
from phenotune.demo.song import COUNT_IN_S, TEMPO_BPM
from phenotune.errors import ParameterError
from phenotune.spectra.flux import Flux, onset_flux
from phenotune.spectra.tempo import (
    LONGEST_S,
    TEETH,
    Tempo,
    autocorrelation,
    comb,
    find_first_beat_s,
    find_tempo,
)

RATE_HZ = 22_050
FIRST_S = 0.07
TEMPI_BPM = (60.0, 66.6, 77.7, 93.7, 100.0, 111.1, 120.0, 132.0, 147.3, 160.0, 174.0, 187.9, 200.0)
ROCK = {"kick": "x-----x-x-------", "snare": "----x-------x---", "hat": "x-x-x-x-x-x-x-x-"}
FOUR = {"kick": "x---x---x---x---", "snare": "----x-------x---", "hat": "--x---x---x---x-"}
WALTZ = {"kick": "x-----------", "snare": "----x---x---", "hat": "x---x---x---"}
SPARSE = {"kick": "x-------x-------", "snare": "----x-------x---", "hat": ""}


def stroke(rng: np.random.Generator, drum: str) -> np.ndarray:
    """One stroke of a drum, float64 (n_samples,)."""
    time_s = np.arange(round(0.25 * RATE_HZ)) / RATE_HZ
    noise = rng.standard_normal(time_s.size)
    if drum == "kick":
        fall = 55.0 * time_s + 3.0 * (1.0 - np.exp(-time_s / 0.02))
        return np.asarray(0.8 * np.sin(2.0 * np.pi * fall) * np.exp(-time_s / 0.08))
    if drum == "snare":
        return np.asarray(0.3 * noise * np.exp(-time_s / 0.05))
    return np.asarray(0.1 * np.diff(noise, prepend=0.0) * np.exp(-time_s / 0.02))


def played(
    rng: np.random.Generator,
    parts: dict[str, str],
    bpm: float,
    *,
    swing: float = 0.5,
    bars: int = 6,
) -> Samples:
    """A pattern of sixteenths, played to the sample; with swing the second eighth of each beat comes late."""
    beat_s = 60.0 / bpm
    n_beats = bars * len(parts["kick"]) / 4.0
    sound = np.zeros(round((FIRST_S + n_beats * beat_s + 0.3) * RATE_HZ))
    for drum, marks in parts.items():
        one = stroke(rng, drum)
        for place in (i for i, mark in enumerate(bars * marks) if mark == "x"):
            beat, quarter = divmod(place, 4)
            late = (swing - 0.5) if quarter == 2 else 0.0
            start = round((FIRST_S + (beat + quarter / 4.0 + late) * beat_s) * RATE_HZ)
            sound[start : start + one.size] += one[: sound.size - start]
    return sound[np.newaxis].astype(np.float32)


def clicks(bpm: float, duration_s: float, first_s: float = FIRST_S) -> Samples:
    """A metronome."""
    sound = np.zeros((1, round(duration_s * RATE_HZ)), np.float32)
    tick = np.sin(2.0 * np.pi * 2000.0 * np.arange(110) / RATE_HZ) * np.exp(-np.arange(110) / 30.0)
    for beat in range(int((duration_s - first_s - 0.01) * bpm / 60.0) + 1):
        start = round((first_s + beat * 60.0 / bpm) * RATE_HZ)
        sound[0, start : start + 110] += 0.5 * tick[: sound.shape[1] - start].astype(np.float32)
    return sound


def beside_the_beat_s(tempo: Tempo, first_s: float = FIRST_S) -> float:
    """By how much a first beat misses a grid that has a line at ``first_s``."""
    beat_s = 60.0 / tempo.bpm
    return abs((tempo.first_beat_s - first_s + beat_s / 2.0) % beat_s - beat_s / 2.0)


@pytest.mark.parametrize("bpm", TEMPI_BPM)
def test_a_metronome(bpm: float) -> None:
    tempo = find_tempo(clicks(bpm, 12.0), RATE_HZ)
    assert tempo.bpm == pytest.approx(bpm, abs=0.1)
    assert beside_the_beat_s(tempo) < 0.005
    assert tempo.confidence > 0.9
    assert (tempo.half_bpm, tempo.double_bpm) == (tempo.bpm / 2.0, tempo.bpm * 2.0)


def test_equal_strokes_too_fast_to_count_are_counted_in_twos() -> None:
    assert find_tempo(clicks(262.0, 12.0), RATE_HZ).bpm == pytest.approx(131.0, abs=0.1)


@pytest.mark.parametrize("bpm", [84.0, 93.7, 106.3, 118.0, 127.1, 140.0])
@pytest.mark.parametrize(
    "parts", [ROCK, FOUR, WALTZ, SPARSE], ids=["rock", "four", "waltz", "sparse"]
)
@pytest.mark.parametrize("swing", [0.5, 0.62])
def test_drums(rng: np.random.Generator, parts: dict[str, str], bpm: float, swing: float) -> None:
    tempo = find_tempo(played(rng, parts, bpm, swing=swing), RATE_HZ)
    assert tempo.bpm == pytest.approx(bpm, abs=0.2)
    assert beside_the_beat_s(tempo) < 0.015
    assert tempo.confidence > 0.8


@pytest.mark.parametrize("bpm", [60.0, 66.6, 162.2, 174.0, 200.0])
def test_far_from_the_usual_the_tempo_or_its_double_or_half(
    rng: np.random.Generator, bpm: float
) -> None:
    tempo = find_tempo(played(rng, ROCK, bpm), RATE_HZ)
    named = (tempo.half_bpm, tempo.bpm, tempo.double_bpm)
    assert min(abs(one - bpm) for one in named) < 0.2


def test_the_middle_of_a_long_song_tells_the_first_beat_of_the_whole(
    rng: np.random.Generator,
) -> None:
    song = clicks(93.7, LONGEST_S + 40.0)
    song[:, : 10 * RATE_HZ] = 0.05 * rng.standard_normal((1, 10 * RATE_HZ))
    tempo = find_tempo(song, RATE_HZ)
    assert tempo.bpm == pytest.approx(93.7, abs=0.005)
    assert beside_the_beat_s(tempo) < 0.01
    middle = song[:, 20 * RATE_HZ : -20 * RATE_HZ]
    assert find_tempo(middle, RATE_HZ).bpm == tempo.bpm


def test_the_same_sound_gives_the_same_tempo_to_the_bit(rng: np.random.Generator) -> None:
    song = played(rng, ROCK, 101.3)
    assert find_tempo(song, RATE_HZ) == find_tempo(song.copy(), RATE_HZ)


@pytest.mark.parametrize("duration_s", [0.3, 1.0, 2.5, 6.0, 20.0])
def test_noise_has_no_beat(rng: np.random.Generator, duration_s: float) -> None:
    noise = 0.1 * rng.standard_normal((2, round(duration_s * RATE_HZ)))
    assert find_tempo(noise.astype(np.float32), RATE_HZ).confidence < 0.1


def test_strokes_at_random_have_no_beat(rng: np.random.Generator) -> None:
    song = np.zeros((1, 15 * RATE_HZ))
    for start in rng.integers(0, 14 * RATE_HZ, 60):
        one = stroke(rng, "snare")
        song[0, start : start + one.size] += one
    assert find_tempo(song.astype(np.float32), RATE_HZ).confidence < 0.2


def test_a_drone_has_no_beat() -> None:
    time_s = np.arange(10 * RATE_HZ) / RATE_HZ
    beating = np.sin(2.0 * np.pi * 110.0 * time_s) + np.sin(2.0 * np.pi * 112.0 * time_s)
    for drone in (np.sin(2.0 * np.pi * 110.0 * time_s), 0.4 * beating):
        tempo = find_tempo(drone[np.newaxis].astype(np.float32), RATE_HZ)
        assert tempo.confidence < 0.1


@pytest.mark.parametrize("n_samples", [0, 1, 2, 109, 110, 111, 1000, RATE_HZ])
def test_silence_of_any_length(n_samples: int) -> None:
    silence = np.zeros((2, n_samples), np.float32)
    assert find_tempo(silence, RATE_HZ) == Tempo(120.0, 0.0, 0.0)
    assert find_first_beat_s(silence, RATE_HZ, 90.0) == 0.0


@pytest.mark.parametrize("n_samples", [1, 2, 109, 110, 111, 5000, 15_000, 20_000])
def test_sounds_too_short_for_a_beat(rng: np.random.Generator, n_samples: int) -> None:
    sound = (0.1 * rng.standard_normal((1, n_samples))).astype(np.float32)
    tempo = find_tempo(sound, RATE_HZ)
    assert tempo.confidence < 0.1
    assert 40.0 <= tempo.bpm <= 251.0


def test_the_first_beat_of_a_tempo_that_is_known(rng: np.random.Generator) -> None:
    song = played(rng, FOUR, 111.1)
    assert find_first_beat_s(song, RATE_HZ, 111.1) == pytest.approx(FIRST_S, abs=0.01)
    # Of half the tempo it is where the bass drum has the snare beside it, or has not: one of the two.
    slow = find_first_beat_s(song, RATE_HZ, 111.1 / 2.0)
    assert min(abs(slow - FIRST_S), abs(slow - FIRST_S - 60.0 / 111.1)) < 0.01


def test_a_beat_on_the_first_sample_is_at_zero() -> None:
    assert find_tempo(clicks(125.0, 8.0, first_s=0.0), RATE_HZ).first_beat_s < 0.005


@pytest.mark.parametrize("bpm", [0.0, -1.0, float("nan")])
def test_a_tempo_that_is_none_is_refused(bpm: float) -> None:
    with pytest.raises(ParameterError, match="bpm: expected beats/min above 0"):
        find_first_beat_s(np.zeros((1, 100), np.float32), RATE_HZ, bpm)


def slow_comb(flux: Flux, near_bpm: float) -> tuple[float, float]:
    """Tempo and first beat by brute force: of every tempo near by and every phase, the sum of the envelope itself."""
    at_s = flux.first_s + flux.hop_s * np.arange(flux.full.size)
    best = (-1.0, 0.0, 0.0)
    for bpm in np.arange(0.96 * near_bpm, 1.04 * near_bpm, 0.05):
        for phase in range(64):
            first_s = phase / 64.0 * 60.0 / bpm
            beats_s = np.arange(first_s, at_s[-1], 60.0 / bpm)
            height = float(np.interp(beats_s, at_s, flux.weight).mean())
            best = max(best, (height, float(bpm), float(first_s)))
    return best[1], best[2]


@pytest.mark.parametrize("bpm", [93.7, 118.0])
def test_it_is_what_a_slow_comb_over_the_envelope_finds(
    rng: np.random.Generator, bpm: float
) -> None:
    song = played(rng, FOUR, bpm)
    tempo = find_tempo(song, RATE_HZ)
    slow_bpm, slow_first_s = slow_comb(onset_flux(song, RATE_HZ), tempo.bpm)
    assert tempo.bpm == pytest.approx(slow_bpm, abs=0.1)
    assert beside_the_beat_s(tempo, slow_first_s) < 0.012


def test_autocorrelation_is_what_a_slow_loop_finds(rng: np.random.Generator) -> None:
    envelope = rng.random(50)
    centred = envelope - envelope.mean()
    slow = [float(np.mean(centred[: 50 - lag] * centred[lag:])) for lag in range(37)]
    np.testing.assert_allclose(autocorrelation(envelope), np.array(slow) / slow[0], atol=1e-12)
    assert not autocorrelation(np.ones(8)).any()


def slow_height(alike: np.ndarray, period: int) -> float:
    """A comb for a period of whole frames that 30 divides."""
    teeth = [k * period for k in TEETH if k * period < alike.size]
    height = float(np.mean([alike[tooth] for tooth in teeth]))
    between = [float(np.mean([alike[tooth - period // n] for tooth in teeth])) for n in (2, 3, 5)]
    above = max(height, 0.0)
    faults = max(max(between) - 0.85 * above, 0.0) + max(0.2 * above - alike[period], 0.0)
    return height - 2.5 * faults


def test_a_comb_is_what_a_slow_loop_finds(rng: np.random.Generator) -> None:
    alike = rng.uniform(-0.2, 1.0, 1000)
    periods = [30, 60, 90, 150, 330, 510]
    slow = [slow_height(alike, period) for period in periods]
    np.testing.assert_allclose(comb(alike, np.array(periods, float)), slow, atol=1e-12)


def test_equal_strokes_have_one_tempo() -> None:
    alike = np.zeros(400)
    alike[::12] = 1.0
    one, half, third, fifth, double = comb(alike, 12.0 * np.array([1.0, 2.0, 3.0, 5.0, 0.5]))
    assert (one, double) == pytest.approx((1.0, 0.8 - 2.5 * 0.16))
    assert (half, third, fifth) == pytest.approx(3 * (1.0 - 2.5 * 0.15,))


@pytest.mark.slow
def test_the_song_of_the_demo() -> None:
    tempo = find_tempo(perform(RATE_HZ).astype(np.float32), RATE_HZ)
    assert tempo.bpm == pytest.approx(TEMPO_BPM, abs=0.1)
    assert beside_the_beat_s(tempo, COUNT_IN_S) < 0.015
    assert tempo.confidence > 0.8


def test_real_music(real_audio: Path) -> None:
    vibes = read_sound(real_audio / "targets" / "vibe_ace.ogg")
    tempo = find_tempo(vibes.samples, vibes.rate_hz)
    assert tempo.bpm == pytest.approx(130.0, abs=0.1)
    assert tempo.confidence > 0.6
    trumpet = read_sound(real_audio / "targets" / "trumpet_loop.ogg")
    assert find_tempo(trumpet.samples, trumpet.rate_hz).confidence < 0.4
    whale = read_sound(real_audio / "library" / "songs" / "humpback_whale.ogg")
    assert find_tempo(whale.samples, whale.rate_hz).confidence < 0.1
