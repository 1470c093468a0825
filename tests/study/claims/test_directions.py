"""Where an effect is large, the study's own figures must show it, on any machine."""

from __future__ import annotations

import pytest

from phenotune.demo.make import DemoFiles
from phenotune.study.laboratory import Laboratory, Sounds
from phenotune.study.registry import CLAIMS

from .conftest import ShortLaboratory

pytestmark = pytest.mark.slow


def figures(claim: str, laboratory: Laboratory) -> dict[str, float]:
    finding = CLAIMS[claim].study(laboratory)
    assert finding.table.rows
    assert all(len(row) == len(finding.table.header) for row in finding.table.rows)
    assert finding.chart.series
    return dict(finding.figures)


def test_seeding_is_much_quicker_than_looking_everywhere(laboratory: Laboratory) -> None:
    assert figures("C1", laboratory)["speed_up"] > 3.0


def test_an_elite_lets_one_lineage_take_over(laboratory: Laboratory) -> None:
    found = figures("C3", laboratory)
    without, with_2 = (found[f"share_everybody_breeds_elite_{n}"] for n in (0, 2))
    assert with_2 > 2.0 * without


def test_the_proximity_filter_spreads_onsets(laboratory: Laboratory) -> None:
    found = figures("C8", laboratory)
    assert found["evenness_0_5_s_apart"] > found["evenness_no_filter"] + 0.1


@pytest.mark.parametrize("claim", ["C2", "C4", "C5", "C6", "C7", "C9"])
def test_the_other_claims_of_early_models_come_to_a_verdict(
    claim: str, hasty_laboratory: Laboratory
) -> None:
    assert figures(claim, hasty_laboratory)


def test_cycles_need_more_and_more_generations(laboratory: Laboratory) -> None:
    found = figures("C12", laboratory)
    assert found["last_cycles"] > found["first_cycles"]


def test_clips_get_shorter(laboratory: Laboratory) -> None:
    found = figures("C11", laboratory)
    assert found["last_median_s"] < 0.5 * found["first_median_s"]


def test_spectrograms_alone_cover_the_song(laboratory: Laboratory) -> None:
    assert figures("C10", laboratory)["covered_decibels_with_a_floor"] > 0.9


def test_genes_take_much_less_memory_than_waveforms(
    hasty_laboratory: Laboratory,
) -> None:
    found = figures("C13", hasty_laboratory)
    assert found["waveforms_gb"] > 100.0 * found["genes_gb"]


def test_this_programs_own_search_is_decent_after_few_generations(demo: DemoFiles) -> None:
    sounds = Sounds(demo.target, demo.library)
    with ShortLaboratory(sounds, excerpt_s=4.0, share=0.125) as laboratory:
        found = figures("C14", laboratory)
    assert found["own_percent"] > found["article_percent"]
    assert found["own_generations"] < found["article_generations"]
