"""`python -m srf_library.convert FOLDER`: make every table, and the list of their hashes."""

import hashlib
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

from srf_library.convert import centres, py6s, pyrsr, sensorsio
from srf_library.convert.archive import Centres, Read, Responses, reader

DATA = Path(__file__).parents[1] / "data"
MEASURED = {"pyrsr": pyrsr, "py6s": py6s, "sensorsio": sensorsio}
GAUSSIAN: dict[str, tuple[str, Callable[[Read], Centres]]] = {
    "aviris_ng": ("isofit", centres.aviris_ng),
    "neon_ais": ("earthlib", centres.neon_ais),
}


def main(folder: Path) -> None:
    """Write the tables."""
    with (DATA / "sensors.toml").open("rb") as file:
        packages = tomllib.load(file)["packages"]
    readers = {
        name: reader(folder / package["file"], package["sha256"])
        for name, package in packages.items()
    }
    for name, module in MEASURED.items():
        for sensor in module.SENSORS:
            _write(sensor, _long(module.responses(sensor, readers[name])))
    for sensor, (name, read) in GAUSSIAN.items():
        _write(sensor, _centres(read(readers[name])))
    _write("eo1_hyperion", _centres(centres.eo1_hyperion()))
    tables = sorted((DATA / "tables").glob("*.csv"))
    sums = (f"{hashlib.sha256(table.read_bytes()).hexdigest()}  {table.name}" for table in tables)
    (DATA / "tables/SHA256SUMS").write_text("\n".join(sums) + "\n", encoding="ascii")


def _long(responses: Responses) -> str:
    lines = ["band,wavelength_nm,response"]
    for band, (wavelength, response) in responses.items():
        lines += [
            f"{band},{nm:g},{value / response.max():.5g}"
            for nm, value in zip(wavelength, response, strict=True)
        ]
    return "\n".join(lines) + "\n"


def _centres(bands: Centres) -> str:
    lines = ["band,centre_nm,fwhm_nm"]
    lines += [f"{band},{centre:.3f},{fwhm:g}" for band, (centre, fwhm) in bands.items()]
    return "\n".join(lines) + "\n"


def _write(sensor: str, text: str) -> None:
    (DATA / "tables" / f"{sensor}.csv").write_text(text, encoding="ascii", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
