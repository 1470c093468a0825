"""What the search knows of the target."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from phenotune.errors import ParameterError, TargetError
from phenotune.spectra.analysis import analyse_bands
from phenotune.spectra.hearing import LEFT, MIDDLE, RIGHT, heard
from phenotune.spectra.layout import make_layout
from phenotune.spectra.settings import LawSettings, SpectraSettings
from phenotune.spectra.target import IMPORTANCE, MASK, TargetSpectra, prepare_target

SETTINGS = SpectraSettings()
DEAF = SpectraSettings(onset_weight=0.0)
LAYOUT = make_layout(SETTINGS)
ONSET_WEIGHT = 0.03
N_ONSET_BANDS = int(np.count_nonzero(LAYOUT.layer_of_band() == 0))


def prepare(samples: np.ndarray, settings: SpectraSettings = SETTINGS) -> TargetSpectra:
    return prepare_target(samples.astype(np.float32), LAYOUT, settings)


def errors_of(target: TargetSpectra, powers: np.ndarray) -> np.ndarray:
    """Error of each frame of each channel."""
    return np.stack(
        [target.errors(i, powers[i], 0, target.n_frames) for i in range(target.n_channels)]
    )


def errors_of_silence(target: TargetSpectra) -> np.ndarray:
    return errors_of(target, np.zeros_like(target.amplitudes))


def bands_of_sound(samples: np.ndarray, target: TargetSpectra) -> np.ndarray:
    return analyse_bands(heard(samples.astype(np.float32)), target.n_frames, LAYOUT)


def test_silence_has_the_distance_one_and_onsets_come_on_top(rng: np.random.Generator) -> None:
    samples = rng.standard_normal((2, 20_000))
    assert errors_of_silence(prepare(samples, DEAF)).sum() == pytest.approx(1.0, rel=1e-5)
    distance = errors_of_silence(prepare(samples)).sum()
    assert distance == pytest.approx(1.0 + ONSET_WEIGHT, rel=1e-5)


@pytest.mark.parametrize("n_channels", [1, 2])
def test_the_target_itself_has_the_distance_zero(rng: np.random.Generator, n_channels: int) -> None:
    samples = rng.standard_normal((n_channels, 20_000))
    target = prepare(samples)
    errors = errors_of(target, bands_of_sound(samples, target))
    np.testing.assert_allclose(errors, 0.0, atol=1e-15)  # onset strengths are kept in float32


def test_loudness_of_the_target_does_not_matter(rng: np.random.Generator) -> None:
    """The distance is relative to the target, so twice the level asks for twice the level and is otherwise the same."""
    samples = rng.standard_normal((1, 20_000))
    quiet, loud = prepare(0.25 * samples), prepare(samples)
    half, eighth = bands_of_sound(0.5 * samples, loud), bands_of_sound(0.125 * samples, quiet)
    np.testing.assert_allclose(errors_of(loud, half), errors_of(quiet, eighth), rtol=1e-4)


@pytest.mark.parametrize("n_speakers", [1, 2])
def test_each_channel_and_law_contributes_its_weight(
    rng: np.random.Generator, n_speakers: int
) -> None:
    """Left and right by what both have together, so that the one that is softer contributes less."""
    laws = (LawSettings(law="log", weight=3.0), LawSettings(law="fourth_root", weight=1.0))
    samples = rng.standard_normal((n_speakers, 20_000)) * np.array([[1.0], [0.3]])[:n_speakers]
    target = prepare(samples, SpectraSettings(laws=laws))
    n_channels = {1: 1, 2: 3}[n_speakers]
    assert (target.n_channels, target.n_speakers) == (n_channels, n_speakers)
    assert target.compressed.shape == (n_channels, 2, target.n_frames, LAYOUT.n_bands)
    logs = (target.compressed[:, 0] - np.log(target.floors)) ** 2 * target.weights[:, 0, None]
    roots = (target.compressed[:, 1] - target.floors**0.125) ** 2 * target.weights[:, 1, None]
    for cells, share in ((logs, 0.75), (roots, 0.25)):
        of_channels = cells.sum(axis=(1, 2))
        important = IMPORTANCE[n_channels]
        assert of_channels[MIDDLE] == pytest.approx(share * important[MIDDLE], rel=1e-4)
        assert of_channels.sum() == pytest.approx(share, rel=1e-4)
    if n_speakers == 2:
        assert logs[LEFT].sum() > 1.2 * logs[RIGHT].sum()


def test_the_laws_are_the_amplitude_and_a_fourth_root_beside_it() -> None:
    assert [(law.law, law.weight) for law in SETTINGS.laws] == [
        ("amplitude", 2.0), ("fourth_root", 1.0),
    ]  # fmt: skip


def test_stereo_is_compared_by_its_middle_and_by_left_and_right(rng: np.random.Generator) -> None:
    samples = rng.standard_normal((2, 20_000)).astype(np.float32)
    target = prepare(samples)
    channels = {MIDDLE: samples.mean(axis=0), LEFT: samples[0], RIGHT: samples[1]}
    for index, channel in channels.items():
        alone = prepare(channel[None]).amplitudes[0]
        np.testing.assert_allclose(target.amplitudes[index], alone, rtol=1e-3, atol=1e-6)


def test_silence_costs_half_in_the_middle_and_a_quarter_on_either_side_where_all_are_alike(
    rng: np.random.Generator,
) -> None:
    target = prepare(np.repeat(rng.standard_normal((1, 20_000)), 2, axis=0), DEAF)
    np.testing.assert_allclose(errors_of_silence(target).sum(axis=1), [0.5, 0.25, 0.25], rtol=1e-5)


@pytest.mark.parametrize("silent", [LEFT, RIGHT])
def test_a_speaker_that_is_silent_leaves_its_share_to_the_other(
    rng: np.random.Generator, silent: int
) -> None:
    samples = rng.standard_normal((2, 20_000))
    samples[silent - 1] = 0.0
    target = prepare(samples, DEAF)
    other = LEFT + RIGHT - silent
    np.testing.assert_allclose(
        target.amplitudes[MIDDLE], 0.5 * target.amplitudes[other], rtol=1e-4, atol=1e-7
    )
    errors = errors_of_silence(target).sum(axis=1)
    np.testing.assert_allclose(errors[[MIDDLE, other]], 0.5, rtol=1e-5)
    assert errors[silent] == 0.0


def test_a_target_whose_channels_cancel_in_mono_is_refused(rng: np.random.Generator) -> None:
    left, right = rng.standard_normal((2, 20_000))
    with pytest.raises(TargetError, match=r"cancel one another.*turn the polarity"):
        prepare(np.stack([left, -left]))
    with pytest.raises(TargetError, match="cancel one another"):
        prepare(np.stack([left + 0.02 * right, -left]))
    assert prepare(np.stack([left + 0.2 * right, -left])).n_channels == 3


def attacks(n_samples: int, period: int) -> np.ndarray:
    """Noise that is struck again and again, float64 (1, n_samples)."""
    envelope = np.exp(-(np.arange(n_samples) % period) / (period / 6))
    return (np.random.default_rng(7).standard_normal(n_samples) * envelope)[None]


def test_onsets_are_strong_where_something_is_struck_and_weak_elsewhere() -> None:
    period = 20 * LAYOUT.hop
    target = prepare(attacks(4 * period, period))
    strengths = target.onsets
    struck = [strengths[20 * k - 1 : 20 * k + 2].sum() for k in (1, 2, 3)]
    between = np.concatenate([strengths[20 * k + 3 : 20 * k + 18] for k in (0, 1, 2, 3)])
    assert min(struck) > 5.0 * between.max()
    assert strengths[0] == 0.0


def test_onsets_are_heard_in_the_bands_of_the_first_layer(rng: np.random.Generator) -> None:
    target = prepare(rng.standard_normal((1, 20_000)))
    assert target.masks.shape == (target.n_frames, N_ONSET_BANDS)
    powers = np.ones((1, target.n_frames, LAYOUT.n_bands), np.float32)
    steady = errors_of(target, powers) - errors_of(prepare_deaf(target), powers)
    powers[:, 10:, N_ONSET_BANDS:] = 50.0
    rising = errors_of(target, powers) - errors_of(prepare_deaf(target), powers)
    np.testing.assert_allclose(rising, steady, atol=1e-9, rtol=1e-6)


def prepare_deaf(target: TargetSpectra) -> TargetSpectra:
    """The same target with onsets left out."""
    return dataclasses.replace(target, onset_weight=0.0)


def test_onsets_count_in_the_middle_alone(rng: np.random.Generator) -> None:
    target = prepare(rng.standard_normal((2, 20_000)))
    assert target.onset_weight > 0.0
    of_onsets = errors_of_silence(target) - errors_of_silence(prepare_deaf(target))
    assert of_onsets[MIDDLE].sum() == pytest.approx(ONSET_WEIGHT, rel=1e-5)
    np.testing.assert_array_equal(of_onsets[[LEFT, RIGHT]], 0.0)


def test_a_share_of_the_power_of_the_frame_before_masks_an_onset(rng: np.random.Generator) -> None:
    """The slow twin, in float64; nothing comes before the first frame."""
    samples = attacks(20_000, 6000)
    target = prepare(samples)
    powers = bands_of_sound(samples, target)[MIDDLE, :, :N_ONSET_BANDS].astype(np.float64)
    np.testing.assert_array_equal(target.masks[0], 0.0)
    np.testing.assert_allclose(target.masks[1:], MASK * powers[:-1], rtol=1e-6)
    levels, masks = powers + target.floors[:N_ONSET_BANDS], MASK * powers[:-1]
    rises = np.log((levels[1:] + masks) / (levels[:-1] + masks))
    np.testing.assert_allclose(target.onsets[1:], np.maximum(rises, 0.0).sum(axis=1), rtol=1e-4)


@pytest.mark.parametrize("weight", [0.0, 0.03, 2.0])
def test_missing_all_onsets_costs_the_weight_of_the_settings(
    rng: np.random.Generator, weight: float
) -> None:
    settings = SpectraSettings(onset_weight=weight)
    target = prepare(attacks(30_000, 6000), settings)
    assert errors_of_silence(target).sum() == pytest.approx(1.0 + weight, rel=1e-5)


def test_a_target_without_onsets_has_none_to_miss() -> None:
    """One frame has none before it to rise from."""
    target = prepare(np.ones((1, 100)))
    assert target.n_frames == 1
    assert target.onset_weight == 0.0
    assert errors_of_silence(target).sum() == pytest.approx(1.0, rel=1e-5)


def test_an_attack_that_the_target_has_not_is_worse_than_the_same_sound_backwards() -> None:
    """Forwards the attack is one great rise; backwards each frame has the power it had, and rises a little."""
    t = np.arange(60 * LAYOUT.hop) / LAYOUT.rate_hz
    target = prepare(sum(np.sin(2 * np.pi * f * t) for f in (220.0, 1370.0, 5100.0))[None])
    deaf, steady = prepare_deaf(target), np.square(target.amplitudes[0, 30])
    level = np.where(np.arange(50) < 10, 1e-3, np.exp((10.0 - np.arange(50)) / 8.0))
    forwards = np.tile(steady, (target.n_frames, 1))
    forwards[5:55] = level[:, None] * steady
    backwards = forwards.copy()
    backwards[5:55] = forwards[54:4:-1]

    def of_bands_and_onsets(powers: np.ndarray) -> tuple[float, float]:
        """Where the target is steady, and away from the ends of the sound."""
        of_bands = float(deaf.errors(0, powers, 6, 54).sum())
        return of_bands, float(target.errors(0, powers, 6, 54).sum()) - of_bands

    of_bands, of_onsets = of_bands_and_onsets(forwards)
    of_bands_backwards, of_onsets_backwards = of_bands_and_onsets(backwards)
    assert of_bands == pytest.approx(of_bands_backwards, rel=1e-2)
    assert of_onsets > 5.0 * of_onsets_backwards > 0.0


def test_attacks_are_best_where_the_target_has_them() -> None:
    period = 20 * LAYOUT.hop
    sound = attacks(5 * period, period)
    target = prepare(sound)
    deaf = prepare_deaf(target)

    def of_onsets(shift: int) -> float:
        powers = bands_of_sound(np.roll(sound, shift * LAYOUT.hop, axis=1), target)
        return float((errors_of(target, powers) - errors_of(deaf, powers)).sum())

    costs = [of_onsets(shift) for shift in (0, 1, 3, 8)]
    assert costs[0] == pytest.approx(0.0, abs=1e-15)
    assert costs[1] > 0.1 * ONSET_WEIGHT
    assert min(costs[2:]) > ONSET_WEIGHT  # two errors for each attack: one too many, one too few


def test_errors_of_some_frames_are_those_of_all(rng: np.random.Generator) -> None:
    target = prepare(rng.standard_normal((2, 20_000)))
    powers = bands_of_sound(rng.standard_normal((2, 20_000)), target)
    whole = errors_of(target, powers)
    for i, (first, last) in ((0, (0, 3)), (0, (7, 20)), (1, (7, 8)), (2, (0, target.n_frames))):
        part = target.errors(i, powers[i], first, last)
        np.testing.assert_array_equal(part, whole[i, first:last])


def test_a_target_of_silence_is_refused() -> None:
    for n_channels in (1, 2):
        with pytest.raises(TargetError, match="silent where the search listens"):
            prepare(np.zeros((n_channels, 20_000)))


def test_no_law_at_all_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"spectra\.laws: expected at least one law, got none"):
        prepare(np.ones((1, 20_000)), SpectraSettings(laws=()))


def test_a_tilt_turns_about_a_kilohertz(rng: np.random.Generator) -> None:
    noise = rng.standard_normal((1, 22_050)).astype(np.float32)
    plain = prepare_target(noise, LAYOUT, SETTINGS).amplitudes
    tilted = prepare_target(noise, LAYOUT, SETTINGS, tilt_db_per_octave=-3.0).amplitudes
    gains_db = 20.0 * np.log10(tilted[0, 10] / plain[0, 10])
    for hz, gain_db in ((1000.0, 0.0), (4000.0, -6.0), (250.0, 6.0), (21_000.0, -12.0)):
        nearest = int(np.argmin(np.abs(LAYOUT.middles_hz() - hz)))
        assert gains_db[nearest] == pytest.approx(gain_db, abs=0.7)


def test_a_tilted_target_itself_has_the_distance_zero_onsets_and_all(
    rng: np.random.Generator,
) -> None:
    samples = rng.standard_normal((1, 44_100)).astype(np.float32)
    samples[:, ::11_025] += 10.0
    settings = SpectraSettings(onset_weight=10.0)
    tilted = prepare_target(samples, LAYOUT, settings, tilt_db_per_octave=-6.0)
    assert errors_of(tilted, np.square(tilted.amplitudes)).sum() < 1e-6
    plain = prepare_target(samples, LAYOUT, settings)
    assert errors_of(plain, np.square(tilted.amplitudes)).sum() > 0.01
