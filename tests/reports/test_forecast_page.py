import re
from dataclasses import replace

import numpy as np
import pytest
from documents import renamed
from forecast_documents import contenders, forecast_card, forecast_document, forecast_task, made_exhibits
from made_recordings import made_dataset
from parsed_pages import PAYLOADS, Page

from braincast.reports.html import render_report, write_report
from braincast.scoring.forecasting.scorecard import score_forecasts


def render(document=None, card=None, dataset=None, command="braincast run made", exhibits=None):
    exhibits = made_exhibits() if exhibits is None else exhibits
    card, dataset = card or forecast_card(), dataset or made_dataset().card
    return render_report(document or forecast_document(), card, dataset, command, exhibits)


@pytest.fixture(scope="module")
def text():
    return render()


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def test_every_element_of_a_forecast_page_is_closed(page):
    assert page.open == []


def test_a_forecast_page_loads_nothing_and_runs_only_its_script(text, page):
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"img", "iframe", "object", "embed", "form", "base", "audio", "video", "use", "image"}
    assert [a for tag, a in page.elements if tag == "script"] == [{}]
    for _, attributes in page.elements:
        assert not {"style", "src", "srcset"} & set(attributes)
        assert not any(name.startswith("on") for name in attributes)
    policy = next(a["content"] for _, a in page.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; script-src 'sha256-") and "unsafe" not in policy
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL).group(1)
    assert "url(" not in style and "@import" not in style


def test_the_headline_of_a_forecast_says_its_error_and_its_lead_over_floor_and_best_simple_model(page):
    for words in (
        "pooled-linear: Mean absolute error 0.511",
        "95 % interval 0.469 to 0.542",
        "Difference to the floor, persistence −0.052 95 % interval −0.091 to −0.020",
        "Difference to the best simple model, ar −0.052",
        "At the first and the last lead 0.331, 0.690",
        "smallest absolute error on validation windows",
        "Within this one animal",
    ):
        assert words in page.words, words


def test_a_headline_that_is_a_simple_model_is_called_one():
    document = forecast_document() | {"headline": "ar"}
    assert "It is itself the best of the simple models" in Page(render(document)).words
    tested = document | {"headline": "lds", "best_simple": {"name": "ar", "chosen_on": "test"}}
    assert "harder to beat than it should be" in Page(render(tested)).words


def test_every_score_by_lead_is_on_the_page_with_its_interval(page):
    for name, entry in forecast_document()["models"].items():
        score = entry["metrics"]["mae"]
        for value, (low, high) in zip(score["by_lead"], score["by_lead_ci"], strict=True):
            assert f"{value:.3f}" in page.words, name
            assert f"{low:.3f} to {high:.3f}" in page.words, name


def test_every_group_stands_with_its_interval(page):
    for group in forecast_document()["models"]["pooled-linear"]["groups"].values():
        for label, score in group.items():
            assert label in page.words
            assert f"{score['ci'][0]:.3f} to {score['ci'][1]:.3f}" in page.words, label


def test_the_facts_count_windows_neurons_and_time(page):
    windows = forecast_card().n_windows
    for split, counted in windows.items():
        assert f"{sum(counted.values())} {split}" in page.words
    assert "Context8 frames, 4 s" in page.words and "Horizon6 frames, 3 s" in page.words
    assert "Recordings1, of 1 animal" in page.words


def test_a_task_that_counts_frames_speaks_of_no_seconds():
    words = Page(render(card=forecast_card(dt_s=None, jitter=None))).words
    assert "time is counted in frames" in words and "Context8 frames Horizon" in words


def test_what_is_out_of_distribution_stands_beside_what_is_in(page):
    assert "In and out of distribution" in page.words and "the held-out condition taxis" in page.words
    inside = forecast_document()
    for entry in inside["models"].values():
        del entry["groups"]["distribution"]["out"]
    assert "In and out of distribution" not in Page(render(inside)).words


