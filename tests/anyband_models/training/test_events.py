"""What TensorBoard is told, if it is there."""

import numpy as np

from anyband_models.training import events as module
from anyband_models.training.events import Events, events

RECORD = {
    "step": 7,
    "loss": 0.5,
    "physics": {"pixel": 0.25, "region": None},
    "learning_rate": 1e-3,
    "skipped": 1,
    "validation": {"k5": {"model": 20.0, "linear": 18.5}},
}


class Writer:
    def __init__(self):
        self.scalars, self.images, self.closed = {}, {}, False

    def add_scalar(self, tag, scalar_value, global_step):
        self.scalars[tag] = (scalar_value, global_step)

    def add_image(self, tag, img_tensor, global_step, dataformats):
        self.images[tag] = (img_tensor.shape, global_step, dataformats)

    def close(self):
        self.closed = True


def test_curves_and_an_image():
    writer = Writer()
    Events(writer).add(RECORD, np.zeros((4, 9, 3)))
    assert writer.scalars == {
        "loss": (0.5, 7),
        "physics/pixel": (0.25, 7),
        "learning rate": (1e-3, 7),
        "skipped steps": (1, 7),
        "dB over linear/k5": (1.5, 7),
    }
    assert writer.images == {"truth, linear, model": ((4, 9, 3), 7, "HWC")}


def test_without_it_nothing_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with events(tmp_path, 0) as shown:
        shown.add(RECORD, None)
    assert list(tmp_path.iterdir()) == []
    assert capsys.readouterr() == ("", "")


def test_with_it_events_of_later_steps_are_forgotten_and_it_is_closed(tmp_path, monkeypatch):
    writer, asked = Writer(), []
    monkeypatch.setattr(module, "find_spec", lambda name: name == "tensorboard")
    monkeypatch.setattr(module, "_summary_writer", lambda *args: asked.append(args) or writer)
    with events(tmp_path, 4) as shown:
        shown.add(RECORD, None)
    assert asked == [(tmp_path / "events", 5)]
    assert writer.closed
    assert writer.images == {}
