import subprocess
import sys

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from anyband_models.diffusion.band_diffusion import BandDiffusion
from anyband_models.diffusion.files import write_model
from anyband_models.diffusion.noise import LinearSchedule, LogNormalSchedule
from anyband_models.diffusion.normalisation import Normalisation
from anyband_models.diffusion.spec import DiffusionConfig, ModelSpec
from anyband_models.errors import ModelError, UsageError, WeightsError
from anyband_models.models.anyband_diff import AnybandDiffConfig
from anyband_models.models.contract import Caution, Observation, Origin
from anyband_models.models.registry import create_model
from anyband_models.networks.config import UNetConfig
from physops.bands import Bands

NM = np.linspace(450, 1000, 12)
SHAPE = (12, 6, 7)
U_NET = UNetConfig(width=8, multipliers=(1, 2), blocks=1, attention=(1,), heads=2, context=8)
LOCAL = UNetConfig(
    width=2, multipliers=(1,), blocks=1, attention=(), heads=1, context=2, spectral=16
)


@pytest.fixture
def make(tmp_path):
    """Return what makes a tiny model by way of its files, new or with random weights."""

    def made(nm=NM, base="linear", new=False, good=None, network=U_NET, schedule=None, **settings):
        spec = ModelSpec(
            network=network,
            diffusion=DiffusionConfig(
                base=base, prediction="edm", schedule=schedule or LogNormalSchedule()
            ),
            normalisation=Normalisation(low=0, high=1),
            wavelength=tuple(float(centre) for centre in nm),
            fwhm=(10.0,) * len(nm),
            good=good or (True,) * len(nm),
            quantity="reflectance",
            patch=16,
            trained_on=("nothing",),
        )
        torch.manual_seed(4)
        model = BandDiffusion(spec)
        for parameter in model.network.parameters():
            if not new and not parameter.abs().max():
                torch.nn.init.normal_(parameter, std=0.1)
        if network == LOCAL:  # what the pixelwise branch alone says
            for parameter in model.network.head.parameters():
                torch.nn.init.zeros_(parameter)
        write_model(tmp_path / "model.json", spec, model.state_dict())
        return create_model("anyband-diff", weights=str(tmp_path / "model.json"), **settings)

    return made


@pytest.fixture
def scene(rng):
    values, mask = rng.random(SHAPE, dtype=np.float32), rng.random(SHAPE) < 0.6
    mask[4] = False
    return Observation(np.where(mask, values, np.float32(np.nan)), mask, Bands.at(NM))


