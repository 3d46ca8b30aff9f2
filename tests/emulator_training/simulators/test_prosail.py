import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.func import jacfwd, vmap

from emulator_training.errors import (
    ParameterCountError,
    ParameterRangeError,
    SoilLengthError,
    WavelengthRangeError,
)
from emulator_training.parameters import NAMES, PARAMETERS, vector
from emulator_training.simulators.prosail import Prosail

# The first use of forward mode imports what torch itself deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated")
FEW = [450, 550, 670, 705, 865, 1450, 1610, 2200]


@pytest.fixture(scope="module")
def canopies(oracle, draw):
    """Return 1000 random sets of parameters, and what the package makes of them."""
    parameters = draw(1000)
    return torch.from_numpy(parameters), np.stack([oracle(row) for row in parameters])


@pytest.fixture(scope="module")
def model(package):
    return Prosail(check=False)


@pytest.fixture(scope="module")
def few(package):
    return Prosail(FEW, check=False)


@pytest.mark.parametrize(("dtype", "within"), [(torch.float64, 1e-12), (torch.float32, 1e-6)])
def test_it_reflects_what_the_package_says(canopies, model, dtype, within):
    parameters, expected = canopies
    found = model(parameters.to(dtype))
    assert found.dtype == dtype
    np.testing.assert_allclose(found, expected, rtol=0, atol=within)


EXTREMES = {
    "nadir": {"tto": 0.0},
    "sun overhead": {"tts": 0.0, "tto": 0.0},
    "exact hot spot": {"tts": 30.0, "tto": 30.0, "psi": 0.0},
    "no hot spot": {"hspot": 0.0, "tto": 10.0},
    "no hot spot, seen along the sun": {"hspot": 0.0, "tts": 30.0, "tto": 30.0, "psi": 0.0},
    "no leaves": {"lai": 0.0},
    "very many leaves": {"lai": 15.0, "tts": 80.0},
    "flat leaves": {"ala": 0.0},
    "upright leaves": {"ala": 90.0},
    "low sun": {"tts": 85.0, "tto": 60.0},
    "bright soil": {"rsoil": 1.93, "psoil": 1.0, "lai": 0.5},
    "compact leaf": {"n": 0.8},
    "many layers": {"n": 4.0},
    "one layer": {"n": 1.0},
    "dark leaf": {"cab": 200.0, "cbrown": 5.0, "cw": 0.2, "cm": 0.1},
    "pale leaf": {"cab": 0.0, "car": 0.0, "cw": 0.001, "cm": 0.001},
}
# The sphere, where both closed forms of the leaf angles fail: the package is off by so much there.
SPHERE, OFF = 58.4351, 2e-5
ZERO_ABSORPTION = {"cab": 0.0, "car": 0.0, "cw": 0.0, "cm": 0.0}


@pytest.mark.parametrize("extreme", EXTREMES.values(), ids=EXTREMES)
def test_at_extremes_too_and_gradients_are_finite(oracle, model, extreme):
    parameters = vector(extreme)
    np.testing.assert_allclose(model(parameters), oracle(parameters), rtol=0, atol=1e-11)
    np.testing.assert_allclose(model(parameters.float()), oracle(parameters), rtol=0, atol=1e-6)
    assert_finite_gradients(model, extreme)


@pytest.mark.parametrize("extreme", [{"ala": SPHERE}, ZERO_ABSORPTION], ids=["sphere", "clear"])
def test_gradients_are_finite_where_the_papers_divide_zero_by_zero(model, extreme):
    assert model(vector(extreme)).isfinite().all()
    assert_finite_gradients(model, extreme)


def assert_finite_gradients(model, values):
    for dtype in (torch.float64, torch.float32):
        parameters = vector(values).to(dtype).requires_grad_()
        spectrum = model(parameters)
        assert spectrum.isfinite().all()
        for up in (torch.ones_like(spectrum), torch.linspace(-1, 1, len(spectrum)).to(dtype)):
            (gradient,) = torch.autograd.grad(spectrum, parameters, up, retain_graph=True)
            assert gradient.isfinite().all()


