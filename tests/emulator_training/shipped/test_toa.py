import hashlib
import json
import math
import tomllib
from importlib import import_module, resources
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch

import physops
from emulator_training.atmosphere.settings import NAMES
from emulator_training.errors import (
    AtmosphereShapeError,
    NoBandInRangeError,
    SettingRangeError,
    UnequalSettingsError,
)
from emulator_training.shipped.toa import TopOfAtmosphere
from emulator_training.simulators.atmospheres import ASKED
from emulator_training.simulators.sixs import State, simulate
from physops import Bands
from physops.errors import NotFloatingError, ParameterError
from physops.testing import check_operator
from srf_library import response_matrix

SPECTROMETER = Bands.at(np.r_[np.arange(400.0, 2500.0, 10.0), 10900.0, 11450.0], fwhm=10.0)
SENTINEL_2 = Bands.of("S2A")
HAZY = {"sun_zenith": 55.0, "view_zenith": 20.0, "azimuth": 120.0, "aod": 0.4}
ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("bands", [SPECTROMETER, SENTINEL_2], ids=["spectrometer", "S2A"])
@pytest.mark.parametrize("quantity", ["reflectance", "radiance"])
def test_it_keeps_every_law(bands, quantity):
    operator = TopOfAtmosphere(bands, quantity=quantity, **HAZY)
    assert check_operator(operator, bands=bands) is None


def test_it_is_offered_to_physops_by_name(installed):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    value = project["entry-points"]["physops.operators"]["toa"]
    module, _, name = value.partition(":")
    assert getattr(import_module(module), name) is TopOfAtmosphere
    installed(f"[physops.operators]\ntoa = {value}\n")
    assert isinstance(physops.get("toa", sensor="S2A", aod=0.3), TopOfAtmosphere)


def test_its_card_tells_how_good_it_is_and_of_which_file():
    folder = resources.files("emulator_training.shipped")
    card = json.loads((folder / "toa.json").read_text(encoding="utf-8"))
    data = (folder / card["table"]).read_bytes()
    assert hashlib.sha256(data).hexdigest() == card["sha256"]
    assert len(data) < 1_000_000
    assert card["fitted to"]["states"] >= 600
    for where in ("inside", "on edges", "at corners"):
        errors = card["errors"][where]
        for surface in ("toa at 0.05", "toa at 0.30"):
            assert errors[surface]["largest rmse of a state"] <= 0.0015
            assert errors[surface]["largest"] <= 0.003
        assert errors["path, in the saturated bands"]["largest"] <= 0.0015
        own = [error["rmse"] for name, error in errors.items() if "own responses" in name]
        assert len(own) == 6
        assert max(own) <= 0.0015


@pytest.mark.parametrize("sensor", ["S2A", "landsat8_oli"])
def test_no_atmosphere_at_a_corner_takes_light_away(sensor):
    corners = torch.tensor(list(product(*ASKED)), dtype=torch.float64)
    settings = dict(zip(NAMES, corners.unbind(-1), strict=True))
    path = TopOfAtmosphere(Bands.of(sensor), **settings).coefficients().path
    assert len(path) == 64
    assert (path >= 0).all()


def test_radiance_is_that_of_6s(six_runs):
    assert six_runs  # or it is skipped
    state = State(48.0, 15.0, 60.0, 1.4, 0.33, 0.25)
    day = 3 + 31  # 3 February
    run = simulate(state, reflectance=0.2, day=(2, 3))
    given = dict(vars(state))
    operator = TopOfAtmosphere(
        Bands.at(run.wavelength), quantity="radiance", day_of_year=day, **given
    )
    got = operator(torch.full((841,), 0.2, dtype=torch.float64), band_dim=0).numpy()
    wanted = run.toa * run.irradiance * math.cos(math.radians(48.0)) / math.pi
    window = run.toa > 0.05
    assert window.sum() > 600
    np.testing.assert_allclose(got[window], wanted[window], rtol=0.012)
    assert np.abs(got[window] / wanted[window] - 1).mean() < 2e-3


def test_the_suns_distance_counts_once_and_in_radiance_alone():
    x = torch.full((13,), 0.2, dtype=torch.float64)

    def seen(**given):
        return TopOfAtmosphere(SENTINEL_2, **given)(x, band_dim=0)

    near, far = (seen(quantity="radiance", sun_distance=d) for d in (0.9833, 1.0167))
    torch.testing.assert_close(near / far, torch.full_like(near, (1.0167 / 0.9833) ** 2))
    assert torch.equal(seen(sun_distance=0.9833), seen())
    january = seen(quantity="radiance", day_of_year=4)
    torch.testing.assert_close(january, seen(quantity="radiance", sun_distance=1 - 0.01673))


