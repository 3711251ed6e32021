"""The site of a board as its readers meet it: with a pointer, with keys, with a screen reader, on a phone."""

from __future__ import annotations

import shutil

import pytest
from made_board_document import board_document

from braincast.reports.site.build import build_site

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PLACES = (
    "index.html",
    "about.html",
    "models/index.html",
    "tasks/zebrafish-regions.html",
    "tasks/worm-forecast.html",
    "compare/zebrafish-regions.html",
    "brains/zebrafish-regions.html",
)
# What runs, loads or breaks out wherever a text is not escaped, and words that are wider than any screen.
PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)><svg onload=alert(1)>',
    "javascript:alert(1)",
    "</script><script>alert(1)</script>",
    "{{ 7 * 7 }}{% raw %}${alert(1)}%{x}",
    "\u202egnp.exe\u200b\u0000\u2028",
    "https://example.org/\"onmouseover='alert(1)",
    "W" * 400,
    "<b>bold</b>&lt;script&gt;&#0;",
    "__proto__",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("board") / "site"
    build_site(board_document(), folder)
    return folder


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory):
    """A site whose every text, names of metrics and groups included, is a payload."""
    folder = tmp_path_factory.mktemp("hostile") / "site"
    build_site(spoiled(board_document(n_tasks=2, n_models=3)), folder)
    return folder


# Words that the document's own rules fix: they decide what is drawn, and are written by the board alone.
FIXED = {"role", "visibility", "status"}
MAPPED_BY_NAME = {
    "metrics",
    "groups",
    "nulls",
    "packages",
    "forecasts",
    *("distribution", "condition", "region", "activity"),
}


def spoiled(value, key="", seen=None):
    """The same document with a payload in place of each text; equal texts stay equal, so that references still hold."""
    seen = {} if seen is None else seen
    if isinstance(value, dict):
        named = key in MAPPED_BY_NAME
        return {spoiled(k, "", seen) if named else k: spoiled(v, k, seen) for k, v in value.items()}
    if isinstance(value, list):
        return [spoiled(each, "" if isinstance(each, dict) else key, seen) for each in value]
    if isinstance(value, str) and key not in FIXED:
        return seen.setdefault(value, f"{PAYLOADS[len(seen) % len(PAYLOADS)]}{len(seen)}")
    return value


