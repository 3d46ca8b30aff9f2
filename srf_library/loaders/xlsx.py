"""The cells of an .xlsx workbook, which is a zip archive of XML files."""

import io
import re
import zipfile
import zlib
from xml.etree import ElementTree

from srf_library.errors import TableError
from srf_library.loaders.cells import Rows
from srf_library.loaders.tables import heading_row

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
# What zipfile, zlib and the XML parser raise on files that are broken, encrypted or something else.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, ElementTree.ParseError, LookupError, ValueError, TypeError,
    RuntimeError, EOFError,
)  # fmt: skip
LARGEST_PART = 256 * 1024 * 1024  # bytes, unpacked


def rows(content: bytes, sheet: str, source: str) -> Rows:
    """Return the cells of the sheet that holds responses.

    Args:
        content: the file.
        sheet: its name; if empty, the only one with a heading that names wavelengths.
        source: the file, for messages.

    Raises:
        TableError: if it is no workbook, or which sheet is meant cannot be told.
    """
    try:
        return _rows(zipfile.ZipFile(io.BytesIO(content)), sheet, source)
    except TableError:
        raise
    except _BROKEN as error:
        raise TableError(
            f"{source} cannot be read as a workbook; save its table as CSV and give that"
        ) from error


def _rows(book: zipfile.ZipFile, sheet: str, source: str) -> Rows:
    places = _sheets(book)
    if sheet:
        if sheet not in places:
            raise TableError(
                f"{source} has no sheet called {sheet!r}; it has {_quoted(list(places))}"
            )
        return _cells(book, places[sheet])
    read = {name: _cells(book, place) for name, place in places.items()}
    meant = [name for name, found in read.items() if heading_row(found) is not None]
    if len(meant) > 1:
        raise TableError(
            f"{source} holds responses on the sheets {_quoted(meant)}; name one with sheet="
        )
    return read[meant[0]] if meant else []


def _quoted(names: list[str]) -> str:
    return ", ".join(map(repr, names))


def _sheets(book: zipfile.ZipFile) -> dict[str, str]:
    """Return where in the archive each sheet lies, by name."""
    links = {
        link.attrib["Id"]: link.attrib["Target"]
        for link in _xml(book, "xl/_rels/workbook.xml.rels").iter(f"{_PACKAGE}Relationship")
    }
    return {
        sheet.attrib["name"]: f"xl/{links[sheet.attrib[_LINK]].removeprefix('/xl/')}"
        for sheet in _xml(book, "xl/workbook.xml").iter(f"{_MAIN}sheet")
    }


def _cells(book: zipfile.ZipFile, place: str) -> Rows:
    shared = _shared_strings(book)
    rows = []
    for row in _xml(book, place).iter(f"{_MAIN}row"):
        cells: list[str] = []
        for cell in row.iter(f"{_MAIN}c"):
            column = _column(cell.attrib["r"]) if "r" in cell.attrib else len(cells)
            cells += [""] * (column - len(cells))
            cells.append(_value(cell, shared).strip())
        rows.append(cells)
    return rows


def _value(cell: ElementTree.Element, shared: list[str]) -> str:
    if cell.get("t") == "inlineStr":
        return "".join(part.text or "" for part in cell.iter(f"{_MAIN}t"))
    text = cell.findtext(f"{_MAIN}v") or ""
    formula = cell.findtext(f"{_MAIN}f")
    if formula is not None and not text and cell.get("t") != "str":
        return f"={formula}"  # nobody has computed it: no number, which the table will say
    return shared[int(text)] if cell.get("t") == "s" else text


def _shared_strings(book: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in book.namelist():
        return []
    items = _xml(book, "xl/sharedStrings.xml").iter(f"{_MAIN}si")
    return ["".join(part.text or "" for part in item.iter(f"{_MAIN}t")) for item in items]


def _column(reference: str) -> int:
    """Return the column of a cell, from 0: "AB12" lies in column 27."""
    number = 0
    for letter in re.match("[A-Z]+", reference)[0]:  # type: ignore[index]
        number = 26 * number + ord(letter) - ord("A") + 1
    if number > 16_384:  # the format's own limit
        raise ValueError(f"{reference} lies outside any sheet")
    return number - 1


def _xml(book: zipfile.ZipFile, name: str) -> ElementTree.Element:
    if book.getinfo(name).file_size > LARGEST_PART:
        raise ValueError(f"{name} is too large for a table of responses")
    content = book.read(name)
    # No workbook has one; entities could blow up in memory. Zeros: it may be UTF-16.
    if b"<!DOCTYPE" in content.replace(b"\0", b""):
        raise ValueError(f"{name} declares a document type")
    return ElementTree.fromstring(content)
