"""The page of a training run."""

import numpy as np

from anyband_models.report.training import strip_colours, training_page
from anyband_models.training.strip import Strip


def strip():
    truth = np.linspace(0, 1, 4 * 5 * 3).reshape(4, 5, 3).astype(np.float32)
    return Strip(truth, truth + 0.5, truth - 5.0, 1)


def record(step, **more):
    return {
        "step": step, "loss": 0.5, "physics": {}, "learning_rate": 1e-3, "skipped": 0, **more,
    }  # fmt: skip


def test_the_model_is_stretched_as_the_truth_is():
    colours = strip_colours(strip())
    assert colours.shape == (4, 15, 3)
    truth, linear, model = np.split(colours, 3, axis=1)
    assert (truth.min(), truth.max()) == (0, 1)
    assert (linear >= truth).all()
    assert (model == 0).all()


def test_what_is_not_known_is_black():
    one = strip()
    one.truth[0, 0] = np.nan
    one.truth[:, :, 2] = np.nan
    colours = strip_colours(one)
    assert np.isfinite(colours).all()
    assert (colours[0, 0] == 0).all()


def test_a_page_holds_all_that_it_shows():
    scores = {"k5": {"model": 20.0, "linear": 18.5}}
    records = [
        record(1, loss=None),
        record(2, physics={"pixel": 0.1}),
        record(3, validation=scores),
    ]
    page = training_page("<run>", records, strip(), "Natural colour", ["a & b"], "steps: 3 <x>")
    assert page.count("data:image/png;base64,") == 2
    assert "&lt;run&gt;" in page
    assert "a &amp; b" in page
    assert "steps: 3 &lt;x&gt;" in page
    assert "<td>20.00<td>18.50<td>+1.50" in page
    assert "were given 1 band." in page
    assert 'src="http' not in page


def test_a_page_of_nothing_yet():
    page = training_page("run", [], None, "", [], "")
    assert page.count("data:image/png;base64,") == 1
    assert "Held-out rows" not in page
