"""Variants and batches through Python, from the sounds to the page."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import phenotune as pt
from phenotune.errors import ParameterError, RunFolderError
from phenotune.mosaic.mosaic import Mosaic
from phenotune.run.comparison import cells_of, columns_for, compare_runs, names_of, runs_named
from phenotune.run.many import Variants

from .conftest import Music, write

pytestmark = pytest.mark.slow

SMALL = {"search.population": 12, "search.capacity": 12, "search.top": 4, "run.picture": False}


@pytest.fixture(scope="module")
def made(music: Music, tmp_path_factory: pytest.TempPathFactory) -> Variants:
    folder = tmp_path_factory.mktemp("variants") / "song-mosaic"
    return pt.evolve_variants(
        music.target, music.library, variants=2, folder=folder, settings=SMALL, cycles=2, seed=5
    )


def test_variants_are_whole_runs_with_figures_and_a_page(made: Variants, music: Music) -> None:
    assert [outcome.job.name for outcome in made.outcomes] == ["seed-5", "seed-6"]
    first = made.outcomes[0]
    assert first.finished is not None
    assert first.finished.seed == 5
    alone = pt.evolve(
        music.target,
        music.library,
        run=made.folder.parent / "alone",
        settings=SMALL,
        cycles=2,
        seed=5,
    )
    assert first.mosaic.placements == alone.mosaic.placements
    row = made.figures[0]
    assert (row.name, row.folder, row.seed) == ("seed-5", first.job.folder, 5)
    assert row.explained == first.mosaic.explained
    assert row.n_clips == len(first.mosaic.placements)
    assert row.clips_per_s == row.n_clips / 2.5
    assert 0.0 < row.median_clip_s < 3.0
    assert 1 <= row.n_sources <= 5
    assert row.measures is not None
    assert row.measures.lag_ms == pytest.approx(0.0, abs=30.0)
    assert made.page == made.folder / "compare.html"
    assert "seed-6" in made.page.read_text(encoding="utf-8")


def test_called_again_what_is_done_is_left_alone(made: Variants, music: Music) -> None:
    more = pt.evolve_variants(
        music.target,
        music.library,
        variants="3",
        folder=made.folder,
        settings=SMALL,
        cycles=2,
        seed=5,
    )
    assert [outcome.was_done for outcome in more.outcomes] == [True, True, False]
    assert more.figures[:2] == made.figures
    shutil.rmtree(more.outcomes[2].job.folder)


def test_rows_of_the_table(made: Variants) -> None:
    runs = [row.folder for row in made.figures]
    columns = columns_for(runs)
    assert columns[0][2] == "higher"
    cells = cells_of(made.figures[0])
    assert len(cells) == len(columns)
    assert cells[0].endswith("%")
    assert cells[3].endswith(" s")
    shares: list[float] = []
    assert compare_runs(runs, names=["x", "y"], progress=shares.append)[1].name == "y"
    assert shares == [0.5, 1.0]


def test_explained_is_not_compared_where_it_is_counted_otherwise(
    made: Variants, tmp_path: Path
) -> None:
    one, other = made.figures[0].folder, tmp_path / "other"
    shutil.copytree(made.figures[1].folder, other)
    settings = other / "phenotune.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        text.replace("brightness_db_per_octave = 0.0", "brightness_db_per_octave = 3.0")
    )
    assert columns_for([one, other])[0][2] == ""
    settings.write_text("nonsense")
    assert columns_for([one, other])[0][2] == ""


def test_a_song_that_is_gone_is_not_measured_against(made: Variants, tmp_path: Path) -> None:
    one = made.figures[0].folder
    mosaic = Mosaic.load(one / "out" / "mosaic.json")
    copy = tmp_path / "run"
    shutil.copytree(one, copy)
    document = copy / "out" / "mosaic.json"
    text = document.read_text(encoding="utf-8").replace(mosaic.target.path, "gone.wav")
    document.write_text(text, encoding="utf-8")
    page = tmp_path / "page.html"
    (row,) = compare_runs([copy], page=page)
    assert row.measures is None
    assert cells_of(row)[5:] == [""] * 4
    html = page.read_text(encoding="utf-8")
    assert "Gone.wav is not where it was" in html
    assert '"first_key": 1' in html


def test_runs_that_cannot_be_compared(made: Variants, music: Music, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="got none"):
        compare_runs([])
    with pytest.raises(RunFolderError, match="there is no such folder"):
        compare_runs([tmp_path / "gone"])
    other = write(tmp_path / "other.wav", 0.9 * pt.Mosaic.render(made.outcomes[0].mosaic)[0])
    run = tmp_path / "run"
    pt.evolve(other, music.library, run=run, settings=SMALL, cycles=1)
    with pytest.raises(ParameterError, match=r"rebuilds song\.wav, and .* rebuilds other\.wav"):
        compare_runs([made.figures[0].folder, run])
    shutil.rmtree(run / "out")
    with pytest.raises(RunFolderError, match="has no mosaic yet"):
        compare_runs([run])


def test_a_folder_of_variants_stands_for_all_of_them(made: Variants, tmp_path: Path) -> None:
    both = [made.folder / "variants" / name for name in ("seed-5", "seed-6")]
    assert runs_named([made.folder]) == both
    assert runs_named([both[1], made.folder, tmp_path]) == [both[1], both[0], tmp_path]
    assert names_of(both) == ["seed-5", "seed-6"]


def test_a_batch_goes_on_past_a_bad_song_and_is_not_done_twice(
    music: Music, tmp_path: Path
) -> None:
    songs = tmp_path / "songs"
    (songs / "more").mkdir(parents=True)
    shutil.copy(music.target, songs / "more" / "good.wav")
    (songs / "bad.wav").write_text("no sound")
    how = {"folder": tmp_path / "out", "settings": SMALL}
    done = pt.evolve_batch([songs, tmp_path / "gone.wav"], music.library, cycles=1, **how)
    assert [outcome.job.target.name for outcome in done] == ["bad.wav", "good.wav", "gone.wav"]
    assert [bool(outcome.error) for outcome in done] == [True, False, True]
    assert "bad.wav" in done[0].error
    assert "no such file" in done[2].error
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["good-mosaic"]
    (again,) = pt.evolve_batch([songs / "more"], music.library, cycles=2, **how)
    assert again.was_done
    (again,) = pt.evolve_batch([songs / "more"], music.library, cycles=2, is_again=True, **how)
    assert again.finished is not None
    assert (again.finished.cycles, again.was_done) == (2, False)
    with pytest.raises(ParameterError, match=r"search\.top"):
        pt.evolve_batch([songs], music.library, settings={"search.top": -1})
