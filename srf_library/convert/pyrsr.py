"""pyrsr: measured responses at 1 nm, one text file a band."""

import numpy as np

from srf_library.convert.archive import Read, Responses
from srf_library.convert.cures import clipped, in_band
from srf_library.profiles import trimmed

ROOT = "pyrsr-0.8.0/pyrsr/data"

# Where each sensor lies, and the package's number of each band under the agency's name.
# Left out are thermal bands, ASTER 3B (a copy of 3N) and SPOT-4's "PAN" (a copy of band 2).
_SPOT_1_TO_3 = {"B1": "1", "B2": "2", "B3": "3", "PAN": "4"}
_SPOT_4 = {"B1": "1", "B2": "2", "B3": "3", "B4": "4"}
_SPOT_5 = {**_SPOT_4, "PAN": "5"}
SENSORS = {
    "landsat4_tm": ("Landsat-4/TM", {f"B{n}": str(n) for n in (1, 2, 3, 4, 5, 7)}),
    "landsat5_tm": ("Landsat-5/TM", {f"B{n}": str(n) for n in (1, 2, 3, 4, 5, 7)}),
    "landsat7_etm": ("Landsat-7/ETM+", {f"B{n}": str(n) for n in (1, 2, 3, 4, 5, 7, 8)}),
    "landsat8_oli": ("Landsat-8/OLI_TIRS", {f"B{n}": str(n) for n in range(1, 10)}),
    "landsat9_oli2": ("Landsat-9/OLI_TIRS", {f"B{n}": str(n) for n in range(1, 10)}),
    "sentinel2a_msi": ("Sentinel-2A/MSI", None),
    "sentinel2b_msi": ("Sentinel-2B/MSI", None),
    # Terra's files 1 to 7 hold Aqua's curves.
    "terra_modis": ("Terra/MODIS", {f"B{n}": str(n) for n in range(8, 17)}),
    "aqua_modis": ("Aqua/MODIS", {f"B{n}": str(n) for n in range(1, 17)}),
    "terra_aster": ("Terra/ASTER", {f"B{n}": n for n in ("1", "2", "3N", *"456789")}),
    "spot1_hrv1": ("SPOT-1/HRV1", _SPOT_1_TO_3),
    "spot1_hrv2": ("SPOT-1/HRV2", _SPOT_1_TO_3),
    "spot2_hrv1": ("SPOT-2/HRV1", _SPOT_1_TO_3),
    "spot2_hrv2": ("SPOT-2/HRV2", _SPOT_1_TO_3),
    "spot3_hrv1": ("SPOT-3/HRV1", _SPOT_1_TO_3),
    "spot3_hrv2": ("SPOT-3/HRV2", _SPOT_1_TO_3),
    "spot4_hrvir1": ("SPOT-4/HRVIR1", _SPOT_4),
    "spot4_hrvir2": ("SPOT-4/HRVIR2", _SPOT_4),
    "spot5_hrg1": ("SPOT-5/HRG1", _SPOT_5),
    "spot5_hrg2": ("SPOT-5/HRG2", _SPOT_5),
}
_MSI = {f"B{n}": n for n in (*"12345678", "8A", "9", "10", "11", "12")}
WITH_OUT_OF_BAND = {"terra_modis", "aqua_modis"}


def responses(sensor: str, read: Read) -> Responses:
    """Return the cured responses of a sensor, by band."""
    folder, bands = SENSORS[sensor]
    tables = {}
    for band, number in (bands or _MSI).items():
        text = read(f"{ROOT}/{folder}/band_{number}").decode("ascii")
        wavelength, response = np.loadtxt(text.splitlines()[1:]).T
        nm = wavelength * 1000 if wavelength[-1] < 20 else wavelength
        columns = trimmed(np.round(nm, 3), clipped(response))
        tables[band] = in_band(*columns, least=0.01) if sensor in WITH_OUT_OF_BAND else columns
    return tables
