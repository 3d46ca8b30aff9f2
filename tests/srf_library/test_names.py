import pytest

from srf_library import AmbiguousNameError, UnknownNameError
from srf_library.names import resolve

KNOWN = {
    "terra_modis": ("Terra", "MODIS", "Terra MODIS"),
    "aqua_modis": ("Aqua", "MODIS", "Aqua MODIS"),
    "modis": (),
}


@pytest.mark.parametrize("name", ["terra_modis", "TERRA", "terra-modis", "Terra MODIS"])
def test_spelling_does_not_matter(name):
    assert resolve(name, KNOWN) == "terra_modis"


def test_an_id_wins_over_the_names_of_others():
    assert resolve("modis", KNOWN) == "modis"


def test_what_may_mean_several_is_answered_with_all_of_them():
    with pytest.raises(AmbiguousNameError, match="'MODIS' may mean aqua_modis or modis or terra"):
        resolve("MODIS", KNOWN)


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'terra_modis'"):
        resolve("tera_modis", KNOWN)
    with pytest.raises(UnknownNameError, match="did you mean 'LT04'"):
        resolve("LT03", {"landsat4_tm": ("L4", "LT04"), "landsat9_oli2": ()})