def test_leaf_angles_pass_the_sphere_smoothly(oracle, model):
    around = torch.stack([vector({"ala": SPHERE + step}) for step in (-1e-4, 0.0, 1e-4)])
    below, at, above = model(around)
    assert ((below + above) / 2 - at).abs().max() < 1e-9
    np.testing.assert_allclose(at, oracle(around[1]), rtol=0, atol=OFF)


def test_a_leaf_that_absorbs_nothing_loses_nothing(model):
    reflectance, transmittance = model.leaf(vector(ZERO_ABSORPTION)[:7])
    assert (1 - reflectance - transmittance).abs().max() < 1e-8


def test_gradients_are_those_of_the_package(oracle, draw):
    parameters = draw(12, seed=1)
    at = slice(50, 2101, 40)
    model = Prosail(np.arange(400, 2501.0)[at], check=False)
    jacobian = vmap(jacfwd(model))(torch.from_numpy(parameters))
    for i, parameter in enumerate(PARAMETERS):
        span = parameter.high - parameter.low
        step = np.zeros(len(PARAMETERS))
        step[i] = 1e-4 * span
        # Richardson's extrapolation of central differences: their own error is of fourth order.
        near, far = (
            np.stack(
                [
                    (oracle(p + h * step)[at] - oracle(p - h * step)[at]) / (2 * h)
                    for p in parameters
                ]
            )
            for h in (1.0, 2.0)
        )
        expected = (4 * near - far) / 3 * 1e4
        np.testing.assert_allclose(
            jacobian[..., i] * span, expected, rtol=0, atol=1e-6, err_msg=parameter.name
        )


def test_reverse_and_forward_mode_agree_and_pass_gradcheck(few):
    parameters = vector({"tto": 20.0}).requires_grad_()
    soil = torch.linspace(0.1, 0.4, len(FEW), dtype=torch.float64).requires_grad_()
    assert torch.autograd.gradcheck(few, parameters, check_forward_ad=True)
    assert torch.autograd.gradcheck(few, (parameters, soil), check_forward_ad=True)
    assert torch.autograd.gradgradcheck(few, parameters, atol=1e-4)


def test_single_precision_gradients_are_those_of_doubles(few, draw):
    parameters = torch.from_numpy(draw(200, seed=2))
    span = torch.tensor([p.high - p.low for p in PARAMETERS], dtype=torch.float64)
    exact = vmap(jacfwd(few))(parameters) * span
    single = vmap(jacfwd(few))(parameters.float()) * span
    assert (single - exact).abs().max() < 1e-4 * exact.abs().max()


def test_a_soil_of_ones_own_takes_the_place_of_dry_and_wet(oracle, model):
    parameters = vector({"lai": 1.0})
    soil = torch.linspace(0.1, 0.6, 2101, dtype=torch.float64).requires_grad_()
    spectrum = model(parameters, soil)
    expected = oracle(parameters, rsoil0=soil.detach().numpy())
    np.testing.assert_allclose(spectrum.detach(), expected, rtol=0, atol=1e-12)
    (gradient,) = torch.autograd.grad(spectrum.sum(), soil)
    assert (gradient > 0).all()


def test_leaves_are_those_of_the_package(package, model, draw):
    rows = draw(20, seed=3)[:, :7]
    reflectance, transmittance = model.leaf(torch.from_numpy(rows))
    for row, r, t in zip(rows, reflectance, transmittance, strict=True):
        n, cab, car, cbrown, cw, cm, ant = map(float, row)
        _, theirs_r, theirs_t = package.run_prospect(
            n, cab, car, cbrown, cw, cm, ant=ant, prospect_version="D"
        )
        np.testing.assert_allclose(r, theirs_r, rtol=0, atol=1e-12)
        np.testing.assert_allclose(t, theirs_t, rtol=0, atol=1e-12)


