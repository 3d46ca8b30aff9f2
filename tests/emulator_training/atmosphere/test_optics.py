from itertools import product

import numpy as np
import pytest
import torch

from emulator_training.atmosphere.accuracy import visible
from emulator_training.atmosphere.optics import Table
from emulator_training.atmosphere.settings import NAMES, SETTINGS
from emulator_training.errors import DamagedFileError
from emulator_training.shipped.toa import shipped_table
from emulator_training.simulators.atmospheres import ASKED, design, values
from emulator_training.simulators.sixs import State, simulate

USUAL = [setting.usual for setting in SETTINGS]


def settings(**given):
    values = dict(zip(NAMES, USUAL, strict=True)) | given
    columns = [torch.as_tensor(v, dtype=torch.float64) for v in values.values()]
    return torch.stack(torch.broadcast_tensors(*columns), dim=-1)


def place(nm):
    return round((nm - 400.0) / 2.5)


def test_states_that_it_was_not_fitted_to_are_those_of_6s(six_runs):
    states, runs, _ = six_runs
    table = shipped_table()
    got = table.optics(torch.from_numpy(values(states)))
    seen = visible(table.wavelength).numpy()
    path, through, albedo = (
        np.stack([column(run) for run in runs])
        for column in (lambda r: r.path, lambda r: r.gas * r.down * r.up, lambda r: r.albedo)
    )
    for reflectance in (0.05, 0.30):
        wanted = path + through * reflectance / (1 - albedo * reflectance)
        above = got.path + got.transmittance * reflectance / (1 - got.albedo * reflectance)
        off = (above.numpy() - wanted)[:, seen]
        assert np.sqrt(np.mean(off**2, axis=1)).max() <= 0.0015
        assert np.sqrt(np.mean(off**2)) <= 0.0005
    assert np.abs(got.transmittance.numpy() - through)[:, seen].max() <= 0.002


def test_the_irradiance_is_that_of_6s_one_astronomical_unit_away(six_runs):
    run = six_runs[1][0]
    got = shipped_table().irradiance.numpy() * run.distance_factor
    np.testing.assert_allclose(got, run.irradiance, rtol=1e-6)


@pytest.mark.parametrize(
    "state",
    [
        (70.0, 30.0, 180.0, 0.2, 0.2, 0.8),
        (70.0, 30.0, 165.0, 2.0, 0.3, 0.2),
        pytest.param((70.0, 25.0, 180.0, 2.0, 0.3, 0.2), marks=pytest.mark.slow),
        pytest.param((70.0, 30.0, 90.0, 5.0, 0.45, 0.8), marks=pytest.mark.slow),
    ],
)
def test_a_low_sun_ahead_is_that_of_6s(six_runs, state):
    assert six_runs  # or it is skipped
    run = simulate(State(*state), reflectance=0.3)
    got = shipped_table().optics(torch.tensor(state, dtype=torch.float64))
    above = (got.path + got.transmittance * 0.3 / (1 - got.albedo * 0.3)).numpy()
    seen = visible(torch.from_numpy(run.wavelength)).numpy()
    off = above - run.toa
    assert np.sqrt(np.mean(off[seen] ** 2)) <= 0.0006
    assert np.abs(off[seen]).max() <= 0.003
    assert np.abs(got.path.numpy() - run.path)[~seen].max() <= 0.0006


def corner_settings():
    return torch.tensor(list(product(*ASKED)), dtype=torch.float64)


def test_all_lies_where_physics_has_it():
    inside, edges = (design(512, seed=9, ranges=ASKED, on_edges=on) for on in (False, True))
    got = shipped_table().optics(
        torch.cat([torch.from_numpy(values([*inside, *edges])), corner_settings()])
    )
    assert len(got.path) == 1024 + 64
    for spectra in (got.path, got.transmittance, got.albedo):
        assert (spectra >= 0).all()
        assert (spectra < 1).all()


def test_where_water_lets_nothing_through_the_path_is_that_of_molecules():
    saturated = place(1382.5)
    got = shipped_table().optics(corner_settings())
    wettest = corner_settings()[:, 3] == 5.0
    assert got.transmittance[wettest, saturated].max() < 1e-4
    hazy, clear = (
        got.path[wettest & (corner_settings()[:, 5] == aod), saturated] for aod in (0.8, 0.02)
    )
    torch.testing.assert_close(hazy, clear, rtol=0.0, atol=2e-4)
    assert hazy.max() < 0.005


def test_more_aerosol_brightens_the_path_and_lets_less_through():
    got = shipped_table().optics(settings(aod=torch.linspace(0.02, 0.8, 40)))
    blue = place(450)
    assert (got.path[:, blue].diff() > 0).all()
    assert (got.albedo[:, blue].diff() > 0).all()
    assert (got.transmittance[:, [blue, place(865)]].diff(dim=0) < 0).all()


def test_more_water_darkens_its_bands_and_no_others():
    got = shipped_table().optics(settings(water_vapour=torch.linspace(0.2, 5.0, 40)))
    bands = [place(nm) for nm in (720, 820, 940, 1130)]
    assert (got.transmittance[:, bands].diff(dim=0) < 0).all()
    clear = [place(nm) for nm in (450, 550, 670)]
    assert got.transmittance[:, clear].diff(dim=0).abs().max() < 1e-3


def test_more_ozone_darkens_its_band_and_no_others():
    got = shipped_table().optics(settings(ozone=torch.linspace(0.2, 0.45, 20)))
    assert (got.transmittance[:, place(600)].diff() < 0).all()
    assert got.transmittance[:, place(865)].diff().abs().max() < 1e-5


def test_a_longer_path_lets_less_through():
    got = shipped_table().optics(settings(sun_zenith=torch.linspace(0.0, 70.0, 40)))
    bands = [place(nm) for nm in (450, 550, 940, 1240, 2200)]
    assert (got.transmittance[:, bands].diff(dim=0) < 0).all()


def test_the_azimuth_does_not_matter_at_nadir():
    got = shipped_table().optics(
        settings(view_zenith=0.0, azimuth=torch.tensor([0.0, 90.0, 180.0]))
    )
    torch.testing.assert_close(got.path[0], got.path[1])
    torch.testing.assert_close(got.path[0], got.path[2])


def test_every_setting_has_the_gradient_of_finite_differences():
    table = shipped_table().at(torch.tensor([place(nm) for nm in (450, 600, 865, 940, 2200)]))

    def above(x):
        got = table.optics(x)
        return got.path + got.transmittance * 0.3 / (1 - got.albedo * 0.3)

    x = settings(sun_zenith=[35.0, 50.0], view_zenith=[12.0, 25.0], azimuth=[40.0, 150.0])
    assert torch.autograd.gradcheck(above, x.requires_grad_())
    (slope,) = torch.autograd.grad(above(x).square().sum(), x)
    assert (slope != 0).all()


@pytest.mark.parametrize("zenith", [0.0, 20.0])
def test_gradients_are_finite_where_the_sun_is_right_behind(zenith):
    x = settings(sun_zenith=zenith, view_zenith=zenith).requires_grad_()
    (slope,) = torch.autograd.grad(shipped_table().optics(x).path.sum(), x)
    assert torch.isfinite(slope).all()


def test_a_table_that_is_not_the_one_that_was_shipped_is_refused(tmp_path):
    file = tmp_path / "toa.npz"
    file.write_bytes(b"PK")
    with pytest.raises(
        DamagedFileError, match=r"^toa\.npz is not the file that was shipped: its sh"
    ):
        Table.read(file, "0" * 64)
