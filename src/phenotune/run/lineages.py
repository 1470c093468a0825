"""The lineages of a run, as its log tells them: who was in the population, who landed, and what they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from phenotune.errors import RunFolderError
from phenotune.report.lineages import Generation, draw_lineages
from phenotune.run.folder import RunFolder
from phenotune.run.log import broken_event, read_log
from phenotune.run.settings import RunSettings
from phenotune.units import samples_to_s

READ = ("run_started", "generation_scored", "clip_placed", "placements_changed")


@dataclass(frozen=True, slots=True)
class Founder:
    """The clip that a lineage was known by when it first landed.

    The search may have moved the clip a little by then, or cut it to another length.

    Parameters
    ----------
    cycle
        When that was.
    source
        Name of the sound file.
    start_s, length_s
        The span of it that was cut.
    """

    cycle: int
    source: str
    start_s: float
    length_s: float


@dataclass(frozen=True, slots=True)
class Lineages:
    """The lineages of a run.

    Parameters
    ----------
    target
        Name of the song.
    generations
        All that have been scored, in their order.
    founders
        By the lineage's number, for those of which a clip has landed and stayed until the end of its cycle.
    """

    target: str
    generations: tuple[Generation, ...]
    founders: Mapping[int, Founder]

    def draw(self, path: str | Path) -> None:
        """Draw the picture.

        Raises
        ------
        RunFolderError
            If the disk refuses.
        """
        names = {number: Path(each.source).stem for number, each in self.founders.items()}
        draw_lineages(path, self.generations, name=Path(self.target).stem, founders=names)


def read_lineages(run: str | Path) -> Lineages:
    """Read the lineages of a run from its log; the run may be evolving.

    Generations that a killed run did, and that were done anew when it went on, count once.

    Raises
    ------
    RunFolderError
        If it is no run folder, or if its log is broken or tells of no generation yet.
    """
    path = RunFolder.open(run).log_file
    told = _Told()
    for event in read_log(path, READ):
        try:
            told.take(event)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            raise broken_event(path, event, error) from error
    if not told.generations:
        raise RunFolderError(f"{path}: tells of no generation yet")
    return Lineages(told.target, tuple(told.generations), told.founders)


def wants_picture(settings: RunSettings) -> bool:
    """Whether a run draws its lineages by itself: where the population lives on from one generation to the next."""
    return settings.run.picture and settings.search.schedule == "generations"


def draw_picture(folder: RunFolder) -> list[str]:
    """Draw ``out/lineages.png`` from the log, and give what to warn of where a disk has spoilt that.

    Raises
    ------
    RunFolderError
        If the picture cannot be written.
    """
    try:
        lineages = read_lineages(folder.path)
    except RunFolderError as error:
        return [f"{error}; the picture of the lineages is not drawn"]
    lineages.draw(folder.lineages)
    return []


class _Told:
    """Gathers what the events tell."""

    def __init__(self) -> None:
        self.target = ""
        self.generations: list[Generation] = []
        self.founders: dict[int, Founder] = {}
        self._sources: dict[str, tuple[str, int]] = {}

    def take(self, event: dict[str, Any]) -> None:
        if event["event"] == "run_started":
            self._start(event)
        elif event["event"] == "generation_scored":
            self.generations.append(_generation(event))
        elif event["event"] == "clip_placed":
            last = self.generations[-1]
            self.generations[-1] = replace(last, landed=(*last.landed, event["lineage"]))
        else:
            self._found(event)

    def _start(self, event: dict[str, Any]) -> None:
        self.target, reached = event["target"], event["resumed_at_cycle"]
        self.generations = [each for each in self.generations if each.cycle <= reached]
        self.founders = {n: each for n, each in self.founders.items() if each.cycle <= reached}

    def _found(self, event: dict[str, Any]) -> None:
        for source in event["sources"]:
            self._sources[source["id"]] = Path(source["path"]).name, source["rate_hz"]
        for placement in event["placed"]:
            clip = placement["chromosome"]["clip"]
            name, rate_hz = self._sources[clip["source"]]
            start_s = samples_to_s(clip["start_samples"], rate_hz)
            length_s = samples_to_s(clip["length_samples"], rate_hz)
            founder = Founder(placement["cycle"], name, start_s, length_s)
            self.founders.setdefault(placement["lineage"], founder)


def _generation(event: dict[str, Any]) -> Generation:
    largest_share = float(event["largest_lineage_share"])
    # Logs from before lineages were told have no more than the share of the biggest.
    lineages = event.get("lineages", [])
    unit = largest_share / lineages[0][1] if lineages else 0.0
    return Generation(
        cycle=event["cycle"],
        n_lineages=event["n_lineages"],
        largest_share=largest_share,
        shares=tuple((int(number), n * unit) for number, n in lineages),
    )
