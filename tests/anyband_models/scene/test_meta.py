import pytest
from pydantic import ValidationError

from anyband_models.scene.meta import SceneMeta


def test_a_field_that_does_not_exist_is_refused():
    with pytest.raises(ValidationError, match="no_data"):
        SceneMeta(scale=(1.0,), offset=(0.0,), no_data=3)


def test_what_is_known_of_a_file_does_not_change():
    with pytest.raises(ValidationError, match="frozen"):
        SceneMeta(scale=(1.0,), offset=(0.0,)).nodata = 3
