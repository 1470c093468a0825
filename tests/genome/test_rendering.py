from __future__ import annotations

import itertools

import numpy as np
import pytest

from phenotune.audio.formats import is_sound_name
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.append import Append
from phenotune.genome.genes.gain import Gain
from phenotune.genome.genes.reverse import Reverse
from phenotune.genome.genes.split import Split
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.genome.rendering import render, to_channels
from phenotune.library.clip import Clip
from phenotune.units import samples_at_rate

RATE_HZ = 8000


def test_a_bare_clip_is_the_span_of_the_source_with_faded_ends(sounds):
    played = render(Chromosome(Clip("s1", 100, 800)), sounds, RATE_HZ)
    source = sounds.samples("s1", RATE_HZ)[:, 100:900]
    assert played.shape == (2, 800)
    np.testing.assert_array_equal(played[:, 40:-40], source[:, 40:-40])  # 5 ms are 40 samples
    assert (np.abs(played[:, :40]) <= np.abs(source[:, :40])).all()
    assert (np.abs(played[:, -40:]) <= np.abs(source[:, -40:])).all()
    assert np.abs(played[:, [0, -1]]).max() < 0.001 * np.abs(source).max()


def test_fades_can_be_switched_off(sounds):
    played = render(Chromosome(Clip("s0", 100, 800)), sounds, RATE_HZ, fade_ms=0.0)
    np.testing.assert_array_equal(played, sounds.samples("s0", RATE_HZ)[:, 100:900])


def test_genes_apply_in_their_order(sounds):
    clip = Clip("s0", 0, 100)
    source = sounds.samples("s0", RATE_HZ)[:, :100]
    head_reversed = render(
        Chromosome(clip, (Split(0.3, "head"), Reverse())), sounds, RATE_HZ, fade_ms=0.0
    )
    reversed_head = render(
        Chromosome(clip, (Reverse(), Split(0.3, "head"))), sounds, RATE_HZ, fade_ms=0.0
    )
    np.testing.assert_array_equal(head_reversed, source[:, :30][:, ::-1])
    np.testing.assert_array_equal(reversed_head, source[:, ::-1][:, :30])


def test_a_split_after_a_varispeed_cuts_what_is_re_pitched(sounds):
    clip = Clip("s0", 0, 1000)
    whole = render(Chromosome(clip, (Varispeed(700.0),)), sounds, RATE_HZ, fade_ms=0.0)
    tail = render(
        Chromosome(clip, (Varispeed(700.0), Split(0.5, "tail"))), sounds, RATE_HZ, fade_ms=0.0
    )
    np.testing.assert_array_equal(tail, whole[:, -tail.shape[1] :])


def test_a_chromosome_inside_is_rendered_without_outer_fades(sounds):
    inner = Chromosome(Clip("s1", 0, 400), (Gain(0.5),))
    played = render(Chromosome(Clip("s0", 0, 400), (Append(inner),)), sounds, RATE_HZ)
    assert played.shape == (2, 800)
    mono, stereo = sounds.samples("s0", RATE_HZ), sounds.samples("s1", RATE_HZ)
    np.testing.assert_array_equal(played[:, 40:376], np.vstack([mono[:, 40:376]] * 2))
    np.testing.assert_array_equal(played[:, 424:760], stereo[:, 24:360] * np.float32(0.5))


@pytest.mark.parametrize("rate_hz", [8000, 11_025, 16_000, 44_100])
def test_positions_are_those_of_the_source_at_any_rate(sounds, rate_hz):
    clip = Clip("s2", 1001, 3003)
    played = render(Chromosome(clip), sounds, rate_hz, fade_ms=0.0)
    start = samples_at_rate(1001, 16_000, rate_hz)
    end = samples_at_rate(4004, 16_000, rate_hz)
    expected = sounds.samples("s2", rate_hz)[:, start:end]
    np.testing.assert_array_equal(played, expected)


def test_neighbouring_clips_tile_their_source_at_another_rate(sounds):
    bounds = [0, 333, 334, 1000, 5000]
    parts = [
        render(Chromosome(Clip("s2", start, end - start)), sounds, 11_025, fade_ms=0.0)
        for start, end in itertools.pairwise(bounds)
    ]
    whole = render(Chromosome(Clip("s2", 0, 5000)), sounds, 11_025, fade_ms=0.0)
    np.testing.assert_array_equal(np.hstack(parts), whole)


@pytest.mark.parametrize("length", [1, 2, 3, 4, 7])
def test_very_short_clips(sounds, length):
    played = render(Chromosome(Clip("s1", 0, length), (Reverse(),)), sounds, RATE_HZ)
    assert played.shape == (2, length)
    assert np.isfinite(played).all()


def test_nothing_may_be_left(sounds):
    halves = (Split(0.25, "head"),) * 3
    played = render(Chromosome(Clip("s1", 0, 2), halves), sounds, RATE_HZ)
    assert played.shape == (2, 0)
    assert played.dtype == np.float32


def test_a_clip_beyond_the_end_is_cut_short(sounds):
    assert render(Chromosome(Clip("s0", 15_900, 500)), sounds, RATE_HZ).shape == (1, 100)
    assert render(Chromosome(Clip("s0", 20_000, 500)), sounds, RATE_HZ).shape == (1, 0)


