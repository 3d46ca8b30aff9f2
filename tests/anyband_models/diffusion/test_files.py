import hashlib
import json
import os
import pickle

import pytest
import safetensors.torch
import torch

from anyband_models.diffusion.files import read_model, write_model
from anyband_models.errors import InputError, WeightsError


@pytest.fixture
def written(tmp_path, make_model):
    """Return the path of a model that was written."""
    model = make_model(base="linear")
    write_model(tmp_path / "model.json", model.spec, model.state_dict())
    return tmp_path / "model.json"


def change(path, edit):
    content = json.loads(path.read_text())
    edit(content)
    path.write_text(json.dumps(content))


def replace(path, data):
    """Put other weights in place, with their own sha256: what a malicious file would have."""
    path.with_suffix(".safetensors").write_bytes(data)
    change(path, lambda content: content.update(sha256=hashlib.sha256(data).hexdigest()))


def tensors(path):
    return safetensors.torch.load_file(path.with_suffix(".safetensors"))


def refusal(path):
    with pytest.raises(WeightsError) as caught:
        read_model(path)
    assert caught.value.exit_code == 4
    message = str(caught.value)
    assert message.endswith("; train the model again, or fetch its files anew")
    return message.removesuffix("; train the model again, or fetch its files anew")


def test_a_model_comes_back_bit_for_bit(tmp_path, make_model):
    for base in ("none", "linear"):
        model = make_model(base=base)
        path = tmp_path / f"{base}.json"
        write_model(path, model.spec, model.state_dict(), {"seed": 3}, {"psnr": 31.5})
        found, described = read_model(path)
        assert described.spec == model.spec == found.spec
        assert (described.training, described.scores) == ({"seed": 3}, {"psnr": 31.5})
        ours, theirs = found.state_dict(), model.state_dict()
        assert list(ours) == list(theirs)
        for name in ours:
            assert ours[name].dtype == theirs[name].dtype
            assert torch.equal(ours[name], theirs[name]), name
        assert not any(parameter.requires_grad for parameter in found.parameters())
        assert not found.training


def test_a_folder_is_its_model(written):
    assert torch.equal(
        read_model(written.parent)[0].ground.wavelength, read_model(written)[0].ground.wavelength
    )


def test_writing_again_replaces_both_files(written, make_model):
    model = make_model(base="none")
    write_model(written, model.spec, model.state_dict())
    assert read_model(written)[0].spec.diffusion.base == "none"
    assert sorted(path.name for path in written.parent.iterdir()) == [
        "model.json",
        "model.safetensors",
    ]


def test_a_folder_that_is_not_there_leaves_nothing_behind(tmp_path, make_model):
    model = make_model()
    with pytest.raises(InputError, match="does not exist; make it first"):
        write_model(tmp_path / "nowhere" / "model.json", model.spec, model.state_dict())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", [".json", ".safetensors"])
def test_a_missing_file_is_named(written, suffix):
    lost = written.with_suffix(suffix)
    lost.unlink()
    assert refusal(written) == f"{lost} is not there"


def test_an_empty_folder_lacks_its_model(tmp_path):
    assert refusal(tmp_path) == f"{tmp_path / 'model.json'} is not there"


@pytest.mark.parametrize("version", [0, 2, "1.0", None])
def test_another_version_is_refused(written, version):
    change(written, lambda content: content["spec"].update(version=version))
    assert refusal(written) == f"{written} is of version {version!r}, and this program reads 1"


@pytest.mark.parametrize("place", [0, 100, -1])
def test_weights_of_which_a_bit_fell_over_are_refused(written, place):
    weights = written.with_suffix(".safetensors")
    data = bytearray(weights.read_bytes())
    data[place] ^= 1
    weights.write_bytes(data)
    expected = f"{weights} is not the file that was written: its sha256 differs"
    assert refusal(written) == expected
    weights.write_bytes(data[:50])
    assert refusal(written) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        "3",
        '{"a": 1}',
        '{"spec": []}',
        '{"spec": null}',
        "\x00",
        "[" * 99_999,
    ],
)
def test_json_that_is_no_model_is_refused(written, text):
    written.write_text(text)
    assert refusal(written) == f"{written} does not describe a model"


def test_a_file_that_is_no_text_is_refused(written):
    written.write_bytes(b"\xff\xfe\x00")
    assert refusal(written) == f"{written} does not describe a model"


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda c: c.update(colour=1), "colour: Extra inputs are not permitted"),
        (lambda c: c.pop("sha256"), "sha256: Field required"),
        (lambda c: c["spec"].pop("patch"), "spec.patch: Field required"),
        (lambda c: c["spec"]["network"].update(width=-8), "spec.network.width: Input should be "
                                                          "greater than 0"),
        (lambda c: c["spec"]["normalisation"].update(low=9.0), "spec.normalisation: Value error, "
                                                               "low 9 is not below high 1"),
        (lambda c: c["spec"]["wavelength"].append(1e3), "spec: Value error, 7 wavelengths"),
    ],
)  # fmt: skip
def test_a_description_that_cannot_be_is_refused(written, edit, message):
    change(written, edit)
    assert refusal(written).startswith(f"{written} does not describe a model: {message}")


class Malice:
    """Something that runs a command when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("form", ["pickle", "torch", "text"])
def test_code_in_place_of_weights_is_never_run(written, form, tmp_path):
    trap, file = tmp_path / "trap", tmp_path / "malice"
    if form == "torch":
        torch.save({"network": Malice(trap)}, file)
        data = file.read_bytes()
    else:
        data = pickle.dumps(Malice(trap)) if form == "pickle" else b"import os"
    replace(written, data)
    assert refusal(written).startswith(
        f"{written.with_suffix('.safetensors')} is no safetensors file: "
    )
    assert not trap.exists()


@pytest.mark.parametrize("more", [True, False])
def test_arrays_that_are_missing_or_too_many_are_named(written, more):
    arrays = tensors(written)
    if more:
        arrays["network.other"] = torch.zeros(3)
    else:
        del arrays["network.stem.bias"]
    replace(written, safetensors.torch.save(arrays))
    name = "network.other" if more else "network.stem.bias"
    assert refusal(written) == (
        f"{written.with_suffix('.safetensors')} does not fit its description: {name!r} is in one "
        "alone"
    )


def test_arrays_of_other_shapes_are_refused(written):
    arrays = tensors(written)
    arrays["network.stem.bias"] = arrays["network.stem.bias"][:-1].clone()
    replace(written, safetensors.torch.save(arrays))
    expected = "has arrays of other shapes than its description"
    assert refusal(written) == f"{written.with_suffix('.safetensors')} {expected}"


@pytest.mark.parametrize("width", [10**7, 10**12])
def test_a_description_of_more_than_memory_holds_is_refused_before_it_takes_any(written, width):
    change(written, lambda content: content["spec"]["network"].update(width=width))
    expected = "has arrays of other shapes than its description"
    assert refusal(written) == f"{written.with_suffix('.safetensors')} {expected}"


def test_a_model_without_a_word_on_company_is_read_as_it_was_meant(make_model, tmp_path):
    model = make_model()
    weights = {name: w for name, w in model.state_dict().items() if name != "company"}
    write_model(tmp_path / "m.json", model.spec, weights)
    found, _ = read_model(tmp_path / "m.json")
    assert (found.company == 1).all()
