from __future__ import annotations

import numpy as np
import pytest

from phenotune.errors import ParameterError
from phenotune.measures.clicks import find_clicks

RATE_HZ = 44_100
START, STOP = 10_007, 25_011


@pytest.fixture
def bass():
    """One second of a bass note that starts and ends in mid-air."""
    times_s = np.arange(RATE_HZ) / RATE_HZ
    tone = 0.5 * np.cos(2 * np.pi * 110.0 * times_s) + 0.1 * np.cos(2 * np.pi * 330.0 * times_s)
    tone[:START] = tone[STOP:] = 0.0
    return tone.astype(np.float32)[np.newaxis]


def faded(sound, start, stop, fade_ms):
    n_fade = round(fade_ms / 1000 * RATE_HZ)
    ramp = (0.5 - 0.5 * np.cos(np.pi * (np.arange(n_fade) + 0.5) / n_fade)).astype(np.float32)
    result = sound.copy()
    result[:, start : start + n_fade] *= ramp
    result[:, stop - n_fade : stop] *= ramp[::-1]
    return result


def test_a_hard_cut_clicks_at_both_ends(bass):
    clicks = find_clicks(bass, RATE_HZ, [START, 17_000, STOP])
    assert [click.at_samples for click in clicks] == [START, STOP]
    assert all(click.prominence_db > 40.0 for click in clicks)


@pytest.mark.parametrize("fade_ms", [3.0, 5.0])
def test_a_fade_takes_the_click_away(bass, fade_ms):
    assert find_clicks(faded(bass, START, STOP, fade_ms), RATE_HZ, [START, STOP]) == ()


def test_a_break_of_the_slope_alone_clicks():
    times = np.arange(8000)
    tone = np.where(times >= 4000, np.sin(0.02 * (times - 4000)), 0.0).astype(np.float32)
    assert [c.at_samples for c in find_clicks(tone[np.newaxis], RATE_HZ, [4000])] == [4000]


def test_noise_has_no_clicks_even_where_it_begins(rng):
    noise = rng.standard_normal((1, RATE_HZ)).astype(np.float32)
    noise[:, :START] = 0.0
    assert find_clicks(noise, RATE_HZ, range(START, RATE_HZ, 100)) == ()


def test_a_click_that_louder_highs_cover_is_none(bass, rng):
    covered = bass + rng.standard_normal(bass.shape).astype(np.float32)
    assert find_clicks(covered, RATE_HZ, [START, STOP]) == ()


def test_the_channel_is_told(bass):
    both = np.concatenate([faded(bass, START, STOP, 5.0), bass])
    assert [click.channel for click in find_clicks(both, RATE_HZ, [START])] == [1]


def test_level_does_not_matter(bass):
    quiet = np.float32(1e-3) * bass
    loud, soft = (find_clicks(sound, RATE_HZ, [START])[0] for sound in (bass, quiet))
    assert soft.prominence_db == pytest.approx(loud.prominence_db, abs=0.01)


def test_breaks_far_under_the_peak_are_none(bass):
    sound = np.zeros_like(bass)
    sound[:, 5000] = 1.0
    sound[:, 20_000:] = 1e-4
    assert find_clicks(sound, RATE_HZ, [20_000]) == ()
    assert len(find_clicks(sound, RATE_HZ, [5000])) == 1


def test_the_ends_of_the_sound_are_boundaries_too():
    tone = np.ones((1, 3000), dtype=np.float32)
    assert [c.at_samples for c in find_clicks(tone, RATE_HZ, [0, 1500, 3000])] == [0, 3000]


def test_boundaries_outside_and_equal_ones():
    tone = np.ones((1, 3000), dtype=np.float32)
    assert len(find_clicks(tone, RATE_HZ, [-5, 0, 0, 4000])) == 1


@pytest.mark.parametrize("n_samples", [0, 1, 2, 5])
def test_silence_and_short_sounds(n_samples):
    assert find_clicks(np.zeros((1, n_samples), dtype=np.float32), RATE_HZ, [0, 1, 2]) == ()
    tiny = np.ones((2, n_samples), dtype=np.float32)
    assert len(find_clicks(tiny, RATE_HZ, [0])) == (n_samples > 0)


def test_arguments_are_checked(bass):
    with pytest.raises(ParameterError, match="samples: expected shape"):
        find_clicks(bass[0], RATE_HZ, [0])
    with pytest.raises(ParameterError, match="rate_hz: expected a sample rate above 0 Hz"):
        find_clicks(bass, 0, [0])
