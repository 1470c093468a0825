from __future__ import annotations

from itertools import pairwise

import pytest

from phenotune.export.arrangement import Arrangement
from phenotune.export.lane_tracks import color_of, is_off, lane_tracks, spans_in
from phenotune.export.options import By


def lengths(arrangement: Arrangement) -> dict[int, int]:
    return {
        item.placement.id: arrangement.phenotype(item.sound).shape[1] for item in arrangement.items
    }


@pytest.mark.parametrize("by", ["source", "lane"])
def test_each_item_is_in_one_lane_and_lanes_do_not_overlap(
    arrangement: Arrangement, by: By
) -> None:
    spans = spans_in(arrangement, lengths(arrangement))
    items = [item for item in arrangement.items if item.placement.id in spans]
    tracks = lane_tracks(items, spans, by)
    lanes = [lane for track in tracks for lane in track.lanes]
    found = sorted(item.placement.id for lane in lanes for item in lane)
    assert found == sorted(spans)
    for lane in lanes:
        for before, after in pairwise(lane):
            assert spans[before.placement.id][1] <= spans[after.placement.id][0]
    assert len({track.name.casefold() for track in tracks}) == len(tracks)


def test_there_are_no_more_lanes_than_sound_at_once(arrangement: Arrangement) -> None:
    spans = spans_in(arrangement, lengths(arrangement))
    items = [item for item in arrangement.items if item.placement.id in spans]
    n_at_once = max(
        sum(start <= moment < end for start, end in spans.values())
        for moment in {start for start, _ in spans.values()}
    )
    assert len(lane_tracks(items, spans, "lane")) == n_at_once
    assert all(len(track.lanes) == 1 for track in lane_tracks(items, spans, "lane"))


def test_by_source_all_clips_of_a_track_are_cut_from_one(arrangement: Arrangement) -> None:
    spans = spans_in(arrangement, lengths(arrangement))
    items = [item for item in arrangement.items if item.placement.id in spans]
    for track in lane_tracks(items, spans, "source"):
        (source_id,) = {item.source.id for lane in track.lanes for item in lane}
        assert track.color == color_of(source_id)


def test_spans_are_cut_at_the_start_and_the_end_and_what_begins_beyond_is_whole(
    arrangement: Arrangement,
) -> None:
    found = lengths(arrangement)
    spans = spans_in(arrangement, found)
    n_samples = arrangement.n_samples
    assert spans[1] == (0, found[1] - 1000)
    assert spans[16] == (n_samples - 3000, n_samples)
    assert spans[17] == (n_samples + 500, n_samples + 500 + found[17])
    assert 18 not in spans  # over before the start
    assert 15 not in spans  # empty
    off = {item.placement.id for item in arrangement.items if is_off(arrangement, item)}
    assert off == {17, 30, 31}


def test_a_colour_is_the_same_every_time_and_differs_between_sources() -> None:
    colors = [color_of(f"s{number}") for number in range(50)]
    assert colors == [color_of(f"s{number}") for number in range(50)]
    assert len(set(colors)) > 45


def test_nothing_is_no_track() -> None:
    assert lane_tracks([], {}, "source") == lane_tracks([], {}, "lane") == ()
