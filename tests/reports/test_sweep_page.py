"""The page of a sweep: every trial is drawn and listed, the best one marked."""

import re
from itertools import pairwise

import pytest

from braincast.reports.sweep import setting_chart, sweep_page, trials_chart


def document(*errors, **changes):
    """What a sweep of these errors (None: failed) prints."""
    trials = [
        {
            "number": number,
            "settings": {"rate": 10.0 ** (number - 4), "blocks": number + 1, "kind": "ab"[number % 2]},
            "validation": error,
            "state": "failed" if error is None else "done",
            "fit_s": 1.0,
            "code": "E701" if error is None else None,
            "repeats": None,
        }
        for number, error in enumerate(errors)
    ]
    best = min((t for t in trials if t["validation"] is not None), key=lambda t: t["validation"])
    space = {
        "rate": {"lower": 1e-4, "upper": 1e-1, "log": True},
        "blocks": {"lower": 1, "upper": 4, "log": False},
        "kind": {"choices": ["a", "b"]},
    }
    made = {
        "task": "made",
        "model": "net",
        "loss": "absolute_error",
        "space": space,
        "best": {key: best[key] for key in ("number", "settings", "validation")},
        "trials": trials,
        "importance": {"rate": 0.25, "blocks": 0.75, "kind": 0.0},
        "command": "braincast fit made net --set kind=a",
    }
    return {**made, **changes}


def test_each_trial_is_a_dot_and_the_best_one_is_told():
    chart = trials_chart(document(0.5, 0.25, None, 0.3))
    assert len(re.findall("<circle", chart)) == 3 and chart.count('class="dot lead"') == 1
    assert "The least error on validation data was 0.2500 in trial 1" in chart


def test_the_line_is_the_least_error_so_far():
    points = re.search('polyline[^>]* points="([^"]*)"', trials_chart(document(0.5, 0.7, 0.3, 0.4)))[1].split()
    heights = [float(point.split(",")[1]) for point in points]
    assert heights == sorted(heights) and len(set(heights)) == 2  # downwards on the page is less


@pytest.mark.parametrize("name", ["rate", "blocks", "kind"])
def test_each_setting_is_drawn_against_the_error(name):
    chart = setting_chart(document(0.5, 0.25, None, 0.3), name)
    assert len(re.findall("<circle", chart)) == 3
    assert f"The best trial has {name}" in chart


def test_values_on_a_logarithmic_scale_lie_evenly_and_values_to_choose_from_at_their_names():
    chart = setting_chart(document(0.5, 0.4, 0.3, 0.2), "rate")
    places = [float(place) for place in re.findall('cx="([0-9.]+)%"', chart)]
    steps = [b - a for a, b in pairwise(places)]
    assert steps == pytest.approx([steps[0]] * 3, abs=0.02)
    chart = setting_chart(document(0.5, 0.4, 0.3, 0.2), "kind")
    assert len(set(re.findall('cx="([0-9.]+)%"', chart))) == 2 and ">a<" in chart and ">b<" in chart


def test_one_trial_alone_and_equal_errors_are_drawn_too():
    for errors in ((0.5,), (0.5, 0.5, 0.5), (1e-3, 1e6, 0.5)):
        page = sweep_page(document(*errors, importance={}))
        assert page.count('role="img"') == 4 and "nan" not in page


def test_all_trials_are_listed_and_the_most_important_setting_comes_first():
    page = sweep_page(document(0.5, 0.25, None, 0.3))
    assert page.count('<th scope="row">') == 4 and "E701" in page and "1 of which failed" in page
    captions = re.findall("<figcaption><b>([a-z]+)</b>", page)
    assert captions == ["blocks", "rate", "kind"]
    assert "braincast fit made net --set kind=a" in page


def test_names_are_escaped_and_no_script_may_run():
    page = sweep_page(document(0.5, 0.4, model="<script>1</script>", command="<b>x"))
    assert "<script" not in page and "&lt;script&gt;" in page and "&lt;b&gt;x" in page
    assert "default-src &#39;none&#39;" in page
