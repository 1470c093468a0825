"""What a report tells, made up, with names that would rather be scripts."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.report.lineages import Generation
from phenotune.report.page.facts import (
    ClipRow,
    Command,
    CurvePoint,
    GeneRow,
    Heard,
    Mark,
    ReportFacts,
    SettingLine,
    SourceRow,
)
from phenotune.spectra.settings import SpectraSettings

RATE_HZ = 44_100
DURATION_S = 24.0
TARGET_HZ, MOSAIC_HZ = 440.0, 1000.0
HOSTILE = "</script><script>window.wasHurt=1</script>.wav"
HOSTILE_CREDIT = "<img src=x onerror=\"window.wasHurt=1\"> & 'friends' {{script}}"


def sine(frequency_hz: float, duration_s: float = DURATION_S) -> Heard:
    """A steady tone in stereo."""
    t = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    tone = (0.25 * np.sin(2 * np.pi * frequency_hz * t)).astype(np.float32)
    return Heard(np.stack([tone, tone]), RATE_HZ)


@pytest.fixture(scope="session")
def facts() -> ReportFacts:
    """A run of two cycles in which forty clips have landed; target and mosaic are tones of different pitch."""
    clips = tuple(
        ClipRow(
            id=i + 1,
            cycle=1 + i // 20,
            lineage=i,
            onset_s=0.55 * i,
            duration_s=1.5,
            source=i % 2,
            start_s=0.1,
            length_s=0.75,
            gains=(0.5, -0.25),
            genes=("reverse", "varispeed: -1200 cents") if i % 2 else (),
            muted=i == 39,
            fitness=0.01,
        )
        for i in range(40)
    )
    return ReportFacts(
        name=HOSTILE,
        run="/music/run & co",
        state="Finished: it has done its cycles.",
        version="0",
        seed=7,
        n_cycles=2,
        elapsed_s=12.0,
        explained=0.625,
        preset="guided",
        duration_s=DURATION_S,
        n_landed=44,
        target=sine(TARGET_HZ),
        mosaic=sine(MOSAIC_HZ),
        spectra=SpectraSettings(),
        clips=clips,
        sources=(SourceRow(HOSTILE, 0.75, 20, HOSTILE_CREDIT), SourceRow("b.wav", 9.5, 20, None)),
        curve=(CurvePoint(6.0, 1, 0.5, 20), CurvePoint(12.0, 2, 0.625, 40)),
        marks=(Mark(1, "settings: <b>search.population</b> = 60"),),
        genes=(GeneRow("varispeed", 20, 0.2, 20, 1.0), GeneRow("", 20, 0.2, 20)),
        generations=(
            Generation(1, 10, 0.1, ((3, 0.1),)),
            Generation(2, 2, 0.9, ((12, 0.9),), (12,)),
        ),
        founders={12: HOSTILE},
        settings=(
            SettingLine("run.seed", "7", "0", "", "Seed of all chance."),
            SettingLine("run.inject", f'"{HOSTILE}"', '""', "", "A sound."),
            SettingLine("run.cycles", "0", "0", "", "Stop after this many cycles."),
        ),
        commands=(Command("Do it again", "phenotune replay '/music/run & co' -o again"),),
        remarks=("<i>Nothing</i> is missing.",),
    )
