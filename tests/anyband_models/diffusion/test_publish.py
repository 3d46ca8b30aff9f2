"""Weights that ship."""

import torch

from anyband_models.diffusion.files import read_model, write_model
from anyband_models.diffusion.publish import publish


def test_what_ships_is_half_as_large_and_nearly_the_same(make_model, tmp_path):
    model = make_model()
    for weight in model.network.parameters():
        torch.nn.init.normal_(weight, std=0.02)
    model.error.table.uniform_(0.1, 1.0)
    run, ships = tmp_path / "run" / "model.json", tmp_path / "ships.json"
    run.parent.mkdir()
    write_model(run, model.spec, model.state_dict(), {"steps": 7}, {"score": 1.0})
    publish(run.parent, ships)
    sizes = [path.with_suffix(".safetensors").stat().st_size for path in (run, ships)]
    assert sizes[1] < 0.7 * sizes[0]
    found, described = read_model(ships)
    assert (described.training, described.scores) == ({"steps": 7}, {"score": 1.0})
    assert torch.equal(found.error.table, model.error.table)
    for ours, theirs in zip(found.network.parameters(), model.network.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-6)
