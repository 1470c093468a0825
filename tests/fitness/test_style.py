"""Settings of the style."""

from __future__ import annotations

import pytest

from phenotune.errors import ParameterError
from phenotune.fitness.style import StyleSettings
from phenotune.run.settings import RunSettings, read_settings


def test_nothing_is_weighed_by_default() -> None:
    assert not StyleSettings().weighs
    assert not RunSettings().style.weighs
    # These are no weights: limits of length, another target, and rules for clips of the target itself.
    assert not StyleSettings(min_clip_s=0.5, brightness_db_per_octave=3.0).weighs
    assert not StyleSettings(own_place_s=1.0, other_octave=True).weighs


@pytest.mark.parametrize(
    "name",
    [
        "typical_clip_s",
        "max_sounding",
        "novelty",
        "boredom",
        "identity",
        "in_key",
        "untouched",
        "longer",
        "on_the_beat",
    ],
)
def test_each_weight_is_noticed(name: str) -> None:
    assert StyleSettings.model_validate({name: 1}).weighs


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (
            {"style.min_clip_s": 5},
            r"style.min_clip_s \(5 s\) must not exceed library.max_clip_s \(3 s\)",
        ),
        (
            {"style.typical_clip_s": 4},
            r"style.typical_clip_s \(4 s\) must not exceed library.max_clip_s \(3 s\)",
        ),
        (
            {"style.typical_clip_s": 0.3, "style.min_clip_s": 0.5},
            r"style: min_clip_s \(0.5 s\) must not exceed typical_clip_s \(0.3 s\)",
        ),
        (
            {"style.min_clip_s": 2, "variation.max_phenotype_s": 1},
            r"style.min_clip_s \(2 s\) must not exceed variation.max_phenotype_s \(1 s\)",
        ),
        (
            {"style.min_clip_s": 2, "library.clip_s": 1},
            r"style.min_clip_s \(2 s\) must not exceed library.clip_s \(1 s\)",
        ),
        ({"style.key": "H dur"}, r'style: key: expected a key as "F major".*got "H dur"'),
        ({"style.max_sounding": -1}, r"style.max_sounding: expected 0 to 1000, got -1"),
        ({"style.novelty": 1.5}, r"style.novelty: expected 0 to 1, got 1.5"),
    ],
)
def test_styles_that_no_clip_could_follow_are_refused(
    flags: dict[str, object], message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        read_settings(flags=flags, environment={})


def test_pieces_may_be_longer_than_the_longest_clip() -> None:
    """Pre-slicing has a length of its own, to which the longest clip gives way."""
    flags = {"library.clip_s": 8.0, "style.min_clip_s": 5.0}
    assert read_settings(flags=flags, environment={}).style.min_clip_s == 5.0


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (
            {"genes.only": ["reverse", "split"]},
            r"style.other_octave asks for another octave, but genes.only \(reverse, split\) names no varispeed",
        ),
        ({"genes.varispeed.weight": 0}, r"style.other_octave .* but genes.varispeed.weight is 0"),
        (
            {"genes.varispeed.min_cents": -600, "genes.varispeed.max_cents": 600},
            r"style.other_octave .* but genes.varispeed reaches from -600 to 600 cents",
        ),
        ({"variation.max_genes": 0}, r"style.other_octave .* but variation.max_genes is 0"),
    ],
)
def test_another_octave_needs_a_gene_that_reaches_it(
    flags: dict[str, object], message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        read_settings(flags={**flags, "style.other_octave": True}, environment={})
    assert not read_settings(flags=flags, environment={}).style.other_octave


def test_an_octave_one_way_is_enough() -> None:
    flags = {
        "genes.varispeed.max_cents": 0,
        "genes.varispeed.weight": 0,
        "genes.only": ["varispeed"],
    }
    assert read_settings(
        flags={**flags, "style.other_octave": True}, environment={}
    ).style.other_octave