@pytest.mark.parametrize("quantity", ["reflectance", "radiance"])
@pytest.mark.parametrize(("dtype", "close"), [(torch.float32, 1e-5), (torch.float64, 1e-12)])
def test_there_and_back_is_where_it_began(quantity, dtype, close):
    operator = TopOfAtmosphere(SPECTROMETER, quantity=quantity, **HAZY)
    x = torch.rand(
        2, len(SPECTROMETER), 5, 4, dtype=dtype, generator=torch.Generator().manual_seed(0)
    )
    back = operator.inverse(operator(x))
    clear = operator.coefficients().transmittance > 0.05
    assert clear.sum() > 170
    assert (back - x)[:, clear].abs().max() <= close
    y = operator(x)
    torch.testing.assert_close(operator(operator.inverse(y))[:, clear], y[:, clear])


def test_where_nothing_gets_through_nothing_is_known_of_the_surface():
    bands = Bands.at([865.0, 1380.0, 10900.0])
    operator = TopOfAtmosphere(bands, water_vapour=4.0)
    x = torch.full((3,), 0.3, requires_grad=True)
    above = operator(x, band_dim=0)
    assert above.isnan().tolist() == [False, False, True]
    back = operator.inverse(above, band_dim=0)
    assert back.isnan().tolist() == [False, True, True]
    (slope,) = torch.autograd.grad(back[0] + above.nansum(), x)
    assert torch.isfinite(slope).all()
    assert slope[2] == 0


def test_no_data_stays_no_data_and_gives_no_gradient_either_way():
    operator = TopOfAtmosphere(SENTINEL_2)
    for way in (operator, operator.inverse):
        x = torch.full((1, 13, 1, 3), 0.2)
        x[0, 3, 0, 1] = torch.nan
        x[0, 4, 0, 1] = torch.inf
        x.requires_grad_()
        y = way(x)
        lost = ~torch.isfinite(y[0, :, 0, 1]) & torch.isfinite(y[0, :, 0, 0])
        assert torch.nonzero(lost).flatten().tolist() == [3, 4]
        (slope,) = torch.autograd.grad(y[torch.isfinite(y)].sum(), x)
        assert torch.isfinite(slope).all()
        assert (slope[0, [3, 4], 0, 1] == 0).all()


def test_bands_that_are_not_good_are_no_data_and_give_no_gradient():
    good = np.ones(13, dtype=bool)
    good[[2, 9]] = False
    some = TopOfAtmosphere(Bands.of("S2A", good), quantity="radiance", **HAZY)
    whole = TopOfAtmosphere(SENTINEL_2, quantity="radiance", **HAZY)
    for way in ("forward", "inverse"):
        x = torch.full((13, 1, 1), 20.0 if way == "inverse" else 0.2, requires_grad=True)
        y, wanted = getattr(some, way)(x), getattr(whole, way)(x)
        lost = y.isnan() & ~wanted.isnan()
        assert torch.nonzero(lost.flatten()).flatten().tolist() == [2, 9]
        torch.testing.assert_close(y[~lost], wanted[~lost], equal_nan=True)
        (slope,) = torch.autograd.grad(y.nansum(), x)
        assert torch.isfinite(slope).all()
        assert (slope[[2, 9]] == 0).all()


@pytest.mark.parametrize(
    "bands",
    [
        Bands.at([10900.0, 12000.0]),
        Bands.at([400.0], fwhm=10.0),
        Bands.of("S2A", np.zeros(13, dtype=bool)),
    ],
    ids=["thermal", "on the edge", "none good"],
)
def test_images_without_any_band_are_refused(bands):
    with pytest.raises(
        NoBandInRangeError,
        match=r"^no good band lies in 400-2500 nm with 98 % of its response: the image's run from "
        r"\d+.* to \d+.* nm; give an image with bands in that range$",
    ):
        TopOfAtmosphere(bands)


def test_a_band_on_the_edge_of_what_is_known_is_no_data():
    operator = TopOfAtmosphere(Bands.at([400.0, 500.0, 2500.0], fwhm=10.0))
    assert operator(torch.full((3,), 0.3), band_dim=0).isnan().tolist() == [True, False, True]


def test_light_that_would_never_leave_is_no_data():
    operator = TopOfAtmosphere(Bands.at([450.0]))
    assert operator(torch.tensor([[0.5, 50.0]]), band_dim=0).isnan().tolist() == [[False, True]]
    assert operator.inverse(torch.tensor([[0.5, -50.0]]), band_dim=0).isnan()[0].tolist() == [0, 1]


def test_every_setting_can_be_learned_image_by_image():
    settings = {
        "sun_zenith": torch.tensor([20.0, 50.0]),
        "view_zenith": torch.tensor([5.0, 25.0]),
        "azimuth": torch.tensor([30.0, 150.0]),
        "water_vapour": torch.tensor([1.0, 3.0]),
        "ozone": torch.tensor([0.25, 0.4]),
        "aod": torch.tensor([0.05, 0.5]),
    }
    for value in settings.values():
        value.requires_grad_()
    x = torch.rand(2, 13, 3, 3, generator=torch.Generator().manual_seed(1))
    y = TopOfAtmosphere(SENTINEL_2, quantity="radiance", **settings)(x)
    for image in range(2):
        alone = {name: value[image].item() for name, value in settings.items()}
        single = TopOfAtmosphere(SENTINEL_2, quantity="radiance", **alone)
        torch.testing.assert_close(y[image], single(x[image]), rtol=1e-5, atol=1e-5)
    slopes = torch.autograd.grad(y.sum(), list(settings.values()))
    assert all(torch.isfinite(slope).all() and (slope != 0).all() for slope in slopes)


