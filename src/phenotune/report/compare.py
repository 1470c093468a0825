"""The page that plays several mosaics of a song at the same moment: one file, which needs nothing but itself.

All sounds are cut to the song's length and encoded alike, as MP3, so that whatever the decoder puts in front it puts in
front of all of them. In the browser all of them run side by side, and a switch is a crossfade of some milliseconds.
"""

from __future__ import annotations

import base64
import io
import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from phenotune.arrays import Samples
from phenotune.audio.channels import fold_to_stereo
from phenotune.audio.levels import scale_to_fit
from phenotune.audio.loudness import ABSOLUTE_GATE_LUFS, LoudnessMeter
from phenotune.audio.packed import mp3_bytes
from phenotune.audio.resampling import resample
from phenotune.report.spectrogram import LogAxis, log_spectrogram
from phenotune.report.style import INK, PANEL, SOURCE_COLOURS
from phenotune.words import clock

FULL_S = 1500.0
"""So many seconds of sound, all together, are kept in stereo at 44.1 kHz: half a gigabyte once they are decoded."""
LONGEST_S = 9000.0
"""So many, in mono at half that rate, are the most: what goes beyond is left out of the page."""

CEILING = 0.999
SAMPLES_AT_ONCE = 1 << 20
COLUMNS_OF_STRIP, BANDS_OF_STRIP = 1100, 96
RANGE_DB = 66.0


@dataclass(frozen=True, slots=True)
class Row:
    """A mosaic in the table of the page.

    Parameters
    ----------
    name, about
        What it is called, and a word about it.
    cells
        Its figures as text, a cell for each column.
    values
        The same as numbers, by which the best of a column is found; None where it is not known.
    """

    name: str
    about: str
    cells: tuple[str, ...]
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class _Heard:
    name: str
    about: str
    colour: str
    lufs: float
    mp3: bytes
    strip: bytes


@dataclass
class ComparePage:
    """A page that is filled sound by sound, of which only what the page needs is kept.

    Parameters
    ----------
    song
        Title of the song.
    duration_s
        Its length, which is that of all sounds.
    n_sounds
        How many sounds there are to be at most, the song's own included: what is kept of each depends on it.
    columns
        Of the table: name, what it is, and which way is better (``"higher"``, ``"lower"``, ``""``).
    problem
        What people should know, such as that the song is not at hand; "" for nothing.
    """

    song: str
    duration_s: float
    n_sounds: int
    columns: Sequence[tuple[str, str, str]]
    problem: str = ""
    _target: _Heard | None = None
    _runs: list[tuple[Row, _Heard]] = field(default_factory=list)

    @property
    def rate_hz(self) -> int:
        """Rate of the sounds in the page."""
        return 44_100 if self._is_full else 22_050

    @property
    def heard_s(self) -> float:
        """How much of the song, from its beginning, is in the page."""
        return min(self.duration_s, LONGEST_S / self.n_sounds)

    @property
    def _is_full(self) -> bool:
        return self.duration_s * self.n_sounds <= FULL_S

    def add_target(self, name: str, samples: Samples, rate_hz: int) -> None:
        """Take the song itself."""
        self._target = self._heard(name, "the song", INK, samples, rate_hz)

    def add_run(self, row: Row, samples: Samples, rate_hz: int) -> None:
        """Take a mosaic, its figures and its sound of any length and rate."""
        colour = SOURCE_COLOURS[len(self._runs) % len(SOURCE_COLOURS)]
        self._runs.append((row, self._heard(row.name, row.about, colour, samples, rate_hz)))

    def html(self) -> str:
        """The whole page."""
        shown = ([self._target] if self._target else []) + [heard for _, heard in self._runs]
        facts = {
            "rate_hz": self.rate_hz,
            "duration_s": self.heard_s,
            "first_key": 0 if self._target else 1,
            "sounds": [
                {"name": heard.name, "gain_db": gain_db}
                for heard, gain_db in zip(shown, _matching_db(shown), strict=True)
            ],
        }
        parts = {
            "title": escape(self.song),
            "count": f"{len(self._runs)} mosaics" if len(self._runs) != 1 else "1 mosaic",
            "length": clock(round(self.duration_s, 1)),
            "notes": "".join(f"<p class=note>{escape(note)}</p>" for note in self._notes()),
            "strips": "\n".join(
                _strip(heard, key)
                for key, heard in enumerate(shown, start=0 if self._target else 1)
            ),
            "table": _table([row for row, _ in self._runs], self.columns),
            "facts": json.dumps(facts).replace("<", "\\u003c"),
            "sounds": "\n".join(
                f'<script type="text/plain" class="sound">{_base64(heard.mp3)}</script>'
                for heard in shown
            ),
            "style": _data("style.css"),
            "script": _data("player.js"),
        }
        return re.sub(r"\{\{(\w+)\}\}", lambda match: str(parts[match[1]]), _data("page.html"))

    def _notes(self) -> list[str]:
        notes = [f"{self.problem[:1].upper()}{self.problem[1:]}."] if self.problem else []
        if not self._is_full:
            notes.append(
                "The sounds in this page are mono, at 22.05 kHz, so that a browser can hold them all."
            )
        if self.heard_s < self.duration_s:
            notes.append(
                f"They are cut off after {clock(round(self.heard_s))}; the run folders have the whole."
            )
        return notes

    def _heard(self, name: str, about: str, colour: str, samples: Samples, rate_hz: int) -> _Heard:
        n_samples = round(self.heard_s * self.rate_hz)
        sound = fold_to_stereo(samples[:, : math.ceil(self.heard_s * rate_hz)])
        if not self._is_full:
            sound = sound.mean(axis=0, keepdims=True, dtype=np.float32)
        if rate_hz != self.rate_hz:
            sound = resample(sound, rate_hz, self.rate_hz)
        fitted = np.zeros((sound.shape[0], n_samples), np.float32)
        fitted[:, : sound.shape[1]] = sound[:, :n_samples]
        fitted = scale_to_fit(np.nan_to_num(fitted), CEILING)
        return _Heard(
            name=name,
            about=about,
            colour=colour,
            lufs=_loudness_lufs(fitted, self.rate_hz),
            mp3=mp3_bytes(fitted, self.rate_hz),
            strip=_strip_png(fitted, self.rate_hz, colour),
        )


