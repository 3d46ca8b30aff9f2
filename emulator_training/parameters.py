"""The parameters of a canopy and of the view of it, as PROSAIL-D has them."""

import math
from collections.abc import Mapping

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from emulator_training.bounded import Bounded
from emulator_training.errors import ParameterCountError, ParameterRangeError, RadiansError

# Named as in the package `prosail`, but for `ala`, its `lidfa`.
PARAMETERS = (
    Bounded("n", "leaf structure", "1", 1.0, 2.8, 0.8, 4.0, 1.5),
    Bounded("cab", "chlorophyll a and b", "µg/cm²", 0.0, 100.0, 0.0, 200.0, 45.0),
    Bounded("car", "carotenoids", "µg/cm²", 0.0, 25.0, 0.0, 60.0, 10.0),
    Bounded("cbrown", "brown pigments", "1", 0.0, 1.0, 0.0, 5.0, 0.0),
    Bounded("cw", "water thickness", "cm", 0.001, 0.06, 0.0, 0.2, 0.02),
    Bounded("cm", "dry matter", "g/cm²", 0.001, 0.03, 0.0, 0.1, 0.005),
    Bounded("ant", "anthocyanins", "µg/cm²", 0.0, 8.0, 0.0, 60.0, 0.0),
    Bounded("lai", "leaf area index", "m²/m²", 0.0, 8.0, 0.0, 15.0, 3.0),
    Bounded("ala", "mean leaf angle", "°", 20.0, 80.0, 0.0, 90.0, 57.0),
    Bounded("hspot", "hot spot", "1", 0.01, 0.5, 0.0, 1.0, 0.1),
    Bounded("psoil", "share of the dry soil", "1", 0.0, 1.0, 0.0, 1.0, 0.5),
    Bounded("rsoil", "brightness of the soil", "1", 0.2, 1.4, 0.0, 1.93, 1.0),
    Bounded("tts", "sun zenith", "°", 0.0, 70.0, 0.0, 89.0, 30.0),
    Bounded("tto", "view zenith", "°", 0.0, 40.0, 0.0, 89.0, 0.0),
    Bounded("psi", "relative azimuth", "°", 0.0, 180.0, 0.0, 180.0, 90.0),
)
NAMES = tuple(parameter.name for parameter in PARAMETERS)
ANGLES = ("ala", "tts", "tto", "psi")
# The most that each angle is in radians.
_RADIANS = {"ala": math.pi / 2, "tts": math.pi / 2, "tto": math.pi / 2, "psi": math.pi}


def vector(values: Mapping[str, float] | None = None) -> Float[Tensor, " parameter"]:
    """Return the parameters in their order; those that are not given are the usual ones.

    Raises:
        KeyError: if there is no parameter of a name.

    >>> vector({"lai": 2.0})[NAMES.index("lai")].item()
    2.0
    """
    given = dict(values or {})
    for name in given:
        if name not in NAMES:
            raise KeyError(f"the canopy has no parameter {name!r}; it has {', '.join(NAMES)}")
    return torch.tensor([given.get(p.name, p.usual) for p in PARAMETERS], dtype=torch.float64)


def check(
    values: Float[Tensor, "*batch parameter"], missing: Bool[Tensor, "*batch"] | None = None
) -> None:
    """Refuse parameters that cannot be.

    Args:
        values: the parameters of canopies.
        missing: canopies that stand for none, and do not count.

    Raises:
        ParameterCountError: if there are not as many as the canopy has.
        ParameterRangeError: if one is not a number, or lies where it cannot.
        RadiansError: if the angles of all canopies are in radians.
    """
    if values.shape[-1] != len(PARAMETERS):
        raise ParameterCountError(len(PARAMETERS), values.shape[-1], ", ".join(NAMES))
    detached = values.detach()
    least, greatest = (
        detached.new_tensor([getattr(p, end) for p in PARAMETERS]) for end in ("least", "greatest")
    )
    if not ((detached >= least) & (detached <= greatest)).all():
        _refuse_range(detached)
    _refuse_radians(detached, missing)


def _refuse_range(values: Float[Tensor, "*batch parameter"]) -> None:
    for parameter, column in zip(PARAMETERS, values.unbind(-1), strict=True):
        bad = ~((column >= parameter.least) & (column <= parameter.greatest))
        if bad.any():
            value = float(column[bad].flatten()[0])
            hint = (
                "fold it: psi is the smaller angle between sun and view"
                if parameter.name == "psi" and math.isfinite(value)
                else ""
            )
            raise ParameterRangeError(
                parameter.name, value, parameter.least, parameter.greatest, parameter.unit, hint
            )


def _refuse_radians(
    values: Float[Tensor, "*batch parameter"], missing: Bool[Tensor, "*batch"] | None
) -> None:
    """Refuse canopies that all have leaves within 1.57 degrees of flat, and so small angles."""
    steep = values[..., NAMES.index("ala")] > _RADIANS["ala"]
    if (steep if missing is None else steep & ~missing).any():
        return
    known = values if missing is None else values[~missing]
    angles = {name: known[..., NAMES.index(name)] for name in ANGLES}
    if not known.numel() or (angles["ala"] <= 0).any():
        return
    most = {name: float(column.max()) for name, column in angles.items()}
    if all(most[name] <= _RADIANS[name] for name in ANGLES):
        raise RadiansError(most)
