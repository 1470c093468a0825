"""The film of a run: its mosaics at even steps of what they explain, to be seen and to be heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from phenotune.arrays import Samples
from phenotune.audio.cache import SoundCache
from phenotune.audio.files import write_sound
from phenotune.audio.levels import gain_to_fit, scale_to_fit
from phenotune.errors import MissingExtraError, ParameterError
from phenotune.mosaic.levelling import CEILING
from phenotune.progress import Progress, unheard
from phenotune.report.film.layout import DEFAULT_SIZE, Layout, layout_for
from phenotune.report.film.making import (
    SILENT,
    SOUND,
    WITH_SOUND,
    check_suffix,
    make_animation,
    make_film,
)
from phenotune.run.folder import RunFolder
from phenotune.run.reel import Reel, load_reel
from phenotune.units import amplitude_to_db, samples_to_s
from phenotune.whole_files import check_none_is_there

STEM = "evolution"
"""What the files are called that a run's film has in ``out/``."""
SOUND_SHARE = 0.35
"""How much of the work making the sound is, for whoever is told of progress."""


@dataclass(frozen=True, slots=True)
class FilmOptions:
    """How a film is to be.

    Parameters
    ----------
    size
        Width and height in pixels, even numbers.
    fps
        Frames a second; of no matter to animations without sound.
    n_scenes
        How many mosaics are shown; None: as suits the length.
    n_times
        How often the song is played; None: a loop until it is about a minute.
    from_s, to_s
        The stretch of the song; None: from its beginning, to its end.

    Raises
    ------
    ParameterError
        If a number is out of range.
    """

    size: tuple[int, int] = DEFAULT_SIZE
    fps: int = 30
    n_scenes: int | None = None
    n_times: int | None = None
    from_s: float | None = None
    to_s: float | None = None

    def __post_init__(self) -> None:
        """Refuse what makes no film."""
        for name, value, most in (
            ("fps", self.fps, 120),
            ("n_scenes", self.n_scenes, 200),
            ("n_times", self.n_times, 100),
        ):
            if value is not None and not 1 <= value <= most:
                raise ParameterError(f"{name}: expected 1 to {most}, got {value}")


@dataclass(frozen=True, slots=True)
class Film:
    """A film that was made.

    Parameters
    ----------
    paths
        The files: the film, or an animation and its sound, or the sound.
    duration_s
        How long the sound is, and the film that has one.
    cycles
        The cycles that are shown.
    turned_down_db
        How much the sound was turned down, all of it by the same, so as not to clip.
    changed
        The sources that were used although they have changed, a line each; none unless forced.
    """

    paths: tuple[Path, ...]
    duration_s: float
    cycles: tuple[int, ...]
    turned_down_db: float
    changed: tuple[str, ...] = ()


def film(
    run: str | Path,
    path: str | Path | None = None,
    options: FilmOptions | None = None,
    *,
    folders: Sequence[str | Path] = (),
    force: bool = False,
    cache: SoundCache | None = None,
    progress: Progress | None = None,
) -> Film:
    """Make the film of a run: the mosaic as it came to be.

    Parameters
    ----------
    run
        The run folder; it may be evolving.
    path
        The file; its suffix is the kind: ``.mp4`` or ``.webm`` with sound; ``.webp``, ``.png``, ``.apng`` or ``.gif``
        without, and then the sound lies beside it as ``.wav``; ``.wav`` for the sound alone. When None,
        ``out/evolution.mp4`` of the run, or ``.webp`` where the extra ``video`` is missing.
    options
        How it is to be.
    folders
        Where to look for sounds that are not at their path any more.
    force
        Whether files that are there may be replaced, and sources that have changed be used as they are. Files with the
        default name are the program's own, and are replaced anyway.
    cache
        Decoded sounds; the user's when None.
    progress
        Told the share that is done, from 0 to 1.

    Raises
    ------
    ParameterError
        If the name has no known suffix, or an option makes no sense.
    MissingExtraError
        If a film with sound is asked for by name and PyAV is not installed.
    RunFolderError
        If it is no run folder, if no cycle is done or told in its log, if a file is there already, or if the disk
        refuses.
    LibraryError
        If sounds are missing or have changed.

    Examples
    --------
    >>> import phenotune as pt
    >>> pt.film("my-mosaic", "my-film.mp4").paths  # doctest: +SKIP
    (PosixPath('my-film.mp4'),)
    """
    options = options or FilmOptions()
    layout = layout_for(*options.size)
    folder = RunFolder.open(run)
    paths = film_paths(default_path(folder) if path is None else Path(path))
    if path is not None and not force:
        check_none_is_there(paths)
    reel = load_reel(
        folder,
        n_scenes=options.n_scenes,
        n_times=options.n_times,
        stretch_s=(options.from_s, options.to_s),
        is_seen=paths[0].suffix.lower() not in SOUND,
        folders=folders,
        cache=cache,
        force=force,
    )
    tell = progress or unheard
    turned_down_db = _make(reel, layout, options.fps, paths, tell)
    tell(1.0)
    return Film(
        paths,
        samples_to_s(reel.timeline.n_samples, reel.rate_hz),
        tuple(each.cycle for each in reel.cycles),
        turned_down_db,
        tuple(reel.sounds.changed),
    )


def default_path(folder: RunFolder) -> Path:
    """Where the film of a run goes if nothing else is said: with sound, if this installation can."""
    from phenotune.report.film.video import is_there

    return folder.out / f"{STEM}{WITH_SOUND[0] if is_there() else SILENT[0]}"


def film_paths(path: Path) -> tuple[Path, ...]:
    """The files that come of a name: an animation has its sound beside it.

    Raises
    ------
    ParameterError
        If its suffix is not that of a film.
    MissingExtraError
        If it is one with sound and PyAV is not installed.
    """
    from phenotune.report.film.video import is_there

    suffix = check_suffix(path)
    if suffix in WITH_SOUND and not is_there():
        raise MissingExtraError(
            f"a film with sound ({suffix}; {', '.join(SILENT)} go without)", "video"
        )
    return (path, path.with_suffix(SOUND[0])) if suffix in SILENT else (path,)


def _make(reel: Reel, layout: Layout, fps: int, paths: Sequence[Path], tell: Progress) -> float:
    """Make the files, and give by how many decibels the sound was turned down."""
    suffix = paths[0].suffix.lower()
    if suffix in SOUND:
        loud = reel.sound(tell)
        write_sound(paths[0], scale_to_fit(loud, CEILING), reel.rate_hz)
        return _turned_down_db(loud)
    size = layout.mosaic.width, layout.mosaic.height
    loud, spectrograms = reel.develop(size, lambda share: tell(share * SOUND_SHARE))
    samples, story = scale_to_fit(loud, CEILING), reel.story(spectrograms)

    def tell_rest(share: float) -> None:
        tell(SOUND_SHARE + share * (1.0 - SOUND_SHARE))

    if suffix in SILENT:
        make_animation(paths[0], story, layout, progress=tell_rest)
        write_sound(paths[1], samples, reel.rate_hz)
    else:
        timeline = reel.timeline
        make_film(
            paths[0],
            story,
            layout,
            timeline=timeline,
            fps=fps,
            samples=samples,
            progress=tell_rest,
        )
    return _turned_down_db(loud)


def _turned_down_db(samples: Samples) -> float:
    return abs(amplitude_to_db(gain_to_fit(samples, CEILING)))
