"""`physops` as a user calls it."""

import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest
import rasterio

import physops
from anyband_models.scene.formats import read_header, read_scene
from anyband_models.scene.formats.gdal import quietly
from anyband_models.scene.meta import SceneMeta
from anyband_models.scene.scene import make_scene

NM = np.linspace(400, 1000, 61)
PLACE = {"crs": "EPSG:32633", "transform": (30.0, 0.0, 5e5, 0.0, -30.0, 5.8e6)}


@pytest.fixture
def cube(scene, save):
    """A scene of 61 bands with a place on the map."""
    return save(scene((61, 6, 7), wavelength=NM, **PLACE))


@pytest.fixture
def without_wavelengths(scene, tmp_path):
    """A GeoTIFF that tells the names of its bands at most, and its scale only if asked to."""

    def write(names, count, scale=1.0):
        stored = scene((count, 5, 5)).stored
        path = tmp_path / "plain.tif"
        profile = {"driver": "GTiff", "width": 5, "height": 5, "count": count, "dtype": "int16"}
        place = {"crs": "EPSG:32633", "transform": rasterio.Affine(*PLACE["transform"])}
        with rasterio.open(path, "w", **profile, **place) as sink:
            sink.write(stored)
            if names:
                sink.descriptions = names
            if scale != 1:
                sink.scales = (scale,) * count
        return path, stored

    return write


def at(scene, nm):
    """The band nearest to a wavelength, in float64."""
    return scene.values[int(np.argmin(abs(scene.wavelength - nm)))].astype(np.float64)


def written(path):
    with quietly(), rasterio.open(path) as source:
        return source.read(), source.profile, source.descriptions


def test_help_names_the_subcommands_and_the_exit_codes(physops_command):
    ended = physops_command("--help")
    assert ended.code == 0
    assert all(word in ended.out for word in ("list", "show", "compute", "Exit codes"))


def test_list(physops_command):
    lines = physops_command("list", "--json").json
    assert [line["name"] for line in lines] == physops.list()
    ndvi = next(line for line in lines if line["name"] == "NDVI")
    assert ndvi["operands"] == ["N", "R"]
    assert ndvi["scale"] == "a ratio: any scale, but no offset"
    out = physops_command("list", "savi").out
    assert all(word in out for word in ("1 operator", "Soil-Adjusted", "N, R; reflectance"))


def test_list_finds_words_as_well(physops_command):
    lines = physops_command("list", "chlorophyll", "green", "vegetation", "--json").json
    assert [line["name"] for line in lines] == physops.search("chlorophyll green vegetation")
    unknown = physops_command("list", "qqqq")
    assert unknown.refused(2, "an operator called 'qqqq' is not known; `physops list` names")


def test_list_by_what_can_be_computed(physops_command, cube, tmp_path):
    snow = physops_command("list", "--domain", "snow", "--sensor", "L8", "--json").json
    names = [line["name"] for line in snow]
    assert names == physops.list(domain="snow", sensor="landsat8_oli")
    (tmp_path / "nm.txt").write_text("\n".join(map(str, NM)))
    table = physops_command("list", "--wavelengths", tmp_path / "nm.txt", "--json").json
    assert [line["name"] for line in table] == physops.list(wavelengths=NM)
    for_scene = physops_command("list", "--for", cube, "--json").json
    # Its bands are 30 nm wide: too wide for what names a wavelength.
    expected = physops.list(bands=physops.Bands.at(NM, 30.0))
    assert [line["name"] for line in for_scene] == expected
    assert len(expected) < len(table)
    ended = physops_command("list", "nbr", "--for", cube)
    assert ended.refused(2, "'nbr' fits NBR, which the options leave out")


def test_list_refuses_what_is_no_kind_or_domain(physops_command, tmp_path):
    ended = physops_command("list", "--kind", "thing")
    assert ended.refused(2, "a kind of operator called 'thing' is not known", "index, resampling")
    ended = physops_command("list", "--domain", "sea")
    assert ended.refused(2, "a domain called 'sea' is not known", "snow")
    missing = physops_command("list", "--for", tmp_path / "none.tif")
    assert missing.refused(3, "there is no file")


