import csv
import hashlib
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

import srf_library
from srf_library import AmbiguousNameError, NotShippedError, TableError, UnknownNameError
from srf_library import catalogue as shelf

ALL = srf_library.list()
GOLDEN = Path(__file__).parents[1] / "golden" / "bands.csv"
TABLES = files("srf_library") / "data/tables"


def response(sensor, band, nm):
    return srf_library.get(sensor)[band].profile(np.asarray(nm, dtype=float))


def test_bands_are_where_the_agencies_say(shared):
    """Centroid, midpoint and width of every band of which the check table has a row."""
    columns = {"centroid": "centre_nm", "midpoint": "midpoint_nm", "fwhm": "fwhm_nm"}
    checked = 0
    with (shared / "sensors/expected_bands.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["sensor"] in ALL and row["band"] in srf_library.get(row["sensor"]).names:
            band = srf_library.get(row["sensor"])[row["band"]]
            for name, column in columns.items():
                off = abs(getattr(band, name) - float(row[column]))
                assert off <= float(row["tol_nm"]), (row["sensor"], row["band"], name, off)
            checked += 1
    assert checked == 88


def golden_rows():
    lines = GOLDEN.read_text(encoding="utf-8").splitlines()
    head = [line for line in lines if line.startswith("#")]
    for number, word in enumerate(["# what:", "# made by:", "# from:"]):
        assert head[number].startswith(word), f"{GOLDEN.name} does not say {word!r}"
    return list(csv.DictReader(lines[len(head) :]))


def test_every_measured_band_is_that_of_its_package():
    """Computed by other code from the packages' files, with straight lines between samples.

    Where samples are 2.5 nm apart, straight lines and monotone cubics differ by more.
    """
    columns = {"centroid": "centroid_nm", "midpoint": "midpoint_nm", "fwhm": "fwhm_nm"}
    rows = golden_rows()
    for row in rows:
        sensor = srf_library.get(row["sensor"])
        allowed = 0.1 if sensor.quality == "1 nm" else 0.35
        for name, column in columns.items():
            off = abs(getattr(sensor[row["band"]], name) - float(row[column]))
            assert off <= allowed, (row["sensor"], row["band"], name, off)
    measured = srf_library.list(kind="measured")
    there = {(id_, name) for id_ in measured for name in srf_library.get(id_).names}
    assert {(row["sensor"], row["band"]) for row in rows} == there


def test_gaussian_sensors_have_the_bands_of_their_sources(shared):
    """AVIRIS-NG's file has 425 bands 5 nm apart; Hyperion lies within 0.8 nm of another table."""
    ang = srf_library.get("aviris_ng")
    assert (len(ang), ang["B1"].centroid, ang["B1"].fwhm) == (425, 376.86, 5.57)
    spacing = np.diff([band.centroid for band in ang])
    assert (spacing > 4.9).all()
    assert (spacing < 5.1).all()
    assert len(srf_library.get("neon_ais")) == 385
    with (shared / "sensors/expected_hyperspectral_grids.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["sensor"] == "hyperion"]
    assert len(rows) == 242
    for row in rows:
        band = srf_library.get("eo1_hyperion")[f"B{row['band']}"]
        assert abs(band.centroid - float(row["centre_nm"])) < 0.8


def test_the_library_is_as_large_as_it_says():
    assert len(ALL) == 29
    assert len(srf_library.list(kind="gaussian")) == 3
    measured = {srf_library.get(id_).platform for id_ in srf_library.list(kind="measured")}
    # Terra carries two measured instruments.
    assert len(measured) + 1 == 19


@pytest.mark.parametrize("id_", ALL)
def test_every_sensor_says_where_its_numbers_come_from(id_):
    sensor = srf_library.get(id_)
    source = sensor.provenance
    assert sensor.id == id_
    assert all((sensor.title, sensor.platform, sensor.instrument, sensor.quality))
    assert all((source.agency, source.document, source.version, source.licence))
    assert "sha256" in source.package or id_ == "eo1_hyperion"  # a formula comes from no package
    assert all(band.fwhm > 0 for band in sensor)
    assert all(band.support[0] < band.centroid < band.support[1] for band in sensor)


@pytest.mark.parametrize("name", sorted(shelf._records()["elsewhere"]))
def test_a_sensor_that_is_not_shipped_says_why_and_where_it_is(name):
    with pytest.raises(NotShippedError, match=rf"{name} is known, but not shipped: .*; .*read"):
        srf_library.get(name)


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("S2A", "sentinel2a_msi"),
        ("Sentinel-2A MSI", "sentinel2a_msi"),
        ("landsat-8", "landsat8_oli"),
        ("Landsat 7 ETM+", "landsat7_etm"),
        ("venus", "venus_vssc"),
        ("Hyperion", "eo1_hyperion"),
        ("MYD", "aqua_modis"),
        ("L5 TM", "landsat5_tm"),
        ("MODIS Terra", "terra_modis"),
        ("S3A SLSTR", "sentinel3a_slstr"),
    ],
)
def test_names_as_people_write_them(name, id_):
    assert srf_library.get(name).id == id_


@pytest.mark.parametrize("name", ["MODIS", "Terra", "SPOT-5", "PROBA-V", "S2", "S3A", "SPOT"])
def test_a_name_of_several_sensors_is_answered_with_all_of_them(name):
    with pytest.raises(AmbiguousNameError, match=r"may mean \w+ or \w+.*; ask for one of them"):
        srf_library.get(name)


