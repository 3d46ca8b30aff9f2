from dataclasses import replace

import numpy as np

from anyband_models.models.contract import Caution, Origin
from anyband_models.report.words import (
    CAUTION_WORDS,
    ORIGIN_WORDS,
    QUANTITY_WORDS,
    what_was_repaired,
)
from anyband_models.scene.meta import Quantity


def of(content, provenance):
    result = replace(content.reconstruction, provenance=provenance)
    return what_was_repaired(replace(content, reconstruction=result))


def test_everything_has_a_word():
    assert set(ORIGIN_WORDS) == set(Origin)
    assert set(CAUTION_WORDS) == set(Caution)
    assert set(QUANTITY_WORDS) == set(Quantity)


def test_bands_pixels_and_refusals_are_counted(make_content):
    content = make_content((4, 30, 50))
    provenance = np.zeros((4, 30, 50), dtype=np.uint8)
    provenance[:2] = Origin.REPAIRED_BAND
    provenance[2:, :20, :] = Origin.REPAIRED_PIXEL
    provenance[3, 25, :3] = Origin.REFUSED
    words = "Repaired 2 of 4 bands and gaps at 1,000 of 1,500 pixels; 3 entries were refused."
    assert of(content, provenance) == words


def test_an_untouched_scene_is_said_to_be_untouched(make_content):
    content = make_content((4, 3, 5))
    provenance = np.zeros((4, 3, 5), dtype=np.uint8)
    assert of(content, provenance) == "Repaired nothing; nothing was refused."


def test_one_refusal_is_one_entry(make_content):
    provenance = np.zeros((4, 3, 5), dtype=np.uint8)
    provenance[0, 0, 0] = Origin.REFUSED
    assert of(make_content((4, 3, 5)), provenance).endswith("; 1 entry was refused.")
