import numpy as np

from anyband_models.training.data.grid import GRID
from anyband_models.training.data.sources import splib07


def test_groups_look_as_they_are_called(libraries):
    for part in splib07.gathered(libraries):
        groups = np.array(part.groups)
        assert len(groups) == len(part.spectra)
        red, infrared, far = (
            part.spectra[:, int(np.searchsorted(GRID, nm))] for nm in (670, 800, 1650)
        )
        plants = groups == "vegetation"
        assert (infrared[plants] > 1.9 * red[plants]).all()
        assert (far[groups == "snow"] < 0.2 * red[groups == "snow"]).all()
        assert (far[groups == "water"] < 0.15).all()


def test_what_was_calculated_is_left_out(libraries):
    with np.load(libraries / splib07.FINE) as held:
        names = held["names"].tolist()
    kept = [name for name in names if splib07._LEFT_OUT.search(name) is None]
    assert not any("AMX" in name or "synth" in name or "alias" in name for name in kept)
    assert "Alun366+.50PyroPYS1A_GDS222_BECKb_AREF" in kept
