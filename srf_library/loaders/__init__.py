"""A user's own responses: a CSV table, a workbook or an ENVI header becomes a sensor.

The format is told by the file's first bytes, the layout of a table by its heading:

    wavelength_nm,B1,B2,...           wide: one column a band
    band,wavelength_nm,response       long: one row a sample
    band,centre_nm,fwhm_nm            one row a band; it responds as a Gaussian
"""

import csv
import hashlib
from pathlib import Path

from srf_library.errors import TableError
from srf_library.loaders import cells, envi, tables, xlsx
from srf_library.loaders.units import UNITS
from srf_library.sensor import Provenance, Sensor

LARGEST = 64 * 1024 * 1024  # bytes; a table of 300 bands at 0.1 nm is smaller


def read(
    path: Path | str,
    *,
    id: str = "",
    unit: str = "",
    sheet: str = "",
) -> Sensor:
    """Read the responses of a sensor from a file.

    Args:
        path: a CSV or text table, an .xlsx workbook such as ESA's, or an ENVI header with
            wavelengths and widths (fwhm).
        id: what the sensor is to be called; the file's name without its suffix if left out.
        unit: ``"nm"``, ``"um"`` or ``"angstrom"``, the unit of its wavelengths and widths,
            whatever the file says; if left out, and the file does not say, told by their size.
        sheet: the sheet of a workbook, where several hold responses.

    Raises:
        TableError: if the file cannot be read, or holds no responses.

    Warns:
        TableWarning: if wavelengths are taken for µm, or responses for percent, unsaid; if a
            response is cut off.
    """
    path = Path(path)
    if unit not in ("", *UNITS):
        raise TableError(f"the unit is {unit!r}; choose 'nm', 'um' or 'angstrom'")
    content = _content(path)
    if content.startswith(b"PK"):
        rows = xlsx.rows(content, sheet, str(path))
        bands = tables.bands(rows, unit, str(path))
    elif content[:4].upper() == b"ENVI":
        bands = envi.bands(cells.text(content, str(path)), unit, str(path))
    else:
        bands = tables.bands(_rows(content, str(path)), unit, str(path))
    return Sensor(
        id=id or path.stem,
        title=path.name,
        bands=bands,
        quality="as the file has it",
        provenance=Provenance(
            document=path.name, package=f"file, sha256 {hashlib.sha256(content).hexdigest()}"
        ),
    )


def _rows(content: bytes, source: str) -> cells.Rows:
    try:
        return cells.rows(cells.text(content, source))
    except csv.Error as error:
        raise TableError(f"{source} cannot be read as a table ({error}); save it as CSV") from error


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise TableError(f"{path} cannot be read: {error.strerror}") from error
    if len(content) > LARGEST:
        raise TableError(f"{path} is larger than 64 MB, which no table of responses is")
    if not content.strip():
        raise TableError(f"{path} is empty; a table of responses has a heading and rows")
    return content
