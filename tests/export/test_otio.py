from __future__ import annotations

import builtins
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.audio.files import read_sound
from phenotune.audio.levels import peak
from phenotune.errors import MissingExtraError
from phenotune.export.formats import export_mosaic
from phenotune.export.options import Options
from phenotune.genome.chromosome import Chromosome, Gene
from phenotune.genome.genes.envelope import Envelope
from phenotune.genome.genes.repeat import Repeat
from phenotune.genome.genes.reverse import Reverse
from phenotune.genome.genes.split import Split
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.library.clip import Clip
from phenotune.mosaic.mosaic import Mosaic

otio = pytest.importorskip("opentimelineio", reason="needs the extra 'otio'")


@dataclass
class Read:
    """A timeline as another program would read it."""

    document: Path
    timeline: Any

    @classmethod
    def of(cls, document: Path) -> Read:
        return cls(document, otio.adapters.read_from_file(str(document)))

    @property
    def facts(self) -> dict[str, Any]:
        return dict(plain(self.timeline.metadata["phenotune"]))

    def clips(self) -> Iterator[tuple[int, Any]]:
        """Every clip with the sample of the timeline at which it begins, as the library tells it."""
        for track in self.timeline.tracks:
            for clip in track.find_clips():
                start = clip.range_in_parent().start_time.value_rescaled_to(self.facts["rate_hz"])
                assert abs(start - round(start)) < 1e-4
                yield round(start), clip

    def rendered(self, n_channels: int, n_samples: int) -> Samples:
        """The sum of its clips: files as they are, the original sources by the genes in the metadata."""
        out = np.zeros((n_channels, n_samples))
        placements = []
        for start, clip in self.clips():
            told = plain(clip.metadata["phenotune"])
            if not clip.enabled:
                continue
            if not told["baked"]:
                placements.append(told["placement"])
                continue
            sound = read_sound(self.path(clip)).samples
            first = round(clip.source_range.start_time.value)
            n_played = round(clip.source_range.duration.value)
            out[:, start : start + n_played] += sound[:, first : first + n_played]
        out += Mosaic.from_json(self.mosaic_json(placements)).render()
        return np.asarray(out, np.float32)

    def path(self, clip: Any) -> Path:
        return self.document.parent / unquote(urlparse(clip.media_reference.target_url).path)

    def mosaic_json(self, placements: Sequence[object]) -> dict[str, Any]:
        names = ("rate_hz", "n_channels", "fade_ms", "target", "sources")
        told = {name: self.facts[name] for name in names}
        head = {"format": "phenotune.mosaic", "version": 1, "seed": 0, "explained": 0.0}
        return {**head, **told, "placements": placements}


def plain(value: Any) -> Any:
    """What the library's own kinds of dict and list hold."""
    if isinstance(value, Mapping) or hasattr(value, "items"):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(each) for each in value]
    return value


def exported(mosaic: Mosaic, out: Path, mode: str, **asked: object) -> Read:
    return Read.of(export_mosaic(mosaic, "otio", out, mode=mode, **asked))  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", ["baked", "live"])
def test_what_is_read_back_sounds_like_the_mosaic(
    mosaic: Mosaic,
    tmp_path: Path,
    signal_to_difference_db: Callable[[Samples, Samples], float],
    mode: str,
) -> None:
    ours = mosaic.render()
    theirs = exported(mosaic, tmp_path / "out", mode).rendered(*ours.shape)
    assert signal_to_difference_db(ours, theirs) > 130.0
    np.testing.assert_allclose(theirs, ours, atol=1e-6 * peak(ours), rtol=0.0)


def test_live_clips_refer_to_the_sources_and_the_rest_is_baked(
    mosaic: Mosaic, tmp_path: Path
) -> None:
    read = exported(mosaic, tmp_path / "out", "live")
    paths = {source.id: Path(source.path) for source in mosaic.sources}
    baked = set()
    for _, clip in read.clips():
        told = plain(clip.metadata["phenotune"])
        if told["baked"]:
            baked.add(told["placement"]["id"])
            continue
        source = told["placement"]["chromosome"]["clip"]["source"]
        assert read.path(clip) == paths[source]
        assert clip.media_reference.target_url.startswith("file:///")
    # Chunk and repeat, add, append: more than one span of a source sounds.
    assert baked == {7, 10, 11}


