"""Dual stochastic masking: a sensor that saw the scene, and then bands or entries that were lost.

Stage 1 draws a sensor of the SRF library and looks at the scene through it: ``y = W x`` over the
scene's bands. What it saw lives on the scene's bands by back-projection through the same response,

    X_obs[b] = sum_k V[k, b] y[k] / sum_k V[k, b],   M_sens[b] = any_k V[k, b] > 0,

where V is W without the weights that are less than a share of the largest in their row. A band
that several of the sensor's bands reach has their weighted mean, and one that none reaches is
missing. Stage 2 drops what a Bernoulli process, or a family of masks, says.
"""

from contextlib import suppress
from typing import Annotated, NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float
from pydantic import BaseModel, Field, model_validator
from torch import Tensor

import srf_library
from physops.bands import Bands
from srf_library import Sensor, response_matrix
from srf_library.errors import CoverageError

Share = Annotated[float, Field(ge=0, le=1)]


class MaskingConfig(BaseModel, frozen=True, extra="forbid"):
    """What is hidden from the network while it learns.

    Attributes:
        sensor: share of the patches that a sensor of the library has seen; 1 in the paper.
        sensors: which sensors, by their names in the library; all that see two of the scene's
            bands or more, if empty.
        averaged: whether a sensor's values are what its response made of the scene's, as in the
            paper; else only the mask is the sensor's, and the values are the scene's own, as they
            are when a scene is repaired.
        reach: least weight of a band within a sensor's band, as a share of the largest, for which
            it counts as seen.
        drop: p_drop is even between these.
        drop_entries: share of the patches in which the Bernoulli process decides entry by entry,
            as the paper's text has it; in the others it decides band by band, as its experiments
            do.
        few: share of the patches of which only 1 to 12 bands stay.
        gap: share of the patches that lose a run of neighbours in wavelength instead.
        nothing: share of the patches of which nothing is known, so that the model can generate.
    """

    sensor: Share = 1.0
    sensors: tuple[str, ...] = ()
    averaged: bool = True
    reach: Share = 0.1
    drop: tuple[Share, Share] = (0.1, 0.7)
    drop_entries: Share = 0.5
    few: Share = 0.0
    gap: Share = 0.0
    nothing: Share = 0.0

    @model_validator(mode="after")
    def _fits(self) -> "MaskingConfig":
        if self.drop[0] > self.drop[1]:
            raise ValueError(f"drop runs from {self.drop[0]:g} down to {self.drop[1]:g}; turn it")
        if (total := self.few + self.gap + self.nothing) > 1:
            raise ValueError(
                f"few, gap and nothing are shares of the patches, and sum to {total:g}"
            )
        return self


REPAIR = MaskingConfig(
    sensor=0.1,
    averaged=False,
    drop=(0.05, 0.95),
    drop_entries=0.15,
    few=0.35,
    gap=0.15,
    nothing=0.03,
)
"""Masks of all the kinds that `evaluate` draws."""


class SensorView(NamedTuple):
    """One sensor on the scene's bands.

    Attributes:
        through: what ``X_obs`` is of the scene's bands, a matrix.
        seen: M_sens.
    """

    through: Float[Tensor, "band band"]
    seen: Bool[Tensor, " band"]


def sensor_view(sensor: str | Sensor, bands: Bands, reach: float) -> SensorView:
    """Return what a sensor of the library would have seen of a scene, on the scene's bands.

    Args:
        sensor: one of its names, or a sensor of one's own.
        bands: of the scene; those that are not good are not seen.
        reach: see `MaskingConfig`.
    """
    good = np.flatnonzero(bands.good)
    matrix = response_matrix(sensor, bands.wavelength[good], method="integral-linear").weights
    largest = matrix.max(axis=1, keepdims=True)
    counted = np.where((matrix >= reach * largest) & (matrix > 0), matrix, 0.0)
    total = counted.sum(axis=0)
    through = np.zeros((len(bands), len(bands)), dtype=np.float32)
    through[np.ix_(good, good)] = (counted / np.where(total > 0, total, 1.0)).T @ matrix
    seen = np.zeros(len(bands), dtype=bool)
    seen[good] = total > 0
    return SensorView(torch.from_numpy(through), torch.from_numpy(seen))


