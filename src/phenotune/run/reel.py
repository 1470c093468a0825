"""What a film is made from: the mosaics of some cycles, the stretch of the song, and when each is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from phenotune.arrays import Samples
from phenotune.audio.cache import SoundCache
from phenotune.errors import LibraryError, ParameterError, TargetError
from phenotune.genome.anatomy import duration_s
from phenotune.library.library import source_id
from phenotune.mosaic.facts import SourceFacts, TargetFacts
from phenotune.mosaic.mosaic import Mosaic
from phenotune.mosaic.paths import path_as_read
from phenotune.mosaic.rendering import sources_heard
from phenotune.mosaic.sources import MosaicSources
from phenotune.mosaic.together import Together
from phenotune.progress import Progress
from phenotune.report.film.pictures import Columns, Pictures, power_of
from phenotune.report.film.sound import FilmSound
from phenotune.report.film.timeline import Timeline, timeline_for
from phenotune.run.film_cycles import FinishedCycle, chosen, filmed_cycles
from phenotune.run.folder import RunFolder
from phenotune.run.history import mosaics_at
from phenotune.run.kept import KeptSounds
from phenotune.units import s_to_samples, samples_to_s

if TYPE_CHECKING:
    from phenotune.report.film.painter import Scene, Story

MIN_STRETCH_S = 0.2
BLOCK_S = 10.0
BLOCK_BYTES = 160 << 20
"""What the sums of all scenes may take at a time, for a block of the song is made for all of them at once."""

Spectrograms = tuple[NDArray[np.uint8], NDArray[np.uint8]]
"""Levels of the target, (n_bands, n_columns), and of all scenes, (n_scenes, n_bands, n_columns)."""


@dataclass(frozen=True)
class Reel:
    """What a film is made from; :func:`load_reel` makes one.

    Parameters
    ----------
    folder
        The run folder.
    history
        All cycles that could be shown, for the curve.
    cycles, mosaics
        Those that are shown, one for each scene.
    begin, end
        The stretch of the song, in samples of the mosaics.
    timeline
        When each scene is shown.
    sounds
        The sources.
    target
        The song at the rate of the mosaics; None for the sound alone.
    """

    folder: RunFolder
    history: Sequence[FinishedCycle]
    cycles: Sequence[FinishedCycle]
    mosaics: Sequence[Mosaic]
    begin: int
    end: int
    timeline: Timeline
    sounds: MosaicSources
    target: Samples | None = None

    @property
    def rate_hz(self) -> int:
        """Rate of the mosaics, and of the film's sound."""
        return self.timeline.rate_hz

    def sound(self, progress: Progress) -> Samples:
        """The sound alone: float32 (n_channels, n_samples), not turned down."""
        return self._develop(None, progress)

    def develop(self, size: tuple[int, int], progress: Progress) -> tuple[Samples, Spectrograms]:
        """Sound and spectrograms; the reel must have its target.

        Parameters
        ----------
        size
            Width and height of a spectrogram.
        progress
            Told the share that is done.
        """
        columns = Columns(size[0], size[1], self.end - self.begin, self.rate_hz)
        target = self._target_power(columns)
        loudest = float(target.max(initial=0.0))
        pictures = Pictures(columns, len(self.mosaics), loudest)
        samples = self._develop(pictures, progress)
        return samples, (pictures.levels_of(target), pictures.levels)

    def story(self, spectrograms: Spectrograms) -> Story:
        """What the film tells, given how it looks."""
        from phenotune.report.film.painter import Story

        return Story(
            name=Path(self.mosaics[-1].target.path).stem,
            scenes=tuple(map(self._scene, self.cycles, self.mosaics)),
            curve=[(each.elapsed_s, each.explained) for each in self.history],
            begin_s=samples_to_s(self.begin, self.rate_hz),
            end_s=samples_to_s(self.end, self.rate_hz),
            target=spectrograms[0],
            mosaics=spectrograms[1],
        )

    def _develop(self, pictures: Pictures | None, progress: Progress) -> Samples:
        together = Together(self.mosaics, self.sounds, self.rate_hz)
        sound = FilmSound(self.timeline, together.n_channels)
        columns = pictures.columns if pictures else self._seconds
        a_sample = 8 * len(self.mosaics) * together.n_channels
        most = min(s_to_samples(BLOCK_S, self.rate_hz), BLOCK_BYTES // a_sample)
        for first, last in columns.blocks(most):
            start, stop = columns.around(first, last) if pictures else columns.span(first, last)
            scenes = together.between(self.begin + start, self.begin + stop)
            begin, end = columns.span(first, last)
            sound.add(begin, scenes[..., begin - start : end - start])
            if pictures:
                pictures.add(first, last, scenes)
            progress(last / columns.n_columns)
        return sound.samples

    @property
    def _seconds(self) -> Columns:
        """The stretch in parts of about a second, where nothing is drawn."""
        n_stretch = self.end - self.begin
        return Columns(max(1, n_stretch // self.rate_hz), 1, n_stretch, self.rate_hz)

    def _target_power(self, columns: Columns) -> NDArray[np.float32]:
        """Power of the target's spectrogram, float32 (n_bands, n_columns)."""
        samples = self.target
        assert samples is not None, "load_reel was asked for pictures"
        most = s_to_samples(BLOCK_S, self.rate_hz)
        parts = []
        for first, last in columns.blocks(most):
            start, stop = (self.begin + each for each in columns.around(first, last))
            padded = np.zeros((samples.shape[0], stop - start), np.float32)
            inside = samples[:, max(start, 0) : max(stop, 0)]
            padded[:, max(-start, 0) : max(-start, 0) + inside.shape[1]] = inside
            parts.append(power_of(columns, first, last, padded))
        return np.concatenate(parts, axis=1)

    @cached_property
    def _names(self) -> dict[str, str]:
        """What people call each source."""
        sources = [source for mosaic in self.mosaics for source in mosaic.sources]
        return {each.id: _name(each) for each in sources}

    def _scene(self, cycle: FinishedCycle, mosaic: Mosaic) -> Scene:
        from phenotune.report.clip_bars import ClipBar
        from phenotune.report.film.painter import Scene

        rates_hz = {source.id: source.rate_hz for source in mosaic.sources}
        clips = {
            placement.id: ClipBar(
                onset_s=placement.onset_samples / mosaic.rate_hz,
                duration_s=duration_s(placement.chromosome, rates_hz),
                source=self._names[placement.chromosome.clip.source],
                gain=max(placement.gains, key=abs),
            )
            for placement in mosaic.placements
            if not placement.muted
        }
        return Scene(cycle.cycle, cycle.elapsed_s, mosaic.explained, clips)


def load_reel(
    folder: RunFolder,
    *,
    n_scenes: int | None,
    n_times: int | None,
    stretch_s: tuple[float | None, float | None],
    is_seen: bool,
    folders: Sequence[str | Path],
    cache: SoundCache | None,
    force: bool = False,
) -> Reel:
    """Choose the cycles, and find all that is needed to show them.

    Parameters
    ----------
    folder
        The run folder.
    n_scenes, n_times
        As :func:`phenotune.report.film.timeline.timeline_for` has them.
    stretch_s
        From where to where the song is shown.
    is_seen
        Whether pictures are wanted, which show the target as well.
    folders, cache, force
        As :class:`phenotune.mosaic.sources.MosaicSources` has them.

    Raises
    ------
    ParameterError
        If the stretch does not lie in the song.
    RunFolderError
        If there is nothing to show.
    LibraryError
        If sounds are missing or have changed.
    TargetError
        If the song is.
    """
    history = filmed_cycles(folder)
    last = next(mosaics_at(folder.path, [history[-1].cycle]))[1]
    begin, end = _stretch(last.target, last.rate_hz, stretch_s)
    timeline = timeline_for(
        end - begin, last.rate_hz, len(history), n_scenes=n_scenes, n_times=n_times
    )
    cycles = chosen(history, timeline.n_scenes)
    mosaics = [mosaic for _, mosaic in mosaics_at(folder.path, [each.cycle for each in cycles])]
    places = folder.path.absolute(), folders, cache
    target = _target_samples(last.target, folder, places, last.rate_hz) if is_seen else None
    sounds = MosaicSources(_heard(mosaics), *places, force=force)
    return Reel(folder, history, cycles, mosaics, begin, end, timeline, sounds, target)


def _heard(mosaics: Sequence[Mosaic]) -> list[SourceFacts]:
    """All sources that are heard in any of the mosaics."""
    needed: dict[str, SourceFacts] = {}
    for mosaic in mosaics:
        heard = sources_heard(each for each in mosaic.placements if not each.muted)
        needed.update((source.id, source) for source in mosaic.sources if source.id in heard)
    return list(needed.values())


def _target_samples(
    target: TargetFacts,
    folder: RunFolder,
    places: tuple[Path, Sequence[str | Path], SoundCache | None],
    rate_hz: int,
) -> Samples:
    """The song where it lies, or the copy that the run has kept."""
    kept = KeptSounds(folder.state).find(source_id(target.sha256))
    source = target.as_source(source_id(target.sha256))
    if kept is not None and not path_as_read(target.path, folder.path).is_file():
        source = SourceFacts.of(kept)
    try:
        return MosaicSources([source], *places).samples(source.id, rate_hz)
    except LibraryError as error:
        raise TargetError(
            f"{path_as_read(target.path, folder.path)}: the song that was rebuilt is not there any more, or has "
            "changed; put it back, or name the folder where it is with --sources"
        ) from error


def _name(source: SourceFacts) -> str:
    """The name of its file; of a kept copy, whose name is the id, the one that stands before its credit."""
    path = Path(source.path)
    return (source.credit or path.name).partition(": ")[0] if path.stem == source.id else path.name


def _stretch(
    target: TargetFacts, rate_hz: int, stretch_s: tuple[float | None, float | None]
) -> tuple[int, int]:
    n_samples = target.n_samples(rate_hz)
    begin = 0 if stretch_s[0] is None else s_to_samples(stretch_s[0], rate_hz)
    end = n_samples if stretch_s[1] is None else s_to_samples(stretch_s[1], rate_hz)
    end = min(end, n_samples)
    if not 0 <= begin < end or samples_to_s(end - begin, rate_hz) < MIN_STRETCH_S:
        length_s = samples_to_s(n_samples, rate_hz)
        raise ParameterError(
            f"from, to: expected a stretch of at least {MIN_STRETCH_S:g} s within the song's {length_s:.2f} s, "
            f"got {samples_to_s(begin, rate_hz):g} s to {samples_to_s(end, rate_hz):g} s"
        )
    return begin, end
