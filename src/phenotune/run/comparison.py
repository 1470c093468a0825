"""Runs over the same song beside one another: a row of figures each, and the page that plays them."""

from __future__ import annotations

import os
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from phenotune.audio.digests import sha256_of
from phenotune.audio.files import read_sound
from phenotune.audio.sound import Sound
from phenotune.errors import ParameterError, PhenotuneError, RunFolderError
from phenotune.genome.anatomy import clips, duration_s
from phenotune.measures.measure import MeasuredTarget, Measures
from phenotune.mosaic.mosaic import Mosaic
from phenotune.mosaic.paths import path_as_read
from phenotune.progress import Progress, unheard
from phenotune.report.compare import ComparePage, Row
from phenotune.run.folder import RunFolder
from phenotune.run.presets import DEFAULT_PRESET
from phenotune.run.settings import RunSettings, read_settings
from phenotune.run.variants import variant_folders
from phenotune.whole_files import write_whole


@dataclass(frozen=True, slots=True)
class Figures:
    """What a mosaic is like, in figures.

    Parameters
    ----------
    name
        What the run is called among those it is compared with.
    folder
        Its run folder.
    seed
        Its seed.
    explained
        Share of the target that it explains.
    n_clips
        How many clips are heard.
    clips_per_s
        How many that is a second of the target.
    median_clip_s
        How long half of them sound at least.
    n_sources
        Sources that are heard.
    measures
        The neutral measures; None where the target is not at hand.
    """

    name: str
    folder: Path
    seed: int
    explained: float
    n_clips: int
    clips_per_s: float
    median_clip_s: float
    n_sources: int
    measures: Measures | None

    @classmethod
    def of(cls, name: str, folder: Path, mosaic: Mosaic, measures: Measures | None) -> Figures:
        """The figures of a mosaic; placements that are muted do not count."""
        heard = [placement for placement in mosaic.placements if not placement.muted]
        rates_hz = {source.id: source.rate_hz for source in mosaic.sources}
        lengths_s = [duration_s(placement.chromosome, rates_hz) for placement in heard]
        used = {clip.source for placement in heard for clip in clips(placement.chromosome)}
        return cls(
            name=name,
            folder=folder,
            seed=mosaic.seed,
            explained=mosaic.explained,
            n_clips=len(heard),
            clips_per_s=len(heard) / mosaic.target.duration_s,
            median_clip_s=statistics.median(lengths_s) if lengths_s else 0.0,
            n_sources=len(used),
            measures=measures,
        )


COLUMNS: tuple[tuple[str, str, str], ...] = (
    # name, what it is, which way is better
    ("explained", "share of the song that is explained", "higher"),
    ("clips", "clips that are heard", ""),
    ("clips/s", "clips a second", ""),
    ("median clip", "how long half of the clips sound at least", ""),
    ("sources", "sound files that are heard", ""),
    ("lmsd", "log-mel spectral distance in dB", "lower"),
    ("sc", "spectral convergence", "lower"),
    ("chroma", "likeness of the notes", "higher"),
    ("onset", "correlation of the onsets", "higher"),
)
"""Columns of the table, in the order of :func:`cells_of`."""


def columns_for(runs: Sequence[Path]) -> list[tuple[str, str, str]]:
    """The columns for some runs; what is explained is no better or worse where they do not count it alike."""
    if _measured_alike(runs):
        return list(COLUMNS)
    (name, about, _), *others = COLUMNS
    return [(name, about, ""), *others]


def values_of(figures: Figures) -> list[float | None]:
    """A row's figures, a number for each column; None where it is not known."""
    found = figures.measures
    return [
        figures.explained,
        figures.n_clips,
        figures.clips_per_s,
        figures.median_clip_s,
        figures.n_sources,
        *((None,) * 4 if found is None else (found.lmsd_db, found.sc, found.chroma, found.onset_r)),
    ]


def cells_of(figures: Figures) -> list[str]:
    """A row's figures as people read them."""
    formats = (
        "{:.1%}",
        "{:,}",
        "{:.1f}",
        "{:.2f} s",
        "{}",
        "{:.2f} dB",
        "{:.3f}",
        "{:.3f}",
        "{:.3f}",
    )
    return [
        "" if value is None else form.format(value)
        for form, value in zip(formats, values_of(figures), strict=True)
    ]


