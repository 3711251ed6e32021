"""The main job on the worm: what a newcomer gets from `braincast run`."""

from html.parser import HTMLParser

import pytest

# It takes two to three minutes on two cores.
pytestmark = pytest.mark.slow

HEADLINE = "joint-regression"
DECISIVE = ("identity-permuted", "degree-preserving")


@pytest.fixture(scope="module")
def document(default_run):
    return default_run.document


def auroc(document, name):
    """The pooled AUROC of an entrant."""
    return document["models"][name]["metrics"]["auroc"]


def test_the_headline_is_the_model_chosen_on_inner_folds(document):
    losses = document["validation_log_loss"]
    assert document["headline"] == HEADLINE == min(losses, key=losses.get)


def test_the_connectome_regression_reaches_the_figure_of_the_literature_and_its_permuted_null_does_not(document):
    # Reference (the project's protocol, section 1): 0.740 with the connectome, 0.663 with permuted labels.
    assert 0.73 <= auroc(document, "connectome-regression")["value"] <= 0.75
    assert 0.64 <= auroc(document, "connectome-regression@identity-permuted")["value"] <= 0.69


def test_responses_to_other_stimuli_carry_further_than_any_wiring(document):
    alone, joint = auroc(document, "response-regression"), auroc(document, HEADLINE)
    assert alone["ci"][0] > auroc(document, "connectome-regression@identity-permuted")["value"]
    assert alone["value"] > 0.78 and joint["value"] > 0.80


def test_the_floor_is_the_propensity_of_the_responder(document):
    assert auroc(document, "responder-propensity")["value"] == pytest.approx(0.650, abs=0.015)
    lower, upper = auroc(document, "constant")["ci"]
    assert lower < 0.5 and upper < auroc(document, HEADLINE)["ci"][0]


def test_the_wiring_does_not_help_the_headline_and_few_draws_decide_nothing_for_the_others(document):
    verdicts = {model: found["verdict"] for model, found in document["wiring"].items()}
    assert verdicts.pop(HEADLINE) == "does not" and set(verdicts.values()) == {"cannot tell"}


@pytest.mark.parametrize("arm", DECISIVE)
def test_the_paired_interval_over_each_decisive_null_lies_within_the_margin(document, arm):
    verdict = document["wiring"][HEADLINE]
    (found,) = [entry for entry in verdict["compared"] if entry["arm"] == arm]
    assert found["decisive"] and found["n_draws"] == 39
    assert -0.01 <= found["ci"][0] <= found["difference"] <= found["ci"][1] <= 0.01
    (pair,) = [p for p in document["comparisons"] if p["a"] == HEADLINE and p["b"] == f"{HEADLINE}@{arm}"]
    assert pair["difference"] == pytest.approx(auroc(document, HEADLINE)["value"] - auroc(document, pair["b"])["value"])


def test_every_interval_holds_its_value(document):
    for model in document["models"].values():
        score = model["metrics"]["auroc"]
        assert score["ci"][0] <= score["value"] <= score["ci"][1]
        assert score["n"] == 23_902  # measured pairs of the wild type


def test_the_transpose_is_run_and_reported_as_a_control(document):
    control = document["models"]["direct-weights@transposed"]
    assert control["role"] == "control"
    assert control["metrics"]["auroc"]["value"] == pytest.approx(auroc(document, "direct-weights")["value"], abs=0.03)


def test_the_ceiling_is_the_reliability_of_pairs_with_eight_or_more_trials(document):
    ceiling = document["ceiling"]
    assert ceiling["min_trials"] == 8
    assert ceiling["reliability"] == pytest.approx(0.55, abs=0.05)
    lower, upper = ceiling["reliability_ci"]
    assert lower < ceiling["reliability"] < upper
    correlation = document["models"][HEADLINE]["metrics"]["correlation"]
    assert correlation["ceiling_share"] == pytest.approx(correlation["value"] / ceiling["correlation"])


def test_trial_count_strata_stand_beside_the_whole_for_model_and_null(document):
    model = document["models"][HEADLINE]["groups"]["trials"]
    null = document["models"][f"{HEADLINE}@identity-permuted"]["groups"]["trials"]
    assert list(model) == list(null) == ["1 trial", "2–3 trials", "4–7 trials", "8–15 trials", "16+ trials"]
    assert sum(score["n"] for score in model.values()) == 23_902
    compared = {pair["group"] for pair in document["group_comparisons"] if pair["b"] == f"{HEADLINE}@identity-permuted"}
    assert {f"trials: {label}" for label in model} <= compared


def test_the_report_is_one_page_that_asks_for_nothing_and_names_the_answer(default_run):
    page = (default_run.folder / "report.html").read_text(encoding="utf-8")
    assert len(page.encode()) < 3_000_000
    found = _Tags()
    found.feed(page)
    assert not found.loaded
    assert HEADLINE in page and document_hash(default_run) in page


def test_the_folder_is_finished_and_holds_every_forecast(default_run):
    from braincast.files import check_manifest

    check_manifest(default_run.folder)
    stored = len(list((default_run.folder / "forecasts").glob("*/*.zarr")))
    assert stored == sum(len(model["replicates"]) for model in default_run.document["models"].values())


def document_hash(run):
    """The part of the task's hash that a page would show."""
    return run.document["task_hash"][:12]


class _Tags(HTMLParser):
    """What a page would load."""

    def __init__(self):
        super().__init__()
        self.loaded = []

    def handle_starttag(self, tag, attributes):
        sources = [value for key, value in attributes if key in ("src", "srcset") or (tag == "link" and key == "href")]
        self.loaded += [value for value in sources if not (value or "").startswith("data:")]
