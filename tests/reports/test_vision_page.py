"""The page of a run about an eye: movies, directions, facts type by type."""

import base64
import re

import numpy as np
import pytest
from parsed_pages import PAYLOADS, Page
from vision_documents import FLOOR, MODEL, NULL, vision_run

from braincast.datasets.registry import dataset_card
from braincast.reports.html import render_report
from braincast.reports.vision import movies
from braincast.reports.vision.courses import Screen, carried, delays
from braincast.reports.vision.polar import PolarCurve, PolarPanel, polar_chart
from braincast.reports.vision.type_facts import least_selectivity, type_cell
from braincast.reports.vision.view import VisionView

NOTHING_KNOWN = {
    "polarity": None,
    "flash_index": None,
    "polarity_right": None,
    "is_selective": None,
    "dsi": None,
    "known_deg": None,
    "preferred_deg": None,
    "direction_right": None,
    "answered": 0.0,
}


@pytest.fixture(scope="module")
def run():
    return vision_run()


@pytest.fixture(scope="module")
def screen(run):
    return Screen(run[2])


def page_of(run, *, title=None, exhibits=True):
    card, document, shown = run
    card = card if title is None else card.model_copy(update={"title": title})
    dataset = dataset_card("fly-optic-lobe")
    return render_report(document, card, dataset, "braincast run fly-motion", shown if exhibits else None)


def test_light_carried_from_the_central_column_is_the_light_in_every_column(screen):
    for row, shown in enumerate(screen.exhibits.stimuli):
        light = shown.movie(screen.lead_step_s).light[: shown.n_leads]
        ours = carried(screen.light[row], delays(shown.declared, screen.places), screen.lead_step_s)
        # Between two leads the front moves by a quarter of a column, along which light is taken to change evenly; past
        # the central column's last lead, when the front is two columns behind it, it is held.
        assert np.abs(ours - light).max() < 0.02, shown.id


def test_packed_courses_are_what_models_answered_to_a_byte(run, screen):
    packed = movies.packed_movies(screen, [MODEL, FLOOR])
    courses = np.frombuffer(base64.b64decode(packed["models"][0]["courses"]), np.uint8).astype(float)
    responses, start = run[2].responses[MODEL], 0
    n_types = len(packed["types"])
    for row, stimulus in enumerate(packed["stimuli"]):
        codes = courses[start : start + n_types * stimulus["leads"]].reshape(n_types, -1)
        start += codes.size
        change = responses[row, : stimulus["leads"], :n_types] - responses[row, 0, :n_types]
        scale = np.array(packed["models"][0]["scale"])[:, None]
        assert np.abs((codes - 128) / 127 * scale - change.T).max() <= scale.max() / 127
    assert start == len(courses)
    assert packed["models"][1]["scale"] == [0.0] * n_types  # it does not answer


def test_models_that_do_not_fit_into_the_page_are_left_out_but_for_the_first(screen, monkeypatch):
    assert [model["name"] for model in movies.packed_movies(screen, [MODEL, FLOOR])["models"]] == [MODEL, FLOOR]
    monkeypatch.setattr(movies, "MOST_BYTES", 1)
    assert [model["name"] for model in movies.packed_movies(screen, [MODEL, FLOOR])["models"]] == [MODEL]


def test_a_direction_lies_on_its_side_of_the_circle():
    angles = [0.0, 90.0, 180.0, 270.0]
    for place, (x, y) in enumerate([(1, 0), (0, -1), (-1, 0), (0, 1)]):  # up is a smaller y
        values = tuple(1.0 if k == place else 0.0 for k in range(4))
        drawn = polar_chart(PolarPanel("T4", "on", angles[place], (PolarCurve("m", values, "lead"),)), angles)
        points = drawn.split('class="tuning lead" points="')[1].split('"')[0]
        peak = np.array([point.split(",") for point in points.split()], float)[place] - 122
        assert peak == pytest.approx(84 * np.array([x, y]), abs=0.1)
        assert f"largest at {angles[place]:g}°" in drawn


