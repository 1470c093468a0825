"""What people hand to the program that it cannot use: a message and an exit code, and never a traceback."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.audio.files import read_sound, write_sound
from phenotune.mosaic.mosaic import Mosaic

RATE_HZ = 22_050
QUICK = [
    *("--set", "run.picture=false", "--set", "run.checkpoint_s=0"),
    *("--set", "search.population=8", "--set", "search.capacity=8"),
]
Call = Callable[..., Any]


def beats(frequency_hz: float, duration_s: float = 0.6, rate_hz: int = RATE_HZ) -> Samples:
    """A tone that is struck four times a second, float32 (1, n_samples)."""
    time_s = np.arange(round(duration_s * rate_hz)) / rate_hz
    swell = 1.0 - time_s % 0.25 / 0.25
    return (0.4 * np.sin(2 * np.pi * frequency_hz * time_s) * swell).astype(np.float32)[None]


def write_nan(path: Path) -> None:
    """Write a float WAV with a NaN in it, which our own writer refuses."""
    write_sound(path, beats(220.0), RATE_HZ, bits=32)
    content = bytearray(path.read_bytes())
    content[-400:-396] = np.array([np.nan], "<f4").tobytes()
    path.write_bytes(content)


def write_half(path: Path) -> None:
    write_sound(path, beats(220.0), RATE_HZ)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def write_tone(n_samples: int) -> Callable[[Path], None]:
    return lambda path: write_sound(path, beats(220.0)[:, 1 : n_samples + 1], RATE_HZ)


UNUSABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    # name: how it is made, and what is said of it
    "empty.wav": (lambda path: path.write_bytes(b""), "is empty (0 bytes)"),
    "half.wav": (write_half, "is cut short: "),
    "half.flac": (write_half, "is damaged or cut short"),
    "letter.wav": (
        lambda path: path.write_text("Dear aunt, thank you for the record.\n" * 9),
        "is not a sound file that can be decoded",
    ),
    "nan.wav": (write_nan, "holds values that are not finite (NaN or infinity)"),
    "silence.wav": (
        lambda path: write_sound(path, np.zeros((1, RATE_HZ), np.float32), RATE_HZ),
        "is silent (every sample is 0)",
    ),
    "single.wav": (write_tone(1), "is too short (0.04535 ms; at least "),
}


def write_m4a(path: Path) -> None:
    """Write what begins like an MP4; without PyAV nobody looks further."""
    path.write_bytes(b"\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00" + bytes(500))


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with ``song.wav``, ``records/`` and ``RUN/``, which has gone one cycle and then two more."""
    from phenotune.cli.main import run

    folder = tmp_path_factory.mktemp("finished")
    write_sound(folder / "song.wav", beats(220.0), RATE_HZ)
    (folder / "records").mkdir()
    for name, frequency_hz in (("low", 110.0), ("high", 330.0)):
        write_sound(folder / "records" / f"{name}.wav", beats(frequency_hz), RATE_HZ)
    words = [str(folder / name) for name in ("song.wav", "records", "RUN")]
    assert run(["evolve", *words[:2], "-o", words[2], "-q", "--cycles", "1", *QUICK]) == 0
    assert run(["evolve", words[2], "-q", "--cycles", "3"]) == 0
    return folder


