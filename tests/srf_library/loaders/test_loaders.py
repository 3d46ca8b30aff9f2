"""Files as users have them, and as they should not be."""

import io
import warnings
import zipfile

import numpy as np
import openpyxl
import pytest

import srf_library
from srf_library import TableError, TableWarning

WIDE = "wavelength_nm,B1,B2\n480,0,0\n490,0.5,0\n500,1,0.2\n510,0,1\n520,0,0\n"
LONG = "band,wavelength_nm,response\n" + "".join(
    f"{band},{nm},{r}\n"
    for band, curve in {
        "B1": [(480, 0), (490, 0.5), (500, 1), (510, 0)],
        "B2": [(490, 0), (500, 0.2), (510, 1), (520, 0)],
    }.items()
    for nm, r in curve
)
CENTRES = "band,centre_nm,fwhm_nm\nblue,490,65\nred,665,30\n"
ENVI = """ENVI
description = {a = b}
samples = 2
wavelength units = {unit}
wavelength = {{{centres}}}
fwhm = {{{widths}}}
band names = {{first band,
 second band}}
"""


@pytest.fixture
def table(tmp_path):
    """Writes a file, and reads it as a sensor; every warning is an error unless it is awaited."""

    def read(content, name="table.csv", **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return srf_library.read(path, **options)

    return read


def envi(unit="Nanometers", centres="490, 665", widths="65, 30"):
    return ENVI.replace("{a = b}", "{{a = b}}").format(unit=unit, centres=centres, widths=widths)


def workbook(**sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


ESA = [
    ["SR_WL", "S2A_SR_AV_B1", "S2A_SR_AV_B2"],
    [480, 0, 0],
    [490, 0.5, 0],
    [500, 1, 0.2],
    [510, 0, 1],
    [520, 0, 0],
]


def assert_same_bands(a, b):
    assert a.names == b.names
    for one, other in zip(a, b, strict=True):
        assert one.centroid == pytest.approx(other.centroid)
        assert one.fwhm == pytest.approx(other.fwhm)


@pytest.mark.parametrize(
    "content",
    [
        LONG,
        WIDE.replace(",", ";"),
        WIDE.replace(",", "\t"),
        WIDE.replace(",", " "),
        WIDE.replace(",", ";").replace("0.5", "0,5").replace("0.2", "0,2"),
        "wl B1 B2\n480,0 0,0 0,0\n490,0 0,5 0,0\n500,0 1,0 0,2\n510,0 0,0 1,0\n520,0 0,0 0,0\n",
        "# measured in 2020\n\n" + WIDE,
        "Title of the table,,\n" + WIDE,
        WIDE.replace("wavelength_nm", "Wavelength [nm]"),
        WIDE.replace("B1", "S_RSR_B1").replace("B2", "S_RSR_B2"),
        WIDE.encode("utf-16"),
        WIDE.replace("480,0,0", "480,0,-0.001"),
        "\ufeff" + WIDE.replace("\n", "\r\n"),
        "\n".join([WIDE.splitlines()[0], *reversed(WIDE.splitlines()[1:])]),
    ],
)
def test_one_table_in_many_spellings(table, content):
    assert_same_bands(table(content), table(WIDE))


def test_a_table_is_read_as_it_stands(table):
    sensor = table(WIDE, "mine.csv")
    assert (sensor.id, sensor.names, sensor.kind) == ("mine", ("B1", "B2"), "measured")
    np.testing.assert_array_equal(sensor["B2"].profile.wavelength, [490, 500, 510, 520])
    np.testing.assert_array_equal(sensor["B2"].profile.response, [0, 0.2, 1, 0])
    assert table(WIDE, id="my_camera").id == "my_camera"


def test_an_empty_cell_of_a_long_table_was_not_sampled(table):
    rows = "B1,480,0.5\nB1,490,1\nB1,500,\nB2,500,1\nB2,510,0.5\n"
    with pytest.warns(TableWarning):
        sensor = table(f"band,wavelength_nm,response\n{rows}")
    assert sensor["B1"].support == (480, 490)


def test_an_empty_cell_was_not_sampled(table):
    """As tables of bands with grids of their own come out of a join."""
    joined = "wavelength_nm,B1,B2\n480,0,\n485,,0\n490,1,NaN\n495,n/a,1\n500,0,\n505,,0\n"
    sensor = table(joined)
    assert sensor["B1"].profile.wavelength.tolist() == [480, 490, 500]
    assert sensor["B2"].profile.wavelength.tolist() == [485, 495, 505]


@pytest.mark.parametrize(
    ("unit", "factor"), [("um", 1e-3), ("(Å)", 10), ("angstrom", 10), ("[µm]", 1e-3), ("A", 10)]
)
def test_the_unit_of_the_heading_counts(table, unit, factor):
    rows = "".join(f"{nm * factor:.6g},{r}\n" for nm, r in ((480, 0), (490, 1), (500, 0)))
    assert table(f"wavelength {unit},B1\n{rows}")["B1"].support == (480, 500)


def test_centres_and_widths_make_gaussians(table):
    sensor = table(CENTRES)
    assert sensor.names == ("blue", "red")
    assert [(band.centroid, band.fwhm) for band in sensor] == [(490, 65), (665, 30)]
    assert table("center wavelength (um),FWHM (nm)\n0.49,65\n0.665,30\n")["B2"].fwhm == 30
    assert table("wavelength,fwhm\n490,65\n665,30\n").names == ("B1", "B2")
    headings = ("Band,Central wavelength,Bandwidth", "Name,Band Center (nm),width")
    for heading in headings:
        assert_same_bands(table(f"{heading}\nblue,490,65\nred,665,30\n"), sensor)


@pytest.mark.filterwarnings("ignore::srf_library.TableWarning")
def test_widths_in_another_unit_than_their_centres(table):
    """No optical band is 0.06 nm wide, and none at 480 nm is 60 µm."""
    with pytest.raises(TableError, match=r"band 1, at 480 nm, has the width \(fwhm\) 0\.06 nm; gi"):
        table("centre,fwhm\n480,0.06\n")
    assert table("centre_um,fwhm_nm\n0.48,60\n")["B1"].fwhm == 60
    assert table("centre,width (FWHM)\n0.48,60\n")["B1"].fwhm == 60
    assert table("centre (Å),fwhm (Å)\n4800,600\n")["B1"].fwhm == 60
    sensor = table(envi("Micrometers", "0.49, 0.665", "65, 30"))
    assert [band.fwhm for band in sensor] == [65, 30]


def test_a_response_that_the_table_cuts_off_is_said(table):
    with pytest.warns(TableWarning, match=r"band B1 ends at 500 nm with 40 % of its peak"):
        assert table("wavelength_nm,B1\n480,0\n490,1\n500,0.4\n")["B1"].support == (480, 500)


@pytest.mark.parametrize(
    ("unit", "centres", "widths"),
    [
        ("Nanometers", "490, 665", "65, 30"),
        ("Micrometers", "0.49,\n 0.665", "0.065, 0.03"),
        ("Unknown", "0.49, 0.665", "0.065, 0.03"),
    ],
)
@pytest.mark.filterwarnings("ignore:.*taken for µm")  # where the header does not know its unit
def test_an_envi_header_states_centres_and_widths(table, unit, centres, widths):
    sensor = table(envi(unit, centres, widths), "scene.hdr")
    assert sensor.names == ("first band", "second band")
    assert [(b.centroid, round(b.fwhm, 9)) for b in sensor] == [(490, 65), (665, 30)]


def test_a_workbook_as_esa_publishes_them(table):
    content = workbook(Readme=[["Version", "4.0"]], Responses=ESA)
    assert_same_bands(table(content, "S2-SRF.xlsx"), table(WIDE))


def test_a_workbook_of_several_sensors_needs_a_sheet(table):
    content = workbook(A=ESA, B=[[*ESA[0][:2]], *(row[:2] for row in ESA[1:])])
    with pytest.raises(TableError, match=r"on the sheets 'A', 'B'; name one with sheet="):
        table(content, "S2-SRF.xlsx")
    assert len(table(content, "S2-SRF.xlsx", sheet="A")) == 2
    with pytest.raises(TableError, match="has no sheet called 'C'; it has 'A', 'B'"):
        table(content, "S2-SRF.xlsx", sheet="C")


def test_micrometres_that_are_not_stated_are_told_and_said(table):
    um = "wavelength,B1\n0.48,0\n0.49,0.5\n0.5,1\n0.51,0\n"
    with pytest.warns(TableWarning, match=r"end at 0\.51 and are taken for µm; state the unit"):
        assert table(um)["B1"].support == (480, 510)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert table(um, unit="um")["B1"].support == (480, 510)
        assert table(WIDE.replace("_nm", "_um"), unit="nm")["B1"].support == (480, 510)
        assert table(um.replace("wavelength", "wavelength_um"))["B1"].support == (480, 510)


def test_responses_in_percent_are_told_and_said(table):
    percent = "wavelength_nm,B1\n480,0\n490,50\n500,99\n510,0\n"
    with pytest.warns(TableWarning, match="peak at 99 and are taken for percent, or another scale"):
        assert table(percent)["B1"].profile(np.array([500.0])) == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "table.csv is empty"),
        ("480,0\n490,1\n", r"names no column of wavelengths; write a heading such as"),
        ("wavelength_nm,B1\n", "has a heading and no rows"),
        ("wavelength_nm,\n480,\n", "has wavelengths and no responses"),
        ("wavelength_nm,B1\n480,0\n490,much\n", r"'much' in column 'B1' is no number; correct it"),
        ("wavelength_nm,B1\n480,0\nnan,1\n", r"row 2 below the heading has no wavelength"),
        ("wavelength_nm,B1\n480,0\n,1\n", r"row 2 below the heading has no wavelength; give it"),
        ("wavelength_nm,B1\n480,0\n490,1,1\n", r"the row that begins with '490' has more cells"),
        ("wl_a,A,wl_b,B\n480,0,500,0\n490,1,510,1\n", r"names 2 columns of wavelengths; write"),
        ("wavelength (cm-1),B1\n480,0\n490,1\n", r"states 'wavelength \(cm-1\)'; give wavele"),
        ("wavelength_cm-1,B1\n480,0\n490,1\n", r"states 'wavelength_cm-1'; give wavelengths"),
        ("wavelength_mm,B1\n480,0\n490,1\n", r"states 'wavelength_mm'; give wavelengths and"),
        (f"wavelength_nm,B1\n480,{'1' * 200_000}\n", r"cannot be read as a table \(field larger"),
        ("wavelength_nm,B1\n0.48,0\n0.49,1\n", r"said to be in nm, but end at 0\.49; correct"),
        (envi("Index", "1, 2", "1, 1"), r"gives wavelengths in 'Index'; give them in nm or um"),
        ("wavelength_nm,B1\n480,0\n490,-0.3\n", r"band B1 responds with -0\.3 at 490 nm"),
        ("wavelength_nm,B1,B2\n480,0,0\n490,1,0\n", r"band B2 responds nowhere \(all zero\)"),
        ("wavelength_nm,B1,B1\n480,0,0\n490,1,1\n", r"has 2 bands called 'B1'; give each its"),
        ("wavelength_nm,B1\n480,0\n480,1\n", r"band B1 has two responses at 480 nm"),
        ("wavelength_nm,B1\n480,0\n490,nan\n", r"band B1 has 1 samples; a response needs two"),
        ("wavelength_nm,B1\n480,0\n490,inf\n", r"band B1 has a response that is no number"),
        ("band,centre_nm,fwhm_nm\nB1,490,0\n", r"at 490 nm, has the width \(fwhm\) 0 nm; give"),
        ("wavelength_um,B1\n48,0\n49,1\n", r"optical bands lie from 100 to 20000 nm"),
        (envi(widths="65"), r"gives 2 wavelengths and 1 widths \(fwhm\); a response needs both"),
        (envi(centres="490, abc"), "wavelength holds something that is no number"),
        ("ENVI\nsamples = 3\n", r"gives 0 wavelengths and 0 widths"),
        (b"\x89HDF\r\n\x1a\n\0\0\0", "is no text; give a CSV table, an .xlsx or an ENVI header"),
        (b"PK\x03\x04broken", "cannot be read as a workbook; save its table as CSV"),
    ],
)
@pytest.mark.filterwarnings("ignore::srf_library.TableWarning")
def test_what_is_no_table_of_responses_gets_one_sentence(table, content, sentence):
    with pytest.raises(TableError, match=sentence):
        table(content)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(TableError, match="cannot be read: No such file"):
        srf_library.read(tmp_path / "nothing.csv")


