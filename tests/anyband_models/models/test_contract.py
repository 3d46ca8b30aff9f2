"""The laws that every model of the zoo keeps, whatever it makes of the missing bands."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anyband_models.diffusion import any_bands_files, files
from anyband_models.diffusion.any_bands import AnyBands, AnyBandsSpec
from anyband_models.diffusion.band_diffusion import BandDiffusion
from anyband_models.diffusion.noise import LogNormalSchedule
from anyband_models.diffusion.normalisation import Normalisation
from anyband_models.diffusion.spec import DiffusionConfig, ModelSpec
from anyband_models.distributions.expectation_maximisation import fit_components
from anyband_models.distributions.spectral_prior import SpectralPrior
from anyband_models.models.contract import Caution, Observation, Origin
from anyband_models.models.registry import create_model, list_models
from anyband_models.networks.bandwise import BandwiseConfig
from anyband_models.networks.config import UNetConfig
from physops.bands import Bands

BANDS, ROWS, COLUMNS = 6, 3, 4
SHAPE = (BANDS, ROWS, COLUMNS)
ANY_FLOAT = st.floats(width=32, allow_nan=True, allow_infinity=True)
VALUES = arrays(np.float32, SHAPE, elements=st.floats(-2, 2, width=32))
GARBAGE = arrays(np.float32, SHAPE, elements=ANY_FLOAT)
MASKS = arrays(bool, SHAPE)
WAVELENGTHS = st.lists(
    st.floats(400, 2500), min_size=BANDS, max_size=BANDS, unique_by=lambda nm: round(nm, 1)
)
each_model = pytest.mark.parametrize("name", list_models())


# What they learn hangs on which of the scene's pixels are complete.
FITTED = {"gaussian", "mixture"}
# What they say of the missing bands of a pixel without complete neighbours is a library's word.
PRIORS = {"anyband", "prior"}
# Of draws and examples that a model takes longer to make, fewer have to do.
DRAWS = {"anyband": 80, "anyband-diff": 80, "prior": 300}
EXAMPLES = {"anyband": 5, "anyband-diff": 12, "prior": 8}
WEIGHTS = {}


def law(names=None, **drawn):
    """Hold each model to a law, on as many examples as it has the time for."""

    def decorate(check):
        def test(name):
            @effort(max_examples=EXAMPLES.get(name, effort().max_examples))
            @given(**drawn)
            def tried(**example):
                check(name, **example)

            tried()

        test.__name__ = check.__name__
        return each_model(test) if names is None else pytest.mark.parametrize("name", names)(test)

    return decorate


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory):
    WEIGHTS["folder"] = tmp_path_factory.mktemp("weights")
    WEIGHTS["prior"] = {"weights": str(small_prior(WEIGHTS["folder"] / "prior.safetensors"))}
    network = WEIGHTS["folder"] / "network.json"
    small = AnyBandsSpec(network=BandwiseConfig(width=2, latents=2, trunk=2))
    any_bands_files.write_any_bands(network, AnyBands(small), {}, {})
    WEIGHTS["anyband"] = WEIGHTS["prior"] | {"network": str(network)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "read_model", cache(files.read_model))  # once for each is enough
        yield


def settings(name, scene):
    """Return what a model needs to serve these small scenes."""
    if name in FITTED:
        return {"min_support": 2}  # as few pixels as there are
    if name in PRIORS:
        return WEIGHTS[name]
    if name == "anyband-diff":
        # Few steps, on a ladder so short that samples spread as they should all the same.
        return {"weights": untrained(tuple(scene.bands.wavelength)), "steps": 4}
    return {}


def small_prior(path):
    """Write a prior of a few smooth spectra: the laws hang on no numbers."""
    nm = np.arange(400.0, 2501.0, 50.0)
    shapes = np.stack([np.ones(len(nm)), np.sin(nm / 300), np.cos(nm / 200)], axis=1)
    scores = np.random.default_rng(1).standard_normal((400, 3))
    components = fit_components(scores, 3, seed=0)
    rest = np.full(len(nm), 1e-4)
    SpectralPrior(nm, np.full(len(nm), 0.3), 0.1 * shapes, rest, components).write(path)
    return path


def untrained(wavelength):
    """Return the path of weights for any bands: what lines get wrong is nothing, give or take."""
    if wavelength not in WEIGHTS:
        spec = ModelSpec(
            network=UNetConfig(width=2, multipliers=(1,), attention=(), heads=1, context=2),
            diffusion=DiffusionConfig(
                schedule=LogNormalSchedule(least=0.1, most=10, rho=3),
                prediction="edm",
                base="linear",
            ),
            normalisation=Normalisation(low=-2, high=2),
            wavelength=wavelength,
            fwhm=(None,) * len(wavelength),
            good=(True,) * len(wavelength),
            quantity="reflectance",
            patch=8,
            trained_on=(),
        )
        path = WEIGHTS["folder"] / f"{len(WEIGHTS)}.json"
        files.write_model(path, spec, BandDiffusion(spec).state_dict())
        WEIGHTS[wavelength] = str(path)
    return WEIGHTS[wavelength]


def reconstruct(name, scene, samples=0, seed=0):
    return create_model(name, **settings(name, scene)).reconstruct(scene, samples, seed)


def observation(values, mask, wavelength=None):
    nm = np.linspace(450, 2400, len(values)) if wavelength is None else wavelength
    return Observation(values, mask, Bands.at(nm))


def layers(result):
    return [result.mean, result.std, result.provenance, result.caution, result.samples]


@law(values=VALUES, mask=MASKS, wavelength=WAVELENGTHS)
def test_each_entry_is_measured_repaired_or_without_data(name, values, mask, wavelength):
    result = reconstruct(name, observation(values, mask, wavelength), samples=2)
    lost_band, lost_pixel = ~mask.any(axis=(1, 2), keepdims=True), ~mask.any(axis=0)
    expected = np.where(lost_band, Origin.REPAIRED_BAND, Origin.REPAIRED_PIXEL) * ~mask
    expected = np.where(lost_pixel, Origin.NO_DATA, expected)
    repaired = (expected == 1) | (expected == 2)
    np.testing.assert_array_equal(result.provenance, expected)
    assert np.all(result.std[mask] == 0)
    assert np.all(result.caution[~repaired] == Caution.NONE)
    assert np.all(result.std[repaired] > 0)
    assert np.all(np.isfinite(result.std[repaired]) & np.isfinite(result.mean[repaired]))
    assert np.all(np.isfinite(result.samples[:, repaired]))
    nothing = np.broadcast_to(lost_pixel, SHAPE)
    assert np.all(np.isnan(result.mean[nothing]) & np.isnan(result.std[nothing]))


@law(
    values=arrays(np.float32, SHAPE, elements=st.floats(-(2.0**100), 2.0**100, width=32)),
    mask=MASKS,
)
def test_observed_values_come_back_bit_for_bit(name, values, mask):
    values[0, 0, :3] = [-0.0, 1e-45, -1e-40]
    mask[0, 0, :3] = True
    result = reconstruct(name, observation(values, mask), samples=2)
    bits = values.view(np.uint32)[mask]
    np.testing.assert_array_equal(result.mean.view(np.uint32)[mask], bits)
    for sample in result.samples:
        np.testing.assert_array_equal(sample.view(np.uint32)[mask], bits)


@law(values=VALUES, mask=MASKS, garbage=GARBAGE)
def test_what_stands_where_nothing_was_observed_changes_nothing(name, values, mask, garbage):
    clean = reconstruct(name, observation(np.where(mask, values, 0), mask), 1)
    dirty = reconstruct(name, observation(np.where(mask, values, garbage), mask), 1)
    for ours, theirs in zip(layers(dirty), layers(clean), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert dirty.notes == clean.notes


@law(values=VALUES, mask=MASKS, wavelength=WAVELENGTHS, order=st.permutations(list(range(BANDS))))
def test_the_order_of_the_bands_does_not_matter(name, values, mask, wavelength, order):
    plain = reconstruct(name, observation(values, mask, wavelength))
    turned = observation(values[order], mask[order], np.array(wavelength)[order])
    turned = reconstruct(name, turned)
    # They give up the least observed bands first; among equals, the first of the file.
    if name in FITTED and len(set(mask.sum(axis=(1, 2)))) < BANDS:
        return
    if name in PRIORS:  # which entries they hide on trial is drawn; see test_prior
        return
    np.testing.assert_array_equal(turned.caution, plain.caution[order])
    np.testing.assert_allclose(turned.mean, plain.mean[order], rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(turned.std, plain.std[order], rtol=1e-4, atol=1e-5)


@law(
    names=[name for name in list_models() if name != "spatial"],  # whose answer is the neighbours'
    values=VALUES,
    mask=MASKS,
    order=st.permutations(list(range(ROWS * COLUMNS))),
)
def test_the_order_of_the_pixels_does_not_matter(name, values, mask, order):
    def turn(cube):
        return cube.reshape(BANDS, -1)[:, order].reshape(SHAPE)

    plain = reconstruct(name, observation(values, mask))
    turned = reconstruct(name, observation(turn(values), turn(mask)))
    np.testing.assert_array_equal(turned.caution, turn(plain.caution))
    np.testing.assert_array_equal(turned.provenance, turn(plain.provenance))
    if (
        name not in FITTED | PRIORS
    ):  # their trial pixels are those of the first of equally common patterns
        np.testing.assert_array_equal(turned.mean, turn(plain.mean))
        np.testing.assert_allclose(turned.std, turn(plain.std), rtol=1e-6)


@each_model
def test_nothing_missing_is_the_identity(name, rng):
    values = rng.random(SHAPE, dtype=np.float32)
    result = reconstruct(name, observation(values, np.ones(SHAPE, dtype=bool)), samples=1)
    np.testing.assert_array_equal(result.mean, values)
    np.testing.assert_array_equal(result.samples[0], values)
    assert not result.std.any()
    assert not result.provenance.any()
    assert not result.caution.any()
    assert result.notes == ()


@each_model
@pytest.mark.parametrize("level", [0.0, 1e-30, 0.3, 1e30])
@pytest.mark.parametrize("known", [1, 2, 5])
@pytest.mark.parametrize("pixels", [1, 40])
def test_constant_spectra_are_repaired_with_their_constant(name, level, known, pixels):
    shape = (BANDS, 1, pixels)
    mask = np.zeros(shape, dtype=bool)
    mask[:known] = True
    mask[:, :, 1:] |= pixels > 1  # complete pixels beside the damaged one
    result = reconstruct(name, observation(np.full(shape, level, dtype=np.float32), mask))
    assert np.all((result.std[~mask] > 0) & np.isfinite(result.std[~mask]))
    if name in PRIORS and pixels == 1:  # no law: hardly any spectrum is constant
        assert np.isfinite(result.mean).all()
        return
    # A network's numbers have the scale that it was trained on, and no finer steps.
    least = 1e-6 if name == "anyband-diff" else 0
    np.testing.assert_allclose(result.mean, level, rtol=1e-5, atol=least)


@each_model
def test_nothing_observed_is_nothing_repaired(name):
    result = reconstruct(
        name, observation(np.zeros(SHAPE, dtype=np.float32), np.zeros(SHAPE, dtype=bool)), samples=1
    )
    assert np.all(result.provenance == Origin.NO_DATA)
    assert np.all(np.isnan(result.mean) & np.isnan(result.std) & np.isnan(result.samples[0]))


@each_model
def test_samples_are_seeded_and_each_is_itself_however_many_there_are(name, rng):
    # Far from 0, where samples that would lie below it meet.
    values, mask = 9 + rng.random((8, 6, 10), dtype=np.float32), rng.random((8, 6, 10)) < 0.9
    scene = observation(values, mask)
    few = reconstruct(name, scene, samples=1, seed=5).samples
    many = reconstruct(name, scene, samples=3, seed=5).samples
    other = reconstruct(name, scene, samples=1, seed=6).samples
    np.testing.assert_array_equal(many[:1], few)
    assert not np.any(many[0][~mask] == many[1][~mask])
    assert not np.any(other[0][~mask] == few[0][~mask])
    assert reconstruct(name, scene).samples is None


@each_model
def test_samples_spread_around_the_mean_as_far_as_std_says(name, rng):
    count = DRAWS.get(name, 2000)
    values = (1 + np.cumsum(0.05 * rng.standard_normal((8, 1, 60)), axis=0)).astype(np.float32)
    mask = np.ones(values.shape, dtype=bool)
    mask[[2, 3, 6], :, :20] = False
    result = reconstruct(name, observation(values, mask), samples=count)
    draws = (result.samples[:, ~mask] - result.mean[~mask]) / result.std[~mask]
    # Of 60 entries: five standard errors.
    np.testing.assert_allclose(draws.mean(axis=0), 0, atol=5 / np.sqrt(count))
    np.testing.assert_allclose(draws.std(axis=0), 1, atol=5 / np.sqrt(2 * count))