@pytest.mark.parametrize(
    ("genes", "scalar", "first", "n_played"),
    [
        ((), 1.0, 4800, 9600),
        ((Reverse(),), -1.0, 4800, 9600),
        ((Varispeed(1200.0),), 2.0, 4800, 9600),
        ((Varispeed(-1200.0), Reverse(), Envelope((0.0, -6.0))), -0.5, 4800, 9600),
        ((Split(0.25, "tail"),), 1.0, 4800 + 2400, 7200),
        ((Reverse(), Split(0.25, "tail"), Varispeed(600.0)), -(2**0.5), 4800, 7200),
    ],
)
def test_source_range_and_warp_say_what_is_played(
    mosaic: Mosaic,
    tmp_path: Path,
    genes: tuple[Gene, ...],
    scalar: float,
    first: int,
    n_played: int,
) -> None:
    chromosome = Chromosome(Clip("s0", 4800, 9600), genes)
    one = replace(mosaic.placements[1], chromosome=chromosome, onset_samples=100)
    read = exported(replace(mosaic, placements=(one,)), tmp_path / "out", "live")
    ((start, clip),) = read.clips()
    warps = [effect.time_scalar for effect in clip.effects]
    assert start == 100
    assert warps == ([] if scalar == 1.0 else [pytest.approx(scalar)])
    assert clip.source_range.start_time.rate == 48_000
    assert clip.source_range.start_time.value == pytest.approx(first)
    played = clip.source_range.duration.value * abs(scalar)
    assert played == pytest.approx(n_played, abs=2.0 * abs(scalar))
    assert clip.media_reference.available_range.duration.value == 48_000


def test_a_simple_clip_can_be_rendered_from_what_the_timeline_says_of_it(
    mosaic: Mosaic,
    tmp_path: Path,
    signal_to_difference_db: Callable[[Samples, Samples], float],
) -> None:
    chromosome = Chromosome(Clip("s0", 4800, 9600), (Varispeed(-700.0), Reverse()))
    one = replace(mosaic.placements[1], chromosome=chromosome, gains=(1.0, 1.0))
    alone = replace(mosaic, placements=(one,))
    read = exported(alone, tmp_path / "out", "live")
    ((_, clip),) = read.clips()
    span, (warp,) = clip.source_range, clip.effects
    cents = 1200.0 * np.log2(abs(warp.time_scalar))
    start, length = span.start_time.value, span.duration.value * abs(warp.time_scalar)
    genes = (Varispeed(float(cents)), *([Reverse()] if warp.time_scalar < 0.0 else []))
    retold = Chromosome(Clip("s0", round(start), round(length)), genes)
    again = replace(alone, placements=(replace(one, chromosome=retold),))
    assert signal_to_difference_db(alone.render(), again.render()) > 60.0


@pytest.mark.parametrize("genes", [(Varispeed(1200.0),), (Varispeed(1200.0), Reverse())])
def test_a_live_clip_that_is_cut_at_the_start_plays_the_rest(
    mosaic: Mosaic, tmp_path: Path, genes: tuple[Gene, ...]
) -> None:
    chromosome = Chromosome(Clip("s1", 1000, 8000), genes)
    one = replace(mosaic.placements[1], chromosome=chromosome, onset_samples=-1000)
    read = exported(replace(mosaic, placements=(one,)), tmp_path / "out", "live")
    ((start, clip),) = read.clips()
    assert start == 0
    assert clip.source_range.duration.value == 3000
    first = 1000 + 2 * 1000 if len(genes) == 1 else 1000
    assert clip.source_range.start_time.value == pytest.approx(first)


