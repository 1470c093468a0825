"""Doing a run again from its log, and comparing what comes of it."""

from __future__ import annotations

from pathlib import Path

from phenotune.mosaic.mosaic import Mosaic
from phenotune.run.folder import RunFolder
from phenotune.run.project import PathLike, Project, new_folder
from phenotune.run.script import read_script
from phenotune.run.stages import with_values


def prepare_replay(run: PathLike, out: PathLike, workers: int | None = None) -> Project:
    """A project that does again what a run did, to its last checkpoint: same settings, same changes, same cycles.

    Parameters
    ----------
    run
        Its folder.
    out
        Folder of the new run.
    workers
        Threads, which do not matter to the mosaic; as many as the run had when None.

    Raises
    ------
    RunFolderError
        If the run's log does not tell how it went, or ``out`` holds a run already.
    """
    script = read_script(RunFolder.open(run))
    own = {
        "run.cycles": script.last_cycle,
        "run.time_s": 0.0,
        "run.until_percent": 0.0,
        "run.plateau_s": 0.0,
        "run.inject": "",
        "run.watch": False,
    }
    if workers is not None:
        own["run.workers"] = workers
    settings = with_values(script.settings, own)
    folder = RunFolder.planned(new_folder(Path(out)))
    paths = tuple(dict.fromkeys(Path(facts["path"]) for facts in script.first["sources"]))
    # What is gone cannot be named to whoever goes on with the new run; copies of it are kept.
    library = tuple(path for path in paths if path.exists()) or paths
    return Project(folder, settings, script.target, library, script=script)


def is_same_mosaic(one: RunFolder, other: RunFolder) -> bool:
    """Whether two runs have made the same mosaic: the same placements, and the same sound bit for bit."""
    first, second = Mosaic.load(one.mosaic_json), Mosaic.load(other.mosaic_json)
    return (
        (first.placements, first.explained, first.rate_hz, first.n_channels, first.fade_ms)
        == (second.placements, second.explained, second.rate_hz, second.n_channels, second.fade_ms)
        and first.target.sha256 == second.target.sha256
        and one.mosaic_wav.read_bytes() == other.mosaic_wav.read_bytes()
    )
