from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest

from phenotune.errors import ParameterError
from phenotune.export.arrangement import Arrangement
from phenotune.export.options import By
from phenotune.export.tracks import OTHERS, tracks_of
from phenotune.mosaic.mosaic import Mosaic

EVERY_WAY: list[By] = ["source", "group", "lane", "cycle"]


@pytest.mark.parametrize("by", EVERY_WAY)
@pytest.mark.parametrize("n_parts", [None, 1, 2, 3, 100])
def test_each_item_is_in_exactly_one_track_in_its_order(
    arrangement: Arrangement, by: By, n_parts: int | None
) -> None:
    tracks = tracks_of(arrangement.items, by, n_parts)
    found = Counter(item.placement.id for track in tracks for item in track.items)
    assert found == {item.placement.id: 1 for item in arrangement.items}
    for track in tracks:
        onsets = [item.onset_samples for item in track.items]
        assert onsets == sorted(onsets)
        assert onsets
    assert len({track.name for track in tracks}) == len(tracks)
    assert n_parts is None or len(tracks) <= n_parts


def test_tracks_by_source_are_called_after_them_the_most_used_first(
    arrangement: Arrangement,
) -> None:
    tracks = tracks_of(arrangement.items, "source")
    seconds = [track.sounding_s for track in tracks]
    assert seconds == sorted(seconds, reverse=True)
    assert all(len({item.source.id for item in track.items}) == 1 for track in tracks)
    # What is heard inside other chromosomes alone has no track.
    assert {track.items[0].source.id for track in tracks} == {"s0", "s1", "s2", "s3", "s4", "s5", "s7"}  # fmt: skip
    assert {"stereo", "mono", "only muted"} <= {track.name for track in tracks}


def test_beyond_the_most_used_all_go_together(arrangement: Arrangement) -> None:
    every, few = (tracks_of(arrangement.items, "source", n_parts) for n_parts in (None, 3))
    assert few[:2] == every[:2]
    assert few[2].name == OTHERS
    assert {item.source.id for item in few[2].items} == {t.items[0].source.id for t in every[2:]}


def test_tracks_by_group_are_called_after_the_folders_below_the_common_one(
    arrangement: Arrangement,
) -> None:
    tracks = tracks_of(arrangement.items, "group")
    names = {track.name for track in tracks}
    assert {"records", "songs", "songs/deep er"} <= names
    assert all(name.startswith("songs/deep er/") for name in names - {"records", "songs", "songs/deep er"})  # fmt: skip


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["a/x.wav"], {"a"}),
        (["x.wav", "a/y.wav"], {"", "a"}),
        (["/m/a/x.wav", "/m/a/b/y.wav"], {"a", "b"}),
        (["/m/x.wav", "../n/y.wav"], {"m", "n"}),
        (["../../m/a/x.wav", "../../m/b/y.wav"], {"a", "b"}),
    ],
)
def test_groups_are_told_apart_wherever_they_lie(
    mosaic: Mosaic, arrange: Callable[..., Arrangement], paths: list[str], names: set[str]
) -> None:
    items = arrange().items
    chosen = [
        replace(items[0], source=replace(items[0].source, path=path, id=str(number)))
        for number, path in enumerate(paths)
    ]
    assert {track.name for track in tracks_of(chosen, "group")} == names


def test_in_a_lane_nothing_overlaps_and_there_are_as_few_as_there_can_be(
    arrangement: Arrangement,
) -> None:
    tracks = tracks_of(arrangement.items, "lane")
    for track in tracks:
        for first, second in pairwise(track.items):
            n_samples = arrangement.phenotype(first.sound).shape[1]
            assert first.onset_samples + n_samples <= second.onset_samples
    at_once = max(
        sum(o.onset_s <= item.onset_s < o.end_s for o in arrangement.items)
        for item in arrangement.items
    )
    assert at_once <= len(tracks) <= at_once + 1
    assert [track.name for track in tracks] == [f"lane {i + 1}" for i in range(len(tracks))]


def test_tracks_by_cycle_are_ranges_that_cover_all_of_them(arrangement: Arrangement) -> None:
    names = [track.name for track in tracks_of(arrangement.items, "cycle", 3)]
    assert names == ["cycles 1-2", "cycles 3-5", "cycles 6-8"]
    assert [track.name for track in tracks_of(arrangement.items, "cycle", 1)] == ["cycles 1-8"]
    every = tracks_of(arrangement.items, "cycle", 100)
    assert [track.name for track in every] == [f"cycle {i}" for i in range(1, 9)]
    assert tracks_of(arrangement.items, "cycle") == every
    with pytest.raises(ParameterError, match="n_parts: expected 1 or more, got 0"):
        tracks_of(arrangement.items, "cycle", 0)


@pytest.mark.parametrize("by", EVERY_WAY)
def test_of_nothing_there_are_no_tracks(by: By) -> None:
    assert tracks_of((), by) == ()
