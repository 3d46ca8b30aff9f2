import pytest

from anyband_models.models.card import Card
from anyband_models.models.registry import get_model, list_models


@pytest.mark.parametrize("name", list_models())
def test_every_card_is_filled_in_and_has_the_name_it_is_asked_for_by(name):
    card = get_model(name).card
    assert card.name == name
    for field in Card.model_fields:
        assert str(getattr(card, field)).strip(), field
    assert "\n" not in card.summary