@pytest.mark.parametrize("genes", [(), (Reverse(),), (Split(0.5, "tail"),), (Varispeed(0.0),)])
def test_gives_contiguous_memory_of_its_own(sounds, genes):
    played = render(Chromosome(Clip("s0", 0, 16_000), genes), sounds, RATE_HZ)
    assert not np.shares_memory(played, sounds.samples("s0", RATE_HZ))
    assert played.flags.c_contiguous
    assert played.flags.writeable
    assert played.dtype == np.float32


def test_stereo_is_folded_to_its_mean_where_the_canvas_is_mono(rng):
    stereo = rng.standard_normal((2, 100)).astype(np.float32)
    folded = to_channels(stereo, 1)
    assert folded.shape == (1, 100)
    assert folded.dtype == np.float32
    assert folded.flags.c_contiguous
    np.testing.assert_array_equal(folded[0], (stereo[0] + stereo[1]) / np.float32(2.0))


def test_a_mono_render_folds_the_clips_inside_a_chromosome_too(sounds):
    inner = Chromosome(Clip("s1", 0, 400), (Gain(0.5),))
    chromosome = Chromosome(Clip("s1", 500, 400), (Append(inner), Varispeed(-317.0)))
    mono = render(chromosome, sounds, RATE_HZ, mono=True)
    stereo = render(chromosome, sounds, RATE_HZ)
    assert mono.shape == (1, stereo.shape[1])
    np.testing.assert_allclose(mono, to_channels(stereo, 1), rtol=0.0, atol=1e-7)
    assert mono.flags.c_contiguous


def test_a_mono_render_of_a_mono_clip_is_the_same(sounds):
    chromosome = Chromosome(Clip("s0", 0, 400), (Reverse(),))
    mono = render(chromosome, sounds, RATE_HZ, mono=True)
    np.testing.assert_array_equal(mono, render(chromosome, sounds, RATE_HZ))
    assert not np.shares_memory(mono, sounds.samples("s0", RATE_HZ))


@pytest.mark.parametrize(("n_own", "n_canvas"), [(1, 1), (1, 2), (2, 2)])
@pytest.mark.parametrize("n_samples", [0, 1, 5])
def test_what_has_no_more_channels_than_the_canvas_stays_as_it_is(n_own, n_canvas, n_samples):
    samples = np.ones((n_own, n_samples), np.float32)
    assert to_channels(samples, n_canvas) is samples


def test_a_quick_render_differs_in_varispeeds_alone_those_inside_included(sounds):
    inner = Chromosome(Clip("s0", 50, 700), (Varispeed(-300.0),))
    plain = Chromosome(Clip("s0", 0, 900), (Reverse(), Gain(0.5)))
    held = Chromosome(Clip("s0", 0, 900), (Reverse(), Append(inner)))
    for chromosome, is_same in ((plain, True), (inner, False), (held, False)):
        played = render(chromosome, sounds, RATE_HZ)
        quickly = render(chromosome, sounds, RATE_HZ, quick=True)
        assert quickly.shape == played.shape
        assert np.array_equal(quickly, played) == is_same


def test_silence_without_samples_is_folded_without_a_warning():
    assert to_channels(np.zeros((2, 0), np.float32), 1).shape == (1, 0)


def test_the_samples_are_the_same_for_ever():
    """Known sound in, known sound out: fails when rendering of saved mosaics would change."""

    class Ramp:
        def samples(self, source_id, rate_hz):
            return np.arange(32, dtype=np.float32)[None] / np.float32(32.0)

        def rate_hz(self, source_id):
            return 1000

    inner = Chromosome(Clip("s0", 20, 8), (Gain(0.5),))
    genes = (Split(0.5, "tail"), Reverse(), Append(inner))
    played = render(Chromosome(Clip("s0", 0, 16), genes), Ramp(), 1000, fade_ms=2.0)
    low, high = (2.0 - np.sqrt(2.0)) / 4.0, (2.0 + np.sqrt(2.0)) / 4.0  # a fade of two samples
    own = np.array([15 * low, 14 * high, 13, 12, 11, 10, 9 * high, 8 * low]) / 32.0
    inside = np.array([20 * low, 21 * high, 22, 23, 24, 25, 26 * high, 27 * low]) / 64.0
    np.testing.assert_allclose(played, [[*own, *inside]], rtol=0.0, atol=1e-7)


def test_real_music(real_audio):
    soundfile = pytest.importorskip("soundfile")
    path = next(path for path in sorted(real_audio.rglob("library/**/*")) if is_sound_name(path))
    samples, own_hz = soundfile.read(path, dtype="float32", always_2d=True)

    class Record:
        def samples(self, source_id, rate_hz):
            return np.ascontiguousarray(samples.T)

        def rate_hz(self, source_id):
            return own_hz

    length = min(len(samples), own_hz // 2)
    chromosome = Chromosome(Clip("s0", 0, length), (Reverse(), Varispeed(-1200.0)))
    played = render(chromosome, Record(), own_hz)
    assert played.shape == (samples.shape[1], 2 * length)
    assert np.isfinite(played).all()
    assert 0.5 < np.sqrt(np.mean(played**2) / np.mean(samples[:length] ** 2)) < 1.5
