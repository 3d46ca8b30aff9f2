import pytest
import torch

from emulator_training.atmosphere.settings import NAMES, SETTINGS, check
from emulator_training.errors import SettingRangeError

USUAL = torch.tensor([setting.usual for setting in SETTINGS], dtype=torch.float64)


def test_what_is_usual_lies_in_the_range_and_the_range_in_what_6s_takes():
    check(USUAL)
    for setting in SETTINGS:
        assert setting.least <= setting.low <= setting.usual <= setting.high <= setting.greatest


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("sun_zenith", 71.0, r"^sun_zenith is 71; give 0 to 70 \[°\]$"),
        ("view_zenith", -1.0, r"^view_zenith is -1; give 0 to 30 \[°\]$"),
        (
            "azimuth",
            270.0,
            r"give 0 to 180 \[°\]; fold it: it is the smaller angle between sun and",
        ),
        (
            "azimuth",
            -90.0,
            r"^azimuth is -90; give 0 to 180 \[°\]; fold it: it is the smaller angle",
        ),
        ("azimuth", float("nan"), r"^azimuth is nan; give 0 to 180 \[°\]$"),
        ("water_vapour", 20.0, r"give 0.2 to 5 \[g/cm²\]; a millimetre of water is 0.1 g/cm²$"),
        ("ozone", 300.0, r"give 0.2 to 0.45 \[cm-atm\]; 300 Dobson units are 0.3 cm-atm$"),
        ("ozone", 0.0, r"^ozone is 0; give 0.2 to 0.45 \[cm-atm\]$"),
        ("aod", float("nan"), r"^aod is nan; give 0.02 to 0.8 \[1\]$"),
    ],
)
def test_what_lies_outside_is_refused_in_one_sentence(name, value, sentence):
    settings = USUAL.repeat(3, 1)
    settings[1, NAMES.index(name)] = value
    with pytest.raises(SettingRangeError, match=sentence):
        check(settings)
