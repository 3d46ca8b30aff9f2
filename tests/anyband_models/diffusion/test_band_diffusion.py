import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from anyband_models.diffusion.band_diffusion import BandDiffusion
from anyband_models.diffusion.distance import ALONE
from anyband_models.diffusion.ground import FromLines, Plain
from anyband_models.diffusion.interpolation import straight_lines
from anyband_models.diffusion.noise import LinearSchedule

SHAPE = (6, 5, 4)
each_base = pytest.mark.parametrize("base", ["none", "linear"])


def image(seed=1):
    return torch.rand(SHAPE, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def mask(seed=2):
    return torch.rand(SHAPE, generator=torch.Generator().manual_seed(seed)) < 0.5


def test_the_ground_is_that_of_the_spec(make_model):
    assert isinstance(make_model(base="none").ground, Plain)
    ground = make_model(base="linear").ground
    assert isinstance(ground, FromLines)
    np.testing.assert_array_equal(ground.wavelength.numpy(), np.linspace(450, 950, 6))


@each_base
def test_a_problem_goes_there_and_back(base, make_model):
    model = make_model(base=base)
    values, seen = [image(1), image(3)], [mask(2), mask(4)]
    problem = model.problem(values, seen)
    latent = problem.latent(torch.stack(values))
    torch.testing.assert_close(problem.images(latent), torch.stack(values), rtol=1e-5, atol=1e-5)
    assert torch.equal(problem.condition.observed, torch.stack(seen))
    assert problem.condition.channels.shape == (2, 12, 5, 4)


@each_base
def test_images_may_lack_whole_bands_or_entries_in_one_problem(base, make_model):
    bands = mask(5)[:, :1, :1]
    problem = make_model(base=base).problem([image(1), image(3)], [bands, mask(4)])
    assert torch.equal(problem.condition.observed[0], bands.expand(SHAPE))


@each_base
@pytest.mark.parametrize("prediction", ["eps", "x0", "edm"])
def test_the_mean_has_the_observed_values_bit_for_bit(base, prediction, make_model):
    model = make_model(base=base, prediction=prediction, schedule=LinearSchedule())
    values, seen = image(), mask()
    found = model.mean(torch.where(seen, values, torch.nan), seen)
    assert torch.equal(found[seen].view(torch.int32), values[seen].view(torch.int32))
    assert torch.isfinite(found).all()
    assert not torch.equal(found, model.mean(values, seen & mask(9)))


@each_base
def test_a_new_model_gives_its_ground(base, make_model):
    model = make_model(new=True, base=base)
    found = model.mean(image(), mask())
    line = straight_lines(image(), mask(), model.wavelength).value
    ground = torch.where(mask(), image(), 0.0) if base == "none" else line
    torch.testing.assert_close(found, ground, rtol=1e-5, atol=1e-6)


@each_base
def test_a_mask_of_one_pixel_is_that_of_all(base, make_model):
    model, bands = make_model(base=base), mask()[:, :1, :1]
    full = bands.expand(SHAPE).contiguous()
    assert torch.equal(model.mean(image(), bands), model.mean(image(), full))
    assert torch.equal(model.std(image(), bands), model.std(image(), full))


@given(seed=st.integers(0, 99))
def test_the_spread_is_the_tables_and_zero_where_observed(seed, make_tabled):
    model, seen = make_tabled, mask(seed)
    seen[:, 0, 0] = False
    found = model.std(image(), seen)
    assert not found[seen].any()
    assert torch.all(found[~seen] >= 1)
    # The table has the number of the cell, plus one.
    assert torch.all(found[:, 0, 0] == ALONE + 1)


@pytest.fixture(scope="module")
def make_tabled():
    from anyband_models.diffusion.normalisation import Normalisation
    from anyband_models.diffusion.spec import DiffusionConfig, ModelSpec
    from anyband_models.networks.config import UNetConfig

    spec = ModelSpec(
        network=UNetConfig(width=2, multipliers=(1,), attention=(), heads=1, context=2),
        diffusion=DiffusionConfig(),
        normalisation=Normalisation(low=0, high=1),
        wavelength=tuple(np.linspace(450, 950, 6).tolist()),
        fwhm=(None,) * 6,
        good=(True,) * 6,
        quantity="reflectance",
        patch=8,
        trained_on=(),
    )
    model = BandDiffusion(spec)
    model.error.table.copy_(torch.arange(model.error.table.shape[1]) + 1.0)
    return model