def test_losses_out_of_distribution_have_intervals_and_stand_beside_those_of_skills(page):
    for words in ("skill: out − in", "skill over mean: out − in", "+0.179+0.118 to +0.251", "−0.120−0.181 to −0.048"):
        assert words in page.words, words


def test_a_document_without_drops_still_shows_the_difference():
    document = forecast_document()
    del document["drops"]
    inside, outside = (document["models"]["ar"]["groups"]["distribution"][label]["value"] for label in ("in", "out"))
    assert f"+{outside - inside:.3f}" in Page(render(document)).words


def test_every_condition_says_how_often_its_intervals_hold(page):
    assert "condition: taxis723181 %persistence 81 %, pooled-linear 81 %yes: below 90 %" in page.words
    assert page.words.count("intervals hold too seldom") == 1, "beside the score of that condition too"


def test_the_box_on_intervals_names_blocks_animals_and_their_coverage(page):
    for words in ("Disjoint blocks9, of 24 frames", "93 % of nominal 95 %", "of the worst model 90 %"):
        assert words in page.words
    assert "Read them with caution" not in page.words
    flagged = forecast_document()
    flagged["intervals"] |= {"flag": True, "coverage": 0.81, "within_one_animal": False, "n_animals": 7}
    words = Page(render(flagged)).words
    assert "Read them with caution" in words and "Within this one animal" not in words


def test_a_noise_floor_is_drawn_where_it_is_known(text):
    assert "noise floor" not in Page(text).words
    document = forecast_document()
    document["ceiling"]["noise_floor"] = [0.3, 0.4, 0.45, 0.5, 0.53, 0.55]
    assert "noise floor" in Page(render(document)).words


def test_examples_name_their_neurons_and_the_rule_that_chose_them(page):
    exhibits = made_exhibits()
    assert "Nothing here was picked by hand" in page.words
    for trace in exhibits.traces:
        assert f"{trace.neuron}, the {trace.rank} neuron" in page.words
    assert "Frame " in page.words and "central 80 % intervals" in page.words


def test_measured_values_in_examples_that_may_not_be_passed_on_are_announced():
    dataset = made_dataset().card.model_copy(update={"redistribute": "no"})
    words = "contains measured values of a dataset that must not be redistributed"
    assert words in Page(render(dataset=dataset)).words
    assert words not in Page(render()).words


def test_a_forecast_page_without_exhibits_has_no_examples():
    bare = render_report(forecast_document(), forecast_card(), made_dataset().card, "braincast run made")
    assert Page(bare).open == [] and "Nothing here was picked by hand" not in Page(bare).words


@pytest.mark.parametrize(
    "missing",
    [
        *("best_simple", "comparisons", "group_comparisons", "intervals", "ceiling", "headline", "headline_rule"),
        *("validation_absolute_error", "settings", "run", "baseline", "wiring", "curves", "measured"),
    ],
)
def test_a_forecast_document_that_lacks_a_part_is_still_a_page(missing):
    document = forecast_document()
    del document[missing]
    assert Page(render(document)).open == []


def test_undefined_scores_of_forecasts_are_dashes():
    document = forecast_document()
    for entry in document["models"].values():
        for score in [*entry["metrics"].values(), *(s for g in entry["groups"].values() for s in g.values())]:
            nothing = [None] * len(score["by_lead"])
            score |= {"value": None, "ci": None, "skill": None, "skill_over_simple": None}
            score |= {"by_lead": nothing, "by_lead_ci": nothing}
        entry["neurons"] |= {"quartiles": None, "share_better": None}
    for pair in [*document["comparisons"], *document["group_comparisons"]]:
        pair |= {"difference": None, "ci": None, "p": None}
    document["intervals"] |= {"coverage": None, "lowest_coverage": None, "flag": True}
    words = Page(render(document, forecast_card(ceiling="unknown"))).words
    assert "None" not in words and "nan" not in words.lower() and "–" in words


def test_nobody_taking_part_makes_a_page_that_says_so():
    document = forecast_document() | {"models": {}, "headline": None, "comparisons": [], "group_comparisons": []}
    assert "No model took part" in Page(render(document)).words


