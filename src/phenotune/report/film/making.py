"""From a story and its sound to a file: what each frame shows, and when."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from phenotune.arrays import Samples
from phenotune.errors import ParameterError
from phenotune.progress import Progress
from phenotune.report.film.layout import Layout
from phenotune.report.film.letters import Frame
from phenotune.report.film.painter import DISSOLVE_S, GLOW_S, Painter, Story
from phenotune.report.film.timeline import Timeline
from phenotune.whole_files import whole_file

WITH_SOUND = (".mp4", ".webm")
SILENT = (".webp", ".png", ".apng", ".gif")
SOUND = (".wav",)
SUFFIXES = (*WITH_SOUND, *SILENT, *SOUND)

SILENT_FPS = 10
SILENT_SCENE_S = 1.0
SILENT_END_S = 4.0
"""How long the finished mosaic stands still before an animation begins anew."""


def check_suffix(path: Path) -> str:
    """The suffix of a film in small letters.

    Raises
    ------
    ParameterError
        If there is no such film.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ParameterError(
            f"{path}: expected a name that ends in {', '.join(WITH_SOUND)} (with sound), "
            f"{', '.join(SILENT)} (without), or {SOUND[0]} (the sound alone)"
        )
    return suffix


def make_film(
    path: Path,
    story: Story,
    layout: Layout,
    *,
    timeline: Timeline,
    fps: int,
    samples: Samples,
    progress: Progress,
) -> None:
    """Write a film with sound, whole or not at all.

    Parameters
    ----------
    path
        The file, which ends in ``.mp4`` or ``.webm``.
    story, layout
        What is shown, and where.
    timeline
        When.
    fps
        Frames a second.
    samples
        The sound at the timeline's rate.
    progress
        Told the share that is done.

    Raises
    ------
    MissingExtraError
        If PyAV is not installed.
    RunFolderError
        If the disk refuses, or this PyAV has no encoder for it.
    """
    from phenotune.report.film.video import write_film

    painter = Painter(story, layout)

    def frames() -> Iterator[Frame]:
        n_frames = n_frames_of(timeline, fps)
        for number in range(n_frames):
            yield film_frame(painter, timeline, number, fps)
            progress((number + 1) / n_frames)

    with whole_file(path) as temporary:
        write_film(temporary, frames(), fps, samples, timeline.rate_hz)


def n_frames_of(timeline: Timeline, fps: int) -> int:
    """Frames of a film: as long as its sound, to the nearest frame."""
    return max(1, round(timeline.n_samples * fps / timeline.rate_hz))


def film_frame(painter: Painter, timeline: Timeline, number: int, fps: int) -> Frame:
    """A frame of a film with sound by its number."""
    at = min(round(number * timeline.rate_hz / fps), timeline.n_samples - 1)
    scene = timeline.scene_at(at)
    age_s = (at - timeline.starts[scene]) / timeline.rate_hz
    return painter.frame(scene, age_s, (at % timeline.n_stretch) / timeline.rate_hz)


def make_animation(path: Path, story: Story, layout: Layout, *, progress: Progress) -> None:
    """Write an animation without sound, whole or not at all: a second for each scene.

    Raises
    ------
    RunFolderError
        If the disk refuses.
    """
    from phenotune.report.film.animation import write_animation

    painter = Painter(story, layout)
    moments = silent_moments(len(story.scenes))

    furthest = 0

    def draw(number: int) -> Frame:
        nonlocal furthest
        scene, age_s, _ = moments[number]
        furthest = max(furthest, number)  # Pillow goes back to the first frame at the end
        progress(furthest / len(moments))
        return painter.frame(scene, age_s)

    with whole_file(path) as temporary:
        durations_ms = [duration_ms for _, _, duration_ms in moments]
        write_animation(temporary, draw, durations_ms, (layout.width, layout.height))


def silent_moments(n_scenes: int) -> list[tuple[int, float, int]]:
    """What the frames of an animation show: the scene, how old it is, and for how many milliseconds.

    A scene moves until it and its new clips have appeared, and then stands still in a single frame.
    """
    step_ms = 1000 // SILENT_FPS
    moving = range(step_ms, round(1000 * max(DISSOLVE_S, 0.5 * GLOW_S)) + 1, step_ms)
    moments = []
    for scene in range(n_scenes):
        moments += [(scene, age_ms / 1000, step_ms) for age_ms in moving]
        whole_s = SILENT_END_S if scene == n_scenes - 1 else SILENT_SCENE_S
        moments.append((scene, GLOW_S, round(1000 * whole_s) - step_ms * len(moving)))
    return moments
