"""What benchmarks say of figures, and that they still fit the engine."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import numpy as np
import pytest

from phenotune.errors import ParameterError
from phenotune.run.settings import read_settings
from phenotune.spectra.layout import make_layout
from phenotune.spectra.settings import SpectraSettings

from .conftest import BENCHMARKS

PACKAGE = BENCHMARKS.parent / "src" / "phenotune"
MEASURES = {
    "lmsd_db": 8.604, "sc": 0.57, "mrstft": 0.519, "chroma_c": 0.249, "onset_r": 0.4, "mel_expl": 76.04,
}  # fmt: skip


@pytest.mark.parametrize("script", sorted(path.stem for path in BENCHMARKS.glob("bench_*.py")))
def test_every_benchmark_finds_what_it_imports(script: str) -> None:
    assert callable(importlib.import_module(script).main)


def test_text_is_put_between_its_comments_and_nothing_else_is_touched(tmp_path: Path) -> None:
    tables = importlib.import_module("tables")
    page = tmp_path / "results.md"
    page.write_text("# Results\n")
    tables.put("marks", "one", page)
    tables.put("where", "two", page)
    tables.put("marks", "three", page)
    assert page.read_text() == (
        "# Results\n\n<!-- marks: begin -->\n\nthree\n\n<!-- marks: end -->\n\n"
        "<!-- where: begin -->\n\ntwo\n\n<!-- where: end -->\n"
    )


def test_a_table_is_markdown() -> None:
    tables = importlib.import_module("tables")
    text = tables.table(["a", "b"], [["1", "2"], ["3", ""]])
    assert text == "| a | b |\n| --- | --- |\n| 1 | 2 |\n| 3 |  |"


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [("sc", 0.5214, ".521"), ("onset_r", -0.0123, "-.012"), ("lmsd_db", 6.891, "6.89"), ("sc", 1.0, "1.000")],
)  # fmt: skip
def test_measures_are_shown_with_the_digits_they_deserve(
    name: str, value: float, text: str
) -> None:
    assert importlib.import_module("outcome").shown(name, value) == text


def test_what_falls_short_of_a_mark_is_bold() -> None:
    marks, outcome = (importlib.import_module(name) for name in ("bench_marks", "outcome"))
    (row,) = [row for row in marks.ROWS if row.name == "A-10"]
    came = outcome.Outcome(MEASURES, 0.4, 60.0, 1800, 1, 2, 0.7)
    cells = marks.figures(row, 0, marks.Ran(came, 10.4, 640.0))
    assert cells == [
        "A-10", "0", "8.60", ".570", ".519", "**.249**", ".400", "76.0",
        "0.40", "60.0", "**1**", "2", "**10.4**", "640",
    ]  # fmt: skip
    (row,) = [row for row in marks.ROWS if row.name == "A-150"]
    cells = marks.figures(row, 0, marks.Ran(came, 149.0, 640.0))
    assert cells[8:] == ["0.40", "**60.0**", "**1**", "**2**", "149.0", "640"]


def test_each_part_has_settings_that_exist_and_leave_something_out() -> None:
    ablation = importlib.import_module("bench_ablation")
    names = [name for name, _ in (*ablation.PARTS, *ablation.GENE_PARTS)]
    assert len(set(names)) == len(names)
    base = read_settings(environment={})
    for name, flags in (*ablation.PARTS, *ablation.GENE_PARTS):
        changed = read_settings(flags=flags, environment={}) != base
        assert changed == (name != ablation.EVERYTHING)
    with pytest.raises(ParameterError, match="did you mean"):
        read_settings(flags={"mix.polarityy": False}, environment={})


def test_results_of_other_settings_do_not_count(tmp_path: Path) -> None:
    ablation = importlib.import_module("bench_ablation")
    path = tmp_path / "results.jsonl"
    task = ablation.Task("polarity", "demo", 0, 5.0)
    ablation.add_result(path, task, {"failed": "no"})
    path.write_text(
        path.read_text() + path.read_text().replace("false", "true").replace("demo", "x")
    )
    assert ablation.read_results(path) == {task: {"failed": "no"}}
    assert ablation.read_results(None) == {}


def test_the_summary_counts_where_the_mosaic_is_worse_without_a_part() -> None:
    ablation = importlib.import_module("bench_ablation")
    others = {"n_clips": 100, "median_clip_s": 0.5, "n_candidates": 1000}
    worse = {**MEASURES, "lmsd_db": 8.7, "sc": 0.5, "mel_expl": 70.0}
    results = {
        ablation.Task(ablation.EVERYTHING, "demo", 0, 5.0): {"measures": MEASURES, **others},
        ablation.Task("polarity", "demo", 0, 5.0): {"measures": worse, **others},
        ablation.Task("pan", "demo", 0, 5.0): {"failed": "no"},
    }
    text = ablation.page(results, 5.0)
    assert "| polarity | 2 of 6 | **+0.10** | -.070 | +.000 | +.000 | +.000 | **-6.0** |" in text
    assert "| polarity | 8.70 (**+0.10**) | .500 (-.070) | .519 (+.000) |" in text
    assert "| pan | n/a |" in text


def test_the_steps_that_are_looked_for_are_there() -> None:
    inside = importlib.import_module("inside")
    for step, part, functions in (*inside.WHOLE_STEPS, *inside.STEPS):
        path = PACKAGE / part
        files = sorted(path.glob("*.py")) if path.is_dir() else [path]
        text = "\n".join(file.read_text(encoding="utf-8") for file in files)
        defined = set(re.findall(r"def (\w+)\(", text))
        assert functions <= defined, step


def test_a_step_is_the_whole_one_above_or_else_the_innermost() -> None:
    inside = importlib.import_module("inside")
    transform = ("/x/phenotune/spectra/analysis.py", "analyse")
    scored = ("/x/phenotune/fitness/evaluator.py", "score")
    refit = ("/x/phenotune/run/revision.py", "_refit")
    assert inside._step_of([("/x/scipy/fft.py", "rfft"), transform, scored]) == (
        "frames and transforms"
    )
    assert inside._step_of([transform, scored, refit]) == "refit"
    assert inside._step_of([scored]) == inside.BETWEEN


@pytest.mark.slow
def test_the_floor_computes_what_it_says(rng: np.random.Generator) -> None:
    floor_module = importlib.import_module("floor")
    layout = make_layout(SpectraSettings())
    floor = floor_module.Floor(layout, 2, 60)
    sound = rng.standard_normal((1, 20_000)).astype(np.float32)
    sounds = floor.sounds(sound)
    spectra = floor.transform(sounds)
    powers = floor.bands(spectra)
    n_frames = layout.n_touched(20_000)
    assert powers.shape == (2, n_frames, layout.n_bands)
    bins = np.concatenate(
        [
            np.fft.rfft(
                np.lib.stride_tricks.sliding_window_view(own, layer.window.size)[
                    :: layout.hop // layer.decimation
                ]
                * layer.window
            )[:, layer.first_bin : layer.last_bin]
            for own, layer in zip(sounds[0], layout.layers, strict=True)
        ],
        axis=1,
    )
    assert bins.shape == (n_frames, layout.edges[-1])
    distance = 0.0
    for channel in range(2):
        canvas = floor._canvas[channel, :n_frames, layout.places]
        both = np.square(np.abs(bins + canvas.T))
        wanted = np.add.reduceat(both, layout.edges[:-1], axis=1)
        np.testing.assert_allclose(powers[channel], wanted, rtol=1e-4, atol=1e-5)
        amplitudes = np.sqrt(wanted + 1e-6)
        target = floor._target[channel, :n_frames]
        distance += float(np.square(amplitudes - target).sum())
        distance += float(np.square(np.sqrt(amplitudes) - np.sqrt(target)).sum())
    assert floor.score(powers) == pytest.approx(distance, rel=1e-4)


@pytest.mark.slow
def test_phenotypes_that_are_ready_are_scored_alike(tmp_path: Path) -> None:
    inside, music = (importlib.import_module(name) for name in ("inside", "music"))
    pair = music.demo_pair(tmp_path)
    with inside.opened(pair.target, pair.library, tmp_path / "run", {"run.workers": 1}) as session:
        candidates = inside.founders(session, 1000)[:6]
        usual = session.evaluator.evaluate(candidates)
        ready = inside.render_scored(session, candidates)
        with inside.nothing_to_render(session, ready):
            assert session.evaluator.evaluate(candidates) == usual
        with inside.nothing_to_render(session, {}), pytest.raises(KeyError, match="Chromosome"):
            session.evaluator.evaluate(candidates)
