from dataclasses import replace

import pytest
from documents import renamed
from forecast_documents import forecast_document, made_exhibits

OPEN_ALL = "document.querySelectorAll('details').forEach(d => { d.open = true })"
PAYLOAD = "<script>document.title='owned'</script>\"><img src=x onerror=\"document.title='owned'\">"


def test_a_forecast_report_opens_from_disk_without_a_word_and_asks_for_nothing_else(opened_forecast):
    page, said, asked = opened_forecast(forecast_document())
    assert said == []
    assert [url for url in asked if not url.startswith("data:")] == [page.url]
    assert "pooled-linear: Mean absolute error 0.511" in page.locator(".verdict h2").inner_text()


@pytest.mark.parametrize("width", [400, 768, 1400])
def test_only_tables_of_a_forecast_report_scroll_sideways(opened_forecast, width):
    page, _, _ = opened_forecast(renamed(forecast_document(), "lds", "w" * 200), width=width, title="t" * 300)
    page.evaluate(OPEN_ALL)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    spilled = page.evaluate(
        """width => [...document.querySelectorAll('main *, header *')]
            .filter(e => !e.closest('.scroll') && !e.closest('svg') && e.getBoundingClientRect().right > width + 1)
            .map(e => e.outerHTML.slice(0, 120))""",
        width,
    )
    assert spilled == []


@pytest.mark.parametrize("width", [400, 1400])
def test_curves_keep_the_thickness_and_text_the_size_that_they_have_elsewhere(opened_forecast, width):
    page, _, _ = opened_forecast(forecast_document(), width=width)
    sizes = page.evaluate(
        "[...document.querySelectorAll('svg.plot-wide .tick')].map(e => getComputedStyle(e).fontSize)"
    )
    assert set(sizes) == {"11px"}
    effects = page.evaluate(
        "[...document.querySelectorAll('.stretched polyline')].map(e => getComputedStyle(e).vectorEffect)"
    )
    assert len(effects) > 20 and set(effects) == {"non-scaling-stroke"}


def test_curves_lie_inside_their_drawing(opened_forecast):
    page, _, _ = opened_forecast(forecast_document())
    outside = page.evaluate(
        """[...document.querySelectorAll('svg.plot-wide polyline, svg.plot-wide polygon, svg.plot-wide circle')]
            .filter(e => {
              const inner = e.getBoundingClientRect(), outer = e.closest('.plot-wide').getBoundingClientRect();
              return inner.left < outer.left - 3 || inner.right > outer.right + 3
                || inner.top < outer.top - 3 || inner.bottom > outer.bottom + 3;
            }).length"""
    )
    assert outside == 0


def test_names_in_a_forecast_report_are_inert(opened_forecast):
    shown = made_exhibits()
    hostile = replace(shown, neurons=(PAYLOAD, *shown.neurons[1:]), regions=(PAYLOAD, *shown.regions[1:]))
    document = renamed(renamed(forecast_document(), "pooled-linear", PAYLOAD), "tectum", PAYLOAD)
    page, said, asked = opened_forecast(document, title=PAYLOAD, exhibits=hostile)
    page.evaluate(OPEN_ALL)
    page.locator("table.sortable th button").first.click()
    assert page.title() == f"{PAYLOAD} · braincast"
    assert said == [] and [url for url in asked if not url.startswith("data:")] == [page.url]
    assert page.locator("script").count() == 1 and page.locator("img").count() == 0
    assert PAYLOAD in page.locator("table.sortable tbody").inner_text()


def test_the_table_of_neurons_can_be_sorted(opened_forecast):
    page, _, _ = opened_forecast(forecast_document())
    page.evaluate(OPEN_ALL)
    button = page.locator("table.sortable th button", has_text="active")
    button.click()
    column = page.evaluate(
        "[...document.querySelectorAll('table.sortable tbody tr')].map(r => Number(r.cells[2].dataset.value))"
    )
    assert column == sorted(column, reverse=True) and len(column) == 12


def test_everything_of_a_forecast_report_can_be_read_without_script(opened_forecast):
    page, said, _ = opened_forecast(forecast_document(), java_script_enabled=False)
    assert said == []
    for place in ("#leads", "#traces", "#neurons", "#outside", "#spread", "#intervals"):
        assert page.locator(place).is_visible(), place


def test_links_at_the_top_of_a_forecast_report_lead_to_their_sections(opened_forecast):
    page, _, _ = opened_forecast(forecast_document())
    links = page.locator("nav a").all()
    assert len(links) == 11
    for link in links:
        assert page.locator(link.get_attribute("href")).count() == 1


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (400, "light"), (1400, "dark")])
def test_axe_has_no_serious_finding_in_a_forecast_report(opened_forecast, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is missing").Axe()
    # The page's own policy would stop axe as it stops every foreign script.
    page, _, _ = opened_forecast(forecast_document(), width=width, scheme=scheme, bypass_csp=True)
    page.evaluate(OPEN_ALL)
    found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    serious = [(f["id"], f["nodes"][0]["html"][:150]) for f in found if f["impact"] in ("serious", "critical")]
    assert serious == []


def test_a_forecast_report_prints(opened_forecast):
    page, said, _ = opened_forecast(forecast_document())
    assert page.pdf(format="A4")[:5] == b"%PDF-" and said == []
