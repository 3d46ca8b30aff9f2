import numpy as np
import pytest

from anyband_models.errors import UsageError
from anyband_models.jobs.band_choice import choose_bands
from physops.bands import Bands
from physops.errors import MissingBandError

NM = np.array([900.0, 660, 560, 490, 440, 1600])
BANDS = Bands(NM, np.full(6, 10.0), np.array([True] * 4 + [False, True]))


def test_nothing_means_all_good_bands():
    assert choose_bands("  ", BANDS).channels == (0, 1, 2, 3, 5)


@pytest.mark.parametrize(
    ("text", "channels"),
    [
        ("rgb", (1, 2, 3)),
        ("RGB", (1, 2, 3)),
        ("1,3-4", (0, 2, 3)),
        ("550-700nm", (1, 2)),
        ("900 nm, 2", (0, 1)),
        ("near", (0,)),
    ],
)
def test_lists_and_names_are_understood(text, channels):
    names = ("near", "", "", "", "", "")
    choice = choose_bands(text, BANDS, names)
    assert choice.channels == channels
    assert choice.sensor is None


def test_a_sensor_sees_the_good_bands_that_lie_in_its_own():
    choice = choose_bands("sentinel2a_msi", BANDS)
    assert choice.sensor is not None
    assert {1, 2, 3, 5} <= set(choice.channels)
    assert 4 not in choice.channels  # it lies in B1, and is not good
    assert choose_bands("pan", BANDS).channels == (1, 2)


def test_what_is_not_understood_is_named():
    with pytest.raises(UsageError, match="neither a list of bands"):
        choose_bands("sentinal", BANDS)
    with pytest.raises(UsageError, match="choose another sensor"):
        choose_bands("pan", Bands.at([1600.0, 2200.0]))
    with pytest.raises(MissingBandError):
        choose_bands("rgb", Bands.at([560.0, 2200.0]))