@pytest.mark.parametrize("batch", [(), (1,), (3, 2), (0,), (120,)])
def test_any_batch_and_pieces_give_what_each_gives_alone(model, draw, batch):
    rows = torch.from_numpy(draw(max(int(np.prod(batch)), 1), seed=4))[: int(np.prod(batch))]
    soil = torch.full((2101,), 0.2, dtype=torch.float64)
    assert model(rows.reshape(*batch, 15)).shape == (*batch, 2101)
    found = model(rows.reshape(*batch, 15), soil).reshape(-1, 2101)
    for row, spectrum in list(zip(rows, found, strict=True))[:: max(len(rows) // 4, 1)]:
        torch.testing.assert_close(model(row, soil), spectrum, rtol=0, atol=1e-13)


def test_some_wavelengths_are_those_of_all(model, few, draw):
    parameters = torch.from_numpy(draw(5, seed=5))
    places = torch.tensor(FEW) - 400
    torch.testing.assert_close(few(parameters), model(parameters)[:, places], rtol=0, atol=1e-14)


def test_between_whole_nanometres_spectra_are_close_to_interpolated_ones(model):
    parameters = vector()
    between = Prosail([700.5], check=False)(parameters)
    around = model(parameters)[300:302].mean()
    assert 0 < (between - around).abs() < 2e-4


@given(psi=st.floats(0, 180), turns=st.integers(-3, 3), mirrored=st.booleans())
def test_the_azimuth_is_folded(few, psi, turns, mirrored):
    same = (-psi if mirrored else psi) + 360 * turns
    found = few(torch.stack([vector({"tto": 30.0, "psi": angle}) for angle in (psi, same)]))
    torch.testing.assert_close(found[0], found[1], rtol=0, atol=1e-12)


@given(st.lists(st.floats(0, 1), min_size=15, max_size=15))
def test_reflectance_is_no_more_than_a_bright_surface_has(few, shares):
    ends = torch.tensor([[p.low, p.high] for p in PARAMETERS], dtype=torch.float64)
    low, high = ends.unbind(-1)
    spectrum = few(low + (high - low) * torch.tensor(shares, dtype=torch.float64))
    assert ((spectrum > 0) & (spectrum < 1.2)).all()


def test_what_cannot_be_is_refused(package):
    model = Prosail(FEW)
    with pytest.raises(ParameterRangeError, match=r"lai is -1; give 0 to 15"):
        model(vector({"lai": -1.0}))
    with pytest.raises(ParameterCountError, match="15 parameters and 14 came"):
        model(vector()[:14])
    with pytest.raises(SoilLengthError) as refusal:
        model(vector(), torch.ones(7, dtype=torch.float64))
    assert str(refusal.value) == (
        "the soil has 7 wavelengths and the canopy 8; give one reflectance each"
    )


@pytest.mark.parametrize(
    ("wavelengths", "found"),
    [
        ([700, 2501], "a wavelength is 2501 nm"),
        ([0.7], "a wavelength is 0.7 nm"),
        ([float("nan")], "a wavelength is nan nm"),
        ([], "there is no wavelength"),
    ],
)
def test_wavelengths_without_spectra_are_refused(package, wavelengths, found):
    with pytest.raises(WavelengthRangeError) as refusal:
        Prosail(wavelengths)
    assert str(refusal.value) == f"{found}; give 400 to 2500 [nm]"


def test_nothing_of_the_tables_is_saved_with_a_model(package):
    assert Prosail(FEW).state_dict() == {}


def test_names_are_all_used(few):
    parameters = vector({"tto": 20.0, "cbrown": 0.1, "ant": 1.0}).requires_grad_()
    (gradient,) = torch.autograd.grad(few(parameters).sum(), parameters)
    assert dict(zip(NAMES, (gradient != 0).tolist(), strict=True)) == dict.fromkeys(NAMES, True)
