from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from lxml import etree

from phenotune.arrays import Samples
from phenotune.audio.levels import peak
from phenotune.export.arrangement import Arrangement
from phenotune.export.dawproject import metadata_xml, xml_text
from phenotune.export.formats import export_mosaic
from phenotune.export.options import Options
from phenotune.genome.genes.gain import Gain
from phenotune.mosaic.mosaic import Mosaic

SCHEMA = Path(__file__).parent / "dawproject.xsd"
BPM = 97.3


@dataclass
class Project:
    """A project as another program would read it."""

    archive: zipfile.ZipFile
    root: etree._Element

    @classmethod
    def opened(cls, path: Path) -> Project:
        archive = zipfile.ZipFile(path)
        return cls(archive, etree.fromstring(archive.read("project.xml")))

    @property
    def clips(self) -> list[etree._Element]:
        return self.root.findall("Arrangement/Lanes/Lanes/Clips/Clip")

    @property
    def seconds_a_beat(self) -> float:
        return 60.0 / float(self.number("Transport/Tempo"))

    def number(self, path: str) -> str:
        found = self.root.find(path)
        assert found is not None
        return str(found.get("value"))

    def sound(self, clip: etree._Element) -> tuple[int, Samples]:
        """Onset of a clip in samples, and what it plays."""
        event = clip.find("Clips/Clip")
        assert event is not None
        audio = event.find("Audio")
        assert audio is not None
        file = audio.find("File")
        assert file is not None
        content = io.BytesIO(self.archive.read(str(file.get("path"))))
        samples, rate_hz = soundfile.read(content, dtype="float32", always_2d=True)
        assert int(str(audio.get("sampleRate"))) == rate_hz
        assert int(str(audio.get("channels"))) == samples.shape[1]
        assert float(str(audio.get("duration"))) == pytest.approx(len(samples) / rate_hz)
        beats = float(str(event.get("duration"))) + float(str(event.get("time")))
        start = round(float(str(event.get("playStart"))) * rate_hz)
        n_samples = beats * self.seconds_a_beat * rate_hz
        onset = float(str(clip.get("time"))) * self.seconds_a_beat * rate_hz
        assert clip.get("duration") == event.get("duration")
        assert abs(onset - round(onset)) < 1e-6
        assert abs(n_samples - round(n_samples)) < 1e-6
        return round(onset), samples.T[:, start : start + round(n_samples)]

    def rendered(self, n_channels: int, n_samples: int) -> Samples:
        """Everything that plays, with the master fader."""
        out = np.zeros((n_channels, n_samples))
        for clip in self.clips:
            if clip.get("enable") != "false":
                onset, samples = self.sound(clip)
                out[:, onset : onset + samples.shape[1]] += samples  # raises where it would not fit
        volume = self.root.find(".//Channel[@role='master']/Volume")
        assert volume is not None
        return np.asarray(out * float(str(volume.get("value"))), np.float32)


def exported(
    mosaic: Mosaic, path: Path, options: Options | None = None, **asked: object
) -> Project:
    document = export_mosaic(mosaic, "dawproject", path, options, bpm=BPM, **asked)  # type: ignore[arg-type]
    return Project.opened(document)


@pytest.mark.parametrize("by", ["source", "lane"])
def test_what_is_read_back_sounds_like_the_mosaic(
    mosaic: Mosaic,
    tmp_path: Path,
    signal_to_difference_db: Callable[[Samples, Samples], float],
    by: str,
) -> None:
    project = exported(mosaic, tmp_path / "song.dawproject", by=by)
    ours = mosaic.render()
    theirs = project.rendered(*ours.shape)
    assert signal_to_difference_db(ours, theirs) > 130.0
    # Floats round each clip with its gain once, which the mosaic does not.
    np.testing.assert_allclose(theirs, ours, atol=1e-6 * peak(ours), rtol=0.0)


@pytest.mark.parametrize("by", ["source", "lane"])
def test_it_is_valid_and_nothing_overlaps_on_a_track(
    mosaic: Mosaic, tmp_path: Path, by: str
) -> None:
    project = exported(mosaic, tmp_path / "song.dawproject", by=by, first_beat_s=0.25)
    etree.XMLSchema(etree.parse(SCHEMA)).assertValid(project.root)
    for lane in project.root.findall("Arrangement/Lanes/Lanes"):
        spans = [
            (onset, onset + samples.shape[1])
            for onset, samples in map(project.sound, lane.findall("Clips/Clip"))
        ]
        assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_it_is_valid_by_the_official_schema(mosaic: Mosaic, tmp_path: Path) -> None:
    official = os.environ.get("PHENOTUNE_DAWPROJECT_XSD")
    if not official:
        pytest.skip(
            "set PHENOTUNE_DAWPROJECT_XSD to Project.xsd of https://github.com/bitwig/dawproject"
        )
    project = exported(mosaic, tmp_path / "song.dawproject", first_beat_s=0.25)
    etree.XMLSchema(etree.parse(official)).assertValid(project.root)


def test_tracks_are_the_sources_with_a_folder_where_clips_overlap(
    mosaic: Mosaic, tmp_path: Path
) -> None:
    project = exported(mosaic, tmp_path / "song.dawproject")
    tracks = project.root.findall("Structure/Track")
    contents = {str(track.get("name")): track.get("contentType") for track in tracks}
    assert contents["mono"] == "tracks"
    assert contents["stereo"] == "audio"
    assert contents["Master"] == "audio notes"
    (folder,) = [track for track in tracks if track.get("name") == "mono"]
    assert [track.get("name") for track in folder.findall("Track")] == ["mono (1)", "mono (2)"]
    assert len({track.get("color") for track in folder.iter("Track")}) == 1
    assert len(contents) == len(tracks) == 8  # seven sources have clips of their own


