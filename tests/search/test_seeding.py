"""Where candidates are looked for: onset seeds, resets, false seeds."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from phenotune.genome.candidate import Candidate
from phenotune.genome.chromosome import Chromosome
from phenotune.library.clip import Clip
from phenotune.search.sections import sections_of
from phenotune.search.seeding import Seeding
from phenotune.search.settings import SearchSettings
from phenotune.search.state import Parent
from phenotune.search.streams import Purpose, stream

CHROMOSOME = Chromosome(Clip("s0", 0, 100))
PARENT = Parent(CHROMOSOME, lineage=4, onset_samples=70_000, is_fit=True)
WIDTH = 500
FIRST, SECOND = sections_of(200_000, 100_000)
WHOLE = sections_of(200_000, 0)[0]


def seeding(section: object = WHOLE, width: int = WIDTH, **settings: object) -> Seeding:
    if width:
        settings = {"seed_width_s": 0.1} | settings
    return Seeding(SearchSettings.model_validate(settings), section, width_samples=width)  # type: ignore[arg-type]


def chance(index: int, purpose: Purpose) -> np.random.Generator:
    return stream(7, 1, 2, index, purpose)


def children(made: Seeding, n: int = 400, parent: Parent = PARENT) -> list[Candidate]:
    return [made.child(CHROMOSOME, parent, partial(chance, index)) for index in range(n)]


def test_a_child_is_looked_for_near_its_parents_onset() -> None:
    (child,) = children(seeding(), 1)
    assert (child.around_samples, child.within_samples) == (70_000, WIDTH)
    assert child.reach == (69_500, 70_501)
    assert child.onsets == (70_000,)
    assert (child.n_proposals, child.lineage, child.span) == (2, 4, None)


def test_without_onset_seeds_it_is_looked_for_as_far_as_proposals_reach() -> None:
    (child,) = children(seeding(width=0), 1)
    assert (child.within_samples, child.reach, child.around_samples) == (0, None, 70_000)


def test_of_a_parent_that_could_not_be_placed_there_is_no_onset_to_try() -> None:
    unfit = Parent(CHROMOSOME, 4, 1234, is_fit=False)
    (child,) = children(seeding(), 1, unfit)
    assert (child.onsets, child.around_samples, child.n_proposals) == ((), 1234, 3)


@pytest.mark.parametrize(
    ("width", "settings", "n_proposals"),
    [
        (0, {"proposed_onsets": 1}, 0),
        (WIDTH, {"proposed_onsets": 1}, 1),
        (0, {"proposed_onsets": 1, "proposal": "correlation"}, 1),
        (0, {"proposed_onsets": 4}, 3),
        (0, {"proposed_onsets": 0, "random_onsets": 1}, 0),
    ],
)
def test_whoever_is_looked_for_is_proposed_one_onset_at_least(
    width: int, settings: dict[str, object], n_proposals: int
) -> None:
    (child,) = children(seeding(width=width, **settings), 1)
    assert child.n_proposals == n_proposals
    assert len(child.onsets) == 1


def test_a_share_of_the_children_is_misled() -> None:
    made = children(seeding(false_seeds=0.25), 2000)
    misled = [child for child in made if child.around_samples != PARENT.onset_samples]
    assert 0.22 < len(misled) / len(made) < 0.28
    assert all(child.onsets == () and child.within_samples == WIDTH for child in misled)
    assert {child.onsets for child in made if child not in misled} == {(70_000,)}
    seeds = np.array([child.around_samples for child in misled])
    counts, _ = np.histogram(seeds, bins=4, range=(0, 200_000))
    assert counts.min() > 0.7 * len(misled) / 4


def test_without_false_seeds_nobody_is() -> None:
    assert {child.around_samples for child in children(seeding())} == {70_000}
    assert all(child.onsets == () for child in children(seeding(false_seeds=1.0)))


def test_false_seeds_stay_in_their_section() -> None:
    made = children(seeding(SECOND, false_seeds=1.0))
    assert all(100_000 <= child.around_samples < 200_000 for child in made)
    assert {child.span for child in made} == {(100_000, 200_000)}


def test_every_so_many_generations_is_a_reset() -> None:
    made = seeding(seed_reset_every=10)
    assert [age for age in range(1, 41) if made.is_reset(age)] == [10, 20, 30, 40]
    assert not any(seeding().is_reset(age) for age in range(1, 41))


def test_in_a_reset_all_of_the_target_is_looked_at() -> None:
    made = seeding(seed_reset_every=10, false_seeds=0.5)
    resets = [
        made.child(CHROMOSOME, PARENT, partial(chance, index), is_reset=True)
        for index in range(400)
    ]
    assert {child.within_samples for child in resets} == {0}
    # What is missing is looked for in a stretch, so each child looks at another one.
    counts, _ = np.histogram([c.around_samples for c in resets], bins=4, range=(0, 200_000))
    assert counts.min() > 70
    assert {child.onsets for child in resets} == {(70_000,)}


def test_whoever_lives_on_is_tried_where_it_was_and_near_it() -> None:
    made = seeding(false_seeds=1.0).again(PARENT, partial(chance, 3))
    assert (made.chromosome, made.lineage, made.onsets) == (CHROMOSOME, 4, (70_000,))
    assert (made.around_samples, made.within_samples) == (70_000, WIDTH)


def test_with_onsets_by_chance_it_keeps_its_own_as_well() -> None:
    """Fitness that is drawn anew at every scoring says nothing of the parent."""
    by_chance = seeding(width=0, random_onsets=2, proposed_onsets=0)
    made = by_chance.again(PARENT, partial(chance, 3))
    assert made.onsets[0] == 70_000
    assert (len(made.onsets), made.n_proposals) == (3, 0)
    assert children(by_chance, 1)[0].onsets[0] != 70_000


def test_an_onset_beyond_the_section_leads_to_its_nearest_sample() -> None:
    (child,) = children(seeding(SECOND), 1)
    assert (child.around_samples, child.span) == (100_000, (100_000, 200_000))
    assert child.reach == (100_000, 100_501)


def test_chance_is_the_childs_own() -> None:
    settings = {"false_seeds": 0.5, "random_onsets": 3}
    assert children(seeding(**settings)) == children(seeding(**settings))
    assert len({child.onsets for child in children(seeding(**settings))}) == 400
