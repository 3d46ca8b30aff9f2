"""`anyband-zoo generate`, with a network that has learned nothing."""

import hashlib
import json

import numpy as np
import pytest
import torch

from anyband_models.diffusion.band_diffusion import BandDiffusion
from anyband_models.diffusion.files import write_model
from anyband_models.diffusion.normalisation import Normalisation
from anyband_models.diffusion.spec import DiffusionConfig, ModelSpec
from anyband_models.files import staged
from anyband_models.networks.config import PRESETS
from anyband_models.scene.formats import read_header, read_scene, write_scene
from anyband_models.scene.meta import SceneMeta
from anyband_models.scene.scene import make_scene

NM = np.linspace(450, 900, 19)
ROWS, COLS = 12, 10


@pytest.fixture
def weights(tmp_path):
    """Returns the file of a model of 19 bands; its weights are drawn, not learned."""

    def write(quantity="reflectance", high=1.0):
        spec = ModelSpec(
            network=PRESETS["tiny"],
            diffusion=DiffusionConfig(prediction="x0", base="linear"),
            normalisation=Normalisation(low=0.0, high=high),
            wavelength=tuple(NM),
            fwhm=(25.0,) * len(NM),
            good=(True,) * 18 + (False,),
            quantity=quantity,
            patch=8,
            trained_on=("a scene (left)",),
        )
        torch.manual_seed(0)
        model = BandDiffusion(spec)
        torch.nn.init.normal_(model.network.head.weight, std=0.1)
        model.ground.mean.fill_(-0.5)
        model.ground.spread.fill_(0.3)
        path = tmp_path / f"{quantity}.json"
        write_model(path, spec, model.state_dict())
        return path

    return write


def image(path, values, nm=None, quantity="reflectance"):
    bands = len(values)
    meta = SceneMeta(scale=(1.0,) * bands, offset=(0.0,) * bands, quantity=quantity)
    nm = np.full(bands, np.nan) if nm is None else nm
    with staged() as stage:
        write_scene(make_scene(values.astype(np.float32), meta, nm), path, stage)
    return path


def scene(path, rows=ROWS, cols=COLS, bands=19):
    rng = np.random.default_rng(0)
    return image(path, rng.uniform(0.1, 0.5, (bands, rows, cols)), NM[:bands])


