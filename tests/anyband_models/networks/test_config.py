import pytest
import torch
from pydantic import ValidationError

from anyband_models.networks.config import PRESETS, UNetConfig
from anyband_models.networks.unet import UNet


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"attention": (4,)}, r"attention is at levels \[4\], but there are 4, counted from 0"),
        ({"attention": (-1,)}, r"attention is at levels \[-1\]"),
        ({"width": 18}, "width 18 is not a multiple of heads, 4"),
        ({"width": 9, "heads": 3}, "width 9 is odd; the code of the noise needs an even one"),
        ({"multipliers": ()}, "at least 1 item"),
        ({"spectral": -1}, "greater than or equal to 0"),
        ({"modulation": "none"}, "'global' or 'spatial'"),
        ({"depth": 3}, "Extra inputs are not permitted"),
    ],
)
def test_what_cannot_be_a_network_is_refused(settings, message):
    with pytest.raises(ValidationError, match=message):
        UNetConfig(**settings)


@pytest.mark.parametrize(
    ("name", "count"),
    [("tiny", 124_408), ("small", 4_995_080), ("base", 52_155_536), ("paper", 203_602_632)],
)
def test_a_preset_has_the_parameters_that_it_is_said_to_have(name, count):
    with torch.device("meta"):  # counted without being made
        network = UNet(200, PRESETS[name])
    assert sum(parameter.numel() for parameter in network.parameters()) == count
    assert list(PRESETS) == ["tiny", "small", "base", "paper"]


def test_the_papers_network_is_that_of_its_appendix():
    paper = PRESETS["paper"]
    assert (paper.width, paper.multipliers, paper.modulation) == (128, (1, 2, 4, 8), "global")
    # Patches of 64: levels 2 and 3 have 16 x 16 and 8 x 8 places.
    assert [64 // 2**level for level in paper.attention] == [16, 8]
    assert paper.spectral == 0


@pytest.mark.parametrize("name", list(PRESETS))
def test_a_config_survives_json(name):
    assert UNetConfig.model_validate_json(PRESETS[name].model_dump_json()) == PRESETS[name]
