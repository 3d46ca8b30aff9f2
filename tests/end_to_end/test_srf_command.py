"""`srf` as a user calls it."""

import hashlib
import json
from dataclasses import replace

import numpy as np
import openpyxl
import pytest

import srf_library
from anyband_models.scene.formats import read_scene

NM = np.linspace(400, 1000, 61)
WIDE = "wavelength_nm,B1,B2\n480,0,0\n490,0.5,0\n500,1,0.2\n510,0,1\n520,0,0\n"


@pytest.fixture
def cube(scene, save):
    """A scene of 61 bands with a place on the map."""
    return save(
        scene(
            (61, 6, 7),
            wavelength=NM,
            crs="EPSG:32633",
            transform=(30.0, 0.0, 5e5, 0.0, -30.0, 5.8e6),
        )
    )


def test_help_names_the_subcommands_and_the_exit_codes(srf):
    ended = srf("--help")
    assert ended.code == 0
    assert all(word in ended.out for word in ("list", "show", "resample", "compare", "Exit codes"))


def test_list(srf):
    lines = srf("list", "--json").json
    assert [line["id"] for line in lines] == srf_library.list()
    assert {"kind": "measured", "bands": 13}.items() <= next(
        line for line in lines if line["id"] == "sentinel2a_msi"
    ).items()
    gaussian = srf("list", "--kind", "gaussian", "--json").json
    assert [line["id"] for line in gaussian] == srf_library.list(kind="gaussian")
    assert "Landsat-8 OLI" in srf("list", "landsat*").out


def test_list_finds_words_as_well(srf):
    assert [line["id"] for line in srf("list", "oli", "--json").json] == [
        "landsat8_oli",
        "landsat9_oli2",
    ]
    assert srf("list", "xyz").refused(2, "a sensor called 'xyz' is not known")
    assert srf("list", "enmap").refused(2, "enmap is known, but not shipped")
    other_kind = srf("list", "--kind", "gaussian", "sentinel2*")
    assert other_kind.refused(2, "a gaussian sensor called 'sentinel2*' is not known")
    assert "not shipped; `srf show` says why: desis, emit," in " ".join(srf("list").out.split())


def test_show(srf):
    ended = srf("show", "S2A")
    assert ended.code == 0
    assert all(word in ended.out for word in ("864.71", "pyrsr 0.8.0", "COPE-GSEG-EOPG-TN-15-0007"))
    facts = srf("show", "terra_modis", "--json").json
    assert len(facts["bands"]) == 9
    assert ["B1", "B2", "B3", "B4", "B5", "B6", "B7"] in facts["not_shipped"].values()
    assert "B1, B2, B3, B4, B5, B6, B7: " in srf("show", "terra_modis").out


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_show_draws(srf, tmp_path, suffix):
    picture = tmp_path / f"s2a{suffix}"
    assert srf("show", "S2A", "--plot", picture).code == 0
    start = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}[suffix]
    assert picture.read_bytes().startswith(start)
    again = srf("show", "S2A", "--plot", picture)
    assert again.refused(2, "exists already", "--overwrite")
    assert srf("show", "S2A", "--plot", picture, "--overwrite").code == 0


def test_a_picture_of_no_format_is_refused(srf, tmp_path, names):
    ended = srf("show", "S2A", "--plot", tmp_path / "s2a.bmp")
    assert ended.refused(2, "a plot's name ends in .png, .svg, .pdf, not in '.bmp'")
    assert names(tmp_path) == []


def test_a_file_is_a_sensor_too(srf, tmp_path):
    (tmp_path / "mine.csv").write_text(WIDE)
    assert srf("show", tmp_path / "mine.csv", "--json").json["id"] == "mine"
    assert srf("compare", tmp_path / "mine.csv", "S2A").code == 0
    assert srf("show", tmp_path / "none.csv").refused(3, "cannot be read: No such file")


def test_a_workbook_of_several_sensors(srf, tmp_path):
    book = openpyxl.Workbook()
    for title in ("A", "B"):
        sheet = book.create_sheet(title)
        for row in (("SR_WL", "B1"), (0.48, 0), (0.49, 1), (0.5, 0)):
            sheet.append(row)
    path = tmp_path / "srf.xlsx"
    book.save(path)
    assert srf("show", path).refused(3, "on the sheets 'A', 'B'; name one with sheet")
    command = ["show", path, "--sheet", "B", "--unit", "um", "--json"]
    assert srf(*command).json["bands"][0]["centroid_nm"] == pytest.approx(490)


