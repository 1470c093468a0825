"""What is said about a run in plain lines."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

from phenotune.cli.progress import RunProgress
from phenotune.run.events import (
    BatchRefused,
    CheckpointWritten,
    CycleFinished,
    Edited,
    Event,
    GainsRefitted,
    KernelsCompiling,
    KeyFound,
    LibraryChanged,
    MixInjected,
    ReadingSounds,
    RunStarted,
    SettingsChanged,
    SourceSkipped,
    StageStarted,
    TargetChanged,
    TempoFound,
    Warned,
)
from phenotune.words import clock, counted

COMPILING = "compiling for this machine; this happens once and takes some seconds"
STOPPING = "stopping at the end of this cycle; Ctrl-C again stops at once"

ABOUT_CHANGES = (
    SettingsChanged, StageStarted, LibraryChanged, TargetChanged, MixInjected, Edited,
)  # fmt: skip
"""What happens between cycles."""

Changed: TypeAlias = (
    SettingsChanged | StageStarted | LibraryChanged | TargetChanged | MixInjected | Edited
)


def lines_about(event: Event, progress: RunProgress, is_verbose: bool) -> list[str]:
    """Lines that an event deserves in a log that people read, mostly none."""
    if isinstance(event, RunStarted):
        lines = [headline(event)]
        if event.n_skipped and not is_verbose:
            lines.append(f"{counted(event.n_skipped, 'file')} skipped; -v says which and why")
        return lines
    if isinstance(event, KernelsCompiling):
        return [COMPILING]
    if isinstance(event, ReadingSounds):
        return [reading(event.n_files)]
    if isinstance(event, TempoFound):
        return [tempo_words(event)]
    if isinstance(event, Warned):
        return [f"warning: {event.message}"]
    if isinstance(event, KeyFound):
        return [key_line(event)]
    if isinstance(event, ABOUT_CHANGES):
        return [change_line(event)]
    if not is_verbose:
        return []
    if isinstance(event, SourceSkipped):
        return [f"skipped {event.path}: {event.reason}"]
    if isinstance(event, CycleFinished):
        return [
            f"cycle {event.cycle}: {counted(event.n_generations, 'generation')}, "
            f"{counted(event.n_candidates, 'candidate')}, {counted(event.n_placed, 'clip')} placed, "
            f"{event.explained:.2%} explained"
        ]
    if isinstance(event, GainsRefitted):
        line = f"gains solved anew, {counted(event.n_removed, 'clip')} dropped"
        exchanged = f", {counted(event.n_exchanged, 'clip')} exchanged" if event.n_exchanged else ""
        return [line + exchanged]
    if isinstance(event, BatchRefused):
        return [
            f"cycle {event.cycle}: {counted(event.n_clips, 'clip')} taken back, "
            "since together they made the mosaic worse"
        ]
    if isinstance(event, CheckpointWritten):
        return [f"checkpoint at the end of cycle {event.cycle}"]
    return []


def reading(n_files: int | None) -> str:
    """What happens before a run starts.

    >>> reading(3)
    'reading 3 sounds'
    """
    return "reading the sounds" if n_files is None else f"reading {counted(n_files, 'sound')}"


def key_line(found: KeyFound) -> str:
    """Which key clips are held to, and how sure that is.

    >>> key_line(KeyFound("F major", False, 0.78))
    'key: F major, as far as can be heard (correlation 0.78); style.key sets another'
    """
    if found.is_given:
        return f"key: {found.key}"
    return (
        f"key: {found.key}, as far as can be heard (correlation {found.correlation:.2f}); "
        "style.key sets another"
    )


def change_line(event: Changed) -> str:
    """What is another from the next cycle on.

    >>> change_line(SettingsChanged(cycle=3, changed={"search.top": 5, "style.name": "drone"}))
    'settings: search.top = 5, style.name = drone'
    """
    if isinstance(event, SettingsChanged):
        return (
            f"settings: {', '.join(f'{name} = {value}' for name, value in event.changed.items())}"
        )
    if isinstance(event, StageStarted):
        return f"stage {event.stage} begins{f': {event.name}' if event.name else ''}"
    if isinstance(event, MixInjected):
        return f"starts from {Path(event.source['path']).name}: {event.explained:.1%} explained"
    if isinstance(event, Edited):
        return f"edited: {event.words} ({counted(len(event.changes), 'clip')})"
    if isinstance(event, TargetChanged):
        name, silent = Path(event.target["path"]).name, counted(event.n_silent, "clip")
        again = counted(event.n_sounding_again, "clip")
        return (
            f"target: {name} ({clock(round(event.target['duration_s']))}), {event.explained:.1%} of it explained"
            f"{f', {silent} beyond its end' if event.n_silent else ''}"
            f"{f', {again} heard again' if event.n_sounding_again else ''}"
        )
    clips = counted(event.n_kept_clips, "clip")
    return (
        f"library: {counted(len(event.added), 'sound')} added, {len(event.removed)} gone, "
        f"{len(event.order)} now{f'; {clips} of those gone stay' if event.n_kept_clips else ''}"
    )


def headline(started: RunStarted) -> str:
    """What is rebuilt out of what, and how."""
    goes_on = f", on from cycle {started.resumed_at_cycle}" if started.resumed_at_cycle else ""
    return (
        f"{Path(started.target).name} ({clock(round(started.target_s))}) out of {counted(started.n_sources, 'sound')} "
        f"({clock(round(started.library_s))}): {started.preset}, seed {started.seed}, "
        f"{counted(started.workers, 'worker')}{goes_on}"
    )


def tempo_words(tempo: TempoFound) -> str:
    """The beat that onsets are pulled to; what a narrow terminal cuts off is what one can do without.

    >>> tempo_words(TempoFound(bpm=132.0, first_beat_s=0.02, confidence=0.94))
    'tempo 132.0 beats/min, first beat at 0.02 s (confidence 0.94; 66 or 264 as well)'
    >>> tempo_words(TempoFound(bpm=160.0, first_beat_s=0.02, confidence=None))
    'tempo 160.0 beats/min as set, first beat at 0.02 s'
    """
    first = f"first beat at {tempo.first_beat_s:.2f} s"
    if tempo.confidence is None:
        return f"tempo {tempo.bpm:.1f} beats/min as set, {first}"
    halved, doubled = tempo.bpm / 2.0, tempo.bpm * 2.0
    doubt = f"confidence {tempo.confidence:.2f}; {halved:.3g} or {doubled:.3g} as well"
    return f"tempo {tempo.bpm:.1f} beats/min, {first} ({doubt})"


def figures(progress: RunProgress) -> str:
    """The figures of a run in one line."""
    left_s = progress.left_s
    return ", ".join(
        [
            f"{clock(round(progress.elapsed_s))} cycle {progress.cycle}",
            f"generation {progress.generation}",
            f"{progress.explained:.1%} explained",
            f"{counted(progress.n_placements, 'clip')} placed",
            f"{progress.candidates_per_s:,.0f} candidates/s",
            "until Ctrl-C or another stop" if left_s is None else f"{clock(round(left_s))} left",
        ]
    )


def stop_words(stopped_by: str) -> str:
    """Why a run stopped, in words.

    >>> stop_words("time")
    'stopped because the time was over'
    """
    return {
        "time": "stopped because the time was over",
        "cycles": "stopped because the cycles were done",
        "explained": "stopped because enough is explained",
        "plateau": "stopped because it got no better",
        "stages": "stopped because the last stage was over",
        "edit": "edited",
    }.get(stopped_by, "stopped on request")
