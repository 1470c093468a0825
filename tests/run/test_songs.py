from __future__ import annotations

from pathlib import Path

import pytest

from phenotune.errors import ParameterError, RunFolderError
from phenotune.run.folder import RunFolder
from phenotune.run.songs import batch_jobs, songs_named


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a/song.wav", "b/song.wav", "b/tune.flac", "b/deep/air.ogg", "b/notes.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "records").mkdir()


@pytest.mark.parametrize(
    ("targets", "songs"),
    [
        (["a/song.wav"], ["a/song.wav"]),
        (["b"], ["b/deep/air.ogg", "b/song.wav", "b/tune.flac"]),
        (["b/*.wav", "b/*.flac"], ["b/song.wav", "b/tune.flac"]),
        (["**/*.ogg"], ["b/deep/air.ogg"]),
        (["*"], ["a/song.wav", "b/deep/air.ogg", "b/song.wav", "b/tune.flac", "records"]),
        (["b/song.wav", "b", "./b/song.wav"], ["b/song.wav", "b/deep/air.ogg", "b/tune.flac"]),
        # For whoever tries to rebuild it to report:
        (["nowhere.wav"], ["nowhere.wav"]),
        (["c/*.wav"], ["c/*.wav"]),
        (["records"], ["records"]),
        (["b/notes.txt"], ["b/notes.txt"]),
    ],
)
def test_what_files_folders_and_patterns_name(targets: list[str], songs: list[str]) -> None:
    assert songs_named(targets) == [Path(song) for song in songs]


def test_a_file_whose_name_looks_like_a_pattern() -> None:
    Path("a/[live].wav").touch()
    assert songs_named(["a/[live].wav"]) == [Path("a/[live].wav")]


def test_songs_of_the_same_name_do_not_collide() -> None:
    jobs = batch_jobs(["a/song.wav", "b/song.wav"], ["records"], Path("out"), flags={"run.seed": 3})
    assert [(job.name, job.folder) for job in jobs] == [
        ("a/song.wav", Path("out/song-mosaic")),
        ("b/song.wav", Path("out/song-mosaic-2")),
    ]
    assert jobs[0].library == (Path("records"),)
    assert jobs[0].flags == {"run.seed": 3}


def test_a_song_that_has_a_run_keeps_it_whatever_else_is_asked_for() -> None:
    for name, song in (("song-mosaic-2", "b/song.wav"), ("song-mosaic", "a/song.wav")):
        RunFolder.create(Path("out") / name).remember(Path(song), [Path("records")])
    for targets in (["b/song.wav"], ["b/song.wav", "a/song.wav"], ["a/song.wav", "b/song.wav"]):
        jobs = batch_jobs(targets, ["records"], Path("out"))
        places = {str(job.target): job.folder.name for job in jobs}
        assert places["b/song.wav"] == "song-mosaic-2"
        assert places.get("a/song.wav", "song-mosaic") == "song-mosaic"
    Path("c").mkdir()
    Path("c/song.wav").touch()
    (job,) = batch_jobs(["c/song.wav"], ["records"], Path("out"))
    assert job.folder == Path("out/song-mosaic-3")


def test_a_long_name_is_cut() -> None:
    (job,) = batch_jobs([f"{'la' * 150}.wav"], ["records"], Path("out"))
    assert len(job.folder.name) < 100


def test_callers_mistakes() -> None:
    with pytest.raises(ParameterError, match="got no target"):
        batch_jobs([], ["records"], Path("out"))
    with pytest.raises(ParameterError, match="got no library"):
        batch_jobs(["a/song.wav"], [], Path("out"))
    with pytest.raises(RunFolderError, match="gone: there is no such file or folder"):
        batch_jobs(["a/song.wav"], ["gone"], Path("out"))
    with pytest.raises(RunFolderError, match=r"song\.wav: is a file"):
        batch_jobs(["a/song.wav"], ["records"], Path("a/song.wav"))
