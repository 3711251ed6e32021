"""The page of an encoding run: facts type by type, the floor, the flow; readable without scripts, names escaped."""

from io import StringIO

import numpy as np
import pytest
from made_eyes import answered, ideal_values, made_card, made_task
from parsed_pages import Page
from rich.console import Console

from braincast.datasets.registry import dataset_card
from braincast.reports.html import render_report
from braincast.reports.terminal import show_comparison, show_result
from braincast.scoring.any_task import compare, score
from braincast.scoring.encoding.assessor import EncodingAssessor
from braincast.scoring.encoding.exhibits import encoding_exhibits
from braincast.scoring.scores import Contender, Cost

NASTY = '<img src=x onerror="alert(1)">'


@pytest.fixture(scope="module")
def card():
    return made_card(title=f"A fly's eye {NASTY}")


@pytest.fixture(scope="module")
def task(card):
    return made_task(card)


@pytest.fixture(scope="module")
def contenders(card, task):
    ideal, cost = ideal_values(card, task), Cost(1.0, 1.0, 3)
    return {
        "optic-untrained": Contender((answered(card, np.zeros_like(ideal)),), "baseline", cost=cost),
        NASTY: Contender((answered(card, ideal),), cost=cost),
        f"{NASTY}@offsets-shuffled-after": Contender((answered(card, -ideal),), "control", NASTY, cost),
    }


@pytest.fixture(scope="module")
def scorecard(task, contenders):
    return score(task, contenders)


@pytest.fixture(scope="module")
def document(scorecard):
    return {**scorecard.to_dict(), "headline": NASTY, "headline_rule": "smallest absolute error on validation scenes"}


@pytest.fixture(scope="module")
def page(document, card, task, contenders):
    exhibits = encoding_exhibits(EncodingAssessor(task), contenders, [NASTY])
    return render_report(document, card, dataset_card("fly-optic-lobe"), f"braincast run {NASTY}", exhibits)


def test_the_page_tells_directions_and_polarities_type_by_type(page, card):
    text = Page(page).words
    for cell_type in card.cell_types:
        assert cell_type in text
    for words in (
        "Type by type",
        "right in 100 % of networks",
        "180°",
        "Within one circuit",
    ):
        assert words in text


def test_the_page_tells_what_flies_do_and_what_seeing_no_motion_costs(page, document):
    text = Page(page).words
    assert f"mean DSI of {document['published']['dsi_t4']:.2f} (T4)" in text
    assert f"off by {document['floors']['task_error']:.2f} columns per second" in text


def test_names_stay_text(page):
    assert NASTY not in page and "&lt;img src=x" in page


def shown(show, document, width: int) -> str:
    stream = StringIO()
    show(document, Console(file=stream, width=width))
    return " ".join(stream.getvalue().split())


@pytest.mark.parametrize("width", [80, 160])
def test_the_terminal_tells_the_floor_of_cells_and_of_the_task(document, width):
    text = shown(show_result, document, width)
    for words in ("(floor)", "sees no motion is off by", "measured in flies", "within one circuit"):
        assert words in text


def test_two_answers_are_compared_in_a_sentence(scorecard):
    pair = compare(scorecard, NASTY, "optic-untrained", "polarity").to_dict()
    assert "is ahead of optic-untrained by 1.000" in shown(show_comparison, {"comparisons": [pair]}, 300)


def test_courses_that_are_shown_are_flashes_and_edges_of_one_speed(card, task, contenders):
    shown = encoding_exhibits(EncodingAssessor(task), contenders, [NASTY])
    assert {case.kind for case in shown.declared} == {"flash", "edge"}
    assert {case.speed for case in shown.declared} == {None, 13.0}
    longest = max(case.n_leads for case in shown.declared)
    assert shown.responses[NASTY].shape == (len(shown.declared), longest, len(card.neurons))


def test_a_document_without_facts_still_has_a_page(document, card):
    bare = {key: value for key, value in document.items() if key not in ("published", "headline", "headline_rule")}
    bare["models"] = {n: {k: v for k, v in e.items() if k != "facts"} for n, e in document["models"].items()}
    assert "Measures" in Page(render_report(bare, card, dataset_card("fly-optic-lobe"), "braincast score")).words
