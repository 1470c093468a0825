"""Opening a sitting: the sounds are read, the canvas is prepared, and the newest checkpoint is taken up."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from phenotune.arrays import Samples
from phenotune.audio.cache import SoundCache
from phenotune.audio.levels import rms
from phenotune.canvas.canvas import Canvas
from phenotune.errors import ParameterError
from phenotune.fitness.assembly import make_evaluator
from phenotune.fitness.beat import Beat
from phenotune.fitness.direction import Direction
from phenotune.fitness.own_place import OwnPlace, octaves_within
from phenotune.fitness.scoring import Scorer
from phenotune.genome.spans import Span, Spans
from phenotune.genome.variation import VariationSettings
from phenotune.library.library import Library, open_library, source_id
from phenotune.library.licences import licence_warnings
from phenotune.library.scan import fingerprints
from phenotune.library.source import Source
from phenotune.library.target import Target, open_target
from phenotune.run.beat import doubts, find_beat, on_the_beat
from phenotune.run.beginning import begin, mix_of
from phenotune.run.checkpoints import read_newest_checkpoint
from phenotune.run.events import TempoFound
from phenotune.run.kept import KeptSounds
from phenotune.run.project import Project, paths_to_watch, sounds_in_force
from phenotune.run.resume import kept_for, place_of, take_up
from phenotune.run.revision import Reviser
from phenotune.run.session import Session
from phenotune.run.settings import RunSettings
from phenotune.run.stages import StagePlace, settings_of_stage
from phenotune.run.watching import Seen
from phenotune.run.working_settings import (
    longest_clip_s,
    shortest_name,
    wants_lines,
    wants_tempo,
    working_settings,
)
from phenotune.search.breeding import Breeder
from phenotune.search.engine import Engine
from phenotune.search.rhythm import to_grid
from phenotune.search.settings import RhythmSettings
from phenotune.spectra.layout import Layout, make_layout
from phenotune.spectra.target import prepare_target

SHORTEST_PHENOTYPE_SAMPLES = 64
ROUNDING_S = 0.001


@dataclass(frozen=True)
class Workings:
    """All that follows from the sounds and the settings, and is made anew when one of them changes.

    Parameters
    ----------
    canvas
        With nothing on it yet, or as it was given.
    engine, evaluator, reviser
        What works on it.
    tempo
        The beat that onsets are pulled to, if any of it was estimated.
    doubts
        What people should know of the sounds.
    """

    canvas: Canvas
    engine: Engine
    evaluator: Scorer
    reviser: Reviser
    tempo: TempoFound | None
    doubts: list[str]


def open_session(project: Project, started_at: float) -> Session:
    """Open the sounds, prepare the canvas, and take up the newest checkpoint where there is one.

    Raises
    ------
    TargetError, LibraryError
        If the target or the library cannot be used.
    RunFolderError
        If the checkpoint cannot be read.
    """
    checkpoint, broken = read_newest_checkpoint(project.folder.state)
    stage = place_of(checkpoint) if project.settings.stage and project.script is None else None
    settings = settings_of_stage(project.settings, stage.number if stage else None)
    cache, kept = SoundCache(), KeptSounds(project.folder.state)
    seen = _seen(project, settings, stage)
    target, library = _sounds(project, settings, stage, cache)
    mix: Source | None = None
    gone: list[Source] = []
    if checkpoint is not None:
        needed, gone = kept_for(checkpoint, library, kept, cache)
        library = library.with_kept(needed)
    elif (mix := _mix(project, target, kept, cache)) is not None:
        library = library.with_kept([mix])
    n_workers = settings.run.workers or os.cpu_count() or 1
    pool = ThreadPoolExecutor(n_workers, thread_name_prefix="phenotune")
    workings = set_up(settings, target, library, pool)
    session = Session(
        project=project,
        cache=cache,
        target=target,
        library=library,
        canvas=workings.canvas,
        engine=workings.engine,
        evaluator=workings.evaluator,
        reviser=workings.reviser,
        pool=pool,
        started_at=started_at,
        n_workers=n_workers,
        warnings=[
            *(f"{problem}; going on from the checkpoint before it" for problem in broken),
            *(f"{source.path}: has gone, and clips of it stay; a copy is kept" for source in gone),
            *workings.doubts,
            *(_licence_doubts(library) if checkpoint is None and project.script is None else ()),
        ],
        tempo=workings.tempo,
        kept=kept,
        in_force=settings,
        stage=stage,
        seen=seen,
    )
    if checkpoint is not None:
        take_up(session, checkpoint)
        session.first_cycle = session.cycle
    begin(session, mix, is_new=checkpoint is None)
    return session


def set_up(
    settings: RunSettings,
    target: Target,
    library: Library,
    pool: ThreadPoolExecutor,
    canvas: Canvas | None = None,
) -> Workings:
    """Make everything that works on these sounds with these settings.

    Parameters
    ----------
    settings
        Those in force.
    target, library
        The sounds.
    pool
        Threads.
    canvas
        One of this target that is used already; a new one when None.
    """
    layout = make_layout(settings.spectra)
    tempo = find_beat(
        target,
        settings.rhythm,
        wants_lines=wants_lines(settings),
        wants_tempo=wants_tempo(settings),
    )
    rhythm = on_the_beat(settings.rhythm, tempo)
    settings = working_settings(settings, rhythm)
    if canvas is None:
        tilt = settings.style.brightness_db_per_octave
        canvas = Canvas(
            prepare_target(target.samples, layout, settings.spectra, tilt_db_per_octave=tilt)
        )
    grid = _grid(rhythm, layout)
    own_place = _own_place(library, target, settings)
    evaluator = make_evaluator(
        canvas,
        library,
        settings.fitness,
        settings.mix,
        target=target.samples,
        proposal=settings.search.proposal,
        is_heard=_gate(library, settings),
        to_grid=grid,
        min_samples=_shortest_samples(settings),
        direction=_direction(library, canvas, settings, rhythm, own_place=own_place),
        permits=None if own_place is None else own_place.permits,
    )
    return Workings(
        canvas=canvas,
        engine=_engine(settings, library, target, canvas, grid),
        evaluator=evaluator,
        reviser=Reviser(
            canvas,
            evaluator,
            pool,
            _max_placements(target, settings),
            stretch=_stretch(target, settings, layout),
        ),
        tempo=tempo,
        doubts=[
            *doubts(tempo),
            *_short_sounds(library, settings),
            *_own_place_doubts(library, target, settings),
        ],
    )


def _seen(project: Project, settings: RunSettings, stage: StagePlace | None) -> Seen:
    """The state of the library's files before they are read; nothing where nobody will look again."""
    if project.script is not None or not settings.run.watch:
        return {}
    return fingerprints(paths_to_watch(project, stage), exclude=settings.library.exclude)


