import pytest
import torch

from emulator_training.errors import WeightFileError
from emulator_training.weights import Card, read, read_card, write


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, {"network.a": torch.arange(3.0)}, Card(name="some", title="a test"))
    return tmp_path


def test_weights_come_back_with_their_card(folder):
    weights = read("some", folder)
    assert weights.network["a"].tolist() == [0.0, 1.0, 2.0]
    assert weights.card.ranges["lai"].high == 8.0
    assert sorted(path.name for path in folder.iterdir()) == ["some.json", "some.safetensors"]


def test_a_corrupt_file_is_refused_in_one_sentence(folder):
    path = folder / "some.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    wording = r"the weights of some are corrupt: .*sha256 \w{12}.*, not \w{12}.*; install the dist"
    with pytest.raises(WeightFileError, match=wording):
        read("some", folder)


def test_a_missing_file_is_refused_in_one_sentence(folder):
    (folder / "some.safetensors").unlink()
    with pytest.raises(WeightFileError, match=r"cannot be read .*No such file.*; install"):
        read("some", folder)
    with pytest.raises(WeightFileError, match=r"have no card .*; install"):
        read("other", folder)


def test_what_is_written_anew_is_read_anew(folder):
    assert read("some", folder).network["a"].tolist() == [0.0, 1.0, 2.0]
    write(folder, {"network.a": torch.ones(1)}, Card(name="some", title="a test"))
    assert read("some", folder).network["a"].tolist() == [1.0]


def test_a_card_that_is_none_is_refused(folder):
    (folder / "some.json").write_text("{}")
    with pytest.raises(WeightFileError, match="have a card that cannot be read"):
        read_card("some", folder)
