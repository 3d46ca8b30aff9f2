import pytest

import physops
from physops.errors import DensityError, IndexRangeError, ParameterError
from physops.losses.index_ranges import index_ranges
from srf_library import UnknownNameError


def built(*names):
    return physops.indices(names, sensor="S2A")


def test_ratios_have_the_usual_range_and_others_must_be_given_one():
    assert index_ranges(built("ndvi", "savi", "nbr"), {}) == dict.fromkeys(
        ("NDVI", "SAVI", "NBR"), (-1.0, 1.0)
    )
    with pytest.raises(IndexRangeError) as refusal:
        index_ranges(built("ndvi", "sr"), {})
    assert str(refusal.value) == (
        "SR takes values outside -1 to 1, the usual range; give the one that matters here: "
        "ranges={'SR': (low, high)}"
    )
    with pytest.raises(IndexRangeError, match="EVI"):
        index_ranges(built("evi"), {})


def test_a_given_range_wins_in_any_spelling_and_in_the_order_of_the_indices():
    found = index_ranges(built("sr", "ndvi"), {"ndvi": (0, 1), "Sr": (0, 30)})
    assert list(found.items()) == [("SR", (0.0, 30.0)), ("NDVI", (0.0, 1.0))]


def test_ranges_that_cannot_be_are_refused():
    with pytest.raises(UnknownNameError, match="an index of this loss"):
        index_ranges(built("ndvi"), {"nbr": (0, 1)})
    with pytest.raises(DensityError, match="the range of NDVI is 1 to 0; give low < high"):
        index_ranges(built("ndvi"), {"ndvi": (1, 0)})
    with pytest.raises(DensityError):
        index_ranges(built("ndvi"), {"ndvi": (0, float("nan"))})
    with pytest.raises(DensityError, match="of EVI is 0 to inf; give low < high, both finite"):
        index_ranges(built("evi"), {"evi": (0, float("inf"))})


def test_an_index_that_is_there_twice_is_refused():
    with pytest.raises(ParameterError) as refusal:
        index_ranges(built("ndvi", "NDVI"), {})
    assert str(refusal.value) == "names is ['NDVI', 'NDVI']; give each index once"
