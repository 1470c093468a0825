"""Sections of a target, and what breeds in them."""

from __future__ import annotations

import itertools

import pytest

from phenotune.search.sections import sections_of

from .test_engine import N_TARGET, breed, longer_is_better, sectioned


@pytest.mark.parametrize(("n_target", "length"), [(100, 30), (101, 10), (9, 10), (7, 1), (50, 0)])
def test_sections_lie_side_by_side_and_none_is_shorter_than_asked_for(
    n_target: int, length: int
) -> None:
    sections = sections_of(n_target, length)
    edges = [(section.first_samples, section.end_samples) for section in sections]
    assert edges[0][0] == 0
    assert edges[-1][1] == n_target
    assert all(end == first for (_, end), (first, _) in itertools.pairwise(edges))
    lengths = [section.n_samples for section in sections]
    assert max(lengths) - min(lengths) <= 1
    assert min(lengths) >= min(length, n_target)
    assert max(lengths) < 2 * length or len(sections) == 1
    assert [section.number for section in sections] == list(range(len(sections)))


def test_one_section_says_nothing_of_a_span() -> None:
    (whole,) = sections_of(100, 0)
    assert whole.span is None
    assert [section.span for section in sections_of(100, 50)] == [(0, 50), (50, 100)]
    assert [whole.nearest(sample) for sample in (-3, 7, 200)] == [0, 7, 99]


def test_each_section_has_a_population_of_its_own() -> None:
    bred = sectioned(n=4, random_onsets=2)
    founders, children = breed(bred, 3)[:2]
    assert len(founders) == 4 * 20
    populations = bred.end_cycle()
    for number, population in enumerate(populations):
        span = (number * N_TARGET // 4, (number + 1) * N_TARGET // 4)
        here = founders[20 * number : 20 * (number + 1)]
        assert {candidate.lineage for candidate in here} == set(
            range(160 + 20 * number, 180 + 20 * number)
        )
        for candidate in [*here, *(individual.candidate for individual in population)]:
            assert candidate.span == span
            assert span[0] <= candidate.around_samples < span[1]
            assert all(span[0] <= onset < span[1] for onset in candidate.onsets)
        lineages = {candidate.lineage for candidate in here}
        assert {individual.candidate.lineage for individual in population} <= lineages
    assert {child.span for child in children} == {founder.span for founder in founders}


def test_sections_draw_from_streams_of_their_own() -> None:
    bred = sectioned(n=3)
    bred.begin_cycle(1, 1.0)
    founders = bred.ask()
    clips = [[c.chromosome.clip for c in founders[20 * k : 20 * (k + 1)]] for k in range(3)]
    assert not set(clips[0]) & set(clips[1])
    assert not set(clips[1]) & set(clips[2])


def test_the_first_section_breeds_as_the_whole_would() -> None:
    """So a section's chance does not depend on how many others there are."""
    whole, parts = sectioned(n=1), sectioned(n=3)
    for bred in (whole, parts):
        bred.begin_cycle(1, 1.0)
    founders = [bred.ask() for bred in (whole, parts)]
    assert [c.chromosome for c in founders[0]] == [c.chromosome for c in founders[1][:20]]


def test_sections_advance_together_and_promise_together() -> None:
    bred = sectioned(n=2)
    bred.begin_cycle(1, 1.0)
    for _ in range(2):
        summary = bred.tell(longer_is_better(bred.ask()))
    best = [population[0].fitness for population in bred.end_cycle()]
    assert summary.best_fitness == max(best)
    assert bred.state.best_distance == pytest.approx(1.0 - sum(best))


def test_a_target_cut_anew_begins_anew() -> None:
    bred, other, fresh = (sectioned(n=n, schedule="generations") for n in (2, 3, 3))
    breed(bred, 1)
    bred.end_cycle()
    assert len(bred.state.stocks) == 2
    other.state = bred.state
    assert breed(other, 2) == breed(fresh, 2)


def test_a_stretch_is_cut_like_a_target_and_always_has_a_span() -> None:
    (one,) = sections_of(100, 0, (20, 60))
    assert (one.span, one.n_sections, one.nearest(5)) == ((20, 60), 1, 20)
    sections = sections_of(100, 15, (20, 60))
    assert [section.span for section in sections] == [(20, 40), (40, 60)]
    assert all(section.of_stretch for section in sections)
