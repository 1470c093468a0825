from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.audio import entries
from phenotune.audio.entries import CachedSound, SoundFacts, examined, read_entry, read_facts

Maker = Callable[..., Samples]


def sound(samples: Samples, **tags: str) -> CachedSound:
    return examined(samples, 44_100, "ab" * 32, tags)


def test_facts_are_taken() -> None:
    samples = np.zeros((2, 44_100), dtype=np.float32)
    samples[:, :22_050] = [[0.5], [-0.5]]
    facts = sound(samples, artist="me")
    assert (facts.rate_hz, facts.n_channels, facts.n_samples) == (44_100, 2, 44_100)
    assert (facts.is_finite, facts.peak, facts.active_rms) == (True, 0.5, 0.5)
    assert (facts.duration_s, facts.tags) == (1.0, {"artist": "me"})


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_has_no_level(bad: float) -> None:
    facts = sound(np.array([[0.5, bad]], dtype=np.float32))
    assert (facts.is_finite, facts.peak, facts.active_rms) == (False, 0.0, 0.0)


# The last is mapped, the others are read.
@pytest.mark.parametrize("n_samples", [0, 1, 2, 1023, 1024, 300_000])
@pytest.mark.parametrize("n_channels", [1, 2])
def test_what_is_written_is_read(
    n_channels: int, n_samples: int, noise: Maker, tmp_path: Path
) -> None:
    written = sound(noise(n_channels, n_samples), title="Jóga")
    n_bytes = entries.write_entry(tmp_path / "a", written)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").stat().st_size == n_bytes
    read = read_entry(tmp_path / "a")
    assert read is not None
    assert read.samples.dtype == np.float32
    np.testing.assert_array_equal(read.samples, written.samples)
    facts = read_facts(tmp_path / "a")
    assert type(facts) is SoundFacts
    assert vars(read) == vars(facts) | {"samples": read.samples}
    assert vars(written) == vars(facts) | {"samples": written.samples}


@pytest.mark.parametrize("n_samples", [100, 300_000])
def test_samples_are_read_only(n_samples: int, noise: Maker, tmp_path: Path) -> None:
    made = sound(noise(1, n_samples))
    entries.write_entry(tmp_path / "a", made)
    read = read_entry(tmp_path / "a")
    assert read is not None
    for samples in (made.samples, read.samples):
        with pytest.raises(ValueError, match="read-only"):
            samples[0, 0] = 1.0


def test_long_tags(noise: Maker, tmp_path: Path) -> None:
    entries.write_entry(tmp_path / "a", sound(noise(1, 10), comment="la " * 5000))
    read = read_entry(tmp_path / "a")
    assert read is not None
    assert read.tags == {"comment": "la " * 5000}
    assert read.samples.shape == (1, 10)


@pytest.mark.parametrize(
    "break_it",
    [
        lambda content: b"",
        lambda content: content[:10],
        lambda content: content[:5000],
        lambda content: content[:-1],
        lambda content: content + b"x",
        lambda content: content.replace(b"sound 1", b"sound 2"),
        lambda content: content.replace(b'"rate_hz"', b'"rate_Hz"'),
        lambda content: content.replace(b'{"sha256"', b'["sha256"'),
        lambda content: content.replace(b" 4096", b" 99999999999999999999"),
        lambda content: content.replace(b" 4096", b" -1"),
        lambda content: bytes(len(content)),
    ],
    ids=[
        *("empty", "10", "5000", "less", "more", "newer", "renamed", "no JSON"),
        *("long header", "negative header", "zeros"),
    ],
)
def test_broken_entries_are_as_good_as_none(
    break_it: Callable[[bytes], bytes], noise: Maker, tmp_path: Path
) -> None:
    path = tmp_path / "a"
    entries.write_entry(path, sound(noise(2, 1000)))
    path.write_bytes(break_it(path.read_bytes()))
    assert read_entry(path) is None
    assert read_facts(path) is None


def test_no_entry(tmp_path: Path) -> None:
    assert read_entry(tmp_path / "a") is None
    assert read_facts(tmp_path / "a") is None


def test_a_refused_entry_leaves_nothing(
    noise: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*names: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left on device"):
        entries.write_entry(tmp_path / "a", sound(noise(1, 10)))
    assert not list(tmp_path.iterdir())


def test_resampling_keeps_the_other_facts(noise: Maker) -> None:
    original = sound(noise(2, 44_100), title="it")
    other = entries.resampled(original, 22_050)
    assert other.samples.shape == (2, 22_050)
    assert (other.rate_hz, other.n_samples, other.n_channels) == (22_050, 22_050, 2)
    assert (other.peak, other.tags, other.sha256) == (original.peak, {"title": "it"}, "ab" * 32)
    assert not other.samples.flags.writeable
