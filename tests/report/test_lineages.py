from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image

from phenotune.errors import RunFolderError
from phenotune.report.lineages import Generation, Layers, draw_lineages, layers_of
from phenotune.report.style import SOURCE_COLOURS

FOUNDERS = {1: "break $x^2$", 2: "音"}


def takeover(n: int) -> list[Generation]:
    """Lineage 2 of four grows from a quarter to all, and lands in every generation."""
    shares = [0.25 + 0.75 * i / (n - 1) for i in range(n)]
    return [
        Generation(
            cycle=i + 1,
            n_lineages=4 if share < 1.0 else 1,
            largest_share=share,
            shares=((2, share), *((other, (1.0 - share) / 3) for other in (0, 1, 3))),
            landed=(2,) if i % 2 else (2, 1),
        )
        for i, share in enumerate(shares)
    ]


def draw(path: Path, generations: list[Generation], **changed: object) -> bytes:
    arguments: dict[str, object] = {"name": "song", "founders": FOUNDERS}
    draw_lineages(path, generations, **(arguments | changed))  # type: ignore[arg-type]
    return path.read_bytes()


def test_a_column_for_each_generation_as_long_as_there_is_room() -> None:
    layers = layers_of(takeover(4))
    assert layers.named == (2, 0, 1, 3)
    np.testing.assert_array_equal(layers.edges, [0.5, 1.5, 2.5, 3.5, 4.5])
    np.testing.assert_allclose(layers.shares[0], [0.25, 0.5, 0.75, 1.0])
    np.testing.assert_allclose(layers.shares[1:4], np.tile([0.25, 1 / 6, 1 / 12, 0.0], (3, 1)))
    np.testing.assert_array_equal(layers.shares[4], 0.0)
    np.testing.assert_array_equal(layers.landed[0], [1, 2, 3, 4])
    np.testing.assert_array_equal(layers.landed[2], [1, 1, 2, 2])


def slow_layers(generations: list[Generation], layers: Layers, n_columns: int) -> np.ndarray:
    """Shares of the named lineages, generation by generation: the slow twin."""
    shares = np.zeros((len(layers.named), n_columns))
    for column in range(n_columns):
        inside = [
            each
            for i, each in enumerate(generations)
            if i * n_columns // len(generations) == column
        ]
        for row, number in enumerate(layers.named):
            shares[row, column] = np.mean([dict(each.shares).get(number, 0.0) for each in inside])
    return shares


@pytest.mark.parametrize("n", [10, 11, 23])
def test_long_runs_are_gathered_into_columns(n: int) -> None:
    generations = takeover(n)
    layers = layers_of(generations, n_columns=5)
    assert layers.shares.shape == (5, 5)
    np.testing.assert_allclose(layers.shares[:-1], slow_layers(generations, layers, 5))
    assert layers.edges[0] == 0.5
    assert layers.edges[-1] == n + 0.5
    assert layers.landed[0, -1] == n


def cycles_of(n_generations: int, n_cycles: int) -> list[Generation]:
    """Cycles in each of which a lineage of its own grows from a tenth to all; each ends with a clip landed."""
    return [
        Generation(
            cycle=cycle,
            n_lineages=10 - i,
            largest_share=(share := 0.1 + 0.9 * i / (n_generations - 1)),
            shares=((cycle, share),),
            landed=(cycle,) if i == n_generations - 1 else (),
        )
        for cycle in range(1, n_cycles + 1)
        for i in range(n_generations)
    ]


def test_columns_of_whole_cycles_show_how_they_ended() -> None:
    layers = layers_of(cycles_of(4, 9), n_columns=6)
    assert layers.is_of_ends
    np.testing.assert_allclose(layers.shares.sum(axis=0), 1.0)
    np.testing.assert_array_equal(layers.landed.sum(axis=0), [1, 3, 4, 6, 7, 9])


@pytest.mark.parametrize("n_columns", [36, 10])
def test_columns_without_the_end_of_a_cycle_show_all_generations(n_columns: int) -> None:
    layers = layers_of(cycles_of(4, 9), n_columns)
    assert not layers.is_of_ends
    assert layers.shares.sum(axis=0).min() < 0.9


def test_only_the_biggest_have_a_colour_and_whoever_leads_shows() -> None:
    """Ten cycles, each led by a lineage of its own; the later ones lead by more."""
    generations = [
        Generation(i + 1, 2, 0.5 + i / 100, ((i, 0.5 + i / 100), (100 + i, 0.1)), (i, 100 + i))
        for i in range(10)
    ]
    layers = layers_of(generations)
    assert layers.named == (9, 8, 7, 6, 5, 4, 3)
    np.testing.assert_allclose(layers.shares[-1], [0.5, 0.51, 0.52, *[0.0] * 7])
    assert layers.shares.sum() == pytest.approx(sum(each.largest_share for each in generations))
    assert layers.landed[-1, -1] == 13


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    first = draw(tmp_path / "a.png", takeover(30))
    with mpl.rc_context({"font.size": 30.0, "axes.grid": True}):
        second = draw(tmp_path / "b.png", takeover(30))
    assert first == second
    assert draw(tmp_path / "c.png", takeover(31)) != first
    assert draw(tmp_path / "d.png", takeover(30), founders={}) != first
    with Image.open(tmp_path / "a.png") as image:
        assert image.size == (1680, 1080)
        assert not {"Software", "Creation Time"} & set(image.info)


def share_of(colour: str, image: Image.Image, left: int, right: int) -> float:
    """Share of the pixels between two columns of the upper panel that have a colour."""
    pixels = np.asarray(image.convert("RGB"))[130:535, left:right]
    wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return float((pixels == wanted).all(axis=2).mean())


@pytest.mark.parametrize("n", [30, 3000])
def test_a_takeover_is_seen(tmp_path: Path, n: int) -> None:
    draw(tmp_path / "a.png", takeover(n))
    with Image.open(tmp_path / "a.png") as image:
        at_start, at_end = (
            share_of(SOURCE_COLOURS[0], image, *span) for span in ((95, 200), (1250, 1350))
        )
    assert at_start < 0.4
    assert at_end > 0.9


def test_few_generations_and_none_can_be_drawn(tmp_path: Path) -> None:
    assert draw(tmp_path / "a.png", [])
    assert draw(tmp_path / "b.png", [Generation(1, 0, 0.0)])
    assert draw(tmp_path / "c.png", [Generation(1, 3, 0.5), Generation(1, 1, 1.0)])


def test_a_missing_folder_is_the_worlds_fault(tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match="could not be written"):
        draw(tmp_path / "nowhere" / "a.png", takeover(3))