def test_show(physops_command):
    ended = physops_command("show", "arvi", "--sensor", "S2A")
    assert ended.code == 0
    words = ("Atmospherically Resistant", "620-690", "B4 (664.6 nm)", "gamma", "10.1109/36.134076")
    assert all(word in ended.out for word in words)
    assert "why it differs" in ended.out
    facts = physops_command("show", "fai", "--sensor", "S2A", "--json").json
    assert facts["scale"] == "needs reflectance: it goes with the scale to the power of 1"
    operands = {operand["name"]: operand for operand in facts["operands"]}
    assert operands["S1"]["band"]["name"] == "B11"
    assert operands["S1"]["range_nm"] == [1550, 1750]
    assert operands["lambdaN"]["stands_for"] == "centre wavelength of N"


def test_show_tells_of_what_a_sensor_lacks_and_of_what_is_no_reflectance(physops_command):
    assert "it has none" in physops_command("show", "pri550", "--sensor", "S2A").out
    radar = physops_command("show", "NDPolI", "--json").json
    assert radar["scale"] == "uses no reflectance"
    assert {operand["stands_for"] for operand in radar["operands"]} == {"radar backscatter"}
    assert physops_command("show", "srf").code == 0
    assert physops_command("show", "ndvy").refused(2, "did you mean 'NDYI' or 'NDVI'")


@pytest.mark.parametrize("output", ["out.tif", "out.hdr"])
def test_compute(physops_command, cube, tmp_path, output):
    ended = physops_command("compute", "ndvi", "evi", cube, "-o", tmp_path / output)
    assert (ended.code, ended.err) == (0, "")
    scene = read_scene(cube)
    n, r, b = (at(scene, nm) for nm in (835, 665, 490))
    image = tmp_path / output.replace(".hdr", ".img")
    values, profile, names = written(image)
    np.testing.assert_allclose(values[0], (n - r) / (n + r), atol=1e-6)
    np.testing.assert_allclose(values[1], 2.5 * (n - r) / (n + 6 * r - 7.5 * b + 1), rtol=1e-5)
    assert [name.split(" ")[0] for name in names] == ["NDVI", "EVI"]
    assert profile["dtype"] == "float32"
    assert np.isnan(profile["nodata"])
    assert profile["crs"].to_epsg() == 32633
    assert tuple(profile["transform"])[:6] == PLACE["transform"]
    header = read_header(tmp_path / output)
    assert header.bands.wavelength == ()
    assert header.meta.band_names == ("NDVI", "EVI")


def test_compute_leaves_a_manifest_that_vouches_for_it(physops_command, cube, tmp_path):
    output = tmp_path / "out.tif"
    told = physops_command(
        "compute", "savi", cube, "-o", output, "--const", "L=0.25", "--json"
    ).json
    assert told == json.loads((tmp_path / "out.tif.json").read_text())
    assert told["sha256"] == {"out.tif": hashlib.sha256(output.read_bytes()).hexdigest()}
    assert told["sha256_of_inputs"] == {"scene.tif": hashlib.sha256(cube.read_bytes()).hexdigest()}
    (savi,) = told["indices"]
    assert (savi["name"], savi["constants"]) == ("SAVI", {"L": 0.25})
    assert savi["formula"] == physops.spec("savi").formula
    assert savi["bands"]["R"]["wavelength_nm"] == pytest.approx(660, abs=10)
    assert savi["known"] == 1
    assert {"anyband", "torch"} <= told["versions"].keys()
    scene = read_scene(cube)
    n, r = at(scene, 835), at(scene, 665)
    np.testing.assert_allclose(written(output)[0][0], 1.25 * (n - r) / (n + r + 0.25), rtol=1e-5)