def _mix(project: Project, target: Target, kept: KeptSounds, cache: SoundCache) -> Source | None:
    """What a new run starts from, if it does not start from silence."""
    if project.script is not None:
        return project.script.mix(kept, cache)
    return mix_of(project, target, kept, cache)


def _sounds(
    project: Project, settings: RunSettings, stage: StagePlace | None, cache: SoundCache
) -> tuple[Target, Library]:
    """The sounds that a sitting begins with: the run's own, those of its stage, or those of a script."""
    layout = make_layout(settings.spectra)
    if project.script is not None:
        return project.script.open_sounds(project.folder.state, layout.rate_hz, cache)
    path, paths = sounds_in_force(project, stage)
    project = replace(project, settings=settings, target=path, library=paths)
    return _open_sounds(project, layout, cache)


def _open_sounds(project: Project, layout: Layout, cache: SoundCache) -> tuple[Target, Library]:
    """The target, which must fill a window at least, and the library without it."""
    target = open_target_for(layout, project.target, cache)
    library = open_library(
        project.library,
        cache=cache,
        exclude=project.settings.library.exclude,
        target_sha256=target.sha256,
        only_licensed=project.settings.library.only_licensed,
    )
    return target, library


def _licence_doubts(library: Library) -> list[str]:
    """What stands against publishing a mosaic of these sounds; told at the start of a run, once."""
    return licence_warnings((source.path.name, source.credit) for source in library.sources)