@pytest.mark.parametrize("place", ["pooled-linear", "persistence", "taxis", "tectum", "mae", "second quarter"])
def test_a_name_from_outside_stays_text_on_a_forecast_page(page, place):
    document = renamed(forecast_document(), place, " ".join(PAYLOADS))
    attacked = Page(render(document))
    assert {tag for tag, _ in attacked.elements} <= {tag for tag, _ in page.elements}
    assert {name for _, a in attacked.elements for name in a} <= {name for _, a in page.elements for name in a}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_words_of_the_forecast_card_and_names_of_neurons_stay_text(page, payload):
    words = dict.fromkeys(("title", "question", "n_animals", "fold_rule", "resampling", "ceiling", "unit"), payload)
    shown = made_exhibits()
    neurons = tuple(f"{payload}{k}" for k in range(len(shown.neurons)))
    regions = tuple(f"{payload}{k % 2}" for k in range(len(shown.neurons)))
    traces = tuple(replace(t, neuron=payload, recording=payload, condition=payload) for t in shown.traces)
    hostile = replace(shown, neurons=neurons, regions=regions, traces=traces, windows=traces[:1], headline=payload)
    attacked = Page(render(card=forecast_card(**words), exhibits=hostile, command=payload))
    assert {tag for tag, _ in attacked.elements} <= {tag for tag, _ in page.elements}
    assert " ".join(payload.split()) in attacked.words


def test_headings_of_a_forecast_page_descend_one_step_at_a_time(page):
    assert page.headings[0] == 1 and page.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))


def test_every_table_figure_and_drawing_of_a_forecast_page_has_words(text, page):
    assert text.count("<table") == text.count("<caption>") > 5
    assert text.count("<figure>") == text.count("<figcaption>") > 10
    images = [a for tag, a in page.elements if tag == "svg" and a.get("role") == "img"]
    assert len(re.findall(r'<svg [^>]*role="img"[^>]*><title>[^<]', text)) == len(images) > 30


def test_links_of_a_forecast_page_lead_to_places_on_it(page):
    ids = {a["id"] for _, a in page.elements if "id" in a}
    targets = [a["href"] for tag, a in page.elements if tag == "a"]
    assert len(targets) > 8 and all(target[1:] in ids for target in targets if target.startswith("#"))


def test_the_same_forecast_run_gives_the_same_page_and_a_small_one(text):
    assert render() == text
    assert len(text.encode()) < 400_000


def test_thousands_of_neurons_keep_the_page_small():
    n, shown = 71_721, made_exhibits()
    rng = np.random.default_rng(0)
    many = replace(
        shown,
        neurons=tuple(f"n{k}" for k in range(n)),
        regions=tuple(f"region {k % 40}" for k in range(n)),
        position_um=rng.normal(size=(n, 3)),
        activity_level=rng.random(n),
        skill={name: rng.normal(0.1, 0.2, n) for name in shown.skill},
    )
    assert len(render(exhibits=many).encode()) < 1_500_000


def test_the_scorecard_of_a_scoring_makes_a_page(tmp_path):
    task = forecast_task(outside=False)
    document = score_forecasts(task, contenders(task)).to_dict()
    path = tmp_path / "report.html"
    write_report(path, document, task.card, made_dataset().card, "braincast score", made_exhibits(outside=False))
    page = Page(path.read_text(encoding="utf-8"))
    assert page.open == []
    for entry in document["models"].values():
        assert f"{entry['metrics']['mae']['value']:.3f}" in page.words
        assert f"{entry['metrics']['mae']['by_lead'][-1]:.3f}" in page.words


def test_a_task_of_held_out_animals_alone_says_so():
    card = forecast_task().card
    folds = tuple(fold.model_copy(update={"learns_from": ()}) for fold in card.folds)
    pieces = tuple(piece for piece in card.pieces if piece.split != "held-out")
    told = Page(render(card=forecast_card(folds=folds, pieces=pieces))).words
    assert "Every test window is of held-out animals, which its fit has not seen." in told