def test_compute_passes_over_what_is_damaged(physops_command, scene, save, tmp_path):
    """A dead band where the red would be taken, and a pixel that lost its near infrared."""
    red, nir = (int(np.argmin(abs(NM - nm))) for nm in (665, 835))
    damaged = scene((61, 6, 7), wavelength=NM, dead=[red])
    damaged.stored[nir, 2, 3] = damaged.meta.nodata
    path = save(damaged)
    told = physops_command("compute", "ndvi", path, "-o", tmp_path / "o.tif", "--json").json
    assert told["indices"][0]["bands"]["R"]["number"] in (red, red + 2)
    values, _, _ = written(tmp_path / "o.tif")
    assert np.argwhere(np.isnan(values[0])).tolist() == [[2, 3]]
    named = ("--bad-bands", "800-870nm", "--json", "--overwrite")
    told = physops_command("compute", "ndvi", path, "-o", tmp_path / "o.tif", *named).json
    assert told["indices"][0]["bands"]["N"]["wavelength_nm"] == 790


def test_a_fill_stands_for_no_data_alone(physops_command, scene, save, tmp_path):
    """A pixel whose index is the fill keeps a value beside it."""
    damaged = scene((61, 6, 7), wavelength=NM)
    damaged.stored[:, 0, 0] = 1000  # NDVI = 0
    damaged.stored[:, 1, 1] = damaged.meta.nodata
    path = save(damaged)
    ended = physops_command("compute", "ndvi", path, "-o", tmp_path / "o.tif", "--fill", "0")
    assert ended.code == 0
    values, profile, _ = written(tmp_path / "o.tif")
    assert profile["nodata"] == 0
    assert np.argwhere(values[0] == 0).tolist() == [[1, 1]]
    assert 0 < values[0, 0, 0] < 1e-30


def test_an_index_without_any_value_is_told_of(physops_command, save, tmp_path):
    meta = SceneMeta(scale=(1.0,) * 4, offset=(0.0,) * 4, scale_declared=True)
    stored = np.full((4, 3, 3), 0.5, dtype=np.float32)
    stored[:2] = [[[0.2]], [[-0.2]]]
    path = save(make_scene(stored, meta, np.array([665.0, 835.0, 560.0, 490.0])))
    ended = physops_command("compute", "ndvi", "ndyi", path, "-o", tmp_path / "o.tif")
    assert ended.code == 6
    assert ended.err == "note: NDVI has no value in any pixel\n"


def test_a_dry_run_tells_the_bands_and_writes_nothing(physops_command, cube, tmp_path, names):
    ended = physops_command("compute", "ndvi", cube, "-o", tmp_path / "o.tif", "--dry-run")
    assert ended.code == 0
    assert "Nothing was done" in ended.out
    assert "N: 830 nm, R: 660 nm" in ended.out
    assert names(tmp_path) == ["scene.tif"]


def test_wavelengths_by_the_name_of_the_sensor(physops_command, without_wavelengths, tmp_path):
    path, stored = without_wavelengths(("SR_B2", "SR_B3", "SR_B4", "SR_B5", "SR_B6"), 5, 1e-4)
    output = tmp_path / "o.tif"
    ended = physops_command("compute", "ndvi", path, "-o", output)
    assert ended.refused(3, "gives no wavelengths for its 5 bands; pass --sensor NAME")
    told = physops_command("compute", "ndvi", path, "-o", output, "--sensor", "L8", "--json").json
    assert told["sensor"] == "landsat8_oli"
    assert told["indices"][0]["bands"]["N"]["name"] == "SR_B5"
    n, r = stored[3].astype(float), stored[2].astype(float)
    np.testing.assert_allclose(written(output)[0][0], (n - r) / (n + r), atol=1e-6)