def open_target_for(layout: Layout, path: Path, cache: SoundCache) -> Target:
    """A target that fills the longest window of a layout at least."""
    longest = max(layer.window.size * layer.decimation for layer in layout.layers)
    return open_target(path, layout.rate_hz, cache=cache, min_s=longest / layout.rate_hz)


def _engine(
    settings: RunSettings,
    library: Library,
    target: Target,
    canvas: Canvas,
    grid: Callable[[int], int] | None,
) -> Engine:
    rate_hz = canvas.target.layout.rate_hz
    return Engine(
        settings.search,
        Breeder(_spans(library, target, settings), settings.genes, _variation(settings)),
        seed=settings.run.seed,
        n_target_samples=canvas.target.n_samples,
        niche_samples=round(settings.search.niche_ms * rate_hz / 1000.0),
        spotlight_samples=round(settings.search.spotlight_s * rate_hz),
        section_samples=round(settings.search.section_s * rate_hz),
        seed_width_samples=round(settings.search.seed_width_s * rate_hz),
        stretch=_stretch(target, settings, canvas.target.layout),
        to_grid=grid,
    )


def _spans(library: Library, target: Target, settings: RunSettings) -> Spans:
    limits, ranges = settings.library, settings.genes.varispeed
    octaves: tuple[float, ...] = ()
    own = source_id(target.sha256)
    if settings.style.other_octave:
        octaves = octaves_within(ranges.min_cents, ranges.max_cents)
    sources = [
        Span(s.id, s.rate_hz, s.n_samples, octaves if s.id == own else ()) for s in library.sources
    ]
    kept = [Span(s.id, s.rate_hz, s.n_samples) for s in library.known[len(sources) :]]
    return Spans(
        sources,
        kept=kept,
        min_clip_s=max(limits.min_clip_s, settings.style.min_clip_s),
        max_clip_s=limits.max_clip_s,
        clip_s=limits.clip_s,
    )


def _variation(settings: RunSettings) -> VariationSettings:
    """How chromosomes vary, none of them shorter than the style permits."""
    shortest_s = max(settings.variation.min_phenotype_s, settings.style.min_clip_s)
    return settings.variation.model_copy(update={"min_phenotype_s": shortest_s})


def _short_sounds(library: Library, settings: RunSettings) -> list[str]:
    """A warning where hardly anything is long enough for the style."""
    shortest_s = settings.style.min_clip_s
    if any(source.duration_s >= shortest_s for source in library.sources):
        return []
    return [
        f"no sound of the library lasts {shortest_name(settings)} ({shortest_s:.3g} s), so only clips that are "
        "repeated or slowed down can land; set it lower, or add longer sounds"
    ]


def _max_placements(target: Target, settings: RunSettings) -> int:
    length_s, search = target.duration_s, settings.search
    if search.to_s:
        length_s = min(search.to_s, length_s) - search.from_s
    return math.ceil(search.max_clips_per_s * length_s)


def _stretch(target: Target, settings: RunSettings, layout: Layout) -> tuple[int, int] | None:
    """The samples that the search keeps to; None for the whole target.

    Raises
    ------
    ParameterError
        If they begin after its end.
    """
    stretch = settings.search.stretch_samples(layout.rate_hz)
    if stretch is None:
        return None
    if settings.search.from_s >= target.duration_s:
        raise ParameterError(
            f"search.from_s ({settings.search.from_s:g} s) must be before the end of {target.path}, "
            f"which lasts {target.duration_s:.3g} s"
        )
    return stretch[0], min(stretch[1], target.samples.shape[1])