@pytest.fixture
def project(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it that a test may spoil; it is the working folder."""
    folder = tmp_path / "project"
    shutil.copytree(finished, folder)
    monkeypatch.chdir(folder)
    return folder


def refused(called: Any, code: int, *messages: str) -> None:
    """Assert that a call ended with a code and a message, and with nothing else."""
    assert (called.code, called.out) == (code, "")
    assert "error: " in called.err
    assert "Traceback" not in called.err
    assert "bug in phenotune" not in called.err
    for message in messages:
        assert message in called.err


def in_a_shell(*arguments: str, **environment: str) -> tuple[int, str, str]:
    """Call the command line in a process of its own."""
    ended = subprocess.run(
        [sys.executable, "-m", "phenotune", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stdout, ended.stderr


# The target


@pytest.mark.parametrize("name", [*UNUSABLE, "click.wav"])
def test_a_target_that_cannot_be_used(name: str, project: Path, call: Call) -> None:
    write, reason = UNUSABLE.get(name, (write_tone(2000), "is too short (90.7 ms; at least 92.88"))
    write(project / name)
    refused(call("evolve", name, "records", "-o", "NEW"), 1, f"error: {name}: {reason}")
    assert not (project / "NEW").exists()


def test_a_target_that_is_not_there(project: Path, call: Call) -> None:
    message = "error: sogn.wav: there is no such file; name the song to rebuild"
    refused(call("evolve", "sogn.wav", "records"), 1, message)
    refused(call("evolve", "records", "song.wav"), 1, "error: records: is a folder; name the song")
    refused(call("evolve", "song.wav"), 2, "`phenotune evolve song.wav FOLDER_OF_SOUNDS`")
    assert in_a_shell("evolve", "sogn.wav", "records") == (1, "", f"{message}\n")


@pytest.mark.parametrize("channel", range(6))
def test_one_channel_of_six_is_enough(channel: int, project: Path, call: Call) -> None:
    samples = np.zeros((6, beats(220.0).shape[1]), np.float32)
    samples[channel] = beats(220.0)
    write_sound(project / "six.wav", samples, RATE_HZ)
    assert call("evolve", "six.wav", "six.wav", "-o", "NEW", "--cycles", "1", *QUICK).code == 0
    assert np.abs(read_sound(project / "NEW" / "out" / "mosaic.wav").samples).max() > 0.1


@pytest.mark.parametrize("target_hz", [8_000, 192_000])
def test_any_rate_will_do(target_hz: int, project: Path, call: Call) -> None:
    write_sound(project / "song.wav", beats(220.0, rate_hz=target_hz), target_hz)
    for rate_hz in (8_000, 192_000):
        path = project / "records" / f"{rate_hz}.wav"
        write_sound(path, beats(165.0, rate_hz=rate_hz), rate_hz)
    called = call("evolve", "song.wav", "records", "-o", "NEW", "--cycles", "1", *QUICK)
    assert (called.code, "skipped" in called.err) == (0, False)
    assert np.abs(read_sound(project / "NEW" / "out" / "mosaic.wav").samples).max() > 0.01


def test_an_extra_that_is_missing_is_named(
    project: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)  # importing it fails
    wanted = "reading {} needs the extra 'formats': pip install 'phenotune[formats]'"
    write_m4a(project / "song.m4a")
    message = wanted.format("song.m4a")
    refused(call("evolve", "song.m4a", "records"), 1, f"error: {message}")
    refused(call("measure", "song.wav", "song.m4a"), 1, f"error: {message}")
    refused(call("evolve", "song.wav", "song.m4a"), 1, "the only sound file in song.m4a", message)
    shutil.copy("song.m4a", "records")
    called = call("library", "records")
    assert (called.code, "1 file skipped" in called.out) == (0, True)
    assert wanted.format(Path("records", "song.m4a")) in called.out


# The library


def test_a_library_without_sounds(project: Path, call: Call) -> None:
    Path("letters").mkdir()
    Path("letters", "aunt.txt").write_text("Dear aunt")
    message = "error: no sound file in letters; expected WAV, AIFF, FLAC, OGG, MP3 or such"
    refused(call("evolve", "song.wav", "letters"), 1, message)
    refused(call("library", "letters"), 1, message)
    refused(call("evolve", "song.wav", "recrods"), 1, "recrods: there is no such file or folder")
    refused(call("library", "recrods"), 1, "recrods: does not exist")


def test_a_library_in_which_nothing_can_be_used(project: Path, call: Call) -> None:
    Path("attic").mkdir()
    for name, (write, _) in UNUSABLE.items():
        write(project / "attic" / name)
    called = call("evolve", "song.wav", "attic", "-o", "NEW")
    refused(called, 1, "error: none of the 7 sound files in attic can be used:\n", "and 2 more")
    for name in sorted(UNUSABLE)[:5]:
        assert f"  {Path('attic', name)}: {UNUSABLE[name][1]}" in called.err
    assert not Path("NEW").exists()


def test_what_cannot_be_used_is_named_and_the_run_goes_on(project: Path, call: Call) -> None:
    for name, (write, _) in UNUSABLE.items():
        write(project / "records" / name)
    evolve = ("evolve", "song.wav", "records", "--cycles", "1", *QUICK, "-o")
    called = call(*evolve, "NEW", "-v")
    assert called.code == 0
    assert "song.wav (0:01) out of 2 sounds" in called.err
    for name, (_, reason) in UNUSABLE.items():
        assert f"skipped {Path('records', name)}: {reason}" in called.err
    assert "7 files skipped; -v says which and why" in call(*evolve, "NEWER").err
    events = [json.loads(line) for line in call(*evolve, "NEWEST", "--json").out.splitlines()]
    assert [event["event"] for event in events].count("source_skipped") == 7


# Settings


SLIPS = [
    (
        "search.populaton",
        3,
        "unknown setting 'search.populaton'; did you mean 'search.population'?",
    ),
    ("sarch.population", 3, "unknown setting 'sarch"),
    ("search.population", 1, "search.population: expected 2 to 100000, got 1"),
    ("search.population", 2.5, "expected a whole number, 2 to 100000, got 2.5"),
    ("search.population", "many", "expected a whole number, 2 to 100000, got 'many'"),
    ("run.time_s", "60s", "run.time_s: expected a number, at least 0 s, got '60s'"),
    ("library.min_clip_s", 9, "min_clip_s (9 s) must not exceed max_clip_s (3 s)"),
    ("library.exclude", "vocals", "library.exclude: expected a list, got 'vocals'"),
    ("preset", "gided", "unknown preset 'gided'; did you mean 'guided'?"),
    ("style.name", "dron", "unknown style 'dron'; did you mean 'drone'?"),
    ("style.key", "H", 'style: key: expected a key as "F major" or "a minor"'),
    ("style.novelty", 2, "style.novelty: expected 0 to 1, got 2"),
]


@pytest.mark.parametrize(("name", "value", "message"), SLIPS)
def test_settings_are_refused_wherever_they_come_from(
    name: str,
    value: object,
    message: str,
    project: Path,
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    evolve = ("evolve", "song.wav", "records", "-o", "NEW")
    refused(call(*evolve, "--set", f"{name}={value}"), 2, "error: --set: ", message)
    variable = f"PHENOTUNE_{name.replace('.', '__').upper()}"
    monkeypatch.setenv(variable, str(value))
    refused(call(*evolve), 2, f"error: {variable}: ", message)
    monkeypatch.delenv(variable)
    Path("RUN", "phenotune.toml").write_text(f"{name} = {value!r}\n")
    refused(call("evolve", "RUN"), 2, f"error: {Path('RUN', 'phenotune.toml')}: ", message)
    assert not Path("NEW").exists()


def test_a_settings_file_that_is_no_toml(project: Path, call: Call) -> None:
    Path("RUN", "phenotune.toml").write_text("[search\npopulation = 3\n")
    refused(call("evolve", "RUN"), 2, f"{Path('RUN', 'phenotune.toml')}: is not TOML", "line 1")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("evolve song.wav records --preset clasic", "preset 'clasic'; did you mean 'classic'?"),
        ("evolve song.wav records --sede 3", "no such option: --sede (Possible options: --seed"),
        ("evolve song.wav records --seed -1", "run.seed: expected 0 to 9223372036854775807, got"),
        ("evolve song.wav records --set population", "--set: expected NAME=VALUE"),
        ("evolv song.wav records", "no such command 'evolv'. Did you mean 'evolve'?"),
        ("evolve song.wav records --style colage", "style 'colage'; did you mean 'collage'?"),
        ("presets clasic", "unknown preset 'clasic'; did you mean 'classic'?"),
        ("styles colage", "unknown style 'colage'; did you mean 'collage'?"),
        ("genes --preset clasic", "unknown preset 'clasic'; did you mean 'classic'?"),
    ],
)
def test_slips_of_the_pen(arguments: str, message: str, project: Path, call: Call) -> None:
    refused(call(*arguments.split()), 2, message)


def test_a_slip_in_the_environment_reaches_the_shell(project: Path) -> None:
    code, out, err = in_a_shell("evolve", "song.wav", "records", PHENOTUNE_RUN_SEED="7")
    assert (code, out) == (2, "")
    assert err == "error: PHENOTUNE_RUN_SEED: is not a setting; write PHENOTUNE_RUN__SEED\n"


# The disk


@pytest.mark.skipif(
    getattr(os, "geteuid", lambda: 1)() == 0 or os.name == "nt", reason="root may write everything"
)
def test_a_folder_that_may_not_be_written(project: Path, call: Call) -> None:
    Path("closed").mkdir(mode=0o555)
    called = call("evolve", "song.wav", "records", "-o", Path("closed", "NEW"))
    refused(called, 1, f"{Path('closed', 'NEW')}: could not be made (Permission denied)")


def test_a_disk_that_cannot_be_written(
    project: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: str | Path, *rest: object, **more: object) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    with monkeypatch.context() as patch:
        patch.setattr(os, "mkdir", refuse)
        called = call("evolve", "song.wav", "records", "-o", "NEW")
        refused(called, 1, "NEW: could not be made (Read-only file system); choose another folder")
    monkeypatch.setattr("phenotune.whole_files._make", refuse)
    advice = "could not be written (Read-only file system); choose another folder"
    refused(call("evolve", "RUN"), 1, f"{Path('RUN', 'state', 'format.json')}: {advice}")
    refused(call("render", "RUN", "-o", "a.wav"), 1, f"a.wav: {advice}")


def fill_the_disk(patch: pytest.MonkeyPatch, is_full: Callable[[], bool]) -> None:
    """From when ``is_full`` says so, nothing more reaches the disk."""
    synchronise = os.fsync

    def fsync(file: int) -> None:
        if is_full():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        synchronise(file)

    patch.setattr(os, "fsync", fsync)


NO_SPACE = "could not be written (No space left on device); free some space"


def test_a_full_disk_at_the_start(
    project: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    evolve = ("evolve", "song.wav", "records", "-o", "NEW", "--cycles", "1", *QUICK)
    with monkeypatch.context() as patch:
        fill_the_disk(patch, lambda: True)
        refused(call(*evolve), 1, f"{Path('NEW', 'state', 'format.json')}: {NO_SPACE}")
    assert [path for path in Path("NEW").rglob("*") if path.is_file()] == []
    assert call(*evolve).code == 0


def test_a_full_disk_in_the_middle_leaves_the_last_good_results(
    project: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, checkpoint = Path("RUN", "out"), Path("RUN", "state", "checkpoint-4.json")
    with monkeypatch.context() as patch:
        fill_the_disk(patch, checkpoint.exists)
        called = call("evolve", "RUN", "--cycles", "6")
    refused(called, 1, f"error: {checkpoint.with_name('checkpoint-6.json')}: {NO_SPACE}")
    refused(called, 1, "on from cycle 3", f"warning: {out / 'mosaic.wav'}: {NO_SPACE}")
    assert "the last checkpoint stands; go on from it: phenotune evolve RUN\n" in called.err
    mosaic = Mosaic.load(out / "mosaic.json")
    assert np.abs(mosaic.render() - read_sound(out / "mosaic.wav").samples).max() < 1e-4
    assert not list(Path("RUN").rglob(".*"))
    called = call("evolve", "RUN", "--cycles", "6")
    assert (called.code, "on from cycle 4" in called.err) == (0, True)


# What lies in a run folder


def edit(path: Path, **values: object) -> None:
    """Change some values of a JSON file."""
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("state/format.json", "RUN: was made by a newer phenotune ("),
        ("state/checkpoint-3.json", "checkpoint-3.json: was made by a newer phenotune (checkpoint"),
    ],
)
def test_a_run_of_a_newer_version(file: str, message: str, project: Path, call: Call) -> None:
    edit(Path("RUN", file), version=9)
    refused(call("evolve", "RUN"), 1, message, "this one reads up to 1); update phenotune")


@pytest.mark.slow
def test_a_torn_checkpoint_is_passed_over(project: Path, call: Call) -> None:
    newest = Path("RUN", "state", "checkpoint-3.json")
    newest.write_text(newest.read_text()[:300])
    newest.with_name("checkpoint-2.json").unlink(missing_ok=True)  # there if the disk was quick
    code, out, err = in_a_shell("evolve", "RUN", "--cycles", "2")
    assert code == 0
    assert out.startswith("song.wav: ")
    warned = err.splitlines()[1]
    assert warned.startswith(f"warning: {newest}: is not JSON")
    assert warned.endswith("; going on from the checkpoint before it")
    assert "on from cycle 1" in err


def test_checkpoints_that_are_all_broken(project: Path, call: Call) -> None:
    for path in Path("RUN", "state").glob("checkpoint-*.json"):
        path.write_text("{}")
    refused(call("evolve", "RUN"), 1, "none of its checkpoints can be read; remove them to start")


def test_a_checkpoint_that_says_too_little(project: Path, call: Call) -> None:
    edit(Path("RUN", "state", "checkpoint-3.json"), engine={})
    refused(call("evolve", "RUN"), 1, "checkpoint of cycle 3 does not tell where the search was")


@pytest.mark.parametrize("content", ["[", "[]", "{}", '{"target": 3, "library": 4}'])
def test_a_folder_that_has_forgotten_its_inputs(content: str, project: Path, call: Call) -> None:
    Path("RUN", "state", "inputs.json").write_text(content)
    refused(call("evolve", "RUN"), 1, f"error: {Path('RUN', 'state', 'inputs.json')}: ")


def test_a_target_that_has_gone_or_changed_since(project: Path, call: Call) -> None:
    write_sound(project / "song.wav", beats(330.0), RATE_HZ)
    called = call("evolve", "RUN", "--cycles", "4")
    assert called.code == 0
    assert (
        "song.wav: is another target than when this run was left; 0 clips lie beyond" in called.err
    )
    Path("song.wav").unlink()
    refused(call("evolve", "RUN"), 1, "there is no such file; RUN was made from it, so put it back")


def test_another_rate_of_the_search_leaves_clips_where_they_were(project: Path, call: Call) -> None:
    onsets = [
        placement.onset_samples for placement in Mosaic.load("RUN/out/mosaic.json").placements
    ]
    called = call("evolve", "RUN", "--cycles", "4", "--set", "spectra.rate_hz=22050")
    assert called.code == 0
    mosaic = Mosaic.load("RUN/out/mosaic.json")
    assert mosaic.rate_hz == 22_050
    kept = [p.onset_samples for p in mosaic.placements if p.cycle <= 3]
    assert set(kept) <= {(onset + 1) // 2 for onset in onsets}


@pytest.mark.slow
def test_a_spoilt_log_costs_the_curve_alone(project: Path, call: Call) -> None:
    log = Path("RUN", "log.jsonl")
    log.write_bytes(bytes(20) + b"\n" + log.read_bytes())
    called = call("evolve", "RUN", "--cycles", "4", "--set", "run.picture=true", "--json")
    assert called.code == 0
    rows = [json.loads(line) for line in called.out.splitlines()]
    (message,) = [row["message"] for row in rows if row["event"] == "warned"]
    assert message.startswith(f"{log}: line 1 is not JSON")
    assert message.endswith("; the picture goes without its curve")
    assert called.err == f"warning: {message}\n"
    assert message in log.read_text()
    assert Path("RUN", "out", "mosaic.png").exists()


def test_a_song_is_not_rebuilt_from_itself(project: Path, call: Call) -> None:
    shutil.copy("song.wav", project / "records" / "copy.wav")
    evolve = ("evolve", "song.wav", "--cycles", "1", *QUICK, "-v")
    called = call(*evolve, "records", "-o", "NEW")
    assert "out of 2 sounds" in called.err
    assert f"skipped {Path('records', 'copy.wav')}: is the target itself; name it" in called.err
    assert "out of 1 sound " in call(*evolve, "song.wav", "-o", "NEWER").err


# What is rendered and measured


def test_a_mosaic_that_cannot_be_read(project: Path, call: Call) -> None:
    document = Path("RUN", "out", "mosaic.json")
    refused(call("render", "nowhere"), 1, "nowhere: could not be read (No such file or directory)")
    refused(call("render", "song.wav"), 1, "song.wav: is not JSON")
    edit(document, rate_hz="fast")
    refused(call("render", "RUN"), 1, f"{document}: rate_hz: ", "got 'fast'")
    edit(document, version=9)
    refused(
        call("render", "RUN"), 1, f"{document}: was made by a newer phenotune (mosaic version 9"
    )


def test_sources_that_have_gone_or_changed_since(project: Path, call: Call) -> None:
    used = {source.path for source in Mosaic.load("RUN/out/mosaic.json").sources}
    source = project / "records" / Path(sorted(used)[0]).name
    write_sound(source, beats(55.0), RATE_HZ)
    refused(call("render", "RUN"), 1, f"{source}: has changed since the mosaic was made (source s")
    source.write_text("a letter")
    refused(call("render", "RUN"), 1, f"{source}: is not a sound file that can be decoded")
    source.unlink()
    refused(call("render", "RUN"), 1, f"{source}: is not there (source s", "--sources FOLDER")
    # The sound cache has it, and so the run goes on with a copy.
    called = call("evolve", "RUN")
    assert called.code == 0
    assert "has gone, and clips of it stay; a copy is kept" in called.err
    assert call("render", "RUN").code == 0


def test_what_cannot_be_measured(project: Path, call: Call) -> None:
    for name in ("letter.wav", "silence.wav", "nan.wav"):
        UNUSABLE[name][0](project / name)
    refused(call("measure", "song.wav", "letter.wav"), 1, "letter.wav: is not a sound file")
    refused(call("measure", "song.wav", "nowhere.wav"), 1, "nowhere.wav: does not exist")
    refused(call("measure", "song.wav", "records"), 1, "records: is a folder, not a sound file")
    refused(call("measure", "silence.wav", "song.wav"), 1, "got silence or no samples")
    with pytest.warns(RuntimeWarning, match="1 samples are not finite and are taken as 0"):
        assert call("measure", "song.wav", "nan.wav").code == 0
