"""The state of an atmosphere and the geometry under which it is looked through."""

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from emulator_training.errors import SettingRangeError


@dataclass(frozen=True)
class Setting:
    """A number that the atmosphere or the geometry is described by, and where it lies.

    Attributes:
        name: the keyword that it is given by.
        title: what it is.
        unit: of what follows.
        low: the least that the emulator takes.
        high: the most.
        least: the least that 6S is asked for.
        greatest: the most.
        usual: what it is if nobody says otherwise.
    """

    name: str
    title: str
    unit: str
    low: float
    high: float
    least: float
    greatest: float
    usual: float


SETTINGS = (
    Setting("sun_zenith", "sun zenith", "°", 0.0, 70.0, 0.0, 75.0, 30.0),
    Setting("view_zenith", "view zenith", "°", 0.0, 30.0, 0.0, 60.0, 0.0),
    Setting("azimuth", "relative azimuth", "°", 0.0, 180.0, 0.0, 180.0, 0.0),
    Setting("water_vapour", "column of water vapour", "g/cm²", 0.2, 5.0, 0.0, 10.0, 2.0),
    Setting("ozone", "column of ozone", "cm-atm", 0.2, 0.45, 0.0, 1.0, 0.3),
    Setting("aod", "aerosol optical depth at 550 nm", "1", 0.02, 0.8, 0.0, 2.0, 0.1),
)
NAMES = tuple(setting.name for setting in SETTINGS)
# What is likely to have gone wrong if a value lies above the range.
HINTS = {
    "azimuth": "fold it: it is the smaller angle between sun and view",
    "water_vapour": "a millimetre of water is 0.1 g/cm²",
    "ozone": "300 Dobson units are 0.3 cm-atm",
}


def check(settings: Float[Tensor, "*batch setting"]) -> None:
    """Refuse settings that the emulator was not fitted to.

    Raises:
        SettingRangeError: if one is not a number, or lies outside its range.
    """
    for setting, column in zip(SETTINGS, settings.detach().unbind(-1), strict=True):
        bad = ~((column >= setting.low) & (column <= setting.high))
        if bad.any():
            value = float(column[bad].flatten()[0])
            hint = HINTS.get(setting.name, "") if value > setting.high else ""
            limits = (setting.low, setting.high, setting.unit)
            raise SettingRangeError(setting.name, value, *limits, hint)
