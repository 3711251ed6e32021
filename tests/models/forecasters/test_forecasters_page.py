"""The page of forecasters says what their cards say."""

from pathlib import Path

import pytest
from test_forecaster_zoo import NAMES

from braincast.models.registry import load_model

PAGE = Path(__file__).parents[3] / "docs" / "concepts" / "forecasters.md"


@pytest.mark.parametrize("name", NAMES)
def test_a_row_of_the_page_is_the_card(name):
    card = load_model(name).card
    settings = ", ".join(f"`{key}`" for key in card.settings) or "–"
    cells = f"`{name}`", card.summary, settings, card.citation or "–", str(card.members), card.caveat or "–"
    assert f"\n| {' | '.join(cells)} |\n" in PAGE.read_text(encoding="utf-8")
