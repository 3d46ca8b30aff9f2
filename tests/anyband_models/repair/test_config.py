"""What decides a repair."""

import pytest
from pydantic import ValidationError

from anyband_models.errors import UsageError
from anyband_models.repair.config import RepairConfig


@pytest.mark.parametrize("gap", [0, -1.0, float("inf"), float("nan")])
def test_a_largest_gap_is_a_width(gap):
    with pytest.raises(UsageError, match="--max-gap is above 0"):
        RepairConfig(max_gap_nm=gap)


@pytest.mark.parametrize("wrong", [{"modl": "linear"}, {"samples": -1}, {"seed": -1}])
def test_what_is_no_setting_is_an_error(wrong):
    with pytest.raises(ValidationError):
        RepairConfig(**wrong)
