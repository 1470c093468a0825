"""What the report of a run tells, gathered by whoever knows run folders: plain values, names and sounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from phenotune.arrays import Samples
from phenotune.measures.measure import Measures
from phenotune.report.lineages import Generation
from phenotune.spectra.settings import SpectraSettings


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """A sound that the page plays.

    Parameters
    ----------
    samples
        float32 (1 or 2, n_samples).
    rate_hz
        Its rate.
    turned_down_db
        How much softer it is than what it is the sound of, so as not to clip.
    """

    samples: Samples
    rate_hz: int
    turned_down_db: float = 0.0

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return float(self.samples.shape[1] / self.rate_hz)


@dataclass(frozen=True, slots=True)
class ClipRow:
    """A placement as the timeline shows it.

    Parameters
    ----------
    id, cycle, lineage
        As in the mosaic.
    onset_s, duration_s
        Where it sounds in the song.
    source
        Index into :attr:`ReportFacts.sources` of the source of its own clip.
    start_s, length_s
        The span of the source that was cut.
    gains
        Linear, one for each channel.
    genes
        Each in words: ``"varispeed -317 cents"``.
    muted
        Whether it is kept and not heard.
    locked
        Whether no search touches it.
    fitness
        What it was worth when it landed; None where that is not known.
    """

    id: int
    cycle: int
    lineage: int
    onset_s: float
    duration_s: float
    source: int
    start_s: float
    length_s: float
    gains: tuple[float, ...]
    genes: tuple[str, ...] = ()
    muted: bool = False
    locked: bool = False
    fitness: float | None = None


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source of the mosaic's clips; one whose clips are all muted has no placements.

    Parameters
    ----------
    name
        Of its file.
    used_s
        Seconds of it that are used, each once.
    n_placements
        Placements that use it and are heard.
    credit
        Who made it and under which licence; None where nothing is known.
    licence
        The licence that the credit states; None where it states none.
    doubt
        What stands against publishing it changed, as half a sentence; "" where nothing does.
    """

    name: str
    used_s: float
    n_placements: int
    credit: str | None
    licence: str | None = None
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The end of a cycle, or an edit after it: when it was, and what had come of it."""

    elapsed_s: float
    cycle: int
    explained: float
    n_placements: int


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that was changed on the way, at the end of a cycle: ``"2 sounds added"``.

    Parameters
    ----------
    cycle
        The last one before.
    text
        What it was.
    edit
        Number of the edit that it was; 0 where it was none.
    """

    cycle: int
    text: str
    edit: int = 0


@dataclass(frozen=True, slots=True)
class GeneRow:
    """A gene, and what the clips that have it were worth.

    Parameters
    ----------
    tag
        Its name.
    n_placements
        Placements of the mosaic that have it.
    fitness
        Sum of what these were worth when they landed.
    n_known
        Of how many of them that is known.
    weight
        How likely it was drawn, relative to the others; 0 where it is solved or proposed alone; None where the
        settings are not known.
    """

    tag: str
    n_placements: int
    fitness: float
    n_known: int
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class OperatorRow:
    """An operator of variation: how many children it has made, and how many of them were fitter than their parent."""

    name: str
    n_children: int
    n_better: int


@dataclass(frozen=True, slots=True)
class SettingLine:
    """A setting in force, as TOML writes it, beside its default."""

    name: str
    value: str
    default: str
    unit: str
    help: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command that repeats the run, and when it does."""

    title: str
    line: str


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """All that the report tells of a run; what is not known is None or empty, and ``remarks`` say why.

    Parameters
    ----------
    name
        Of the song.
    run
        The run folder, as people call it.
    state
        One sentence: finished, or what else.
    seed, n_cycles, elapsed_s, explained
        Of the run so far.
    preset, style
        Their names; "" where there is none.
    duration_s
        Length of the song.
    n_landed
        Clips that have ever landed.
    target, mosaic
        The two sounds.
    spectra
        What the engine looked at; None where the settings are not known.
    tilt_db_per_octave
        With which tilt it heard the target.
    clips, sources, curve, marks, genes, operators
        Rows, in the order in which they are shown.
    generations, founders
        For the lineages; see :func:`phenotune.report.lineages.draw_lineages`.
    settings
        All in force, in their own order.
    commands
        What repeats it.
    measures
        Neutral figures; None where nobody asked for them.
    remarks
        What is missing, and why.
    """

    name: str
    run: str
    state: str
    version: str
    seed: int | None = None
    n_cycles: int = 0
    elapsed_s: float = 0.0
    explained: float | None = None
    preset: str = ""
    style: str = ""
    duration_s: float = 0.0
    n_landed: int = 0
    target: Heard | None = None
    mosaic: Heard | None = None
    spectra: SpectraSettings | None = None
    tilt_db_per_octave: float = 0.0
    clips: tuple[ClipRow, ...] = ()
    sources: tuple[SourceRow, ...] = ()
    curve: tuple[CurvePoint, ...] = ()
    marks: tuple[Mark, ...] = ()
    genes: tuple[GeneRow, ...] = ()
    operators: tuple[OperatorRow, ...] = ()
    generations: tuple[Generation, ...] = ()
    founders: Mapping[int, str] = field(default_factory=dict)
    settings: tuple[SettingLine, ...] = ()
    commands: tuple[Command, ...] = ()
    measures: Measures | None = None
    remarks: tuple[str, ...] = ()
