import numpy as np
import pytest

from anyband_models.models.contract import Caution, Observation, Origin
from anyband_models.models.draft import Draft
from physops.bands import Bands


def draft(values, mask, samples=0):
    return Draft(Observation(np.float32(values), np.array(mask), Bands.at([500.0, 600])), samples)


VALUES = [[[1, 2]], [[3, 4]]]
MASK = [[[True, False]], [[True, True]]]
ENTRY = (np.array([0]), np.array([1]))


def test_an_observed_value_cannot_be_filled():
    with pytest.raises(AssertionError, match="overwrite an observed value"):
        draft(VALUES, MASK).fill((np.array([1]), np.array([1])), np.array([0.0]), np.array([1.0]))


def test_what_was_filled_is_in_the_result():
    begun = draft(VALUES, MASK, samples=2)
    np.testing.assert_array_equal(begun.missing(), [[False, True], [False, False]])
    begun.fill(ENTRY, np.array([5.0]), np.array([0.5]), Caution.LONG_GAP)
    result = begun.finish(("a note",))
    assert (result.mean[0, 0, 1], result.std[0, 0, 1]) == (5, 0.5)
    assert result.caution[0, 0, 1] == Caution.LONG_GAP
    assert result.provenance[0, 0, 1] == Origin.REPAIRED_PIXEL
    assert result.samples.shape == (2, 2, 1, 2)
    assert result.notes == ("a note",)


def test_what_was_not_filled_is_refused():
    result = draft(VALUES, MASK).finish()
    assert result.provenance[0, 0, 1] == Origin.REFUSED
    assert np.isnan(result.mean[0, 0, 1])
    assert np.isnan(result.std[0, 0, 1])


@pytest.mark.parametrize("mean", [0.0, 1.0, -3e30])
def test_no_value_is_known_better_than_its_rounding(mean):
    begun = draft(VALUES, MASK)
    begun.fill(ENTRY, np.array([mean]), np.array([0.0]))
    assert begun.std[ENTRY] == np.spacing(np.float32(abs(mean)))


@pytest.mark.parametrize(
    ("values", "support", "held"),
    [
        (VALUES, None, 0),
        (VALUES, [[0.0, np.nan]], 0),
        ([[[-0.0, 2]], [[3, 4]]], None, 0),
        ([[[-0.1, 2]], [[3, 4]]], None, -5),  # it is seen to go below
        (VALUES, [[-0.1, np.nan]], -5),
        ([[[1, -9]], [[3, 4]]], None, 0),  # what stands where nothing was observed says nothing
    ],
)
def test_values_stay_above_zero_where_all_that_is_known_does(values, support, held):
    given = None if support is None else np.float32(support)
    bands = Bands.at([500.0, 600])
    begun = Draft(Observation(np.float32(values), np.array(MASK), bands, given), 2)
    begun.fill(ENTRY, np.array([-5.0]), np.array([1.0]))
    begun.samples[:, *ENTRY] = np.float32([[-5], [7]])
    begun.keep_above_zero()
    result = begun.finish()
    assert result.mean[0, 0, 1] == held
    assert result.samples[:, 0, 0, 1].tolist() == [held, 7]
    kept = np.float32(values)[np.array(MASK)]
    assert result.mean[np.array(MASK)].tobytes() == kept.tobytes()