@pytest.mark.parametrize("mode", ["baked", "live"])
def test_muted_clips_are_disabled_and_metadata_has_the_whole_placement(
    mosaic: Mosaic, tmp_path: Path, mode: str
) -> None:
    read = exported(mosaic, tmp_path / "out", mode)
    told = [plain(clip.metadata["phenotune"])["placement"] for _, clip in read.clips()]
    off = {
        clip.metadata["phenotune"]["placement"]["id"]
        for _, clip in read.clips()
        if not clip.enabled
    }
    assert off == {17, 30, 31}
    again = Mosaic.from_json(read.mosaic_json(told))
    known = {placement.id: placement for placement in mosaic.placements}
    assert all(known[placement.id] == placement for placement in again.placements)
    assert len(again.placements) >= 18


def test_baked_files_lie_beside_the_document_under_relative_names(
    mosaic: Mosaic, tmp_path: Path
) -> None:
    read = exported(mosaic, tmp_path / "50% #1.otio", "baked", bpm=90.0, first_beat_s=0.5)
    for _, clip in read.clips():
        assert not urlparse(clip.media_reference.target_url).scheme
        assert read.path(clip).is_file()
    (marker,) = read.timeline.tracks.markers
    assert marker.marked_range.start_time.to_seconds() == 0.5
    assert read.facts["bpm"] == 90.0
    assert all(track.kind == otio.schema.TrackKind.Audio for track in read.timeline.tracks)


def test_24_bits_do_not_clip_and_the_metadata_says_by_how_much_all_is_turned_down(
    mosaic: Mosaic, tmp_path: Path
) -> None:
    loud = replace(mosaic.placements[4], gains=(9.0, 0.0))
    read = exported(
        replace(mosaic, placements=(loud,)), tmp_path / "out", "baked", options=Options(bits=24)
    )
    ((_, clip),) = read.clips()
    factor = read.facts["turned_down_by"]
    assert factor < 1.0
    ours = mosaic.render() * 0.0 + replace(mosaic, placements=(loud,)).render()
    theirs = read_sound(read.path(clip)).samples / factor
    onset = loud.onset_samples
    np.testing.assert_allclose(
        theirs, ours[:, onset : onset + theirs.shape[1]], atol=1e-6 * peak(ours)
    )


def test_a_repeat_is_baked_though_its_clip_is_one(mosaic: Mosaic, tmp_path: Path) -> None:
    chromosome = Chromosome(Clip("s1", 0, 3000), (Repeat(3),))
    one = replace(mosaic.placements[1], chromosome=chromosome)
    read = exported(replace(mosaic, placements=(one,)), tmp_path / "out", "live")
    ((_, clip),) = read.clips()
    assert clip.metadata["phenotune"]["baked"]


@pytest.mark.parametrize("mode", ["baked", "live"])
def test_a_mosaic_of_nothing_is_a_timeline_of_nothing(
    mosaic: Mosaic, tmp_path: Path, mode: str
) -> None:
    read = exported(replace(mosaic, placements=()), tmp_path / "out", mode)
    assert len(read.timeline.tracks) == 0
    assert read.timeline.name == "song"


def test_the_same_mosaic_gives_the_same_document(mosaic: Mosaic, tmp_path: Path) -> None:
    first, second = (
        export_mosaic(mosaic, "otio", tmp_path / name).read_bytes() for name in ("a", "b")
    )
    assert first == second
    json.loads(first)


def test_progress_grows_to_one(mosaic: Mosaic, tmp_path: Path) -> None:
    told: list[float] = []
    export_mosaic(mosaic, "otio", tmp_path / "out", Options(progress=told.append))
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_without_the_package_the_message_names_the_extra(
    mosaic: Mosaic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "opentimelineio":
            raise ImportError(name)
        return known(name, *rest)

    monkeypatch.delitem(sys.modules, "opentimelineio")
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError, match=r"needs the extra 'otio'"):
        export_mosaic(mosaic, "otio", tmp_path / "out")
    assert not (tmp_path / "out").exists()
