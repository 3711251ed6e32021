"""Cards: one line of text, escaped HTML."""

from __future__ import annotations

from braincast.brain.display import html_card, text_card


def test_a_text_card_is_one_line_without_missing_facts():
    text = text_card(
        "Thing", "it", {"count": 12_345, "share": 0.123456, "note": "two\nlines", "none": None, "ok": True}
    )
    assert text == "Thing 'it': count 12,345, share 0.1235, note two lines, ok True"


def test_an_html_card_escapes_every_word():
    html = html_card("<k>", "<n>", {"<l>": "<v>", "gone": None, "quote": "\"'"})
    assert all(f"&lt;{letter}&gt;" in html for letter in "knlv") and "gone" not in html
    assert "&quot;&#x27;" in html