def test_from_nothing_every_file_is_there_and_vouched_for(anyband, weights, tmp_path):
    path, folder = weights(), tmp_path / "new" / "out"
    ended = anyband(
        "generate", "--weights", path, "-n", 2, "--rows", 9, "--cols", 11, "-o", folder, "--json"
    )
    assert ended.code == 0, ended.err
    names = {"sample-001.tif", "sample-002.tif", "contact.png", "manifest.json"}
    assert {file.name for file in folder.iterdir()} == names
    manifest = json.loads((folder / "manifest.json").read_text())
    assert set(manifest["sha256"]) == names - {"manifest.json"}
    for name, sha in manifest["sha256"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha
    expected = hashlib.sha256(path.with_suffix(".safetensors").read_bytes()).hexdigest()
    assert manifest["weights"]["sha256"] == expected
    assert manifest["options"]["seed"] == 0
    first, second = (read_scene(folder / f"sample-00{n}.tif") for n in (1, 2))
    assert first.values.shape == (18, 9, 11)  # the last band nobody has learned
    np.testing.assert_allclose(first.wavelength, NM[:18])
    assert np.isfinite(first.values).all()
    assert not np.allclose(first.values, second.values)


def test_the_same_seed_gives_the_same_sample_whatever_else_is_asked(anyband, weights, tmp_path):
    path = weights()
    common = ("generate", "--weights", path, "--rows", 8, "--cols", 8)
    for folder, count, seed in (("a", 1, 3), ("b", 2, 3), ("c", 1, 4)):
        ended = anyband(*common, "-n", count, "--seed", seed, "-o", tmp_path / folder)
        assert ended.code == 0
    a, b, c = (read_scene(tmp_path / f / "sample-001.tif").values for f in "abc")
    np.testing.assert_array_equal(a, b)
    assert not np.array_equal(a, c)


@pytest.mark.parametrize(
    ("bands", "nm"),
    [("rgb", [665, 560, 490]), ("2,4-5", NM[[1, 3, 4]]), ("700nm", [700]), ("pan", [589])],
)
def test_without_a_scene_bands_say_what_is_made(anyband, weights, tmp_path, bands, nm):
    folder = tmp_path / "out"
    ended = anyband(
        "generate", "--weights", weights(), "--bands", bands, "-n", 1, "--rows", 8, "--cols", 8,
        "-o", folder,
    )  # fmt: skip
    assert ended.code == 0, ended.err
    found = read_scene(folder / "sample-001.tif").wavelength
    np.testing.assert_allclose(found, nm, atol=13)


def test_a_sensor_makes_the_bands_that_it_has(anyband, weights, tmp_path):
    folder = tmp_path / "out"
    ended = anyband(
        "generate", "--weights", weights(), "--bands", "S2A", "-n", 1, "--rows", 8, "--cols", 8,
        "-o", folder,
    )  # fmt: skip
    assert ended.code == 0, ended.err
    made = read_scene(folder / "sample-001.tif")
    assert len(made.values) == 13
    names = made.meta.band_names
    seen = {name for name, good in zip(names, made.good, strict=True) if good}
    assert {"B2", "B3", "B4", "B5", "B6", "B7"} <= seen
    assert "B11" not in seen


def test_what_is_given_of_a_scene_comes_back_bit_for_bit(anyband, weights, tmp_path):
    like, folder = scene(tmp_path / "scene.tif"), tmp_path / "out"
    ended = anyband(
        "generate", "--weights", weights(), "--like", like, "--bands", "2,9,17", "-n", 2,
        "-o", folder, "--json",
    )  # fmt: skip
    assert ended.code == 0, ended.err
    assert ended.json["given_bands"] == 3
    truth, made = read_scene(like).values, read_scene(folder / "sample-002.tif").values
    np.testing.assert_array_equal(made[[1, 8, 16]], truth[[1, 8, 16]])
    assert not np.isclose(made[5], truth[5]).all()
    assert np.isnan(made[18]).all()  # nobody has learned what is there


@pytest.mark.parametrize("quantity", ["reflectance", "dn"])
def test_physics_is_obeyed_more_than_without(anyband, weights, tmp_path, quantity):
    path = weights(quantity, 1.0 if quantity == "reflectance" else 5000.0)
    wanted = np.linspace(-0.2, 0.6, ROWS * COLS).reshape(1, ROWS, COLS)
    target, folder = image(tmp_path / "ndvi.tif", wanted), tmp_path / "out"
    ended = anyband(
        "generate", "--weights", path, "--physics", f"ndvi={target}", "--physics", "valid_range",
        "-n", 2, "-o", folder, "--json",
    )  # fmt: skip
    assert ended.code == 0, ended.err
    for sample in ended.json["samples"]:
        loss = sample["physics_loss"]["ndvi"]
        assert loss["guided"] < 0.4 * loss["unguided"]  # two steps, each of half the way
        assert len(sample["steps"]) == 2
    made = read_scene(folder / "sample-001.tif")
    assert made.values.shape[1:] == (ROWS, COLS)
    assert made.meta.quantity == quantity


def test_without_strength_guidance_changes_nothing(anyband, weights, tmp_path):
    path = weights()
    common = ("generate", "--weights", path, "--rows", 8, "--cols", 8, "-n", 1)
    anyband(*common, "-o", tmp_path / "a")
    ended = anyband(
        *common, "--physics", "ndvi=0.5", "--guidance", 0, "-o", tmp_path / "b", "--json"
    )
    losses = ended.json["samples"][0]["physics_loss"]["ndvi"]
    assert losses["guided"] == losses["unguided"]
    a, b = (read_scene(tmp_path / f / "sample-001.tif").values for f in "ab")
    np.testing.assert_array_equal(a, b)


def test_a_scene_says_how_its_bands_go_together(anyband, weights, tmp_path):
    like = scene(tmp_path / "other.tif", rows=20)
    ended = anyband(
        "generate", "--weights", weights(), "--physics", f"band_correlation={like}", "-n", 1,
        "--rows", 8, "--cols", 8, "-o", tmp_path / "out", "--json",
    )  # fmt: skip
    assert ended.code == 0, ended.err
    loss = ended.json["samples"][0]["physics_loss"]["band_correlation"]
    assert loss["guided"] < loss["unguided"]


def test_an_image_larger_than_a_tile_is_made_in_parts(anyband, weights, tmp_path):
    wanted = np.full((1, 70, 90), 0.3)
    target, folder = image(tmp_path / "ndvi.tif", wanted), tmp_path / "out"
    ended = anyband(
        "generate", "--weights", weights(), "--physics", f"ndvi={target}", "-n", 1, "-o", folder,
        "--json", "--bands", "rgb", "--steps", 4,
    )  # fmt: skip
    assert ended.code == 0, ended.err
    assert read_header(folder / "sample-001.tif").shape == (3, 70, 90)
    loss = ended.json["samples"][0]["physics_loss"]["ndvi"]
    assert loss["guided"] < loss["unguided"]


def test_what_cannot_be_done_is_said_in_a_sentence(anyband, weights, tmp_path):
    path, folder = weights(), tmp_path / "out"
    dn = weights("dn", 5000.0)
    small = image(tmp_path / "small.tif", np.zeros((1, 3, 4)))
    two = image(tmp_path / "two.tif", np.zeros((2, ROWS, COLS)))
    like = scene(tmp_path / "scene.tif")
    other = scene(tmp_path / "other.tif", bands=7)

    def refused(code, *words, weights=path, given=()):
        ended = anyband("generate", "--weights", weights, "-n", 1, "-o", folder, *given)
        assert not list(folder.glob("*"))
        return ended.refused(code, *words)

    size = ("--rows", 8, "--cols", 8)
    assert refused(
        3, "3 rows and 4 columns", "8 and 8", given=(*size, "--physics", f"ndvi={small}")
    )
    assert refused(
        3, "3 rows and 4 col", "12 and 10", given=("--like", like, "--physics", f"ndvi={small}")
    )
    assert refused(3, "2 bands", "one band", given=(*size, "--physics", f"ndvi={two}"))
    assert refused(4, "is not there", weights=tmp_path / "none.json")
    assert refused(2, "'ndvj' is not known", "NDVI", given=("--physics", "ndvj=0.5"))
    assert refused(3, "NBR", "needs", given=("--physics", "nbr=0.5"))
    assert refused(3, "evi needs reflectance", weights=dn, given=("--physics", "evi=0.5"))
    assert refused(3, "prosail_manifold needs", weights=dn, given=("--physics", "prosail_manifold"))
    assert refused(2, "twice", given=("--physics", "ndvi=0.5", "--physics", "ndvi=0.6"))
    assert refused(2, "NAME=NUMBER", given=("--physics", "=0.5"))
    assert refused(2, "srf", given=("--physics", "srf=0.5"))
    assert refused(4, "'linear'", "anyband-diff", given=("--model", "linear"))
    assert refused(
        4, "'anyband-dif' is not known", "anyband-diff", given=("--model", "anyband-dif")
    )
    assert refused(4, "19 bands", "7 bands", given=("--like", other))
    assert refused(3, "reflectance", "dn", "--quantity", weights=dn, given=("--like", like))
    assert refused(2, "12 x 10", given=("--like", like, "--rows", 5))
    assert refused(2, "neither", "rgb", given=("--bands", "sentinal"))
    assert refused(2, "1 to 19", given=("--bands", "40"))


def test_files_that_are_there_are_kept_unless_they_may_be_replaced(anyband, weights, tmp_path):
    path, folder = weights(), tmp_path / "out"
    common = ("generate", "--weights", path, "-n", 1, "--rows", 8, "--cols", 8, "-o", folder)
    assert anyband(*common).code == 0
    before = (folder / "sample-001.tif").read_bytes()
    assert anyband(*common, "--seed", 1).refused(2, "exists already", "--overwrite")
    assert (folder / "sample-001.tif").read_bytes() == before
    assert anyband(*common, "--seed", 1, "--overwrite").code == 0
    assert (folder / "sample-001.tif").read_bytes() != before


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_a_number_that_is_none_cannot_be_asked_for(anyband, weights, tmp_path, value):
    ended = anyband(
        "generate", "--weights", weights(), "--physics", f"ndvi={value}", "-o", tmp_path / "out"
    )
    assert ended.refused(2, f"--physics ndvi={value} is no number to ask for; give a finite one")