def _matching_db(shown: Sequence[_Heard]) -> list[float]:
    """By how much each sound is turned down to be as loud as the softest of them; none is turned up, so none clips.

    Silence, which has no loudness, turns nothing down.
    """
    softest = min((heard.lufs for heard in shown if heard.lufs > -math.inf), default=0.0)
    return [round(min(softest - heard.lufs, 0.0), 2) for heard in shown]


def _loudness_lufs(samples: Samples, rate_hz: int) -> float:
    """Integrated loudness after BS.1770; minus infinity for silence and what is next to it."""
    meter = LoudnessMeter(rate_hz, samples.shape[0])
    for start in range(0, samples.shape[1], SAMPLES_AT_ONCE):
        meter.add(samples[:, start : start + SAMPLES_AT_ONCE])
    lufs = meter.integrated_lufs()
    return lufs if lufs > ABSOLUTE_GATE_LUFS else -math.inf


def _strip_png(samples: Samples, rate_hz: int, colour: str) -> bytes:
    """A spectrogram in shades of one colour, its loudest band at full strength."""
    from PIL import Image

    axis = LogAxis(high_hz=min(16_000.0, rate_hz / 2.0), n_bands=BANDS_OF_STRIP)
    power = log_spectrogram(samples, rate_hz, axis, COLUMNS_OF_STRIP)
    loudest = float(power.max()) or 1.0
    level_db = 10.0 * np.log10(np.maximum(power / loudest, 1e-12))
    shade = np.clip(1.0 + level_db / RANGE_DB, 0.0, 1.0)
    image = Image.fromarray(np.round(shade[::-1] * 255.0).astype(np.uint8), mode="P")
    image.putpalette(_palette(colour).tobytes())
    file = io.BytesIO()
    image.save(file, format="PNG", optimize=True)
    return file.getvalue()


def _palette(colour: str) -> NDArray[np.uint8]:
    """From the ground of a panel through a colour to nearly white, shape (256, 3)."""
    stops = [_rgb(PANEL), 0.55 * _rgb(colour), _rgb(colour), 0.35 * _rgb(colour) + 0.65 * 255.0]
    places = [0.0, 0.55, 0.85, 1.0]
    at = np.linspace(0.0, 1.0, 256)
    ramp = [np.interp(at, places, [stop[channel] for stop in stops]) for channel in range(3)]
    return np.round(np.stack(ramp, axis=1)).astype(np.uint8)


def _rgb(colour: str) -> NDArray[np.float64]:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], np.float64)


def _strip(heard: _Heard, key: int) -> str:
    shown = f"<kbd>{key}</kbd>" if key <= 9 else '<kbd class="none">&middot;</kbd>'
    name = escape(heard.name)
    return (
        f'<li class="sound-row" style="--colour: {heard.colour}">'
        f'<button type="button" class="pick" aria-pressed="false">{shown}'
        f'<span class="names"><span class="name">{name}</span><span class="about">{escape(heard.about)}</span></span>'
        f"</button>"
        f'<div class="strip"><img alt="Spectrogram of {name}" draggable="false" '
        f'src="data:image/png;base64,{_base64(heard.strip)}"><i class="stretch"></i><i class="playhead"></i></div></li>'
    )


def _table(rows: Sequence[Row], columns: Sequence[tuple[str, str, str]]) -> str:
    best = [
        _best([row.values[i] for row in rows], better) for i, (_, _, better) in enumerate(columns)
    ]
    heads = "".join(
        f'<th scope="col"><abbr title="{escape(about)}">{escape(name)}</abbr>'
        f"<small>{better}</small></th>"
        for name, about, better in columns
    )
    lines = []
    for row in rows:
        cells = "".join(
            f'<td class="best">{escape(cell)}</td>'
            if row.values[i] in best[i]
            else f"<td>{escape(cell)}</td>"
            for i, cell in enumerate(row.cells)
        )
        lines.append(f'<tr><th scope="row">{escape(row.name)}</th>{cells}</tr>')
    return f"<thead><tr><th></th>{heads}</tr></thead><tbody>{''.join(lines)}</tbody>"


def _best(values: Sequence[float | None], better: str) -> tuple[float, ...]:
    """The best value of a column, where one is better than another."""
    known = [value for value in values if value is not None]
    if not better or len(set(known)) < 2:
        return ()
    return (max(known) if better == "higher" else min(known),)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _data(name: str) -> str:
    return files("phenotune.report").joinpath("compare_page", name).read_text(encoding="utf-8")
