"""Movies of an eye in a real browser: they play, stand still where motion is unwelcome, and show what was answered."""

import pytest
from vision_documents import vision_run

PAYLOAD = "<script>document.title='owned'</script>\"><img src=x onerror=\"document.title='owned'\">"


@pytest.fixture(scope="module")
def run():
    return vision_run()


@pytest.fixture
def opened_eye(visit, tmp_path, run):
    """Opens the report of the made-up run."""
    from braincast.datasets.registry import dataset_card
    from braincast.reports.html import write_report

    def opener(title="An eye", **screen):
        card, document, shown = run
        path = tmp_path / "report.html"
        card = card.model_copy(update={"title": title})
        write_report(path, document, card, dataset_card("fly-optic-lobe"), "braincast run fly-motion", shown)
        return visit(path, **screen)

    return opener


def lead_of(page):
    return int(page.locator("#screen").get_attribute("data-lead"))


def middle_of(page, canvas):
    """The colour in the middle of a canvas: that of the central column."""
    return page.evaluate(
        "id => { const c = document.getElementById(id);"
        " return [...c.getContext('2d').getImageData(c.width / 2, c.height / 2, 1, 1).data].slice(0, 3); }",
        canvas,
    )


@pytest.mark.parametrize(("width", "scheme"), [(400, "dark"), (1400, "light")])
def test_the_page_opens_without_a_word_and_only_tables_scroll_sideways(opened_eye, width, scheme):
    page, said, asked = opened_eye(title=f"{PAYLOAD} {'t' * 200}", width=width, scheme=scheme)
    assert said == [] and [url for url in asked if not url.startswith("data:")] == [page.url]
    assert page.title() != "owned" and page.locator("#screen").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("table.types th button").nth(2).click()
    page.locator("table.types th button").nth(2).click()
    assert page.locator("table.types th[aria-sort=ascending]").count() == 1


def test_time_is_moved_by_keys_and_the_central_column_shows_what_it_sees_then(opened_eye):
    page, _, _ = opened_eye()
    page.select_option("#screen-stimulus", label="OFF edge towards 0°")
    slider = page.get_by_role("slider", name="Time")
    slider.press("Home")
    assert lead_of(page) == 0 and middle_of(page, "screen-light") == pytest.approx([128] * 3, abs=3)
    slider.press("ArrowRight")
    assert lead_of(page) == 1
    slider.press("End")
    assert middle_of(page, "screen-light") == pytest.approx([0] * 3, abs=3)
    assert "seconds" in slider.get_attribute("aria-valuetext")


def test_cells_are_drawn_as_they_change_and_pressing_a_small_eye_chooses_its_type(opened_eye):
    page, _, _ = opened_eye()
    page.select_option("#screen-stimulus", label="ON flash")
    page.select_option("#screen-type", label="Mi1")
    page.get_by_role("slider", name="Time").press("End")
    assert middle_of(page, "screen-cells") == [10, 90, 107]  # --above: its largest change
    page.select_option("#screen-type", label="L1")
    assert middle_of(page, "screen-cells") == [180, 83, 10]  # --below
    page.select_option("#screen-model", label="optic-untrained")
    assert "does not answer" in page.locator("#screen-readout").inner_text()
    page.locator("#screen-sheet").click(position={"x": 20, "y": 30})
    assert page.locator("#screen-name").inner_text() == "R1"


def test_it_plays_until_it_is_paused(opened_eye):
    page, _, _ = opened_eye()
    page.select_option("#screen-speed", "1")
    button, before = page.locator("#screen-play"), lead_of(page)
    button.focus()
    page.keyboard.press("Space")
    page.wait_for_function("before => document.getElementById('screen').dataset.lead !== String(before)", arg=before)
    assert button.inner_text() == "Pause"
    button.click()
    stands = lead_of(page)
    page.wait_for_timeout(150)
    assert button.inner_text() == "Play" and lead_of(page) == stands


def test_nothing_moves_by_itself_where_motion_is_unwelcome(opened_eye):
    page, _, _ = opened_eye(reduced_motion="reduce")
    button, before = page.locator("#screen-play"), lead_of(page)
    assert button.inner_text() == "Step"
    button.click()
    stepped = lead_of(page)
    page.wait_for_timeout(150)
    assert stepped != before and lead_of(page) == stepped


def test_without_scripts_there_are_stills_curves_and_the_table(opened_eye):
    page, _, _ = opened_eye(java_script_enabled=False)
    assert page.locator(".film").is_visible() and not page.locator("#screen").is_visible()
    assert page.locator("svg.polar").count() == 4 and page.locator("table.types tbody tr").count() == 8
