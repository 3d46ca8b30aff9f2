import pytest

from anyband_models.errors import InputError
from anyband_models.jobs.arena.scenes import readings


def test_what_single_scenes_are_is_said_beside_them(tmp_path):
    (tmp_path / "readings.yaml").write_text("a.npz: {scale: 0.0001, quantity: reflectance}\n")
    assert readings(tmp_path) == {"a.npz": {"scale": 0.0001, "quantity": "reflectance"}}


def test_nothing_need_be_said(tmp_path):
    assert readings(tmp_path) == {}


@pytest.mark.parametrize("text", ["a.npz: {colour: red}", "- a", "a.npz: 3", "{", "a: {scale: x}"])
def test_what_says_nothing_is_refused_in_a_sentence(tmp_path, text):
    (tmp_path / "readings.yaml").write_text(text)
    with pytest.raises(InputError, match=r"readings.yaml does not say how to read scenes; write"):
        readings(tmp_path)