def test_names_that_only_count_say_nothing(physops_command, without_wavelengths, tmp_path):
    """The ninth band of Sentinel-2 is B8A: 13 are in its order, and of 12 one cannot know."""
    numbered = [f"Band {number}" for number in range(1, 14)]
    path, _ = without_wavelengths(numbered, 13, 1e-4)
    command = ["--sensor", "S2A", "-o", tmp_path / "o.tif", "--json"]
    told = physops_command("compute", "nhfd", "gndvi", path, *command).json
    assert told["indices"][1]["bands"]["N"]["number"] == 8
    path, _ = without_wavelengths(numbered[:12], 12, 1e-4)
    ended = physops_command("compute", "ndvi", path, *command, "--overwrite")
    assert ended.refused(3, "sentinel2a_msi has 13 bands, and no names tell which the 12")
    path, _ = without_wavelengths(("B4", "B8", "SCL"), 3, 1e-4)
    ended = physops_command("compute", "ndvi", path, *command, "--overwrite")
    assert ended.refused(3, "sentinel2a_msi does not know 'SCL'; leave --sensor out")


@pytest.mark.filterwarnings("default")
def test_the_files_own_wavelengths_win(physops_command, scene, save, tmp_path):
    named = scene((2, 4, 4), wavelength=[671.0, 840.0], band_names=("B04", "B08"))
    path = save(replace(named, fwhm=np.full(2, np.nan)))
    command = ["compute", "ndvi", path, "--sensor", "S2A", "-o", tmp_path / "o.tif", "--json"]
    ended = physops_command(*command)
    assert "note: the scene puts sentinel2a_msi B4 at 671 nm" in ended.err
    bands = ended.json["indices"][0]["bands"]
    assert bands["N"]["wavelength_nm"] == 840
    assert bands["N"]["fwhm_nm"] == pytest.approx(
        105, abs=1
    )  # the library's, for the file has none


def test_numbers_that_cannot_be_reflectance(physops_command, without_wavelengths, tmp_path):
    path, stored = without_wavelengths(("B2", "B4", "B8"), 3)
    command = [path, "--sensor", "S2A", "-o", tmp_path / "o.tif"]
    ended = physops_command("compute", "ndvi", *command)
    assert ended.refused(3, "though no scale is stated; pass --scale 1e-4", "--quantity dn")
    ended = physops_command("compute", "evi", *command, "--quantity", "dn")
    assert ended.refused(3, "EVI needs reflectance", "digital numbers", "--scale 1e-4")
    ended = physops_command("compute", "ndvi", *command, "--quantity", "dn")
    assert ended.code == 0
    assert "note: computed from digital numbers, not from reflectance" in ended.err
    n, r = stored[2].astype(float), stored[1].astype(float)
    np.testing.assert_allclose(written(tmp_path / "o.tif")[0][0], (n - r) / (n + r), atol=1e-6)


def test_a_thermal_band_must_be_in_kelvin(physops_command, save, tmp_path):
    meta = SceneMeta(scale=(1.0,) * 5, offset=(0.0,) * 5, scale_declared=True)
    stored = np.full((5, 3, 3), 0.3, dtype=np.float32)
    centres = np.array([560.0, 665.0, 835.0, 2200.0, 10895.0])
    command = ["compute", "nbrt1", tmp_path / "scene.tif", "-o", tmp_path / "o.tif"]
    save(make_scene(stored, meta, centres))
    assert physops_command(*command).refused(3, "NBRT1 needs T as a brightness temperature")
    stored[4], stored[3] = 300.0, 0.2
    save(make_scene(stored, meta, centres))
    assert physops_command(*command).code == 0
    expected = (0.3 - 0.2 * 0.03) / (0.3 + 0.2 * 0.03)
    np.testing.assert_allclose(written(tmp_path / "o.tif")[0], expected, rtol=1e-5)


