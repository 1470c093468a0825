"""Opening a sitting: the sounds are read, the canvas is prepared, and the newest checkpoint is taken up."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from phenotune.arrays import Samples
from phenotune.audio.cache import SoundCache
from phenotune.audio.levels import rms
from phenotune.canvas.canvas import Canvas
from phenotune.fitness.direction import Beat, Direction
from phenotune.fitness.evaluator import Evaluator
from phenotune.fitness.style import StyleSettings
from phenotune.genome.spans import Span, Spans
from phenotune.genome.variation import VariationSettings
from phenotune.library.library import Library, open_library
from phenotune.library.target import Target, open_target
from phenotune.run.beat import doubts, find_beat, on_the_beat
from phenotune.run.checkpoints import read_newest_checkpoint
from phenotune.run.project import Project
from phenotune.run.resume import take_up
from phenotune.run.revision import Reviser
from phenotune.run.session import Session
from phenotune.run.settings import RunSettings
from phenotune.search.breeding import Breeder
from phenotune.search.engine import Engine
from phenotune.search.rhythm import to_grid
from phenotune.search.settings import RhythmSettings
from phenotune.spectra.layout import Layout, make_layout
from phenotune.spectra.target import prepare_target

SHORTEST_PHENOTYPE_SAMPLES = 64
ROUNDING_S = 0.001


def open_session(project: Project, started_at: float) -> Session:
    """Open the sounds, prepare the canvas, and take up the newest checkpoint where there is one.

    Raises
    ------
    TargetError, LibraryError
        If the target or the library cannot be used.
    RunFolderError
        If the checkpoint cannot be read or belongs to another target.
    """
    settings = project.settings
    layout = make_layout(settings.spectra)
    cache = SoundCache()
    target, library = _open_sounds(project, layout, cache)
    tempo = find_beat(target, settings.rhythm)
    rhythm = on_the_beat(settings.rhythm, tempo)
    tilt = settings.style.brightness_db_per_octave
    canvas = Canvas(
        prepare_target(target.samples, layout, settings.spectra, tilt_db_per_octave=tilt)
    )
    checkpoint, broken = read_newest_checkpoint(project.folder.state)
    grid = _grid(rhythm, layout)
    n_workers = settings.run.workers or os.cpu_count() or 1
    pool = ThreadPoolExecutor(n_workers, thread_name_prefix="phenotune")
    evaluator = Evaluator(
        canvas,
        library,
        settings.mix,
        is_heard=_gate(library, settings),
        to_grid=grid,
        min_samples=_shortest_samples(settings),
        direction=_direction(library, canvas, settings.style, rhythm),
    )
    session = Session(
        project=project,
        cache=cache,
        target=target,
        library=library,
        canvas=canvas,
        engine=_engine(settings, library, canvas, grid),
        evaluator=evaluator,
        reviser=Reviser(canvas, evaluator, pool, _max_placements(target, settings)),
        pool=pool,
        started_at=started_at,
        n_workers=n_workers,
        warnings=[
            *(f"{problem}; going on from the checkpoint before it" for problem in broken),
            *doubts(tempo),
            *_short_sounds(library, settings),
        ],
        tempo=tempo,
    )
    if checkpoint is not None:
        take_up(session, checkpoint)
        session.first_cycle = session.cycle
    return session


def _open_sounds(project: Project, layout: Layout, cache: SoundCache) -> tuple[Target, Library]:
    """The target, which must fill a window at least, and the library without it."""
    longest = max(layer.window.size * layer.decimation for layer in layout.layers)
    target = open_target(
        project.target, layout.rate_hz, cache=cache, min_s=longest / layout.rate_hz
    )
    library = open_library(
        project.library,
        cache=cache,
        exclude=project.settings.library.exclude,
        target_sha256=target.sha256,
    )
    return target, library


def _engine(
    settings: RunSettings, library: Library, canvas: Canvas, grid: Callable[[int], int] | None
) -> Engine:
    rate_hz = canvas.target.layout.rate_hz
    return Engine(
        settings.search,
        Breeder(_spans(library, settings), settings.genes, _variation(settings)),
        seed=settings.run.seed,
        n_target_samples=canvas.target.n_samples,
        niche_samples=round(settings.search.niche_ms * rate_hz / 1000.0),
        spotlight_samples=round(settings.search.spotlight_s * rate_hz),
        to_grid=grid,
    )


def _spans(library: Library, settings: RunSettings) -> Spans:
    limits = settings.library
    sources = [Span(s.id, s.rate_hz, s.n_samples) for s in library.sources]
    return Spans(
        sources,
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
        f"no sound of the library lasts style.min_clip_s ({shortest_s:g} s), so only clips that are repeated or "
        "slowed down can land; set it lower, or add longer sounds"
    ]


def _max_placements(target: Target, settings: RunSettings) -> int:
    return math.ceil(settings.search.max_clips_per_s * target.duration_s)


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
    library: Library, canvas: Canvas, style: StyleSettings, rhythm: RhythmSettings
) -> Direction | None:
    """What weighs candidates; None where the style is neutral and no beat is asked for, and then it costs nothing."""
    strength = rhythm.strength
    if strength == 0.0 and not style.weighs:
        return None
    rate_hz = canvas.target.layout.rate_hz
    on_line = rhythm.model_copy(update={"strength": 1.0})
    beat = Beat(strength, lambda onset: to_grid(onset, on_line, rate_hz)) if strength else None
    rates_hz = {source.id: source.rate_hz for source in library.sources}
    return Direction(canvas, style, rates_hz, beat)
