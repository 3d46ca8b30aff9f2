import numpy as np
import pytest
from pydantic import ValidationError

from anyband_models.diffusion.spec import DiffusionConfig, ModelSpec


def test_a_spec_survives_json(make_spec):
    spec = make_spec(base="linear")
    assert ModelSpec.model_validate_json(spec.model_dump_json()) == spec


def test_its_bands_are_the_scenes(make_spec):
    spec = make_spec(np.array([900.0, 450.0, 700.0]), good=(True, False, True))
    other = spec.model_copy(update={"fwhm": (10.0, None, 12.0)})
    np.testing.assert_array_equal(other.bands.wavelength, [900, 450, 700])
    np.testing.assert_array_equal(other.bands.fwhm, [10, np.nan, 12])
    np.testing.assert_array_equal(other.bands.good, [True, False, True])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"fwhm": [1.0]}, "6 wavelengths, 1 widths and 6 marks of good bands were given; give one "
                          "of each for each band"),
        ({"wavelength": []}, "at least 1 item"),
        ({"wavelength": [0.0] * 6}, "greater than 0"),
        ({"wavelength": [float("nan")] * 6}, "finite"),
        ({"patch": 0}, "greater than 0"),
        ({"bands": 6}, "Extra inputs are not permitted"),
    ],
)  # fmt: skip
def test_a_spec_that_cannot_be_is_refused(changed, message, make_spec):
    with pytest.raises(ValidationError, match=message):
        ModelSpec.model_validate(make_spec().model_dump() | changed)


def test_the_papers_diffusion_is_the_default():
    config = DiffusionConfig()
    assert (config.prediction, config.base, config.schedule.kind) == ("eps", "none", "linear")
    assert (config.schedule.start, config.schedule.end, config.schedule.steps) == (1e-4, 0.02, 1000)