def _gate(library: Library, settings: RunSettings) -> Callable[[Samples], bool]:
    """The RMS gate, relative to the library's own level, so that a quiet library is used like a loud one.

    Whatever is shorter than the style permits is not heard either.
    """
    quietest = settings.library.rms_gate * library.level()
    n_shortest = max(SHORTEST_PHENOTYPE_SAMPLES, _shortest_samples(settings))

    def is_heard(samples: Samples) -> bool:
        return samples.shape[1] >= n_shortest and 0.0 < rms(samples) >= quietest

    return is_heard


def _shortest_samples(settings: RunSettings) -> int:
    """The shortest phenotype that the style permits.

    Lengths are rounded at several rates: a clip may be a few samples short of the length that it was cut to.
    """
    return max(0, math.ceil((settings.style.min_clip_s - ROUNDING_S) * settings.spectra.rate_hz))


def _grid(rhythm: RhythmSettings, layout: Layout) -> Callable[[int], int] | None:
    if rhythm.strength == 0.0:
        return None
    return lambda onset: to_grid(onset, rhythm, layout.rate_hz)


def _direction(
    library: Library,
    canvas: Canvas,
    settings: RunSettings,
    rhythm: RhythmSettings,
    *,
    own_place: OwnPlace | None,
) -> Direction | None:
    """What weighs candidates; None where the style is neutral and no beat is asked for, and then it costs nothing."""
    style, strength = settings.style, rhythm.strength
    if strength == 0.0 and not style.weighs and own_place is None:
        return None
    rate_hz = canvas.target.layout.rate_hz
    on_line = rhythm.model_copy(update={"strength": 1.0})
    beat = None
    if strength or style.on_the_beat:
        to_line = partial(to_grid, settings=on_line, rate_hz=rate_hz)
        beat = Beat(strength, to_line, 1.0 - style.on_the_beat)
    return Direction(
        canvas,
        style,
        # Without those that are kept: who of them is known depends on when the run was opened.
        _rates_hz(library.sources),
        beat,
        longest_s=longest_clip_s(settings),
        own_place=own_place,
    )


def _own_place(library: Library, target: Target, settings: RunSettings) -> OwnPlace | None:
    """What keeps clips of the target from sounding as they do there; None where nothing does.

    Sources are told by their ids, which stand for a content: a copy of the target that is kept is the target still.
    """
    style, own = settings.style, source_id(target.sha256)
    of_target = [source.id for source in library.known if source.id == own]
    if not of_target or not (style.own_place_s or style.other_octave):
        return None
    return OwnPlace(
        of_target,
        _rates_hz(library.known),
        settings.spectra.rate_hz,
        own_place_s=style.own_place_s,
        other_octave=style.other_octave,
    )


def _own_place_doubts(library: Library, target: Target, settings: RunSettings) -> list[str]:
    """A warning where the rules for clips of the target have nothing to do.

    Raises
    ------
    ParameterError
        If they leave nothing to do for anything else.
    """
    style = settings.style
    if not (style.own_place_s or style.other_octave):
        return []
    is_target = [source.id == source_id(target.sha256) for source in library.sources]
    if not any(is_target):
        return [
            "style.own_place_s and style.other_octave are for clips of the target, and the library does not hold it; "
            "name the target itself as a library too"
        ]
    if style.own_place_s >= target.duration_s and all(is_target):
        raise ParameterError(
            f"style.own_place_s ({style.own_place_s:g} s) leaves no place for any clip of the target, which lasts "
            f"{target.duration_s:.3g} s and is all of the library; lower it"
        )
    return []


def _rates_hz(sources: Sequence[Source]) -> dict[str, float]:
    return {source.id: source.rate_hz for source in sources}
