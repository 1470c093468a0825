"""Freezes the figures of a second implementation, which tests/measures/test_agreement.py holds our measures to.

    python tests/measures/generate_reference.py SCRIPT [MUSIC_FOLDER]

SCRIPT is another program after the definitions in docs/measures.md, which stands on librosa (0.11) where ours stands on
its own feet; an environment of its own suits it better, since phenotune does not need librosa. It has ``Target(path)``,
``read(path)`` and ``measure(target, audio, align)``, which gives a dict of our measures. MUSIC_FOLDER holds
``targets/vibe_ace.ogg`` and ``targets/hungarian_dance.ogg``; without it the figures of real music are left as they are.
The figures land in reference.json beside this file. Review the difference: it should be empty, unless a pair was added.

The test loads this file for the signals, which numpy alone makes, the same ones every time.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

FIGURES = Path(__file__).with_name("reference.json")
RATE_HZ = 44_100
DURATION_S = 4.0


class Sound(NamedTuple):
    """Samples of shape (n_channels, n_samples), and their rate."""

    samples: NDArray[np.float32]
    rate_hz: int


class Pair(NamedTuple):
    """What is measured against what."""

    target: Sound
    audio: Sound
    align: bool = False


# ---------------------------------------------------------------------------------------------------------------------
# Signals


def times(duration_s: float, rate_hz: int) -> NDArray[np.float64]:
    return np.arange(round(duration_s * rate_hz)) / rate_hz


def chords(
    roots: tuple[float, ...], rate_hz: int = RATE_HZ, duration_s: float = DURATION_S
) -> NDArray[np.float64]:
    """Minor seventh chords on the given roots (semitones above A2), each struck anew, with eight partials a note."""
    t = times(duration_s, rate_hz)
    each_s = DURATION_S / len(roots)
    sound = np.zeros_like(t)
    for i, root in enumerate(roots):
        struck = slice(*np.searchsorted(t, [i * each_s, (i + 1) * each_s]))
        since_s = t[struck] - i * each_s
        for interval in (0.0, 7.0, 15.0, 22.0):
            phase = 2 * np.pi * 110.0 * 2.0 ** ((root + interval) / 12.0) * since_s
            note = sum(np.sin(partial * phase) / partial**1.5 for partial in range(1, 9))
            sound[struck] += np.exp(-2.5 * since_s) * note
    return 0.08 * sound


def drums(seed: int, rate_hz: int = RATE_HZ, duration_s: float = DURATION_S) -> NDArray[np.float64]:
    """A falling thump on the beat and a burst of noise off it, two a second."""
    rng = np.random.default_rng(seed)
    t = times(duration_s, rate_hz)
    sound = np.zeros_like(t)
    for start_s in np.arange(0.0, duration_s, 0.5):
        since_s = np.maximum(t - start_s, 0.0)
        sound += np.where(
            t >= start_s,
            0.5
            * np.exp(-18 * since_s)
            * np.sin(2 * np.pi * (55 * since_s + 3 * (1 - np.exp(-30 * since_s)))),
            0.0,
        )
        since_s = np.maximum(t - start_s - 0.25, 0.0)
        burst = 0.2 * np.exp(-40 * since_s) * rng.standard_normal(len(t))
        sound += np.where(t >= start_s + 0.25, burst, 0.0)
    return sound


def noise(seed: int) -> NDArray[np.float64]:
    return 0.1 * np.random.default_rng(seed).standard_normal(round(DURATION_S * RATE_HZ))


def stereo(*channels: NDArray[np.float64], rate_hz: int = RATE_HZ) -> Sound:
    return Sound(np.stack(channels).astype(np.float32), rate_hz)


def shifted(sound: Sound, shift_s: float) -> Sound:
    """The sound later (or earlier) by so much, with zeros where it does not reach."""
    n_shift = round(shift_s * sound.rate_hz)
    n_samples = sound.samples.shape[1]
    padded = np.pad(sound.samples, ((0, 0), (abs(n_shift), abs(n_shift))))
    start = abs(n_shift) - n_shift
    return Sound(padded[:, start : start + n_samples], sound.rate_hz)


def smoothed(sound: Sound, keep: float) -> Sound:
    """The sound without most of its highs: a gentle low-pass of one pole, cut off after 512 samples."""
    response = (1.0 - keep) * keep ** np.arange(512)
    n_samples = sound.samples.shape[1]
    channels = [np.convolve(channel, response)[:n_samples] for channel in sound.samples]
    return Sound(np.stack(channels).astype(np.float32), sound.rate_hz)


def band(
    roots: tuple[float, ...], seed: int, rate_hz: int = RATE_HZ, duration_s: float = DURATION_S
) -> Sound:
    """Chords on the left, drums on the right, some of each on the other side."""
    harmony, rhythm = chords(roots, rate_hz, duration_s), drums(seed, rate_hz, duration_s)
    return stereo(harmony + 0.3 * rhythm, 0.4 * harmony + rhythm, rate_hz=rate_hz)


def synthetic_pairs() -> dict[str, Pair]:
    """Pairs that numpy makes."""
    song = band((0.0, 5.0, 3.0, 10.0), seed=1)
    harmony, rhythm = chords((0.0, 5.0, 3.0, 10.0)), drums(1)
    broken = song.samples.copy()
    broken[0, 1000:1003], broken[1, 50_000] = np.nan, np.inf
    quiet_start = song.samples.copy()
    quiet_start[:, :RATE_HZ] = 0.0
    return {
        "itself, quieter": Pair(song, Sound(0.1 * song.samples, RATE_HZ)),
        "other chords, same drums": Pair(song, band((7.0, 0.0, 10.0, 5.0), seed=1)),
        "same chords, other drums": Pair(song, band((0.0, 5.0, 3.0, 10.0), seed=2)),
        "tuned up by 30 cents": Pair(song, band((0.3, 5.3, 3.3, 10.3), seed=1)),
        "without highs": Pair(song, smoothed(song, 0.9)),
        "late": Pair(song, shifted(song, 0.023)),
        "late, aligned": Pair(song, shifted(song, 0.023), align=True),
        "early, quieter, without highs, aligned": Pair(
            song, smoothed(shifted(Sound(0.3 * song.samples, RATE_HZ), -0.061), 0.8), align=True
        ),
        "at 48 kHz": Pair(song, band((0.0, 5.0, 3.0, 10.0), seed=3, rate_hz=48_000)),
        "at 22.05 kHz": Pair(song, band((0.0, 5.0, 3.0, 10.0), seed=3, rate_hz=22_050)),
        "target at 48 kHz": Pair(band((0.0, 5.0, 3.0, 10.0), seed=3, rate_hz=48_000), song),
        "shorter": Pair(song, band((0.0, 5.0, 3.0, 10.0), seed=1, duration_s=2.7)),
        "longer": Pair(song, band((0.0, 3.0, 3.0, 10.0), seed=1, duration_s=5.3)),
        "chords for drums": Pair(stereo(rhythm), stereo(harmony)),
        "drums for chords": Pair(stereo(harmony), stereo(rhythm)),
        "noise": Pair(song, stereo(noise(5))),
        "noise as target": Pair(stereo(noise(5), noise(6)), song),
        "noise for noise": Pair(stereo(noise(5)), stereo(noise(7))),
        "silence": Pair(song, stereo(np.zeros(RATE_HZ))),
        "target with a silent start": Pair(Sound(quiet_start, RATE_HZ), song),
        "values that are not finite": Pair(song, Sound(broken, RATE_HZ)),
    }


def real_pairs(read: Callable[[str], Sound]) -> dict[str, Pair]:
    """Pairs of real music, the first 30 s of it; ``read`` is given a name within the folder of music."""
    vibes, strings = (
        Sound(sound.samples[:, : 30 * sound.rate_hz], sound.rate_hz)
        for sound in (read("targets/vibe_ace.ogg"), read("targets/hungarian_dance.ogg"))
    )
    altered = smoothed(shifted(Sound(0.3 * vibes.samples, vibes.rate_hz), 0.023), 0.75)
    return {
        "vibes, strings": Pair(vibes, strings),
        "strings, vibes": Pair(strings, vibes),
        "vibes, filtered and late": Pair(vibes, altered),
        "vibes, filtered and late, aligned": Pair(vibes, altered, align=True),
    }


# ---------------------------------------------------------------------------------------------------------------------
# Figures


def write_wav(path: Path, sound: Sound) -> Path:
    import soundfile

    soundfile.write(path, sound.samples.T, sound.rate_hz, subtype="FLOAT")
    return path


def read_music(folder: Path) -> Callable[[str], Sound]:
    import soundfile

    def read(name: str) -> Sound:
        samples, rate_hz = soundfile.read(folder / name, dtype="float32", always_2d=True)
        return Sound(np.ascontiguousarray(samples.T), rate_hz)

    return read


def figures(reference: Any, pairs: dict[str, Pair]) -> dict[str, dict[str, float]]:
    """What the second implementation says of each pair, to seven digits."""
    result = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, pair in pairs.items():
            target = reference.Target(write_wav(Path(folder, "target.wav"), pair.target))
            audio = reference.read(write_wav(Path(folder, "audio.wav"), pair.audio))
            measured = reference.measure(target, audio, pair.align)
            result[name] = {key: float(f"{value:.7g}") for key, value in sorted(measured.items())}
    return result


def main(script: str, music: str | None = None) -> None:
    specification = importlib.util.spec_from_file_location("reference", script)
    assert specification is not None
    assert specification.loader is not None
    reference = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(reference)
    frozen = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    frozen["synthetic"] = figures(reference, synthetic_pairs())
    if music is not None:
        frozen["real"] = figures(reference, real_pairs(read_music(Path(music))))
    FIGURES.write_text(json.dumps(frozen, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
