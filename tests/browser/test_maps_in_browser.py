"""The maps and the view of one neuron, with a pointer, with keys, in light and dark."""

import numpy as np
import pytest
from documents import small_document, small_exhibits

EXHIBITS = small_exhibits()
STIMULATED = [EXHIBITS.neurons[column] for column in EXHIBITS.stimulated]


@pytest.fixture
def page(opened):
    return opened(small_document())[0]


def first(page, kind="predicted"):
    canvas = page.locator(f"#map-{kind}")
    return canvas.get_attribute("data-first-row"), canvas.get_attribute("data-first-column")


def pixels(page, kind):
    """The colours of a map as rows of (r, g, b)."""
    found = page.evaluate(
        "id => { const c = document.getElementById(id);"
        " return [c.width, c.height, [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]]; }",
        f"map-{kind}",
    )
    return np.array(found[2]).reshape(found[1], found[0], 4)[:, :, :3]


def pair_of(page):
    return page.locator("#explorer").get_attribute("data-pair")


def test_the_maps_appear_with_one_pixel_for_each_pair(page):
    assert page.locator("#explorer").is_visible()
    assert pixels(page, "measured").shape == (6, 10, 3) == pixels(page, "predicted").shape


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_higher_forecast_stands_out_more_from_the_ground(opened, scheme):
    page, _, _ = opened(small_document(), scheme=scheme)
    page.select_option("#order", "name")
    rows, columns = np.argsort(STIMULATED), np.argsort(EXHIBITS.neurons)
    predicted = EXHIBITS.predicted["wired"][np.ix_(rows, columns)]
    own = EXHIBITS.stimulated[rows][:, None] == columns[None, :]
    ground = np.array([253, 253, 251] if scheme == "light" else [17, 21, 24])
    distance = np.abs(pixels(page, "predicted").astype(int) - ground).sum(axis=2)
    order = np.argsort(predicted[~own])
    assert (np.diff(distance[~own][order]) >= 0).all()
    assert (distance[own] == 0).all()


def test_pairs_that_were_not_measured_are_left_blank(page):
    page.select_option("#order", "name")
    rows, columns = np.argsort(STIMULATED), np.argsort(EXHIBITS.neurons)
    blank = (pixels(page, "measured") == [253, 253, 251]).all(axis=2)
    np.testing.assert_array_equal(blank, ~EXHIBITS.measured[np.ix_(rows, columns)])
    page.get_by_label("only measured pairs").check()
    np.testing.assert_array_equal((pixels(page, "predicted") == [253, 253, 251]).all(axis=2), blank)


def test_sorting_by_response_rate_puts_the_readiest_responder_first(page):
    share = EXHIBITS.responds.sum(axis=0) / np.maximum(EXHIBITS.measured.sum(axis=0), 1)
    by_row = EXHIBITS.responds.sum(axis=1) / EXHIBITS.measured.sum(axis=1)
    page.select_option("#order", "rate")
    assert first(page) == (STIMULATED[int(by_row.argmax())], EXHIBITS.neurons[int(share.argmax())])


def test_each_order_orders_both_maps_alike(page):
    seen = set()
    for order in page.locator("#order option").all():
        page.select_option("#order", order.get_attribute("value"))
        assert first(page, "measured") == first(page, "predicted")
        seen.add(first(page))
    assert len(seen) >= 4
    page.select_option("#order", "name")
    assert first(page) == (min(STIMULATED), "NA")
    page.select_option("#order", "region")
    assert "head" in page.locator(".groups").first.inner_text()
    assert first(page)[1] == "NB"  # the first name of the region "head"
    page.select_option("#order", "position")
    assert first(page)[1] == EXHIBITS.neurons[0]


def test_pointing_at_one_map_marks_the_pair_on_both_and_says_it_in_words(page):
    box = page.locator("#map-measured").bounding_box()
    page.select_option("#order", "name")
    page.locator("#map-measured").hover(position={"x": box["width"] * 0.55, "y": box["height"] * 0.25})
    stimulated, responding = sorted(STIMULATED)[1], sorted(EXHIBITS.neurons)[5]
    assert pair_of(page) == f"{stimulated} {responding}"
    text = page.locator("#readout").inner_text()
    row, column = STIMULATED.index(stimulated), EXHIBITS.neurons.index(responding)
    assert stimulated in text and responding in text
    assert ("not measured" in text) == (not EXHIBITS.measured[row, column])
    predicted = float(text.rpartition(" ")[2])
    assert predicted == pytest.approx(EXHIBITS.predicted["wired"][row, column], rel=0.05)
    for mark in page.locator(".map-frame .across").all():
        assert mark.is_visible()
        assert mark.evaluate("e => e.style.top") == "16.6667%"


def test_the_words_of_a_measured_pair_hold_its_numbers(page):
    page.select_option("#order", "name")
    row, column = np.argwhere(EXHIBITS.responds)[0]
    target = sorted(STIMULATED).index(STIMULATED[row]), sorted(EXHIBITS.neurons).index(EXHIBITS.neurons[column])
    box = page.locator("#map-predicted").bounding_box()
    place = {"x": box["width"] * (target[1] + 0.5) / 10, "y": box["height"] * (target[0] + 0.5) / 6}
    page.locator("#map-predicted").hover(position=place)
    text = page.locator("#readout").inner_text()
    trials = EXHIBITS.n_trials[row, column]
    assert f"responded, q {EXHIBITS.q[row, column]:.3f}" in text
    assert f"{trials} trial" in text and f"{EXHIBITS.mean_response[row, column]:+.2f}".replace("-", "−") in text


