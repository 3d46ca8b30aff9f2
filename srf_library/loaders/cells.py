"""Text into rows of cells: whatever separates them, and whichever sign marks their decimals."""

import csv
import re

from srf_library.errors import TableError

Rows = list[list[str]]

_DECIMAL_COMMA = re.compile(r"(?<![\d.,])-?\d+,\d+(?:[eE][+-]?\d+)?(?![\d.,])")


def text(content: bytes, source: str) -> str:
    """Return a file's text.

    Raises:
        TableError: if it is no text.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    if b"\0" in content:
        raise TableError(f"{source} is no text; give a CSV table, an .xlsx or an ENVI header")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def rows(content: str) -> Rows:
    """Return the cells of a table; blank lines and lines that begin with ``#`` are passed over.

    >>> rows("wavelength;B1" + chr(10) + "443,5;0,25")
    [['wavelength', 'B1'], ['443.5', '0.25']]
    """
    lines = [line for line in content.splitlines() if line.strip() and line.lstrip()[0] != "#"]
    delimiter = _delimiter(lines)
    if delimiter is None:
        return [_with_decimal_points(line).split() for line in lines]
    if delimiter != ",":
        lines = [_with_decimal_points(line) for line in lines]
    return [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter)]


def _delimiter(lines: list[str]) -> str | None:
    """Return what separates the cells; None if nothing but spaces does."""
    for delimiter in "\t;":
        if sum(delimiter in line for line in lines) > len(lines) / 2:
            return delimiter
    # "443,5 0,25" has a comma in every line, and none that separates.
    words = (line.split() for line in lines)
    spaced = any(len(word) > 1 and _DECIMAL_COMMA.fullmatch(word[0]) for word in words)
    return "," if not spaced and any("," in line for line in lines) else None


def _with_decimal_points(line: str) -> str:
    return _DECIMAL_COMMA.sub(lambda number: number[0].replace(",", "."), line)
