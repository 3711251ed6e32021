"""The report for those who use keys or a screen reader."""

import pytest
from documents import large_document, small_document


@pytest.fixture
def axe():
    """axe-core, which looks for what shuts people out."""
    module = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is missing")
    return module.Axe()


@pytest.mark.parametrize("make", [small_document, large_document])
@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (400, "light"), (1400, "dark")])
def test_axe_has_no_serious_finding(opened, axe, width, scheme, make):
    # The page's own policy would stop axe as it stops every foreign script.
    page, _, _ = opened(make(), width=width, scheme=scheme, bypass_csp=True)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    page.locator("#map-measured").focus()
    found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    serious = [(f["id"], f["nodes"][0]["html"][:150]) for f in found if f["impact"] in ("serious", "critical")]
    assert serious == []


def test_every_control_is_reached_with_the_tab_key(opened):
    page, _, _ = opened(small_document())
    wanted = set(page.evaluate(f"[...document.querySelectorAll({CONTROLS!r})].filter({VISIBLE}).map({NAME})"))
    reached = set()
    for _ in range(3 * len(wanted) + 60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(f"({NAME})(document.activeElement)"))
    assert len(wanted) > 20
    assert wanted <= reached


CONTROLS = "select, input, button, canvas, summary, a[href], [role=region][tabindex]"
VISIBLE = "e => e.checkVisibility()"
NAME = "e => e.tagName + '|' + (e.id || e.getAttribute('aria-label') || e.textContent.trim()) "


@pytest.mark.parametrize("selector", ["#order", "#model", "#only-measured", "#map-measured", "#stimulus", "summary"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_focus_is_seen(opened, selector, scheme):
    page, _, _ = opened(small_document(), scheme=scheme)
    page.keyboard.press("Tab")
    page.locator(selector).first.focus()
    outline = page.locator(selector).first.evaluate(
        "e => [getComputedStyle(e).outlineStyle, e.matches(':focus-visible')]"
    )
    assert outline == ["solid", True]


def test_controls_charts_and_maps_have_names(opened):
    page, _, _ = opened(small_document())
    for role, name in [
        ("combobox", "Order neurons by"),
        ("combobox", "Predicted by"),
        ("combobox", "Stimulated neuron"),
        ("checkbox", "only measured pairs"),
        ("application", "Measured responses"),
        ("application", "Predicted responses"),
        ("img", "ROC curves"),
        ("img", "Calibration"),
        ("img", "measured, z upwards"),
        ("region", "Answers to this stimulus"),
    ]:
        assert page.get_by_role(role, name=name).first.is_visible(), name


def test_what_is_pointed_at_is_announced(opened):
    page, _, _ = opened(small_document())
    assert page.locator("#readout").get_attribute("aria-live") == "polite"
    assert page.locator("#map-measured").get_attribute("aria-describedby") == "readout"
