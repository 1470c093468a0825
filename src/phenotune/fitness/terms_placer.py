"""What a winner is worth on the canvas as it stands, by terms that are free to be chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from phenotune.arrays import Samples
from phenotune.canvas.canvas import Canvas
from phenotune.canvas.placement import Placement
from phenotune.fitness.direction import Direction
from phenotune.fitness.heard import Heard
from phenotune.fitness.objective import Fitted, Objective
from phenotune.fitness.phenotypes import Phenotypes
from phenotune.fitness.placing import Landed
from phenotune.genome.candidate import UNFIT, Trial
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.rendering import to_channels

NO_POWERS = np.zeros((0, 0), np.float32)


class TermsPlacer:
    """Scores winners and placements to the end, as :class:`phenotune.fitness.placing.Placer` does, but in mono.

    Nothing is solved but the gain: clips land as they were bred, without equaliser, envelope or pan. What it is asked
    it answers one call at a time.

    Parameters
    ----------
    canvas
        Between two calls the caller changes it. While a placement is weighed it is silent, and sounds again afterwards.
    phenotypes
        The sounds of chromosomes.
    objective
        What fitness is made of.
    to_grid
        Moves an onset, in samples, to where rhythm wants it.
    direction
        Weighs what lands; None where no style is asked for.
    permits
        Whether a chromosome may start at an onset, in samples; None: anywhere.
    """

    def __init__(
        self,
        canvas: Canvas,
        phenotypes: Phenotypes,
        objective: Objective,
        *,
        to_grid: Callable[[int], int] | None = None,
        direction: Direction | None = None,
        permits: Callable[[Chromosome, int], bool] | None = None,
    ) -> None:
        self._canvas = canvas
        self._phenotypes = phenotypes
        self._objective = objective
        self._to_grid = to_grid
        self._direction = direction
        self._permits = permits

    def land(self, chromosome: Chromosome, trial: Trial) -> Landed:
        """Score again, as it sounds, against the canvas as it stands now, at the trial's onset."""
        samples = self._phenotypes.render(chromosome)
        return self._landed(chromosome, samples, [trial.onset_samples])

    def weigh(self, landed: Landed) -> Landed:
        """The same with the weight that the direction gives it, as the canvas stood when that last looked."""
        if self._direction is None:
            return landed
        trial = landed.trial
        here = self._direction.weight_at(landed.chromosome, trial.onset_samples, trial.n_samples)
        return replace(landed, trial=replace(trial, weight=landed.own_weight * here))

    def refit(self, placement: Placement, samples: Samples) -> Trial:
        """Solve the gain of a placement anew, against the canvas without it; unfit if it does not pay any more.

        It never comes out worse than with the gains that it has. Where those differ, they keep their ratio.
        """
        with self._without(placement, samples):
            return self._refitted(placement, samples)

    def contest(
        self, placement: Placement, samples: Samples, rival: Chromosome, span: tuple[int, int]
    ) -> tuple[Trial, Landed | None]:
        """The same, and whether a rival would do better in the placement's place.

        It is tried where the placement begins, and where both end together if no grid holds it, within the samples of
        the span.
        """
        sound = self._phenotypes.render(rival)
        tried = [placement.onset_samples]
        if self._to_grid is None and sound.shape[1] != samples.shape[1]:
            tried.append(placement.onset_samples + samples.shape[1] - sound.shape[1])
        onsets = [
            onset
            for onset in tried
            if span[0] <= onset
            and onset + sound.shape[1] <= span[1]
            and (self._permits is None or self._permits(rival, onset))
        ]
        with self._without(placement, samples):
            own = self._refitted(placement, samples)
            landed = self._landed(rival, sound, onsets if sound.shape[1] else [])
        if landed.trial.fitness <= max(0.0, own.fitness):
            return own, None
        if self._direction is not None and own.is_fit:
            heard = self._middle(samples, (1.0,))
            weight = self._own_weight(placement.chromosome, heard, placement.onset_samples)
            stays = self.weigh(Landed(own, placement.chromosome, samples, weight))
            return own, landed if landed.trial.appeal > stays.trial.appeal else None
        return own, landed

    def _refitted(self, placement: Placement, samples: Samples) -> Trial:
        level = max(placement.gains, key=abs)
        if level == 0.0:
            return UNFIT
        ratios = [gain / level for gain in placement.gains]
        heard = self._middle(samples, ratios)
        fit = self._objective.fitted(heard, placement.onset_samples, (level,))
        if fit is None or fit.fitness <= 0.0:
            return UNFIT
        gains = placement.gains
        if fit.gain != level:
            gains = tuple(fit.gain * ratio for ratio in ratios)
        return Trial(fit.fitness, placement.onset_samples, gains, heard.n_samples)

    def _landed(self, chromosome: Chromosome, samples: Samples, onsets: Iterable[int]) -> Landed:
        """The best of the onsets."""
        heard = self._middle(samples, (1.0,))
        fits = ((onset, self._objective.fitted(heard, onset)) for onset in onsets)
        found: list[tuple[int, Fitted]] = [(o, fit) for o, fit in fits if fit is not None]
        if not found:
            return Landed(UNFIT, chromosome, samples)
        onset, fit = max(found, key=lambda pair: pair[1].fitness)
        if fit.gain == 0.0:
            return Landed(UNFIT, chromosome, samples)
        gains = (fit.gain,) * self._canvas.target.n_speakers
        trial = Trial(fit.fitness, onset, gains, heard.n_samples)
        own_weight = self._own_weight(chromosome, heard, onset)
        return self.weigh(Landed(trial, chromosome, samples, own_weight))

    def _own_weight(self, chromosome: Chromosome, heard: Heard, onset: int) -> float:
        if self._direction is None:
            return 1.0
        return own_weight(self._direction, chromosome, heard, onset)

    def _middle(self, samples: Samples, gains: Sequence[float]) -> Heard:
        """The middle of a phenotype with these gains of the speakers, one for all or one for each."""
        layout = self._canvas.target.layout
        if len(set(gains)) == 1:
            scaled = to_channels(samples, 1) * np.float32(gains[0])
            return Heard(scaled, layout)
        each = np.asarray(gains, np.float32)[:, None]
        return Heard(to_channels(np.asarray(samples * each, np.float32), 1), layout)

    @contextmanager
    def _without(self, placement: Placement, samples: Samples) -> Iterator[None]:
        """The canvas with this placement silent."""
        silent = replace(placement, gains=(0.0,) * len(placement.gains))
        self._canvas.replace(silent, samples)
        try:
            yield
        finally:
            self._canvas.replace(placement, samples)


def own_weight(direction: Direction, chromosome: Chromosome, heard: Heard, onset: int) -> float:
    """What a direction thinks of a sound wherever it lands.

    Only a key has to know what sounds; then the bands at the onset are looked at, where a term may have asked for the
    spectra already.
    """
    powers = NO_POWERS if direction.key is None else heard.at(onset).powers
    return direction.own_weight(chromosome, heard.n_samples, powers)
