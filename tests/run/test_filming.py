"""The film of a small run, from its log and sounds to a file."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import phenotune as pt
from phenotune.audio.files import read_sound, write_sound
from phenotune.errors import (
    LibraryError,
    MissingExtraError,
    ParameterError,
    RunFolderError,
    TargetError,
)
from phenotune.run.filming import FilmOptions, default_path, film, film_paths
from phenotune.run.folder import RunFolder
from phenotune.run.reel import load_reel

from .conftest import Music

pytestmark = pytest.mark.slow

SETTINGS = {
    "search.population": 12,
    "search.capacity": 12,
    "search.top": 3,
    "search.refit_after": 1.0,
    "run.picture": False,
}
SMALL = FilmOptions(size=(480, 320), fps=10, n_times=2, n_scenes=3)


@pytest.fixture(scope="module")
def whole(music: Music, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of six cycles."""
    run = tmp_path_factory.mktemp("filming") / "run"
    return pt.evolve(
        music.target, music.library, run=run, settings=SETTINGS, cycles=6, seed=5
    ).folder


@pytest.fixture
def moved(music: Music, whole: Path, tmp_path: Path) -> Path:
    """The same run in a folder of its own, with copies of its sounds where it looks for them."""
    shutil.copytree(music.target.parent, tmp_path / music.target.parent.name)
    place = tmp_path / whole.parent.name
    place.mkdir()
    shutil.copytree(whole, place / "run")
    return place / "run"