def test_bands_that_the_scene_lacks(physops_command, cube, tmp_path, names):
    ended = physops_command("compute", "ndvi", "nbr", cube, "-o", tmp_path / "o.tif")
    assert ended.refused(3, "NBR needs S2 (2080-2350 nm)", "61 at 400-1000 nm", "it allows BAI")
    assert f"`physops list --for {cube}` names all" in ended.err
    ended = physops_command("compute", "NDPolI", cube, "-o", tmp_path / "o.tif")
    assert ended.refused(3, "NDPolI needs VH (radar backscatter), VV (radar backscatter)")
    assert names(tmp_path) == ["scene.tif"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["srf"], ["srf is no index of a pixel", "`srf resample"]),
        (["ndvy"], ["an operator called 'ndvy' is not known; did you mean"]),
        (["ndvi", "NDVI"], ["NDVI is asked for twice"]),
        (["ndvi", "--sensor", "S2X"], ["a sensor called 'S2X' is not known"]),
        (["savi", "--const", "L"], ["--const L is not NAME=NUMBER"]),
        (["savi", "--const", "L=x"], ["--const L=x is not NAME=NUMBER"]),
        (["savi", "--const", "L=1", "--const", "L=2"], ["give each constant once"]),
        (["savi", "--const", "fill=1"], ["there is no constant 'fill'", "its constants: L"]),
        (["savi", "--const", "L=nan"], ["L is nan; give a finite number"]),
        (["ndvi", "--scale", "0"], ["--scale 0 is impossible"]),
    ],
)
def test_what_is_not_understood(physops_command, cube, tmp_path, names, arguments, words):
    indices = [word for word in arguments[:2] if not word.startswith("--")]
    options = arguments[len(indices) :]
    ended = physops_command("compute", *indices, cube, *options, "-o", tmp_path / "o.tif")
    assert ended.refused(2, *words)
    assert names(tmp_path) == ["scene.tif"]


def test_compute_never_replaces_what_it_reads(physops_command, cube, tmp_path):
    before = cube.read_bytes()
    ended = physops_command("compute", "ndvi", cube, "-o", cube, "--overwrite")
    assert ended.refused(2, "is read by this command and is not replaced")
    table = tmp_path / "nm.tif"
    table.write_text("\n".join(map(str, NM)))
    command = ["compute", "ndvi", cube, "--wavelengths", table, "-o", table, "--overwrite"]
    assert physops_command(*command).refused(2, "is read by this command and is not replaced")
    assert cube.read_bytes() == before
    (tmp_path / "o.tif").write_text("mine")
    ended = physops_command("compute", "ndvi", cube, "-o", tmp_path / "o.tif")
    assert ended.refused(2, "exists already", "--overwrite")
    ended = physops_command("compute", "ndvi", cube, "-o", tmp_path / "o.png")
    assert ended.refused(2, "o.png names no format that is written")


def test_a_scene_in_pieces_is_the_scene_as_a_whole(
    physops_command, scene, save, tmp_path, monkeypatch
):
    path = save(scene((61, 9, 7), wavelength=NM))
    assert physops_command("compute", "ndvi", "evi", path, "-o", tmp_path / "whole.tif").code == 0
    monkeypatch.setattr("anyband_models.jobs.index_images.CHUNK", 15)
    assert physops_command("compute", "ndvi", "evi", path, "-o", tmp_path / "parts.tif").code == 0
    whole, parts = (written(tmp_path / name)[0] for name in ("whole.tif", "parts.tif"))
    np.testing.assert_array_equal(whole, parts)


def test_ndvi_of_a_measured_spectrometer_scene(physops_command, shared_data, tmp_path):
    path = shared_data / "hyperspectral/aviris_vi_demo.npz"
    command = ["compute", "ndvi", path, "--scale", "1e-4", "-o", tmp_path / "o.tif"]
    assert physops_command(*command).code == 0
    with np.load(path) as archive:
        cube, nm = archive["cube"].astype(np.float64), archive["wavelength_nm"]
    n, r = (cube[..., int(np.argmin(abs(nm - place)))] for place in (835, 665))
    np.testing.assert_allclose(written(tmp_path / "o.tif")[0][0], (n - r) / (n + r), atol=1e-6)


