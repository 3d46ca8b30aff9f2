"""What is said of a model: its repairs under several masks of a family, and their means."""

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import NamedTuple

import numpy as np

from anyband_models.evaluation.scores import Scores, mean_scores
from anyband_models.evaluation.uncertainty import AtDistance, Calibration, OfBand, Tally

SPREAD = ("crps", "coverage_50", "coverage_90", "spread_skill")


class Trial(NamedTuple):
    """One repair under one mask.

    Attributes:
        scores: of its mean.
        tally: of its standard deviations.
        seconds: that it took [s].
    """

    scores: Scores
    tally: Tally
    seconds: float


class Judged(Scores, frozen=True, extra="forbid"):
    """A model's mean scores under one family of masks.

    Attributes:
        crps: continuous ranked probability score of the removed entries [unit of the truth].
        coverage_50: share of the removed entries within 0.674 standard deviations of the truth;
            0.5 where the spread is honest and the errors are normal [1].
        coverage_90: the same within 1.645 standard deviations, and 0.9 [1].
        spread_skill: the spread's root mean square over that of the errors [1]; 1 where honest.
        seconds: mean time of one repair, the fit included [s].
        by_distance: the spread by the distance to the nearest observed band, over the entries of
            all masks together.
        by_band: the spread band by band, likewise.
    """

    crps: float | None = None
    coverage_50: float | None = None
    coverage_90: float | None = None
    spread_skill: float | None = None
    seconds: float
    by_distance: tuple[AtDistance, ...] = ()
    by_band: tuple[OfBand, ...] = ()


def mean_judged(trials: Sequence[Trial]) -> Judged:
    """Return the means over several masks, at least one; see `mean_scores`."""
    totals = [trial.tally.total() for trial in trials]
    together = reduce(add, (trial.tally for trial in trials))
    return Judged(
        **mean_scores([trial.scores for trial in trials]).model_dump(),
        **{name: _mean(name, totals) for name in SPREAD},
        seconds=float(np.mean([trial.seconds for trial in trials])),
        by_distance=together.by_distance(),
        by_band=together.by_band(),
    )


def _mean(name: str, totals: Sequence[Calibration]) -> float | None:
    values = [value for one in totals if (value := getattr(one, name)) is not None]
    return float(np.mean(values)) if values else None