def test_the_maps_can_be_walked_with_keys(page):
    page.select_option("#order", "name")
    page.locator("#map-measured").focus()
    assert pair_of(page) == f"{sorted(STIMULATED)[0]} NA"
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
    assert pair_of(page) == f"{sorted(STIMULATED)[1]} NB"
    page.keyboard.press("Shift+ArrowRight")
    assert pair_of(page).endswith(" NJ")
    page.keyboard.press("Enter")
    assert page.locator("#explorer").get_attribute("data-stimulus") == sorted(STIMULATED)[1]


def test_choosing_a_neuron_fills_the_drawing_and_the_list(page):
    page.select_option("#stimulus", label=STIMULATED[2])
    assert f"When {STIMULATED[2]} is stimulated" in page.locator("#answers caption").inner_text()
    assert page.locator("#answers tbody tr").count() == 9
    n = EXHIBITS.measured[2].sum()
    assert (
        f"{STIMULATED[2]}: {n} neurons measured, {EXHIBITS.responds[2].sum()} responded"
        in page.locator("#neuron-summary").inner_text()
    )
    marked = page.locator("#body-measured circle.stimulated").all()
    assert {dot.get_attribute("data-column") for dot in marked} == {str(EXHIBITS.stimulated[2])}
    assert page.locator("#answers tbody tr.responded").count() == EXHIBITS.responds[2].sum()


def test_clicking_a_row_of_a_map_chooses_its_neuron(page):
    page.select_option("#order", "name")
    box = page.locator("#map-predicted").bounding_box()
    page.locator("#map-predicted").click(position={"x": box["width"] / 2, "y": box["height"] * 0.95})
    assert page.locator("#stimulus option:checked").inner_text() == sorted(STIMULATED)[-1]


def test_another_model_changes_map_list_and_words(page):
    before = pixels(page, "predicted")
    page.select_option("#model", label="floor")
    assert (pixels(page, "predicted") != before).any()
    assert page.locator("#predicted-name").inner_text() == "floor"
    assert "forecast of floor" in page.locator("#answers caption").inner_text()


def test_neurons_lie_where_they_are_in_the_body(page):
    dots = page.locator("#body-predicted svg").first.locator("circle").all()
    assert len(dots) == 10
    for dot in dots:
        column = int(dot.get_attribute("data-column"))
        assert float(dot.get_attribute("cx")) == pytest.approx(EXHIBITS.position_um[column, 1], abs=0.06)
        assert float(dot.get_attribute("cy")) == pytest.approx(-EXHIBITS.position_um[column, 2], abs=0.06)


def test_pointing_at_a_neuron_in_the_body_says_it(page):
    page.locator("#body-predicted svg").first.locator("circle").nth(4).dispatch_event("pointerenter")
    assert EXHIBITS.neurons[4] in page.locator("#neuron-readout").inner_text()
    assert page.locator("#body-measured circle.pointed").count() >= 1


def test_the_list_is_sorted_by_its_headings(page):
    def column(index):
        return page.locator(f"#answers tbody tr > :nth-child({index})").all_inner_texts()

    forecasts = [float(text) for text in column(3)]
    assert forecasts == sorted(forecasts, reverse=True)
    button = page.locator("#answers th button", has_text="Neuron")
    button.focus()
    page.keyboard.press("Enter")
    assert column(1) == sorted(column(1))
    assert page.locator("#answers th[aria-sort]").get_attribute("aria-sort") == "ascending"
    page.keyboard.press("Enter")
    assert column(1) == sorted(column(1), reverse=True)
    page.locator("#answers th button", has_text="trials").click()
    assert [int(text) for text in column(7)] == sorted((int(text) for text in column(7)), reverse=True)


def test_a_brain_without_places_has_maps_and_a_list_but_no_drawing(opened):
    page, said, _ = opened(small_document(), exhibits=small_exhibits(position_um=np.full((10, 3), np.nan)))
    assert said == []
    assert page.locator("#answers tbody tr").count() == 9
    assert page.locator("circle[data-column]").count() == 0
    assert page.locator("#order option[value=position]").count() == 0


def test_without_script_everything_else_is_there(opened):
    page, said, _ = opened(small_document(), java_script_enabled=False)
    assert said == []
    assert not page.locator("#explorer").is_visible()
    assert "switched off here" in page.locator("body").inner_text()
    page.locator("summary", has_text="Every stimulated neuron in a table").click()
    assert page.get_by_role("row", name=STIMULATED[0]).is_visible()


def test_a_change_from_light_to_dark_repaints_the_maps(page):
    before = pixels(page, "measured")
    page.emulate_media(color_scheme="dark")
    for _ in range(200):  # a busy machine paints when it comes to it
        if (pixels(page, "measured") != before).any():
            break
        page.wait_for_timeout(50)
    assert (pixels(page, "measured") != before).any()
