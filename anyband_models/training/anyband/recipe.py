"""The weights of `anyband`, from materials to a calibrated model."""

from functools import partial
from pathlib import Path
from typing import Annotated, NamedTuple

import torch
from pydantic import Field, PositiveInt

from anyband_models.diffusion.any_bands import AnyBands, AnyBandsSpec
from anyband_models.distributions.spectral_prior import SpectralPrior
from anyband_models.errors import QualityError
from anyband_models.networks.bandwise import BandwiseConfig, BandwiseNetwork
from anyband_models.training.anyband.calibration import coverage, factors
from anyband_models.training.anyband.examples import SIDE, Examples
from anyband_models.training.anyband.fit import FitConfig, Fitting
from anyband_models.training.anyband.making import Told, make
from anyband_models.training.anyband.real import RealScene, real_scenes
from anyband_models.training.anyband.store import Origin, Store
from anyband_models.training.anyband.validation import Judged, gains, judged
from anyband_models.training.data.materials import Materials, data_folder, load

# Every so many-th example is not learned from, but calibrated on.
HELD_OUT = 11


class RecipeConfig(FitConfig, frozen=True):
    """A whole run.

    Attributes:
        examples: how many are made; some of them cannot be, and every 11th is held out.
        side: rows of an example's image, and of its columns those that are damaged.
        network: its shape.
        report_every: steps between two lines of progress.
        keep_every: steps between two checkpoints, with each of which goes a validation.
    """

    examples: Annotated[int, Field(ge=2, lt=1_000_000)] = 4000
    side: Annotated[int, Field(ge=4)] = SIDE
    network: BandwiseConfig = BandwiseConfig(width=20, latents=16, trunk=96)
    report_every: PositiveInt = 50
    keep_every: PositiveInt = 250

    def reports(self, step: int) -> bool:
        """Whether a step, counted from 1, is worth a line."""
        return step % self.report_every == 0 or self.keeps(step)

    def keeps(self, step: int) -> bool:
        """Whether a checkpoint follows a step, and validation comes with it."""
        return step % self.keep_every == 0 or step == self.steps


class Data(NamedTuple):
    """What examples are made of, apart from the seed.

    Attributes:
        materials: of simulated scenes.
        real: scenes that were measured.
    """

    materials: Materials
    real: list[RealScene]

    @classmethod
    def read(cls, folder: Path | None) -> "Data":
        """Return the data of a folder, else of the one that ``ANYBAND_DATA`` names.

        Raises:
            InputError: if there is none, or the libraries are not in it.
        """
        found = data_folder(folder)
        return cls(load(found), real_scenes(found))


def make_examples(
    config: RecipeConfig, store: Store, data: Data, processes: int, told: Told
) -> None:
    """Make the examples that are not there yet.

    Args:
        config: of the run.
        store: where they go.
        data: what they are made of.
        processes: that share the work.
        told: after each, how many are there, and how many there will be.

    Raises:
        UsageError: if the store's examples are of other data.
        ResourceError: if the disk is full, or a process is killed; what was made stands.
    """
    examples = Examples(*data, SpectralPrior.read(), config.seed, config.side)
    store.begin(Origin.of(examples))
    make(examples, store, config.examples, processes, told)


class Recipe:
    """A run whose examples are made.

    Args:
        config: of the run.
        store: of its examples.

    Attributes:
        fitting: of the network.
        spec: of the model.

    Raises:
        QualityError: if there is nothing to learn from.
    """

    def __init__(self, config: RecipeConfig, store: Store) -> None:
        self.config = config
        numbers = store.numbers(config.examples)
        self.held_out = [partial(store.read, number) for number in numbers if not number % HELD_OUT]
        learned = [partial(store.read, number) for number in numbers if number % HELD_OUT]
        if not learned:
            raise QualityError(
                f"of {config.examples} examples none can be learned from; ask for more of them"
            )
        self.fitting = Fitting(learned, config, config.network)
        origin = store.origin()
        made_of = () if origin is None else origin.trained_on
        self.spec = AnyBandsSpec(
            network=config.network, schedule=self.fitting.schedule, trained_on=made_of
        )

    def model(self) -> AnyBands:
        """Return the model as it is now, in the precision in which it ships; not calibrated."""
        model = AnyBands(self.spec)
        model.network = _rounded(self.fitting.averaged())
        return model.eval().requires_grad_(False)

    def gains(self) -> dict[str, float]:
        """Return how much better than the prior it is now on what was held out [dB]."""
        return gains(judged(self.model(), self.held_out))

    def finished(self) -> tuple[AnyBands, dict[str, object]]:
        """Return the model, calibrated, and its scores."""
        model = self.model()
        found = judged(model, self.held_out)
        model.spread.copy_(torch.from_numpy(factors(found)))
        return model, _scores(found)


def _rounded(network: BandwiseNetwork) -> BandwiseNetwork:
    return network.half().float()


def _scores(found: list[Judged]) -> dict[str, object]:
    return {
        "held-out examples": len(found),
        "mean gain over the prior [dB]": gains(found, lambda one: one.cell),
        "held in 90 % intervals, calibrated on other examples": coverage(found),
    }
