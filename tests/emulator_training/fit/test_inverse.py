import torch

from emulator_training.fit.inverse import nine_tenths, view_of
from emulator_training.parameters import vector


def test_nine_tenths_are_of_what_counts():
    values = torch.arange(1.0, 101.0).flip(0)[:, None].expand(100, 2)
    assert nine_tenths(values, torch.ones(100)).tolist() == [90.0, 90.0]
    # The fifty largest count three times: a tenth of all is a third of forty of them.
    counts = torch.where(torch.arange(100) < 50, 3.0, 1.0)
    assert nine_tenths(values, counts).tolist() == [94.0, 94.0]


def test_angles_that_are_not_known_are_zeros():
    rows = vector({"tts": 60.0, "tto": 0.0, "psi": 90.0}).float().expand(2, 15)
    found = view_of(rows, torch.tensor([1.0, 0.0]))
    torch.testing.assert_close(found, torch.tensor([[0.5, 1.0, 0.0, 1.0], [0.0] * 4]))
