"""The conversion on archives of a few lines, laid out as the packages are."""

import numpy as np
import pytest

from srf_library.convert import centres, py6s, pyrsr, sensorsio
from srf_library.convert.cures import clipped, in_band


def test_negative_noise_is_set_to_zero():
    assert clipped(np.array([-0.1, 0.0, 0.5])).tolist() == [0, 0, 0.5]


def test_what_lies_out_of_band_is_left_out():
    response = np.array([0.02, 0.005, 0.3, 1.0, 0.02, 0.009, 0.4])
    nm, kept = in_band(np.arange(7.0), response, least=0.01)
    assert nm.tolist() == [2, 3, 4]
    assert kept.tolist() == [0.3, 1.0, 0.02]


def test_a_response_that_is_in_band_everywhere_is_kept_whole():
    nm, _ = in_band(np.arange(3.0), np.array([0.5, 1.0, 0.5]), least=0.01)
    assert nm.tolist() == [0, 1, 2]


def test_pyrsr_in_micrometres():
    table = b"4 tm\n0.435 -0.1\n0.436 0.5\n0.437 1.0\n0.438 0.0\n"
    files = {f"{pyrsr.ROOT}/Landsat-7/ETM+/band_{number}": table for number in "1234578"}
    tables = pyrsr.responses("landsat7_etm", files.__getitem__)
    assert list(tables) == ["B1", "B2", "B3", "B4", "B5", "B7", "B8"]
    assert tables["B1"][0].tolist() == [435, 436, 437, 438]
    assert tables["B1"][1].tolist() == [0, 0.5, 1, 0]


def test_pyrsr_modis_is_cut_to_its_band():
    text = b"6 modis\n660 0.001\n665 0.5\n666 1.0\n667 0.02\n668 0.001\n900 0.9\n"
    tables = pyrsr.responses("aqua_modis", lambda name: text)
    assert tables["B13"][0].tolist() == [665, 666, 667]


def test_py6s_is_read_and_not_run():
    source = """
raise SystemExit("this module was run")
class PredefinedWavelengths:
"""
    source += "".join(
        f"    S3A_SLSTR_{n:02d} = ({n}, 0.54, 0.55, np.array([0.0, 0.2, 1.0, 0.3, 0.0]))\n"
        for n in range(1, 7)
    )
    tables = py6s.responses("sentinel3a_slstr", lambda name: source.encode())
    assert list(tables) == ["S1", "S2", "S3", "S4", "S5", "S6"]
    assert tables["S6"][0].tolist() == [540, 542.5, 545, 547.5, 550]


def test_py6s_whose_range_does_not_fit_its_samples_is_refused():
    source = "".join(
        f"PROBAV_1_{n:02d} = (1, 0.54, 0.58, np.array([0.1, 0.2]))\n" for n in range(1, 5)
    )
    with pytest.raises(ValueError, match="PROBAV_1_01 does not end where it says"):
        py6s.responses("probav_camera1", lambda name: source.encode())


def test_sensorsio_in_micrometres():
    rows = b"0.4 0 1\n0.4025 1 0.5\n0.405 0 0\n"
    tables = sensorsio.responses("venus_vssc", lambda name: rows)
    assert list(tables) == ["B1", "B2"]
    assert tables["B1"][0].tolist() == [400, 402.5, 405]


def test_isofits_table_of_centres():
    bands = centres.aviris_ng(lambda name: b"0 0.37686 0.00557\n1 0.38187 0.00558\n")
    assert bands == {"B1": (376.86, 5.57), "B2": (381.87, 5.58)}


def test_earthlibs_definition_is_read_and_not_run():
    source = b"""
neon_band_count = 2
NEON = Sensor(
    name="NEON",
    band_names=["band_5", "band_6"],
    band_centers=[0.4027, 0.4077],
    band_widths=np.ones(neon_band_count) * 0.0075,
)
"""
    assert centres.neon_ais(lambda name: source) == {"B5": (402.7, 7.5), "B6": (407.7, 7.5)}
    with pytest.raises(ValueError, match="not one number any more"):
        centres.neon_ais(lambda name: source.replace(b"np.ones(neon_band_count) * 0.0075", b"x"))
    with pytest.raises(ValueError, match="no sensor NEON any more"):
        centres.neon_ais(lambda name: b"")


def test_hyperion_is_two_lines():
    bands = centres.eo1_hyperion()
    assert len(bands) == 242
    assert bands["B1"] == (355.59, 10.0)
    assert bands["B70"][0] == pytest.approx(355.59 + 69 * 10.1753, abs=1e-3)
    assert bands["B71"][0] == 851.92