def test_ndvi_of_a_measured_sentinel2_tile(physops_command, shared_data, tmp_path):
    with np.load(shared_data / "multispectral/terramind_38D_378R_2_3.npz") as archive:
        cube, bands = archive["l2a"].transpose(2, 0, 1), archive["bands_l2a"].tolist()
    path = tmp_path / "tile.tif"
    size = {"width": 224, "height": 224, "count": 12, "dtype": "int16"}
    place = {"crs": "EPSG:32633", "transform": rasterio.Affine(*PLACE["transform"])}
    with rasterio.open(path, "w", driver="GTiff", **size, **place) as sink:
        sink.write(cube)
        sink.descriptions = bands
    command = ["compute", "ndvi", path, "--sensor", "S2A", "--scale", "1e-4"]
    assert physops_command(*command, "-o", tmp_path / "o.tif").code == 0
    n, r = (cube[bands.index(name)].astype(np.float64) for name in ("B08", "B04"))
    np.testing.assert_allclose(written(tmp_path / "o.tif")[0][0], (n - r) / (n + r), atol=1e-6)


class Brightness(physops.Operator):
    """The mean of an image's bands, less its mean over the image."""

    spec = physops.OperatorSpec(
        name="mean", title="Brightness", kind="index", formula="mean", degree=1, source="ours"
    )

    def forward(self, x, band_dim=-3):
        mean = x.mean(band_dim)
        return mean - mean.mean()


@pytest.fixture
def own():
    """Registers an operator that has no card until it is built, as plugins have none."""
    names = []

    def register(name, factory):
        names.append(name)
        physops.register(name, factory)

    yield register
    for name in names:
        physops.unregister(name)


def test_an_operator_of_others_is_listed_shown_and_computed(physops_command, own, cube, tmp_path):
    own("brightness", lambda bands: Brightness())
    line = next(
        line for line in physops_command("list", "--json").json if line["name"] == "brightness"
    )
    assert line["formula"] is None
    assert "(offered by a plugin)" in physops_command("list", "bright*").out
    assert "give --sensor to build it" in physops_command("show", "brightness").out
    assert "ours" in physops_command("show", "brightness", "--sensor", "S2A").out
    ended = physops_command("compute", "brightness", "ndvi", cube, "-o", tmp_path / "o.tif")
    assert ended.code == 0
    values = read_scene(cube).values.mean(axis=0)
    image, _, names = written(tmp_path / "o.tif")
    np.testing.assert_allclose(image[0], values - values.mean(), atol=1e-6)
    assert names == ("brightness", "NDVI")


def test_an_operator_of_others_that_fails_is_refused(physops_command, own, cube, tmp_path, names):
    class Cube(Brightness):
        def forward(self, x, band_dim=-3):
            return x

    class Fitted(Brightness):
        spec = Brightness.spec.model_copy(update={"kind": "radiative"})

    class Falling(Brightness):
        def forward(self, x, band_dim=-3):
            raise RuntimeError("no weights")

    def broken(bands):
        raise KeyError("weights")

    for name, factory in {
        "cube": lambda bands: Cube(),
        "fitted": lambda bands: Fitted(),
        "falling": lambda bands: Falling(),
        "broken": broken,
    }.items():
        own(name, factory)

    def computed(name):
        return physops_command("compute", name, cube, "-o", tmp_path / "o.tif")

    assert computed("cube").refused(4, "gives the shape (61, 6, 7) on a grid of (6, 7)")
    assert computed("fitted").refused(2, "is no index but an operator of the kind 'radiative'")
    assert computed("falling").refused(4, "failed with RuntimeError: no weights")
    assert computed("broken").refused(4, "broken, which a plugin offers, failed with KeyError")
    assert names(tmp_path) == ["scene.tif"]


def test_a_constant_may_turn_a_ratio_into_what_needs_reflectance(
    physops_command, without_wavelengths, tmp_path
):
    path, _ = without_wavelengths(("B2", "B4", "B8"), 3)
    command = [path, "--sensor", "S2A", "--quantity", "dn", "-o", tmp_path / "o.tif"]
    assert physops_command("compute", "savi2", *command).code == 0
    changed = physops_command("compute", "savi2", *command, "--overwrite", "--const", "slb=0.1")
    assert changed.refused(3, "SAVI2 needs reflectance")
