"""Configs as YAML."""

import pytest

from anyband_models.errors import InputError
from anyband_models.training.config import preset
from anyband_models.training.config_file import checked, config_text, read_config
from srf_library import UnknownNameError


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "config.yaml"
        path.write_text(text)
        return path

    return write


def refusal(settings):
    with pytest.raises(InputError) as refused:
        checked({"scenes": ["a.tif"], "network": {}} | settings, "c.yaml")
    return str(refused.value)


@pytest.mark.parametrize("name", ["tiny", "small", "base", "paper"])
def test_a_resolved_config_reads_back_as_itself(written, name):
    config = preset(name, scenes=("a.tif",), optimiser={"learning_rate": 3e-7})
    path = written(config_text(config))
    assert checked(read_config(path), str(path)) == config


def test_a_number_may_be_written_as_people_do(written):
    found = read_config(written("optimiser: {learning_rate: 1e-4}"))
    assert checked(
        found | {"scenes": ["a"], "network": {}}, "c.yaml"
    ).optimiser.learning_rate == pytest.approx(1e-4)


def test_the_papers_preset_is_the_papers():
    config = preset("paper", scenes=("a.tif",))
    assert (config.patch, config.stride) == (64, 32)
    assert (config.optimiser.learning_rate, config.optimiser.weight_decay) == (1e-4, 1e-4)
    assert config.optimiser.betas == (0.9, 0.999)
    assert (config.diffusion.prediction, config.diffusion.base) == ("eps", "none")
    assert (config.masking.sensor, config.masking.drop) == (1.0, (0.1, 0.7))
    assert config.network.width == 128
    assert config.network.multipliers == (1, 2, 4, 8)


def test_an_unknown_preset_is_refused():
    with pytest.raises(UnknownNameError, match=r"a preset called 'smal' .* did you mean 'small'"):
        preset("smal", scenes=("a.tif",))


def test_an_unknown_key_is_named_with_those_that_are_allowed():
    assert refusal({"optimiser": {"lerning_rate": 1e-3}}) == (
        "c.yaml: there is no setting optimiser.lerning_rate; did you mean learning_rate; allowed "
        "there: learning_rate, betas, weight_decay, warmup, clip, average"
    )
    assert refusal({"xyz": 1}).startswith("c.yaml: there is no setting xyz; allowed there: scenes,")
    assert refusal({"diffusion": {"schedule": {"kind": "linear", "rho": 7}}}) == (
        "c.yaml: there is no setting diffusion.schedule.linear.rho; allowed there: kind, start, "
        "end, steps"
    )


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"steps": 0}, "steps: input should be greater than 0"),
        ({"steps": "many"}, "steps: input should be a valid integer"),
        ({"region": "right"}, "region: input should be 'all' or 'left'"),
        ({"scenes": []}, "scenes: tuple should have at least 1 item"),
        ({"optimiser": {"learning_rate": float("inf")}}, "learning_rate: input should be a finite"),
        ({"masking": {"drop": [0.7, 0.1]}}, "masking: drop runs from 0.7 down to 0.1"),
        ({"network": 3}, "network: input should be"),
        ({"seed": -1}, "seed: input should be greater than or equal to 0"),
        ({"seed": 2**64}, "seed: input should be less than"),
        ({"network": {"width": 6}}, "width 6 is not a multiple of heads, 4"),
        ({"diffusion": {"base": "linear"}}, "base: linear takes .* set masking.averaged to false"),
    ],
)
def test_a_value_that_cannot_be_is_refused(settings, words):
    with pytest.raises(InputError, match=words):
        checked({"scenes": ["a.tif"], "network": {}} | settings, "c.yaml")


def test_a_missing_key_is_named():
    with pytest.raises(InputError, match=r"c\.yaml: the setting network is missing; give it"):
        checked({"scenes": ["a.tif"]}, "c.yaml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "holds no settings; write `key: value`"),
        ("- 1", "holds no settings"),
        ("3: 4", "holds no settings"),
        ("a: [1,", r"cannot be read as YAML \(line 1: "),
        ("a: !!python/object/apply:os.system [x]", "cannot be read as YAML"),
        ("a: " + "[" * 5000, "cannot be read as YAML"),
        ("#" * 1_000_001, "too large for a config"),
    ],
)
def test_a_file_that_is_no_config_is_refused(written, text, words):
    with pytest.raises(InputError, match=words) as refused:
        read_config(written(text))
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="is not there; name a YAML file, or use --preset"):
        read_config(tmp_path / "config.yaml")
