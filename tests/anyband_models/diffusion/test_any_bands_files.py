import hashlib
import json

import pytest
import safetensors.torch
import torch

from anyband_models.diffusion.any_bands import AnyBands, AnyBandsSpec
from anyband_models.diffusion.any_bands_files import read_any_bands, write_any_bands
from anyband_models.errors import WeightsError
from anyband_models.models.anyband import SHIPPED
from anyband_models.networks.bandwise import BandwiseConfig

SMALL = AnyBandsSpec(network=BandwiseConfig(width=2, latents=3, trunk=4), trained_on=("nothing",))


@pytest.fixture
def written(tmp_path):
    torch.manual_seed(2)
    model = AnyBands(SMALL)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter)
    model.spread += torch.rand(model.spread.shape)
    write_any_bands(tmp_path / "model.json", model, {"seed": 3}, {"psnr": 30.5})
    return tmp_path / "model.json", model


def refusal(path):
    with pytest.raises(WeightsError) as caught:
        read_any_bands(path)
    assert caught.value.exit_code == 4
    end = "; train the model again, or fetch its files anew"
    assert str(caught.value).endswith(end)
    return str(caught.value).removesuffix(end)


def test_a_model_comes_back_with_a_network_in_half_precision(written):
    path, model = written
    found = read_any_bands(path)
    assert found.spec == SMALL
    assert not found.training
    theirs = model.state_dict()
    for name, ours in found.state_dict().items():
        assert ours.dtype == torch.float32
        exact = theirs[name].half().float() if name.startswith("network.") else theirs[name]
        assert torch.equal(ours, exact), name
    assert read_any_bands(path.parent) is not None  # the folder of a run
    described = json.loads(path.read_text())
    assert (described["training"], described["scores"]) == ({"seed": 3}, {"psnr": 30.5})


def test_what_is_absent_or_damaged_is_refused(written):
    path, _ = written
    weights = path.with_suffix(".safetensors")
    data, text = weights.read_bytes(), path.read_text()
    assert refusal(path.parent / "other.json") == f"{path.parent / 'other.json'} is not there"
    for broken in ("", "{", "[]", "{}", '{"spec": 3, "sha256": ""}'):
        path.write_text(broken)
        assert refusal(path) == f"{path} does not describe a model of any bands"
    path.write_bytes(b"\xff\xfe")
    assert refusal(path) == f"{path} does not describe a model of any bands"
    path.write_text(text)
    weights.write_bytes(data[:-1])
    assert refusal(path) == f"{weights} is not the file that was written: its sha256 differs"
    weights.unlink()
    assert refusal(path) == f"{weights} is not there"


def test_other_arrays_than_described_are_refused_before_they_take_memory(written):
    path, _ = written
    weights = path.with_suffix(".safetensors")
    described = json.loads(path.read_text())
    arrays = safetensors.torch.load_file(weights)
    for changed in (arrays | {"more": torch.ones(1)}, arrays | {"spread": torch.ones(1)}):
        data = safetensors.torch.save(changed)
        weights.write_bytes(data)
        sha = hashlib.sha256(data).hexdigest()
        path.write_text(json.dumps(described | {"sha256": sha}))
        assert refusal(path) == f"{weights} has other arrays than its description"
    data = safetensors.torch.save(arrays)
    weights.write_bytes(data)
    described["sha256"] = hashlib.sha256(data).hexdigest()
    for width in (3, 10**6, 10**12):
        described["spec"]["network"]["width"] = width
        path.write_text(json.dumps(described))
        assert refusal(path) == f"{weights} has other arrays than its description"


def test_the_one_that_ships_is_read():
    found = read_any_bands(SHIPPED)
    assert torch.isfinite(found.spread).all()
    assert (found.spread > 0).all()