def test_compare(srf, tmp_path):
    pairs = srf("compare", "L8", "S2A", "--json").json
    assert [pair["partner"] for pair in pairs][:5] == ["B1", "B2", "B3", "B4", "B8A"]
    assert pairs[4]["centroid_shift_nm"] == pytest.approx(0.14, abs=0.01)
    without = srf("compare", "S2A", "venus", "--json").json
    assert without[-1]["partner"] is without[-1]["centroid_shift_nm"] is None
    ended = srf("compare", "S2A", "venus", "--plot", tmp_path / "both.png")
    assert ended.code == 0
    assert "none" in ended.out
    assert (tmp_path / "both.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("S2X", "a sensor called 'S2X' is not known"),
        ("modis", "'modis' may mean aqua_modis or terra_modis; ask for one of them"),
        ("enmap", "enmap is known, but not shipped: no openly licensed table"),
    ],
)
def test_a_sensor_that_is_not_here(srf, cube, tmp_path, names, name, sentence):
    assert srf("show", name).refused(2, sentence)
    assert srf("compare", "S2A", name).refused(2, sentence)
    assert srf("resample", cube, "--to", name, "-o", tmp_path / "o.tif").refused(2, sentence)
    assert names(tmp_path) == ["scene.tif"]


@pytest.mark.parametrize("output", ["full.tif", "full.hdr"])
def test_resample(srf, cube, tmp_path, output):
    ended = srf("resample", cube, "--to", "S2A", "-o", tmp_path / output)
    assert ended.code == 6
    assert ended.err.splitlines() == [
        "note: no data in B10 (0 %), B11 (0 %), B12 (0 %): 98 % of a response must be covered",
        "note: 6 bands are narrower than the scene's own there: what they show is interpolated",
    ]
    before, after = read_scene(cube), read_scene(tmp_path / output)
    matrix = srf_library.response_matrix("S2A", before.wavelength, before.fwhm)
    expected = np.moveaxis(matrix(np.moveaxis(before.values, 0, -1)), -1, 0)
    np.testing.assert_allclose(after.values, expected, atol=1e-6)
    assert after.meta.crs == before.meta.crs
    assert after.meta.transform == before.meta.transform
    assert after.meta.quantity == before.meta.quantity
    assert after.meta.band_names == matrix.sensor.names
    np.testing.assert_allclose(after.wavelength, [band.centroid for band in matrix.sensor])
    np.testing.assert_allclose(after.fwhm, [band.fwhm for band in matrix.sensor])
    np.testing.assert_array_equal(after.good, matrix.usable)


def test_resample_leaves_a_manifest_that_vouches_for_it(srf, cube, tmp_path):
    output = tmp_path / "full.tif"
    told = srf("resample", cube, "--to", "PROBAV camera 1", "-o", output, "--json").json
    assert told == json.loads((tmp_path / "full.tif.json").read_text())
    assert told["sha256"] == {"full.tif": hashlib.sha256(output.read_bytes()).hexdigest()}
    assert (told["sensor"], told["method"]) == ("probav_camera1", "integral-cubic")
    assert told["responses"]["package"].startswith("Py6S 1.9.2")
    assert told["bands"][0]["coverage"] == 1
    assert told["bands"][3]["noise_gain"] is None
    assert (told["scale"], told["offset"], told["widths_known"]) == (1e-4, 0, 61)
    assert told["notes"][0].startswith("no data in SWIR (0 %)")


def test_resample_to_bands_that_are_all_covered_is_done(srf, cube, tmp_path):
    broad = "band,centre_nm,fwhm_nm\nblue,500,60\nred,650,60\n"
    (tmp_path / "mine.csv").write_text(broad)
    ended = srf("resample", cube, "--to", tmp_path / "mine.csv", "-o", tmp_path / "mine.tif")
    assert (ended.code, ended.err) == (0, "")
    assert "100.0" in ended.out


def test_resample_says_that_widths_are_not_known_and_takes_one(srf, scene, save, tmp_path):
    path = save(replace(scene((61, 3, 3), wavelength=NM), fwhm=np.full(61, np.nan)))
    command = ["resample", path, "--to", "PROBAV camera 1", "--json", "-o"]
    without = srf(*command, tmp_path / "points.tif")
    assert "its bands are taken for points; --fwhm states them" in without.err
    stated = srf(*command, tmp_path / "widths.tif", "--fwhm", "12")
    assert "taken for points" not in stated.err
    assert stated.json["widths_known"] == 61
    assert stated.json["bands"][0]["noise_gain"] > without.json["bands"][0]["noise_gain"]
    ended = srf(*command, tmp_path / "x.tif", "--fwhm", "-1")
    assert ended.refused(2, "--fwhm -1 is impossible")


def test_resample_passes_over_what_is_damaged(srf, scene, save, tmp_path):
    """A dead band in the red, and a pixel that lost one in the blue."""
    damaged = scene((61, 6, 7), wavelength=NM, dead=[int(np.argmin(abs(NM - 660)))])
    blue = int(np.argmin(abs(NM - 490)))
    damaged.stored[blue, 2, 3] = damaged.meta.nodata
    path = save(damaged)
    assert srf("resample", path, "--to", "S2A", "-o", tmp_path / "out.tif").code == 6
    after = read_scene(tmp_path / "out.tif")
    b2, b4 = after.meta.band_names.index("B2"), after.meta.band_names.index("B4")
    assert np.isfinite(after.values[b4]).all()
    assert np.argwhere(np.isnan(after.values[b2])).tolist() == [[2, 3]]