def compare_runs(
    runs: Sequence[Path],
    *,
    page: Path | None = None,
    names: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> list[Figures]:
    """Compare runs over the same song, and write the page that plays them at the same moment.

    Sounds are read one after the other, so that memory holds two of them at most.

    Parameters
    ----------
    runs
        Run folders.
    page
        Where the page is to be written, whole or not at all; None for none.
    names
        What they are called; their folders' names when None.
    progress
        Told the share that is done.

    Raises
    ------
    ParameterError
        If there is no run, or if they are runs over different songs.
    RunFolderError
        If one has no mosaic yet, or if the page cannot be written.
    AudioFileError
        If the sound of one cannot be read.
    """
    tell = progress or unheard
    opened = [_opened(folder) for folder in runs]
    if not opened:
        raise ParameterError("compare: expected run folders, got none")
    _check_same_song(runs, opened)
    song, sound, problem = _song(opened[0])
    measured = None if sound is None else MeasuredTarget(sound.samples, sound.rate_hz)
    duration_s = opened[0].target.duration_s
    drawn = ComparePage(song.stem, duration_s, len(opened) + 1, columns_for(runs), problem)
    if sound is not None and page is not None:
        drawn.add_target(song.stem, sound.samples, sound.rate_hz)
    del sound
    rows = []
    shown = names or names_of(runs)
    for number, (name, folder, mosaic) in enumerate(zip(shown, runs, opened, strict=True), 1):
        own = read_sound(RunFolder(folder).mosaic_wav)
        found = None if measured is None else measured.measure(own.samples, own.rate_hz)
        rows.append(Figures.of(name, folder, mosaic, found))
        if page is not None:
            row = Row(
                name,
                _about(name, folder, mosaic.seed),
                tuple(cells_of(rows[-1])),
                tuple(values_of(rows[-1])),
            )
            drawn.add_run(row, own.samples, own.rate_hz)
        tell(number / len(runs))
    if page is not None:
        write_whole(page, drawn.html())
    return rows


def runs_named(paths: Iterable[Path]) -> list[Path]:
    """The runs that are meant: a folder of variants stands for all of them that have a mosaic."""
    found: list[Path] = []
    for path in paths:
        inside = variant_folders(path)
        found += [path] if inside is None else inside
    return list({os.path.realpath(path): path for path in found}.values())


def names_of(runs: Sequence[Path]) -> list[str]:
    """What to call runs: by their folders, and by as much of the path as tells them apart.

    >>> names_of([Path("a/song-mosaic"), Path("b/song-mosaic"), Path("drone")])
    ['a/song-mosaic', 'b/song-mosaic', 'drone']
    """
    whole = [path.absolute() for path in runs]
    for n_parts in range(1, max((len(path.parts) for path in whole), default=1)):
        names = ["/".join(path.parts[-n_parts:]) for path in whole]
        counts = Counter(names)
        if max(counts.values(), default=1) == 1:
            alone = Counter(path.name for path in whole)
            return [
                path.name if alone[path.name] == 1 else name
                for path, name in zip(whole, names, strict=True)
            ]
    return [str(path) for path in runs]


def _opened(folder: Path) -> Mosaic:
    run = RunFolder.open(folder)
    if not run.mosaic_json.exists() or not run.mosaic_wav.exists():
        raise RunFolderError(f"{folder}: has no mosaic yet; `phenotune evolve {folder}` makes one")
    return Mosaic.load(run.mosaic_json)


def _check_same_song(runs: Sequence[Path], opened: Sequence[Mosaic]) -> None:
    first = opened[0].target
    for folder, mosaic in zip(runs, opened, strict=True):
        if mosaic.target.sha256 != first.sha256:
            raise ParameterError(
                f"compare: expected runs over the same song; {runs[0]} rebuilds {Path(first.path).name}, "
                f"and {folder} rebuilds {Path(mosaic.target.path).name}"
            )


def _settings(folder: Path) -> RunSettings | None:
    """The settings that a run was made with; None where they cannot be read."""
    try:
        return read_settings(project=RunFolder(folder).settings_file, environment={})
    except PhenotuneError:
        return None


def _about(name: str, folder: Path, seed: int) -> str:
    """A word about a run, without what goes without saying and what its name says."""
    settings = _settings(folder)
    known = [] if settings is None else [settings.preset, settings.style.name, f"seed {seed}"]
    said = ("", DEFAULT_PRESET, name)
    return ", ".join(word for word in known if word not in said)


def _measured_alike(runs: Sequence[Path]) -> bool:
    """Whether what is explained can be compared: it is counted in the spectra that a run goes by."""
    found = [_settings(folder) for folder in runs]
    ways = [each and (each.spectra, each.style.brightness_db_per_octave) for each in found]
    return None not in ways and all(way == ways[0] for way in ways)


def _song(mosaic: Mosaic) -> tuple[Path, Sound | None, str]:
    """The song, if it is where it was and what it was; else why not."""
    path = path_as_read(mosaic.target.path, mosaic.folder or Path.cwd())
    try:
        if sha256_of(path) != mosaic.target.sha256:
            return (
                path,
                None,
                f"{path.name} has changed since, so it is neither heard nor measured against",
            )
        return path, read_sound(path), ""
    except (OSError, PhenotuneError):
        return (
            path,
            None,
            f"{path.name} is not where it was, so it is neither heard nor measured against",
        )
