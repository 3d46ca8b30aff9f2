"""How good a network is on examples that it did not learn from."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, UInt8

from anyband_models.damage.parts import in_parts
from anyband_models.diffusion.any_bands import AnyBands, Problem
from anyband_models.models.prior import Kind
from anyband_models.models.standardised import OBSERVED
from anyband_models.training.anyband.examples import Example

_TILE = 64


class Judged(NamedTuple):
    """An example, and how far the mean is off.

    Attributes:
        family: of masks, without its number.
        kind: what the prior's mean was made from.
        gain: how much nearer the mean is than the prior's [dB].
        errors: of the entries that were asked for, absolute, in the prior's standard deviations.
        near: class of each entry's distance to what is observed.
    """

    family: str
    kind: Kind
    gain: float
    errors: Float32[np.ndarray, " entry"]
    near: UInt8[np.ndarray, " entry"]

    @property
    def cell(self) -> str:
        """What it is told under: family and kind."""
        return f"{self.family}/{self.kind}"


def judged(model: AnyBands, examples: Iterable[Callable[[], Example]]) -> list[Judged]:
    """Return how far the mean of each example is off.

    It is that of `models.anyband`: the network's one step, fully trusted, where bands are missing
    in parts, else the prior's.
    """
    return [_judged(model, read()) for read in examples]


def _judged(model: AnyBands, example: Example) -> Judged:
    wanted = example.wanted
    observed = example.channels[OBSERVED] > 0.5
    said = np.zeros_like(example.truth)
    if in_parts(observed):
        said = model.mean(Problem(example.channels, wanted), example.bands, _TILE)
    before, errors = example.truth[wanted], np.abs(example.truth - said)[wanted]
    ratio = max(_power(before), 1e-12) / max(_power(errors), 1e-12)
    family = example.family.split()[0].split("-")[0].rstrip("0123456789")
    gain = 10 * float(np.log10(ratio))
    return Judged(family, example.kind, gain, errors, example.near[wanted])


def _power(values: Float32[np.ndarray, " entry"]) -> float:
    return float(np.mean(values.astype(np.float64) ** 2))


def gains(
    found: list[Judged], by: Callable[[Judged], str] = lambda one: one.family
) -> dict[str, float]:
    """Return mean gains over the prior, of all and by what is asked [dB]."""
    if not found:
        return {}
    groups: dict[str, list[float]] = {"all": [one.gain for one in found]}
    for one in sorted(found, key=by):
        groups.setdefault(by(one), []).append(one.gain)
    return {name: round(float(np.mean(values)), 3) for name, values in groups.items()}
