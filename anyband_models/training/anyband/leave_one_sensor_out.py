"""How good the network is on a sensor that it never saw; run by hand.

    python -m anyband_models.training.anyband.leave_one_sensor_out RUN FOLDER STEPS SENSOR...

RUN is the folder of a training run, whose examples are taken; FOLDER holds the data that they were
made of. For each SENSOR a network is fitted to the examples of all others, in STEPS steps, and
judged on that sensor's alone. SENSOR is a name of `srf_library`, a measured scene's, or ``like``
and a spectrometer's, and may have ``*`` in it; names with commas between them go together:
``indian_pines,*aviris*`` is one instrument.
"""

import json
import sys
from collections.abc import Callable, Sequence
from fnmatch import fnmatch
from functools import partial
from pathlib import Path
from typing import NamedTuple

from anyband_models.diffusion.any_bands import AnyBands, AnyBandsSpec
from anyband_models.distributions.spectral_prior import SpectralPrior
from anyband_models.errors import QualityError
from anyband_models.training.anyband.examples import Example, Examples
from anyband_models.training.anyband.fit import Fitting
from anyband_models.training.anyband.recipe import Data, RecipeConfig
from anyband_models.training.anyband.store import Origin, Store
from anyband_models.training.anyband.validation import gains, judged

Reads = list[Callable[[], Example]]


class LeftOut(NamedTuple):
    """What was measured of a sensor.

    Attributes:
        sensor: pattern of its name.
        learned_from: examples of other sensors.
        judged: examples of its own.
        gain: over the prior, on these, by family [dB].
    """

    sensor: str
    learned_from: int
    judged: int
    gain: dict[str, float]


def split(names: Sequence[tuple[int, str]], pattern: str) -> tuple[list[int], list[int]]:
    """Return the numbers of the examples of all other sensors, and of those that match.

    Raises:
        QualityError: if either is empty.

    >>> split([(0, "like CASI"), (4, "muufl_sub"), (5, "broad bands")], "muufl*,*casi*")
    ([5], [0, 4])
    """
    wanted = pattern.lower().split(",")
    own = [number for number, name in names if any(fnmatch(name.lower(), one) for one in wanted)]
    others = [number for number, _ in names if number not in set(own)]
    if not own or not others:
        known = ", ".join(sorted({name for _, name in names}))
        raise QualityError(f"{pattern!r} matches none of the sensors or all of them: {known}")
    return others, own


def left_out(pattern: str, examples: Examples, store: Store, config: RecipeConfig) -> LeftOut:
    """Fit a network without a sensor, and judge it on that.

    Args:
        pattern: of the sensor's names.
        examples: of the run.
        store: where they are.
        config: of the run, with as many steps as are to be taken.

    Raises:
        QualityError: if nothing matches, or ten steps in a row are not finite.
    """
    names = [(number, examples.sensor(number)) for number in store.numbers(config.examples)]
    others, own = split(names, pattern)
    learned, held_out = (_reads(store, numbers) for numbers in (others, own))
    fitting = Fitting(learned, config, config.network)
    while fitting.step < config.steps:
        fitting.advance()
    model = AnyBands(AnyBandsSpec(network=config.network, schedule=fitting.schedule))
    model.network = fitting.averaged()
    return LeftOut(pattern, len(others), len(own), gains(judged(model.eval(), held_out)))


def _reads(store: Store, numbers: list[int]) -> Reads:
    return [partial(store.read, number) for number in numbers]


def main(run: Path, folder: Path, steps: int, patterns: Sequence[str]) -> None:
    """Print what was measured of each sensor, a line of JSON each."""
    config = RecipeConfig.model_validate_json((run / "recipe.json").read_text(encoding="utf-8"))
    config = config.model_copy(update={"steps": steps})
    examples = Examples(*Data.read(folder), SpectralPrior.read(), config.seed, config.side)
    store = Store(run / "examples")
    store.begin(Origin.of(examples))  # of the same data, or it says so
    for pattern in patterns:
        print(json.dumps(left_out(pattern, examples, store, config)._asdict()), flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 5:
        sys.exit("name a run, the folder of its data, a number of steps, and sensors")
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
