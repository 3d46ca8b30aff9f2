import logging

import numpy as np
import pytest

from anyband_models.errors import InputError
from anyband_models.scene.formats import read_scene
from anyband_models.scene.formats.gdal import PASSED_OVER, quietly


@pytest.mark.parametrize("words", PASSED_OVER)
def test_what_gdal_passed_over_is_collected_and_nothing_is_shown(caplog, words):
    log = logging.getLogger("rasterio._env")
    with quietly() as complaints:
        log.warning("TIFFReadDirectory: %s of a tag", words)
        log.warning("CPLE_AppDefined: something harmless")
    assert complaints == [f"TIFFReadDirectory: {words} of a tag"]
    assert not caplog.records


def test_afterwards_the_log_speaks_again(caplog):
    with quietly():
        pass
    logging.getLogger("rasterio._env").warning("again")
    assert [record.getMessage() for record in caplog.records] == ["again"]


def test_a_text_that_is_none_refuses_the_file_and_shows_nothing(make, save, capfd):
    """GDAL quotes the tags that it cannot parse; rasterio cannot decode the quotation."""
    path = save(make(), "scene.tif")
    path.write_bytes(path.read_bytes().replace(b"<GDALMetadata>", b"<G\xffALMetadata>"))
    with pytest.raises(InputError, match="damaged GeoTIFF: a text in it cannot be decoded"):
        read_scene(path, wavelengths=np.array([500.0, 600.0, 700.0, 800.0]))
    assert capfd.readouterr() == ("", "")
