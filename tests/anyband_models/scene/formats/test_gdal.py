import logging

import pytest

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
