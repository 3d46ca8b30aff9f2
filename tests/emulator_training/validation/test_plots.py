import pytest
import torch

from emulator_training.design import KINDS
from emulator_training.networks import BIOPHYSICAL
from emulator_training.parameters import PARAMETERS
from emulator_training.validation.held_out import HeldOut
from emulator_training.validation.plots import by_step, plot

figures = pytest.importorskip("matplotlib.figure", reason="the extra `zoo` is not installed")


def test_errors_by_step_are_root_means():
    values, squared = torch.tensor([0.05, 0.1, 0.95]), torch.tensor([1.0, 4.0, 9.0])
    found = by_step(values, squared, 0.0, 1.0)
    assert found[0] == pytest.approx(2.5**0.5)
    assert found[7] == 3.0
    assert torch.isnan(found[1:7]).all()


@pytest.fixture
def drawn(monkeypatch, tmp_path):
    """Return the figures by name, of errors that grow from kind to kind and by parameter."""
    found = {}

    def keep(figure, path, **options):
        found[path.stem] = figure

    monkeypatch.setattr(figures.Figure, "savefig", keep)
    low, high = (torch.tensor([getattr(p, end) for p in PARAMETERS]) for end in ("low", "high"))
    rows = low + (high - low) * torch.linspace(0, 1, 40)[:, None]
    errors = {
        kind: (HeldOut(kind, rows, torch.zeros(40, 2101)), torch.full((40, 2101), 0.1 * 3**n))
        for n, kind in enumerate(KINDS)
    }
    names = [
        f"{kind}_{what}_{part}r2_{name}"
        for kind in ("wide", "prior")
        for what in ("spectrum", "sentinel2")
        for part in ("", "angles_")
        for name in BIOPHYSICAL
    ]
    # What is below zero is not in the first panel.
    scores = {name: 0.5 if name.startswith("wide") else -0.4 for name in names}
    plot(tmp_path, {"prosail_inverse": scores}, errors)
    return found


def test_every_point_is_in_the_picture(drawn):
    assert sorted(drawn) == ["error_by_parameter", "error_by_wavelength", "inverse_by_parameter"]
    for figure in drawn.values():
        for axes in figure.axes:
            bottom, top = axes.get_ylim()
            heights = [y for line in axes.lines for y in torch.as_tensor(line.get_ydata())]
            assert heights
            assert all(bottom <= y <= top for y in heights)


def test_every_line_is_named(drawn):
    for name, figure in drawn.items():
        legends = [*figure.legends, *(a.get_legend() for a in figure.axes if a.get_legend())]
        (legend,) = legends
        words = [text.get_text() for text in legend.get_texts()]
        assert len(words) == (3 if name == "inverse_by_parameter" else len(KINDS))


def test_an_r2_below_zero_is_drawn_below_zero_over_the_names_of_parameters(drawn):
    for axes, height in zip(drawn["inverse_by_parameter"].axes, (0.5, -0.4), strict=True):
        assert axes.get_ylim()[0] < -0.4
        assert {bar.get_height() for bar in axes.patches} == {height}
    words = [text.get_text() for text in axes.get_xticklabels()]
    assert words[1] == "chlorophyll a and b"
