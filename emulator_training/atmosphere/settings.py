"""The state of an atmosphere and the geometry under which it is looked through."""

from jaxtyping import Float
from torch import Tensor

from emulator_training.bounded import Bounded
from emulator_training.errors import SettingRangeError

SETTINGS = (
    Bounded("sun_zenith", "sun zenith", "°", 0.0, 70.0, 0.0, 75.0, 30.0),
    Bounded("view_zenith", "view zenith", "°", 0.0, 30.0, 0.0, 60.0, 0.0),
    Bounded("azimuth", "relative azimuth", "°", 0.0, 180.0, 0.0, 180.0, 0.0),
    Bounded("water_vapour", "column of water vapour", "g/cm²", 0.2, 5.0, 0.0, 10.0, 2.0),
    Bounded("ozone", "column of ozone", "cm-atm", 0.2, 0.45, 0.0, 1.0, 0.3),
    Bounded("aod", "aerosol optical depth at 550 nm", "1", 0.02, 0.8, 0.0, 2.0, 0.1),
)
NAMES = tuple(setting.name for setting in SETTINGS)
# What is likely to have gone wrong if a value lies above the range; of an azimuth, below it, too.
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
            likely = value > setting.high or (setting.name == "azimuth" and value < setting.low)
            hint = HINTS.get(setting.name, "") if likely else ""
            limits = (setting.low, setting.high, setting.unit)
            raise SettingRangeError(setting.name, value, *limits, hint)