def test_reflectance_and_settings_have_the_gradients_of_finite_differences():
    def above(x, aod, water, zenith):
        operator = TopOfAtmosphere(
            SENTINEL_2, aod=aod, water_vapour=water, sun_zenith=zenith, view_zenith=12.0
        )
        y = operator(x)
        return torch.cat([y, torch.nan_to_num(operator.inverse(y * 1.1))])

    starts = (0.2, 1.5, 40.0)
    inputs = [torch.tensor(start, dtype=torch.float64).requires_grad_() for start in starts]
    x = 0.05 + 0.4 * torch.rand(1, 13, 1, 2, dtype=torch.float64)
    assert torch.autograd.gradcheck(above, (x.requires_grad_(), *inputs))


def test_the_aerosol_of_an_image_is_found_by_descent():
    truth = TopOfAtmosphere(SENTINEL_2, aod=0.35)
    x = torch.rand(13, 4, 4, generator=torch.Generator().manual_seed(2)) * 0.4
    seen = truth(x)
    z = torch.tensor(-2.0, requires_grad=True)
    optimiser = torch.optim.LBFGS([z], line_search_fn="strong_wolfe")

    def aod():  # which stays in its range, whatever is tried
        return 0.02 + 0.78 * torch.sigmoid(z)

    def loss():
        optimiser.zero_grad()
        value = 1e4 * (TopOfAtmosphere(SENTINEL_2, aod=aod())(x) - seen).square().mean()
        value.backward()
        return value

    optimiser.step(loss)
    assert abs(aod().item() - 0.35) < 1e-3


def test_means_over_a_band_are_those_of_coupling_each_wavelength():
    nm = 400.0 + 2.5 * np.arange(841)
    fine = TopOfAtmosphere(Bands.at(nm), **HAZY)
    plain = response_matrix("S2A", nm, method="integral-linear").weights
    irradiance = fine.irradiance.numpy()
    weights = plain * irradiance
    weights /= weights.sum(axis=1, keepdims=True)
    for reflectance in (0.05, 0.3, 0.9):
        each = fine(torch.full((841,), reflectance, dtype=torch.float64), band_dim=0).numpy()
        got = TopOfAtmosphere(SENTINEL_2, **HAZY)(
            torch.full((13,), reflectance, dtype=torch.float64), band_dim=0
        )
        np.testing.assert_allclose(got.numpy(), weights @ each, atol=2e-4)


def test_settings_that_do_not_fit_are_refused():
    two, three = torch.tensor([0.1, 0.2]), torch.tensor([0.3, 0.3, 0.3])
    with pytest.raises(UnequalSettingsError, match=r"have the shapes \(2,\) and \(3,\); give num"):
        TopOfAtmosphere(SENTINEL_2, aod=two, ozone=three)
    operator = TopOfAtmosphere(SENTINEL_2, aod=two)
    with pytest.raises(
        AtmosphereShapeError, match=r"shape \(2,\) do not fit images of batch shape"
    ):
        operator(torch.rand(3, 13, 2, 2))
    with pytest.raises(
        AtmosphereShapeError, match=r"of batch shape \(\); give numbers, or tensors"
    ):
        operator(torch.rand(13, 2, 2))


def test_a_setting_that_left_its_range_since_is_refused():
    aod = torch.tensor(0.1)
    operator = TopOfAtmosphere(SENTINEL_2, aod=aod)
    aod.fill_(0.9)
    with pytest.raises(SettingRangeError, match=r"^aod is 0\.9; give 0\.02 to 0\.8 \[1\]$"):
        operator(torch.rand(1, 13, 2, 2))


def test_bad_input_is_refused_in_one_sentence():
    with pytest.raises(ParameterError, match="quantity is 'dn'; give 'reflectance' or 'radiance'"):
        TopOfAtmosphere(SENTINEL_2, quantity="dn")
    with pytest.raises(ParameterError, match="day_of_year is 400; give a whole day from"):
        TopOfAtmosphere(SENTINEL_2, day_of_year=400)
    with pytest.raises(ParameterError, match=r"sun_distance is 1\.5; give astronomical units"):
        TopOfAtmosphere(SENTINEL_2, sun_distance=1.5)
    with pytest.raises(TypeError, match="takes day_of_year= or sun_distance=, not both"):
        TopOfAtmosphere(SENTINEL_2, day_of_year=1, sun_distance=1.0)
    with pytest.raises(NotFloatingError, match="needs floating-point values"):
        TopOfAtmosphere(SENTINEL_2)(torch.ones(13, 2, 2, dtype=torch.int32))


def test_it_says_what_it_is():
    shown = repr(TopOfAtmosphere(SENTINEL_2, aod=torch.tensor(0.2)))
    assert shown.startswith("TopOfAtmosphere(13 bands, reflectance; sun_zenith 30, view_zenith 0")
    assert "aod of a tensor" in shown