def sensor_views(config: MaskingConfig, bands: Bands) -> list[SensorView]:
    """Return the views of the config's sensors that see two of the scene's bands or more."""
    views = []
    for name in config.sensors or tuple(srf_library.list()):
        with suppress(CoverageError):  # none of its bands
            views.append(sensor_view(name, bands, config.reach))
    return [view for view in views if view.seen.sum() >= 2]


class Masked(NamedTuple):
    """What is left of a patch.

    Attributes:
        values: ``X_obs`` where a sensor saw it, else the patch itself.
        observed: M, with one row and one column if all pixels lack the same bands.
    """

    values: Float[Tensor, "band row col"]
    observed: Bool[Tensor, "band mrow mcol"]


class DualMasking:
    """The two stages, drawn for one patch after the other.

    Args:
        config: how.
        bands: of the scene; those that are not good are never observed.
    """

    def __init__(self, config: MaskingConfig, bands: Bands) -> None:
        self.config = config
        self.good = np.asarray(bands.good)
        self.order = [band for band in np.argsort(bands.wavelength) if self.good[band]]
        self.views = sensor_views(config, bands) if config.sensor else []

    def __call__(self, patch: Float[Tensor, "band row col"], rng: np.random.Generator) -> Masked:
        """Return what is left of a patch; entries that are NaN in it are never observed."""
        config = self.config
        kept = self.second(rng, patch.shape[1:])
        if self.views and rng.random() < config.sensor:
            view = self.views[rng.integers(len(self.views))]
            complete = torch.isfinite(patch[torch.from_numpy(self.good)]).all(dim=0)
            seen = patch
            if config.averaged:
                seen = torch.einsum("ij,jyx->iyx", view.through, patch.nan_to_num())
            mask = view.seen[:, None, None] & torch.from_numpy(kept)
            return Masked(seen, mask if complete.all() else mask & complete)
        mask = torch.from_numpy(kept)
        valid = torch.isfinite(patch)
        whole = valid[torch.from_numpy(self.good)].all()
        return Masked(patch, mask if whole else mask & valid)

    def mask(
        self, rng: np.random.Generator, size: tuple[int, ...]
    ) -> Bool[np.ndarray, "band mrow mcol"]:
        """Draw both stages without a patch: True = observed."""
        kept = self.second(rng, size)
        if self.views and rng.random() < self.config.sensor:
            view = self.views[rng.integers(len(self.views))]
            kept = kept & view.seen.numpy()[:, None, None]
        return kept

    def second(
        self, rng: np.random.Generator, size: tuple[int, ...]
    ) -> Bool[np.ndarray, "band mrow mcol"]:
        """Draw stage 2 alone: True = kept."""
        config, bands = self.config, len(self.good)
        kind = rng.random()
        kept = np.zeros((bands, 1, 1), dtype=bool)
        if kind < config.nothing:
            return kept
        if (kind := kind - config.nothing) < config.few:
            count = min(int(rng.integers(1, 13)), len(self.order) - 1)
            kept[rng.permutation(self.order)[:count]] = True
            return kept
        if kind - config.few < config.gap:
            kept[self.order] = True
            length = max(1, int(len(self.order) * rng.uniform(0.02, 0.5)))
            start = rng.integers(0, len(self.order) - length + 1)
            kept[self.order[start : start + length]] = False
            return kept
        drop = rng.uniform(*config.drop)
        if rng.random() < config.drop_entries:
            return (rng.random((bands, *size)) >= drop) & self.good[:, None, None]
        kept[:, 0, 0] = (rng.random(bands) >= drop) & self.good
        return kept