def test_a_new_model_over_lines_is_the_model_linear(make, scene):
    found = make(new=True).reconstruct(scene)
    expected = create_model("linear").reconstruct(scene)
    np.testing.assert_allclose(found.mean, expected.mean, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(found.provenance, expected.provenance)


@pytest.mark.parametrize("base", ["none", "linear"])
@pytest.mark.parametrize("paste", [True, False])
def test_observed_values_come_back_bit_for_bit(base, paste, make, scene):
    scene.values[:, 0, 0] = [-0.0, 1e-45, -1e-40, 3e4, -2e9, *scene.values[5:, 0, 0]]
    scene.mask[:5, 0, 0] = True
    result = make(base=base, paste=paste).reconstruct(scene, samples=2)
    for cube in (result.mean, *result.samples):
        ours = cube.view(np.uint32)[scene.mask]
        np.testing.assert_array_equal(ours, scene.values.view(np.uint32)[scene.mask])
        assert np.isfinite(cube).all()
    assert not np.any(result.std[scene.mask])
    assert np.all(result.std[~scene.mask] > 0)


def test_other_bands_are_refused_and_both_lists_named(make, scene):
    with pytest.raises(ModelError) as caught:
        make(nm=[450.0, 550, 650.25]).reconstruct(scene)
    assert str(caught.value) == (
        "the weights are for 3 bands (450, 550, 650.2 nm) and the scene has 12 bands (450, 500, "
        "550, 600, 650, 700, 750, 800, 850, 900, 950, 1000 nm); train weights for these bands "
        "with `anyband-zoo train`, or choose another model"
    )
    assert caught.value.exit_code == 4


def test_the_same_bands_in_another_order_are_other_bands(make, scene):
    with pytest.raises(ModelError, match=r"\(1000, 950, .* and the scene has .*\(450, 500, "):
        make(nm=NM[::-1]).reconstruct(scene)


def test_of_long_lists_the_first_band_that_differs_is_named(make):
    nm = np.linspace(400, 2400, 60)
    other = nm.copy()
    other[30:] += 7
    scene = Observation(
        np.zeros((60, 1, 1), np.float32), np.ones((60, 1, 1), bool), Bands.at(other)
    )
    with pytest.raises(ModelError) as caught:
        make(nm=nm).reconstruct(scene)
    assert "60 bands (400, 433.9, 467.8, 501.7, ..., 2332.2, 2366.1, 2400 nm)" in str(caught.value)
    assert "nm), of which band 31 lies at 1416.9 and at 1423.9 nm; train" in str(caught.value)


def test_centres_may_be_off_a_little(make, scene):
    shifted = Observation(scene.values, scene.mask, Bands.at(NM + 1.9))
    model = make()
    np.testing.assert_array_equal(model.reconstruct(shifted).mean, model.reconstruct(scene).mean)
    with pytest.raises(ModelError, match="the weights are for 12 bands"):
        model.reconstruct(Observation(scene.values, scene.mask, Bands.at(NM + 2.1)))


@pytest.mark.parametrize("count", [1, 2])
def test_bands_that_were_not_learned_are_interpolated_and_flagged(count, make, scene):
    good = (True,) * 4 + (False,) * count + (True,) * (8 - count)
    scene.mask[4 : 4 + count] = False
    result = make(good=good).reconstruct(scene, samples=1)
    expected = create_model("linear").reconstruct(scene, samples=1)
    unlearned = np.zeros(SHAPE, dtype=bool)
    unlearned[4 : 4 + count] = True
    for ours, theirs in ((result.mean, expected.mean), (result.std, expected.std),
                         (result.samples[0], expected.samples[0])):  # fmt: skip
        np.testing.assert_array_equal(ours[unlearned], theirs[unlearned])
    assert np.all(result.caution[unlearned] & Caution.FALLBACK)
    assert not np.any(result.caution[~unlearned])
    told = "1 band was" if count == 1 else "2 bands were"
    assert result.notes == (
        f"{told} not learned and {told.split()[-1].replace('was', 'is').replace('were', 'are')} "
        "interpolated in wavelength",
    )


def test_what_stands_in_a_band_that_was_not_learned_is_not_looked_at(make, scene):
    """In training it was never shown: noise where water takes all light, say."""
    good = (True,) * 5 + (False,) + (True,) * 6
    scene.mask[5] = True
    model, learned = make(good=good), np.array(good)
    found = []
    for value in (0.3, -50.0):
        scene.values[5] = value
        found.append(model.reconstruct(scene, samples=1))
    np.testing.assert_array_equal(found[0].mean[learned], found[1].mean[learned])
    np.testing.assert_array_equal(found[0].samples[0][learned], found[1].samples[0][learned])
    np.testing.assert_array_equal(found[1].mean[5], -50.0)


@pytest.mark.parametrize("sampler", ["ancestral", "ddim", "dpm++", "heun"])
def test_samples_are_seeded(sampler, make, scene):
    model, missing = make(sampler=sampler, steps=3), ~scene.mask
    few = model.reconstruct(scene, samples=1, seed=5).samples
    many = model.reconstruct(scene, samples=2, seed=5).samples
    other = model.reconstruct(scene, samples=1, seed=6).samples
    np.testing.assert_array_equal(many[:1], few)
    assert not np.any(many[0][missing] == many[1][missing])
    assert not np.any(other[0][missing] == few[0][missing])


def test_a_local_network_does_not_depend_on_the_tiles(make, scene):
    whole, cut = (
        make(network=LOCAL, tile=tile).reconstruct(scene, samples=1, seed=5) for tile in (64, 4)
    )
    np.testing.assert_allclose(cut.mean, whole.mean, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(cut.std, whole.std, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(cut.samples, whole.samples, rtol=1e-3, atol=1e-3)


def test_a_pixel_without_a_band_stays_without_data(make, scene):
    scene.mask[:, 1, 2] = False
    result = make().reconstruct(scene, samples=1)
    for cube in (result.mean, result.std, result.samples[0]):
        assert np.isnan(cube[:, 1, 2]).all()
        assert np.isnan(cube).sum() == 12
    assert np.all(result.provenance[:, 1, 2] == Origin.NO_DATA)


def test_a_scene_of_another_scale_is_told(make, scene):
    loud = Observation(scene.values * 1e4, scene.mask, scene.bands)
    (note,) = make().reconstruct(loud).notes
    assert note.endswith(
        "of the observed values lie far outside those that were learned from (0 to 1): the "
        "weights are hardly for this scene"
    )
    assert make().reconstruct(scene).notes == ()


@pytest.mark.parametrize("base", ["none", "linear"])
def test_one_absurd_value_leaves_the_others_finite(base, make, scene):
    scene.values[2, 3, 3], scene.mask[2, 3, 3] = 1e30, True
    result = make(base=base).reconstruct(scene, samples=1)
    for cube in (result.mean, result.samples[0]):
        assert np.isfinite(cube).all()


def test_weights_that_are_not_there_are_named(tmp_path, scene):
    with pytest.raises(WeightsError, match=r"nowhere.json is not there; train the model again"):
        create_model("anyband-diff", weights=str(tmp_path / "nowhere.json")).reconstruct(scene)


def test_more_steps_than_the_noise_has_are_refused(make, scene):
    model = make(schedule=LinearSchedule(steps=5), steps=6)
    with pytest.raises(UsageError, match=r"6 steps was asked for; .* ask for 1 to 5"):
        model.reconstruct(scene, samples=1)


@pytest.mark.parametrize(
    "settings", [{"steps": 0}, {"tile": 0}, {"sampler": "euler"}, {"weight": "x"}]
)
def test_a_setting_that_cannot_be_is_refused(settings):
    with pytest.raises(ValidationError):
        AnybandDiffConfig(**settings)
    with pytest.raises(UsageError, match="its settings are paste, sampler, steps, tile, weights"):
        create_model("anyband-diff", **settings)


def test_the_registry_does_not_import_torch():
    code = (
        "import sys; from anyband_models.models.registry import create_model, list_models; "
        "create_model('anyband-diff'); assert 'torch' not in sys.modules, 'torch was imported'; "
        "print(*list_models())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "anyband-diff" in done.stdout