def test_names_are_whole_where_the_format_can_say_them(mosaic: Mosaic, tmp_path: Path) -> None:
    project = exported(mosaic, tmp_path / "song.dawproject")
    names = {str(clip.get("name")).rpartition(" ")[0] for clip in project.clips}
    assert {xml_text(Path(source.path).name) for source in mosaic.sources[:6]} <= names


def test_what_is_muted_or_beyond_the_end_is_there_and_disabled(
    mosaic: Mosaic, tmp_path: Path
) -> None:
    project = exported(mosaic, tmp_path / "song.dawproject")
    told = {str(clip.get("comment")).split(",")[0]: clip.get("enable") for clip in project.clips}
    off = {number for number, enabled in told.items() if enabled == "false"}
    assert off == {"placement 17", "placement 30", "placement 31"}
    assert "placement 18" not in told  # it ends before the start
    assert "placement 15" not in told  # it is empty


def test_a_clip_before_the_start_and_one_beyond_the_end_are_cut_and_their_files_are_whole(
    mosaic: Mosaic, arrangement: Arrangement, tmp_path: Path
) -> None:
    project = exported(mosaic, tmp_path / "song.dawproject")
    clips = {str(clip.get("comment")).split(",")[0]: clip for clip in project.clips}
    whole = arrangement.phenotype(0).shape[1]
    for number, onset, n_samples in ((1, 0, whole - 1000), (16, mosaic.n_samples - 3000, 3000)):
        clip = clips[f"placement {number}"]
        found, samples = project.sound(clip)
        audio = clip.find("Clips/Clip/Audio")
        assert (found, samples.shape[1]) == (onset, n_samples)
        assert audio is not None
        assert float(str(audio.get("duration"))) == pytest.approx(whole / 44_100)


def test_tempo_and_first_beat_are_told(mosaic: Mosaic, tmp_path: Path) -> None:
    project = exported(mosaic, tmp_path / "song.dawproject", first_beat_s=0.5)
    assert float(project.number("Transport/Tempo")) == BPM
    marker = project.root.find("Arrangement/Markers/Marker")
    assert marker is not None
    assert float(str(marker.get("time"))) * project.seconds_a_beat == pytest.approx(0.5)


def test_the_same_mosaic_gives_the_same_bytes(mosaic: Mosaic, tmp_path: Path) -> None:
    for name in ("a", "b"):
        exported(mosaic, tmp_path / name / "song.dawproject")
    first, second = ((tmp_path / name / "song.dawproject").read_bytes() for name in ("a", "b"))
    assert first == second


def test_nothing_but_the_zip_is_left(mosaic: Mosaic, tmp_path: Path) -> None:
    project = exported(mosaic, tmp_path / "out" / "song.dawproject")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["song.dawproject"]
    names = project.archive.namelist()
    assert names[:2] == ["project.xml", "metadata.xml"]
    assert {name.partition("/")[0] for name in names[2:]} == {"audio"}
    used = {str(file.get("path")) for file in project.root.iter("File")}
    assert used <= set(names[2:])


def test_loud_clips_are_turned_down_for_24_bits_and_the_master_fader_is_up(
    mosaic: Mosaic,
    tmp_path: Path,
    signal_to_difference_db: Callable[[Samples, Samples], float],
) -> None:
    loudest = replace(mosaic.placements[1].chromosome, genes=(Gain(6.0),))
    loud = replace(mosaic.placements[1], chromosome=loudest)
    both = replace(mosaic, placements=(mosaic.placements[4], loud))
    assert peak(both.render()) > 1.0
    project = exported(both, tmp_path / "song.dawproject", Options(bits=24))
    ours = both.render()
    assert signal_to_difference_db(ours, project.rendered(*ours.shape)) > 90.0


def test_a_mosaic_of_one_channel_at_another_rate(
    mosaic: Mosaic,
    tmp_path: Path,
    signal_to_difference_db: Callable[[Samples, Samples], float],
) -> None:
    placements = tuple(replace(each, gains=each.gains[:1]) for each in mosaic.placements)
    mono = replace(mosaic, placements=placements, n_channels=1)
    project = exported(mono, tmp_path / "song.dawproject", rate_hz=48_000)
    ours = mono.render(48_000)
    assert signal_to_difference_db(ours, project.rendered(*ours.shape)) > 130.0


def test_a_mosaic_of_nothing_is_a_project_of_nothing(mosaic: Mosaic, tmp_path: Path) -> None:
    project = exported(replace(mosaic, placements=()), tmp_path / "song.dawproject")
    etree.XMLSchema(etree.parse(SCHEMA)).assertValid(project.root)
    assert project.clips == []


def test_metadata_names_the_song_and_who_made_the_sounds(
    arrange: Callable[..., Arrangement],
) -> None:
    root = etree.fromstring(metadata_xml(arrange(name="A & B\n")))
    assert root.tag == "MetaData"
    assert root.findtext("Title") == "A & B"
    assert root.findtext("Copyright") == 'somebody (CC0); Anna "A." & Söhne (CC-BY-4.0)'


def test_progress_grows_to_one(mosaic: Mosaic, tmp_path: Path) -> None:
    told: list[float] = []
    exported(mosaic, tmp_path / "song.dawproject", Options(progress=told.append))
    assert told == sorted(told)
    assert told[-1] == 1.0


@pytest.mark.parametrize(
    ("text", "said"),
    [("a\nb\tc", "a b c"), ("\x07\x7f", "_\x7f"), ("\udcff", "_"), ("💥 </x>", "💥 </x>")],
)
def test_text_is_what_xml_can_say(text: str, said: str) -> None:
    assert xml_text(text) == said
    etree.fromstring(f"<a>{said.replace('<', '&lt;')}</a>")
