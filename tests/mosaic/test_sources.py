from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import numpy as np
import pytest

from phenotune.audio.files import read_sound
from phenotune.errors import LibraryError
from phenotune.mosaic.mosaic import Mosaic
from phenotune.mosaic.sources import MosaicSources


def test_sources_are_given_at_their_own_rate_and_at_others(mosaic: Mosaic, project: Path) -> None:
    sounds = MosaicSources(mosaic.sources, project)
    own = read_sound(project / "records" / "stereo.wav").samples
    assert sounds.rate_hz("s0") == 48_000
    assert np.array_equal(sounds.samples("s0", 48_000), own)
    assert sounds.samples("s0", 24_000).shape == (2, 24_000)
    assert sounds.samples("s0", 24_000) is sounds.samples("s0", 24_000)


def test_relative_paths_are_relative_to_the_folder(mosaic: Mosaic, project: Path) -> None:
    relative = dataclasses.replace(mosaic.sources[1], path="records/mono.wav")
    assert MosaicSources([relative], project).samples("s1", 44_100).shape == (1, 22_050)


def test_a_file_of_the_same_name_with_other_content_is_passed_over(
    mosaic: Mosaic, project: Path, tmp_path: Path
) -> None:
    for name, source in (("a", "stereo.wav"), ("b", "mono.wav")):
        (tmp_path / "attic" / name).mkdir(parents=True)
        content = (project / "records" / source).read_bytes()
        (tmp_path / "attic" / name / "mono.wav").write_bytes(content)
    gone = dataclasses.replace(mosaic.sources[1], path="nowhere/mono.wav")
    sounds = MosaicSources([gone], project, [tmp_path / "attic"])
    assert sounds.samples("s1", 44_100).shape == (1, 22_050)


def test_all_that_is_missing_is_told_at_once(mosaic: Mosaic, project: Path) -> None:
    gone = [
        dataclasses.replace(mosaic.sources[0], id=f"s{i}", path=f"gone/{i}.wav") for i in range(7)
    ]
    with pytest.raises(LibraryError, match="is not there") as caught:
        MosaicSources(gone, project)
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("7 of the 7 sources that the mosaic needs cannot be used; put them")
    assert lines[1] == f"  gone/0.wav: is not there (source s0; looked in {project})"
    assert lines[-1] == "  and 2 more"
    assert len(lines) == 7


def test_a_file_that_is_no_sound_is_told(mosaic: Mosaic, project: Path) -> None:
    (project / "records" / "mono.wav").write_text("a letter to your aunt")
    with pytest.raises(LibraryError, match=r"mono.wav: is not a sound file"):
        MosaicSources(mosaic.sources, project)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_is_not_waited_for(mosaic: Mosaic, project: Path) -> None:
    path = project / "records" / "mono.wav"
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(LibraryError, match=r"mono.wav: is not there"):
        MosaicSources(mosaic.sources, project)
