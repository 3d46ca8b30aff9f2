"""Sensors of which a centre and a width are known, a line a band: they respond as Gaussians."""

import ast

import numpy as np

from srf_library.convert.archive import Centres, Read

ISOFIT = "isofit/test/data/wavelengths.txt"
EARTHLIB = "earthlib/sensors.py"


def aviris_ng(read: Read) -> Centres:
    """Return centre and width [nm] by band, from isofit's table of number, centre, width [µm]."""
    table = np.loadtxt(read(ISOFIT).decode("ascii").splitlines())
    return {
        f"B{int(number) + 1}": (round(1000 * centre, 3), round(1000 * width, 3))
        for number, centre, width in table
    }


def neon_ais(read: Read) -> Centres:
    """Return centre and width [nm] by band, from earthlib's definition of the sensor ``NEON``."""
    fields = _fields(read(EARTHLIB).decode("utf-8"), "NEON")
    names: list[str] = ast.literal_eval(fields["band_names"])
    centres: list[float] = ast.literal_eval(fields["band_centers"])
    # The widths stand there as a formula: ones, times one number [µm].
    match fields["band_widths"]:
        case ast.BinOp(op=ast.Mult(), right=ast.Constant(value=float(width))):
            fwhm = round(1000 * width, 3)
        case _:
            raise ValueError("the widths of NEON are not one number any more")
    return {
        name.replace("band_", "B"): (round(1000 * centre, 3), fwhm)
        for name, centre in zip(names, centres, strict=True)
    }


def eo1_hyperion(_: Read | None = None) -> Centres:
    """Return centre and width [nm] by band, from the linear dispersion of the two detectors."""
    visible = {n: 355.59 + 10.1753 * (n - 1) for n in range(1, 71)}
    infrared = {n: 851.92 + 10.0899 * (n - 71) for n in range(71, 243)}
    return {f"B{n}": (round(centre, 3), 10.0) for n, centre in (visible | infrared).items()}


def _fields(source: str, sensor: str) -> dict[str, ast.expr]:
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(keywords=keywords)):
                if name == sensor:
                    return {word.arg: word.value for word in keywords if word.arg}
    raise ValueError(f"there is no sensor {sensor} any more")
