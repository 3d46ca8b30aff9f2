"""Each model's scores under a family of masks, and their means over scenes."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np

from anyband_models.evaluation.evaluate import Fit
from anyband_models.evaluation.judged import Judged
from anyband_models.jobs.arena.results import BASELINE, Entry, Key, Results


class Row(NamedTuple):
    """A model's scores, of one scene or of several; None where there are none.

    Attributes:
        psnr: over the removed entries [dB].
        above: the same less that of linear interpolation [dB].
        sam: of the pixels that lost entries [rad].
        ndvi_rmse: of the pixels that lost red or near infrared [1].
        crps: by that of linear interpolation [1]; 0 is perfect, 1 no better. A geometric mean.
        coverage_50: share of the removed entries in the central 50 % interval [1].
        coverage_90: the same of 90 % [1].
        spread_skill: spread over error [1]. A geometric mean.
        seconds: of a repair [s].
    """

    psnr: float | None
    above: float | None
    sam: float | None
    ndvi_rmse: float | None
    crps: float | None
    coverage_50: float | None
    coverage_90: float | None
    spread_skill: float | None
    seconds: float | None


RATIOS = {"crps", "spread_skill"}


class Mean(NamedTuple):
    """Means over the scenes that the model served."""

    model: str
    scenes: int
    row: Row


def row(entry: Entry, entries: dict[Key, Entry]) -> Row:
    """Return an entry's scores beside those of linear interpolation on the same masks."""
    ours = entry.judged
    beside = entries.get((entry.scene, entry.fit, entry.family, BASELINE))
    line = beside.judged if beside else None
    if ours is None:
        return Row(*[None] * len(Row._fields))
    return Row(
        ours.psnr_missing,
        _paired(ours, line, "psnr_missing", np.subtract),
        ours.sam,
        ours.ndvi_rmse,
        _paired(ours, line, "crps", np.divide),
        ours.coverage_50,
        ours.coverage_90,
        ours.spread_skill,
        ours.seconds,
    )


def _paired(
    ours: Judged, line: Judged | None, name: str, how: Callable[[float, float], float]
) -> float | None:
    if line is None:
        return None
    pair = getattr(ours, name), getattr(line, name)
    if None in pair:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):  # both perfect: there is nothing to say
        found = float(how(np.float64(pair[0]), np.float64(pair[1])))
    return None if np.isnan(found) else found


def means(results: Results, fit: Fit, family: str) -> list[Mean]:
    """Return each model's means, in the order in which models were judged."""
    entries = results.entries
    served = [e for e in entries.values() if (e.fit, e.family) == (fit, family) and e.judged]
    return [
        Mean(model, len(rows), Row(*(_mean(rows, name) for name in Row._fields)))
        for model in models(served)
        if (rows := [row(entry, entries) for entry in served if entry.model == model])
    ]


def _mean(rows: list[Row], name: str) -> float | None:
    """Return a mean over those that are finite: a perfect repair would swallow the others."""
    values = [getattr(one, name) for one in rows]
    finite = [value for value in values if value is not None and np.isfinite(value)]
    if name in RATIOS:
        positive = [value for value in finite if value > 0]
        return float(np.exp(np.mean(np.log(positive)))) if positive else None
    return float(np.mean(finite)) if finite else None


def models(entries: Iterable[Entry]) -> list[str]:
    """Return whose entries these are, each once, the baseline first and the others sorted."""
    return sorted({entry.model for entry in entries}, key=lambda name: (name != BASELINE, name))


def families(results: Results) -> list[str]:
    """Return the families with a score, in the order in which they were asked for."""
    return list(dict.fromkeys(_judged(results, lambda entry: entry.family)))


def fits(results: Results) -> list[Fit]:
    """Return with which support there is a score, that with support first."""
    found = set(_judged(results, lambda entry: entry.fit))
    both: tuple[Fit, ...] = ("left", "none")
    return [fit for fit in both if fit in found]


def _judged(results: Results, what: Callable[[Entry], str]) -> Iterator[str]:
    return (what(entry) for entry in results.entries.values() if entry.judged)
