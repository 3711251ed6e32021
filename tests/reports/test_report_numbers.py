import pytest
from hypothesis import given
from hypothesis import strategies as st

from braincast.reports.axis import axis_over
from braincast.reports.entries import metric_title, ranked
from braincast.reports.links import before_doi, doi_link, safe_link
from braincast.reports.numbers import decimal, duration, interval, p_value, percent, printable, sentence


def test_what_is_undefined_is_a_dash():
    assert {decimal(None), interval(None), percent(None), p_value(None), duration(None)} == {"–"}


def test_a_value_that_rounds_to_zero_has_a_minus_sign_only_where_signs_are_shown():
    assert decimal(-0.0) == decimal(-0.0004) == "0.000"
    assert decimal(-0.0004, signed=True) == "-0.000"
    assert decimal(-0.0, signed=True) == decimal(0.0004, signed=True) == "+0.000"


@given(st.floats(-1000, 1000))
def test_a_decimal_is_within_half_a_unit_of_its_value(value):
    assert abs(float(decimal(value)) - value) <= 0.0005 + 1e-9


def test_a_small_p_is_never_written_as_zero():
    assert p_value(0.0001) == "< 0.001"
    assert p_value(0.025) == "0.025"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.001, "< 0.01 s"), (0.0557, "0.06 s"), (1.53, "1.5 s"), (59.6, "1 min 0 s"), (238.4, "3 min 58 s")],
)
def test_durations_are_written_for_people(seconds, text):
    assert duration(seconds) == text


def test_control_characters_and_direction_overrides_are_shown_as_replaced():
    assert printable("a\x1b[31mb\u202ec\nd") == "a\ufffd[31mb\ufffdc d"
    assert printable("2–3 trials, 95\u00a0%") == "2–3 trials, 95\u00a0%"


def test_a_sentence_has_a_capital_and_one_full_stop():
    assert sentence("two folds") == sentence("Two folds.") == "Two folds."


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "http://example.org",
        "//example.org",
        "https://",
        'https://x.org/" onclick="alert(1)',
        "https://x.org/\njavascript:alert(1)",
        "",
        None,
    ],
)
def test_only_https_and_places_on_the_page_are_linked(address):
    assert safe_link(address) is None


def test_https_and_fragments_are_linked():
    assert safe_link("https://doi.org/10.1038/s41586-023-06683-4") == "https://doi.org/10.1038/s41586-023-06683-4"
    assert safe_link("#wiring") == "#wiring"


def test_a_reference_is_split_before_its_doi():
    reference = "Doe J (2020) Brains. Journal 1:2. doi:10.1234/a(b)_c"
    assert doi_link(reference) == "https://doi.org/10.1234/a(b)_c"
    assert before_doi(reference) == "Doe J (2020) Brains. Journal 1:2."
    assert doi_link("Roe R, in a drawer") is None


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=20))
def test_an_axis_holds_every_value_in_order_and_has_round_ticks_inside(values):
    axis = axis_over(values)
    places = [float(axis.at(value).rstrip("%")) for value in sorted(values)]
    assert places == sorted(places)
    assert all(5 <= place <= 95 for place in places)
    assert all(axis.lower - 1e-9 <= tick <= axis.upper + 1e-9 for tick in axis.ticks)
    assert len(axis.ticks) <= 7


def test_an_axis_without_values_is_still_an_axis():
    assert axis_over([None, None]).at(0.5) == "50.00%"


def test_an_error_metric_ranks_the_smallest_first():
    entry = {"role": "model", "metrics": {}}
    scores = {"bad": 0.3, "good": 0.1, "unknown": None}
    models = {name: entry | {"metrics": {"log_loss": {"value": value}}} for name, value in scores.items()}
    order = ranked({"primary": "log_loss", "models": models})
    assert [row.name for row in order] == ["good", "bad", "unknown"]


def test_a_metric_that_is_not_installed_is_shown_by_its_key():
    assert metric_title("some_new_metric").title == "some new metric"
