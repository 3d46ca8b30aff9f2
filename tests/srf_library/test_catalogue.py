import csv
import os
from pathlib import Path

import pytest

import srf_library
from srf_library import UnknownNameError

DATA = Path(os.environ.get("ANYBAND_DATA", Path(__file__).parents[3] / "shared/data"))
EXPECTED = DATA / "sensors/expected_bands.csv"


@pytest.mark.skipif(not EXPECTED.is_file(), reason=f"{EXPECTED} is not there; set ANYBAND_DATA")
def test_centres_are_those_of_the_agency():
    with EXPECTED.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["sensor"] in srf_library.list_sensors()]
    assert rows
    for row in rows:
        band = srf_library.get(row["sensor"])[row["band"]]
        assert abs(band.centre_nm - float(row["centre_nm"])) <= float(row["tol_nm"])


def test_every_sensor_has_a_source_and_bands_of_some_width():
    for name in srf_library.list_sensors():
        sensor = srf_library.get(name)
        assert sensor.id == name
        assert sensor.source
        assert all(band.fwhm_nm > 0 for band in sensor)
        assert len({band.name for band in sensor}) == len(sensor)


def test_an_unknown_sensor_is_answered_with_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'sentinel2a_msi'"):
        srf_library.get("sentinel2_msi")


def test_an_unknown_band_is_answered_with_the_nearest():
    with pytest.raises(UnknownNameError, match=r"a band of sentinel2a_msi called 'B8a'.*'B8A'"):
        srf_library.get("sentinel2a_msi")["B8a"]


def test_a_name_like_nothing_known_is_answered_with_all():
    with pytest.raises(UnknownNameError, match="known: sentinel2a_msi"):
        srf_library.get("xyz")
