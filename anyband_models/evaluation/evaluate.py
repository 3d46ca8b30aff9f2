"""Judge a model on a scene: remove entries by a named family of masks, repair, score, repeat."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from jaxtyping import Bool, Float32
from pydantic import BaseModel

from anyband_models.damage.detect import detect
from anyband_models.damage.protocols import draw, is_drawn, parse
from anyband_models.errors import InputError, QualityError
from anyband_models.evaluation.judged import Judged, Trial, mean_judged
from anyband_models.evaluation.scores import peak_of, score
from anyband_models.evaluation.uncertainty import Tally
from anyband_models.models.contract import Model, Observation
from anyband_models.models.registry import create_model
from anyband_models.scene.pixels import as_pixels
from anyband_models.scene.scene import Scene
from physops.bands import Bands

Fit = Literal["left", "none"]


class Record(Judged, frozen=True, extra="forbid"):
    """The same, with `linear` beside it on the same masks."""

    family: str
    linear: Judged


class Evaluation(BaseModel, frozen=True, extra="forbid"):
    """What `evaluate` found.

    Attributes:
        model: name of the model.
        scene: name of the scene.
        fit: "left" if the left half of the columns was given as support, "none" if nothing was.
        seeds: masks were drawn with seeds 0 to this less 1, and scores are their means.
        peak: of every PSNR: the range of the whole scene's valid entries [unit].
        quantity: what the scene's values are.
        records: one a family.
    """

    model: str
    scene: str
    fit: Fit
    seeds: int
    peak: float
    quantity: str
    records: tuple[Record, ...]

    def gate(self, decibels: float) -> None:
        """Raise if the model is more than this far below `linear` in any family.

        Raises:
            QualityError: naming the families.
        """
        below = [
            f"{record.family} ({_decibels(record):.2f} against {_decibels(record.linear):.2f} dB)"
            for record in self.records
            if _decibels(record) < _decibels(record.linear) - decibels
        ]
        if below:
            raise QualityError(
                f"{self.model} is more than {decibels:g} dB below linear in {', '.join(below)}"
            )


def _decibels(judged: Judged) -> float:
    return -np.inf if judged.psnr_missing is None else judged.psnr_missing


class Region:
    """The right half of a scene's columns, on which models are judged.

    Attributes:
        truth: its values.
        valid: True = a true value, found sound by `detect`.
        good: bands with any true value.
        support: spectra of the left half, row by row, NaN where not sound; None if nothing is to
            be given.
        support_shape: its rows and columns.
        peak: range of the valid entries of the whole scene.
        quantity: what its values are.
    """

    def __init__(self, scene: Scene, fit: Fit) -> None:
        sound = ~detect(scene).missing
        middle = scene.values.shape[2] // 2
        if middle < 1:
            raise InputError(
                "the scene has a single column and cannot be halved; evaluation needs two or more"
            )
        self.peak = peak_of(scene.values, sound)
        self.truth = np.ascontiguousarray(scene.values[:, :, middle:])
        self.valid = np.ascontiguousarray(sound[:, :, middle:])
        self.good = np.asarray(self.valid.any(axis=(1, 2)))
        self.bands = Bands(scene.wavelength, scene.fwhm, scene.good)
        self.quantity = scene.meta.quantity
        left = np.where(sound, scene.values, np.float32(np.nan))[:, :, :middle]
        given = fit == "left"
        self.support = np.ascontiguousarray(as_pixels(left).T) if given else None
        self.support_shape = (left.shape[1], left.shape[2]) if given else None
        if not self.good.any():
            raise InputError("the right half of the scene holds no sound value to judge against")

    def masks(self, family: str, seeds: int) -> list[Bool[np.ndarray, "band y x"]]:
        """Draw masks of a family with seeds 0 to ``seeds`` less 1, True = removed.

        Where the seed plays no part there is one mask.

        Raises:
            UsageError: if the family is not known, or this region cannot be damaged that way.
        """
        shape, nm = self.truth.shape, self.bands.wavelength
        several = range(seeds if is_drawn(family) else 1)
        return [draw(family, shape, nm, self.good, seed) for seed in several]

    def observation(
        self, values: Float32[np.ndarray, "band y x"], observed: Bool[np.ndarray, "band y x"]
    ) -> Observation:
        """Return what a model is shown: some of this region's values, and the support."""
        return Observation(
            values, observed, self.bands, self.support, self.quantity, self.support_shape
        )

    def judge(self, model: Model, missing: Bool[np.ndarray, "band y x"]) -> Trial:
        """Remove what is missing, let the model fill it, and score that."""
        observed = self.valid & ~missing
        values = np.where(observed, self.truth, np.float32(np.nan))
        start = time.perf_counter()
        result = model.reconstruct(self.observation(values, observed))
        seconds = time.perf_counter() - start
        scores = score(self.truth, result.mean, missing, self.valid, self.bands, self.peak)
        removed = missing & self.valid
        tally = Tally.of(
            self.truth, result.mean, result.std, removed, observed, self.bands.wavelength
        )
        return Trial(scores, tally, seconds)


def evaluate(
    model: str,
    scene: Scene,
    families: Sequence[str],
    seeds: int = 5,
    fit: Fit = "left",
    settings: Mapping[str, Any] | None = None,
) -> Evaluation:
    """Judge a model on the right half of a scene.

    Args:
        model: a name from `list_models`.
        scene: with as much truth as possible; its own damage is left out of every score.
        families: names of mask families; see `damage.protocols`.
        seeds: masks are drawn with seeds 0, 1, ..., and scores are means over them.
        fit: "left" gives the model the left half of the columns as support; "none" gives it
            nothing but what is left of the right half itself.
        settings: of the model.

    Raises:
        UnknownModelError: if the zoo has no such model.
        UsageError: if a family is not known.
        InputError: if the scene cannot be halved, or its right half holds no sound value.
    """
    ours, linear = create_model(model, **(settings or {})), create_model("linear")
    for family in families:
        parse(family)  # a wrong name is answered before the first is judged
    region = Region(scene, fit)
    records = []
    for family in families:
        masks = region.masks(family, seeds)
        judged = mean_judged([region.judge(ours, mask) for mask in masks])
        beside = mean_judged([region.judge(linear, mask) for mask in masks])
        records.append(Record(family=family, **judged.model_dump(), linear=beside))
    return Evaluation(
        model=model,
        scene=scene.meta.path,
        fit=fit,
        seeds=seeds,
        peak=region.peak,
        quantity=scene.meta.quantity.value,
        records=tuple(records),
    )
