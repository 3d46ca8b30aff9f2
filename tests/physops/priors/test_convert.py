"""The shipped covariances are those that the maker makes; it needs the data that they come from."""

import tomllib

import numpy as np
import pytest

from physops.priors.convert import DATA, PRIORS, SHA256, made
from physops.priors.library import _covariance


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(PRIORS))
def test_made_again_it_is_what_is_shipped(shared_data, name):
    wavelength, covariance, counts = made(shared_data, name)
    shipped = _covariance(name)
    np.testing.assert_array_equal(wavelength, shipped.wavelength)
    scale = np.sqrt(np.outer(*[np.diag(covariance)] * 2))
    np.testing.assert_allclose(shipped.values / scale, covariance / scale, atol=1e-4)
    card = tomllib.loads((DATA / "priors.toml").read_text(encoding="utf-8"))[name]
    assert card["spectra"] == counts
    assert card["channels"] == len(wavelength)
    assert card["sha256"] == SHA256
    assert "public domain" in card["licence"]


def test_other_data_are_refused(tmp_path):
    (tmp_path / "libraries").mkdir()
    (tmp_path / "libraries/usgs_splib07_aviris95.npz").write_bytes(b"other")
    with pytest.raises(SystemExit, match="its sha256 differs"):
        made(tmp_path, "vegetation")
