from __future__ import annotations

import json
from pathlib import Path

import pytest

from phenotune.errors import ParameterError, RunFolderError
from phenotune.run.variants import (
    Variant,
    VariantPlan,
    plan_variants,
    variant_folders,
    variants_called,
)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def plan(variants: str = "2", **how: object) -> VariantPlan:
    return plan_variants(variants, Path("a/song.wav"), [Path("records")], **how)  # type: ignore[arg-type]


def test_a_number_is_a_number_of_seeds() -> None:
    assert variants_called(" 2 ", 5) == (Variant("seed-5", seed=5), Variant("seed-6", seed=6))


def test_names_are_styles_or_presets() -> None:
    assert variants_called("faithful, none,classic") == (
        Variant("faithful", style="faithful"),
        Variant("none", style="none"),
        Variant("classic", preset="classic"),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0", "1 to 99 seeds, got 0"),
        ("100", "1 to 99 seeds, got 100"),
        ("-3", "number of seeds.*got '-3'"),
        ("²", "number of seeds.*got '²'"),
        ("", "number of seeds.*got ''"),
        ("faithful,", "got ''"),
        ("faithfull", "got 'faithfull'; there are the styles faithful, .*presets guided, "),
        ("drone,drone", "'drone' stands twice"),
        ("../x", r"got '\.\./x'"),
    ],
)
def test_what_is_no_variant(text: str, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        variants_called(text)


def test_each_variant_has_a_folder_and_a_seed_or_a_style_of_its_own() -> None:
    found = plan("2", flags={"run.seed": 7, "run.cycles": 3}, preset="classic")
    assert found.folder == Path("song-mosaic")
    assert [job.name for job in found.jobs] == ["seed-7", "seed-8"]
    assert found.jobs[0].folder == Path("song-mosaic/variants/seed-7")
    assert [job.settings().run.seed for job in found.jobs] == [7, 8]
    assert {job.settings().preset for job in found.jobs} == {"classic"}
    styled = plan("drone,rust,none", flags={"run.seed": 7})
    assert [job.settings().style.name for job in styled.jobs] == ["drone", "", ""]
    assert [job.settings().preset for job in styled.jobs] == ["guided", "rust", "guided"]
    assert [job.settings().run.seed for job in styled.jobs] == [7, 7, 7]


def test_no_other_layer_has_the_last_word_on_the_seed() -> None:
    found = plan("2", assignments=["run.seed=9"])
    assert [job.settings().run.seed for job in found.jobs] == [9, 10]


@pytest.mark.parametrize(
    ("variants", "how", "message"),
    [
        ("faithful", {"style": "drone"}, "'faithful' is a style, and --style drone is another"),
        ("rust", {"preset": "classic"}, "'rust' is a preset, and --preset classic is another"),
    ],
)
def test_variants_that_contradict_what_all_are_to_have(
    variants: str, how: dict[str, str], message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        plan(variants, **how)


def test_the_same_call_finds_its_folder_again_and_another_takes_a_new_one() -> None:
    plan("2", flags={"run.time_s": 3.0}).make_folder()
    assert plan("drone", flags={"run.time_s": 9.0, "run.workers": 1}).folder == Path("song-mosaic")
    other = plan("2", style="drone")
    assert other.folder == Path("song-mosaic-2")
    other.make_folder()
    assert plan("2", assignments=["search.top=3"]).folder == Path("song-mosaic-3")
    assert plan("2", style="drone", assignments=["run.cycles=3"]).folder == Path("song-mosaic-2")


def test_a_folder_that_holds_something_else_is_left_alone() -> None:
    Path("full").mkdir()
    Path("full/mine.txt").touch()
    Path("file").touch()
    with pytest.raises(RunFolderError, match="full: holds other things"):
        plan(folder=Path("full"))
    with pytest.raises(RunFolderError, match="file: is a file"):
        plan(folder=Path("file"))
    Path("empty").mkdir()
    plan(folder=Path("empty")).make_folder()
    plan("4", folder=Path("empty"))
    with pytest.raises(RunFolderError, match=r"made otherwise \(style\)"):
        plan(folder=Path("empty"), style="drone")


def test_the_record_is_written_once_and_names_whole_paths() -> None:
    first = plan("drone")
    first.make_folder()
    record = json.loads(Path("song-mosaic/variants.json").read_text())
    assert record["target"] == Path("a/song.wav").absolute().as_posix()
    assert record["library"] == [Path("records").absolute().as_posix()]
    assert record["style"] is None
    first.make_folder()
    assert json.loads(Path("song-mosaic/variants.json").read_text()) == record


def test_a_broken_record_is_no_record() -> None:
    Path("song-mosaic").mkdir()
    Path("song-mosaic/variants.json").write_text("{")
    assert plan().folder == Path("song-mosaic-2")


def test_variants_that_have_a_mosaic() -> None:
    found = plan("3")
    assert variant_folders(found.folder) is None
    found.make_folder()
    assert variant_folders(found.folder) == []
    for job in found.jobs[1:]:
        (job.folder / "out").mkdir(parents=True)
        (job.folder / "out" / "mosaic.json").touch()
    assert variant_folders(found.folder) == [job.folder for job in found.jobs[1:]]


def test_variants_stand_in_the_order_of_their_seeds() -> None:
    found = plan("11")
    found.make_folder()
    for job in reversed(found.jobs):
        (job.folder / "out").mkdir(parents=True)
        (job.folder / "out" / "mosaic.json").touch()
    assert variant_folders(found.folder) == [job.folder for job in found.jobs]
