import math

import numpy as np
import torch
from scipy.interpolate import BSpline

from emulator_training.atmosphere import terms
from emulator_training.atmosphere.terms import Path


def path(**given):
    usual = {"sun": 30.0, "view": 10.0, "azimuth": 60.0, "water": 2.0, "ozone": 0.3, "aod": 0.1}
    return Path.of(torch.tensor([*(usual | given).values()], dtype=torch.float64))


def test_the_scattering_angle_is_that_of_the_two_directions():
    def direction(zenith, azimuth):
        z, a = math.radians(zenith), math.radians(azimuth)
        return np.array([math.sin(z) * math.cos(a), math.sin(z) * math.sin(a), math.cos(z)])

    # Light comes from the sun and leaves to the view: it is turned by 180° less what is between.
    wanted = -direction(40.0, 0.0) @ direction(25.0, 70.0)
    got = path(sun=40.0, view=25.0, azimuth=70.0).scattering_cosine
    assert math.isclose(got.item(), wanted, rel_tol=1e-12)
    assert math.isclose(path(sun=20.0, view=20.0, azimuth=0.0).scattering_cosine.item(), -1.0)


def test_the_airmass_counts_both_ways():
    assert math.isclose(path(sun=60.0, view=0.0).airmass.item(), 3.0)


def test_the_splines_are_those_of_scipy():
    low, high, count = terms.WATER
    step = (high - low) / (count - 3)
    knots = low + step * np.arange(-3, count + 1)
    water = np.linspace(0.2, 5.0, 40)
    settings = torch.tensor([[30.0, 0.0, 0.0, w, 0.3, 0.1] for w in water], dtype=torch.float64)
    way = Path.of(settings)
    x = torch.log(way.water * way.airmass).numpy()
    wanted = BSpline.design_matrix(x, knots, 3).toarray()
    np.testing.assert_allclose(terms.water(way).numpy(), wanted, atol=1e-12)


def test_water_and_scattering_angles_of_the_whole_range_lie_between_the_knots():
    driest, wettest = path(sun=0.0, view=0.0, water=0.2), path(sun=70.0, view=30.0, water=5.0)
    least, most = path(sun=70.0, view=30.0, azimuth=180.0), path(sun=0.0, view=0.0)
    for got in (
        terms.water(driest, 0.5),
        terms.water(wettest),
        terms.aerosol(least),
        terms.aerosol(most),
    ):
        assert math.isclose(got.sum().item(), 1.0, rel_tol=1e-9)


def test_thin_air_scatters_once_in_proportion_to_its_depth():
    way = path()
    thin = torch.tensor([1e-6], dtype=torch.float64)
    molecules, aerosol, depth = terms.once_scattered(way, thin, thin)
    wanted = 1e-6 * way.airmass / (4 * (way.sun + way.view))
    torch.testing.assert_close(molecules[0], wanted, rtol=1e-4, atol=0.0)
    torch.testing.assert_close(aerosol[0], 0.1 * wanted, rtol=1e-4, atol=0.0)
    torch.testing.assert_close(depth[0], torch.tensor(1.1e-6, dtype=torch.float64))


def test_molecules_alone_scatter_once_as_they_do_where_there_is_no_aerosol():
    way = path(aod=0.0)
    rayleigh = torch.tensor([0.3, 0.02], dtype=torch.float64)
    by_molecules, by_aerosol, _ = terms.once_scattered(way, rayleigh, torch.ones_like(rayleigh))
    torch.testing.assert_close(terms.once(way, rayleigh), by_molecules)
    assert (by_aerosol == 0).all()
    torch.testing.assert_close(terms.alone(way)[:2], terms.molecules(way))
