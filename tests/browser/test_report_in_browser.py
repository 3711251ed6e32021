import re
from itertools import pairwise

import pytest
from documents import large_document, renamed, small_document, small_exhibits

PAYLOADS = (
    "<script>document.title='owned'</script>",
    '"><img src=x onerror="document.title=\'owned\'">',
    "</script><b>'\"",
    "javascript:document.title='owned'",
)


def test_the_report_opens_from_disk_without_a_word_and_asks_for_nothing_else(opened):
    page, said, asked = opened(small_document())
    assert said == []
    assert [url for url in asked if not url.startswith("data:")] == [page.url]
    assert page.locator("h1").inner_text() == "A tiny brain: who answers?"
    assert "helps wired" in page.locator(".verdict h2").inner_text()


def test_the_policy_lets_the_style_sheet_through(opened):
    page, _, _ = opened(small_document())
    assert page.evaluate("getComputedStyle(document.querySelector('table')).borderCollapse") == "collapse"


@pytest.mark.parametrize("make", [small_document, large_document])
@pytest.mark.parametrize("width", [400, 768, 1400])
def test_only_tables_scroll_sideways(opened, width, make):
    page, _, _ = opened(make(), width=width)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    spilled = page.evaluate(
        """width => [...document.querySelectorAll('main *, header *')]
            .filter(e => !e.closest('.scroll') && !e.closest('svg') && e.getBoundingClientRect().right > width + 1)
            .map(e => e.outerHTML.slice(0, 120))""",
        width,
    )
    assert spilled == []


def test_a_long_name_does_not_widen_the_page(opened):
    page, _, _ = opened(renamed(small_document(), "wired", "w" * 300), width=400, title="t" * 300)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_a_plot_is_seen_beside_its_name_on_a_small_screen(opened):
    page, _, _ = opened(small_document(), width=400)
    for table in ("table.board", "table.forest", "table.strata"):
        box = page.locator(f"{table} td.plot svg").first.bounding_box()
        assert box["width"] >= 150
        assert box["x"] + box["width"] <= 400


def test_zero_runs_through_the_whole_forest_plot(opened):
    page, _, _ = opened(small_document())
    boxes = page.evaluate(
        "[...document.querySelector('table.forest').querySelectorAll('.zero')].map(e => e.getBoundingClientRect())"
        ".map(b => [b.x, b.top, b.bottom])"
    )
    assert len(boxes) == 3  # the null that decides, the one that does not, the control
    assert len({round(x, 1) for x, _, _ in boxes}) == 1
    assert all(below[1] - above[2] < 4 for above, below in pairwise(boxes))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payloads_in_names_are_inert(opened, payload):
    document = renamed(renamed(small_document(), "wired", payload), "identity-permuted", payload)
    exhibits = small_exhibits(name=payload, models=(payload, "floor"), regions=(payload,) * 10, unit=payload)
    page, said, asked = opened(document, title=payload, exhibits=exhibits)
    page.select_option("#order", "region")
    page.locator("#map-predicted").focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(100)
    assert page.title() == f"{payload} · braincast"
    assert said == []
    assert [url for url in asked if not url.startswith("data:")] == [page.url]
    assert payload in page.locator("#readout").inner_text()
    assert payload in page.locator("#answers tbody").inner_text()
    assert page.locator("script").count() == 3 and page.locator("img").count() == 0
    assert page.locator("h1").inner_text() == payload


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_marks_stand_out_from_their_ground(opened, scheme):
    page, _, _ = opened(small_document(), scheme=scheme)
    ground = _colour(page, "body", "backgroundColor")
    card = _colour(page, ".verdict", "backgroundColor")
    assert (_luminance(ground) < 0.05) == (scheme == "dark")
    for selector in ("h1", "p.note", ".question", "td.number", "tr.arm th", "thead th", "caption", "nav a"):
        assert _contrast(_colour(page, selector, "color"), ground) >= 4.5, selector
    for selector in (".verdict .sentence", ".verdict .note", ".figures span", ".figures dt", "code.command"):
        assert _contrast(_colour(page, selector, "color"), card) >= 4.5, selector
    for selector in ("svg text.tick", "svg .strip-name"):
        assert _contrast(_colour(page, selector, "fill"), ground) >= 4.5, selector
    for selector in (".mark.model", ".mark.baseline", ".mark.null", ".mark.control", ".zero", ".observed", ".floor"):
        assert _contrast(_colour(page, selector, "stroke"), ground) >= 3, selector


def test_details_open_without_script(opened):
    page, _, _ = opened(small_document())
    summary = page.locator("summary", has_text="What each null removes")
    hidden = page.get_by_text("All edges are taken away")
    assert not hidden.is_visible()
    summary.click()
    assert hidden.is_visible()


def test_the_links_at_the_top_lead_to_their_sections(opened):
    page, _, _ = opened(small_document())
    for link in page.locator("nav a").all():
        assert page.locator(link.get_attribute("href")).count() == 1


def test_it_prints(opened):
    page, said, _ = opened(small_document())
    assert page.pdf(format="A4")[:5] == b"%PDF-"
    assert said == []


def _colour(page, selector, name):
    value = page.evaluate(f"s => getComputedStyle(document.querySelector(s)).{name}", selector)
    return tuple(int(part) for part in re.findall(r"\d+", value)[:3])


def _luminance(colour):
    """Relative luminance (WCAG 2.2)."""
    parts = [c / 255 for c in colour]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one, other):
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)