def read_to_the_end(page):
    """Scroll through a page until every chart near the window was drawn."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    for figure in page.locator("figure.chart:not([hidden])").all():
        if figure.is_visible():
            figure.scroll_into_view_if_needed()
            figure.locator(".canvas[data-drawn]").wait_for(timeout=20_000)


def of_the_page(said):
    """What the console holds, without a driver that draws in software and says that it is slow."""
    return [each for each in said if "GL Driver Message" not in each]


def test_spoiling_reaches_every_text():
    texts = [each for each in strings(spoiled(board_document())) if not any(p in each for p in PAYLOADS)]
    assert set(texts) <= {"model", "baseline", "shown", "scored"}


def strings(value, key=""):
    if isinstance(value, dict):
        return [text for k, each in value.items() for text in strings(each, k)]
    if isinstance(value, list):
        return [text for each in value for text in strings(each, key)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("place", [PLACES[0], *(pytest.param(place, marks=pytest.mark.slow) for place in PLACES[1:])])
def test_pages_draw_without_a_word_in_the_console_and_ask_for_nothing_outside(visit, site, place):
    page, said, asked = visit(site / place)
    read_to_the_end(page)
    assert of_the_page(said) == []
    assert {url.split(":")[0] for url in asked} <= {"file", "data"}


@pytest.mark.slow
def test_payloads_in_every_field_run_nothing(visit, hostile_site):
    dialogs = []
    for path in sorted(hostile_site.rglob("*.html")):
        page, said, asked = visit(path, width=400)
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        read_to_the_end(page)
        for element in page.locator("main a, main [title]").all()[:20]:
            element.dispatch_event("mouseover")
        assert (dialogs, of_the_page(said)) == ([], []), path
        assert all(url.startswith((hostile_site.as_uri(), "data:")) for url in asked), path
        hrefs = page.eval_on_selector_all("a", "links => links.map(link => link.getAttribute('href'))")
        assert not [href for href in hrefs if href.lower().startswith(("javascript:", "data:", "vbscript:"))]
        assert page.evaluate("document.querySelectorAll('main script, main img, svg [onload], [onerror]').length") == 0
        assert overflow(page) == 0, path
        page.close()


def overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_headings_sort_the_ranking(visit, site):
    page, _, _ = visit(site / "tasks/zebrafish-regions.html")
    page.get_by_role("button", name="parameters").click()
    first = page.locator("#ranking-table tbody tr").first
    assert first.get_attribute("data-role") == "baseline" and "mean" in first.inner_text()
    assert page.locator("#ranking-table th[aria-sort]").get_attribute("aria-sort") == "ascending"


def test_filters_show_one_track_and_leave_out_baselines_and_single_seeds(visit, site):
    page, _, _ = visit(site / "tasks/zebrafish-regions.html")
    shown = page.locator("#ranking-table tbody tr:visible th")
    assert shown.count() == 8
    page.get_by_role("combobox", name="Track").select_option("open")
    page.get_by_label("baselines too").uncheck()
    assert [text.split("\n")[0] for text in shown.all_inner_texts()] == [
        "spectral-mixer",
        "nlinear",
        "tiny-transformer",
        "echo-state",
    ]
    page.get_by_role("combobox", name="Seeds").select_option("3")
    assert shown.count() == 3
    assert page.locator("[data-shown]").inner_text() == "3 of 8 entries shown"


def test_the_scorecard_changes_with_what_is_chosen(visit, site):
    page, _, _ = visit(site / "tasks/zebrafish-regions.html")
    panels = page.locator("#scorecards > [data-panel]:visible")
    assert panels.count() == 1
    page.get_by_role("combobox", name="Show").select_option("region")
    assert "pallium" in panels.inner_text() and panels.count() == 1


def test_two_entries_are_compared_and_the_address_remembers_them(visit, site):
    page, said, _ = visit(site / "compare/zebrafish-regions.html")
    assert page.locator("#said").inner_text() == "They cannot be told apart."
    page.get_by_role("combobox", name="Second").focus()
    page.keyboard.type("persistence")
    page.keyboard.press("Enter")
    assert page.locator("#said").inner_text() == "spectral-mixer · ada · #3 is better."
    assert page.evaluate("location.hash") == "#3-2"
    page.get_by_role("button", name="Exchange them").click()
    assert "first minus second: +0.1710" in page.locator("#difference").inner_text()
    page.reload()
    assert page.evaluate("location.hash") == "#2-3"
    page.locator("#neuron-words:not(:empty)").wait_for()
    assert page.locator("#neuron-words").inner_text().startswith("persistence · braincast · #2 is better for")
    read_to_the_end(page)
    assert said == []


@pytest.mark.slow
def test_the_theme_is_chosen_and_remembered(visit, site):
    page, _, _ = visit(site / "index.html")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    button = page.get_by_role("button", name="Dark")
    assert button.get_attribute("aria-pressed") == "false"
    button.click()
    assert page.evaluate(paper) != light and button.get_attribute("aria-pressed") == "true"
    page.get_by_role("link", name="About").click()
    page.wait_for_url("**/about.html")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_without_scripts_everything_can_be_read(visit, site):
    page, _, _ = visit(site / "tasks/zebrafish-regions.html", java_script_enabled=False)
    assert page.locator("#scorecards > [data-panel]:visible").count() == 6
    assert page.locator(".controls:visible, figure.chart:visible").count() == 0
    assert page.locator("noscript").first.is_visible()


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
def test_no_page_is_wider_than_its_window(visit, site, place):
    page, _, _ = visit(site / place, width=1600)
    read_to_the_end(page)
    for width in (1600, 1400, 768, 400, 360):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(150)
        assert overflow(page) == 0, width


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (400, "dark")])
def test_axe_has_no_serious_finding_on_any_page(visit, site, width, scheme):
    module = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is missing")
    shown = [place for place in PLACES if place != "tasks/worm-forecast.html"]
    for place in (*shown, next(site.glob("models/ada-*.html")).relative_to(site)):
        # The page's own policy would stop axe as it stops every foreign script.
        page, _, _ = visit(site / place, width=width, scheme=scheme, bypass_csp=True)
        read_to_the_end(page)
        found = module.Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        serious = [(f["id"], f["nodes"][0]["html"][:150]) for f in found if f["impact"] in ("serious", "critical")]
        assert serious == [], place
        page.close()


@pytest.mark.slow
def test_the_brain_is_drawn_turned_and_read(visit, site):
    page, _, _ = visit(site / "brains/zebrafish-regions.html", width=1000)
    canvas, read = page.locator("#brain"), page.locator("#read")
    page.locator("#brain[data-drawn]").wait_for()
    before = canvas.screenshot()
    assert coloured(page) > 500
    canvas.focus()
    page.keyboard.press("n")
    assert read.inner_text().startswith("n31, hindbrain: skill 0.6")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("+")
    assert canvas.screenshot() != before
    told = []
    for x, y in page.evaluate(OUTERMOST):
        page.mouse.click(x, y)
        told.append(read.inner_text())
    assert all(": skill " in each for each in told) and len(set(told)) == 2


# Inside the points farthest to the left and to the right, in pixels of the window.
OUTERMOST = """() => {
  const canvas = document.getElementById("brain"), gl = canvas.getContext("webgl");
  const box = canvas.getBoundingClientRect();
  const pixels = new Uint8Array(4 * canvas.width * canvas.height);
  gl.readPixels(0, 0, canvas.width, canvas.height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
  const first = (from, step) => {
    for (let x = from; ; x += step) for (let y = 0; y < canvas.height; y++) {
      const at = 4 * (y * canvas.width + x);
      if (Math.abs(pixels[at] - pixels[0]) + Math.abs(pixels[at + 1] - pixels[1]) > 40)
        return [box.left + (x / canvas.width) * box.width + 4 * step, box.bottom - (y / canvas.height) * box.height];
    }
  };
  return [first(0, 1), first(canvas.width - 1, -1)];
}"""


def coloured(page):
    return page.evaluate("""() => {
      const canvas = document.getElementById("brain"), gl = canvas.getContext("webgl");
      const pixels = new Uint8Array(4 * canvas.width * canvas.height);
      gl.readPixels(0, 0, canvas.width, canvas.height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
      let n = 0;
      for (let i = 0; i < pixels.length; i += 4) if (Math.abs(pixels[i] - pixels[0]) > 30) n++;
      return n;
    }""")


@pytest.mark.slow
def test_without_webgl_the_table_is_named(browser, site):
    launched = browser.browser_type.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-3d-apis"])
    page = launched.new_page()
    page.goto((site / "brains/zebrafish-regions.html").as_uri())
    assert page.locator("#read").inner_text().startswith("This browser shows no WebGL; the table below")
    assert page.locator("table").first.is_visible() and not page.locator("#brain").is_visible()
    launched.close()
