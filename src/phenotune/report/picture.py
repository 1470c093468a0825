"""The picture of a mosaic: target and mosaic as spectrograms, where the clips lie, and explained over time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from phenotune.arrays import Samples
from phenotune.report.clip_bars import ClipBar, draw_clips
from phenotune.report.spectrogram import LogAxis, log_spectrogram
from phenotune.report.style import FAINT, SOURCE_COLOURS, mark_time, png_figure, shortened
from phenotune.whole_files import whole_file
from phenotune.words import clock, counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

SIZE_INCHES = (14.0, 10.0)
LEFT, WIDTH = 0.055, 0.79
DPI = 120
N_COLUMNS = 1300
RANGE_DB = 72.0
TICKS_HZ = (50, 100, 200, 500, 1000, 2000, 5000, 10_000)


def draw_mosaic(
    path: str | Path,
    target: Samples,
    mosaic: Samples,
    rate_hz: int,
    *,
    name: str,
    explained: float,
    curve: Sequence[tuple[float, float]],
    clips: Sequence[ClipBar],
) -> None:
    """Draw ``out/mosaic.png``; the same arguments give the same bytes.

    Parameters
    ----------
    path
        The PNG to write, whole or not at all.
    target, mosaic
        Sound at ``rate_hz``, shape (n_channels, n_samples); the numbers of channels may differ.
    rate_hz
        Rate of both.
    name
        The song's name, for the title.
    explained
        Share explained, 0 to 1, for the title.
    curve
        Seconds since the run began and the share explained then, in order of time; may be empty.
    clips
        The placements, in any order; may be empty.

    Raises
    ------
    RunFolderError
        If the disk refuses.
    """
    with whole_file(path) as temporary, png_figure(temporary, SIZE_INCHES, dpi=DPI) as figure:
        panels = _panels(figure)
        duration_s = max(target.shape[1], 1) / rate_hz
        _draw_title(figure, name, explained, clips, curve)
        _draw_spectrograms(panels, target, mosaic, rate_hz)
        draw_clips(panels["clips"], clips, duration_s)
        _draw_curve(panels["curve"], curve)


def _panels(figure: Figure) -> dict[str, Axes]:
    target = figure.add_axes((LEFT, 0.665, WIDTH, 0.225))
    panels = {
        "target": target,
        "mosaic": figure.add_axes((LEFT, 0.41, WIDTH, 0.225), sharex=target, sharey=target),
        "clips": figure.add_axes((LEFT, 0.19, WIDTH, 0.185), sharex=target),
        "curve": figure.add_axes((LEFT, 0.045, WIDTH, 0.08)),
        "scale": figure.add_axes((LEFT + WIDTH + 0.008, 0.41, 0.011, 0.48)),
    }
    for panel in panels.values():
        panel.tick_params(length=3, width=0.6)
    return panels


def _draw_title(
    figure: Figure,
    name: str,
    explained: float,
    clips: Sequence[ClipBar],
    curve: Sequence[tuple[float, float]],
) -> None:
    n_sources = len({clip.source for clip in clips})
    facts = [counted(len(clips), "clip") + f" of {counted(n_sources, 'source')}"]
    if curve:
        facts.append(f"after {clock(round(curve[-1][0]))}")
    right = LEFT + WIDTH
    figure.text(LEFT, 0.948, shortened(name, 54), fontsize=18, weight="bold")
    figure.text(right, 0.948, f"{explained:.1%} explained", fontsize=18, weight="bold", ha="right")
    figure.text(right, 0.924, ", ".join(facts), fontsize=10, color=FAINT, ha="right")


def _draw_spectrograms(
    panels: dict[str, Axes], target: Samples, mosaic: Samples, rate_hz: int
) -> None:
    axis = LogAxis()
    powers = [log_spectrogram(sound, rate_hz, axis, N_COLUMNS) for sound in (target, mosaic)]
    loudest = max(float(power.max()) for power in powers) or 1.0
    duration_s = max(target.shape[1], 1) / rate_hz
    image: AxesImage | None = None
    for key, power in zip(("target", "mosaic"), powers, strict=True):
        image = _draw_spectrogram(panels[key], power / loudest, axis, duration_s)
    panels["target"].set_title("target")
    panels["mosaic"].set_title("mosaic")
    if image is not None:
        bar = panels["target"].figure.colorbar(image, cax=panels["scale"])
        bar.outline.set_visible(False)
        panels["scale"].set_title("dB", color=FAINT, fontsize=9)


def _draw_spectrogram(
    panel: Axes, power: NDArray[np.float32], axis: LogAxis, duration_s: float
) -> AxesImage:
    level_db = 10.0 * np.log10(np.maximum(power, 1e-12))
    image = panel.imshow(
        level_db,
        origin="lower",
        aspect="auto",
        interpolation="antialiased",
        cmap="magma",
        vmin=-RANGE_DB,
        vmax=0.0,
        extent=(0.0, duration_s, 0.0, float(axis.n_bands)),
    )
    octaves = np.log2(axis.high_hz / axis.low_hz)
    panel.set_yticks(
        [axis.n_bands * np.log2(hz / axis.low_hz) / octaves for hz in TICKS_HZ],
        [f"{hz // 1000}k" if hz >= 1000 else str(hz) for hz in TICKS_HZ],
    )
    panel.set_ylabel("Hz")
    panel.tick_params(labelbottom=False)
    return image


def _draw_curve(panel: Axes, curve: Sequence[tuple[float, float]]) -> None:
    panel.set_title("explained, over the time of the run")
    panel.set_ylim(0.0, 1.0)
    panel.set_yticks([0.0, 0.5, 1.0], ["0%", "50%", "100%"])
    panel.grid(linewidth=0.6)
    panel.set_axisbelow(True)
    if not curve:
        panel.set_xticks([])
        return
    elapsed_s, explained = np.array(curve, np.float64).T
    panel.fill_between(elapsed_s, explained, color=SOURCE_COLOURS[0], alpha=0.22, linewidth=0)
    panel.plot(elapsed_s, explained, color=SOURCE_COLOURS[0], linewidth=1.8)
    panel.set_xlim(0.0, max(float(elapsed_s[-1]), 1e-3))
    mark_time(panel, float(elapsed_s[-1]))
    label = f"{explained[-1]:.1%}"
    panel.annotate(
        label,
        (float(elapsed_s[-1]), float(explained[-1])),
        xytext=(8, 0),
        textcoords="offset points",
        va="center",
        annotation_clip=False,
        color=SOURCE_COLOURS[0],
        weight="bold",
    )