def test_a_film_with_sound(whole: Path, tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    shares: list[float] = []
    path = tmp_path / "film.mp4"
    made = film(whole, path, SMALL, progress=shares.append)
    assert made.paths == (path,)
    assert made.duration_s == pytest.approx(5.0, abs=1e-3)
    assert (made.cycles[0], made.cycles[-1], len(made.cycles)) == (1, 6, 3)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    with av.open(str(path)) as container:
        assert sum(1 for _ in container.decode(video=0)) == 50
    assert [each.name for each in tmp_path.iterdir()] == ["film.mp4"]


def test_the_sound_alone_steps_through_the_cycles(whole: Path, tmp_path: Path) -> None:
    """Where a scene is heard, and no cross-fade, it is what its cycle's mosaic renders to, all at one gain."""
    made = film(whole, tmp_path / "evolution.wav", SMALL)
    sound = read_sound(tmp_path / "evolution.wav")
    n_stretch = sound.samples.shape[1] // 2
    gain = 10.0 ** (-made.turned_down_db / 20.0)
    for scene, cycle in enumerate(made.cycles):
        begin = scene * n_stretch // 2
        inside = slice(begin + 4000, begin + n_stretch // 2 - 4000)
        at = slice(inside.start % n_stretch, inside.start % n_stretch + inside.stop - inside.start)
        rendered = pt.mosaic_at(whole, cycle).render()[:, at]
        np.testing.assert_allclose(sound.samples[:, inside], gain * rendered, atol=2e-7)


def test_the_sound_of_a_film_is_that_of_the_wav(whole: Path, tmp_path: Path) -> None:
    pytest.importorskip("av")
    film(whole, tmp_path / "a.wav", SMALL)
    film(whole, tmp_path / "a.mp4", SMALL)
    alone, inside = read_sound(tmp_path / "a.wav"), read_sound(tmp_path / "a.mp4")
    assert abs(inside.samples.shape[1] - alone.samples.shape[1]) <= alone.rate_hz // 10
    n = min(inside.samples.shape[1], alone.samples.shape[1])
    loss = inside.samples[:, :n] - alone.samples[:, :n]
    assert np.sqrt((loss**2).mean()) < 0.15 * np.sqrt((alone.samples**2).mean())


def test_an_animation_has_its_sound_beside_it(whole: Path, tmp_path: Path) -> None:
    made = film(whole, tmp_path / "film.webp", SMALL)
    assert made.paths == (tmp_path / "film.webp", tmp_path / "film.wav")
    with Image.open(made.paths[0]) as image:
        assert image.size == (480, 320)
    film(whole, tmp_path / "alone.wav", SMALL)
    assert made.paths[1].read_bytes() == (tmp_path / "alone.wav").read_bytes()


def test_the_same_run_gives_the_same_bytes(whole: Path, tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        film(whole, tmp_path / name, SMALL)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_by_default_it_lies_with_the_results_and_replaces_itself(moved: Path) -> None:
    pytest.importorskip("av")
    for _ in range(2):
        made = film(moved, options=SMALL)
        assert made.paths == (moved / "out" / "evolution.mp4",)


def test_without_the_extra_it_is_an_animation(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    assert default_path(RunFolder.open(whole)) == whole / "out" / "evolution.webp"
    with pytest.raises(MissingExtraError, match=r"\.webp, .* go without\) needs the extra 'video'"):
        film(whole, tmp_path / "film.mp4", SMALL)


def test_what_is_there_is_not_replaced_unless_forced(whole: Path, tmp_path: Path) -> None:
    (tmp_path / "film.wav").write_text("mine")
    for name in ("film.wav", "film.webp"):
        with pytest.raises(RunFolderError, match=r"film\.wav: is there already; .* -o, .* --force"):
            film(whole, tmp_path / name, SMALL)
    assert (tmp_path / "film.wav").read_text() == "mine"
    film(whole, tmp_path / "film.wav", SMALL, force=True)
    assert (tmp_path / "film.wav").read_bytes().startswith(b"RIFF")


def test_a_stretch_is_what_is_heard(whole: Path, tmp_path: Path) -> None:
    options = FilmOptions(n_times=1, n_scenes=1, from_s=0.5, to_s=1.5)
    made = film(whole, tmp_path / "part.wav", options)
    sound = read_sound(tmp_path / "part.wav").samples
    rendered = pt.mosaic_at(whole, 6).render()[:, 22_050:66_150]
    gain = 10.0 ** (-made.turned_down_db / 20.0)
    assert made.cycles == (6,)
    np.testing.assert_allclose(sound[:, 300:-300], gain * rendered[:, 300:-300], atol=2e-7)


@pytest.mark.parametrize("stretch", [(3.0, None), (1.0, 1.0), (2.0, 1.0), (-1.0, 2.0), (0.0, 0.1)])
def test_a_stretch_must_lie_in_the_song(
    whole: Path, tmp_path: Path, stretch: tuple[float, float | None]
) -> None:
    options = FilmOptions(from_s=stretch[0], to_s=stretch[1])
    with pytest.raises(ParameterError, match=r"at least 0\.2 s within the song's 2\.50 s, got"):
        film(whole, tmp_path / "a.wav", options)


def test_a_stretch_beyond_the_end_ends_with_the_song(whole: Path) -> None:
    reel = load_reel(
        RunFolder.open(whole),
        n_scenes=None,
        n_times=None,
        stretch_s=(1.5, 99.0),
        is_seen=False,
        folders=(),
        cache=None,
    )
    assert (reel.begin, reel.end) == (66_150, 110_250)


def test_sounds_that_are_gone_are_named_and_found_elsewhere(
    moved: Path, music: Music, tmp_path: Path
) -> None:
    library = tmp_path / music.target.parent.name / music.library.name
    elsewhere = tmp_path / "some" / "where" / "else"
    elsewhere.parent.mkdir(parents=True)
    library.rename(elsewhere)
    with pytest.raises(LibraryError, match="cannot be used; put them back"):
        film(moved, tmp_path / "a.wav", SMALL)
    film(moved, tmp_path / "found.wav", SMALL, folders=[elsewhere])
    (library.parent / music.target.name).rename(tmp_path / music.target.name)
    with pytest.raises(TargetError, match=r"song\.wav: the song that was rebuilt is not there"):
        film(moved, tmp_path / "a.png", SMALL, folders=[elsewhere])

    film(moved, tmp_path / "alone.wav", SMALL, folders=[elsewhere])
    film(moved, tmp_path / "b.png", SMALL, folders=[tmp_path])


def test_a_source_that_has_changed_is_used_when_forced(
    moved: Path, music: Music, tmp_path: Path
) -> None:
    library = tmp_path / music.target.parent.name / music.library.name
    for record in library.glob("*.wav"):
        sound = read_sound(record)
        write_sound(record, 0.5 * sound.samples, sound.rate_hz, bits=32)
    with pytest.raises(LibraryError, match="has changed since the mosaic was made"):
        film(moved, tmp_path / "a.wav", SMALL)
    made = film(moved, tmp_path / "a.wav", SMALL, force=True)
    assert made.changed
    assert all("has changed since" in line for line in made.changed)


def test_a_folder_that_cannot_be_written_to(whole: Path, tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match=r"nowhere.*could not be written.*make its folder"):
        film(whole, tmp_path / "nowhere" / "a.png", SMALL)


@pytest.mark.parametrize(
    ("options", "name"),
    [({"fps": 0}, "fps"), ({"n_scenes": 0}, "n_scenes"), ({"n_times": 1000}, "n_times")],
)
def test_options_are_checked(options: dict[str, int], name: str) -> None:
    with pytest.raises(ParameterError, match=f"{name}: expected 1 to"):
        FilmOptions(**options)


def test_names_are_checked_before_anything_is_done(whole: Path) -> None:
    with pytest.raises(ParameterError, match="expected a name that ends in"):
        film(whole, "film.avi")
    assert film_paths(Path("A.GIF")) == (Path("A.GIF"), Path("A.wav"))