def test_an_unknown_sensor_is_answered_with_the_nearest():
    with pytest.raises(UnknownNameError, match=r"did you mean .*'sentinel2a_msi'"):
        srf_library.get("sentinel2d_msi")


def test_an_unknown_band_is_answered_with_the_nearest():
    with pytest.raises(UnknownNameError, match=r"a band of sentinel2a_msi called 'B8B'.*'B8A'"):
        srf_library.get("sentinel2a_msi")["B8B"]


def test_a_name_like_nothing_known_is_answered_with_all():
    with pytest.raises(UnknownNameError, match=r"known: aqua_modis, .*, worldview3"):
        srf_library.get("xyz")


def test_lists_take_a_pattern_and_a_kind():
    assert srf_library.list("sentinel2*") == ["sentinel2a_msi", "sentinel2b_msi"]
    assert srf_library.list(kind="gaussian") == ["aviris_ng", "eo1_hyperion", "neon_ais"]
    assert srf_library.list("nothing*") == []


def test_an_unknown_kind_is_refused():
    as_users_call_it = srf_library.list.__wrapped__  # without the type checks of the tests
    with pytest.raises(ValueError, match="kind is 'box'; choose 'measured' or 'gaussian'"):
        as_users_call_it(kind="box")


def test_a_search_needs_all_its_words():
    assert srf_library.search("oli") == ["landsat8_oli", "landsat9_oli2"]
    assert srf_library.search("nasa terra") == ["terra_aster", "terra_modis"]
    assert srf_library.search("oli xyz") == []


# The defects of the sources, each of which was seen in them.


def test_terra_is_not_aqua():
    """The source gives Aqua's curves for bands 1 to 7 of Terra; 8 to 16 are its own."""
    assert not {f"B{n}" for n in range(1, 8)} & set(srf_library.get("terra_modis").names)
    for number in range(8, 17):
        terra, aqua = (srf_library.get(f"{name}_modis")[f"B{number}"] for name in ("terra", "aqua"))
        assert terra.centroid != aqua.centroid


@pytest.mark.parametrize("sensor", ["terra_modis", "aqua_modis"])
def test_modis_bands_do_not_respond_out_of_band(sensor, shared):
    """With the source's response out of band, vegetation would be 48 and 62 % too bright."""
    with np.load(shared / "sensors/test_spectra.npz") as spectra:
        nm, canopy = spectra["wl"], spectra["veg"]
    matrix = srf_library.response_matrix(sensor, nm, on_partial="renormalise")
    bands = dict(zip(matrix.sensor.names, matrix(canopy), strict=True))
    for name in ("B13", "B14"):
        at_centroid = np.interp(matrix.sensor[name].centroid, nm, canopy)
        assert bands[name] == pytest.approx(at_centroid, rel=0.02)


def test_no_band_is_a_copy_of_another():
    for id_ in ALL:
        sensor = srf_library.get(id_)
        assert len({(band.centroid, band.fwhm) for band in sensor}) == len(sensor)
    assert "PAN" not in srf_library.get("spot4_hrvir1").names
    assert "B3B" not in srf_library.get("terra_aster").names


def test_wavelengths_rise_and_responses_lie_between_zero_and_one():
    for id_ in srf_library.list(kind="measured"):
        for band in srf_library.get(id_):
            assert (np.diff(band.profile.wavelength) > 0).all()
            assert band.profile.response.min() >= 0
            assert band.profile.response.max() == 1


def test_sentinel_2a_is_the_published_one():
    """Two samples of B8A, typed from the agency's workbook as pyrsr has it (peak 1)."""
    samples = response("sentinel2a_msi", "B8A", [847.0, 848.0])
    np.testing.assert_allclose(samples, [0.001572174, 0.002498858], rtol=0.02)


# What is read, and that it is what was shipped.


def test_every_table_is_listed_with_its_hash():
    listed = dict(
        reversed(line.split()) for line in (TABLES / "SHA256SUMS").read_text("ascii").splitlines()
    )
    there = {path.name for path in TABLES.iterdir() if path.name.endswith(".csv")}
    assert set(listed) == there == {f"{id_}.csv" for id_ in ALL}
    for name, digest in listed.items():
        assert hashlib.sha256((TABLES / name).read_bytes()).hexdigest() == digest


def test_get_reads_the_table_of_one_sensor(monkeypatch):
    read = []

    def table(name):
        read.append(name)
        return "band,centre_nm,fwhm_nm\nB1,490,65\n"

    monkeypatch.setattr(shelf, "_table", table)
    shelf._load.__wrapped__("venus_vssc")
    assert read == ["venus_vssc.csv"]


def test_a_table_that_was_changed_is_refused(monkeypatch, tmp_path):
    (tmp_path / "tables").mkdir()
    for name in ("SHA256SUMS", "venus_vssc.csv"):
        (tmp_path / "tables" / name).write_bytes((TABLES / name).read_bytes())
    monkeypatch.setattr(shelf, "_DATA", tmp_path)
    assert shelf._table("venus_vssc.csv").startswith("band,")
    table = tmp_path / "tables/venus_vssc.csv"
    table.write_bytes(table.read_bytes().replace(b"B12", b"B13"))
    with pytest.raises(TableError, match=r"venus_vssc\.csv is not the table that was shipped"):
        shelf._table("venus_vssc.csv")


def test_the_shipped_data_are_small():
    assert sum(len(path.read_bytes()) for path in TABLES.iterdir()) < 500_000
