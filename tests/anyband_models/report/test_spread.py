"""What is said of an honest spread, and of one that is not."""

import re

import numpy as np

from anyband_models.evaluation.uncertainty import Tally
from anyband_models.report.spread import COLUMNS, spread_table

SHAPE = (6, 40, 50)
NM = np.array([500.0, 510.0, 540.0, 600.0, 800.0, 1500.0])


def tally(claimed):
    """Errors of standard deviation 1 that claim another."""
    truth = np.random.default_rng(0).standard_normal(SHAPE).astype(np.float32)
    removed = np.ones(SHAPE, dtype=bool)
    removed[0] = False
    std = np.full(SHAPE, claimed, np.float32)
    return Tally.of(truth, np.zeros_like(truth), std, removed, ~removed, NM)


def test_rows_are_all_and_the_distances_that_occur():
    table = spread_table("mine", tally(1.0), tally(0.5))
    assert table.columns == COLUMNS
    assert [row[:2] for row in table.rows] == [
        ("all", "10,000"), ("up to 15 nm from an observed band", "2,000"),
        ("15 to 50 nm", "2,000"), ("50 to 150 nm", "2,000"), ("150 to 500 nm", "2,000"),
        ("over 500 nm from an observed band", "2,000"),
    ]  # fmt: skip
    every = dict(zip(COLUMNS, table.rows[0], strict=True))
    assert every[COLUMNS[4]] == "50\N{NO-BREAK SPACE}%"
    assert every[COLUMNS[5]] == "90\N{NO-BREAK SPACE}%"
    assert every["spread / error"] == "1.00"
    assert float(every["CRPS"]) < float(every["linear's"]), "too narrow costs"


def test_the_picture_is_a_png_and_says_what_it_shows():
    table = spread_table("mine", tally(1.0), tally(0.5))
    assert re.match(r"data:image/png;base64,iVBORw0KGgo", table.picture)
    assert "mine and linear, band by band" in table.picture_says


def test_without_an_entry_there_is_no_score():
    nothing = np.zeros(SHAPE, dtype=bool)
    empty = Tally.of(*[np.zeros(SHAPE, np.float32)] * 3, nothing, ~nothing, NM)
    table = spread_table("mine", empty, empty)
    assert table.rows == (("all", "0", *["no score"] * 5),)