def test_an_unknown_unit_is_refused(table):
    with pytest.raises(TableError, match="the unit is 'cm'; choose 'nm', 'um' or 'angstrom'"):
        table(WIDE, unit="cm")


def rezipped(content, change):
    """Return a workbook whose parts went through a function of their name and bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return file.getvalue()


def test_a_formula_without_a_value_is_refused(table):
    formula = [["wavelength_nm", "B1"], [480, 0], [490, "=1-0"], [500, 0]]
    with pytest.raises(TableError, match=r"'=1-0' in column 'B1' is no number; correct it"):
        table(workbook(Responses=formula), "formula.xlsx")


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_a_broken_workbook_is_refused(table, part):
    content = bytearray(workbook(Responses=ESA))
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        start = book.getinfo(part).header_offset + 30 + len(part)
    content[start : start + 20] = b"\xff" * 20
    with pytest.raises(TableError, match="cannot be read as a workbook; save its table as CSV"):
        table(bytes(content), "broken.xlsx")


def test_a_workbook_with_entities_is_refused(table):
    """Entities that name each other nine deep would fill the memory."""
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbb">]>'

    def with_entities(name, text):
        return bomb + text.split(b"?>", 1)[-1] if name == "xl/workbook.xml" else text

    with pytest.raises(TableError, match="cannot be read as a workbook"):
        table(rezipped(workbook(Responses=ESA), with_entities), "bomb.xlsx")


def test_what_the_library_ships_reads_back(tmp_path):
    """A shipped table is in the long layout, and so its own test file."""
    sensor = srf_library.get("venus_vssc")
    lines = ["band,wavelength_nm,response"]
    for band in sensor:
        samples = zip(band.profile.wavelength.tolist(), band.profile.response.tolist(), strict=True)
        lines += [f"{band.name},{nm!r},{response!r}" for nm, response in samples]
    (tmp_path / "venus.csv").write_text("\n".join(lines))
    assert_same_bands(srf_library.read(tmp_path / "venus.csv"), sensor)