def test_resample_without_bands_that_the_user_names(srf, cube, tmp_path):
    command = ["resample", cube, "--to", "S2A", "-o", tmp_path / "out.tif", "--json"]
    told = srf(*command, "--bad-bands", "640-690nm").json
    assert told["damage"] == ["named bad by the user: bands 25-30 (252 entries)"]
    assert told["bands_used"] == 55
    assert next(band for band in told["bands"] if band["name"] == "B4")["noise_gain"] is None


def test_resample_may_refuse_or_make_do(srf, cube, tmp_path, names):
    command = ["resample", cube, "--to", "S2A", "-o", tmp_path / "out.tif"]
    ended = srf(*command, "--on-partial", "raise")
    assert ended.refused(3, "3 of the 13 bands of sentinel2a_msi are not covered by the image")
    assert names(tmp_path) == ["scene.tif"]
    ended = srf(*command, "--on-partial", "renormalise")
    assert ended.code == 6  # nothing at all is seen of B10
    assert "no data in B10 (0 %), B11" in ended.err


def test_what_is_taken_for_the_whole_is_said(srf, scene, save, tmp_path):
    path = save(scene((41, 3, 3), wavelength=np.linspace(430, 860, 41)))
    command = ["resample", path, "--to", "S2A", "-o", tmp_path / "out.tif"]
    ended = srf(*command, "--on-partial", "renormalise")
    assert "note: taken from what is covered of their response: B8 (" in ended.err


@pytest.mark.parametrize("method", ["integral-linear", "bin", "point"])
def test_resample_by_other_methods(srf, cube, tmp_path, method):
    output = tmp_path / "out.tif"
    told = srf("resample", cube, "--to", "S2A", "-o", output, "--method", method, "--json").json
    assert told["method"] == method


def test_resample_never_replaces_what_it_reads(srf, cube, tmp_path):
    before = cube.read_bytes()
    command = ["resample", cube, "--to", "S2A", "-o", cube, "--overwrite"]
    assert srf(*command).refused(2, "is read by this command and is not replaced")
    table = tmp_path / "mine.tif"
    table.write_text(WIDE)
    command = ["resample", cube, "--to", table, "-o", table, "--overwrite"]
    assert srf(*command).refused(2, "is read by this command and is not replaced")
    assert (cube.read_bytes(), table.read_text()) == (before, WIDE)


def test_a_sensor_beyond_the_scene(srf, scene, save, tmp_path, names):
    path = save(scene((8, 3, 3), wavelength=np.linspace(1000, 1070, 8)))
    ended = srf("resample", path, "--to", "S2A", "-o", tmp_path / "out.tif")
    assert ended.refused(3, "none of the 13 bands of sentinel2a_msi", "nm) for 98 %")
    assert names(tmp_path) == ["scene.tif"]


@pytest.mark.filterwarnings("default")
def test_what_is_taken_for_granted_is_said_in_a_note(srf, tmp_path):
    (tmp_path / "um.csv").write_text("wavelength,B1\n0.48,0\n0.49,50\n0.5,99\n0.51,0\n")
    ended = srf("show", tmp_path / "um.csv")
    assert ended.code == 0
    notes = ended.err.splitlines()
    assert len(notes) == 2
    assert all(note.startswith("note: ") for note in notes)
    assert "taken for µm" in notes[0]
    assert "taken for percent" in notes[1]


def test_measured_scenes_look_as_their_sensor_would_see_them(srf, shared_data, tmp_path):
    """An EnMAP scene and its own bands at the centroids of Sentinel-2A's visible ones."""
    path = shared_data / "hyperspectral/enmap_potsdam_mosaic.npz"
    command = ["resample", path, "--scale", "1e-4", "--to", "S2A", "-o", tmp_path / "s2.tif"]
    ended = srf(*command)
    assert ended.code == 6
    assert ended.err == "note: no data in B10 (0 %): 98 % of a response must be covered\n"
    before = read_scene(path, scale=1e-4)
    after = read_scene(tmp_path / "s2.tif")
    order = np.argsort(before.wavelength)
    y, x = (int(index[0]) for index in np.where(np.isfinite(before.values[10])))
    spectrum = before.values[order, y, x]
    known = np.isfinite(spectrum)
    for band, value in zip(after.wavelength[:4], after.values[:4, y, x], strict=True):
        at_centroid = np.interp(band, before.wavelength[order][known], spectrum[known])
        assert value == pytest.approx(at_centroid, rel=0.1)
