"""Draws the frames of a film: a ground that is drawn once, and on it what moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from phenotune.report.clip_bars import ClipBar, source_colours
from phenotune.report.film.bars import bars_of
from phenotune.report.film.curve import CurvePanel
from phenotune.report.film.layout import Box, Layout
from phenotune.report.film.letters import Frame, Letters, rgb
from phenotune.report.spectrogram import LogAxis
from phenotune.report.style import (
    FAINT,
    GRID,
    GROUND,
    INK,
    OTHERS_COLOUR,
    PANEL,
    SOURCE_COLOURS,
    TIME_STEPS_S,
    shortened,
)
from phenotune.words import clock, counted

DISSOLVE_S = 0.6
"""How long a scene takes to appear."""
GLOW_S = 1.4
"""How long new bars stay brighter than the others."""
SOUNDING = 0.45
"""How much brighter bars are while they sound."""
TICKS_HZ = (100, 1000, 10_000)
MAX_TICKS = 10


@dataclass(frozen=True)
class Scene:
    """One mosaic as a film shows it.

    Parameters
    ----------
    cycle
        The cycle at whose end it was.
    elapsed_s
        Time of the run until then.
    explained
        Share explained, 0 to 1.
    clips
        The clips by the id of their placement.
    """

    cycle: int
    elapsed_s: float
    explained: float
    clips: Mapping[int, ClipBar]


@dataclass(frozen=True)
class Story:
    """All that a film tells.

    Parameters
    ----------
    name
        The song's name.
    scenes
        The mosaics, in order of time; at least one.
    curve
        Seconds since the run began and the share explained then, in order of time.
    begin_s, end_s
        The stretch of the song that is seen and heard.
    target
        uint8 (n_bands, n_columns): levels of the target's spectrogram.
    mosaics
        uint8 (n_scenes, n_bands, n_columns): those of each scene.
    """

    name: str
    scenes: Sequence[Scene]
    curve: Sequence[tuple[float, float]]
    begin_s: float
    end_s: float
    target: NDArray[np.uint8]
    mosaics: NDArray[np.uint8]


class Painter:
    """Draws any frame of a film; the same arguments give the same pixels.

    Parameters
    ----------
    story
        What to tell.
    layout
        Where everything lies.
    """

    def __init__(self, story: Story, layout: Layout) -> None:
        self._story = story
        self._layout = layout
        self._small = Letters(layout.px(12))
        self._label = Letters(layout.px(13.5))
        self._strong = Letters(layout.px(13.5), is_bold=True)
        self._title = Letters(layout.px(27), is_bold=True)
        self._number = Letters(layout.px(30), is_bold=True)
        clips = [scene.clips for scene in story.scenes]
        self._bars = bars_of(clips, layout.clips, story.begin_s, story.end_s)
        self._colours = source_colours(list(story.scenes[-1].clips.values()))
        self._curve = CurvePanel(story.curve, layout.curve, layout.px(2))
        self._shares = [_shares(scene, self._colours) for scene in story.scenes]
        self._ground = self._draw_ground()
        self._panels = lru_cache(maxsize=3)(self._draw_panels)

    def frame(self, scene: int, age_s: float, song_s: float | None = None) -> Frame:
        """Draw a frame.

        Parameters
        ----------
        scene
            The scene, counted from 0.
        age_s
            How long it has been shown.
        song_s
            The moment of the song that is heard, from the beginning of the stretch; None where nothing is heard, and
            no moment is marked.

        Returns
        -------
        ndarray
            uint8 (height, width, 3), in new memory.
        """
        frame = self._ground.copy()
        share = _smooth(age_s / DISSOLVE_S)
        self._lay_panels(frame, scene, share)
        self._light_bars(frame, scene, age_s, song_s)
        self._write_numbers(frame, scene, share)
        self._write_legend(frame, scene)
        self._draw_curve(frame, scene, share)
        self._write_labels(frame)
        if song_s is not None:
            self._draw_playhead(frame, song_s)
        return frame

    def _draw_ground(self) -> Frame:
        """What stays the same in all frames."""
        layout, story = self._layout, self._story
        frame: Frame = np.empty((layout.height, layout.width, 3), np.uint8)
        frame[:] = rgb(GROUND)
        _fill(frame, layout.clips, PANEL)
        frame[layout.target.rows, layout.target.columns] = _colour_table()[story.target[::-1]]
        px = layout.px
        room = layout.width - 2 * px(36) - px(430)
        name = self._title.fitted(shortened(story.name, 200), room)
        self._title.draw(frame, (px(36), px(62)), name, INK)
        label_row = layout.clips.top - px(9)
        self._label.draw(frame, (layout.clips.left, label_row), "where the clips lie", FAINT)
        self._mark_time(frame)
        place = layout.curve.left, layout.curve.top - px(8)
        self._label.draw(frame, place, "explained, over the time of the run", FAINT)
        self._curve.draw_ground(frame)
        self._name_sources(frame)
        return frame

    def _mark_time(self, frame: Frame) -> None:
        """Times under the clips, at steps that a clock has."""
        story, box = self._story, self._layout.clips
        length_s = story.end_s - story.begin_s
        room_px = 1.5 * self._small.width("00:00.0")
        most = max(2, min(MAX_TICKS, int(box.width / room_px)))
        step_s = next((step for step in TIME_STEPS_S if length_s <= most * step), length_s)
        row = box.bottom + self._layout.px(16)
        for i in range(int(np.ceil(story.begin_s / step_s - 1e-9)), 1 + int(story.end_s / step_s)):
            column = box.left + round((i * step_s - story.begin_s) / length_s * box.width)
            frame[box.bottom : box.bottom + self._layout.px(3), column : column + 1] = rgb(GRID)
            half = self._small.width(clock(i * step_s)) // 2
            column = min(max(column, box.left + half), box.right - half)
            self._small.draw(frame, (column, row), clock(i * step_s), FAINT, align="middle")

    def _draw_panels(self, scene: int) -> tuple[Frame, Frame]:
        """Mosaic and clips of a scene; those before the first are empty."""
        layout = self._layout
        clips: Frame = np.empty((layout.clips.height, layout.clips.width, 3), np.uint8)
        clips[:] = rgb(PANEL)
        levels = np.zeros_like(self._story.target)
        if scene >= 0:
            self._bars[scene].draw(clips)
            levels = self._story.mosaics[scene]
        return _colour_table()[levels[::-1]], clips

    def _lay_panels(self, frame: Frame, scene: int, share: float) -> None:
        now = self._panels(scene)
        before = self._panels(scene - 1) if share < 1.0 else now
        boxes = self._layout.mosaic, self._layout.clips
        for box, old, new in zip(boxes, before, now, strict=True):
            frame[box.rows, box.columns] = new if share >= 1.0 else _between(old, new, share)

    def _light_bars(self, frame: Frame, scene: int, age_s: float, song_s: float | None) -> None:
        bars, box = self._bars[scene], self._layout.clips
        panel = frame[box.rows, box.columns]
        if age_s < GLOW_S:
            lit = 0.75 * (1.0 - _smooth(age_s / GLOW_S)) * _smooth(age_s / (0.25 * DISSOLVE_S))
            bars.draw(panel, np.flatnonzero(bars.is_new), lit=lit)
        if song_s is not None:
            bars.draw(panel, bars.sounding(self._column(song_s)), lit=SOUNDING)

    def _write_numbers(self, frame: Frame, scene: int, share: float) -> None:
        """Cycle, clips and explained, which count up while a scene appears."""
        px, now = self._layout.px, self._story.scenes[scene]
        cycle, clips, explained = 0, 0, 0.0
        if scene > 0:
            before = self._story.scenes[scene - 1]
            cycle, clips, explained = before.cycle, len(before.clips), before.explained
        right = self._layout.width - px(36)
        numbers = (
            ("explained", f"{explained + (now.explained - explained) * share:.1%}", 0),
            ("clips", f"{round(clips + (len(now.clips) - clips) * share):,}", 158),
            ("cycle", f"{round(cycle + (now.cycle - cycle) * share):,}", 284),
        )
        for caption, number, units in numbers:
            colour = SOURCE_COLOURS[0] if caption == "explained" else INK
            place = right - round(units * self._layout.unit)
            self._number.draw(frame, (place, px(62)), number, colour, align="right")
            self._label.draw(frame, (place, px(86)), caption, FAINT, align="right")
        n_sources = len({bar.source for bar in now.clips.values()})
        text = f"rebuilt out of {counted(n_sources, 'sound')}"
        self._label.draw(frame, (px(36), px(86)), text, FAINT)

    def _draw_curve(self, frame: Frame, scene: int, share: float) -> None:
        now = self._story.scenes[scene].elapsed_s
        before = self._story.scenes[scene - 1].elapsed_s if scene > 0 else 0.0
        elapsed_s = before + (now - before) * share
        self._curve.draw(frame, elapsed_s)
        box = self._layout.curve
        place = box.right, box.top - self._layout.px(8)
        self._label.draw(frame, place, clock(round(elapsed_s)), FAINT, align="right")

    def _write_labels(self, frame: Frame) -> None:
        """Names and frequencies over the spectrograms."""
        px, axis = self._layout.px, LogAxis()
        octaves = np.log2(axis.high_hz / axis.low_hz)
        for box, name in ((self._layout.target, "target"), (self._layout.mosaic, "mosaic")):
            self._strong.draw_on_shade(frame, (box.left + px(10), box.top + px(20)), name, INK)
            for hz in TICKS_HZ:
                row = box.bottom - round(np.log2(hz / axis.low_hz) / octaves * box.height)
                text = f"{hz // 1000} kHz" if hz >= 1000 else f"{hz} Hz"
                place = box.right - px(8) - self._small.width(text), row + px(4)
                self._small.draw_on_shade(frame, place, text, FAINT)

    def _draw_playhead(self, frame: Frame, song_s: float) -> None:
        story, layout = self._story, self._layout
        column = layout.clips.left + self._column(song_s)
        for box in (layout.target, layout.mosaic, layout.clips):
            for shift, share in ((-1, 0.3), (0, 0.95), (1, 0.3)):
                if box.left <= column + shift < box.right:
                    line = frame[box.rows, column + shift]
                    line[:] = np.asarray(line + (255 - line) * np.float32(share), np.uint8)
        text = f"{_second(story.begin_s + song_s)} / {_second(story.end_s)}"
        place = layout.clips.right, layout.clips.top - layout.px(9)
        self._label.draw(frame, place, text, INK, align="right")

    def _name_sources(self, frame: Frame) -> None:
        for place, name, colour in self._legend():
            square = self._layout.px(9)
            box = Box(place[0], place[1] - square, place[0] + square, place[1])
            _fill(frame, box, colour)
            text = shortened(PurePath(name).stem, 60)
            room = self._legend_width() - self._layout.px(80)
            text = self._small.fitted(text, room)
            self._small.draw(frame, (box.right + self._layout.px(7), place[1]), text, INK)

    def _write_legend(self, frame: Frame, scene: int) -> None:
        shift = self._legend_width() - self._layout.px(22)
        for place, name, _ in self._legend():
            text = f"{self._shares[scene].get(name if name in self._colours else '', 0.0):.0%}"
            self._small.draw(frame, (place[0] + shift, place[1]), text, FAINT, align="right")

    def _legend_width(self) -> int:
        return self._layout.legend.width // 2

    def _legend(self) -> list[tuple[tuple[int, int], str, str]]:
        """Where the sources are named, in two columns, with their colours."""
        rows = list(self._colours.items())
        n_others = len({bar.source for bar in self._story.scenes[-1].clips.values()}) - len(rows)
        if n_others > 0:
            rows.append((counted(n_others, "other"), OTHERS_COLOUR))
        box, step = self._layout.legend, self._layout.px(22)
        return [
            (
                (
                    box.left + (i // 4) * self._legend_width(),
                    box.top + (i % 4 + 1) * step - step // 4,
                ),
                name,
                colour,
            )
            for i, (name, colour) in enumerate(rows)
        ]

    def _column(self, song_s: float) -> int:
        width = self._layout.clips.width
        share = song_s / (self._story.end_s - self._story.begin_s)
        return min(max(int(share * width), 0), width - 1)


def _shares(scene: Scene, colours: Mapping[str, str]) -> dict[str, float]:
    """Share of the clips' time that each named source has; the others have theirs together under ``""``."""
    seconds: dict[str, float] = {}
    for bar in scene.clips.values():
        name = bar.source if bar.source in colours else ""
        seconds[name] = seconds.get(name, 0.0) + bar.duration_s
    total_s = sum(seconds.values()) or 1.0
    return {name: each_s / total_s for name, each_s in seconds.items()}


@lru_cache(maxsize=1)
def _colour_table() -> Frame:
    """The 256 colours of a spectrogram, uint8 (256, 3)."""
    import matplotlib

    colours = matplotlib.colormaps["magma"](np.arange(256), bytes=True)
    return np.ascontiguousarray(colours[:, :3])


def _between(old: Frame, new: Frame, share: float) -> Frame:
    """Fade from one picture to another; whole numbers, so that all machines draw the same."""
    weight = np.uint16(round(share * 256))
    mixed = old.astype(np.uint16) * (np.uint16(256) - weight) + new.astype(np.uint16) * weight
    return np.asarray(mixed >> 8, np.uint8)


def _fill(frame: Frame, box: Box, colour: str) -> None:
    frame[box.rows, box.columns] = rgb(colour)


def _smooth(position: float) -> float:
    """From 0 at 0 to 1 at 1, without a corner.

    >>> _smooth(-1.0), _smooth(0.5), _smooth(2.0)
    (0.0, 0.5, 1.0)
    """
    x = min(max(position, 0.0), 1.0)
    return x * x * (3.0 - 2.0 * x)


def _second(seconds: float) -> str:
    """A moment as a clock shows it that has no tenths."""
    return clock(float(int(seconds + 1e-6)))