@pytest.mark.parametrize(
    ("found", "states"),
    [
        ({}, ("unknown", "unknown", "unknown")),
        ({"polarity": 1, "polarity_right": 0.6, "flash_index": 0.2, "answered": 1.0}, ("right", "unknown", "unknown")),
        ({"polarity": 1, "polarity_right": 0.5, "flash_index": 0.0, "answered": 1.0}, ("wrong", "unknown", "unknown")),
        ({"polarity": -1, "polarity_right": 0.0}, ("silent", "unknown", "unknown")),
        ({"is_selective": True, "dsi": 0.2}, ("unknown", "right", "unknown")),
        ({"is_selective": False, "dsi": 0.2}, ("unknown", "wrong", "unknown")),
        ({"is_selective": True, "dsi": None, "known_deg": 90.0}, ("unknown", "silent", "silent")),
        ({"known_deg": 90.0, "preferred_deg": 80.0, "direction_right": 1.0}, ("unknown", "unknown", "right")),
        ({"known_deg": 90.0, "preferred_deg": 270.0, "direction_right": 0.0}, ("unknown", "unknown", "wrong")),
    ],
)
def test_a_fact_is_right_wrong_not_answered_or_not_known(found, states):
    assert tuple(fact.state for fact in type_cell(NOTHING_KNOWN | found, 0.15).facts) == states


def test_a_type_tells_directions_from_half_of_the_least_selective_published_curve_on(run):
    card = run[0]
    flat = dict.fromkeys(card.facts.tuning, (1.0,) * 12)
    even = card.model_copy(update={"facts": card.facts.model_copy(update={"tuning": flat})})
    assert least_selectivity(even) == pytest.approx(0, abs=1e-12)
    one_way = dict.fromkeys(card.facts.tuning, (1.0, *(0.0,) * 11))
    sharp = card.model_copy(update={"facts": card.facts.model_copy(update={"tuning": one_way})})
    assert least_selectivity(sharp) == pytest.approx(0.5)
    assert 0.1 < least_selectivity(card) < 0.3


def test_ideal_networks_have_every_fact_right_and_silent_ones_none(run):
    card, document, shown = run
    view = VisionView(document, card, dataset_card("fly-optic-lobe"), "", shown)
    assert [entry.name for entry in view.contenders] == [MODEL, FLOOR, NULL]
    ideal, silent, opposite = view.totals
    assert all(right == known > 0 for right, known in ideal)
    assert all(right == 0 for right, _ in silent)
    assert opposite[0][0] == 0  # a network of the opposite sign has no polarity right
    assert [panel.cell_type for panel in view.panels] == list(card.facts.selective)
    assert [row.name for row in view.type_rows] == ["T4a", "T4c", "T5b", "T5d", "Tm1", "Mi1", "L1", "R1"]
    assert [curve.style for curve in view.panels[0].curves] == ["published", "seed", "seed", "lead"]


def test_the_page_has_its_parts_in_order_and_says_each_fact_in_words(run):
    page = Page(page_of(run))
    found = [attributes["id"] for tag, attributes in page.elements if tag == "h2"]
    assert found == ["verdict", "measures", "movies", "tuning", "types", "notes", "made"]
    assert page.headings[0] == 1 and all(b <= a + 1 for a, b in zip(page.headings, page.headings[1:], strict=False))
    assert re.search(r"preferred direction \(180°\): 1[678]\d°, within 45° in 100 % of networks", page.words)
    assert "polarity (OFF): no answer to a flash" in page.words
    signs = {attributes.get("class") for tag, attributes in page.elements if tag == "span"}
    assert {"fact right", "fact wrong", "fact silent", "fact unknown"} <= signs


def test_without_exhibits_there_is_nothing_to_play_and_no_data(run):
    page = page_of(run, exhibits=False)
    assert 'id="tuning"' in page and 'id="movies"' not in page and 'id="data-screen"' not in page


@pytest.mark.parametrize("payload", PAYLOADS)
def test_names_are_escaped_wherever_they_stand(run, payload):
    page, plain = Page(page_of(run, title=payload)), Page(page_of(run, title="plain"))
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in plain.elements]
    assert payload in page.words


def test_the_page_weighs_less_than_two_megabytes_at_any_size_and_loads_nothing(run):
    page = page_of(run)
    assert len(page) < 500_000
    assert "http://" not in page.replace("http://www.w3.org", "") and "style=" not in page and " onclick" not in page
