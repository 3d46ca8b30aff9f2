"""What a table is measured with: a scene, a model trained on its left half, seeds."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float32

from anyband_models.damage.protocols import draw
from anyband_models.diffusion.band_diffusion import BandDiffusion
from anyband_models.diffusion.files import ModelFile, read_model
from anyband_models.diffusion.guidance import Guidance
from anyband_models.diffusion.repair import Sampling, repaired, sampled
from anyband_models.diffusion.targets import OperatorTarget
from anyband_models.evaluation.evaluate import Region
from anyband_models.models.anyband_diff import AnybandDiffConfig, check_bands
from anyband_models.models.registry import create_model
from anyband_models.scene.scene import Scene
from anyband_models.training.config import TrainingConfig, preset
from anyband_models.training.loop import Run
from anyband_models.training.processes import Processes
from anyband_models.training.start import start

Cube = Float32[np.ndarray, "band y x"]
ScaleName = Literal["tiny", "small", "paper"]


class Scale(NamedTuple):
    """How much a table may cost.

    Attributes:
        preset: of the networks that are trained.
        steps: of their training; None for the preset's own.
        seeds: masks a family.
        samples: of each repair.
        sampling: steps of the sampler.
        sampler: its name.
    """

    preset: str
    steps: int | None
    seeds: int
    samples: int
    sampling: int
    sampler: str


SCALES: dict[str, Scale] = {
    "tiny": Scale("tiny", 300, 1, 2, 10, "dpm++"),
    "small": Scale("small", None, 3, 4, 10, "dpm++"),
    "paper": Scale("paper", None, 5, 8, 50, "ddim"),
}


@dataclass(frozen=True, eq=False)
class Setting:
    """What all tables share.

    Attributes:
        scene: trained on its left half, judged on its right.
        scale: how much it may cost.
        weights: of a model; trained here, if None.
    """

    scene: Scene
    scale: Scale
    weights: Path | None = None

    @cached_property
    def region(self) -> Region:
        """The right half."""
        return Region(self.scene, "left")

    @cached_property
    def model(self) -> BandDiffusion:
        """The model that is judged: that of the weights, or one trained here.

        Raises:
            WeightsError: if the weights cannot be read.
            ModelError: if they are for other bands.
        """
        if self._read is None:
            return self.trained(self.config())
        model, _ = self._read
        check_bands(np.asarray(model.spec.wavelength), self.scene.wavelength)
        return model

    @cached_property
    def _read(self) -> tuple[BandDiffusion, ModelFile] | None:
        return None if self.weights is None else read_model(self.weights)

    def config(self, **changes: object) -> TrainingConfig:
        """Return how networks of this scale are trained, on the left half alone."""
        source = Path(self.scene.meta.path or "scene")
        settings: dict[str, object] = {"scenes": (source,), "region": "left", **changes}
        if self.scale.steps is not None:
            settings["steps"] = self.scale.steps
        return preset(self.scale.preset, **settings)

    def trained(self, config: TrainingConfig) -> BandDiffusion:
        """Train a network and return it with its averaged weights."""
        run = self._run(config)
        run.train(None)
        return run.averaged().eval().requires_grad_(False)

    def untrained(self, config: TrainingConfig) -> BandDiffusion:
        """Return a network with the weights that it begins with."""
        return self._run(config).model.eval().requires_grad_(False)

    def _run(self, config: TrainingConfig) -> Run:
        return start([self.scene], config, Processes(0, 1, torch.device("cpu")))

    def missing(self, family: str, seed: int) -> Bool[np.ndarray, "band y x"]:
        """Draw what is removed from the right half."""
        shape = self.region.truth.shape
        return draw(family, shape, self.scene.wavelength, self.region.good, seed)

    def mean(self, model: BandDiffusion, missing: Bool[np.ndarray, "band y x"]) -> Cube:
        """Return the one-step mean of the right half, observed entries as they are."""
        observed = self.region.valid & ~missing
        mean, _ = repaired(model, self.region.truth, observed, AnybandDiffConfig().tile)
        return np.where(observed, self.region.truth, mean)

    def samples(
        self,
        model: BandDiffusion,
        missing: Bool[np.ndarray, "band y x"],
        paste: bool = True,
        guidance: Guidance | None = None,
    ) -> list[Cube]:
        """Return samples of the right half; with ``paste``, observed entries as they are."""
        observed, tile = self.region.valid & ~missing, AnybandDiffConfig().tile
        how = Sampling(self.scale.sampler, self.scale.sampling, paste, 0, guidance)
        drawn = [
            sampled(model, self.region.truth, observed, tile, how, number)
            for number in range(self.scale.samples)
        ]
        return [np.where(observed, self.region.truth, cube) if paste else cube for cube in drawn]

    def other(self, name: str, missing: Bool[np.ndarray, "band y x"]) -> Cube:
        """Return what another model of the zoo makes of the right half."""
        region, observed = self.region, self.region.valid & ~missing
        values = np.where(observed, region.truth, np.float32(np.nan))
        return create_model(name).reconstruct(region.observation(values, observed)).mean

    def guidance(self, model: BandDiffusion, strength: float) -> Guidance:
        """Return what physics may ask without a look at the right half.

        That is the left half's correlations of bands, as near as parts of it show those of the
        rest, and then the range that the model learned.
        """
        assert self.region.support is not None  # the region was built with it
        left = torch.from_numpy(self.region.support.T.copy())[:, :, None]
        limits, bands = model.spec.normalisation, model.spec.bands
        return Guidance(
            [
                OperatorTarget.of_image("band_correlation", bands, left),
                OperatorTarget("valid_range", bands, low=limits.low, high=limits.high),
            ],
            strength,
        )

    def facts(self) -> dict[str, Any]:
        """What a table's numbers depend on."""
        values = np.ascontiguousarray(self.scene.values)
        own = None if self._read else f"{self.scale.preset}, {self.config().steps} steps"
        return {
            "scene": self.scene.meta.path,
            "scene_sha256": hashlib.sha256(values.tobytes()).hexdigest(),
            "weights_sha256": self._read[1].sha256 if self._read else None,
            "trained": own,
            "mask_seeds": list(range(self.scale.seeds)),
            "sample_seed": 0,
            "samples": self.scale.samples,
            "sampler": f"{self.scale.sampler}, {self.scale.sampling} steps",
        }
